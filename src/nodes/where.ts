// `|where(lambda)`: lets those points through for which the lambda holds.
import { bothFields } from '../base/line-protocol/fields-read.ts'
import { copyOf, type Point } from '../base/point.ts'
import { defineNode } from '../flow/contract.ts'
import { arg } from '../lang/fields.ts'
import { compileLambda, type LambdaState, namesIn } from '../lang/lambda/compile-lambda.ts'
import { constantFault } from '../lang/lambda/evaluate-constant.ts'
import { reportEvaluation } from './report-evaluation.ts'

export const where = defineNode({
  name: 'where',
  typeName: 'WhereNode',
  wants: 'parent',
  provides: 'parent',
  doc: 'Keeps the points for which the lambda is true; a point on which it fails is counted and dropped. Batches stay, also when no point of theirs remains.',
  args: { predicate: arg.lambda('What must hold.') },
  fields: {},
  borrows: true,
  examples: ['stream\n    |from()\n    |where(lambda: "usage" > 90.0 AND "host" != \'test\')\n    |log()'],
  check: (p) => constantFault(p.predicate),
  reads: (p, below) => bothFields(below, namesIn([p.predicate])),
  run(params, ctx) {
    const lambda = compileLambda(params.predicate, {
      want: 'bool',
      prefix: 'Failed to compile expression in where clause: ',
    })
    const { lent } = ctx
    const holds = (p: Point, s: LambdaState): boolean => {
      try {
        return lambda.test(p, s, ctx.now())
      } catch (e) {
        reportEvaluation(ctx, e, p)
        return false
      }
    }
    return {
      keeps: 'group',
      newState: (): LambdaState => lambda.newState(),
      point(p, s, g, out) {
        if (holds(p, s)) out.point(lent ? copyOf(p) : p, g)
      },
      points(run, from, to, s, g, out) {
        const now = ctx.now()
        let start = from
        for (let i = from; i < to; i++) {
          const p = run.points[i]!
          let failed: unknown
          try {
            if (lambda.test(p, s, now)) continue
          } catch (e) {
            failed = e
          }
          if (start < i) out.points(run, start, i, g)
          start = i + 1
          if (failed === undefined) continue
          run.at = i
          reportEvaluation(ctx, failed, p)
        }
        if (start < to) out.points(run, start, to, g)
      },
      begin(b, _s, g, out) {
        out.begin(b, g)
      },
      row(p, s, g, out) {
        if (holds(p, s)) out.row(lent ? copyOf(p) : p, g)
      },
      end(_s, g, out) {
        out.end(g)
      },
    }
  },
})
