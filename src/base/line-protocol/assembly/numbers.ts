// Decimal digits to numbers, correctly rounded, eight digits at a time.
import { digitsOf, dotsOf } from './bytes'
import { DOT, MINUS, PLUS, SMALL_E, SMALL_I } from '../characters'
import {
  FLOAT_TENS,
  INT_TENS,
  PLACES,
  RECIPROCALS,
  TIMES_100,
  TIMES_10,
  TIMES_10000,
  ZEROS,
} from '../line-memory'

const ASCII_ZEROS: u64 = 0x3030303030303030
const SAFE_INT: u64 = 9007199254740991
/** So many digits are below 2^63. */
const MAX_DIGITS: i32 = 18
/** Ten to that power is a float64. */
const MAX_SCALE: i32 = 22
/** A number that nobody wants to know is finite with so many digits and an exponent of two. */
const SAFE_DIGITS: i32 = 100

/** What eight digits are, the first in the lowest byte. */
@inline
function eight(digits: u64): u64 {
  const pairs = digits * 10 + (digits >> 8)
  const mask: u64 = 0x000000ff000000ff
  return ((pairs & mask) * 0x000f424000000064 + ((pairs >> 16) & mask) * 0x0000271000000001) >> 32
}

/** What the `n` digits at `p` are: 1…8. */
@inline
function few(p: usize, n: i32): u64 {
  return eight((load<u64>(p) ^ ASCII_ZEROS) << ((8 - n) << 3))
}

/** What the `n` digits at `p` are: 1…24, as long as it is less than 2^64. */
export function integer(p: usize, n: i32): u64 {
  if (n <= 8) return few(p, n)
  const low = eight(load<u64>(p + n - 8) ^ ASCII_ZEROS)
  if (n <= 16) return few(p, n - 8) * 100000000 + low
  return few(p, n - 16) * 10000000000000000 + eight(load<u64>(p + n - 16) ^ ASCII_ZEROS) * 100000000 + low
}

/** The upper half of a product; the lower one is a * b. */
function upperProduct(a: u64, b: u64): u64 {
  const al = a & 0xffffffff
  const ah = a >> 32
  const bl = b & 0xffffffff
  const bh = b >> 32
  const middle = ah * bl + ((al * bl) >> 32)
  return ah * bh + (middle >> 32) + ((al * bh + (middle & 0xffffffff)) >> 32)
}

/**
 * The float64 nearest to digits / 10^scale: digits below 2^63, scale 0…22. Where both are exact one division rounds
 * correctly; else as in D. Lemire, Number parsing at a gigabyte per second (2021), section 5 and following.
 */
@inline
function scaled(digits: u64, scale: i32): f64 {
  if (digits <= SAFE_INT) return f64(digits as i64) / load<f64>(FLOAT_TENS + (scale << 3))
  return rounded(digits, scale)
}

function rounded(digits: u64, scale: i32): f64 {
  const zeros = clz(digits)
  const w = digits << zeros
  const entry = RECIPROCALS + (scale << 4)
  const upper = load<u64>(entry)
  let low = w * upper
  let high = upperProduct(w, upper)
  if ((high & 0x1ff) == 0x1ff) {
    const more = upperProduct(w, load<u64>(entry, 8))
    low += more
    if (low < more) high++
  }
  const top = high >> 63
  const shift = top + 9
  let mantissa = high >> shift
  // Exactly between two: the even one.
  if (low <= 1 && scale <= 4 && (mantissa & 3) == 1 && mantissa << shift == high) mantissa &= ~1
  mantissa = (mantissa + (mantissa & 1)) >> 1
  // floor(log2(10^-scale)), for so small a scale.
  let exponent = (((-217706 * scale) >> 16) as i64) + 63 + (top as i64) - (zeros as i64) + 1023
  if (mantissa >> 53) {
    mantissa >>= 1
    exponent++
  }
  return reinterpret<f64>((mantissa & 0xfffffffffffff) | ((exponent as u64) << 52))
}

/** What the `n` digits of the vector are: 1…16. */
@inline
function sixteen(v: v128, n: i32): u64 {
  // Behind zeros, so that the last one is in the last byte.
  const shift = i8x16.add(v128.load(PLACES), i8x16.splat((n - 16) as i8))
  const digits = i8x16.swizzle(i8x16.sub(v, v128.load(ZEROS)), shift)
  const high = v128.and(digits, i16x8.splat(0xff))
  const pairs = i16x8.add(i16x8.mul(high, v128.load(TIMES_10)), i16x8.shr_u(digits, 8))
  const fours = i32x4.dot_i16x8_s(pairs, v128.load(TIMES_100))
  const eights = i32x4.dot_i16x8_s(i16x8.narrow_i32x4_u(fours, fours), v128.load(TIMES_10000))
  const both = i64x2.extract_lane(eights, 0) as u64
  return (both & 0xffffffff) * 100000000 + (both >> 32)
}

/** Bits for those of the 32 bytes at `p` that are digits. */
@inline
function digitMarks(p: usize): u32 {
  return digitsOf(v128.load(p)) | (digitsOf(v128.load(p, 16)) << 16)
}

/** Bits for those of the 32 bytes at `p` that are decimal points. */
@inline
function dotMarks(p: usize): u32 {
  return dotsOf(v128.load(p)) | (dotsOf(v128.load(p, 16)) << 16)
}

/** What readNumber() has found: no number of the common form, a float, an int. */
export const NO_NUMBER: i32 = 0
export const A_FLOAT: i32 = 1
export const AN_INT: i32 = 2

/** Reads the `n` bytes at `p` into `slot`. */
@inline
export function readNumber(p: usize, n: i32, slot: usize): i32 {
  const negative = load<u8>(p) == MINUS
  p += negative ? 1 : 0
  n -= negative ? 1 : 0
  if (n > 31) return NO_NUMBER
  const inside = ((1 << n) - 1) as u32
  const digits = digitMarks(p)
  const dots = dotMarks(p)
  const dot = dots & inside
  const others = inside & ~(digits | dots)
  if (!(digits & 1) || (dot & (dot - 1)) != 0) return NO_NUMBER
  if (others != 0) return dot == 0 && others == 1 << (n - 1) ? readInt(p, n - 1, slot, negative) : NO_NUMBER
  // Without a point as if it stood at the end.
  const head = min(ctz(dot) as i32, n)
  const count = dot == 0 ? n : n - 1
  if (count > 16) return readLong(p, n, slot, negative, head)
  const v = v128.bitselect(v128.load(p), v128.load(p, 1), i8x16.lt_s(v128.load(PLACES), i8x16.splat(head as i8)))
  const value = scaled(sixteen(v, count), count - head)
  store<f64>(slot, negative ? -value : value)
  return A_FLOAT
}

/** `n` digits and what should be an `i`. */
function readInt(p: usize, n: i32, slot: usize, negative: bool): i32 {
  if (n > MAX_DIGITS || load<u8>(p + n) != SMALL_I) return NO_NUMBER
  const number = integer(p, n)
  if (number > SAFE_INT) return NO_NUMBER
  store<f64>(slot, f64(negative ? -(number as i64) : (number as i64)))
  return AN_INT
}

/** A float of more than 16 digits, `head` of them before the point. */
function readLong(p: usize, n: i32, slot: usize, negative: bool, head: i32): i32 {
  const scale = head == n ? 0 : n - head - 1
  if (scale > MAX_SCALE || head > 24) return NO_NUMBER
  const digits = head + scale
  const whole = integer(p, head)
  const tail = scale == 0 ? 0 : integer(p + head + 1, scale)
  // More digits are fine when the first ones are zeros.
  if (digits > MAX_DIGITS) {
    if (head > MAX_DIGITS || whole != 0 || (scale > 16 && few(p + head + 1, scale - 16) > 99)) return NO_NUMBER
  }
  const value = scaled(whole == 0 ? tail : whole * load<u64>(INT_TENS + (scale << 3)) + tail, scale)
  store<f64>(slot, negative ? -value : value)
  return A_FLOAT
}

/** The address behind the digits at `p`. */
function skipDigits(p: usize): usize {
  let others = ~digitsOf(v128.load(p)) & 0xffff
  while (others == 0) {
    p += 16
    others = ~digitsOf(v128.load(p)) & 0xffff
  }
  return p + ctz(others)
}

/** Whether the `n` bytes at `p` are a number that is within range. Takes only what the strict reader takes. */
@inline
export function isNumber(p: usize, n: i32): bool {
  const end = p + n
  if (load<u8>(p) == MINUS) {
    p++
    n--
  }
  if (n > 31) return isRareNumber(p, end)
  const inside = ((1 << n) - 1) as u32
  const digits = digitMarks(p)
  const dots = dotMarks(p)
  const dot = dots & inside
  return (digits & 1) != 0 && ((dot & (dot - 1)) | (inside & ~(digits | dots))) == 0 ? true : isRareNumber(p, end)
}

function isRareNumber(from: usize, end: usize): bool {
  let p = skipDigits(from)
  if (p == from) return false
  let c = load<u8>(p) as i32
  if (c == SMALL_I) return p - from <= (MAX_DIGITS as usize) && p + 1 == end
  if (c == DOT) p = skipDigits(p + 1)
  if (p - from > (SAFE_DIGITS as usize)) return false
  if ((load<u8>(p) | 32) == SMALL_E) {
    c = load<u8>(++p)
    if (c == MINUS || c == PLUS) p++
    const digits = p
    p = skipDigits(p)
    if (p == digits || p - digits > 2) return false
  }
  return p == end
}
