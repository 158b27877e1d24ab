// `|combine(lambda, …)`: makes one point of every choice of points of the same time that satisfies all lambdas.
import { Fault } from '../base/fault.ts'
import type { Int } from '../base/int64.ts'
import { Point } from '../base/point.ts'
import { seriesOf } from '../base/series.ts'
import { makeShape } from '../base/shape.ts'
import { roundTime, sameTime } from '../base/time.ts'
import type { Kind, Value } from '../base/value.ts'
import { defineNode, type Group } from '../flow/contract.ts'
import { arg, field, type LambdaParam } from '../lang/fields.ts'
import { compileLambda, type LambdaState } from '../lang/lambda/compile-lambda.ts'
import { constantFault } from '../lang/lambda/evaluate-constant.ts'
import { assignments, combinationCount } from './combinations.ts'
import { nameFrom } from './dimensions.ts'
import { reportEvaluation } from './report-evaluation.ts'

/** The points of one time that have come so far; `name` is the measurement of the group's first, or of the batch. */
type State = { lambdas: LambdaState[]; time: { sec: number; ns: number } | null; name: string; points: Point[] }

export const combine = defineNode({
  name: 'combine',
  typeName: 'CombineNode',
  wants: 'parent',
  provides: 'stream',
  doc: 'Collects the points of a group that have the same time and tries every combination of as many as there are lambdas. If they can be assigned so that each lambda holds for its point, their fields and tags make one point, under a prefix each.',
  args: {},
  rest: { name: 'expressions', arg: arg.lambda('What the point of a prefix must satisfy.') },
  restType: {} as { readonly expressions: readonly LambdaParam[] },
  fields: {
    as: field.strings('Prefixes, one for each lambda.'),
    delimiter: field.string('What stands between prefix and name.', '.'),
    tolerance: field.duration('Times are rounded to a multiple of it.'),
    max: field.int('How many combinations may be tried for one time; more end the task.', 1_000_000),
  },
  examples: [
    "stream\n    |from()\n    |combine(lambda: \"role\" == 'in', lambda: \"role\" == 'out')\n        .as('in', 'out')\n    |log()",
  ],
  check({ expressions, as, delimiter }) {
    if (as.length === 0) return 'a call to combine.as() is required to specify the output stream prefixes.'
    if (as.length !== expressions.length) {
      return 'number of prefixes specified by combine.as() must match the number of combine expressions'
    }
    for (const name of as) {
      if (name === '') return 'must provide a prefix name for the combine node, see .as() property method'
      if (name.includes(delimiter)) {
        return `cannot use name ${name} as field prefix, it contains the delimiter character ${delimiter}`
      }
    }
    if (new Set(as).size < as.length) return 'cannot use the same prefix name see .as() property method'
    return expressions.map(constantFault).find((f) => f !== undefined)
  },
  run(params, ctx) {
    const { as, delimiter, max } = params
    const lambdas = params.expressions.map((e, i) =>
      compileLambda(e, { want: 'bool', prefix: `Failed to compile ${i} expression: ` }),
    )
    const tolerance = params.tolerance as Int

    const holds = (i: number, p: Point, s: State): boolean => {
      try {
        return lambdas[i]!.test(p, s.lambdas[i]!, ctx.now())
      } catch (e) {
        reportEvaluation(ctx, e, p)
        return false
      }
    }

    /** One point of the chosen ones, in the order of the prefixes. */
    const merged = (chosen: readonly Point[], s: State, g: Group): Point => {
      const fields = new Map<string, { readonly kind: Kind; readonly value: Value }>()
      const tags: Record<string, string> = { ...g.tags }
      for (const [i, p] of chosen.entries()) {
        const prefix = as[i]! + delimiter
        for (const [k, name] of p.shape.names.entries()) {
          fields.set(prefix + name, { kind: p.shape.kinds[k]!, value: p.values[k]! })
        }
        for (const [k, key] of p.series.keys.entries()) {
          if (!g.dims.includes(key)) tags[prefix + key] = p.series.vals[k]!
        }
      }
      const names = [...fields.keys()].sort()
      const shape = makeShape(
        names,
        names.map((n) => fields.get(n)!.kind),
      )
      const values = names.map((n) => fields.get(n)!.value)
      return new Point(seriesOf('', '', s.name, tags), shape, values, s.time!.sec, s.time!.ns)
    }

    const release = (s: State, g: Group, emit: (p: Point) => void): void => {
      const { points } = s
      const total = combinationCount(points.length, lambdas.length)
      if (total > max) {
        throw new Fault(
          'too-many-combinations',
          `refusing to perform combination as total combinations ${total} exceeds max combinations ${max}`,
        )
      }
      for (const chosen of assignments(points.length, lambdas.length, (i, k) => holds(i, points[k]!, s))) {
        emit(
          merged(
            chosen.map((k) => points[k]!),
            s,
            g,
          ),
        )
      }
      forget(s)
    }

    const forget = (s: State): void => {
      ctx.held(-s.points.length)
      s.points = []
      s.time = null
    }

    const collect = (p: Point, s: State, g: Group, emit: (p: Point) => void): void => {
      const time = roundTime(p, tolerance)
      if (s.time && !sameTime(s.time, time)) release(s, g, emit)
      s.time ??= { sec: time.sec, ns: time.ns }
      s.points.push(p)
      ctx.held(1)
    }

    return {
      keeps: 'group',
      newState: (_g, first): State => ({
        lambdas: lambdas.map((l) => l.newState()),
        time: null,
        name: nameFrom(first),
        points: [],
      }),
      point(p, s, g, out) {
        collect(p, s, g, (made) => out.point(made, g))
      },
      begin(b, s) {
        forget(s)
        s.name = b.name
      },
      row(p, s, g, out) {
        collect(p, s, g, (made) => out.point(made, g))
      },
      end(s, g, out) {
        if (s.time) release(s, g, (made) => out.point(made, g))
      },
      dropped(s) {
        ctx.held(-s.points.length)
      },
    }
  },
})
