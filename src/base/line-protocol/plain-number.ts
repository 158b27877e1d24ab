// Reads numbers of the common form in place: up to 20 digits or so with or without a point, no exponent.
// Whatever is not certain to be right is left to the strict reader.
import { COMMA, DOT, MINUS, NEWLINE, SPACE } from './bytes.ts'
import { decimalToFloat, MAX_HEAD } from './decimal.ts'
import { digitsOf, leading, strangers, valueOf4 } from './digits.ts'

const SMALL_I = 105
/** An int of more digits may be too large. */
const SAFE_INT_DIGITS = 18
/** A float of more digits may be too large. */
const SAFE_FLOAT_DIGITS = 300
const TENS = [1, 10, 100, 1000]

/**
 * Reads the number at `i` into out[place]. Gives the index behind it: as it is for a float, its complement (~) for an
 * int, 0 when the number is not of the common form. Words are read past the number's end: the buffer must go on.
 */
export function readPlainNumber(bytes: DataView, i: number, out: Float64Array, place: number): number {
  const negative = bytes.getUint8(i) === MINUS
  if (negative) i++
  let head = 0
  let digits = digitsOf(bytes.getInt32(i, true))
  let marks = strangers(digits)
  if (marks !== 0) {
    const k = leading(marks)
    if (k === 0) return 0
    head = valueOf4(digits << ((4 - k) * 8))
    i += k
  } else {
    do {
      head = head * 10_000 + valueOf4(digits)
      i += 4
      digits = digitsOf(bytes.getInt32(i, true))
      marks = strangers(digits)
    } while (marks === 0)
    const k = leading(marks)
    if (k > 0) {
      head = head * TENS[k]! + valueOf4(digits << ((4 - k) * 8))
      i += k
    }
    if (head > Number.MAX_SAFE_INTEGER) return 0
  }
  let c = bytes.getUint8(i)
  if (c === SMALL_I) {
    out[place] = negative ? 0 - head : head
    c = bytes.getUint8(++i)
    return c === COMMA || c === SPACE || c === NEWLINE ? ~i : 0
  }
  if (c !== DOT) {
    out[place] = negative ? -head : head
    return c === COMMA || c === SPACE || c === NEWLINE ? i : 0
  }
  const from = ++i
  let tail = 0
  let tailDigits = 0
  const first = digitsOf(bytes.getInt32(i, true))
  const second = digitsOf(bytes.getInt32(i + 4, true))
  if ((strangers(first) | strangers(second)) === 0) {
    head = head * 1e8 + (Math.imul(valueOf4(first), 10_000) + valueOf4(second))
    i += 8
    for (let rounds = 0; rounds < 3; rounds++) {
      digits = digitsOf(bytes.getInt32(i, true))
      marks = strangers(digits)
      if (marks !== 0) {
        const k = leading(marks)
        if (k > 0) {
          tail = tail * TENS[k]! + valueOf4(digits << ((4 - k) * 8))
          tailDigits += k
          i += k
        }
        break
      }
      tail = tail * 10_000 + valueOf4(digits)
      tailDigits += 4
      i += 4
    }
  } else {
    // At most seven digits.
    digits = first
    if (strangers(first) === 0) {
      head = head * 10_000 + valueOf4(first)
      i += 4
      digits = second
    }
    const k = leading(strangers(digits))
    if (k > 0) {
      head = head * TENS[k]! + valueOf4(digits << ((4 - k) * 8))
      i += k
    }
  }
  c = bytes.getUint8(i)
  if ((c !== COMMA && c !== SPACE && c !== NEWLINE) || tailDigits > 12 || head > MAX_HEAD[tailDigits]!) return 0
  const value = decimalToFloat(head, tail, tailDigits, i - from)
  if (value < 0) return 0
  out[place] = negative ? -value : value
  return i
}

/** The index behind the digits at `i`. */
function skipDigits(bytes: DataView, i: number): number {
  for (;;) {
    const marks = strangers(digitsOf(bytes.getInt32(i, true)))
    if (marks !== 0) return i + leading(marks)
    i += 4
  }
}

/**
 * The index behind the number at `i`, which nobody wants to know; 0 when it is not of the common form or may be out of
 * range. Takes only what the strict reader takes.
 */
export function skipPlainNumber(bytes: DataView, i: number): number {
  if (bytes.getUint8(i) === MINUS) i++
  const from = i
  i = skipDigits(bytes, i)
  if (i === from) return 0
  let c = bytes.getUint8(i)
  if (c === DOT) {
    i = skipDigits(bytes, i + 1)
    c = bytes.getUint8(i)
  } else if (c === SMALL_I) {
    if (i - from > SAFE_INT_DIGITS) return 0
    c = bytes.getUint8(++i)
  }
  return (c === COMMA || c === SPACE || c === NEWLINE) && i - from < SAFE_FLOAT_DIGITS ? i : 0
}
