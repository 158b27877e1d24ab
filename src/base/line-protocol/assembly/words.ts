// Values that are no numbers of the common form: booleans; texts and rare numbers, whose place is written down.
import { isEnd, marksOf } from './bytes'
import { BACKSLASH, MINUS, QUOTE, SMALL_I, ZERO } from '../characters'
import { BOOL, ESCAPED_TEXT, FLOAT, INT, RAW, STRING, TEXT, WIDE_TEXT } from '../line-memory'

/** The kind of the value that was read last. */
export let wordKind: i32 = 0

@inline
function storeText(slot: usize, tag: i32, from: usize, to: usize): void {
  store<u64>(slot, ((tag as u64) << 48) | ((from as u64) << 24) | (to as u64))
}

/** Reads the value at `p`, with lines up to `end`; the address behind it, 0 when the strict reader has to look. */
export function readWord(p: usize, slot: usize, end: usize): usize {
  const c = load<u8>(p) as i32
  if (c == QUOTE) {
    wordKind = STRING
    return readText(p + 1, slot, end)
  }
  if ((c ^ ZERO) < 10 || c == MINUS) {
    let q = p
    while (!isEnd(load<u8>(q))) q++
    wordKind = load<u8>(q - 1) == SMALL_I ? INT : FLOAT
    storeText(slot, RAW, p, q)
    return q
  }
  wordKind = BOOL
  store<f64>(slot, (c | 32) == 116 ? 1 : 0)
  return skipBool(p)
}

/** The address behind such a value that nobody wants to know; 0 when the strict reader has to look. */
export function skipWord(p: usize, end: usize): usize {
  return load<u8>(p) == QUOTE ? readText(p + 1, 0, end) : skipBool(p)
}

/** t, T, f, F; true, True, TRUE, false, False, FALSE. */
function skipBool(p: usize): usize {
  const c = load<u8>(p) as i32
  const letter = c | 32
  if (letter != 116 && letter != 102) return 0
  if (isEnd(load<u8>(p, 1))) return p + 1
  const word = load<u32>(p)
  if (letter == 116) return word == 0x65757274 || word == 0x65757254 || word == 0x45555254 ? p + 4 : 0
  const last = load<u8>(p, 4) as i32
  if (last == 101) return word == 0x736c6166 || word == 0x736c6146 ? p + 5 : 0
  return last == 69 && word == 0x534c4146 ? p + 5 : 0
}

/** Reads the text at `from` up to its closing quote into the slot, if there is one; the address behind the quote, or 0. */
function readText(from: usize, slot: usize, end: usize): usize {
  let p = from
  let wide = 0
  let tag: i32 = TEXT
  for (;;) {
    const v = v128.load(p)
    const marks = marksOf(v, QUOTE) | marksOf(v, BACKSLASH)
    if (marks == 0) {
      wide |= i8x16.bitmask(v)
      p += 16
      continue
    }
    wide |= i8x16.bitmask(v) & (marks - 1) & ~marks
    p += ctz(marks)
    if (load<u8>(p) == QUOTE) break
    tag = ESCAPED_TEXT
    p += 2
  }
  if (p >= end) return 0
  if (slot) storeText(slot, tag == TEXT && wide != 0 ? WIDE_TEXT : tag, from, p)
  return p + 1
}
