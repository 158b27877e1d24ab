// Minimises a function of several variables by the Nelder-Mead simplex method (reflection 1, expansion 2,
// contraction 0.5), in the variant by M. Hutt: after a shrink only the worst and second worst are evaluated again.

const MAX_ROUNDS = 1_000

export interface Minimum {
  readonly value: number
  readonly at: Float64Array
}

/**
 * `f` may change the vector that it is given (to clamp it, say); the change counts. Ends when the standard deviation
 * of the simplex's values falls below `epsilon`, or after 1,000 rounds. `scale` is the edge of the first simplex.
 */
export function nelderMead(
  f: (x: Float64Array) => number,
  start: Float64Array,
  epsilon: number,
  scale: number,
): Minimum {
  const n = start.length
  const p = (scale * (Math.sqrt(n + 1) - 1 + n)) / (n * Math.SQRT2)
  const q = (scale * (Math.sqrt(n + 1) - 1)) / (n * Math.SQRT2)
  const vertices: Float64Array[] = Array.from({ length: n + 1 }, (_, i) =>
    start.map((x, j) => (i === 0 ? x : x + (j === i - 1 ? p : q))),
  )
  const values = vertices.map((v) => f(v))
  const along = (from: Float64Array, to: Float64Array, k: number): Float64Array =>
    from.map((x, j) => x + k * (to[j]! - x))

  const lowest = (): number => {
    let low = 0
    for (let j = 1; j <= n; j++) if (values[j]! < values[low]!) low = j
    return low
  }

  for (let round = 0; round < MAX_ROUNDS; round++) {
    const best = lowest()
    let worst = 0
    for (let j = 1; j <= n; j++) if (values[j]! > values[worst]!) worst = j
    let second = best
    for (let j = 0; j <= n; j++) if (values[j]! > values[second]! && values[j]! < values[worst]!) second = j

    const centre = new Float64Array(n)
    for (let j = 0; j < n; j++) {
      let sum = 0
      for (let i = 0; i <= n; i++) if (i !== worst) sum += vertices[i]![j]!
      centre[j] = sum / n
    }
    const replaceWorst = (v: Float64Array, value: number): void => {
      vertices[worst] = v
      values[worst] = value
    }
    const reflected = centre.map((c, j) => c + (c - vertices[worst]![j]!))
    const fr = f(reflected)
    if (fr < values[best]!) {
      const expanded = along(centre, reflected, 2)
      const fe = f(expanded)
      if (fe < fr) replaceWorst(expanded, fe)
      else replaceWorst(reflected, fr)
    } else if (fr < values[second]!) {
      replaceWorst(reflected, fr)
    } else {
      const outside = fr < values[worst]!
      const contracted = outside
        ? along(centre, reflected, 0.5)
        : centre.map((c, j) => c - 0.5 * (c - vertices[worst]![j]!))
      const fc = f(contracted)
      if (fc < values[worst]!) replaceWorst(contracted, fc)
      else {
        const anchor = vertices[best]!
        for (let i = 0; i <= n; i++) if (i !== best) vertices[i] = anchor.map((a, j) => a + (vertices[i]![j]! - a) / 2)
        values[worst] = f(vertices[worst]!)
        values[second] = f(vertices[second]!)
      }
    }
    const average = values.reduce((a, b) => a + b, 0) / (n + 1)
    const spread = values.reduce((a, b) => a + (b - average) ** 2, 0) / n
    if (Math.sqrt(spread) < epsilon) break
  }
  const at = vertices[lowest()]!
  // The value is that of a fresh evaluation; what that does to the vector is not part of the result.
  return { value: f(at.slice()), at }
}
