// `|groupBy(tags…)`: points and batches into other groups. Batches are taken apart and put together again by their new
// groups, for as long as batches of one time come in: the last set waits for a batch or barrier of another time.
import type { Point } from '../base/point.ts'
import { PointRows } from '../base/rows.ts'
import { compareTime, sameTime, type Time } from '../base/time.ts'
import { type Ctx, defineNode, type Group, type Out, type Receiver } from '../flow/contract.ts'
import type { TaggedArg } from '../lang/fields.ts'
import { field } from '../lang/fields.ts'
import { DIMENSION, dimensionsReason, type GroupFinder, groupFinder } from './dimensions.ts'

export const groupBy = defineNode({
  name: 'groupBy',
  kind: 'groupby',
  typeName: 'GroupByNode',
  wants: 'parent',
  provides: 'parent',
  doc: 'Groups by tags, in place of the groups before. Batches of one time are put together by group and leave when a batch or barrier of another time comes.',
  rest: { name: 'dimensions', arg: DIMENSION },
  restType: {} as { readonly dimensions: readonly TaggedArg[] },
  fields: {
    exclude: field.moreStrings('Tags that `*` leaves out.'),
    byMeasurement: field.flag('Makes the measurement part of the group.'),
  },
  examples: [
    "stream\n    |from()\n        .measurement('cpu')\n    |groupBy('host', 'cpu')\n    |log()",
    "stream\n    |from()\n    |groupBy(*)\n        .exclude('pid')\n        .byMeasurement()\n    |log()",
  ],
  check: (p) => dimensionsReason(p.dimensions, p.exclude),
  run(p, ctx) {
    const find = groupFinder(ctx, p.dimensions, p.exclude)
    return ctx.edge === 'batch' ? regroupBatches(ctx, find, p.byMeasurement) : regroupPoints(find, p.byMeasurement)
  },
})

function regroupPoints(find: GroupFinder, byMeasurement: boolean): Receiver<State> {
  return {
    keeps: 'none',
    point(p, _s, g, out) {
      out.point(p, find(p.series, byMeasurement || g.byName))
    },
  }
}

/** A batch in the making. */
type Pending = { group: Group; name: string; tmax: { sec: number; ns: number }; points: Point[] }
type State = { time: { sec: number; ns: number } | null; pending: Pending[] }

function regroupBatches(ctx: Ctx, find: GroupFinder, byMeasurement: boolean): Receiver<State> {
  const flush = (s: State, time: Time, out: Out): void => {
    if (s.time && sameTime(s.time, time)) return
    s.time = { sec: time.sec, ns: time.ns }
    const { pending } = s
    s.pending = []
    for (const { group, name, tmax, points } of pending) {
      ctx.held(-points.length)
      out.batch({ name, tmax, size: points.length }, new PointRows(points.sort(compareTime)), group)
    }
  }
  return {
    keeps: 'node',
    newState: () => ({ time: null, pending: [] }),
    batch(b, rows, s, g, out) {
      flush(s, b.tmax, out)
      const byName = byMeasurement || g.byName
      const byKey = new Map(s.pending.map((batch) => [batch.group, batch]))
      for (let i = 0; i < rows.length; i++) {
        const p = rows.at(i)
        const group = find(p.series, byName)
        let batch = byKey.get(group)
        if (!batch) {
          batch = { group, name: b.name, tmax: { sec: b.tmax.sec, ns: b.tmax.ns }, points: [] }
          byKey.set(group, batch)
          s.pending.push(batch)
        }
        batch.points.push(p)
      }
      ctx.held(rows.length)
    },
    barrier(t, s, _g, out) {
      flush(s, t, out)
      return 'forward'
    },
    deleteGroup(s, g) {
      const [gone] = s.pending.filter((batch) => batch.group === g)
      if (gone) {
        ctx.held(-gone.points.length)
        s.pending = s.pending.filter((batch) => batch !== gone)
      }
      return 'forward'
    },
  }
}
