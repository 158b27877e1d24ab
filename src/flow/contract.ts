// What a node is: its declaration, the receiver that `run` gives, and all that it may ask of the engine.
// Everything here is seen by nodes; nothing here knows of servers, stores or sockets.

import type { BatchFeed } from '../base/batch-feed.ts'
import type { Fault } from '../base/fault.ts'
import type { Int } from '../base/int64.ts'
import type { FieldNames } from '../base/line-protocol/fields-read.ts'
import type { Plain, PlainRef } from '../base/plain.ts'
import type { Point } from '../base/point.ts'
import type { PointRows } from '../base/rows.ts'
import type { Series } from '../base/series.ts'
import type { Time } from '../base/time.ts'
import type { Tags } from '../base/value.ts'
import type { Declaration, EdgeType, NodeInfo, Wants } from '../lang/evaluate/declaration.ts'
import type { ArgBase, Fields, ParamsOf } from '../lang/fields.ts'
import type { TaskLimits } from './task-limits.ts'
import type { World } from './world.ts'

export type { EdgeType, NodeInfo, Wants }

/** One group of a task. The same object for as long as any node of the task keeps state for it. */
export interface Group extends PlainRef {
  /** The group id as users see it (`host=a,cpu=0`, or measurement, newline, tags when by name; empty when ungrouped). */
  readonly key: string
  /** Whether the measurement is part of the group. */
  readonly byName: boolean
  /** The measurement when by name, else empty. */
  readonly name: string
  /** Names of the group's tags, sorted. */
  readonly dims: readonly string[]
  /** The group's tags: exactly one value per dim, empty text when a point lacks the tag. */
  readonly tags: Tags
  /** Dense index of the group's cells in this task; −1 once the group has been freed. */
  readonly slot: number
}

/** The start of a batch: name of the measurement, its time, and how many rows are expected (a hint). */
export interface Begin {
  readonly name: string
  readonly tmax: Time
  readonly size: number
}

/** A view of rows; never written once given out. */
export type Rows = PointRows

/**
 * Points that come one behind the other. Nodes are given stretches of it: of one group, and with nothing else in between.
 */
export interface Run {
  readonly points: readonly Point[]
  /** The place of the point that a node is at when it throws: only up to there have the others been given. */
  at: number
}

/** Where a node puts what it gives. Each call runs the children at once, in the order of their creation. */
export interface Out {
  /** `g` is the group that the point arrived with, or one that Ctx gave for it. */
  point(p: Point, g: Group): void
  /** The same as so many calls of `point`: for places `from` to `to - 1` of a run that the node has been given. */
  points(run: Run, from: number, to: number, g: Group): void
  begin(b: Begin, g: Group): void
  row(p: Point, g: Group): void
  end(g: Group): void
  /** A whole batch in one call. */
  batch(b: Begin, rows: Rows, g: Group): void
  /** Promises that no older data comes for the group. */
  barrier(t: Time, g: Group): void
  deleteGroup(g: Group): void
}

/**
 * What `run` gives. The engine finds the group's state, counts, times and catches. A receiver keeps nothing in
 * closures: all state is plain data in S, so that it survives a restart.
 * A batch edge is served either by begin/row/end (folding) or by `batch` (the engine collects the rows).
 */
export interface Receiver<S extends Plain = Plain> {
  /** `group`: one state per group, made on the group's first message. `node`: one state for all. `none`: no state. */
  readonly keeps: 'group' | 'node' | 'none'
  /** Format of the state; raise it when the format changes. 1 when not given. */
  readonly version?: number
  /** `first` is the series of the message that brought the group up; undefined for a barrier. */
  newState?(g: Group, first: Series | undefined): S
  /** For receivers that keep one state for the node: how many groups are in it; 0 when not given. */
  groups?(s: S): number
  /** The state of an older version in today's format; undefined = begin anew. */
  upgrade?(old: Plain, fromVersion: number): S | undefined
  point?(p: Point, s: S, g: Group, out: Out): void
  /**
   * Places `from` to `to - 1` of a run in place of as many calls of `point`, which must do the same, children's work and logged
   * errors in the same order. Sets `run.at` before anything that may throw on another point than the first, but for
   * `out.points`. Must not drop the state of its group.
   */
  points?(run: Run, from: number, to: number, s: S, g: Group, out: Out): void
  begin?(b: Begin, s: S, g: Group, out: Out): void
  row?(p: Point, s: S, g: Group, out: Out): void
  end?(s: S, g: Group, out: Out): void
  /** A batch that is at hand as a whole, in place of begin, row and end, which must do the same. */
  whole?(b: Begin, rows: Rows, s: S, g: Group, out: Out): void
  batch?(b: Begin, rows: Rows, s: S, g: Group, out: Out): void
  /** Nodes with several parents take these instead; `parent` is the parent's position. */
  pointFrom?(parent: number, p: Point, s: S, g: Group, out: Out): void
  batchFrom?(parent: number, b: Begin, rows: Rows, s: S, g: Group, out: Out): void
  barrierFrom?(parent: number, t: Time, s: S, g: Group, out: Out): void
  deleteGroupFrom?(parent: number, s: S, g: Group, out: Out): void
  /** `consume` keeps the barrier from the children. Without this method barriers are forwarded. */
  barrier?(t: Time, s: S, g: Group, out: Out): 'forward' | 'consume'
  /** Called before the group's state is dropped; the engine then forwards the message unless `consume` is given. */
  deleteGroup?(s: S, g: Group, out: Out): 'forward' | 'consume'
  /** The group's state has just been dropped, by delete-group or expiry: gives back what `held` counted. */
  dropped?(s: S, g: Group): void
  /** A timer of Ctx.timer came due. `g` is undefined for a timer of the node itself. */
  timer?(name: string, due: Time, s: S, g: Group | undefined, out: Out): void
  /** True keeps an idle group from expiring: it holds what must not be forgotten. */
  pinned?(s: S, g: Group): boolean
  /** Once, before the first input, also after a restore: for sources and for timers of the node itself. */
  start?(s: S, out: Out): void
  /** `drain`: the input has ended for good. `handover`: the state goes to a successor; nothing is emitted. */
  finish?(why: 'drain' | 'handover', s: S, out: Out): void
}

/** Work that waits for the outside in mid-task. Items pass in order; what follows an unanswered item waits behind it. */
interface BorderRules<I extends Plain, R extends Plain> {
  /** How many items (also data that waits behind them) may be held before the task waits. */
  readonly maxItems: number
  /** Runs as a turn of the task, in the order of sending. */
  done(item: I, result: R | Fault, g: Group, out: Out): void
}

/** The node sends by itself, with no access to state, group or out. */
export interface SendingBorder<I extends Plain, R extends Plain> extends BorderRules<I, R> {
  /** How many items may be under way at once. */
  readonly concurrency: number
  send(item: I, signal: AbortSignal): Promise<R>
}

/** What is sent is owed: it is on disk before a write is answered, and sent even when the task has ended meanwhile. */
export interface OwingBorder<I extends Plain, R extends Plain> extends BorderRules<I, R> {
  owes(item: I): { readonly kind: string; readonly payload: Plain }
}

export type Border<I extends Plain, R extends Plain> = SendingBorder<I, R> | OwingBorder<I, R>

/** The task's end of a border. */
export interface BorderHandle<I extends Plain> {
  push(item: I, g: Group): void
}

/** Counts of one group on a watched edge. */
export interface GroupCount {
  readonly group: Group
  readonly points: number
}

/** All that a node may ask of the engine while it runs. */
export interface Ctx {
  readonly taskId: string
  /** `main` for live tasks, the replay's id in a replay. */
  readonly runId: string
  /** Such as `derivative2`. */
  readonly nodeName: string
  /** Edge type that this node takes; sources: the one they give. */
  readonly edge: EdgeType
  readonly parents: number
  /** The databases and retention policies that the task takes. */
  readonly dbrps: readonly { readonly db: string; readonly rp: string }[]
  readonly world: World
  readonly limits: TaskLimits
  /** The sources of the task ask for nothing: what they give is fed to them, as in a replay. */
  readonly fed: boolean
  /** All children borrow: a node that lends may give one object again and again, each time with other values. */
  readonly lends: boolean
  /** The points that the node is given are lent. */
  readonly lent: boolean
  /** The time of the log entry, or of the timer, that runs now. */
  now(): Time
  /** While timers fire: the time up to which they do. Later than now() when the task lags. */
  until(): Time
  /** Number of the log entry that runs now: what is owed in one entry is committed together. */
  seq(): number
  /**
   * Arms (or re-arms) a timer; `g` undefined for one of the node itself. Timers are part of the task's state. With a period
   * (nanoseconds) it is a tick of a row that the node goes on with: of several that are due because the process slept or
   * lagged only the newest fires, the others count as `ticks_missed`.
   */
  timer(g: Group | undefined, name: string, due: Time, period?: Int): void
  cancel(g: Group | undefined, name: string): void
  /** Counts an error of this node and logs it at a bounded rate. */
  error(e: unknown, p?: Point): void
  /** Counts a missing or unusable field of this node: counted per field, logged once a minute. */
  missing(field: string, e: unknown, p?: Point): void
  /** Adds to one of the node's declared statistics. */
  count(stat: string, n?: number): void
  /** The same statistics, for what is counted with every point: written by a fixed name, V8 need not look the name up. */
  readonly stats: Record<string, number>
  /** How many points the node holds more (or less) than before; the task's limits count them. */
  held(deltaPoints: number): void
  /** Hands over a record that must reach the outside; it is on disk before the write is answered. */
  owe(kind: string, payload: Plain): void
  border<I extends Plain, R extends Plain>(border: Border<I, R>): BorderHandle<I>
  /**
   * For sources of batches: asks the outside. What it answers enters the task whole, as an entry of its log, and comes to
   * this node's begin, row and end. `then` is called just before the first of it, or with why there is nothing; `after`
   * once all of it has run. Both run in a turn.
   */
  fetch(
    ask: (signal: AbortSignal) => Promise<BatchFeed>,
    then: (outcome: BatchFeed | Fault) => void,
    after: () => void,
  ): void
  /** Lets no input into the task until the work is done; when it fails the task fails. `then` runs as a turn. */
  hold<T>(work: (signal: AbortSignal) => Promise<T>, then: (value: T) => void): void
  /** Runs the function when the task has ended, for whatever reason; no turn, nothing can be given any more. */
  onEnd(run: () => void): void
  /** The group of a series under these dims (sorted) and byName. */
  groupOf(dims: readonly string[], byName: boolean, series: Series): Group
  /** The group with one tag set or removed (a tag that is no dim becomes one). */
  groupWith(g: Group, tag: string, value: string): Group
  groupWithout(g: Group, tag: string): Group
  /** The group under another measurement name; the same when not by name. */
  groupNamed(g: Group, name: string): Group
  /** The group that the point belongs to after its tags or name changed: same dims, new values. */
  regroup(g: Group, series: Series): Group
  /** Forgets the group in this node and sends delete-group to the children, in line behind what was emitted. */
  dropGroup(g: Group): void
  /** State of another group of this node, made when there is none; for receivers that keep one state per group. */
  stateOf(g: Group): Plain
  /** All groups that this node keeps state for; for timers and routes that look across groups. */
  states(): Iterable<readonly [Group, Plain]>
  /** Counts per group on a node's first outgoing edge (stats, deadman). Call it while `run` runs. */
  watch(nodeId: number): () => Iterable<GroupCount>
  /** Serves GET under the task's path while the task runs. `body` gives JSON text. Throws Fault when taken. */
  route(endpoint: string, body: () => string): void
}

/** What the engine and the documentation need of a node beyond what scripts are evaluated by (lang/evaluate). */
export interface NodeDeclaration extends Declaration {
  /** Sentence or two of documentation. */
  readonly doc: string
  /** Extra statistics, sorted, zero from the start. */
  readonly stats?: readonly string[]
  /** Parameters that decide the meaning of saved state; all of them when not given. */
  readonly stateParams?: readonly string[]
  /**
   * `main`: it deals with what stands on the main thread, such as topics, disk, log or other inputs, and so do tasks that have
   * it. All other tasks may run on a thread of their own; their nodes use nothing of `Ctx.world` but its logger.
   */
  readonly needs?: 'main'
  /**
   * Which fields of its input the node, or who takes its output, ever looks at, when those after it look at `below`:
   * undefined means all, also where nothing is declared. Fields that no task reads need not be in the points, so a name too
   * few changes what a task does.
   */
  readonly reads?: (params: Readonly<Record<string, unknown>>, below: FieldNames) => FieldNames
  /** Where Ctx.lends, the points and rows that it gives hold until it gives the next one only: most of them would be garbage then. */
  readonly lends?: true
  /** Looks at a point or row only while it is given it; where Ctx.lent, it gives on a copy. */
  readonly borrows?: true
  /** Scripts that run, for documentation and tests. */
  readonly examples?: readonly string[]
  /** May throw Fault: then the task does not start, with this as its error. */
  run(params: Readonly<Record<string, unknown>>, ctx: Ctx): Receiver<never>
}

type ArgParams<A> = {
  readonly [K in keyof A]: A[K] extends { readonly _t?: infer P }
    ? P extends { readonly t: infer T }
      ? T
      : never
    : never
}

/**
 * Declares a node. The type of `params` follows from `args` and `fields`; `rest` is read through `params[rest.name]`
 * with the type given as R.
 */
export function defineNode<
  const A extends Readonly<Record<string, ArgBase>>,
  const F extends Fields,
  R extends object,
  S extends Plain,
>(
  d: Omit<NodeDeclaration, 'args' | 'fields' | 'run' | 'check' | 'reads'> & {
    readonly args?: A
    readonly fields: F
    readonly restType?: R
    readonly check?: (
      params: ArgParams<A> & ParamsOf<F> & R & { readonly quiet: boolean },
      info: NodeInfo,
    ) => string | undefined
    readonly reads?: (params: ArgParams<A> & ParamsOf<F> & R, below: FieldNames) => FieldNames
    run(params: ArgParams<A> & ParamsOf<F> & R & { readonly quiet: boolean }, ctx: Ctx): Receiver<S>
  },
): NodeDeclaration {
  return d as unknown as NodeDeclaration
}
