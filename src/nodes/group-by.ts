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
  reads: (_, below) => below,
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

  // An index of the pending batches, made anew whenever their list is another one. A group that nobody keeps state
  // for may come back as another object: then only its text tells that it is the same.
  let indexed: readonly Pending[] | undefined
  let byGroup = new Map<Group, Pending>()
  let byText = new Map<string, Pending>()
  const index = (s: State): void => {
    if (indexed === s.pending) return
    indexed = s.pending
    byGroup = new Map()
    byText = new Map(s.pending.map((batch) => [textOf(batch.group), batch]))
  }
  const pendingOf = (group: Group): Pending | undefined => {
    let batch = byGroup.get(group)
    if (!batch) {
      batch = byText.get(textOf(group))
      if (batch) byGroup.set(group, batch)
    }
    return batch
  }

  return {
    keeps: 'node',
    newState: () => ({ time: null, pending: [] }),
    groups: (s) => s.pending.length,
    batch(b, rows, s, g, out) {
      flush(s, b.tmax, out)
      index(s)
      const byName = byMeasurement || g.byName
      for (let i = 0; i < rows.length; i++) {
        const p = rows.at(i)
        // Points of a batch are of its name, whatever they were called before.
        const group = find(byName ? p.series.renamed(b.name) : p.series, byName)
        let batch = pendingOf(group)
        if (!batch) {
          batch = { group, name: b.name, tmax: { sec: b.tmax.sec, ns: b.tmax.ns }, points: [] }
          s.pending.push(batch)
          byGroup.set(group, batch)
          byText.set(textOf(group), batch)
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
      index(s)
      const gone = pendingOf(g)
      if (gone) {
        ctx.held(-gone.points.length)
        s.pending = s.pending.filter((batch) => batch !== gone)
      }
      return 'forward'
    },
  }
}

function textOf({ byName, name, dims, tags }: Group): string {
  return JSON.stringify([byName, name, dims, dims.map((d) => tags[d])])
}
