// Functions that pick points: first, last, min, max, percentile give one, distinct, top and bottom give several.
import type { Point } from '../../base/point.ts'
import { compareTime } from '../../base/time.ts'
import type { Kind, Value } from '../../base/value.ts'
import { type Accepts, type Aggregate, compareValues, type Result } from './aggregate.ts'

const same = (kind: Kind): Kind => kind

type Picked = { value: Value; point: Point | null }

/** Keeps the one point that beats all others. */
function pick(
  accepts: Accepts,
  beats: (v: Value, p: Point, bestValue: Value, best: Point) => boolean,
): Aggregate<Picked> {
  return {
    accepts,
    out: same,
    selects: true,
    start: () => ({ value: null, point: null }),
    add(a, v, p) {
      if (a.point && !beats(v, p, a.value, a.point)) return
      a.value = v
      a.point = p
    },
    results: (a) => [{ value: a.value, time: a.point!, point: a.point! }],
  }
}

/** The earliest point; of equal times the larger value. */
export const first = pick('any', (v, p, bestValue, best) => {
  const c = compareTime(p, best)
  return c < 0 || (c === 0 && compareValues(v, bestValue) > 0)
})

/** The latest point; of equal times the larger value. */
export const last = pick('any', (v, p, bestValue, best) => {
  const c = compareTime(p, best)
  return c > 0 || (c === 0 && compareValues(v, bestValue) > 0)
})

export const min = pick(
  'number',
  (v, p, bestValue, best) => v! < bestValue! || (v === bestValue && compareTime(p, best) < 0),
)

export const max = pick(
  'number',
  (v, p, bestValue, best) => v! > bestValue! || (v === bestValue && compareTime(p, best) < 0),
)

type Collected = { values: Value[]; points: Point[] }
const collected = (): Collected => ({ values: [], points: [] })
function collect(a: Collected, v: Value, p: Point): void {
  a.values.push(v)
  a.points.push(p)
}
const resultAt = (a: Collected, i: number): Result => ({ value: a.values[i]!, time: a.points[i]!, point: a.points[i]! })

/** The value at rank ⌊n·p/100 + 0.5⌋ of the sorted ones; nothing when that rank is outside. */
export function percentile(percent: number): Aggregate<Collected> {
  return {
    accepts: 'number',
    out: same,
    selects: true,
    start: collected,
    add: collect,
    results(a) {
      const order = a.values.map((_, i) => i).sort((i, j) => compareValues(a.values[i]!, a.values[j]!))
      const at = Math.floor((order.length * percent) / 100 + 0.5) - 1
      const i = order[at]
      return i === undefined ? [] : [resultAt(a, i)]
    },
  }
}

/** The first point of each value, by time, then value. */
export const distinct: Aggregate<Collected> = {
  accepts: 'any',
  out: same,
  start: collected,
  add: collect,
  results(a) {
    const at = new Map<Value, number>()
    a.values.forEach((v, i) => {
      if (!at.has(v)) at.set(v, i)
    })
    return [...at.values()]
      .sort((i, j) => compareTime(a.points[i]!, a.points[j]!) || compareValues(a.values[i]!, a.values[j]!))
      .map((i) => ({ value: a.values[i]!, time: a.points[i]! }))
  },
}

/** The n largest (or smallest) values, best first; of equal values the earlier. Holds no more than 2n points. */
function extremes(n: number, sign: 1 | -1): Aggregate<Collected> {
  const ranked = (a: Collected): number[] =>
    a.values
      .map((_, i) => i)
      .sort(
        (i, j) => sign * compareValues(a.values[j]!, a.values[i]!) || compareTime(a.points[i]!, a.points[j]!) || i - j,
      )
      .slice(0, n)
  return {
    accepts: 'number',
    out: same,
    start: collected,
    add(a, v, p) {
      collect(a, v, p)
      if (a.values.length < 2 * n + 64) return
      // Order of arrival is kept among those that stay: it decides between equals.
      const keep = ranked(a).sort((i, j) => i - j)
      const { values, points } = a
      a.values = keep.map((i) => values[i]!)
      a.points = keep.map((i) => points[i]!)
    },
    results: (a) => ranked(a).map((i) => resultAt(a, i)),
  }
}

export const top = (n: number): Aggregate<Collected> => extremes(n, 1)
export const bottom = (n: number): Aggregate<Collected> => extremes(n, -1)
