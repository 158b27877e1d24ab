// The InfluxQL functions as nodes: one declaration each, on top of the functions and the node that runs them.
import { bothFields, type FieldNames } from '../../base/line-protocol/fields-read.ts'
import type { Plain } from '../../base/plain.ts'
import { defineNode, type NodeDeclaration } from '../../flow/contract.ts'
import { arg, field } from '../../lang/fields.ts'
import type { Aggregate } from './aggregate.ts'
import { count, mean, median, mode, spread, stddev, sum } from './aggregates.ts'
import { holtWinters } from './holt-winters.ts'
import { runAggregate, runTransform } from './influxql-node.ts'
import { bottom, distinct, first, last, max, min, percentile, top } from './selectors.ts'
import { cumulativeSum, difference, elapsed, movingAverage } from './transforms.ts'

const TYPE_NAME = 'InfluxQLNode'
const fieldArg = arg.string('The field to read.')
const readsField = (p: { readonly field: string }): FieldNames => new Set([p.field])
/** Selectors give whole points. */
const readsAndPasses = (p: { readonly field: string }, below: FieldNames): FieldNames =>
  bothFields(below, new Set([p.field]))
const common = (name: string) => ({
  as: field.string('Name of the resulting field.', name),
  usePointTimes: field.flag('Gives a result the time of its point instead of that of the batch.'),
})
const onWindow = (call: string): string =>
  `stream\n    |from()\n        .measurement('cpu')\n    |window()\n        .period(10s)\n        .every(10s)\n    |${call}`

/** A function of one field to one value. */
function aggregate<A extends Plain>(name: string, doc: string, f: Aggregate<A>): NodeDeclaration {
  return defineNode({
    name,
    typeName: TYPE_NAME,
    wants: 'parent',
    provides: 'stream',
    doc,
    args: { field: fieldArg },
    fields: common(name),
    examples: [onWindow(`${name}('usage_idle')`)],
    reads: f.selects === true ? readsAndPasses : readsField,
    run: (p, ctx) => runAggregate(name, p, ctx, f),
  })
}

/** The n largest or smallest values of a field. */
function ranked<A extends Plain>(name: string, doc: string, make: (n: number) => Aggregate<A>): NodeDeclaration {
  return defineNode({
    name,
    typeName: TYPE_NAME,
    wants: 'parent',
    provides: 'batch',
    doc,
    args: { n: arg.int('How many values.'), field: fieldArg },
    rest: {
      name: 'fieldsAndTags',
      arg: arg.string('Accepted for compatibility; all tags of the points are kept anyway.'),
    },
    fields: common(name),
    examples: [onWindow(`${name}(3, 'usage_idle')`)],
    check: (p) => (p.n < 1 ? `${name} wants at least 1` : undefined),
    reads: readsField,
    run: (p, ctx) => runAggregate(name, p, ctx, make(p.n), true),
  })
}

function forecast(name: string, doc: string, withFit: boolean): NodeDeclaration {
  return defineNode({
    name,
    kind: 'holtWinters',
    typeName: TYPE_NAME,
    wants: 'parent',
    provides: 'batch',
    doc,
    args: {
      field: fieldArg,
      h: arg.int('How many points to forecast.'),
      m: arg.int('How many points make a season; fewer than 2 make none.'),
      interval: arg.duration('Time between points.'),
    },
    fields: common('holtWinters'),
    examples: [onWindow(`${name}('usage_idle', 3, 0, 1s)`)],
    check: (p) => (p.interval <= 0 ? `${name} wants an interval greater than zero` : undefined),
    reads: readsField,
    run: (p, ctx) =>
      runAggregate(
        name,
        { ...p, usePointTimes: true },
        ctx,
        holtWinters({ h: p.h, m: p.m, interval: p.interval, withFit }),
        true,
      ),
  })
}

export const INFLUXQL_NODES: readonly NodeDeclaration[] = [
  aggregate('count', 'How many points have the field; 0 for an empty batch.', count),
  aggregate('sum', 'The sum of the values; 0 for an empty batch. Whole numbers wrap at 64 bits.', sum),
  aggregate('mean', 'The mean of the values.', mean),
  aggregate('median', 'The middle value.', median),
  aggregate('mode', 'The most frequent value.', mode),
  aggregate('spread', 'The largest value less the smallest.', spread),
  aggregate('stddev', 'The standard deviation of the sample; NaN for fewer than two points.', stddev),
  aggregate('first', 'The earliest point, with all of its tags and fields.', first),
  aggregate('last', 'The latest point, with all of its tags and fields.', last),
  aggregate('min', 'The point with the smallest value, with all of its tags and fields.', min),
  aggregate('max', 'The point with the largest value, with all of its tags and fields.', max),
  defineNode({
    name: 'percentile',
    typeName: TYPE_NAME,
    wants: 'parent',
    provides: 'stream',
    doc: 'The point whose value stands at the given percentile, with all of its tags and fields.',
    args: { field: fieldArg, percentile: arg.float('Between 0.0 and 100.0.') },
    fields: common('percentile'),
    examples: [onWindow("percentile('usage_idle', 95.0)")],
    reads: readsAndPasses,
    run: (p, ctx) => runAggregate('percentile', p, ctx, percentile(p.percentile)),
  }),
  defineNode({
    name: 'distinct',
    typeName: TYPE_NAME,
    wants: 'parent',
    provides: 'batch',
    doc: 'The first point of each distinct value.',
    args: { field: fieldArg },
    fields: common('distinct'),
    examples: [onWindow("distinct('usage_idle')")],
    reads: readsField,
    run: (p, ctx) => runAggregate('distinct', p, ctx, distinct, true),
  }),
  ranked('top', 'The n largest values with the tags of their points, largest first.', top),
  ranked('bottom', 'The n smallest values with the tags of their points, smallest first.', bottom),
  defineNode({
    name: 'elapsed',
    typeName: TYPE_NAME,
    wants: 'parent',
    provides: 'parent',
    doc: 'Time since the point before, in whole units.',
    args: { field: fieldArg, unit: arg.duration('The unit.') },
    fields: common('elapsed'),
    examples: [onWindow("elapsed('usage_idle', 1s)")],
    check: (p) => (p.unit <= 0 ? 'elapsed wants a unit greater than zero' : undefined),
    reads: readsField,
    run: (p, ctx) => runTransform('elapsed', p, ctx, elapsed(p.unit)),
  }),
  defineNode({
    name: 'difference',
    typeName: TYPE_NAME,
    wants: 'parent',
    provides: 'parent',
    doc: 'The value less the one before.',
    args: { field: fieldArg },
    fields: common('difference'),
    examples: [onWindow("difference('usage_idle')")],
    reads: readsField,
    run: (p, ctx) => runTransform('difference', p, ctx, difference),
  }),
  defineNode({
    name: 'movingAverage',
    typeName: TYPE_NAME,
    wants: 'parent',
    provides: 'parent',
    doc: 'The mean of the last values, once there are enough.',
    args: { field: fieldArg, window: arg.int('How many values.') },
    fields: common('movingAverage'),
    examples: [onWindow("movingAverage('usage_idle', 5)")],
    check: (p) => (p.window < 1 ? 'movingAverage wants a window of at least 1' : undefined),
    reads: readsField,
    run: (p, ctx) => runTransform('movingAverage', p, ctx, movingAverage(p.window)),
  }),
  defineNode({
    name: 'cumulativeSum',
    typeName: TYPE_NAME,
    wants: 'parent',
    provides: 'parent',
    doc: 'The running sum of the values.',
    args: { field: fieldArg },
    fields: common('cumulativeSum'),
    examples: [onWindow("cumulativeSum('usage_idle')")],
    reads: readsField,
    run: (p, ctx) => runTransform('cumulativeSum', p, ctx, cumulativeSum),
  }),
  forecast('holtWinters', 'Forecasts further values by the Holt-Winters method.', false),
  forecast('holtWintersWithFit', 'Fits the values by the Holt-Winters method and forecasts further ones.', true),
]
