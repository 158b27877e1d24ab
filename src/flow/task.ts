// A running task: its operators, its place in the log, its timers, groups and statistics. It runs in short turns that
// the engine grants; whatever a node throws ends the turn and stops this task alone.

import type { BatchFeed } from '../base/batch-feed.ts'
import { Fault, messageOf } from '../base/fault.ts'
import type { Logger } from '../base/logger.ts'
import type { Plain } from '../base/plain.ts'
import type { Point } from '../base/point.ts'
import { type Time, ZERO_TIME } from '../base/time.ts'
import type { CompiledTask } from './compile.ts'
import type { Out } from './contract.ts'
import { Edge, type Given } from './edge.ts'
import type { Entry, RecordNumber } from './entry.ts'
import { type FeedRun, feedRunOf } from './feed-run.ts'
import { buildGraph } from './graph.ts'
import { GroupExpiry } from './group-expiry.ts'
import { Groups, type TaskGroup } from './groups.ts'
import { Inbox, type Work, workOf } from './inbox.ts'
import type { Operator, OperatorHost } from './operator.ts'
import { Outside } from './outside.ts'
import { restoreTask, snapshotTask, type TaskSnapshot } from './snapshot.ts'
import { TaskRate, type TaskStats, taskStats } from './stats.ts'
import type { TaskHost, TaskOptions } from './task-host.ts'
import { TickLimit } from './tick-limit.ts'
import { TimedPoints } from './timed-points.ts'
import { Timers } from './timers.ts'

/** Statistic of ticks that were left out because they came too late; there once there are any. */
const MISSED = 'ticks_missed'

export class Task implements OperatorHost {
  readonly id: string
  readonly runId: string
  readonly compiled: CompiledTask
  readonly dbrps: readonly { readonly db: string; readonly rp: string }[]
  readonly host: TaskHost
  readonly logger: Logger
  readonly tap: ((node: string, given: Given) => void) | undefined
  readonly fed: boolean
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
  /** What the timers that fire now are fired up to. */
  until: Time = ZERO_TIME
  /** Entries that wait for this task. */
  readonly #inbox = new Inbox()
  /** Timers that are due wait behind other work, so that no alarm is needed. */
  timersWait = false
  /** Set while the scheduler holds the task in its queue. */
  scheduled = false
  readonly #answers: Work[] = []
  #now: Time = ZERO_TIME
  #work: Work | undefined
  #seq = 0
  readonly #timedPoints = new TimedPoints()
  #blocked = 0
  /** A piece of the feed under way is being fetched. */
  #fetching = false
  #running = false
  #early = false
  #ended = false
  #sourceEdge: Edge
  #sourceOut: Out
  readonly #expiry: GroupExpiry
  readonly #whenIdle: (() => void)[] = []
  readonly outside = new Outside()

  constructor(o: TaskOptions, host: TaskHost) {
    this.id = o.id
    this.runId = o.runId
    this.compiled = o.compiled
    this.dbrps = o.dbrps
    this.host = host
    this.tap = o.tap
    this.fed = o.fed ?? false
    this.logger = host.logger.with({ task: o.id })
    this.#expiry = new GroupExpiry(o.groupExpiryNs ?? host.limits.groupExpiryNs)
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
    this.#turn(workOf(entry, {}), at, () => {
      for (const op of this.operators) op.receiver.start?.(op.nodeState, op.out)
    })
    this.host.settled(entry)
  }

  // ---- what nodes reach through their Ctx ----

  now(): Time {
    return this.#now
  }

  get entry(): Entry | undefined {
    return this.#work?.entry
  }

  get seq(): number {
    return this.#seq
  }

  owe(node: string, kind: string, payload: Plain): RecordNumber {
    const work = this.#work
    if (!work) throw new Fault('not-in-turn', 'a record can only be owed in a turn of the task')
    const { entry } = work
    const root = entry.root
    root.owed ??= []
    const record = { run: this.runId, task: this.id, node, seq: entry.seq, ordinal: work.owed++, kind, payload }
    root.owed.push(record)
    return record
  }

  /** What the turn owes when it ends goes to disk, and out, before its entry is through. */
  commitEarly(): void {
    this.#early = true
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
    this.#answers.push(workOf(entry, { run }))
    this.host.wake(this)
  }

  /** See Ctx.fetch. */
  fetch(
    node: string,
    ask: (signal: AbortSignal) => Promise<BatchFeed>,
    then: (outcome: BatchFeed | Fault) => void,
    after: () => void,
  ): void {
    this.outside.fetch(
      ask,
      (feed) =>
        this.#push(workOf(this.host.ownEntry(), { run: () => then(feed), feed: feedRunOf(this, node, feed), after })),
      (fault) =>
        this.answer(() => {
          then(fault)
          after()
        }),
    )
  }

  /** See Ctx.hold. */
  hold<T>(work: (signal: AbortSignal) => Promise<T>, then: (value: T) => void): void {
    this.blocked(true)
    const done = (value: T): void =>
      this.answer(() => {
        then(value)
        this.blocked(false)
      })
    this.outside.work(work, done, (e) => this.fail(e))
  }

  blocked(on: boolean): void {
    this.#blocked += on ? 1 : -1
    if (!on && this.#blocked === 0) this.host.wake(this)
  }

  /** The node of this name. */
  operator(name: string): Operator | undefined {
    return this.operators.find((o) => o.name === name)
  }

  // ---- the scheduler's side ----

  get ended(): boolean {
    return this.#ended
  }

  /** Entries that wait, the one under way included. */
  get lag(): number {
    return this.#inbox.length + this.#answers.length
  }

  /** The oldest entry that waits for this task. */
  get oldest(): Entry | undefined {
    return this.#inbox.first?.entry
  }

  get runnable(): boolean {
    if (this.#ended || this.#fetching) return false
    return this.#answers.length > 0 || (this.#blocked === 0 && this.#inbox.length > 0)
  }

  /** Puts points into the task's queue; the entry waits for them. With `ownTimes` each arrives at its own time. */
  enqueue(entry: Entry, points: readonly Point[], ownTimes = false): void {
    entry.pending++
    this.#push(workOf(entry, { points, ownTimes }))
  }

  /** Lets the batches enter through the source of this number, all in one entry. */
  enqueueFeed(entry: Entry, source: number, feed: BatchFeed): void {
    const run = feedRunOf(this, source, feed)
    entry.pending++
    this.#push(workOf(entry, { feed: run }))
  }

  #push(work: Work): void {
    this.#inbox.push(work)
    this.host.wake(this)
  }

  /** Brings the task to a later time, as a point of that time would in a replay. */
  enqueueTime(entry: Entry, time: Time): void {
    entry.pending++
    this.#push(workOf(entry, { run: () => this.#arrive(time, 0) }))
  }

  /** Fires what is due at `at`, in a turn of its own that keeps its place behind what already waits. */
  enqueueTimers(entry: Entry): void {
    entry.pending++
    this.timersWait = true
    const run = (): void => {
      this.timersWait = false
      // Only now it is known which timer is the next.
      this.timers.changed = true
    }
    this.#push(workOf(entry, { run }))
  }

  /** Runs at most `quantum` points of what waits. */
  turn(quantum: number): void {
    let left = quantum
    while (left > 0 && this.runnable) {
      // Nothing comes between the batches of one feed, but what it waits for itself.
      const under = this.#inbox.first?.feed?.started === true && this.#blocked === 0
      const answer = under ? undefined : this.#answers.shift()
      const work = answer ?? this.#inbox.first!
      const entry = work.entry
      if (answer) {
        this.#turn(answer, this.#later(entry.at), () => answer.run!())
        left -= 64
        this.host.settled(entry)
        continue
      }
      if (work.feed) {
        left -= this.#feedBatches(work, work.feed)
        continue
      }
      const end = Math.min(work.points.length, work.next + left)
      left -= Math.max(1, end - work.next)
      this.#turn(work, this.#later(entry.at), () => {
        if (work.run) work.run()
        else this.#feed(work, end)
      })
      if (this.#ended) return
      if (work.next >= work.points.length) this.#done(entry)
    }
    if (this.#whenIdle.length > 0 && this.#idle) for (const f of this.#whenIdle.splice(0)) f()
  }

  #done(entry: Entry): void {
    this.#inbox.shift()
    this.host.settled(entry)
  }

  /** Runs the next piece of a feed in a turn of its own, if it is at hand. Gives what it counts for. */
  #feedBatches(work: Work, feed: FeedRun): number {
    const first = !feed.started
    const taken = feed.take(
      () => {
        this.#fetching = false
        this.host.wake(this)
      },
      (reason) => {
        this.#fetching = false
        this.fail(new Fault('feed-failed', reason))
      },
    )
    if (!taken) {
      this.#fetching = true
      return 0
    }
    const { piece } = taken
    let counts = 1
    this.#turn(
      work,
      this.#later(work.entry.at),
      () => {
        if (first) work.run?.()
        if (piece?.is === 'begin') {
          this.#sourceEdge.count++
          this.rate.add(work.entry.at.sec, 1)
        }
        if (piece) counts = feed.run(piece)
        else work.after?.()
      },
      first,
    )
    if (!piece && !this.#ended) {
      feed.close()
      this.#done(work.entry)
    }
    return counts
  }

  /** Nothing waits, not even for answers from outside. */
  get #idle(): boolean {
    return this.lag === 0 && !this.operators.some((op) => op.border?.busy)
  }

  /** Resolves once everything that waited has run. */
  whenIdle(): Promise<void> {
    if (this.#idle || this.#ended) return Promise.resolve()
    return new Promise((resolve) => {
      this.#whenIdle.push(resolve)
    })
  }

  /** Ends the task for good. */
  finish(why: 'drain' | 'handover'): void {
    if (this.#ended) return
    const entry = this.host.ownEntry()
    this.#turn(workOf(entry, {}), this.#later(entry.at), () => {
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
    if (this.#running || this.#inbox.first?.feed?.started)
      throw new Fault('in-turn', 'a snapshot is taken between turns, and not in the middle of a feed', { retry: true })
    return snapshotTask(this, this.#seq)
  }

  // ---- inside a turn ----

  /** In runs between the points that are timed; points with times of their own come alone, for timers may fire before each. */
  #feed(work: Work, end: number): void {
    const { points, ownTimes, next: from } = work
    const out = this.#sourceOut
    const g = this.groups.ungrouped
    let i = from
    try {
      while (i < end) {
        const untimed = ownTimes ? 0 : this.#timedPoints.untimed(end - i)
        if (untimed > 0) {
          out.points(work, i, i + untimed, g)
          i += untimed
          continue
        }
        const p = points[i]!
        work.at = i
        if (ownTimes) this.#arrive(p, 1)
        this.timed = this.#timedPoints.next()
        out.point(p, g)
        this.timed = false
        i++
      }
    } catch (e) {
      i = work.at + 1
      throw e
    } finally {
      this.timed = false
      this.#sourceEdge.count += i - from
      if (!ownTimes) this.rate.add(this.nowSec, i - from)
      work.next = end
    }
  }

  /** Brings the task to the time of what comes at its own time: what is due until then fires first. */
  #arrive(t: Time, points: number): void {
    const at = this.#later(t)
    if (this.timers.size > 0) this.#fire(at, true)
    this.#expire(at.sec)
    if (at === t) this.#now = { sec: t.sec, ns: t.ns }
    this.nowSec = at.sec
    this.rate.add(at.sec, points)
  }

  #later(t: Time): Time {
    return t.sec > this.#now.sec || (t.sec === this.#now.sec && t.ns > this.#now.ns) ? t : this.#now
  }

  #turn(work: Work, at: Time, run: () => void, fire = true): void {
    this.#work = work
    this.#running = true
    this.#seq = work.entry.seq
    try {
      if (fire) {
        if (this.timers.size > 0) this.#fire(at)
        this.#expire(at.sec)
      }
      this.#now = at
      this.nowSec = at.sec
      run()
      this.#tidy()
    } catch (e) {
      this.#running = false
      this.#work = undefined
      this.host.turned()
      this.fail(e)
      return
    }
    this.#running = false
    this.#work = undefined
    this.host.turned()
    if (this.#early) {
      this.#early = false
      this.host.commitEarly(work.entry)
    }
    if (this.timers.changed) {
      this.timers.changed = false
      this.host.timersChanged(this)
    }
  }

  #fire(at: Time, limited = false): void {
    this.until = at
    let limit: TickLimit | undefined
    for (;;) {
      const t = this.timers.take(at)
      if (!t) return
      // The process slept or lagged: what is behind does not come thick and fast, unless time flies because it is a replay's.
      const missed = limited ? 0 : this.timers.skipMissed(t, at)
      if (missed > 0) {
        t.op.stats[MISSED] = (t.op.stats[MISSED] ?? 0) + missed
        continue
      }
      this.#now = this.#later(t.due)
      this.nowSec = this.#now.sec
      this.#expire(this.nowSec)
      t.op.timer(t.name, t.due, t.group)
      if (limited) (limit ??= new TickLimit(this.timers, at)).fired(t)
    }
  }

  /** Forgets the groups that have been idle for too long at this time. */
  #expire(sec: number): void {
    this.#expiry.sweep(sec, this.groups, this.operators, this.edges)
  }

  #tidy(): void {
    if (this.emptied.length > 0) {
      for (const g of this.emptied) this.groups.release(g)
      this.emptied.length = 0
    }
    this.groups.sweep()
  }

  #end(): void {
    this.#ended = true
    for (const op of this.operators) op.border?.close()
    this.outside.end()
    for (const { entry, feed } of this.#inbox.clear()) {
      feed?.close()
      this.host.settled(entry)
    }
    for (const a of this.#answers.splice(0)) this.host.settled(a.entry)
    for (const f of this.#whenIdle.splice(0)) f()
  }
}
