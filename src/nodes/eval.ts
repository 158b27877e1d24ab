// `|eval(lambda, …)`: computes fields and tags.
import { bothFields } from '../base/line-protocol/fields-read.ts'
import type { Point } from '../base/point.ts'
import { defineNode } from '../flow/contract.ts'
import { arg, field, type LambdaParam } from '../lang/fields.ts'
import { compileLambda, type LambdaState, namesIn } from '../lang/lambda/compile-lambda.ts'
import type { LambdaValue } from '../lang/lambda/kinds.ts'
import { LayoutCache } from '../lang/lambda/layout-cache.ts'
import { EvalPlan, type EvalSpec } from './eval-plan.ts'
import { reportEvaluation } from './report-evaluation.ts'

/** The state of each expression. */
type State = LambdaState[]

export const evalNode = defineNode({
  name: 'eval',
  typeName: 'EvalNode',
  wants: 'parent',
  provides: 'parent',
  doc: 'Evaluates lambdas in order; each sees the results of those before it by their names. The results become the fields of the point. A point on which one fails is counted and dropped.',
  args: {},
  rest: { name: 'expressions', arg: arg.lambda('What to compute.') },
  restType: {} as { readonly expressions: readonly LambdaParam[] },
  fields: {
    as: field.strings('Names of the results, one for each lambda.'),
    tags: field.strings('Which of the results become tags instead of fields; they must be strings.'),
    keep: field.method<readonly string[] | undefined>(
      'Which fields the result has: without arguments all there were and all results, else exactly those named.',
      {
        rest: arg.string('A result or a field.'),
        initial: undefined,
        apply: (_, names) => names as readonly string[],
      },
    ),
  },
  lends: true,
  borrows: true,
  examples: [
    'stream\n    |from()\n    |eval(lambda: "used" / "total", lambda: "share" * 100.0)\n        .as(\'share\', \'percent\')\n        .keep(\'percent\')\n    |log()',
  ],
  check({ expressions, as, tags }) {
    if (as.length !== expressions.length) {
      return `must specify same number of expressions and .as() names: got ${as.length} as names, and ${expressions.length} expressions.`
    }
    const stray = tags.find((t) => !as.includes(t))
    return stray === undefined ? undefined : `invalid tag name "${stray}", name is not present is .as() names`
  },
  reads({ expressions, keep }, below) {
    const named = namesIn(expressions)
    if (!keep) return named
    return bothFields(named, keep.length === 0 ? below : new Set(keep))
  },
  run({ expressions, as, tags, keep }, ctx) {
    const lambdas = expressions.map((e, i) =>
      compileLambda(e, { want: 'value', prefix: `Failed to compile ${i} expression: ` }),
    )
    const spec: EvalSpec = { lambdas, as, tags, keep }
    const plans = new LayoutCache<EvalPlan>()
    const results: LambdaValue[] = new Array(lambdas.length)
    const computed = (p: Point, s: State): Point | undefined => {
      const { keys } = p.series
      let plan = plans.get(p.shape, keys)
      if (!plan) {
        plan = new EvalPlan(spec, p.shape, keys)
        plans.set(p.shape, keys, plan)
      }
      try {
        return plan.apply(p, s, ctx.now(), results, ctx.lends)
      } catch (e) {
        reportEvaluation(ctx, e, p)
        return undefined
      }
    }
    return {
      keeps: 'group',
      newState: (): State => lambdas.map((l) => l.newState()),
      point(p, s, g, out) {
        const made = computed(p, s)
        // Not `!made`: V8 would look into the new point for what it counts as.
        if (made === undefined) return
        const moves = made.series !== p.series && g.dims.some((d) => tags.includes(d))
        out.point(made, moves ? ctx.regroup(g, made.series) : g)
      },
      begin(b, _s, g, out) {
        out.begin(b, g)
      },
      row(p, s, g, out) {
        const made = computed(p, s)
        if (made) out.row(made, g)
      },
      end(_s, g, out) {
        out.end(g)
      },
    }
  },
})
