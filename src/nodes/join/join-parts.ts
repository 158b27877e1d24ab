// What joins are made of: points on a stream, batches on a batch edge, and how a set of either becomes one.
import type { Int } from '../../base/int64.ts'
import type { Point } from '../../base/point.ts'
import { PointRows } from '../../base/rows.ts'
import { makeSeries, type Series } from '../../base/series.ts'
import type { Shape } from '../../base/shape.ts'
import { roundTime, type Time } from '../../base/time.ts'
import type { Ctx, Group, Out } from '../../flow/contract.ts'
import type { FieldPlans } from './field-plan.ts'
import type { JoinCell } from './join-cell.ts'
import type { PartKind } from './join-sets.ts'

export interface Joining {
  readonly plans: FieldPlans
  readonly parents: number
  /** Whether what parents lack is filled in; else a set that lacks one gives nothing. */
  readonly outer: boolean
  /** Measurement of what comes out; that of the first parent which is there when empty. */
  readonly streamName: string
  readonly tolerance: Int
}

/** The series of all that a group gives: its tags, and neither database nor retention policy. */
function seriesFor(g: Group, name: string): Series {
  return makeSeries(
    '',
    '',
    name,
    g.dims,
    g.dims.map((d) => g.tags[d]!),
  )
}

export class PointParts implements PartKind<Point> {
  readonly #ctx: Ctx
  readonly #j: Joining

  constructor(ctx: Ctx, joining: Joining) {
    this.#ctx = ctx
    this.#j = joining
  }

  timeOf(part: Point): Time {
    return part
  }

  weight(): number {
    return 1
  }

  emit(
    parts: readonly (Point | null)[],
    from: number,
    missing: number,
    t: Time,
    cell: JoinCell<Point>,
    g: Group,
    out: Out,
  ): void {
    const { plans, outer } = this.#j
    if (missing > 0 && !outer) return
    let i = from
    while (!parts[i]) i++
    const first = parts[i]!
    const series = this.#series(first, cell, g)
    this.#give(plans.join(parts, from, missing > 0 ? first.shape : undefined, series, t), cell, g, out)
  }

  pair(a: Point, b: Point, t: Time, cell: JoinCell<Point>, g: Group, out: Out): void {
    this.#give(this.#j.plans.pair(a, b, this.#series(a, cell, g), t), cell, g, out)
  }

  #series(first: Point, { like }: JoinCell<Point>, g: Group): Series {
    const { streamName } = this.#j
    const name = streamName === '' ? first.series.name : streamName
    return like !== null && like.series.name === name ? like.series : seriesFor(g, name)
  }

  #give(joined: Point, cell: JoinCell<Point>, g: Group, out: Out): void {
    // Only its series counts: another point of the same would be one more write into old memory.
    if (cell.like?.series !== joined.series) cell.like = joined
    out.point(joined, this.#ctx.groupNamed(g, joined.series.name))
  }
}

/** A batch that waits. */
export type BatchPart = { name: string; tmax: { sec: number; ns: number }; rows: PointRows }

export class BatchParts implements PartKind<BatchPart> {
  readonly #ctx: Ctx
  readonly #j: Joining

  constructor(ctx: Ctx, joining: Joining) {
    this.#ctx = ctx
    this.#j = joining
  }

  timeOf(part: BatchPart): Time {
    return part.tmax
  }

  weight(part: BatchPart): number {
    return Math.max(1, part.rows.length)
  }

  emit(
    parts: readonly (BatchPart | null)[],
    from: number,
    missing: number,
    t: Time,
    _cell: JoinCell<BatchPart>,
    g: Group,
    out: Out,
  ): void {
    const { outer, streamName, parents } = this.#j
    if (missing > 0 && !outer) return
    const batches = parts.slice(from, from + parents)
    const name = streamName === '' ? batches.find((b) => b !== null)!.name : streamName
    const rows = this.#rows(batches, seriesFor(g, name))
    const begin = { name, tmax: { sec: t.sec, ns: t.ns }, size: rows.length }
    out.batch(begin, new PointRows(rows), this.#ctx.groupNamed(g, name))
  }

  /** Merges the rows by rounded time; rows of one time pair up in their order. */
  #rows(batches: readonly (BatchPart | null)[], series: Series): Point[] {
    const { plans, outer, tolerance } = this.#j
    const joined: Point[] = []
    const at = batches.map(() => 0)
    /** The next row of each batch, and its rounded time. */
    const next: (Point | null)[] = []
    const times: Time[] = []
    const look = (i: number): void => {
      const rows = batches[i]?.rows
      next[i] = rows && at[i]! < rows.length ? rows.at(at[i]!) : null
      if (next[i]) times[i] = roundTime(next[i]!, tolerance)
    }
    for (let i = 0; i < batches.length; i++) look(i)
    // Fields of missing rows have the names of the first row at the earliest time, for the whole batch.
    let filled: Shape | undefined
    for (;;) {
      let sec = Number.POSITIVE_INFINITY
      let ns = 0
      for (let i = 0; i < next.length; i++) {
        if (!next[i]) continue
        const t = times[i]!
        if (t.sec < sec || (t.sec === sec && t.ns < ns)) {
          sec = t.sec
          ns = t.ns
        }
      }
      if (sec === Number.POSITIVE_INFINITY) return joined
      const set = next.map((p, i) => (p && times[i]!.sec === sec && times[i]!.ns === ns ? p : null))
      filled ??= set.find((p) => p !== null)!.shape
      const whole = set.every((p) => p !== null)
      for (let i = 0; i < set.length; i++) {
        if (!set[i]) continue
        at[i]!++
        look(i)
      }
      if (!whole && !outer) continue
      joined.push(plans.join(set, 0, whole ? undefined : filled, series, { sec, ns }))
    }
  }
}
