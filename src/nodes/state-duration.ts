// `|stateDuration(lambda)`: for how long the lambda has held.

import { SECOND } from '../base/duration.ts'
import { type Int, intToFloat } from '../base/int64.ts'
import { bothFields } from '../base/line-protocol/fields-read.ts'
import { type Point, withField } from '../base/point.ts'
import { subTime } from '../base/time.ts'
import { defineNode } from '../flow/contract.ts'
import { arg, field } from '../lang/fields.ts'
import { compileLambda, type LambdaState, namesIn } from '../lang/lambda/compile-lambda.ts'
import { constantFault } from '../lang/lambda/evaluate-constant.ts'
import { reportEvaluation } from './report-evaluation.ts'

/** `since`: the time of the first point of the state that lasts. */
type State = { lambda: LambdaState; since: { sec: number; ns: number } | null }

export const stateDuration = defineNode({
  name: 'stateDuration',
  kind: 'state_duration',
  typeName: 'StateDurationNode',
  wants: 'parent',
  provides: 'parent',
  doc: 'Adds how long the lambda has been true, as a float in units: 0 at the first point, −1 while it is false. Each batch begins anew. A point on which it fails is counted and dropped.',
  args: { predicate: arg.lambda('What the state is.') },
  fields: {
    as: field.string('Name of the new field.', 'state_duration'),
    unit: field.duration('Unit of the number.', SECOND),
  },
  examples: ['stream\n    |from()\n    |stateDuration(lambda: "usage" > 90.0)\n        .unit(1m)\n    |log()'],
  check: (p) => constantFault(p.predicate),
  reads: (p, below) => bothFields(below, namesIn([p.predicate])),
  run(params, ctx) {
    const lambda = compileLambda(params.predicate, { want: 'bool', prefix: 'Failed to compile expression: ' })
    const unit = intToFloat(params.unit as Int)
    const track = (p: Point, s: State): Point | undefined => {
      try {
        if (!lambda.test(p, s.lambda, ctx.now())) {
          s.since = null
          return withField(p, params.as, 'float', -1)
        }
      } catch (e) {
        reportEvaluation(ctx, e, p)
        return undefined
      }
      s.since ??= { sec: p.sec, ns: p.ns }
      return withField(p, params.as, 'float', intToFloat(subTime(p, s.since)) / unit)
    }
    return {
      keeps: 'group',
      newState: (): State => ({ lambda: lambda.newState(), since: null }),
      point(p, s, g, out) {
        const tracked = track(p, s)
        if (tracked) out.point(tracked, g)
      },
      begin(b, s, g, out) {
        s.since = null
        out.begin(b, g)
      },
      row(p, s, g, out) {
        const tracked = track(p, s)
        if (tracked) out.row(tracked, g)
      },
      end(_s, g, out) {
        out.end(g)
      },
    }
  },
})
