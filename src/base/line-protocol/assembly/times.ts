// Timestamps of the common form: digits up to the line's end.
import { digitsOf } from './bytes'
import { NEWLINE } from '../characters'
import { integer } from './numbers'

/** From here on the strict reader looks whether the time is within range. */
const MAX_SECONDS: i64 = 9223372036

/** How many of the last digits are parts of a second, and what the others count. */
let low: i32 = 9
let nsUnit: i32 = 1
let secUnit: i64 = 1

/** The time that was read last. */
export let sec: i64 = 0
export let ns: i32 = 0

/** Reads the digits at `p`; the address of the newline behind them, 0 when they are not of the common form. */
@inline
export function readTime(p: usize): usize {
  const digits = digitsOf(v128.load(p)) | (digitsOf(v128.load(p, 16)) << 16)
  const n = ctz(~digits) as i32
  if (digits == 0xffffffff || n == 0 || n > 10 + low || load<u8>(p + n) != NEWLINE) return 0
  const high = n - low
  sec = high > 0 ? (integer(p, high) as i64) * secUnit : 0
  ns = low > 0 ? (integer(high > 0 ? p + high : p, min(n, low)) as i32) * nsUnit : 0
  return sec < MAX_SECONDS ? p + n : 0
}

export function useUnits(low_: i32, nsUnit_: i32, secUnit_: i32): void {
  low = low_
  nsUnit = nsUnit_
  secUnit = secUnit_ as i64
}
