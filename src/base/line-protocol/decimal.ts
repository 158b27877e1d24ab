// Decimal digits to the nearest float64 without making a string: exact, or it says that it can't tell.
// Knows nothing of lines.

/** Powers of ten that a float64 holds exactly. */
const POWERS = Float64Array.from({ length: 23 }, (_, k) => 10 ** k)
/** Each power split in two halves of at most 26 bits, for exact products. */
const HIGH = POWERS.map((p) => {
  const c = 134217729 * p
  return c - (c - p)
})
const LOW = POWERS.map((p, k) => p - HIGH[k]!)

/** Twice the largest relative error that the correction below can have. */
const DOUBT = 2 ** -50

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
  const power = POWERS[scale]!
  const quotient = sum / power
  // Both exact: one division rounds correctly.
  if (rest === 0 || scale === 0) return quotient
  // The remainder of the division, exact by splitting the quotient (Dekker); then what it adds to the quotient.
  const c = 134217729 * quotient
  const high = c - (c - quotient)
  const low = quotient - high
  const product = quotient * power
  const missing = high * HIGH[scale]! - product + high * LOW[scale]! + low * HIGH[scale]! + low * LOW[scale]!
  const correction = (sum - product - missing + rest) / power
  // The true value lies within the doubt of the correction: certain when both ends round alike.
  const value = quotient + correction * (1 + DOUBT)
  return value === quotient + correction * (1 - DOUBT) ? value : -1
}
