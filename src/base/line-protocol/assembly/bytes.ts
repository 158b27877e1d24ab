// The bytes of lines, sixteen at a time. What they are compared with is loaded: V8 would make it anew each time.
import { COMMA, NEWLINE, SPACE } from '../characters'
import { ABOVE_DIGITS, COMMAS, DOTS, LINES, MARKS, NEWLINES, SPACES, TO_LOWEST } from '../line-memory'

/** Whether a value ends before that byte. */
@inline
export function isEnd(c: i32): bool {
  return c == COMMA || c == SPACE || c == NEWLINE
}

/** A bit for each of the sixteen bytes at `p` that is `c`. */
@inline
export function marksOf(v: v128, c: i32): i32 {
  return i8x16.bitmask(i8x16.eq(v, i8x16.splat(c as i8)))
}

/** A bit for each of the sixteen bytes that is a digit: these become the lowest signed ones. */
@inline
export function digitsOf(v: v128): u32 {
  return i8x16.bitmask(i8x16.lt_s(i8x16.add(v, v128.load(TO_LOWEST)), v128.load(ABOVE_DIGITS))) as u32
}

/** A bit for each of the sixteen bytes that is a decimal point. */
@inline
export function dotsOf(v: v128): u32 {
  return i8x16.bitmask(i8x16.eq(v, v128.load(DOTS))) as u32
}

/** Whether the `length` bytes at `a` and at `b` are the same; sixteen of each can be read in any case. */
@inline
export function sameBytes(a: usize, b: usize, length: i32): bool {
  while (length > 16) {
    if (i8x16.bitmask(i8x16.eq(v128.load(a), v128.load(b))) != 0xffff) return false
    a += 16
    b += 16
    length -= 16
  }
  const others = ~i8x16.bitmask(i8x16.eq(v128.load(a), v128.load(b)))
  return (others & ((1 << length) - 1)) == 0
}

/** Marks what ends values in the lines up to `end`: so that the next one is found without looking at what is between. */
export function markEnds(end: usize): void {
  let mark: usize = MARKS
  for (let p: usize = LINES; p <= end; p += 16) {
    const v = v128.load(p)
    const commas = i8x16.eq(v, v128.load(COMMAS))
    const blanks = v128.or(i8x16.eq(v, v128.load(SPACES)), i8x16.eq(v, v128.load(NEWLINES)))
    store<u16>(mark, i8x16.bitmask(v128.or(commas, blanks)) as u16)
    mark += 2
  }
  store<u64>(mark, 0)
}

/** How many bytes the value at `p` has. */
@inline
export function lengthOf(p: usize): i32 {
  const at = p - LINES
  const marks = load<u64>(MARKS + (at >> 3)) >> ((at & 7) as u64)
  return marks != 0 ? (ctz(marks) as i32) : longLength(p)
}

function longLength(p: usize): i32 {
  let q = p
  while (!isEnd(load<u8>(q))) q++
  return (q - p) as i32
}
