// Decodes the annotated CSV of Flux queries as it comes. A table becomes a series: the measurement is its name, texts of
// the group key are its tags, `_time` is the time. The field that `_field` names has the value of `_value`.
import { parseTime, type Time, ZERO_TIME } from '../time.ts'
import { type Cell, influxError, notUnderstood, type ResultDecoder, type ResultSink } from './result-sink.ts'

/** A record may have so many characters. */
const MAX_RECORD = 64 * 1024 * 1024
/** Columns that say where a row belongs, and are neither field nor tag. */
const PLACES: ReadonlySet<string> = new Set([
  '',
  'result',
  'table',
  '_start',
  '_stop',
  '_time',
  '_measurement',
  '_field',
])

type Kind = 'number' | 'bool' | 'text'

interface Column {
  readonly name: string
  readonly at: number
  readonly kind: Kind
  readonly initial: string
}

export class AnnotatedCsvDecoder implements ResultDecoder {
  readonly #sink: ResultSink
  readonly #text = new TextDecoder('utf-8', { ignoreBOM: false })
  #rest = ''
  #annotations: Record<string, readonly string[]> = {}
  #header: readonly string[] | undefined
  #tags: readonly Column[] = []
  #fields: readonly Column[] = []
  #pivots = false
  /** `result`, `table` and the values that the open series is known by; undefined while none is open. */
  #open: string | undefined
  #cells: Cell[] = []
  #columns = ''

  constructor(sink: ResultSink) {
    this.#sink = sink
  }

  push(bytes: Uint8Array): void {
    this.#take(this.#text.decode(bytes, { stream: true }), false)
  }

  end(): void {
    this.#take(this.#text.decode(), true)
    this.#close()
  }

  #take(more: string, final: boolean): void {
    const text = this.#rest === '' ? more : this.#rest + more
    let at = 0
    for (;;) {
      const record = readRecord(text, at, final)
      if (!record) break
      this.#record(record.cells)
      at = record.end
    }
    this.#rest = text.slice(at)
    if (this.#rest.length > MAX_RECORD) throw notUnderstood('a record is too long')
    if (final && this.#rest !== '') throw notUnderstood('the answer breaks off')
  }

  #record(cells: readonly string[]): void {
    const first = cells[0]!
    if (cells.length === 1 && first === '') {
      // An empty line ends a list of tables with one header.
      this.#close()
      this.#header = undefined
      this.#annotations = {}
    } else if (first.startsWith('#')) {
      this.#close()
      this.#header = undefined
      this.#annotations[first.slice(1)] = cells
    } else if (!this.#header) this.#begin(cells)
    else this.#row(cells)
  }

  #begin(header: readonly string[]): void {
    this.#header = header
    const { group = [], datatype = [], default: initial = [] } = this.#annotations
    const columns = header.map((name, at): Column => {
      return { name, at, kind: kindOf(datatype[at] ?? 'string'), initial: initial[at] ?? '' }
    })
    const grouped = (c: Column): boolean => group[c.at] === 'true' && datatype[c.at] === 'string'
    this.#tags = columns.filter((c) => !PLACES.has(c.name) && grouped(c))
    this.#fields = columns.filter((c) => !PLACES.has(c.name) && !grouped(c))
    this.#pivots = header.includes('_field') && header.includes('_value')
  }

  /** The text of a column in a row; its default where the row has none. */
  #cell(cells: readonly string[], name: string): string {
    const at = this.#header!.indexOf(name)
    if (at < 0) return ''
    return cells[at] || (this.#annotations['default']?.[at] ?? '')
  }

  #row(cells: readonly string[]): void {
    const header = this.#header!
    if (header.includes('error') && header.includes('reference')) throw influxError(this.#cell(cells, 'error'))
    if (cells.length !== header.length) throw notUnderstood(`a row has ${cells.length} cells, not ${header.length}`)
    const tags = this.#tags.map((c) => cells[c.at] || c.initial)
    const key = JSON.stringify([this.#cell(cells, 'result'), this.#cell(cells, 'table'), ...tags])
    if (key !== this.#open) {
      this.#close()
      this.#open = key
      this.#columns = ''
      this.#sink.open()
      this.#head = this.#headOf(cells, tags)
    }
    const field = this.#pivots ? this.#cell(cells, '_field') : ''
    if (this.#columns !== `=${field}`) {
      this.#columns = `=${field}`
      this.#sink.columns(this.#fields.map((c) => (field !== '' && c.name === '_value' ? field : c.name)))
    }
    this.#fields.forEach((c, i) => {
      this.#cells[i] = cellOf(cells[c.at] || c.initial, c)
    })
    this.#cells.length = this.#fields.length
    const t = this.#time(this.#cell(cells, '_time'))
    this.#sink.row(t.sec, t.ns, this.#cells)
  }

  #head: { readonly name: string; readonly tags: Record<string, string> } = { name: '', tags: {} }

  #headOf(cells: readonly string[], values: readonly string[]): { name: string; tags: Record<string, string> } {
    const tags: Record<string, string> = {}
    this.#tags.forEach((c, i) => {
      tags[c.name] = values[i]!
    })
    return { name: this.#cell(cells, '_measurement'), tags }
  }

  #time(text: string): Time {
    if (text === '') return ZERO_TIME
    const t = parseTime(text)
    if (!t) throw notUnderstood(`unexpected time value: ${text}`)
    return t
  }

  #close(): void {
    if (this.#open === undefined) return
    this.#open = undefined
    this.#sink.end({ ...this.#head, partial: false })
  }
}

function kindOf(datatype: string): Kind {
  if (datatype === 'double' || datatype === 'long' || datatype === 'unsignedLong') return 'number'
  return datatype === 'boolean' ? 'bool' : 'text'
}

function cellOf(text: string, c: Column): Cell {
  if (text === '') return null
  if (c.kind === 'bool') return text === 'true'
  if (c.kind === 'text') return text
  const n = text === '+Inf' ? Infinity : text === '-Inf' ? -Infinity : Number(text)
  if (Number.isNaN(n) && text !== 'NaN') throw notUnderstood(`column ${c.name}: ${JSON.stringify(text)} is no number`)
  return n
}

/** The record at `at`: cells with commas between, quoted where they hold commas, quotes or line ends. */
function readRecord(text: string, at: number, final: boolean): { cells: string[]; end: number } | undefined {
  if (at >= text.length) return undefined
  const cells: string[] = []
  let i = at
  for (;;) {
    let cell = ''
    if (text[i] === '"') {
      for (;;) {
        const quote = text.indexOf('"', i + 1)
        if (quote < 0) return undefined
        cell += text.slice(i + 1, quote)
        i = quote + 1
        if (text[i] !== '"') break
        cell += '"'
      }
      if (i >= text.length && !final) return undefined
    } else {
      const from = i
      while (i < text.length && text[i] !== ',' && text[i] !== '\n' && text[i] !== '\r') i++
      if (i >= text.length && !final) return undefined
      cell = text.slice(from, i)
    }
    cells.push(cell)
    const c = text[i]
    if (c === ',') {
      i++
      continue
    }
    if (c === '\r') {
      if (i + 1 >= text.length && !final) return undefined
      if (text[i + 1] === '\n') i++
    } else if (c !== '\n' && c !== undefined) throw notUnderstood(`found ${JSON.stringify(c)} behind a quote`)
    return { cells, end: Math.min(i + 1, text.length) }
  }
}
