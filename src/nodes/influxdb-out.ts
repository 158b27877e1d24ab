// `|influxDBOut()`: points as lines to InfluxDB. Lines are owed at once, so that they are on disk before a write is
// answered; the node counts them and says when they go out: with a full buffer, at the flush interval, at the end.
import { Fault, messageOf } from '../base/fault.ts'
import { formatLine } from '../base/line-protocol/format-line.ts'
import type { Plain } from '../base/plain.ts'
import { type Point, withSeries } from '../base/point.ts'
import type { Series } from '../base/series.ts'
import { addTime } from '../base/time.ts'
import { type Ctx, defineNode, type Out, type Receiver } from '../flow/contract.ts'
import { field } from '../lang/fields.ts'

/** The kind of owed record that a write to InfluxDB is. */
export const INFLUX_WRITE = 'influx-write'

export interface WriteTarget {
  readonly cluster: string
  readonly db: string
  readonly rp: string
  /** Of the timestamps: `ns u ms s m h`. */
  readonly precision: string
  readonly consistency: string
}

/** Lines as they are owed; `full`: they and all before them go out now. */
export type OwedLines = WriteTarget & { readonly is: 'lines'; lines: string; points: number; full: boolean }
/** `flush`: all lines that the node owes go out. `create`: the database is to be made. */
export type OwedWrite = OwedLines | { readonly is: 'flush' } | (WriteTarget & { readonly is: 'create' })

const SECOND = 1_000_000_000
const FLUSH = 'flush'

/** How many lines wait for each database and retention policy, and whether the timer runs. */
type State = { waiting: Record<string, number>; armed: boolean }

interface OutParams {
  readonly cluster: string
  readonly database: string
  readonly retentionPolicy: string
  readonly measurement: string
  readonly writeConsistency: string
  readonly precision: string
  readonly buffer: number
  readonly flushInterval: number | bigint
  readonly tag: Readonly<Record<string, unknown>>
  readonly create: boolean
}

class LineOut {
  readonly #p: OutParams
  readonly #ctx: Ctx
  readonly #cluster: string
  readonly #buffer: number
  readonly #precision: string
  readonly #tags: readonly (readonly [string, string])[]
  readonly #written = new WeakMap<Series, Series>()
  /** Records of the entry that runs: what it adds goes into them, they are committed with it. */
  #seq = -1
  readonly #open = new Map<string, OwedLines>()

  constructor(p: OutParams, ctx: Ctx) {
    this.#p = p
    this.#ctx = ctx
    this.#cluster = clusterOf(p.cluster, ctx)
    this.#buffer = p.flushInterval === 0 ? 1 : Math.max(1, p.buffer)
    this.#precision = p.precision === '' ? 'ns' : p.precision
    this.#tags = Object.entries(p.tag) as [string, string][]
  }

  start(): void {
    const { create, database, retentionPolicy } = this.#p
    if (create && database !== '') this.#owe({ ...this.#target(database, retentionPolicy), is: 'create' })
  }

  add(p: Point, name: string, s: State): void {
    const { database, retentionPolicy, measurement } = this.#p
    const series = this.#series(p.series).renamed(measurement === '' ? name : measurement)
    const line = formatLine(withSeries(p, series), this.#precision)
    if (line === '') {
      this.#ctx.error('the point has no field that can be written to InfluxDB', p)
      return
    }
    const db = database === '' ? p.series.db : database
    // Rows of a batch have no retention policy of their own: in another database it is that one's default.
    const own = this.#ctx.edge === 'batch' && database !== '' ? '' : p.series.rp
    const rp = retentionPolicy === '' ? own : retentionPolicy
    const key = JSON.stringify([db, rp])
    const record = this.#record(key, db, rp)
    record.lines += record.lines === '' ? line : `\n${line}`
    record.points++
    const waiting = (s.waiting[key] ?? 0) + 1
    if (waiting >= this.#buffer) {
      delete s.waiting[key]
      record.full = true
      this.#open.delete(key)
      return
    }
    s.waiting[key] = waiting
    if (s.armed) return
    s.armed = true
    this.#ctx.timer(undefined, FLUSH, addTime(this.#ctx.now(), this.#p.flushInterval))
  }

  flush(s: State): void {
    if (Object.keys(s.waiting).length === 0) return
    s.waiting = {}
    this.#open.clear()
    this.#owe({ is: 'flush' })
  }

  /** The point's series with the tags that the script sets. */
  #series(series: Series): Series {
    if (this.#tags.length === 0) return series
    let written = this.#written.get(series)
    if (!written) {
      written = this.#tags.reduce((all, [key, value]) => all.with(key, value), series)
      this.#written.set(series, written)
    }
    return written
  }

  #record(key: string, db: string, rp: string): OwedLines {
    const seq = this.#ctx.seq()
    if (seq !== this.#seq) {
      this.#open.clear()
      this.#seq = seq
    }
    let record = this.#open.get(key)
    if (!record) {
      record = { ...this.#target(db, rp), is: 'lines', lines: '', points: 0, full: false }
      this.#open.set(key, record)
      this.#owe(record)
    }
    return record
  }

  #target(db: string, rp: string): WriteTarget {
    return { cluster: this.#cluster, db, rp, precision: this.#precision, consistency: this.#p.writeConsistency }
  }

  #owe(record: OwedWrite): void {
    this.#ctx.owe(INFLUX_WRITE, record as unknown as Plain)
  }
}

function clusterOf(name: string, ctx: Ctx): string {
  const { influx } = ctx.world
  const none = 'no InfluxDB cluster configured cannot use the InfluxDBOutNode'
  if (!influx) throw new Fault('no-influxdb', none, { status: 400 })
  try {
    return influx.cluster(name)
  } catch (e) {
    if (name === '') throw new Fault('no-influxdb', none, { status: 400, cause: e })
    throw new Fault('no-influxdb', `failed to get InfluxDB client: ${messageOf(e)}`, { status: 400, cause: e })
  }
}

export const influxDBOut = defineNode({
  name: 'influxDBOut',
  kind: 'influxdb_out',
  typeOf: 'influxdbOut',
  typeName: 'InfluxDBOutNode',
  needs: 'main',
  wants: 'parent',
  provides: 'none',
  only: [],
  doc: 'Writes its data to InfluxDB. What InfluxDB can not take now is tried again with growing pauses; what it refuses is counted and logged. Fields that are null are left out.',
  fields: {
    cluster: field.string('The InfluxDB cluster; the default one when not given.'),
    database: field.string('The database; that of the point when not given.'),
    retentionPolicy: field.string(
      "The retention policy; that of the point when not given, the database's own when it has none.",
    ),
    measurement: field.string('The measurement; that of the point or batch when not given.'),
    writeConsistency: field.string('The consistency that InfluxDB is asked for.'),
    precision: field.string('Precision of the timestamps: ns, u, ms, s, m or h.'),
    buffer: field.int('So many points are written at once.', 1000),
    flushInterval: field.duration('Points are written after this time even when the buffer is not full.', 10 * SECOND),
    tag: field.map('Sets a tag of every point.'),
    create: field.flag('Creates the database and retention policy when the task starts.'),
  },
  stats: ['points_written', 'write_errors'],
  stateParams: [],
  examples: [
    "stream\n    |from()\n        .measurement('requests')\n        .groupBy('service')\n    |window()\n        .period(1m)\n        .every(1m)\n    |mean('ms')\n    |influxDBOut()\n        .database('app')\n        .retentionPolicy('month')\n        .measurement('requests_1m')\n        .precision('s')",
  ],
  run(p, ctx): Receiver<State> {
    const lines = new LineOut(p, ctx)
    return {
      keeps: 'node',
      newState: () => ({ waiting: {}, armed: false }),
      start: () => lines.start(),
      point: (pt, s) => lines.add(pt, pt.series.name, s),
      batch(b, rows, s) {
        for (let i = 0; i < rows.length; i++) lines.add(rows.at(i), b.name, s)
      },
      timer(_name, _due, s) {
        s.armed = false
        lines.flush(s)
      },
      finish(why, s, _out: Out) {
        if (why === 'drain') lines.flush(s)
      },
    }
  },
})
