// `|union(others…)`: several parents merged into one stream, in the order of time. What has arrived waits until every
// parent has come as far. All groups share the marks.
import type { Point } from '../base/point.ts'
import { withSeries } from '../base/point.ts'
import { compareTime, type Time } from '../base/time.ts'
import { type Begin, type Ctx, defineNode, type Group, type Out, type Rows } from '../flow/contract.ts'
import { arg, field, type NodeRef } from '../lang/fields.ts'

const FORCED_LOG_MS = 60_000
/** Spent places at the head of a queue before they are cut off, when they are more than those in use. */
const COMPACT_AT = 64

type Moment = { sec: number; ns: number }
type Head = { name: string; tmax: Moment; size: number }
/** Something that waits: a point, a batch, a barrier's time, or a delete-group behind the parent's data of `time`. */
type Item =
  | { is: 'point'; group: Group; point: Point }
  | { is: 'batch'; group: Group; begin: Head; rows: Rows }
  | { is: 'barrier' | 'deleteGroup'; group: Group; time: Moment }
/** What a parent has sent and the union has not: items[head] is the oldest, what stands before it is spent. */
type Queue = {
  items: (Item | null)[]
  head: number
  /** Time of the item that was the oldest when last looked at; null before the first. */
  mark: Moment | null
}
type State = { queues: Queue[]; pending: number }

const moment = (t: Time): Moment => ({ sec: t.sec, ns: t.ns })

function first(q: Queue): Item | undefined {
  return q.head < q.items.length ? q.items[q.head]! : undefined
}

function weight(item: Item): number {
  return item.is === 'batch' ? Math.max(1, item.rows.length) : 1
}

function timeOf(item: Item): Time {
  return item.is === 'point' ? item.point : item.is === 'batch' ? item.begin.tmax : item.time
}

function take(q: Queue): Item {
  const item = q.items[q.head]!
  q.items[q.head++] = null
  if (q.head === q.items.length) {
    if (q.head <= COMPACT_AT) q.items.length = 0
    else q.items = []
    q.head = 0
  } else if (q.head > COMPACT_AT && q.head * 2 > q.items.length) {
    q.items = q.items.slice(q.head)
    q.head = 0
  }
  return item
}

export class Union {
  readonly #ctx: Ctx
  readonly #rename: string
  readonly #max: number

  constructor(ctx: Ctx, rename: string, max: number) {
    this.#ctx = ctx
    this.#rename = rename
    this.#max = max
  }

  newState(): State {
    return {
      queues: Array.from({ length: this.#ctx.parents }, () => ({ items: [], head: 0, mark: null })),
      pending: 0,
    }
  }

  group(g: Group): Group {
    return this.#rename === '' ? g : this.#ctx.groupNamed(g, this.#rename)
  }

  point(parent: number, p: Point, g: Group, s: State, out: Out): void {
    const named = this.#rename === '' ? p : withSeries(p, p.series.renamed(this.#rename))
    this.#add(parent, { is: 'point', group: this.group(g), point: named }, s, out)
  }

  batch(parent: number, b: Begin, rows: Rows, g: Group, s: State, out: Out): void {
    const begin = { name: this.#rename === '' ? b.name : this.#rename, tmax: moment(b.tmax), size: b.size }
    this.#add(parent, { is: 'batch', group: this.group(g), begin, rows }, s, out)
  }

  barrier(parent: number, t: Time, g: Group, s: State, out: Out): void {
    this.#add(parent, { is: 'barrier', group: this.group(g), time: moment(t) }, s, out)
  }

  /** Goes behind what waits of its parent: data that comes after it would bring the group back. */
  deleteGroup(parent: number, g: Group, s: State, out: Out): void {
    const before = s.queues[parent]!.items.at(-1)
    const group = this.group(g)
    if (before) this.#add(parent, { is: 'deleteGroup', group, time: moment(timeOf(before)) }, s, out)
    else out.deleteGroup(group)
  }

  #add(parent: number, item: Item, s: State, out: Out): void {
    s.queues[parent]!.items.push(item)
    const w = weight(item)
    s.pending += w
    this.#ctx.held(w)
    this.#emitReady(s, out)
    while (s.pending > this.#max) this.#force(s, out)
  }

  /** Emits what no parent can come before any more. */
  #emitReady(s: State, out: Out): void {
    const { queues } = s
    for (;;) {
      let mark: Moment | undefined
      for (const q of queues) {
        const oldest = first(q)
        if (oldest) q.mark = moment(timeOf(oldest))
        // A parent that has sent nothing yet may still come with anything.
        if (q.mark === null) return
        if (mark === undefined || compareTime(q.mark, mark) < 0) mark = q.mark
      }
      if (!this.#emitUpTo(mark!, s, out)) return
    }
  }

  /** Emits all, whatever the parents' marks. */
  drain(s: State, out: Out): void {
    for (;;) {
      const mark = this.#oldest(s)
      if (!mark) return
      this.#emitUpTo(mark, s, out)
    }
  }

  /** Lets the oldest go because too much waits. */
  #force(s: State, out: Out): void {
    const before = s.pending
    this.#emitUpTo(this.#oldest(s)!, s, out)
    const forced = before - s.pending
    this.#ctx.count('forced', forced)
    this.#ctx.world.logger
      .limited(`${this.#ctx.taskId}\u0000${this.#ctx.nodeName}\u0000forced`, FORCED_LOG_MS)
      .warn('a union holds too much: the oldest goes on without waiting for the silent parents', {
        task: this.#ctx.taskId,
        node: this.#ctx.nodeName,
        limit: this.#max,
      })
  }

  #oldest(s: State): Time | undefined {
    let oldest: Time | undefined
    for (const q of s.queues) {
      const item = first(q)
      if (item && (oldest === undefined || compareTime(timeOf(item), oldest) < 0)) oldest = timeOf(item)
    }
    return oldest
  }

  #emitUpTo(mark: Time, s: State, out: Out): boolean {
    let emitted = 0
    for (const q of s.queues) {
      for (let item = first(q); item && compareTime(timeOf(item), mark) <= 0; item = first(q)) {
        take(q)
        const w = weight(item)
        s.pending -= w
        emitted += w
        if (item.is === 'point') out.point(item.point, item.group)
        else if (item.is === 'batch') out.batch(item.begin, item.rows, item.group)
        else if (item.is === 'barrier') out.barrier(item.time, item.group)
        else out.deleteGroup(item.group)
      }
    }
    if (emitted > 0) this.#ctx.held(-emitted)
    return emitted > 0
  }
}

export const union = defineNode({
  name: 'union',
  typeName: 'UnionNode',
  wants: 'parent',
  provides: 'parent',
  receiverLast: true,
  doc: 'Merges the data of all its parents in the order of time. Data waits until every parent has come as far; a parent that stays silent holds the others back, up to a bound (`[task] max-pending`).',
  rest: { name: 'nodes', arg: arg.node('Another parent.') },
  restType: {} as { readonly nodes: readonly NodeRef[] },
  fields: { rename: field.string('The measurement of all that comes out; as it was when not given.') },
  stateParams: ['rename'],
  examples: [
    "var ok = stream\n    |from()\n        .measurement('logins')\n\nvar failed = stream\n    |from()\n        .measurement('failed_logins')\n\nok\n    |union(failed)\n        .rename('attempts')\n    |log()",
  ],
  run(p, ctx) {
    const merged = new Union(ctx, p.rename, ctx.limits.maxPending)
    return {
      keeps: 'node',
      newState: (): State => merged.newState(),
      pointFrom: (parent, pt, s, g, out) => merged.point(parent, pt, g, s, out),
      batchFrom: (parent, b, rows, s, g, out) => merged.batch(parent, b, rows, g, s, out),
      barrierFrom: (parent, t, s, g, out) => merged.barrier(parent, t, g, s, out),
      deleteGroupFrom: (parent, s, g, out) => merged.deleteGroup(parent, g, s, out),
      finish(why, s, out) {
        if (why === 'drain') merged.drain(s, out)
      },
    }
  },
})
