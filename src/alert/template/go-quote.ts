/**
 * Go's quoted strings and characters (strconv.Quote and friends) and their reading back (strconv.Unquote).
 * Owns the escapes; must not know templates or verbs.
 */
import { goRune, isRawByte } from './go-utf8.ts'

const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u

/** Whether Go prints the rune as it is: letters, marks, numbers, punctuation, symbols and the ASCII space. */
export const isPrint = (rune: number): boolean =>
  rune < 0x7f ? rune >= 0x20 : rune <= 0x10ffff && printable.test(String.fromCodePoint(rune))

export const hex = (value: number, width: number): string => value.toString(16).padStart(width, '0')

const named: Readonly<Record<number, string>> = {
  7: '\\a',
  8: '\\b',
  12: '\\f',
  10: '\\n',
  13: '\\r',
  9: '\\t',
  11: '\\v',
}

const escapeRune = (point: number, quote: string, ascii: boolean): string => {
  if (isRawByte(point)) return `\\x${hex(point - 0xdc00, 2)}`
  const rune = goRune(point)
  if (rune === quote.charCodeAt(0) || rune === 0x5c) return `\\${String.fromCodePoint(rune)}`
  if (rune < 0x80 ? isPrint(rune) : !ascii && isPrint(rune)) return String.fromCodePoint(rune)
  const name = named[rune]
  if (name !== undefined) return name
  if (rune < 0x20 || rune === 0x7f) return `\\x${hex(rune, 2)}`
  return rune < 0x10000 ? `\\u${hex(rune, 4)}` : `\\U${hex(rune, 8)}`
}

/** The text as a double-quoted Go string; `ascii` escapes all beyond ASCII. */
export const quoteText = (text: string, ascii = false): string => {
  let out = '"'
  for (const char of text) out += escapeRune(char.codePointAt(0)!, '"', ascii)
  return `${out}"`
}

/** The rune as a single-quoted Go character; what is no rune becomes U+FFFD. */
export const quoteRune = (rune: number, ascii = false): string =>
  `'${escapeRune(rune > 0x10ffff || (rune >= 0xd800 && rune <= 0xdfff) ? 0xfffd : rune, "'", ascii)}'`

/** Whether a text can stand unchanged between back quotes: no control characters but tab, no back quote, no BOM. */
export const canBackquote = (text: string): boolean => {
  for (const char of text) {
    const rune = char.codePointAt(0)!
    if (rune === 0xfeff || isRawByte(rune) || rune === 0x60 || rune === 0x7f) return false
    if (rune < 0x20 && rune !== 9) return false
  }
  return true
}

/** `U+0041 'A'`, the form of %#U. */
export const unicodeName = (rune: number): string => {
  const code = `U+${rune.toString(16).toUpperCase().padStart(4, '0')}`
  return isPrint(rune) ? `${code} '${String.fromCodePoint(rune)}'` : code
}

const simple: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
  '\\': 0x5c,
}

/** One character of a quoted Go literal: its text (a raw byte for \x and octal escapes) and the UTF-16 units it took. */
export const unquoteChar = (
  source: string,
  quote: string,
): { readonly text: string; readonly rune: number; readonly length: number } | undefined => {
  const point = source.codePointAt(0)
  if (point === undefined) return undefined
  const char = String.fromCodePoint(point)
  if (char === quote || char === '\n') return undefined
  if (char !== '\\') return { text: char, rune: goRune(point), length: char.length }
  const kind = source[1]
  if (kind === undefined) return undefined
  const plain = simple[kind]
  if (plain !== undefined) return { text: String.fromCharCode(plain), rune: plain, length: 2 }
  if (kind === quote) return { text: kind, rune: kind.charCodeAt(0), length: 2 }
  const digits = kind === 'x' ? 2 : kind === 'u' ? 4 : kind === 'U' ? 8 : 0
  if (digits > 0) {
    const code = source.slice(2, 2 + digits)
    if (code.length < digits || !/^[0-9a-fA-F]+$/.test(code)) return undefined
    const rune = Number.parseInt(code, 16)
    if (kind === 'x') return { text: byteText(rune), rune, length: 4 }
    if (rune > 0x10ffff || (rune >= 0xd800 && rune <= 0xdfff)) return undefined
    return { text: String.fromCodePoint(rune), rune, length: 2 + digits }
  }
  const octal = /^\\[0-7]{3}/.exec(source)
  const rune = octal === null ? 256 : Number.parseInt(octal[0].slice(1), 8)
  return rune > 255 ? undefined : { text: byteText(rune), rune, length: 4 }
}

const byteText = (byte: number): string => String.fromCharCode(byte < 0x80 ? byte : 0xdc00 + byte)

/** The text of a quoted Go string ("…" or `…`), undefined when it is malformed. */
export const unquote = (literal: string): string | undefined => {
  const quote = literal[0]
  const body = literal.slice(1, -1)
  if (literal.length < 2 || literal.at(-1) !== quote) return undefined
  if (quote === '`') return body.includes('`') ? undefined : body.replaceAll('\r', '')
  if (quote !== '"') return undefined
  let out = ''
  for (let at = 0; at < body.length; ) {
    const char = unquoteChar(body.slice(at, at + 12), '"')
    if (char === undefined) return undefined
    out += char.text
    at += char.length
  }
  return out
}
