// Holt-Winters forecasts: damped trend, multiplicative seasons, fitted by a Nelder-Mead search over a grid of starts.
// The recurrence runs on its own forecasts; the order of evaluation is kept as documented, since it decides the digits.
import { type Int, intToFloat, mulInt } from '../../base/int64.ts'
import type { Point } from '../../base/point.ts'
import { addTime, compareTime, roundTime, subTime, type Time, truncateTime } from '../../base/time.ts'
import type { Value } from '../../base/value.ts'
import type { Aggregate, Result } from './aggregate.ts'
import { nelderMead } from './nelder-mead.ts'

/** Alpha, beta, gamma, phi, level, trend; the seasons follow. */
const FIRST_SEASON = 6
const GRID_STEP = 0.4
const MAX_BUCKETS = 1_000_000

type Gathered = { values: Value[]; times: { sec: number; ns: number }[] }

interface Fitted {
  readonly forecast: Float64Array
  readonly squaredError: number
}

class Model {
  readonly #y: Float64Array
  readonly #m: number
  readonly #seasonal: boolean

  /** `y` holds NaN where a bucket is empty; `m` values make a season, fewer than 2 make none. */
  constructor(y: Float64Array, m: number) {
    this.#y = y
    this.#m = m
    this.#seasonal = m >= 2
  }

  /** Runs the recurrence over the data and `extra` steps beyond it. Clamps and overwrites `params` on its way. */
  run(params: Float64Array, extra: number): Fitted {
    const y = this.#y
    const m = this.#m
    for (let i = 0; i < 4; i++) params[i] = Math.min(1, Math.max(0, params[i]!))
    const alpha = params[0]!
    const beta = params[1]!
    const gamma = params[2]!
    const phi = params[3]!
    let level = params[4]!
    let trend = params[5]!
    const n = y.length + extra
    const forecast = new Float64Array(n)
    let phiH = phi
    let squaredError = 0
    let current = y[0]!
    forecast[0] = current
    let o = m - 1
    for (let t = 1; t < n; t++) {
      const damped = level + phi * trend
      let season = 1
      let ahead = 1
      if (this.#seasonal) {
        season = params[FIRST_SEASON + ((t - m + o) % m)]!
        ahead = params[FIRST_SEASON + ((t - m + (t % m) + o) % m)]!
      }
      const before = level
      level = alpha * (current / season) + (1 - alpha) * damped
      const trendBefore = trend
      trend = beta * (level - before) + (1 - beta) * phi * trendBefore
      if (this.#seasonal) params[FIRST_SEASON + ((t + o) % m)] = gamma * (current / damped) + (1 - gamma) * season
      current = (level + phiH * trend) * ahead
      forecast[t] = current
      phiH += phi ** t
      o++
      if (t < y.length) {
        const seen = y[t]!
        if (!Number.isNaN(seen)) {
          if (Number.isNaN(current)) squaredError = Number.POSITIVE_INFINITY
          else squaredError += (current - seen) ** 2
        }
      }
    }
    return { forecast, squaredError }
  }
}

/** The grid of starts, alpha outermost; a later start wins only when its error is smaller. */
function fit(model: Model, m: number, y: Float64Array): Float64Array {
  const seasons = m >= 2 ? m : 0
  const start = new Float64Array(FIRST_SEASON + seasons)
  if (seasons > 0) {
    for (let i = 0; i < m; i++) {
      start[4] = start[4]! + y[i]! / m
      if (m + i < y.length) start[5] = start[5]! + (y[m + i]! - y[i]!) / (m * m)
    }
    for (let i = 0; i < m; i++) start[FIRST_SEASON + i] = y[i]! / start[4]!
  } else {
    start[4] = 0.5 * y[0]!
    start[5] = 0.5 * (y[1]! - y[0]!)
  }
  let best = Number.POSITIVE_INFINITY
  let found: Float64Array = start
  const grid = [0.3, 0.3 + GRID_STEP]
  for (const alpha of grid)
    for (const beta of grid)
      for (const gamma of grid)
        for (const phi of grid) {
          const from = start.slice()
          from.set([alpha, beta, gamma, phi])
          const minimum = nelderMead((x) => model.run(x, 0).squaredError, from, 1e-4, 1)
          if (minimum.value < best) {
            best = minimum.value
            found = minimum.at
          }
        }
  return found
}

/** Rounds to a multiple of the interval; exactly half goes down. */
function bucketOf(t: Time, interval: Int): Time {
  const down = truncateTime(t, interval)
  const up = roundTime(t, interval)
  return subTime(t, down) === subTime(addTime(down, interval), t) ? down : up
}

export interface HoltWintersParams {
  readonly h: number
  readonly m: number
  readonly interval: Int
  readonly withFit: boolean
}

export function holtWinters(o: HoltWintersParams): Aggregate<Gathered> {
  return {
    accepts: 'number',
    out: () => 'float',
    start: () => ({ values: [], times: [] }),
    add(a, v, p: Point) {
      a.values.push(v)
      a.times.push({ sec: p.sec, ns: p.ns })
    },
    results(a): Result[] {
      const n = a.values.length
      if (n < 2 || o.h <= 0 || (o.m >= 2 && n < o.m)) return []
      const order = a.values.map((_, i) => i).sort((i, j) => compareTime(a.times[i]!, a.times[j]!) || i - j)
      const begin = bucketOf(a.times[order[0]!]!, o.interval)
      const end = bucketOf(a.times[order[n - 1]!]!, o.interval)
      const size = Number(subTime(end, begin)) / Number(o.interval) + 1
      if (size < 2 || size > MAX_BUCKETS) return []
      const y = new Float64Array(size).fill(Number.NaN)
      for (const i of order) {
        const at = Number(subTime(bucketOf(a.times[i]!, o.interval), begin)) / Number(o.interval)
        if (Number.isNaN(y[at]!)) y[at] = intToFloat(a.values[i] as Int)
      }
      const model = new Model(y, o.m)
      const params = fit(model, o.m, y)
      const { forecast } = model.run(params.slice(), o.h)
      const from = o.withFit ? 0 : size
      // Steps count from the first point, or from the last one when only what lies ahead is wanted; neither is rounded.
      const origin = o.withFit ? a.times[order[0]!]! : a.times[order[n - 1]!]!
      const results: Result[] = []
      for (let i = from; i < forecast.length; i++) {
        const value = forecast[i]!
        const steps = o.withFit ? i : i - size + 1
        if (!Number.isNaN(value)) results.push({ value, time: addTime(origin, mulInt(o.interval, steps)) })
      }
      return results
    },
  }
}
