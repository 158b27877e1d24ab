// `|join(others…)`: points, or batches, of several parents that have the same time and group become one. How sets are
// kept and let go stands in join/; here is what a script may say.

import { Fault } from '../base/fault.ts'
import type { Point } from '../base/point.ts'
import type { Typed } from '../base/value.ts'
import { type Ctx, defineNode, type Receiver } from '../flow/contract.ts'
import { ANY_TYPES, arg, field, goTypeOf, type NodeRef, type TaggedArg } from '../lang/fields.ts'
import { FieldPlans } from './join/field-plan.ts'
import { joinReceiver } from './join/join.ts'
import { type BatchPart, BatchParts, type Joining, PointParts } from './join/join-parts.ts'

/** What missing parents are filled with; undefined when nothing fills them. Throws Fault. */
function fillOf(fill: TaggedArg | undefined): Typed | undefined {
  if (!fill) return undefined
  if (fill.type === 'int' || fill.type === 'float') return { kind: fill.type, value: fill.value } as Typed
  if (fill.type === 'string') {
    if (fill.value === 'none') return undefined
    if (fill.value === 'null') return { kind: 'null', value: null }
    throw new Fault('invalid-fill', `unexpected fill option ${fill.value}`, { status: 400 })
  }
  throw new Fault('invalid-fill', `unexpected fill option of type ${goTypeOf(fill)}`, { status: 400 })
}

/** Why the prefixes can't be; undefined when they can. */
function prefixReason(prefixes: readonly string[], delimiter: string, parents: number): string | undefined {
  if (prefixes.length === 0) return 'a call to join.as() is required to specify the output stream prefixes.'
  if (prefixes.length !== parents)
    return 'number of prefixes specified by join.as() must match the number of joined streams'
  const seen = new Set<string>()
  for (const name of prefixes) {
    if (name === '') return 'must provide a prefix name for the join node, see .as() property method'
    if (delimiter !== '' && name.includes(delimiter))
      return `cannot use name ${name} as field prefix, it contains the delimiter ${JSON.stringify(delimiter)}\t`
    if (seen.has(name)) return 'cannot use the same prefix name see .as() property method'
    seen.add(name)
  }
  return undefined
}

interface Params {
  readonly as: readonly string[]
  readonly on: readonly string[]
  readonly tolerance: number | bigint
  readonly fill: TaggedArg | undefined
  readonly streamName: string
  readonly delimiter: string
  readonly deleteAll: boolean
}

function receiver(p: Params, ctx: Ctx): Receiver<never> {
  const fill = fillOf(p.fill)
  const joining: Joining = {
    plans: new FieldPlans(
      p.as.map((prefix) => prefix + p.delimiter),
      fill,
    ),
    parents: ctx.parents,
    outer: fill !== undefined,
    streamName: p.streamName,
    tolerance: p.tolerance,
  }
  const options = { tolerance: p.tolerance, on: [...new Set(p.on)].sort(), deleteAll: p.deleteAll }
  if (ctx.edge === 'stream') {
    const kind = new PointParts(ctx, joining)
    return joinReceiver<Point>(ctx, { ...options, kind }, (join) => ({
      pointFrom: (parent, pt, cell, g, out) => join.take(parent, pt, pt, cell, g, out),
    })) as Receiver<never>
  }
  const kind = new BatchParts(ctx, joining)
  return joinReceiver<BatchPart>(ctx, { ...options, kind }, (join) => ({
    batchFrom(parent, b, rows, cell, g, out) {
      const part = { name: b.name, tmax: { sec: b.tmax.sec, ns: b.tmax.ns }, rows }
      join.take(parent, part, b.tmax, cell, g, out)
    },
  })) as Receiver<never>
}

export const join = defineNode({
  name: 'join',
  typeName: 'JoinNode',
  wants: 'parent',
  provides: 'parent',
  doc: "Joins the data of all its parents by group and time: the fields of points of the same time become one point, each under its parent's prefix. Where a parent has no point of that time, nothing is given, or what `fill` says, once every parent has come past it.",
  rest: { name: 'nodes', arg: arg.node('Another parent.') },
  restType: {} as { readonly nodes: readonly NodeRef[] },
  fields: {
    as: field.strings(
      'A prefix for the fields of each parent: first the node that join is called on, then the arguments.',
    ),
    on: field.strings(
      'Joins on these tags alone: parents that are grouped by them meet parents that are grouped by more tags.',
    ),
    tolerance: field.duration('Times are rounded to the nearest multiple of this first.'),
    fill: field.any(
      "What the fields of missing points are filled with: 'null' or a number. 'none' drops times that a parent lacks.",
      ANY_TYPES,
    ),
    streamName: field.string(
      'The measurement of what comes out; that of the first parent which has a point when not given.',
    ),
    delimiter: field.string('Stands between a prefix and the name of the field.', '.'),
    deleteAll: field.bool('TRUE makes a deleted group clear the marks of all groups.'),
  },
  stateParams: ['on', 'tolerance'],
  examples: [
    "var errors = stream\n    |from()\n        .measurement('errors')\n        .groupBy('service')\n\nvar requests = stream\n    |from()\n        .measurement('requests')\n        .groupBy('service')\n\nerrors\n    |join(requests)\n        .as('errors', 'requests')\n        .tolerance(1s)\n        .fill(0.0)\n    |eval(lambda: \"errors.count\" / \"requests.count\")\n        .as('rate')\n    |log()",
  ],
  check: (p, info) => prefixReason(p.as, p.delimiter, info.parents.length),
  run: (p, ctx) => receiver(p, ctx),
})
