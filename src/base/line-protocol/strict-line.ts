// Reads one line strictly: all rules, all refusals with their texts, no caches. The parser's fast path hands over
// every line that is not of the common form, so this file is the truth about what a line means.
import { normalizeInt, parseInt64 } from '../int64.ts'
import { type Time, timeFromUnixNano } from '../time.ts'
import type { Kind, Value } from '../value.ts'
import { skipBlanks, textOf } from './bytes.ts'
import { BACKSLASH, COMMA, DOT, EQUALS, HASH, MINUS, NEWLINE, NINE, QUOTE, SPACE, ZERO } from './characters.ts'
import { unescapeName, unescapeString } from './escapes.ts'
import { readSeriesKey, type SeriesKey } from './strict-key.ts'

/** A series key and one of its field keys together, with the four bytes that part them in storage. */
export const MAX_KEY_BYTES = 65_535
const KEY_SEPARATOR_BYTES = 4
const MAX_NANOS = 9223372036854775806n
const OUTSIDE = `time outside range -${MAX_NANOS} - ${MAX_NANOS}`

export interface StrictLine {
  readonly key: SeriesKey
  /** Fields in the order of the line; a name may repeat, the last one counts. */
  readonly names: readonly string[]
  readonly kinds: readonly Kind[]
  readonly values: readonly Value[]
  /** Undefined when the line has no timestamp. */
  readonly time: Time | undefined
}

/**
 * Where the line that begins at `from` ends: its newline, or the end of the buffer. Newlines inside a quoted value and
 * behind a backslash belong to the line; a comment ends at the first newline.
 */
export function findLineEnd(b: Uint8Array, from: number): number {
  const n = b.length
  let i = skipBlanks(b, from, n)
  if (b[i] === HASH) {
    while (i < n && b[i] !== NEWLINE) i++
    return i
  }
  let quoted = false
  // Quotes count in field values only, so a value must have begun: more = than commas since the first space.
  let inFields = i > from && b.subarray(from, i).includes(SPACE)
  let open = 0
  for (; i < n; i++) {
    const c = b[i]!
    if (c === BACKSLASH && i + 2 < n) i++
    else if (c === NEWLINE && !quoted) return i
    else if (c === SPACE) inFields = true
    else if (!inFields) continue
    else if (c === QUOTE && open > 0) quoted = !quoted
    else if (quoted) continue
    else if (c === EQUALS) open++
    else if (c === COMMA) open--
  }
  return n
}

/** Reads the line in [start, end), which begins with no blank and is no comment; `unit` is nanoseconds per timestamp unit. */
export function readLine(b: Uint8Array, start: number, end: number, unit: number): StrictLine | string {
  const key = readSeriesKey(b, start, end)
  if (typeof key === 'string') return key
  const keyBytes = key.end - start
  if (keyBytes > MAX_KEY_BYTES) return `max key length exceeded: ${keyBytes} > ${MAX_KEY_BYTES}`
  const fields = readFields(b, key.end, end, keyBytes)
  if (typeof fields === 'string') return fields
  const time = readTime(b, fields.end, end, unit)
  if (typeof time === 'string') return time
  return { key, names: fields.names, kinds: fields.kinds, values: fields.values, time: time ?? undefined }
}

interface Fields {
  readonly names: string[]
  readonly kinds: Kind[]
  readonly values: Value[]
  readonly end: number
}

function readFields(b: Uint8Array, from: number, end: number, keyBytes: number): Fields | string {
  const names: string[] = []
  const kinds: Kind[] = []
  const values: Value[] = []
  let equals = 0
  let commas = 0
  let quoted = false
  let lastQuote = -1
  /** The `=` of the field that is being read; −1 before it. */
  let equalsAt = -1
  let malformed = false
  let longest = 0
  let i = skipBlanks(b, from, end)
  let nameAt = i
  const close = (at: number): void => {
    if (equalsAt < 0) malformed = true
    else if (b[equalsAt + 1] === QUOTE) {
      if (lastQuote !== at - 1 || lastQuote === equalsAt + 1) malformed = true
      kinds.push('string')
      values.push(unescapeString(textOf(b, equalsAt + 2, lastQuote)))
    }
    equalsAt = -1
  }
  while (i < end) {
    const c = b[i]!
    if (c === BACKSLASH && i + 1 < end) i += 2
    else if (c === QUOTE && equals > commas) {
      quoted = !quoted
      lastQuote = i++
    } else if (quoted) i++
    else if (c === EQUALS) {
      equals++
      if (i === nameAt) return 'missing field key'
      if (equalsAt >= 0) malformed = true
      names.push(unescapeName(textOf(b, nameAt, i)))
      longest = Math.max(longest, i - nameAt)
      equalsAt = i++
      const first = i < end ? b[i]! : SPACE
      if (first === COMMA || first === SPACE) return 'missing field value'
      if (first === QUOTE) continue
      const at = i
      while (i < end && b[i] !== COMMA && b[i] !== SPACE) i++
      const read = isNumberStart(first) ? readNumber(textOf(b, at, i)) : readBool(textOf(b, at, i))
      if (typeof read === 'string') return read
      kinds.push(read.kind)
      values.push(read.value)
    } else if (c === COMMA) {
      close(i)
      commas++
      nameAt = ++i
    } else if (c === SPACE) break
    else i++
  }
  if (quoted) return 'unbalanced quotes'
  close(i)
  if (malformed) return 'invalid field format'
  const bytes = keyBytes + KEY_SEPARATOR_BYTES + longest
  if (bytes > MAX_KEY_BYTES) return `max key length exceeded: ${bytes} > ${MAX_KEY_BYTES}`
  return { names, kinds, values, end: i }
}

/** A digit, a dot, a minus, or the first letter of a NaN that is then refused. */
function isNumberStart(c: number): boolean {
  return (c >= ZERO && c <= NINE) || c === DOT || c === MINUS || c === 78 || c === 110
}

const FLOAT = /^-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/

/** What has an exponent and otherwise only a number's characters is refused as a float, all else as a number. */
function isNearFloat(text: string): boolean {
  const i = text.search(/[^0-9.eE+-]/)
  return i < 0 && /[eE]/.test(text) && text.split('.').length <= 2 && !/(?:^|[^eE])\+|[^eE]-/.test(text)
}

function readNumber(text: string): { kind: Kind; value: Value } | string {
  if (/^-?[0-9]+i$/.test(text)) {
    const digits = text.slice(0, -1)
    const value = parseInt64(digits)
    if (value !== undefined) return { kind: 'int', value }
    return `unable to parse integer ${digits}: strconv.ParseInt: parsing "${digits}": value out of range`
  }
  if (!FLOAT.test(text)) return isNearFloat(text) ? 'invalid float' : 'invalid number'
  const value = Number(text)
  return Number.isFinite(value) ? { kind: 'float', value } : 'invalid float'
}

function readBool(text: string): { kind: Kind; value: Value } | string {
  if (/^(?:t|T|true|True|TRUE)$/.test(text)) return { kind: 'bool', value: true }
  if (/^(?:f|F|false|False|FALSE)$/.test(text)) return { kind: 'bool', value: false }
  return 'invalid boolean'
}

/** The timestamp after the fields; null when there is none. */
function readTime(b: Uint8Array, from: number, end: number, unit: number): Time | null | string {
  const start = skipBlanks(b, from, end)
  let i = start
  if (b[i] === MINUS && i < end) i++
  while (i < end && b[i]! >= ZERO && b[i]! <= NINE) i++
  if (i < end && b[i] !== SPACE) return 'bad timestamp'
  if (i === start) return null
  const text = textOf(b, start, i)
  if (text === '-') return 'strconv.ParseInt: parsing "-": invalid syntax'
  const count = parseInt64(text)
  if (count === undefined) return `strconv.ParseInt: parsing "${text}": value out of range`
  while (i < end) if (b[i++] !== SPACE) return 'point is invalid'
  const nanos = BigInt(count) * BigInt(unit)
  if (nanos > MAX_NANOS || nanos < -MAX_NANOS) return OUTSIDE
  return timeFromUnixNano(normalizeInt(nanos))
}
