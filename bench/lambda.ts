// What a lambda costs a point, by itself: a condition over a tag and a field, arithmetic, and one with a state.
// Rows of the suite.
import type { Point } from '../src/base/point.ts'
import { compileLambda } from '../src/lang/lambda/compile-lambda.ts'
import { parseLambda } from '../src/lang/parser.ts'
import { wideBody } from './lines.ts'
import type { Bench, Row } from './row.ts'
import { timed } from './timing.ts'
import { expect, pointsOf } from './workbench.ts'

/** So often over the same points, for the clock is coarser than one time. */
const TIMES = 20

const number = (p: Point, field: string): number => p.field(field) as number

/** `run` goes over all points and gives something that depends on each; `wanted` says the same without a lambda. */
function overPoints(run: (points: readonly Point[]) => number, wanted: (points: readonly Point[]) => number): Bench {
  const points = pointsOf(wideBody(6))
  const right = wanted(points)
  return {
    once() {
      const got: number[] = []
      const ms = timed(() => {
        for (let i = 0; i < TIMES; i++) got.push(run(points))
      })
      for (const g of got) expect('the sum over the points', g, right)
      return { ms, units: points.length * TIMES }
    },
  }
}

function summed(text: string, wanted: (points: readonly Point[]) => number): Bench {
  const lambda = compileLambda({ node: parseLambda(text) }, { want: 'value' })
  return overPoints((points) => {
    const state = lambda.newState()
    let sum = 0
    for (const p of points) sum += lambda.evaluate(p, state, p) as number
    return sum
  }, wanted)
}

/** The same as sigma() after each point, from sums instead of running means. */
function sigmas(points: readonly Point[]): number {
  let [n, sum, squares, all] = [0, 0, 0, 0]
  for (const p of points) {
    const x = number(p, 'usage_user')
    n++
    sum += x
    squares += x * x
    const variance = n < 2 ? 0 : (squares - (sum * sum) / n) / (n - 1)
    if (variance > 0) all += Math.abs(x - sum / n) / Math.sqrt(variance)
  }
  return all
}

export const LAMBDA_ROWS: readonly Row[] = [
  {
    name: 'lambda condition',
    per: 'point',
    start() {
      const text = `"cpu" != 'cpu7' AND "usage_idle" < 95.5`
      const lambda = compileLambda({ node: parseLambda(text) }, { want: 'bool' })
      const state = lambda.newState()
      return overPoints(
        (points) => {
          let n = 0
          for (const p of points) if (lambda.test(p, state, p)) n++
          return n
        },
        (points) => points.filter((p) => p.series.tag('cpu') !== 'cpu7' && number(p, 'usage_idle') < 95.5).length,
      )
    },
  },
  {
    name: 'lambda arithmetic',
    per: 'point',
    start: () =>
      summed('("usage_user" + "usage_system") / 2.0 - abs("usage_idle" - 50.0)', (points) =>
        points.reduce(
          (sum, p) =>
            sum + (number(p, 'usage_user') + number(p, 'usage_system')) / 2 - Math.abs(number(p, 'usage_idle') - 50),
          0,
        ),
      ),
  },
  { name: 'lambda sigma', per: 'point', start: () => summed('sigma("usage_user")', sigmas) },
]
