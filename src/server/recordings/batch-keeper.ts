// Takes the points of one batch as JSON and gives the batch when it is whole: small ones in memory, large ones through
// a spool. Points that have tags of their own stay in memory.
import { type BatchFeed, type FeedPiece, feedOf } from '../../base/batch-feed.ts'
import { Fault, messageOf } from '../../base/fault.ts'
import { ResultSpool, type SpoolFile } from '../../base/influxdb/result-spool.ts'
import { Point } from '../../base/point.ts'
import { type Series, seriesOf } from '../../base/series.ts'
import { makeShape } from '../../base/shape.ts'
import { compareTime, parseTime, type Time, ZERO_TIME } from '../../base/time.ts'
import type { Kind, Tags } from '../../base/value.ts'

/** Rows of one piece of a feed. */
const PIECE_ROWS = 1_024

type Cell = number | string | boolean

interface StoredPoint {
  readonly fields: Readonly<Record<string, Cell>>
  readonly tags: Tags | undefined
  readonly time: Time
}

interface Head {
  readonly name: string
  readonly tmax: Time | undefined
  readonly byName: boolean
  readonly tags: Tags
}

export interface KeptBatch {
  readonly feed: BatchFeed
  readonly points: number
  /** Times of the first and the last point; without points that of the batch. */
  readonly first: Time
  readonly last: Time
}

export class BatchKeeper {
  readonly #spool: ResultSpool
  /** What the spool can't hold: points from the first one on that has tags. */
  #tagged: StoredPoint[] | undefined
  #first: Time | undefined
  #last: Time = ZERO_TIME
  #points = 0
  #given = false

  constructor(file: () => SpoolFile) {
    this.#spool = new ResultSpool({ byName: false, stop: ZERO_TIME, rowTimes: true, file })
    this.#spool.open()
  }

  /** Throws Fault. */
  point(text: string): void {
    const p = pointOf(text)
    this.#first ??= p.time
    this.#last = p.time
    this.#points++
    if (this.#tagged || p.tags) (this.#tagged ??= []).push(p)
    else this.#row(p)
  }

  #row({ fields, time }: StoredPoint): void {
    this.#spool.columns(Object.keys(fields))
    this.#spool.row(time.sec, time.ns, Object.values(fields))
  }

  /** Call it now and then, and wait. */
  settle(): Promise<void> {
    return this.#spool.settle()
  }

  /** The batch is whole. `before` is the time of the last point of the batches before: no batch is older. Throws Fault. */
  async end(text: string, before: Time | undefined): Promise<KeptBatch> {
    const head = headOf(text)
    const newest = this.#points > 0 ? this.#last : before
    let tmax = head.tmax ?? newest ?? ZERO_TIME
    if (newest && compareTime(tmax, newest) < 0) tmax = newest
    const { name, tags } = head
    this.#spool.end({ name, tags, partial: false })
    const series = seriesOf('', '', name, tags)
    this.#given = true
    const feed = this.#tagged ? await this.#inMemory(series, head, tmax) : new Headed(this.#spool, head.byName, tmax)
    const points = this.#points
    return { feed, points, first: this.#first ?? newest ?? tmax, last: newest ?? tmax }
  }

  async #inMemory(series: Series, { name, byName }: Head, tmax: Time): Promise<BatchFeed> {
    const points: Point[] = []
    for (let piece = await this.#spool.next(); piece; piece = await this.#spool.next())
      if (piece.is === 'rows') points.push(...piece.points)
    this.#spool.close()
    for (const { fields, tags, time } of this.#tagged!) {
      const names = Object.keys(fields).sort()
      const shape = makeShape(
        names,
        names.map((f) => kindOf(fields[f]!)),
      )
      const values = names.map((f) => fields[f]!)
      points.push(new Point(tags ? seriesOf('', '', name, tags) : series, shape, values, time.sec, time.ns))
    }
    const pieces: FeedPiece[] = [{ is: 'begin', series, byName, tmax, size: points.length }]
    for (let i = 0; i < points.length; i += PIECE_ROWS)
      pieces.push({ is: 'rows', points: points.slice(i, i + PIECE_ROWS) })
    pieces.push({ is: 'end' })
    return feedOf(pieces)
  }

  /** Lets go of a batch that is not whole. */
  close(): void {
    if (!this.#given) this.#spool.close()
  }
}

/** A spooled batch under the head that only its end told. */
class Headed implements BatchFeed {
  readonly #spool: ResultSpool
  readonly #byName: boolean
  readonly #tmax: Time

  constructor(spool: ResultSpool, byName: boolean, tmax: Time) {
    this.#spool = spool
    this.#byName = byName
    this.#tmax = tmax
  }

  get batches(): number {
    return this.#spool.batches
  }
  get points(): number {
    return this.#spool.points
  }
  next(): ReturnType<BatchFeed['next']> {
    const piece = this.#spool.next()
    return piece instanceof Promise ? piece.then((p) => this.#headed(p)) : this.#headed(piece)
  }
  #headed(piece: FeedPiece | undefined): FeedPiece | undefined {
    return piece?.is === 'begin' ? { ...piece, byName: this.#byName, tmax: this.#tmax } : piece
  }
  close(): void {
    this.#spool.close()
  }
}

function kindOf(cell: Cell): Kind {
  return typeof cell === 'number' ? 'float' : typeof cell === 'string' ? 'string' : 'bool'
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>>
  } catch (e) {
    throw bad(messageOf(e))
  }
}

function pointOf(text: string): StoredPoint {
  const { fields, tags, time } = parsed(text)
  const at = typeof time === 'string' ? parseTime(time) : undefined
  if (!at) throw bad(`a point has no time: ${text.slice(0, 100)}`)
  const cells: Record<string, Cell> = Object.create(null)
  for (const [name, v] of Object.entries((fields as Record<string, unknown> | null | undefined) ?? {}))
    if (typeof v === 'number' || typeof v === 'string' || typeof v === 'boolean') cells[name] = v
  const own = tagsOf(tags)
  return { fields: cells, tags: Object.keys(own).length > 0 ? own : undefined, time: at }
}

function headOf(text: string): Head {
  const { name, tmax, byname, tags } = parsed(text)
  return {
    name: typeof name === 'string' ? name : '',
    tmax: typeof tmax === 'string' ? parseTime(tmax) : undefined,
    byName: byname === true,
    tags: tagsOf(tags),
  }
}

function tagsOf(tags: unknown): Tags {
  const out: Record<string, string> = Object.create(null)
  for (const [k, v] of Object.entries((tags as Record<string, unknown> | null | undefined) ?? {})) out[k] = String(v)
  return out
}

function bad(reason: string): Fault {
  return new Fault('bad-recording', `invalid batch recording: ${reason}`)
}
