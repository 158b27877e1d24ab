// Functions on strings. Lengths and positions are bytes of UTF-8, cutsets are code points.
import { compareInt, type Int } from '../../../base/int64.ts'
import { bytePosition, byteSlice, textLength } from '../byte-text.ts'
import { callError } from '../evaluation-error.ts'
import { failing, type LambdaFunction, signature } from '../function.ts'
import type { LambdaValue } from '../kinds.ts'
import { toLower, toUpper } from '../letter-case.ts'

function count(s: string, sub: string): number {
  if (sub === '') return [...s].length + 1
  let n = 0
  for (let at = s.indexOf(sub); at >= 0; at = s.indexOf(sub, at + sub.length)) n++
  return n
}

function indexAny(s: string, chars: string): number {
  const set = new Set(chars)
  let at = 0
  for (const c of s) {
    if (set.has(c)) return bytePosition(s, at)
    at += c.length
  }
  return -1
}

function lastIndexAny(s: string, chars: string): number {
  const set = new Set(chars)
  let found = -1
  let at = 0
  for (const c of s) {
    if (set.has(c)) found = at
    at += c.length
  }
  return bytePosition(s, found)
}

function replace(s: string, old: string, fresh: string, n: Int): string {
  let left = n < 0 ? Number.POSITIVE_INFINITY : Number(n)
  if (left === 0) return s
  let out = ''
  if (old === '') {
    for (const c of s) {
      if (left-- > 0) out += fresh
      out += c
    }
    return left > 0 ? out + fresh : out
  }
  let from = 0
  for (let at = s.indexOf(old); at >= 0 && left-- > 0; at = s.indexOf(old, from)) {
    out += s.slice(from, at) + fresh
    from = at + old.length
  }
  return out + s.slice(from)
}

function trimLeft(s: string, cutset: string): string {
  const set = new Set(cutset)
  let from = 0
  for (const c of s) {
    if (!set.has(c)) break
    from += c.length
  }
  return s.slice(from)
}

function trimRight(s: string, cutset: string): string {
  const set = new Set(cutset)
  let to = s.length
  while (to > 0) {
    const pair = to > 1 && (s.charCodeAt(to - 1) & 0xfc00) === 0xdc00 && (s.charCodeAt(to - 2) & 0xfc00) === 0xd800
    const c = s.slice(to - (pair ? 2 : 1), to)
    if (!set.has(c)) break
    to -= c.length
  }
  return s.slice(0, to)
}

const SPACE = '\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000'
const LEADING_SPACE = new RegExp(`^[${SPACE}]+`)
const NO_SPACE = new RegExp(`[^${SPACE}]`)

function trimSpace(s: string): string {
  const rest = s.replace(LEADING_SPACE, '')
  let to = rest.length
  while (to > 0 && !NO_SPACE.test(rest[to - 1]!)) to--
  return rest.slice(0, to)
}

/** Why no string has these bounds. */
function bounds(start: LambdaValue, stop: LambdaValue): string | undefined {
  const from = start as Int | undefined
  const to = stop as Int | undefined
  if (from === undefined || to === undefined || from < 0 || to < 0 || compareInt(from, to) <= 0) return undefined
  return `start index ${from} is beyond stop index ${to} in strSubstring`
}

function substring(s: string, start: Int, stop: Int): string {
  const negative = start < 0 ? start : stop < 0 ? stop : undefined
  if (negative !== undefined) {
    throw callError('strSubstring', `found negative index for strSubstring: ${negative}`)
  }
  if (stop > textLength(s)) {
    throw callError('strSubstring', `stop index too large for string in strSubstring: ${stop}`)
  }
  const wrong = bounds(start, stop)
  if (wrong) throw callError('strSubstring', wrong)
  return byteSlice(s, Number(start), Number(stop))
}

export const STRINGS: readonly LambdaFunction[] = [
  {
    name: 'strContains',
    doc: 'Whether a string contains another.',
    examples: [["strContains('banana', 'nan')", 'true']],
    signatures: [signature(['string', 'string'], 'bool', (s, sub) => s.includes(sub))],
  },
  {
    name: 'strContainsAny',
    doc: 'Whether a string contains any character of another.',
    examples: [
      ["strContainsAny('banana', 'xyz')", 'false'],
      ["strContainsAny('größe', 'öx')", 'true'],
    ],
    signatures: [signature(['string', 'string'], 'bool', (s, chars) => indexAny(s, chars) >= 0)],
  },
  {
    name: 'strCount',
    doc: 'How often a string occurs in another without overlap; the empty one occurs around every character.',
    examples: [
      ["strCount('banana', 'ana')", '1'],
      ["strCount('größe', '')", '6'],
    ],
    signatures: [signature(['string', 'string'], 'int', count)],
  },
  {
    name: 'strHasPrefix',
    doc: 'Whether a string begins with another.',
    examples: [["strHasPrefix('cpu-total', 'cpu')", 'true']],
    signatures: [signature(['string', 'string'], 'bool', (s, prefix) => s.startsWith(prefix))],
  },
  {
    name: 'strHasSuffix',
    doc: 'Whether a string ends with another.',
    examples: [["strHasSuffix('cpu-total', 'cpu')", 'false']],
    signatures: [signature(['string', 'string'], 'bool', (s, suffix) => s.endsWith(suffix))],
  },
  {
    name: 'strIndex',
    doc: 'Byte position of the first occurrence, −1 when there is none.',
    examples: [
      ["strIndex('äöna', 'na')", '4'],
      ["strIndex('banana', 'x')", '-1'],
    ],
    signatures: [signature(['string', 'string'], 'int', (s, sub) => bytePosition(s, s.indexOf(sub)))],
  },
  {
    name: 'strIndexAny',
    doc: 'Byte position of the first character that the second string has, −1 when there is none.',
    examples: [["strIndexAny('banana', 'xn')", '2']],
    signatures: [signature(['string', 'string'], 'int', indexAny)],
  },
  {
    name: 'strLastIndex',
    doc: 'Byte position of the last occurrence, −1 when there is none.',
    examples: [["strLastIndex('banana', 'na')", '4']],
    signatures: [signature(['string', 'string'], 'int', (s, sub) => bytePosition(s, s.lastIndexOf(sub)))],
  },
  {
    name: 'strLastIndexAny',
    doc: 'Byte position of the last character that the second string has, −1 when there is none.',
    examples: [["strLastIndexAny('banana', 'bn')", '4']],
    signatures: [signature(['string', 'string'], 'int', lastIndexAny)],
  },
  {
    name: 'strLength',
    doc: 'Length in bytes.',
    examples: [
      ["strLength('abc')", '3'],
      ["strLength('größe')", '7'],
    ],
    signatures: [signature(['string'], 'int', textLength)],
  },
  {
    name: 'strReplace',
    doc: 'Replaces the first n occurrences, all of them when n is negative.',
    examples: [
      ["strReplace('banana', 'a', 'o', 2)", 'bonona'],
      ["strReplace('banana', 'an', '', -1)", 'ba'],
      ["strReplace('ab', '', '-', -1)", '-a-b-'],
    ],
    signatures: [signature(['string', 'string', 'string', 'int'], 'string', replace)],
  },
  {
    name: 'strSubstring',
    doc: 'The bytes from a start up to, but without, a stop position.',
    examples: [
      ["strSubstring('hello', 1, 3)", 'el'],
      ["strSubstring('hello', 2, 5)", 'llo'],
    ],
    signatures: [failing(signature(['string', 'int', 'int'], 'string', substring))],
    refuse: ([, start, stop]) => bounds(start, stop),
  },
  {
    name: 'strToLower',
    doc: 'All letters in lower case.',
    examples: [["strToLower('GRÖSSE')", 'grösse']],
    signatures: [signature(['string'], 'string', toLower)],
  },
  {
    name: 'strToUpper',
    doc: 'All letters in upper case; those that have none as one letter stay.',
    examples: [["strToUpper('größe')", 'GRÖßE']],
    signatures: [signature(['string'], 'string', toUpper)],
  },
  {
    name: 'strTrim',
    doc: 'Without the characters of the second string at both ends.',
    examples: [["strTrim('x-x-mid-x', 'x-')", 'mid']],
    signatures: [signature(['string', 'string'], 'string', (s, cutset) => trimRight(trimLeft(s, cutset), cutset))],
  },
  {
    name: 'strTrimLeft',
    doc: 'Without the characters of the second string at the beginning.',
    examples: [["strTrimLeft('xxmidxx', 'x')", 'midxx']],
    signatures: [signature(['string', 'string'], 'string', trimLeft)],
  },
  {
    name: 'strTrimPrefix',
    doc: 'Without the second string at the beginning, once.',
    examples: [["strTrimPrefix('x-x-mid', 'x-')", 'x-mid']],
    signatures: [signature(['string', 'string'], 'string', (s, p) => (s.startsWith(p) ? s.slice(p.length) : s))],
  },
  {
    name: 'strTrimRight',
    doc: 'Without the characters of the second string at the end.',
    examples: [["strTrimRight('xxmidxx', 'x')", 'xxmid']],
    signatures: [signature(['string', 'string'], 'string', trimRight)],
  },
  {
    name: 'strTrimSpace',
    doc: 'Without white space at both ends.',
    examples: [["strTrimSpace('  two words ')", 'two words']],
    signatures: [signature(['string'], 'string', trimSpace)],
  },
  {
    name: 'strTrimSuffix',
    doc: 'Without the second string at the end, once.',
    examples: [["strTrimSuffix('mid-x-x', '-x')", 'mid-x']],
    signatures: [
      signature(['string', 'string'], 'string', (s, p) => (s.endsWith(p) ? s.slice(0, s.length - p.length) : s)),
    ],
  },
  {
    name: 'regexReplace',
    doc: 'Replaces all matches; `$1` and `$name` stand for groups (in braces where letters follow), `$$` for a dollar sign.',
    examples: [
      ["regexReplace(/(\\w+)@(\\w+)/, 'bob@home', '$2 at $1')", 'home at bob'],
      ["regexReplace(/x*/, 'bob', '-')", '-b-o-b-'],
    ],
    signatures: [signature(['regex', 'string', 'string'], 'string', (re, s, by) => re.replaceAll(s, by))],
  },
]
