// Decodes InfluxDB's JSON answers as they come, chunked or whole: rows go out one by one, however large the answer is.
// Only a single row, name or set of tags has to be in memory at once.
import { ZERO_TIME } from '../time.ts'
import { JsonScan, NEED } from './json-scan.ts'
import {
  type Cell,
  influxError,
  notUnderstood,
  type ResultDecoder,
  type ResultSink,
  type SeriesHead,
} from './result-sink.ts'

/** A row, or any other part that is taken whole, may have so many bytes. */
const MAX_PART = 64 * 1024 * 1024
const OPEN_LIST = 91
const CLOSE_LIST = 93
const OPEN_OBJECT = 123
const CLOSE_OBJECT = 125
const COMMA = 44
const QUOTE = 34

/** Where the decoder stands: in front of a member of what is named. */
type Place = 'top' | 'document' | 'results' | 'result' | 'seriesList' | 'series' | 'rows'

const OBJECTS: ReadonlySet<Place> = new Set(['document', 'result', 'series'])
const OUTER: Readonly<Record<Place, Place>> = {
  top: 'top',
  document: 'top',
  results: 'document',
  result: 'results',
  seriesList: 'result',
  series: 'seriesList',
  rows: 'series',
}
const INNER: Partial<Readonly<Record<Place, Place>>> = { top: 'document', results: 'result', seriesList: 'series' }

export class JsonResultDecoder implements ResultDecoder {
  readonly #sink: ResultSink
  readonly #scan = new JsonScan()
  #place: Place = 'top'
  /** Behind a member: a comma or the end must come. */
  #behind = false
  /** A comma has been passed: a member must come. */
  #comma = false
  #documents = 0
  #name = ''
  #tags: Readonly<Record<string, string>> = {}
  #partial = false
  /** Undefined until the series has told its columns. */
  #columns: readonly string[] | undefined
  #time = -1
  #cells: Cell[] = []

  constructor(sink: ResultSink) {
    this.#sink = sink
  }

  push(bytes: Uint8Array): void {
    const s = this.#scan
    const rest = s.bytes
    if (rest.length > MAX_PART) throw notUnderstood(`a part of the answer has more than ${MAX_PART} bytes`)
    if (rest.length === 0) s.bytes = bytes
    else {
      const joined = new Uint8Array(rest.length + bytes.length)
      joined.set(rest)
      joined.set(bytes, rest.length)
      s.bytes = joined
    }
    this.#run()
  }

  end(): void {
    this.#scan.final = true
    this.#run()
    if (this.#place !== 'top' || this.#documents === 0) throw notUnderstood('the answer breaks off')
  }

  #run(): void {
    const s = this.#scan
    let at = 0
    for (;;) {
      at = s.blanks(at)
      if (at >= s.bytes.length) break
      const next = this.#step(at)
      if (next === NEED) break
      at = next
    }
    s.bytes = s.bytes.subarray(at)
  }

  /** Takes one part; gives the index behind it, or NEED. */
  #step(at: number): number {
    const s = this.#scan
    const c = s.bytes[at]!
    if (this.#place === 'top') return this.#enter(at, c)
    const isObject = OBJECTS.has(this.#place)
    if (c === (isObject ? CLOSE_OBJECT : CLOSE_LIST) && !this.#comma) return this.#leave(at)
    if (this.#behind) {
      if (c !== COMMA) throw s.strange(at, 'a comma')
      this.#behind = false
      this.#comma = true
      return at + 1
    }
    if (this.#place === 'rows') return this.#took(this.#row(at))
    if (!isObject) return this.#enter(at, c)
    const value = s.key(at)
    return value === NEED ? NEED : this.#member(s.text, value)
  }

  /** A member of the place has been read up to `end`. */
  #took(end: number): number {
    if (end !== NEED) {
      this.#behind = true
      this.#comma = false
    }
    return end
  }

  #enter(at: number, c: number): number {
    if (c !== OPEN_OBJECT) throw this.#scan.strange(at, 'an object')
    this.#go(INNER[this.#place]!)
    if (this.#place === 'series') {
      this.#name = ''
      this.#tags = {}
      this.#partial = false
      this.#columns = undefined
      this.#sink.open()
    }
    return at + 1
  }

  #go(place: Place): void {
    this.#place = place
    this.#behind = false
    this.#comma = false
  }

  #leave(at: number): number {
    if (this.#place === 'series') {
      const head: SeriesHead = { name: this.#name, tags: this.#tags, partial: this.#partial }
      this.#sink.end(head)
    }
    if (this.#place === 'document') this.#documents++
    this.#go(OUTER[this.#place])
    if (this.#place !== 'top') this.#behind = true
    return at + 1
  }

  #member(key: string, at: number): number {
    const s = this.#scan
    const isList = s.bytes[at] === OPEN_LIST
    if (key === 'error' && (this.#place === 'document' || this.#place === 'result')) {
      if (s.bytes[at] !== QUOTE) return this.#took(s.skip(at))
      if (s.string(at) === NEED) return NEED
      throw influxError(s.text)
    }
    if (isList && this.#place === 'document' && key === 'results') return this.#into('results', at)
    if (isList && this.#place === 'result' && key === 'series') return this.#into('seriesList', at)
    if (this.#place === 'series') return this.#seriesMember(key, at, isList)
    return this.#took(s.skip(at))
  }

  #into(place: Place, at: number): number {
    this.#go(place)
    return at + 1
  }

  #seriesMember(key: string, at: number, isList: boolean): number {
    const s = this.#scan
    if (key === 'values' && isList) {
      if (!this.#columns) throw notUnderstood('rows come before their columns')
      return this.#into('rows', at)
    }
    const end = s.skip(at)
    if (end === NEED) return NEED
    if (key === 'name' || key === 'tags' || key === 'columns' || key === 'partial') {
      let value: unknown
      try {
        value = JSON.parse(new TextDecoder().decode(s.bytes.subarray(at, end)))
      } catch (e) {
        throw notUnderstood((e as Error).message)
      }
      this.#describe(key, value)
    }
    return this.#took(end)
  }

  #describe(key: 'name' | 'tags' | 'columns' | 'partial', value: unknown): void {
    if (value === null) return
    if (key === 'partial') this.#partial = value === true
    else if (key === 'name' && typeof value === 'string') this.#name = value
    else if (key === 'columns' && isTexts(value)) {
      this.#time = value.indexOf('time')
      this.#columns = value
      this.#cells = []
      this.#sink.columns(this.#time < 0 ? value : value.toSpliced(this.#time, 1))
    } else if (key === 'tags' && typeof value === 'object' && isTexts(Object.values(value as object))) {
      this.#tags = value as Record<string, string>
    } else throw notUnderstood(`unexpected ${key}`)
  }

  #row(at: number): number {
    const s = this.#scan
    const b = s.bytes
    const cells = this.#cells
    const count = this.#columns!.length
    const time = this.#time
    if (b[at] !== OPEN_LIST) throw s.strange(at, 'a row')
    // Rows without a time have Go's zero time, as in the reference.
    let sec = time < 0 ? ZERO_TIME.sec : 0
    let ns = 0
    let k = 0
    let i = at + 1
    for (let column = 0; ; column++) {
      i = s.blanks(i)
      if (i >= b.length) return this.#short()
      if (column === count) {
        if (b[i] !== CLOSE_LIST) throw s.strange(i, 'the end of a row')
        break
      }
      if (column > 0) {
        if (b[i] !== COMMA) throw s.strange(i, 'a comma')
        i = s.blanks(i + 1)
        if (i >= b.length) return this.#short()
      }
      if (column === time) {
        i = s.time(i)
        if (i === NEED) return NEED
        sec = s.sec
        ns = s.ns
        continue
      }
      const c = b[i]!
      if (c === QUOTE) {
        i = s.string(i)
        cells[k++] = s.text
      } else if (c === 110) {
        i = s.word(i, 'null')
        cells[k++] = null
      } else if (c === 116) {
        i = s.word(i, 'true')
        cells[k++] = true
      } else if (c === 102) {
        i = s.word(i, 'false')
        cells[k++] = false
      } else if (c === OPEN_LIST || c === OPEN_OBJECT) {
        // Lists stand in answers about InfluxDB itself; their text is passed on.
        const from = i
        i = s.skip(i)
        if (i !== NEED) cells[k++] = new TextDecoder().decode(b.subarray(from, i))
      } else {
        i = s.num(i)
        cells[k++] = s.number
      }
      if (i === NEED) return NEED
    }
    this.#sink.row(sec, ns, cells)
    return i + 1
  }

  #short(): number {
    if (this.#scan.final) throw notUnderstood('the answer breaks off')
    return NEED
  }
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((x) => typeof x === 'string')
}
