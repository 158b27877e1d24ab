// Mathematics that JavaScript lacks: gamma, the error function, Bessel functions of integer order, exponents.
// Written from the textbook series and recurrences; accurate to about 1e-14 of the value (Bessel: of 1).

const EULER = 0.5772156649015329
/** Beyond it the Bessel functions come from their expansion for large arguments. */
const LARGE = 25

// ---- gamma ----

/** Lanczos coefficients for g = 7. */
const LANCZOS: readonly number[] = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
]

const factorials: number[] = []

/** n! for 0…170, correctly rounded. */
function factorial(n: number): number {
  let exact = 1n
  for (let i = factorials.length === 0 ? 0 : 171; i <= 170; i++) {
    if (i > 0) exact *= BigInt(i)
    factorials.push(Number(exact))
  }
  return factorials[n]!
}

export function gamma(x: number): number {
  if (Number.isNaN(x) || x === Number.NEGATIVE_INFINITY) return Number.NaN
  if (x === 0) return 1 / x
  if (Number.isInteger(x)) return x < 0 ? Number.NaN : x <= 171 ? factorial(x - 1) : Number.POSITIVE_INFINITY
  if (x < 0.5) return Math.PI / (Math.sin(Math.PI * (x % 2)) * gamma(1 - x))
  if (x > 172) return Number.POSITIVE_INFINITY
  const z = x - 1
  let sum = LANCZOS[0]!
  for (let i = 1; i < LANCZOS.length; i++) sum += LANCZOS[i]! / (z + i)
  const t = z + 7.5
  const half = t ** ((z + 0.5) / 2)
  return Math.sqrt(2 * Math.PI) * half * Math.exp(-t) * half * sum
}

// ---- error function ----

/** Σ 2ⁿ x²ⁿ⁺¹ / (1·3·5…(2n+1)): all terms have one sign, so nothing cancels. */
function erfSeries(x: number): number {
  let term = x
  let sum = x
  for (let n = 1; Math.abs(term) > Math.abs(sum) * 1e-17; n++) {
    term *= (2 * x * x) / (2 * n + 1)
    sum += term
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum
}

/** The continued fraction of erfc for x ≥ 2, from the inside out. */
function erfcFraction(x: number): number {
  let f = 0
  for (let k = 120; k >= 1; k--) f = k / 2 / (x + f)
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + f)
}

export function erf(x: number): number {
  if (Number.isNaN(x)) return x
  if (x < 0) return -erf(-x)
  return x < 2 ? (x === 0 ? x : erfSeries(x)) : x > 6 ? 1 : 1 - erfcFraction(x)
}

export function erfc(x: number): number {
  if (Number.isNaN(x)) return x
  if (x < 0) return 2 - erfc(-x)
  return x < 2 ? 1 - erf(x) : x > 28 ? 0 : erfcFraction(x)
}

// ---- Bessel functions ----

/** J₀…J_top of 0 < x, by running the recurrence downwards, where it is stable, and norming by J₀ + 2ΣJ₂ₖ = 1. */
function besselRow(x: number, top: number): number[] {
  const peak = Math.max(top, x)
  const begin = 2 * Math.ceil((peak + 40 + 3 * Math.sqrt(peak)) / 2)
  const row = new Array<number>(top + 1).fill(0)
  let above = 0
  let here = 1e-300
  let norm = 0
  for (let k = begin; k >= 0; k--) {
    if (k <= top) row[k] = here
    if (k % 2 === 0) norm += k === 0 ? here : 2 * here
    const below = ((2 * k) / x) * here - above
    above = here
    here = below
    if (Math.abs(here) > 1e200) {
      here *= 1e-200
      above *= 1e-200
      norm *= 1e-200
      for (let i = k; i <= top; i++) row[i]! *= 1e-200
    }
  }
  return row.map((j) => j / norm)
}

/** Both kinds of order 0 or 1 for large x: amplitude and phase of the asymptotic expansion. */
function besselLarge(order: 0 | 1, x: number): { j: number; y: number } {
  const mu = 4 * order * order
  let p = 1
  let q = 0
  let term = 1
  for (let k = 1; k < 60; k++) {
    const next = (term * (mu - (2 * k - 1) ** 2)) / (8 * k * x)
    if (next === 0 || Math.abs(next) > Math.abs(term)) break
    term = next
    const sign = k % 4 < 2 ? 1 : -1
    if (k % 2 === 1) q += sign * term
    else p += sign * term
    if (Math.abs(term) < 1e-18) break
  }
  // cos and sin of x − π/4 (order 0) and x − 3π/4 (order 1), without losing the digits of a large x.
  const s = Math.sin(x)
  const c = Math.cos(x)
  const cos = (order === 0 ? c + s : s - c) / Math.SQRT2
  const sin = (order === 0 ? s - c : -s - c) / Math.SQRT2
  const size = Math.sqrt(2 / (Math.PI * x))
  return { j: size * (p * cos - q * sin), y: size * (p * sin + q * cos) }
}

export function j0(x: number): number {
  const a = Math.abs(x)
  if (Number.isNaN(a)) return a
  if (a === Number.POSITIVE_INFINITY) return 0
  if (a < 1e-8) return 1
  return a < LARGE ? besselRow(a, 0)[0]! : besselLarge(0, a).j
}

export function j1(x: number): number {
  const a = Math.abs(x)
  if (Number.isNaN(a)) return a
  if (a === Number.POSITIVE_INFINITY) return 0
  if (a < 1e-8) return x / 2
  const j = a < LARGE ? besselRow(a, 1)[1]! : besselLarge(1, a).j
  return x < 0 ? -j : j
}

/** |n| ≤ 10,000,000. */
export function jn(n: number, x: number): number {
  if (Number.isNaN(x)) return x
  if (n < 0) return n % 2 === 0 ? jn(-n, x) : -jn(-n, x)
  if (x < 0) return n % 2 === 0 ? jn(n, -x) : -jn(n, -x)
  if (n === 0) return j0(x)
  if (n === 1) return j1(x)
  if (x === 0 || x === Number.POSITIVE_INFINITY) return 0
  if (n <= x) {
    let before = j0(x)
    let here = j1(x)
    for (let k = 1; k < n; k++) [before, here] = [here, ((2 * k) / x) * here - before]
    return here
  }
  // (x/2)ⁿ/n! bounds it: far beyond the smallest float there is nothing to compute.
  if (n * (Math.log(x / 2) - Math.log(n) + 1) < -760) return 0
  return besselRow(x, n)[n]!
}

/** Y₀ for 0 < x < LARGE, as Neumann's series over the J, and Y₁ as its derivative with the sign turned. */
function besselSecond(x: number): { y0: number; y1: number } {
  if (x < 1e-8) {
    return { y0: (2 / Math.PI) * (Math.log(x / 2) + EULER), y1: -2 / (Math.PI * x) }
  }
  const row = besselRow(x, 2 * Math.ceil((x + 40) / 2) + 1)
  const log = Math.log(x / 2) + EULER
  let even = 0
  let odd = 0
  for (let k = 1; 2 * k + 1 < row.length; k++) {
    const sign = k % 2 === 0 ? 1 : -1
    even += (sign * row[2 * k]!) / k
    odd += (sign * (row[2 * k - 1]! - row[2 * k + 1]!)) / k
  }
  return {
    y0: (2 / Math.PI) * (log * row[0]! - 2 * even),
    y1: (2 / Math.PI) * (-row[0]! / x + log * row[1]! + odd),
  }
}

export function y0(x: number): number {
  if (Number.isNaN(x) || x < 0) return Number.NaN
  if (x === 0) return Number.NEGATIVE_INFINITY
  if (x === Number.POSITIVE_INFINITY) return 0
  return x < LARGE ? besselSecond(x).y0 : besselLarge(0, x).y
}

export function y1(x: number): number {
  if (Number.isNaN(x) || x < 0) return Number.NaN
  if (x === 0) return Number.NEGATIVE_INFINITY
  if (x === Number.POSITIVE_INFINITY) return 0
  return x < LARGE ? besselSecond(x).y1 : besselLarge(1, x).y
}

/** |n| ≤ 10,000,000. */
export function yn(n: number, x: number): number {
  if (Number.isNaN(x) || x < 0) return Number.NaN
  if (n < 0) return n % 2 === 0 ? yn(-n, x) : -yn(-n, x)
  if (n === 0) return y0(x)
  if (n === 1) return y1(x)
  if (x === 0) return Number.NEGATIVE_INFINITY
  if (x === Number.POSITIVE_INFINITY) return 0
  let before = y0(x)
  let here = y1(x)
  for (let k = 1; k < n && here !== Number.NEGATIVE_INFINITY; k++) {
    ;[before, here] = [here, ((2 * k) / x) * here - before]
  }
  return here
}

// ---- exponents ----

const view = new DataView(new ArrayBuffer(8))

/** The binary exponent: floor of log₂|x|. */
export function logb(x: number): number {
  if (x === 0) return Number.NEGATIVE_INFINITY
  if (!Number.isFinite(x)) return Number.isNaN(x) ? x : Number.POSITIVE_INFINITY
  view.setFloat64(0, x)
  const exponent = (view.getUint16(0) >> 4) & 0x7ff
  return exponent === 0 ? logb(x * 2 ** 54) - 54 : exponent - 1023
}

export function pow(x: number, y: number): number {
  if (x === 1 || (x === -1 && Math.abs(y) === Number.POSITIVE_INFINITY)) return 1
  return x ** y
}

export function pow10(n: number): number {
  return n < -323 ? 0 : n > 308 ? Number.POSITIVE_INFINITY : Number(`1e${n}`)
}
