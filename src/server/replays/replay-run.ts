// One replay at work: an engine of its own that runs a copy of the task on the times of the data, fed from a source as
// fast as it goes or at the pace of the recording.
import type { Clock } from '../../base/clock.ts'
import { Fault, messageOf } from '../../base/fault.ts'
import type { Int } from '../../base/int64.ts'
import type { Logger } from '../../base/logger.ts'
import type { Point } from '../../base/point.ts'
import { addTime, compareTime, type Time } from '../../base/time.ts'
import type { CompiledTask } from '../../flow/compile.ts'
import { Engine, type EngineOptions } from '../../flow/engine.ts'
import type { OwedRecord } from '../../flow/entry.ts'
import type { TaskStats } from '../../flow/stats.ts'
import type { Task } from '../../flow/task.ts'
import type { PostAnswer } from '../../nodes/http-post.ts'
import type { ReadBatch } from '../recordings/batch-reader.ts'
import type { Dbrp } from '../tasks/task-record.ts'
import { FAST, type Pace, RealPace } from './pace.ts'
import { ReplayClock } from './replay-clock.ts'
import type { OpenSource, ReplaySource } from './replay-source.ts'
import { ShiftedFeed } from './shifted-feed.ts'
import { TimeShift } from './time-shift.ts'

/** Milliseconds between looks at a disk that is full, or at answers that are awaited. */
const RETRY_MS = 1_000
const LOOK_MS = 10
/** Milliseconds of work before other events get their turn. */
const SLICE_MS = 10

export interface ReplayPlan {
  /** The run's id: its topics and records carry it. */
  readonly id: string
  readonly task: string
  readonly dbrps: readonly Dbrp[]
  /** The task's own; that of the limits when not given. */
  readonly groupExpiry?: Int | undefined
  readonly compiled: CompiledTask
  readonly clock: 'fast' | 'real'
  /** Keeps the times of the data instead of letting them begin now. */
  readonly recordingTime: boolean
}

export interface ReplaySurroundings extends Pick<EngineOptions, 'world' | 'outbox' | 'limits' | 'firstSeq'> {
  readonly wall: Clock
  readonly logger: Logger
}

export class ReplayRun {
  readonly #plan: ReplayPlan
  readonly #o: ReplaySurroundings
  readonly #abort = new AbortController()
  readonly #clock: ReplayClock
  readonly #engine: Engine
  #pace: Pace = FAST
  #task: Task | undefined
  #progress = 0
  #sliceBegan = 0

  constructor(plan: ReplayPlan, o: ReplaySurroundings) {
    this.#plan = plan
    this.#o = o
    this.#clock = new ReplayClock({ sec: -Infinity, ns: 0 })
    this.#engine = new Engine({
      clock: this.#clock,
      world: o.world,
      outbox: o.outbox,
      logger: o.logger,
      defer: setImmediate,
      after: (ms, run) => o.wall.at(addTime(o.wall.now(), ms * 1e6), run),
      ...(o.limits ? { limits: o.limits } : {}),
      ...(o.firstSeq === undefined ? {} : { firstSeq: o.firstSeq }),
    })
  }

  /** The share of the data that has run, 0…1. */
  get progress(): number {
    return this.#progress
  }

  /** The task at work; undefined before the first data is there. */
  get task(): Task | undefined {
    return this.#task
  }

  get nextSeq(): number {
    return this.#engine.nextSeq
  }

  deliveryFailed(record: OwedRecord, reason: string): void {
    this.#engine.deliveryFailed(record, reason)
  }

  deliveryCounts(record: OwedRecord, stat: string, n: number): void {
    this.#engine.deliveryCounts(record, stat, n)
  }

  answered(record: OwedRecord, answer: PostAnswer | Fault): boolean {
    return this.#engine.answered(record, answer)
  }

  /** Ends it early. */
  abort(reason: Fault): void {
    this.#abort.abort(reason)
  }

  /**
   * Runs all data through the task and lets it finish. Gives its statistics. Rejects with a Fault whose message begins
   * with the stage that failed.
   */
  async run(open: OpenSource): Promise<TaskStats> {
    const source = await staged('running replay: data source open', () => open(this.#abort.signal))
    try {
      if (source.type === 'stream') await this.#streams(source)
      else await this.#batches(source)
      return await this.#finish()
    } catch (e) {
      await this.#engine.stop(this.#plan.task, 'handover')
      throw e
    } finally {
      await source.close()
    }
  }

  // ---- data ----

  async #streams(source: ReplaySource & { readonly type: 'stream' }): Promise<void> {
    let shift: TimeShift | undefined
    let began = false
    for await (const run of this.#reading(source.runs())) {
      const first = run.points[0]
      if (!first) continue
      if (!began) {
        shift = this.#begin(first).shift
        began = true
      }
      const moved = shift
      const points = moved ? run.points.map((p) => moved.point(p)) : run.points
      if (this.#pace === FAST) await this.#put(run.db, run.rp, points)
      else await this.#paced(run.db, run.rp, points, run.progress)
      this.#progress = run.progress
      await this.#breathe()
    }
    if (!began) this.#begin(this.#o.wall.now())
  }

  /** Hands points over when their time has come, and lets timers fire between them when theirs has. */
  async #paced(db: string, rp: string, points: readonly Point[], progress: number): Promise<void> {
    const before = this.#progress
    for (let i = 0; i < points.length; ) {
      const timer = this.#task!.timers.next()
      const due = timer && compareTime(timer, points[i]!) < 0 ? timer : points[i]!
      await this.#pace.until(due, this.#abort.signal)
      const reached = this.#pace.reached()!
      let end = i
      while (end < points.length && compareTime(points[end]!, reached) <= 0) end++
      if (end > i) await this.#put(db, rp, points.slice(i, end))
      else await this.#done(() => this.#engine.pass(due))
      i = end
      this.#progress = before + (progress - before) * (i / points.length)
    }
  }

  async #put(db: string, rp: string, points: readonly Point[]): Promise<void> {
    await this.#done(() => this.#engine.replay(db, rp, points))
    let last: Time = points[0]!
    for (const p of points) if (compareTime(p, last) > 0) last = p
    // Points that the task does not take let its time pass all the same.
    if (compareTime(last, this.#task!.now()) > 0) await this.#done(() => this.#engine.pass(last))
    this.#clock.set(last)
  }

  async #batches(source: ReplaySource & { readonly type: 'batch' }): Promise<void> {
    const plan = this.#plan
    const wanted = plan.compiled.nodes.find((n) => n.declaration.name === 'batch')?.children.length ?? 0
    if (wanted !== source.sources)
      throw new Fault(
        'sources-differ',
        `running replay: unexpected number of batch collectors. exp ${source.sources} got ${wanted}`,
      )
    const lanes: Lane[] = []
    for (let i = 0; i < source.sources; i++) {
      const batches = this.#reading(source.batches(i))
      const first = await batches.next()
      if (!first.done) lanes.push({ source: i, batches, batch: first.value, shift: undefined })
    }
    let earliest: Time | undefined
    for (const { batch } of lanes) if (!earliest || compareTime(batch.first, earliest) < 0) earliest = batch.first
    const start = this.#begin(earliest ?? this.#o.wall.now()).start
    if (!plan.recordingTime) for (const lane of lanes) lane.shift = new TimeShift(lane.batch.first, start)
    try {
      while (lanes.length > 0) {
        const lane = lanes.reduce((a, b) => (compareTime(timeOf(b), timeOf(a)) < 0 ? b : a))
        await this.#batch(lane)
        this.#progress = source.progress()
        const next = await lane.batches.next()
        if (next.done) lanes.splice(lanes.indexOf(lane), 1)
        else lane.batch = next.value
        await this.#breathe()
      }
    } finally {
      for (const lane of lanes) await lane.batches.return(undefined)
    }
  }

  async #batch(lane: Lane): Promise<void> {
    const at = timeOf(lane)
    for (;;) {
      const timer = this.#task!.timers.next()
      if (this.#pace === FAST || !timer || compareTime(timer, at) >= 0) break
      await this.#pace.until(timer, this.#abort.signal)
      await this.#done(() => this.#engine.pass(timer))
    }
    await this.#pace.until(at, this.#abort.signal)
    await this.#done(() => this.#engine.pass(at))
    this.#clock.set(at)
    const { feed } = lane.batch
    const moved = lane.shift ? new ShiftedFeed(feed, lane.shift) : feed
    await this.#done(() => this.#engine.feed(this.#plan.task, lane.source, moved))
  }

  // ---- stages ----

  /** Starts the task at the time of the first data; gives that time, and how far the times of the data are to be moved. */
  #begin(first: Time): { readonly start: Time; readonly shift: TimeShift | undefined } {
    const { id, task, compiled, dbrps, clock, recordingTime, groupExpiry } = this.#plan
    const groupExpiryNs = groupExpiry === undefined ? undefined : Number(groupExpiry)
    const now = this.#o.wall.now()
    const start = recordingTime ? first : now
    this.#clock.set(start)
    if (clock === 'real') this.#pace = new RealPace(this.#o.wall, start)
    try {
      this.#task = this.#engine.start(task, compiled, dbrps, { runId: id, fed: true, groupExpiryNs })
    } catch (e) {
      throw new Fault('replay-start', `task start: ${messageOf(e)}`, { cause: e })
    }
    return { start, shift: recordingTime ? undefined : new TimeShift(first, now) }
  }

  async #finish(): Promise<TaskStats> {
    const task = this.#task!
    // What waits for answers is part of the data, too.
    while (!task.ended && task.operators.some((op) => op.border?.busy)) {
      this.#check()
      await this.#wait(LOOK_MS)
    }
    await this.#engine.stop(this.#plan.task, 'drain')
    this.#check()
    await this.#engine.close('drain')
    this.#progress = 1
    return task.stats()
  }

  /** Runs something on the engine; when the disk takes nothing, until it does. */
  async #done(run: () => Promise<void> | undefined): Promise<void> {
    for (;;) {
      this.#check()
      let running: Promise<void> | undefined
      try {
        running = run()
      } catch (e) {
        if (!(e instanceof Fault && e.retry)) throw e
        await this.#wait(RETRY_MS)
        continue
      }
      try {
        await running
      } catch (e) {
        // It has run; what it owes stays with the engine, which goes on trying.
        if (!(e instanceof Fault && e.retry)) throw e
      }
      this.#check()
      return
    }
  }

  #check(): void {
    const { signal } = this.#abort
    if (signal.aborted) throw signal.reason
    const task = this.#task
    if (task?.ended && task.error !== '') throw new Fault('replay-task', `task run: ${task.error}`)
  }

  async *#reading<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
    const each = items[Symbol.asyncIterator]()
    try {
      for (;;) {
        const next = await staged('running replay', () => each.next())
        if (next.done) return
        yield next.value
      }
    } finally {
      await each.return?.()
    }
  }

  #wait(ms: number): Promise<void> {
    const { wall } = this.#o
    return new Promise((resolve) => {
      wall.at(addTime(wall.now(), ms * 1e6), resolve)
    })
  }

  async #breathe(): Promise<void> {
    const now = performance.now()
    if (now - this.#sliceBegan < SLICE_MS) return
    await new Promise<void>((resolve) => {
      setImmediate(resolve)
    })
    this.#sliceBegan = performance.now()
  }
}

/** The batches of one source on their way. */
interface Lane {
  readonly source: number
  readonly batches: AsyncGenerator<ReadBatch>
  batch: ReadBatch
  shift: TimeShift | undefined
}

/** When the lane's next batch is due, by the clock of the replay. */
function timeOf({ batch, shift }: Lane): Time {
  return shift ? shift.of(batch.last) : batch.last
}

async function staged<T>(stage: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (e) {
    throw new Fault('replay-source', `${stage}: ${messageOf(e)}`, { cause: e })
  }
}
