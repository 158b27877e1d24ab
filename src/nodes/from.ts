// `|from()`: which points of the stream a branch sees, how it groups them, and their times rounded.
import { bothFields } from '../base/line-protocol/fields-read.ts'
import type { Point } from '../base/point.ts'
import { withTime } from '../base/point.ts'
import { makeSeries, type Series } from '../base/series.ts'
import { roundTime, truncateTime } from '../base/time.ts'
import { defineNode, type Group, type Receiver } from '../flow/contract.ts'
import { arg, field, type LambdaParam, type TaggedArg } from '../lang/fields.ts'
import { bothOf, compileLambda, type LambdaState, namesIn } from '../lang/lambda/compile-lambda.ts'
import { constantFault } from '../lang/lambda/evaluate-constant.ts'
import { asDimensions, DIMENSION, dimensionsReason, groupFinder } from './dimensions.ts'
import { reportEvaluation } from './report-evaluation.ts'

/** Stands for any: without dimensions all series are of one group. */
const NO_SERIES = makeSeries('', '', '', [], [])

export const from = defineNode({
  name: 'from',
  typeName: 'FromNode',
  wants: 'stream',
  provides: 'stream',
  on: ['stream', 'from'],
  doc: 'Picks points out of the stream and groups them.',
  fields: {
    database: field.string('Only points of this database; all when empty.'),
    retentionPolicy: field.string('Only points of this retention policy; all when empty.'),
    measurement: field.string('Only points of this measurement; all when empty.'),
    where: field.method<LambdaParam | undefined>('Only points for which this holds; several must all hold.', {
      args: [arg.lambda('The condition.')],
      initial: undefined,
      apply: (before, [added]) => (before ? bothOf(before, added as LambdaParam) : (added as LambdaParam)),
    }),
    groupBy: field.method<readonly TaggedArg[]>('Groups by these tags; replaces what was said before.', {
      rest: DIMENSION,
      initial: [],
      apply: (_, dims) => asDimensions(dims),
    }),
    groupByMeasurement: field.flag('Makes the measurement part of the group.'),
    truncate: field.duration('Rounds times down to a multiple of this.'),
    round: field.duration('Rounds times to the nearest multiple of this, after truncate.'),
  },
  stateParams: ['where'],
  examples: [
    "stream\n    |from()\n        .database('telegraf')\n        .measurement('cpu')\n        .where(lambda: \"cpu\" == 'cpu-total')\n        .groupBy('host')\n    |log()",
    'stream\n    |from()\n        .groupBy(*)\n        .groupByMeasurement()\n        .truncate(1s)\n    |log()',
  ],
  check: (p) => dimensionsReason(p.groupBy, []) ?? (p.where && constantFault(p.where)),
  reads: (p, below) => (p.where ? bothFields(below, namesIn([p.where])) : below),
  run(p, ctx) {
    const { database, retentionPolicy, measurement, truncate, round } = p
    const find = groupFinder(ctx, p.groupBy, [])
    /** The one group of a from that does not group: it never goes. */
    const ungrouped = p.groupBy.length > 0 || p.groupByMeasurement ? undefined : find(NO_SERIES, false)
    const where = p.where && compileLambda(p.where, { want: 'bool', prefix: 'Failed to compile from expression: ' })
    const timesChange = truncate > 0 || round > 0
    const wanted = (series: Series): boolean =>
      (measurement === '' || series.name === measurement) &&
      (database === '' || series.db === database) &&
      (retentionPolicy === '' || series.rp === retentionPolicy)
    // A cache, no state: what was found for the series before.
    let lastSeries: Series | undefined
    let lastWanted = false
    const seen = (series: Series): void => {
      lastSeries = series
      lastWanted = wanted(series)
    }
    const holds = (pt: Point, state: LambdaState): boolean => {
      try {
        return where!.test(pt, state, ctx.now())
      } catch (e) {
        reportEvaluation(ctx, e, pt)
        return false
      }
    }
    /** Gives on the longest stretches that are wanted; a group is looked for when all before it has been given on. */
    const takeRun: Receiver<LambdaState>['points'] = (run, start, end, state, _g, out) => {
      const { points } = run
      const now = ctx.now()
      let goes = false
      let open = start
      let group: Group | undefined
      let before: Series | undefined
      for (let i = start; i < end; i++) {
        const pt = points[i]!
        if (pt.series === before) continue
        // Without a condition what is of one series goes the same way.
        if (where === undefined) before = pt.series
        if (pt.series !== lastSeries) {
          if (goes && ungrouped === undefined) {
            out.points(run, open, i, group!)
            goes = false
          }
          seen(pt.series)
        }
        let holds = lastWanted
        let failed: unknown
        if (holds && where !== undefined) {
          try {
            holds = where.test(pt, state, now)
          } catch (e) {
            holds = false
            failed = e
          }
        }
        if (holds === goes && failed === undefined) continue
        if (goes) out.points(run, open, i, group!)
        goes = holds
        open = i
        run.at = i
        if (holds) group = ungrouped ?? find(pt.series, p.groupByMeasurement)
        if (failed !== undefined) reportEvaluation(ctx, failed, pt)
      }
      if (goes) out.points(run, open, end, group!)
    }
    return {
      keeps: 'node',
      newState: (): LambdaState => where?.newState() ?? [],
      point(pt, state, _g, out) {
        if (pt.series !== lastSeries) seen(pt.series)
        if (!lastWanted || (where !== undefined && !holds(pt, state))) return
        const timed = timesChange ? withTime(pt, roundTime(truncateTime(pt, truncate), round)) : pt
        out.point(timed, ungrouped ?? find(pt.series, p.groupByMeasurement))
      },
      ...(timesChange ? {} : { points: takeRun }),
    }
  },
})
