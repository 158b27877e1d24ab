// For tests: reads the text format of Prometheus and takes nothing that the format does not allow, nor what good manners
// forbid: figures without help and type, two of the same name and labels, families in pieces, counters that go back.

export interface ReadFamily {
  readonly type: string
  readonly help: string
  /** By the figure's whole name, labels included, as it is written. */
  readonly figures: Map<string, number>
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*/
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"/
const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  counter: [''],
  gauge: [''],
  summary: ['_sum', '_count'],
  histogram: ['_bucket', '_sum', '_count'],
}

/** Throws an Error with the line that is wrong. */
export function readMetrics(text: string): Map<string, ReadFamily> {
  if (text !== '' && !text.endsWith('\n')) throw new Error('no line end at the end')
  const families = new Map<string, ReadFamily>()
  let help: { name: string; text: string } | undefined
  let current: { name: string; family: ReadFamily } | undefined
  for (const line of text.split('\n').slice(0, -1)) {
    const wrong = (why: string): Error => new Error(`${why}: ${line}`)
    const head = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line)
    if (head) {
      const [, kind, name, rest] = head as unknown as [string, string, string, string]
      if (NAME.exec(name)?.[0] !== name) throw wrong('no name')
      if (families.has(name)) throw wrong('a family twice')
      if (kind === 'HELP') {
        if (help) throw wrong('help without a type before')
        help = { name, text: rest }
        continue
      }
      if (help?.name !== name) throw wrong('a type without its help')
      if (!SUFFIXES[rest]) throw wrong('no type')
      if ((rest === 'counter') !== name.endsWith('_total')) throw wrong('_total is for counters, and for all of them')
      current = { name, family: { type: rest, help: help.text, figures: new Map() } }
      families.set(name, current.family)
      help = undefined
      continue
    }
    if (!current || help) throw wrong('a figure without a head')
    const full = NAME.exec(line)?.[0] ?? ''
    const { type, figures } = current.family
    const suffix = full.startsWith(current.name) ? full.slice(current.name.length) : undefined
    if (suffix === undefined || !SUFFIXES[type]!.includes(suffix)) throw wrong(`not of ${current.name}`)
    const { labels, end } = readLabels(line, full.length, wrong)
    const value = /^ (NaN|[+-]Inf|-?[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?)$/.exec(line.slice(end))?.[1]
    if (value === undefined) throw wrong('no value')
    const key = full + labels
    if (figures.has(key)) throw wrong('a figure twice')
    const number = value.endsWith('Inf') ? (value[0] === '+' ? 1 : -1) * Number.POSITIVE_INFINITY : Number(value)
    if (type === 'counter' && !(number >= 0)) throw wrong('a counter below zero')
    figures.set(key, number)
  }
  if (help) throw new Error(`help without a type: ${help.name}`)
  for (const [name, f] of families) if (f.type === 'histogram') checkBuckets(name, f)
  return families
}

function readLabels(line: string, from: number, wrong: (why: string) => Error): { labels: string; end: number } {
  if (line[from] !== '{') return { labels: '', end: from }
  const seen = new Set<string>()
  let at = from + 1
  for (;;) {
    const m = LABEL.exec(line.slice(at))
    if (!m) throw wrong(`no label at ${at}`)
    if (seen.has(m[1]!) || m[1]!.startsWith('__')) throw wrong(`the label ${m[1]}`)
    seen.add(m[1]!)
    at += m[0].length
    if (line[at] === '}') return { labels: line.slice(from, at + 1), end: at + 1 }
    if (line[at++] !== ',') throw wrong('no comma between labels')
  }
}

function checkBuckets(name: string, { figures }: ReadFamily): void {
  const buckets = [...figures].filter(([key]) => key.startsWith(`${name}_bucket`))
  let last = 0
  for (const [key, n] of buckets) {
    if (n < last) throw new Error(`buckets go back: ${key}`)
    last = n
  }
  if (!buckets.at(-1)?.[0].includes('le="+Inf"') || last !== figures.get(`${name}_count`))
    throw new Error(`${name}: the last bucket is not all`)
}
