// `|stateCount(lambda)`: for how many points in a row the lambda has held.
import { bothFields } from '../base/line-protocol/fields-read.ts'
import { type Point, withField } from '../base/point.ts'
import { defineNode } from '../flow/contract.ts'
import { arg, field } from '../lang/fields.ts'
import { compileLambda, type LambdaState, namesIn } from '../lang/lambda/compile-lambda.ts'
import { constantFault } from '../lang/lambda/evaluate-constant.ts'
import { reportEvaluation } from './report-evaluation.ts'

type State = { lambda: LambdaState; count: number }

export const stateCount = defineNode({
  name: 'stateCount',
  kind: 'state_count',
  typeName: 'StateCountNode',
  wants: 'parent',
  provides: 'parent',
  doc: 'Adds for how many points in a row the lambda has been true, as an int: 1 at the first, −1 while it is false. Each batch begins anew. A point on which it fails is counted and dropped.',
  args: { predicate: arg.lambda('What the state is.') },
  fields: { as: field.string('Name of the new field.', 'state_count') },
  examples: ['stream\n    |from()\n    |stateCount(lambda: "ok" == FALSE)\n    |log()'],
  check: (p) => constantFault(p.predicate),
  reads: (p, below) => bothFields(below, namesIn([p.predicate])),
  run(params, ctx) {
    const lambda = compileLambda(params.predicate, { want: 'bool', prefix: 'Failed to compile expression: ' })
    const track = (p: Point, s: State): Point | undefined => {
      try {
        s.count = lambda.test(p, s.lambda, ctx.now()) ? s.count + 1 : 0
      } catch (e) {
        reportEvaluation(ctx, e, p)
        return undefined
      }
      return withField(p, params.as, 'int', s.count === 0 ? -1 : s.count)
    }
    return {
      keeps: 'group',
      newState: (): State => ({ lambda: lambda.newState(), count: 0 }),
      point(p, s, g, out) {
        const tracked = track(p, s)
        if (tracked) out.point(tracked, g)
      },
      begin(b, s, g, out) {
        s.count = 0
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
