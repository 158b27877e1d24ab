// Declarations for the evaluator's tests: one node of every form there is.
import { ANY_TYPES, arg, field, goTypeOf, type ObjectSpec, type TaggedArg } from '../fields.ts'
import type { Registry } from './catalog.ts'
import type { Declaration, Macro } from './declaration.ts'

const node = (
  d: Omit<Declaration, 'wants' | 'provides' | 'fields'> & Partial<Pick<Declaration, 'wants' | 'provides' | 'fields'>>,
): Declaration => ({ wants: 'parent', provides: 'parent', fields: {}, ...d })

const handler = (kind: string, spec: Omit<ObjectSpec, 'is' | 'kind' | 'doc'>): ObjectSpec => ({
  is: 'object',
  kind,
  doc: 'A handler.',
  ...spec,
})

const dims = { name: 'dimensions', arg: arg.any('A tag.', ANY_TYPES) }

const declarations: readonly Declaration[] = [
  node({ name: 'stream', typeName: 'StreamNode', wants: 'none', provides: 'stream', internal: true, only: ['from'] }),
  node({ name: 'batch', typeName: 'BatchNode', wants: 'none', provides: 'batch', internal: true, only: ['query'] }),
  node({ name: 'noOp', kind: 'noop', typeName: 'NoOpNode', internal: true }),
  node({
    name: 'from',
    typeName: 'FromNode',
    wants: 'stream',
    provides: 'stream',
    on: ['stream', 'from'],
    fields: {
      measurement: field.string('The measurement.'),
      truncate: field.duration('Down to a multiple.'),
      where: field.method('The filter.', {
        args: [arg.lambda('The filter.')],
        initial: [] as readonly unknown[],
        apply: (before, added) => [...before, ...added],
        shape: 'each',
      }),
      groupBy: field.method('Tags.', {
        rest: dims.arg,
        initial: [] as readonly unknown[],
        apply: (_, added) => added,
      }),
    },
  }),
  node({
    name: 'query',
    typeName: 'QueryNode',
    wants: 'batch',
    provides: 'batch',
    on: ['batch'],
    args: { query: arg.string('The query.') },
    fields: {
      period: field.duration('The range.'),
      groupBy: field.method('Tags.', { rest: dims.arg, initial: [] as readonly unknown[], apply: (_, added) => added }),
    },
  }),
  node({
    name: 'window',
    typeName: 'WindowNode',
    wants: 'stream',
    provides: 'batch',
    fields: {
      period: field.duration('Length.', 0, { min: 0 }),
      every: field.duration('Distance.'),
      align: field.flag('Round times.'),
      periodCount: field.int('Points.'),
    },
    onCall: (info) => (info.parents[0]?.edge === 'batch' ? 'cannot Window batch edge' : undefined),
    check: (p) => (p.period !== 0 && p.periodCount !== 0 ? 'cannot specify both period and periodCount' : undefined),
  }),
  node({ name: 'where', typeName: 'WhereNode', args: { lambda: arg.lambda('The filter.') } }),
  node({
    name: 'eval',
    typeName: 'EvalNode',
    rest: { name: 'expressions', arg: arg.lambda('An expression.') },
    fields: { as: field.strings('Names.'), tags: field.strings('Names.') },
    check: (p) => {
      const [names, count] = [p.as as readonly string[], (p.expressions as readonly unknown[]).length]
      return names.length === count ? undefined : `got ${names.length} as names, and ${count} expressions.`
    },
  }),
  node({
    name: 'percentile',
    typeName: 'InfluxQLNode',
    args: { field: arg.string('The field.'), p: arg.float('Percent.', { max: 100 }) },
    provides: 'stream',
  }),
  node({
    name: 'sample',
    typeName: 'SampleNode',
    args: {
      rate: arg.any('The rate.', ANY_TYPES, {
        check: ({ type }) =>
          type === 'int' || type === 'duration' ? undefined : 'must pass int64 or duration to new sample node',
      }),
    },
  }),
  node({ name: 'groupBy', kind: 'groupby', typeName: 'GroupByNode', rest: dims }),
  node({
    name: 'default',
    typeName: 'DefaultNode',
    fields: { field: field.map('A default.', arg.any('The value.', ANY_TYPES)) },
    check: (p) =>
      Object.values(p.field as Record<string, TaggedArg>)
        .filter((v) => v.type !== 'float')
        .map((v) => `unsupported type ${goTypeOf(v)}`)[0],
  }),
  node({
    name: 'join',
    typeName: 'JoinNode',
    rest: { name: 'others', arg: arg.node('Another node.') },
    fields: { as: field.strings('Prefixes.'), fill: field.any('What to fill in.', ['string', 'int', 'float']) },
  }),
  node({
    name: 'union',
    typeName: 'UnionNode',
    rest: { name: 'others', arg: arg.node('Another node.') },
    receiverLast: true,
    fields: { rename: field.string('New name.') },
  }),
  node({ name: 'log', typeName: 'LogNode', fields: { level: field.string('The level.', 'INFO') } }),
  node({ name: 'httpOut', kind: 'http_out', typeName: 'HTTPOutNode', args: { endpoint: arg.string('The endpoint.') } }),
  node({ name: 'influxDBOut', kind: 'influxdb_out', typeName: 'InfluxDBOutNode', provides: 'none', only: [] }),
  node({
    name: 'derivative',
    typeName: 'DerivativeNode',
    args: { field: arg.string('The field.') },
    fields: { unit: field.duration('The unit.'), nonNegative: field.flag('No negative ones.') },
  }),
  node({
    name: 'stats',
    typeName: 'StatsNode',
    wants: 'none',
    provides: 'stream',
    everywhere: true,
    watches: true,
    args: { interval: arg.duration('How often.') },
    fields: { align: field.flag('At round times.') },
  }),
  node({
    name: 'alert',
    typeName: 'AlertNode',
    fields: {
      message: field.string('The message.'),
      crit: field.lambda('When it is critical.'),
      all: field.flag('All points.'),
      flapping: field.method('Flapping.', {
        args: [arg.float('Low.'), arg.float('High.')],
        initial: undefined as { readonly low: number; readonly high: number } | undefined,
        shape: 'list',
        calls: (f) => (f ? [[f.low, f.high]] : []),
        apply: (_, [low, high]) => {
          if ((low as number) > (high as number)) throw new Error('low must be below high')
          return { low: low as number, high: high as number }
        },
      }),
      slack: handler('slack', {
        args: [],
        argNames: [],
        fields: { channel: field.string('The channel.'), header: field.map('A header.') },
        check: (p) => (p.channel === 'bad' ? 'invalid slack: bad channel' : undefined),
      }),
      zenoss: handler('zenoss', { args: [], argNames: [], fields: { message: field.string('The message.') } }),
      exec: handler('exec', {
        args: [arg.string('The program.')],
        rest: arg.string('An argument.'),
        argNames: ['prog'],
        restName: 'args',
        fields: {},
      }),
    },
  }),
]

/** As in a server: counts, compares, alerts. */
const deadman: Macro = {
  name: 'deadman',
  doc: 'Alerts when nothing comes.',
  everywhere: true,
  args: { threshold: arg.float('The least.'), interval: arg.duration('How often.') },
  rest: { name: 'extra', arg: arg.lambda('When else.') },
  expand(build, on, params) {
    const interval = { type: 'duration', value: params.interval as number } as const
    const stats = build.set(build.call(on, 'stats', interval), 'align')
    const rate = build.call(stats, 'derivative', { type: 'string', value: 'emitted' })
    const alert = build.call(build.set(rate, 'unit', interval), 'alert')
    return build.set(alert, 'message', { type: 'string', value: `${on.name} is dead` })
  },
}

const udf = node({ name: 'myUdf', typeName: 'UDFNode', fields: { size: field.int('The size.') } })

export const TEST_REGISTRY: Registry<Declaration> = { declarations, macros: [deadman], udfs: [udf] }
