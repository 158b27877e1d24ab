// Exact signed 64-bit integers as the engine keeps them: a JS number while it is safe, else a BigInt.
// Every operation returns the normalised form, so `===` is value equality. Overflow wraps as in Go.
// Knows nothing of points or scripts.

/** A signed 64-bit integer: a number within ±(2^53 − 1), else a bigint. Never −0. */
export type Int = number | bigint

export const MAX_INT64 = 9223372036854775807n
export const MIN_INT64 = -9223372036854775808n

/** The normalised form of a bigint that is already within 64 bits. */
export function normalizeInt(b: bigint): Int {
  return b >= -9007199254740991n && b <= 9007199254740991n ? Number(b) : b
}

/** Wraps any bigint to 64 bits and normalises it. */
export function wrapInt(b: bigint): Int {
  return normalizeInt(BigInt.asIntN(64, b))
}

export function addInt(a: Int, b: Int): Int {
  if (typeof a === 'number' && typeof b === 'number') {
    const s = a + b
    if (Number.isSafeInteger(s)) return s
  }
  return wrapInt(BigInt(a) + BigInt(b))
}

export function subInt(a: Int, b: Int): Int {
  if (typeof a === 'number' && typeof b === 'number') {
    const s = a - b
    if (Number.isSafeInteger(s)) return s
  }
  return wrapInt(BigInt(a) - BigInt(b))
}

export function mulInt(a: Int, b: Int): Int {
  if (typeof a === 'number' && typeof b === 'number') {
    const s = a * b
    if (Number.isSafeInteger(s)) return s + 0
  }
  return wrapInt(BigInt(a) * BigInt(b))
}

/** Quotient truncated towards zero. The caller has excluded b = 0. */
export function divInt(a: Int, b: Int): Int {
  if (typeof a === 'number' && typeof b === 'number') return Math.trunc(a / b) + 0
  return wrapInt(BigInt(a) / BigInt(b))
}

/** Remainder with the sign of the dividend. The caller has excluded b = 0. */
export function remInt(a: Int, b: Int): Int {
  if (typeof a === 'number' && typeof b === 'number') return (a % b) + 0
  return wrapInt(BigInt(a) % BigInt(b))
}

export function negInt(a: Int): Int {
  return typeof a === 'number' ? 0 - a : wrapInt(-a)
}

/** Negative, zero or positive, as a − b. Mixed representations compare by value. */
export function compareInt(a: Int, b: Int): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** The nearest float64. */
export function intToFloat(a: Int): number {
  return typeof a === 'number' ? a : Number(a)
}

/** Truncates a float towards zero as Go's int64(f) does on amd64; NaN and what lies outside 64 bits give the minimum. */
export function floatToInt(f: number): Int {
  const t = Math.trunc(f)
  if (Number.isSafeInteger(t)) return t + 0
  if (!(t >= -(2 ** 63) && t < 2 ** 63)) return MIN_INT64
  return normalizeInt(BigInt(t))
}

/** Parses an optionally signed decimal integer; undefined when the text is none or lies outside 64 bits. */
export function parseInt64(text: string): Int | undefined {
  if (!/^[+-]?[0-9]+$/.test(text)) return undefined
  if (text.length < 16) return Number(text) + 0
  if (text.length > 400) return undefined
  const b = BigInt(text.startsWith('+') ? text.slice(1) : text)
  return b < MIN_INT64 || b > MAX_INT64 ? undefined : normalizeInt(b)
}
