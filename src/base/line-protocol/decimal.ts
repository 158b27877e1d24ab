// Decimal digits to the nearest float64 without making a string: exact, or it says that it can't tell.
// Knows nothing of lines.

/** Powers of ten that a float64 holds exactly. */
const POWERS = Float64Array.from({ length: 23 }, (_, k) => 10 ** k)
/** Their reciprocals, and what these are off by: together exact to 106 bits. */
const RECIPROCALS = POWERS.map((p) => 1 / p)
const MISSING = POWERS.map((p, k) => (1 - RECIPROCALS[k]! * p - productError(RECIPROCALS[k]!, p)) / p)
/** The upper 26 bits of each reciprocal and the rest, for exact products. */
const HIGH = RECIPROCALS.map(upperHalf)
const LOW = RECIPROCALS.map((r, k) => r - HIGH[k]!)

/** More than the largest error of the correction below, as a part of it where it decides how the value is rounded. */
const DOUBT = 2 ** -47

/** The upper 26 bits of a float64 (Dekker, A floating-point technique for extending the available precision, 1971). */
function upperHalf(x: number): number {
  const c = 134217729 * x
  return c - (c - x)
}

/** What x · y is more than its rounded product (Dekker). */
function productError(x: number, y: number): number {
  const xh = upperHalf(x)
  const yh = upperHalf(y)
  return xh * yh - x * y + xh * (y - yh) + (x - xh) * yh + (x - xh) * (y - yh)
}

/** Heads up to MAX_HEAD[k] are exact, also times 10^k: of that, the factor 2^k costs no digits. */
export const MAX_HEAD = Float64Array.from({ length: 13 }, (_, k) => Math.floor((2 ** 53 - 1) / 5 ** k))

/**
 * The float64 nearest to (head · 10^tailDigits + tail) / 10^scale, as a correct parser of decimal text gives it; −1 when
 * the last bit is in doubt. head ≤ MAX_HEAD[tailDigits], tail < 10^tailDigits, tailDigits ≤ 12, scale ≤ 22.
 */
export function decimalToFloat(head: number, tail: number, tailDigits: number, scale: number): number {
  // The product is exact, and so is the sum as a pair.
  const shifted = head * POWERS[tailDigits]!
  const sum = shifted + tail
  const rest = tail - (sum - shifted)
  // Both exact: one division rounds correctly.
  if (rest === 0 || scale === 0) return sum / POWERS[scale]!
  // The product with the reciprocal, and what it lacks: its own rounding, the reciprocal's, the sum's.
  const reciprocal = RECIPROCALS[scale]!
  const product = sum * reciprocal
  const c = 134217729 * sum
  const high = c - (c - sum)
  const low = sum - high
  const h = HIGH[scale]!
  const l = LOW[scale]!
  const lost = high * h - product + high * l + low * h + low * l
  const correction = lost + (sum * MISSING[scale]! + rest * reciprocal)
  // The true value lies within the doubt of the correction: certain when both ends round alike.
  const value = product + correction * (1 + DOUBT)
  return value === product + correction * (1 - DOUBT) ? value : -1
}
