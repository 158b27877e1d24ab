// The engine: takes bodies into the log, grants tasks their turns, fires timers, commits what is owed, and answers
// a write when all of that is done. One thread, no locks: everything happens between two turns.

import type { BatchFeed } from '../base/batch-feed.ts'
import type { Clock } from '../base/clock.ts'
import { Fault } from '../base/fault.ts'
import type { FieldsRead } from '../base/line-protocol/fields-read.ts'
import type { Logger } from '../base/logger.ts'
import type { Plain } from '../base/plain.ts'
import type { Point } from '../base/point.ts'
import { addTime, compareTime, type Time, ZERO_TIME } from '../base/time.ts'
import { Commits } from './commits.ts'
import type { CompiledTask, Wanted } from './compile.ts'
import { type Cause, Entry, type Outbox, type OwedRecord } from './entry.ts'
import { Ingress, type IngressCount } from './ingress.ts'
import type { Operator } from './operator.ts'
import { keptBody, type RawBody, RemoteTasks } from './remote-tasks.ts'
import { Ring } from './ring.ts'
import { Router } from './router.ts'
import { holderText, type SeenTask } from './seen-task.ts'
import type { TaskSnapshot } from './snapshot.ts'
import { offer, type Subscription, watches } from './subscription.ts'
import { Task } from './task.ts'
import type { TaskHost, TaskOptions } from './task-host.ts'
import { NO_LIMITS, type TaskLimits } from './task-limits.ts'
import type { World } from './world.ts'

/** Points of one task before the next one gets its turn. */
const QUANTUM = 1_024
/** Milliseconds of turns before the event loop gets its turn. */
const SLICE_MS = 5
/** Loopback hops before a loop is called one. */
export const MAX_HOPS = 16
/** Failed deliveries of one kind are logged once in so many milliseconds. */
const FAILURE_LOG_MS = 1_000
/** What a point that was looped back counts for in the ring. */
const LOOPED_BYTES = 64
/** Milliseconds that a task gets to run what waits for it before it is ended. */
const STOP_WAIT_MS = 5_000

export interface EngineOptions {
  readonly clock: Clock
  /** The world of the tasks, but for what the engine itself offers them. */
  readonly world: Omit<World, 'loopback' | 'nowSec'>
  readonly outbox: Outbox
  readonly logger: Logger
  readonly limits?: TaskLimits
  /** Bytes of bodies that tasks have not finished with, before writers wait. */
  readonly ringBytes?: number
  /** First number of the log; above every number that was ever used. */
  readonly firstSeq?: number
  /** Runs the function soon, after other events: setImmediate in a server. */
  readonly defer: (run: () => void) => void
  /** Calls back after a while, where the clock does not go by itself: as in a replay. */
  readonly after?: (ms: number, run: () => void) => () => void
  /** Another engine counts what comes in: this one has a part of the tasks. */
  readonly part?: boolean
  /** Called when a task has stopped because a node failed. */
  readonly onTaskError?: (id: string, message: string) => void
}

export interface StartOptions {
  readonly runId?: string
  readonly restore?: TaskSnapshot | undefined
  /** The task asks for nothing by itself; batches come by `feed`. */
  readonly fed?: boolean
  /** Nanoseconds without data after which a group's state is forgotten, 0 = never; that of the limits when not given. */
  readonly groupExpiryNs?: number | undefined
  readonly tap?: TaskOptions['tap']
}

/** Points on their way back into the input. */
interface Looped {
  readonly parent: Entry | undefined
  readonly cause: Cause
  readonly db: string
  readonly rp: string
  readonly points: Point[]
}

function isTo(l: Looped, node: string, db: string, rp: string): boolean {
  return l.cause.node === node && l.db === db && l.rp === rp
}

export class Engine {
  readonly clock: Clock
  readonly world: World
  /** Tasks that other threads run. */
  readonly remotes: RemoteTasks
  readonly #o: EngineOptions
  readonly #tasks = new Map<string, Task>()
  readonly #router = new Router()
  readonly #ingress: Ingress
  readonly #commits: Commits
  readonly #runnable: Task[] = []
  /** What the turn that runs has looped back so far. */
  readonly #looped: Looped[] = []
  readonly #subscriptions = new Set<Subscription>()
  readonly #alarms = new Map<Task, { due: Time; cancel: () => void }>()
  readonly #ring: Ring
  #seq: number
  #lastAt: Time = ZERO_TIME
  #running = false
  #deferred = false
  #loops = 0
  #closed = false

  constructor(o: EngineOptions) {
    this.#o = o
    this.clock = o.clock
    this.#ring = new Ring(o.ringBytes ?? 64 * 1024 * 1024, o.clock, () => holderText(this.tasks()))
    this.#commits = new Commits({ outbox: o.outbox, logger: o.logger, after: (ms, run) => this.#after(ms, run) })
    this.remotes = new RemoteTasks(this.#router, (entry) => this.#settled(entry))
    this.#seq = o.firstSeq ?? 1
    this.#ingress = new Ingress(o.logger, () => this.#router.wanted())
    this.world = {
      ...o.world,
      http: (r) => o.world.http(r),
      httpEndpoint: (n) => o.world.httpEndpoint(n),
      nowSec: () => o.clock.now().sec,
      loopback: (task, node, db, rp, points) => this.#loopback(task, node, db, rp, points),
    }
  }

  // ---- tasks ----

  /** Starts a task; throws Fault when it can't, and then nothing of it is left. */
  start(
    id: string,
    compiled: CompiledTask,
    dbrps: readonly { readonly db: string; readonly rp: string }[],
    options: StartOptions = {},
  ): Task {
    if (this.#tasks.has(id)) throw new Fault('task-running', `task ${id} is running already`)
    const task = new Task(
      {
        id,
        runId: options.runId ?? 'main',
        compiled,
        dbrps,
        restore: options.restore,
        fed: options.fed,
        groupExpiryNs: options.groupExpiryNs,
        tap: options.tap,
      },
      this.#host(),
    )
    this.#tasks.set(id, task)
    task.start(this.#now())
    if (task.ended) {
      this.#tasks.delete(id)
      throw new Fault('task-start', task.error, { status: 400 })
    }
    this.#router.add(task)
    this.#run()
    return task
  }

  /** Lets the task run what already waits for it, for 5 s at most, then ends it. */
  async stop(id: string, why: 'drain' | 'handover'): Promise<void> {
    const task = this.#tasks.get(id)
    if (!task) return
    this.#router.remove(task)
    await this.#idleOrLate(task)
    if (this.#tasks.get(id) !== task) return
    task.finish(why)
    this.#forget(task)
    this.#run()
  }

  /** A task that waits for a dead receiver must not hold up its own end. */
  #idleOrLate(task: Task): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#after(STOP_WAIT_MS, () => {
        this.#o.logger.warn('task stopped before it had run all that waits', { task: task.id, entries: task.lag })
        resolve()
      })
      void task.whenIdle().then(() => {
        cancel()
        resolve()
      })
    })
  }

  task(id: string): Task | undefined {
    return this.#tasks.get(id)
  }

  /** Those of other threads, too, with figures of the last `remotes.refresh`. */
  *tasks(): Iterable<SeenTask> {
    yield* this.#tasks.values()
    yield* this.remotes
  }

  #forget(task: Task): void {
    if (this.#tasks.get(task.id) === task) this.#tasks.delete(task.id)
    this.#router.remove(task)
    this.#alarms.get(task)?.cancel()
    this.#alarms.delete(task)
  }

  // ---- intake ----

  /**
   * What would be read of a body of so many bytes if it came now: its points need no other fields when `write` follows at
   * once. Undefined: all, also where the body would have to wait, for by then other tasks may take it.
   */
  reads(db: string, rp: string, bytes: number): FieldsRead | undefined {
    if (!this.#ring.hasRoom(bytes)) return undefined
    for (const s of this.#subscriptions) if (watches(s, db, rp)) return undefined
    return this.#router.readsAt(db, rp)
  }

  /**
   * Takes a body of points. Undefined when every task has already run it and nothing is owed; else a promise that
   * resolves when that is so, or rejects with a Fault (503) when there is no room or no disk. `raw`: what the points were
   * read from, if that is at hand.
   */
  write(db: string, rp: string, points: readonly Point[], bytes: number, raw?: RawBody): Promise<void> | undefined {
    if (this.#closed) throw new Fault('closed', 'the server is shutting down', { status: 503, retry: true })
    this.#commits.check()
    if (!this.#ring.hasRoom(bytes)) {
      const kept = raw && this.remotes.size > 0 ? keptBody(raw) : undefined
      const wait = this.#ring.wait(bytes)
      return wait.then(() => this.#append(db, rp, points, bytes, undefined, undefined, false, kept))
    }
    return this.#append(db, rp, points, bytes, undefined, undefined, false, raw)
  }

  /**
   * Takes points of a replay: each arrives at its own time, so the clock is passed over and timers fire between them.
   * Undefined when the tasks have run them and nothing is owed; else a promise of that. Throws a Fault when the intake
   * is shut, and then nothing has run.
   */
  replay(db: string, rp: string, points: readonly Point[]): Promise<void> | undefined {
    this.#commits.check()
    return this.#append(db, rp, points, 0, undefined, undefined, true)
  }

  /** Lets the time of a replay pass without points: what is due until then fires. */
  pass(to: Time): Promise<void> | undefined {
    this.#commits.check()
    const entry = this.#entry(0, undefined, undefined)
    for (const task of this.#tasks.values()) task.enqueueTime(entry, to)
    this.#settled(entry)
    this.#run()
    return this.#commits.whenDone(entry)
  }

  /** Shows the input to somebody from the next body on; returns what ends it. */
  subscribe(s: Subscription): () => void {
    this.#subscriptions.add(s)
    return () => this.#subscriptions.delete(s)
  }

  #append(
    db: string,
    rp: string,
    points: readonly Point[],
    bytes: number,
    parent: Entry | undefined,
    cause: Cause | undefined,
    ownTimes = false,
    raw?: RawBody,
  ): Promise<void> | undefined {
    const entry = this.#entry(bytes, parent, cause)
    const routed = this.#router.route(db, rp, points)
    if (!this.#o.part) this.#ingress.add(db, rp, routed.counts, routed.unwanted)
    this.#ring.take(bytes)
    const whole = this.remotes.size > 0 ? { db, rp, points, raw } : undefined
    for (const d of routed.deliveries) if (d.points.length > 0) d.task.enqueue(entry, d.points, ownTimes, whole)
    for (const s of this.#subscriptions) {
      const taken = offer(s, db, rp, points)
      if (!taken) continue
      entry.pending++
      void taken.then(() => this.#settled(entry))
    }
    this.#settled(entry)
    if (parent) return undefined
    this.#run()
    return this.#commits.whenDone(entry)
  }

  /**
   * Feeds batches to a task through the source of this number, as one entry. Undefined when they have run already and
   * nothing is owed; else a promise of that. Throws a Fault when there is no such task or source.
   */
  feed(id: string, source: number, feed: BatchFeed): Promise<void> | undefined {
    const task = this.#tasks.get(id)
    if (!task) throw new Fault('no-task', `task ${id} is not running`)
    const entry = this.#entry(0, undefined, undefined)
    task.enqueueFeed(entry, source, feed)
    this.#settled(entry)
    this.#run()
    return this.#commits.whenDone(entry)
  }

  #loopback(taskId: string, node: string, db: string, rp: string, points: readonly Point[]): void {
    const task = this.#tasks.get(taskId)
    const parent = task?.entry
    const cause: Cause = { task: taskId, node, before: parent?.cause }
    const hops = parent ? parent.hops + 1 : 1
    if (hops > MAX_HOPS) {
      this.#loops += points.length
      const chain: string[] = []
      for (let c: Cause | undefined = cause; c && chain.length < MAX_HOPS; c = c.before)
        chain.unshift(`${c.task}/${c.node}`)
      throw new Fault(
        'loop-detected',
        `loop detected: ${points.length} points to "${db}"."${rp}" refused after ${MAX_HOPS} hops: ${chain.join(' -> ')}`,
      )
    }
    // A turn's points become one entry as long as they come from one node and go to one place: it must not show in their
    // order.
    const last = this.#looped.at(-1)
    if (last?.parent === parent && last?.cause.task === taskId && isTo(last, node, db, rp))
      for (const p of points) last.points.push(p)
    else this.#looped.push({ parent, cause, db, rp, points: [...points] })
  }

  /** A turn has ended: what it looped back goes into the log. */
  #appendLooped(): void {
    if (this.#looped.length === 0) return
    for (const { parent, cause, db, rp, points } of this.#looped.splice(0))
      this.#append(db, rp, points, points.length * LOOPED_BYTES, parent, cause)
    this.#later()
  }

  #entry(bytes: number, parent: Entry | undefined, cause: Cause | undefined): Entry {
    if (parent) parent.pending++
    return new Entry(this.#seq++, this.#now(), bytes, parent, cause)
  }

  #now(): Time {
    const now = this.clock.now()
    if (compareTime(now, this.#lastAt) > 0) this.#lastAt = now
    return this.#lastAt
  }

  #after(ms: number, run: () => void): () => void {
    return this.#o.after?.(ms, run) ?? this.clock.at(addTime(this.clock.now(), ms * 1e6), run)
  }

  // ---- turns ----

  #host(): TaskHost {
    return {
      world: this.world,
      logger: this.#o.logger,
      limits: this.#o.limits ?? NO_LIMITS,
      wake: (task) => {
        if (!task.scheduled && task.runnable) {
          task.scheduled = true
          this.#runnable.push(task)
        }
        if (!this.#running) this.#later()
      },
      ownEntry: () => this.#entry(0, undefined, undefined),
      settled: (entry) => this.#settled(entry),
      commitEarly: (entry) => this.#commits.early(entry, () => this.#settled(entry.root)),
      turned: () => this.#appendLooped(),
      failed: (task) => {
        this.#forget(task)
        this.#o.onTaskError?.(task.id, task.error)
      },
      timersChanged: (task) => this.#alarm(task),
    }
  }

  #later(): void {
    if (this.#deferred) return
    this.#deferred = true
    this.#o.defer(() => {
      this.#deferred = false
      this.#run()
    })
  }

  /** Round robin over the runnable tasks until they are through or the slice is over. */
  #run(): void {
    if (this.#running) return
    this.#running = true
    const began = performance.now()
    try {
      const queue = this.#runnable
      let head = 0
      while (head < queue.length) {
        const task = queue[head++]!
        task.turn(QUANTUM)
        task.scheduled = task.runnable
        if (task.scheduled) queue.push(task)
        if (performance.now() - began > SLICE_MS) break
      }
      queue.splice(0, head)
    } finally {
      this.#running = false
    }
    if (this.#runnable.length > 0) this.#later()
  }

  #alarm(task: Task): void {
    const next = task.timers.next()
    const armed = this.#alarms.get(task)
    if (!next || task.ended || task.timersWait) {
      armed?.cancel()
      this.#alarms.delete(task)
      return
    }
    if (armed && compareTime(armed.due, next) <= 0) return
    armed?.cancel()
    const cancel = this.clock.at(next, () => {
      this.#alarms.delete(task)
      const entry = this.#entry(0, undefined, undefined)
      task.enqueueTimers(entry)
      this.#settled(entry)
      this.#run()
    })
    this.#alarms.set(task, { due: next, cancel })
  }

  // ---- done ----

  #settled(entry: Entry): void {
    if (--entry.pending > 0) return
    if (entry.bytes > 0) this.#ring.release(entry.bytes)
    if (entry.parent) {
      this.#settled(entry.parent)
      return
    }
    this.#commits.through(entry)
  }

  /** The answer to a record, for data that waits for it; false when none does. */
  answered(record: OwedRecord, result: Plain | Fault): boolean {
    return this.#owner(record)?.op?.border?.answered(record, result) ?? false
  }

  /** Counts and logs, on the node that owed it, that a record could not be delivered as meant. */
  deliveryFailed(record: OwedRecord, reason: string): void {
    const { task, node } = record
    const owner = this.#owner(record)
    if (!owner) this.#o.logger.error('delivery failed', { task, node, err: reason })
    if (!owner?.op) return
    owner.op.errors++
    if (owner.op.quiet) return
    const { logger } = owner.task
    logger.limited(`${task}\u0000${node}\u0000${reason}`, FAILURE_LOG_MS).error('node error', { node, err: reason })
  }

  /** Adds to a statistic of the node that owed a record. */
  deliveryCounts(record: OwedRecord, stat: string, n: number): void {
    const stats = this.#owner(record)?.op?.stats
    if (stats) stats[stat] = (stats[stat] ?? 0) + n
  }

  /** The task that owes a record, while it runs, and its node. */
  #owner({ task: id, run, node }: OwedRecord): { readonly task: Task; readonly op: Operator | undefined } | undefined {
    const task = this.#tasks.get(id)
    return task?.runId === run ? { task, op: task.operator(node) } : undefined
  }

  // ---- looking in, and the end ----

  get heldBytes(): number {
    return this.#ring.held
  }

  get nextSeq(): number {
    return this.#seq
  }

  /** Points that loopback refused because they went round in circles. */
  get loopedPoints(): number {
    return this.#loops
  }

  /** What anybody takes of a dbrp, tasks or who watches the input; undefined when nobody takes anything. */
  wanted(db: string, rp: string): Wanted | undefined {
    const watching = [...this.#subscriptions].filter((s) => watches(s, db, rp))
    const all = [this.#router.wantedAt(db, rp), ...watching.map((s) => s.wanted)].filter((w) => w !== undefined)
    if (all.length === 0) return undefined
    return { all: all.some((w) => w.all), measurements: new Set(all.flatMap((w) => [...w.measurements])) }
  }

  ingress(): Iterable<IngressCount> {
    return this.#ingress.all()
  }

  /** Lets everything that waits run and be committed, then ends all tasks. */
  async close(why: 'drain' | 'handover'): Promise<void> {
    this.#closed = true
    const remotes = [...this.remotes].map((t) => t.stop(why))
    await Promise.all([...remotes, ...[...this.#tasks.keys()].map((id) => this.stop(id, why))])
    while (this.#commits.busy) await new Promise<void>((resolve) => this.#o.defer(resolve))
  }
}
