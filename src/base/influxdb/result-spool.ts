// Keeps the series of an answer, compactly, until the answer is here whole; then hands them out as batches, once. What is
// beyond a bound goes to a file, if there is one. Numbers are float64, nulls are dropped, rows without values too.
import type { BatchFeed, FeedPiece } from '../batch-feed.ts'
import { Point } from '../point.ts'
import { type Series, seriesOf } from '../series.ts'
import { compareTime, type Time } from '../time.ts'
import type { Cell, ResultSink, SeriesHead } from './result-sink.ts'
import { RowReader, RowWriter } from './row-bytes.ts'
import { RowLayout } from './row-layout.ts'

/** Where bytes go that are too many for the memory. */
export interface SpoolFile {
  append(bytes: Uint8Array): Promise<void>
  read(offset: number, length: number): Promise<Uint8Array>
  close(): void
}

export interface SpoolOptions {
  readonly byName: boolean
  /** The time of batches that have no other. */
  readonly stop: Time
  /** A batch has the time of its newest row; else it has `stop`. */
  readonly rowTimes: boolean
  /** Opens the file when the rows get too many. Without it all stays in memory. */
  readonly file?: () => SpoolFile
  /** Bytes in memory before the file is opened. */
  readonly maxBytes?: number
}

const MAX_BYTES = 64 * 1024 * 1024
/** Rows of one piece. */
const PIECE_ROWS = 1_024

interface Batch {
  readonly name: string
  readonly tags: Readonly<Record<string, string>>
  partial: boolean
  size: number
  tmax: Time | undefined
}

export class ResultSpool implements ResultSink, BatchFeed {
  readonly #o: SpoolOptions
  readonly #batches: Batch[] = []
  readonly #layouts: RowLayout[] = []
  readonly #byColumns = new Map<string, number>()
  readonly #writer = new RowWriter()
  #layout = -1
  #size = 0
  #tmaxSec = 0
  #tmaxNs = 0
  #points = 0
  #file: SpoolFile | undefined
  #written = 0
  #closed = false
  readonly #pieces: Iterator<FeedPiece | Promise<void>, undefined>

  constructor(o: SpoolOptions) {
    this.#o = o
    this.#pieces = this.#read()
  }

  // ---- the decoder's side ----

  open(): void {
    this.#size = 0
  }

  columns(names: readonly string[]): void {
    const key = JSON.stringify(names)
    let at = this.#byColumns.get(key)
    if (at === undefined) {
      at = this.#layouts.push(new RowLayout(names)) - 1
      this.#byColumns.set(key, at)
    }
    this.#layout = at
  }

  row(sec: number, ns: number, cells: readonly Cell[]): void {
    if (!this.#writer.row(this.#layout, sec, ns, cells)) return
    if (this.#size++ === 0 || sec > this.#tmaxSec || (sec === this.#tmaxSec && ns > this.#tmaxNs)) {
      this.#tmaxSec = sec
      this.#tmaxNs = ns
    }
  }

  end({ name, tags, partial }: SeriesHead): void {
    const tmax = this.#size > 0 ? { sec: this.#tmaxSec, ns: this.#tmaxNs } : undefined
    this.#points += this.#size
    const last = this.#batches.at(-1)
    if (last?.partial && last.name === name && sameTags(last.tags, tags)) {
      last.partial = partial
      last.size += this.#size
      if (tmax && (!last.tmax || compareTime(tmax, last.tmax) > 0)) last.tmax = tmax
      return
    }
    this.#batches.push({ name, tags, partial, size: this.#size, tmax })
  }

  /** Call it between pushes, and wait: what has become too much goes to the file. */
  async settle(): Promise<void> {
    const file = this.#o.file
    if (!file || (!this.#file && this.#writer.bytes <= (this.#o.maxBytes ?? MAX_BYTES))) return
    this.#file ??= file()
    for (let chunk = this.#writer.take(); chunk; chunk = this.#writer.take()) {
      await this.#file.append(chunk)
      this.#written++
    }
  }

  // ---- the task's side ----

  get batches(): number {
    return this.#batches.length
  }

  get points(): number {
    return this.#points
  }

  next(): FeedPiece | undefined | Promise<FeedPiece | undefined> {
    const { value } = this.#pieces.next()
    return value instanceof Promise ? value.then(() => this.next()) : value
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#writer.clear()
    this.#file?.close()
  }

  *#read(): Generator<FeedPiece | Promise<void>, undefined> {
    this.#writer.end()
    const reader = new RowReader(this.#writer.texts)
    const chunks = new ChunkSource(this.#writer, this.#file, this.#written)
    for (const b of this.#batches) {
      const series = seriesOf('', '', b.name, b.tags)
      yield { is: 'begin', series, byName: this.#o.byName, tmax: this.#time(b), size: b.size }
      for (let left = b.size; left > 0; ) {
        if (reader.done) {
          const bytes = chunks.next()
          if (bytes instanceof Promise) {
            let got: Uint8Array | undefined
            yield bytes.then((x) => {
              got = x
            })
            reader.use(got!)
          } else reader.use(bytes)
        }
        const points: Point[] = []
        for (; points.length < PIECE_ROWS && left > 0 && !reader.done; left--) points.push(this.#point(reader, series))
        yield { is: 'rows', points }
      }
      yield { is: 'end' }
    }
    return undefined
  }

  #point(reader: RowReader, series: Series): Point {
    const { shape, values } = reader.row(this.#layouts)
    return new Point(series, shape, values, reader.sec, reader.ns)
  }

  #time(b: Batch): Time {
    return (this.#o.rowTimes ? b.tmax : undefined) ?? this.#o.stop
  }
}

/** The chunks in order: first those in the file, one of them read ahead, then those in memory. */
class ChunkSource {
  readonly #writer: RowWriter
  readonly #file: SpoolFile | undefined
  readonly #lengths: readonly number[]
  #at = 0
  #offset = 0
  #ahead: Promise<Uint8Array> | undefined

  constructor(writer: RowWriter, file: SpoolFile | undefined, written: number) {
    this.#writer = writer
    this.#file = file
    this.#lengths = writer.lengths.slice(0, written)
    this.#ahead = this.#fetch()
  }

  next(): Uint8Array | Promise<Uint8Array> {
    const ahead = this.#ahead
    if (!ahead) return this.#writer.take() ?? new Uint8Array(0)
    this.#ahead = this.#fetch()
    return ahead
  }

  #fetch(): Promise<Uint8Array> | undefined {
    const length = this.#lengths[this.#at]
    if (length === undefined || !this.#file) return undefined
    const read = this.#file.read(this.#offset, length)
    // Who waits for it is told; nobody else needs to hear of it.
    read.catch(() => {})
    this.#at++
    this.#offset += length
    return read
  }
}

function sameTags(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((k) => a[k] === b[k])
}
