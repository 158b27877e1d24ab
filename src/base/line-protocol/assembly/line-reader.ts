// Reads lines of the common form: series by their key's bytes, layouts by their names' bytes, numbers in place. What it
// does not know it asks for; it stops at the first line that needs the strict reader.
import { lengthOf, markEnds, sameBytes } from './bytes'
import { COMMA, MINUS, NEWLINE, SPACE, ZERO } from '../characters'
import {
  F_KIND,
  F_KINDS,
  F_LENGTH,
  F_NEXT,
  F_PARENT,
  F_SKIPPED,
  guessAt,
  isField,
  isKey,
  keepSeries,
  keyLength,
  S_FIRST,
  S_KEY,
  S_LENGTH,
  S_NEXT,
  seriesAt,
  setNext,
  useScope,
} from './learnt'
import {
  AT,
  END,
  F_INDEX,
  FIELD,
  FLOAT,
  FULL,
  INT,
  KIND,
  LENGTH,
  LINES,
  MAX_FIELDS,
  MAX_RECORDS,
  NEW_FIELD,
  NEW_FIELDS,
  NEW_KIND,
  NEW_SERIES,
  RECORD_COUNT,
  RECORD_SIZE,
  RECORDS,
  S_INDEX,
  SERIES,
  STRICT,
  VALUES,
  VALUES_END,
  WHAT,
} from '../line-memory'
import { AN_INT, isNumber, NO_NUMBER, readNumber } from './numbers'
import { ns, readTime, sec, useUnits } from './times'
import { readWord, skipWord, wordKind } from './words'

export { addField, addKind, addStart, clear, forgetFields, setFirst, setNext } from './learnt'

/** Is to teach what read() has come to; 0 when the strict reader has to look. */
@external("env", "learn")
declare function learn(reason: i32): i32

/** Room for the values of one line. */
const LINE_VALUES: usize = (MAX_FIELDS + 1) * 8

/** What stands for the line before the first one of the scope. */
let start: usize = 0
/** The time of lines without one. */
let arrivedSec: i64 = 0
let arrivedNs: i32 = 0
let end: usize = 0
/** The series of the line before. */
let before: usize = 0
/** How many records stand there, and where the next values go. */
let records: i32 = 0
let values: usize = VALUES
/** Where what is to be taught stands. */
let what: usize = 0

/** What the lines that come belong to, how many digits are parts of a second, and the time of lines without one. */
export function open(scope: i32, start_: usize, low: i32, nsUnit: i32, secUnit: i32, sec: f64, ns: i32): void {
  useScope(scope)
  useUnits(low, nsUnit, secUnit)
  start = start_
  arrivedSec = sec as i64
  arrivedNs = ns
}

/** So many bytes of lines stand there. */
export function begin(bytes: i32): void {
  end = LINES + bytes
  before = start
  markEnds(end)
}

/** Forgets what was read. */
export function empty(): void {
  records = 0
  values = VALUES
}

/** Takes in the series that is asked for: its lines begin with a field behind `root`. It is the next one to be read. */
export function addSeries(root: usize, index: i32): void {
  store<u32>(before, keepSeries(what, root, index) as u32, S_NEXT)
}

/** Asks to be taught what stands at `p`, of that series or field; false when it can't be. It is the next guess then. */
function taught(reason: i32, p: usize, known: usize, kind: i32): bool {
  what = p
  store<u32>(WHAT, p as u32)
  store<i32>(LENGTH, keyLength)
  store<u32>(reason == NEW_FIELDS ? SERIES : FIELD, known as u32)
  store<i32>(KIND, kind)
  return learn(reason) != 0
}

/** Says what it has come to. */
function stop(reason: i32, line: usize): i32 {
  store<u32>(AT, line as u32)
  store<i32>(RECORD_COUNT, records)
  return reason
}

/** Reads the lines from `line` on; says why no further. */
export function read(line: usize): i32 {
  while (line < end) {
    if (load<u8>(line) == NEWLINE) {
      line++
      continue
    }
    if (records == MAX_RECORDS || values + LINE_VALUES > usize(VALUES_END)) return stop(FULL, line)
    let p = line
    let known = load<u32>(before, S_NEXT) as usize
    if (known == 0 || !sameBytes(known + S_KEY, p, load<i32>(known, S_LENGTH))) {
      known = seriesAt(p)
      if (known == 0) {
        if (!isKey || !taught(NEW_SERIES, p, 0, 0)) return stop(STRICT, line)
        known = load<u32>(before, S_NEXT) as usize
      }
      store<u32>(before, known as u32, S_NEXT)
    }
    p += load<i32>(known, S_LENGTH)
    let node = load<u32>(known, S_FIRST) as usize
    if (node == 0) {
      if (!taught(NEW_FIELDS, p, known, 0)) return stop(STRICT, line)
      node = load<u32>(known, S_FIRST)
    }
    let parent = load<u32>(node, F_PARENT) as usize
    if (parent == 0) {
      parent = node
      node = load<u32>(node, F_NEXT)
    }
    let slot = values
    let first = true
    let mixed = 0
    let c: i32
    for (;;) {
      if (node == 0 || !isField(p, node)) {
        node = guessAt(parent, p)
        if (node == 0) {
          if (!taught(NEW_FIELD, p, parent, 0)) return stop(STRICT, line)
          node = load<u32>(parent, F_NEXT)
        }
      }
      p += load<i32>(node, F_LENGTH)
      c = load<u8>(p)
      const number = (c ^ ZERO) < 10 || c == MINUS
      if (load<i32>(node, F_SKIPPED)) {
        if (number) {
          const n = lengthOf(p)
          if (!isNumber(p, n)) return stop(STRICT, line)
          p += n
        } else {
          p = skipWord(p, end)
          if (p == 0) return stop(STRICT, line)
        }
      } else {
        let next: usize = 0
        let valueKind = FLOAT
        if (number) {
          const n = lengthOf(p)
          const found = readNumber(p, n, slot)
          if (found != NO_NUMBER) {
            next = p + n
            if (found == AN_INT) valueKind = INT
          }
        }
        if (next == 0) {
          next = readWord(p, slot, end)
          if (next == 0) return stop(STRICT, line)
          valueKind = wordKind
          mixed = 1
        }
        if (load<i32>(node, F_KIND) != valueKind) {
          const other = load<u32>(node + (valueKind << 2), F_KINDS) as usize
          if (other != 0) {
            node = other
            setNext(parent, node)
          } else {
            if (!taught(NEW_KIND, p, node, valueKind)) return stop(STRICT, line)
            node = load<u32>(parent, F_NEXT)
          }
        }
        p = next
        slot += 8
      }
      if (first) {
        first = false
        store<u32>(known, node as u32, S_FIRST)
      }
      c = load<u8>(p)
      if (c != COMMA) break
      p++
      parent = node
      node = load<u32>(node, F_NEXT)
    }
    const record = usize(RECORDS + records * RECORD_SIZE)
    if (c == NEWLINE) {
      store<i64>(record, arrivedSec)
      store<i32>(record, arrivedNs, 8)
    } else {
      if (c != SPACE) return stop(STRICT, line)
      p = readTime(p + 1)
      if (p == 0) return stop(STRICT, line)
      store<i64>(record, sec)
      store<i32>(record, ns, 8)
    }
    store<i32>(record, load<i32>(known, S_INDEX), 12)
    store<i32>(record, load<i32>(node, F_INDEX), 16)
    store<u32>(record, values as u32, 20)
    store<u32>(record, line as u32, 24)
    store<i32>(record, mixed, 28)
    values = slot
    records++
    before = known
    line = p + 1
  }
  return stop(END, line)
}
