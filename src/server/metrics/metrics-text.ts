// The text format of Prometheus (version 0.0.4): families of figures with their help and type, one line a figure. Knows
// no figure.

export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

export type MetricType = 'counter' | 'gauge' | 'summary' | 'histogram'

export interface Sample {
  /** As `labels` makes them; '' for none. */
  readonly labels?: string
  readonly value: number
  /** Behind the family's name: `_sum`, `_count`, `_bucket`. */
  readonly suffix?: string
}

export interface Family {
  /** In base units (seconds, bytes), with `_total` behind it when it only grows. */
  readonly name: string
  readonly type: MetricType
  /** One sentence. */
  readonly help: string
  readonly samples: Iterable<Sample>
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n' }

function escaped(value: string): string {
  return /["\\\n]/.test(value) ? value.replace(/["\\\n]/g, (c) => ESCAPES[c]!) : value
}

/** `{task="t",node="n"}`; '' without labels. Names must be those of labels, values may be any text. */
export function labels(pairs: Readonly<Record<string, string>>): string {
  let text = ''
  for (const name in pairs) text += `${text === '' ? '{' : ','}${name}="${escaped(pairs[name]!.toWellFormed())}"`
  return text === '' ? '' : `${text}}`
}

/** The same with one label more. */
export function withLabel(known: string, name: string, value: string): string {
  const more = `${name}="${escaped(value.toWellFormed())}"`
  return known === '' ? `{${more}}` : `${known.slice(0, -1)},${more}}`
}

export function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  return String(value)
}

/** The lines of a family, its head first; nothing when it has no samples. */
export function* familyLines(f: Family): Iterable<string> {
  let any = false
  for (const { labels: of = '', value, suffix = '' } of f.samples) {
    if (!any) yield `# HELP ${f.name} ${f.help.replace(/[\\\n]/g, (c) => ESCAPES[c]!)}\n# TYPE ${f.name} ${f.type}\n`
    any = true
    yield `${f.name}${suffix}${of} ${numberText(value)}\n`
  }
}

/** A family of one figure. */
export function single(name: string, type: 'counter' | 'gauge', help: string, value: number, of = ''): Family {
  return { name, type, help, samples: [{ value, labels: of }] }
}

/** A family with a figure for each item that has one. */
export function each<T>(
  items: Iterable<T>,
  name: string,
  type: 'counter' | 'gauge',
  help: string,
  labelsOf: (item: T) => string,
  figureOf: (item: T) => number | undefined,
): Family {
  return {
    name,
    type,
    help,
    samples: (function* () {
      for (const item of items) {
        const value = figureOf(item)
        if (value !== undefined) yield { labels: labelsOf(item), value }
      }
    })(),
  }
}
