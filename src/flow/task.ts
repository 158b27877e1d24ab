// A running task: its operators, its place in the log, its timers, groups and statistics. It runs in short turns that
// the engine grants; whatever a node throws ends the turn and stops this task alone.
import { Fault, messageOf } from '../base/fault.ts'
import type { Logger } from '../base/logger.ts'
import type { Plain } from '../base/plain.ts'
import type { Point } from '../base/point.ts'
import { type Time, ZERO_TIME } from '../base/time.ts'
import type { CompiledTask } from './compile.ts'
import type { Out } from './contract.ts'
import { Edge, type Given } from './edge.ts'
import { Entry } from './entry.ts'
import { buildGraph } from './graph.ts'
import { Groups, type TaskGroup } from './groups.ts'
import type { Operator, OperatorHost } from './operator.ts'
import { restoreTask, snapshotTask, type TaskSnapshot } from './snapshot.ts'
import { TaskRate, type TaskStats, taskStats } from './stats.ts'
import { Timers } from './timers.ts'
import type { World } from './world.ts'

/** One point in so many has its way through the nodes timed. A prime, so that no window keeps in step with it. */
const TIMED_EVERY = 61
/** Expiry of idle groups looks at the table this many times per expiry. */
const EXPIRY_SWEEPS = 4

export interface TaskLimits {
  readonly maxGroups: number
  readonly maxHeldPoints: number
  /** Nanoseconds without data after which a group's state is forgotten; 0 = never. */
  readonly groupExpiryNs: number
}

export const NO_LIMITS: TaskLimits = { maxGroups: 0, maxHeldPoints: 0, groupExpiryNs: 0 }

/** What a task may ask of the engine that runs it. */
export interface TaskHost {
  readonly world: World
  readonly logger: Logger
  readonly limits: TaskLimits
  /** The task has something to do. */
  wake(task: Task): void
  /** Makes an entry of the task's own: for timers and answers. */
  ownEntry(): Entry
  /** One of those that waited for the entry has finished with it. */
  settled(entry: Entry): void
  failed(task: Task): void
  /** The earliest timer changed. */
  timersChanged(task: Task): void
}

interface Work {
  readonly entry: Entry
  readonly points: readonly Point[]
  readonly run: (() => void) | undefined
  next: number
}

const DONE: Work = { entry: new Entry(0, ZERO_TIME, 0, undefined, undefined), points: [], run: undefined, next: 0 }

export interface TaskOptions {
  readonly id: string
  readonly runId: string
  readonly compiled: CompiledTask
  readonly dbrps: readonly { readonly db: string; readonly rp: string }[]
  readonly restore?: TaskSnapshot | undefined
  /** Sees all that every node gives; for tests. */
  readonly tap?: ((node: string, given: Given) => void) | undefined
}

export class Task implements OperatorHost {
  readonly id: string
  readonly runId: string
  readonly compiled: CompiledTask
  readonly dbrps: readonly { readonly db: string; readonly rp: string }[]
  readonly host: TaskHost
  readonly logger: Logger
  readonly tap: ((node: string, given: Given) => void) | undefined
  readonly groups = new Groups()
  readonly timers = new Timers()
  readonly operators: readonly Operator[]
  readonly edges: readonly Edge[]
  readonly routes = new Map<string, () => string>()
  readonly emptied: TaskGroup[] = []
  readonly rate = new TaskRate()
  timed = false
  innerNs = 0
  nowSec = 0
  heldPoints = 0
  error = ''
  /** Entries that wait for this task. */
  readonly inbox: Work[] = []
  /** Set while the scheduler holds the task in its queue. */
  scheduled = false
  #head = 0
  readonly #answers: Work[] = []
  #now: Time = ZERO_TIME
  #entry: Entry | undefined
  #seq = 0
  #ordinal = 0
  #fed = 0
  #blocked = 0
  #running = false
  #ended = false
  #sourceEdge: Edge
  #sourceOut: Out
  #nextExpirySec = 0
  readonly #idle: (() => void)[] = []

  constructor(o: TaskOptions, host: TaskHost) {
    this.id = o.id
    this.runId = o.runId
    this.compiled = o.compiled
    this.dbrps = o.dbrps
    this.host = host
    this.tap = o.tap
    this.logger = host.logger.with({ task: o.id })
    const limit = host.limits.maxGroups
    this.groups.onNew = (live) => {
      if (limit > 0 && live > limit)
        throw new Fault('too-many-groups', `the task has more than ${limit} groups, the limit of [task] max-groups`)
    }
    const graph = buildGraph(this)
    this.operators = graph.operators
    this.edges = graph.edges
    const source = graph.operators[0]!
    this.#sourceEdge = new Edge('', source.name, 'stream', source)
    // The source itself only passes on, so the points go straight to its children; its edge counts them.
    this.#sourceOut = source.out
    if (o.restore) restoreTask(this, o.restore)
  }

  /** Runs the nodes' start hooks as a first turn. */
  start(at: Time): void {
    const entry = this.host.ownEntry()
    this.#turn(entry, at, () => {
      for (const op of this.operators) op.receiver.start?.(op.nodeState, op.out)
    })
    this.host.settled(entry)
  }

  // ---- what nodes reach through their Ctx ----

  now(): Time {
    return this.#now
  }

  get entry(): Entry | undefined {
    return this.#entry
  }

  owe(node: string, kind: string, payload: Plain): void {
    const entry = this.#entry
    if (!entry) throw new Fault('not-in-turn', 'a record can only be owed in a turn of the task')
    const root = entry.root
    root.owed ??= []
    root.owed.push({ run: this.runId, task: this.id, node, seq: entry.seq, ordinal: this.#ordinal++, kind, payload })
  }

  held(delta: number): void {
    this.heldPoints += delta
    const max = this.host.limits.maxHeldPoints
    if (max > 0 && delta > 0 && this.heldPoints > max) {
      throw new Fault('too-many-points', `the task holds more than ${max} points, the limit of [task] max-held-points`)
    }
  }

  answer(run: () => void): void {
    if (this.#ended) return
    const entry = this.host.ownEntry()
    this.#answers.push({ entry, points: [], run, next: 0 })
    this.host.wake(this)
  }

  blocked(on: boolean): void {
    this.#blocked += on ? 1 : -1
    if (!on && this.#blocked === 0) this.host.wake(this)
  }

  deliveryFailed(node: string, reason: string): void {
    const op = this.operators.find((o) => o.name === node)
    if (!op) return
    op.errors++
    if (!op.quiet)
      this.logger.limited(`${this.id}\u0000${node}\u0000${reason}`, 1_000).error('node error', { node, err: reason })
  }

  // ---- the scheduler's side ----

  get ended(): boolean {
    return this.#ended
  }

  /** Entries that wait, the one under way included. */
  get lag(): number {
    return this.inbox.length - this.#head + this.#answers.length
  }

  /** The oldest entry that waits for this task. */
  get oldest(): Entry | undefined {
    return this.inbox[this.#head]?.entry
  }

  get runnable(): boolean {
    return !this.#ended && (this.#answers.length > 0 || (this.#blocked === 0 && this.#head < this.inbox.length))
  }

  /** Puts points into the task's queue; the entry waits for them. */
  enqueue(entry: Entry, points: readonly Point[]): void {
    entry.pending++
    this.inbox.push({ entry, points, run: undefined, next: 0 })
    this.host.wake(this)
  }

  /** Fires what is due at `at`, in a turn of its own that keeps its place behind what already waits. */
  enqueueTimers(entry: Entry): void {
    entry.pending++
    this.inbox.push({ entry, points: [], run: () => {}, next: 0 })
    this.host.wake(this)
  }

  /** Runs at most `quantum` points of what waits. */
  turn(quantum: number): void {
    let left = quantum
    while (left > 0 && this.runnable) {
      const answer = this.#answers.shift()
      const work = answer ?? this.inbox[this.#head]!
      const entry = work.entry
      if (answer) {
        this.#turn(entry, this.#later(entry.at), () => answer.run!())
        left -= 64
        this.host.settled(entry)
        continue
      }
      const end = Math.min(work.points.length, work.next + left)
      left -= Math.max(1, end - work.next)
      this.#turn(entry, this.#later(entry.at), () => {
        if (work.run) work.run()
        else this.#feed(work, end)
      })
      if (this.#ended) return
      if (work.next >= work.points.length) {
        // What has run is let go at once, with its points, though its place is freed later.
        this.inbox[this.#head++] = DONE
        if (this.#head > 64 && this.#head * 2 > this.inbox.length) {
          this.inbox.splice(0, this.#head)
          this.#head = 0
        }
        this.host.settled(entry)
      }
    }
    if (this.#idle.length > 0 && this.lag === 0) for (const f of this.#idle.splice(0)) f()
  }

  /** Resolves once everything that waited has run. */
  whenIdle(): Promise<void> {
    if (this.lag === 0 || this.#ended) return Promise.resolve()
    return new Promise((resolve) => {
      this.#idle.push(resolve)
    })
  }

  /** Ends the task for good. */
  finish(why: 'drain' | 'handover'): void {
    if (this.#ended) return
    const entry = this.host.ownEntry()
    this.#turn(entry, this.#later(entry.at), () => {
      for (const op of this.operators) op.receiver.finish?.(why, op.nodeState, op.out)
    })
    this.host.settled(entry)
    this.#end()
  }

  /** Ends the task because a node failed. */
  fail(e: unknown): void {
    if (this.#ended) return
    this.error = messageOf(e)
    this.logger.error('task stopped: a node failed', { err: this.error })
    this.#end()
    this.host.failed(this)
  }

  stats(): TaskStats {
    return taskStats(this, this.#sourceEdge)
  }

  snapshot(): TaskSnapshot {
    if (this.#running) throw new Fault('in-turn', 'a snapshot is taken between turns')
    return snapshotTask(this, this.#seq)
  }

  // ---- inside a turn ----

  #feed(work: Work, end: number): void {
    const points = work.points
    const out = this.#sourceOut
    const g = this.groups.ungrouped
    const from = work.next
    let i = from
    try {
      while (i < end) {
        const p = points[i++]!
        if (++this.#fed % TIMED_EVERY === 0) {
          this.timed = true
          out.point(p, g)
          this.timed = false
        } else out.point(p, g)
      }
    } finally {
      this.timed = false
      this.#sourceEdge.count += i - from
      this.rate.add(work.entry.at.sec, i - from)
      work.next = end
    }
  }

  #later(t: Time): Time {
    return t.sec > this.#now.sec || (t.sec === this.#now.sec && t.ns > this.#now.ns) ? t : this.#now
  }

  #turn(entry: Entry, at: Time, run: () => void): void {
    this.#entry = entry
    this.#running = true
    if (entry.seq !== this.#seq) this.#ordinal = 0
    this.#seq = entry.seq
    try {
      if (this.timers.size > 0) this.#fire(at)
      this.#now = at
      this.nowSec = at.sec
      run()
      this.#tidy()
    } catch (e) {
      this.#running = false
      this.#entry = undefined
      this.fail(e)
      return
    }
    this.#running = false
    this.#entry = undefined
    if (this.timers.changed) {
      this.timers.changed = false
      this.host.timersChanged(this)
    }
  }

  #fire(at: Time): void {
    for (;;) {
      const t = this.timers.take(at)
      if (!t) return
      this.#now = this.#later(t.due)
      this.nowSec = this.#now.sec
      t.op.timer(t.name, t.due, t.group)
    }
  }

  #tidy(): void {
    if (this.emptied.length > 0) {
      for (const g of this.emptied) this.groups.release(g)
      this.emptied.length = 0
    }
    this.groups.sweep()
    const expiry = this.host.limits.groupExpiryNs / 1e9
    if (expiry > 0 && this.nowSec >= this.#nextExpirySec) {
      this.#nextExpirySec = this.nowSec + Math.max(1, Math.floor(expiry / EXPIRY_SWEEPS))
      this.#expire(this.nowSec - expiry)
    }
  }

  /** Silently forgets groups that nothing has touched since `beforeSec`, unless a node pins them. */
  #expire(beforeSec: number): void {
    for (const g of this.groups.all()) {
      if (g.seenSec >= beforeSec || g === this.groups.ungrouped || g.slot < 0) continue
      const slot = g.slot
      const pinned = this.operators.some((op) => {
        const s = op.cells[slot]
        return s !== undefined && op.receiver.pinned?.(s, g) === true
      })
      if (pinned) continue
      for (const op of this.operators) op.drop(g)
      this.groups.release(g)
    }
    for (const e of this.edges) e.expire(beforeSec)
    this.emptied.length = 0
  }

  #end(): void {
    this.#ended = true
    for (const op of this.operators) op.border?.close()
    for (let i = this.#head; i < this.inbox.length; i++) this.host.settled(this.inbox[i]!.entry)
    for (const a of this.#answers) this.host.settled(a.entry)
    this.inbox.length = 0
    this.#answers.length = 0
    this.#head = 0
    for (const f of this.#idle.splice(0)) f()
  }
}
