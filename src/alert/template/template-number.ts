/**
 * Go's number constants: one text under every type that can hold it, as the template language wants it.
 * Owns the syntax of integers, floats, imaginary and character constants; must not know the parser.
 */
import type { Int } from '../../base/int64.ts'
import { quoteText, unquoteChar } from './go-quote.ts'
import { normalInt } from './go-value.ts'
import type { NumberNode } from './template-nodes.ts'

type Held = Omit<NumberNode, 'type' | 'pos' | 'text'>

const maxInt64 = 0x7fffffffffffffffn
const maxUint64 = 0xffffffffffffffffn

/** Underscores may separate digits and follow a base prefix, nothing else. */
const underscoresFit = (digits: string, prefixed: boolean): boolean =>
  !digits.includes('_') || (/^[0-9a-zA-Z]+(_[0-9a-zA-Z]+)*$/.test(prefixed ? `0${digits}` : digits) && digits !== '')

const integerForms: readonly (readonly [RegExp, string])[] = [
  [/^0[xX]([0-9a-fA-F_]+)$/, '0x'],
  [/^0[oO]([0-7_]+)$/, '0o'],
  [/^0[bB]([01_]+)$/, '0b'],
  [/^0([0-7_]+)$/, '0o'],
  [/^(0|[1-9][0-9_]*)$/, ''],
]

/** An unsigned integer literal of any size, undefined when the text is none. */
const parseMagnitude = (text: string): bigint | undefined => {
  for (const [form, prefix] of integerForms) {
    const digits = form.exec(text)?.[1]
    if (digits === undefined) continue
    return underscoresFit(digits, prefix !== '') ? BigInt(prefix + digits.replaceAll('_', '')) : undefined
  }
  return undefined
}

const parseHexFloat = (text: string): number | undefined => {
  const match = /^0[xX]([0-9a-fA-F_]*)(?:\.([0-9a-fA-F_]*))?[pP]([+-]?[0-9_]+)$/.exec(text)
  if (match === null) return undefined
  const whole = match[1] ?? ''
  const fraction = match[2] ?? ''
  const digits = (whole + fraction).replaceAll('_', '')
  if (digits === '' || !floatUnderscoresFit(text)) return undefined
  const exponent = Number(match[3]!.replaceAll('_', '')) - 4 * fraction.replaceAll('_', '').length
  return scaleBinary(BigInt(`0x${digits}`), exponent)
}

/** mantissa × 2^exponent, rounded once. */
const scaleBinary = (mantissa: bigint, exponent: number): number => {
  if (mantissa === 0n) return 0
  const size = mantissa.toString(2).length
  if (size + exponent > 1024) return Number.POSITIVE_INFINITY
  if (size + exponent < -1074) return 0
  // Bits that a result of this size can keep, fewer for denormal ones.
  const kept = Math.min(53, size + exponent + 1074)
  const drop = BigInt(Math.max(size - kept, 0))
  const half = drop === 0n ? 0n : 1n << (drop - 1n)
  let top = mantissa >> drop
  const rest = mantissa - (top << drop)
  if (rest > half || (rest === half && half !== 0n && (top & 1n) === 1n)) top++
  const power = exponent + Number(drop)
  return power < -1022 ? Number(top) * 2 ** -1022 * 2 ** (power + 1022) : Number(top) * 2 ** power
}

const floatUnderscoresFit = (text: string): boolean =>
  !text.includes('_') || !/(^_)|(_$)|__|_[.eEpP+-]|[.eEpP+-]_/.test(text.replace(/^0[xX]_/, '0x'))

/** An unsigned float literal, decimal or hexadecimal; undefined when it is none or too large. */
const parseFloatLiteral = (text: string): number | undefined => {
  const hexadecimal = parseHexFloat(text)
  const decimal = /^([0-9_]+\.?[0-9_]*|\.[0-9_]+)([eE][+-]?[0-9_]+)?$/.test(text) && floatUnderscoresFit(text)
  const value = hexadecimal ?? (decimal ? Number(text.replaceAll('_', '')) : Number.NaN)
  return Number.isFinite(value) ? value : undefined
}

/** A float with an optional sign, undefined when the text is none. */
const parseSignedFloat = (text: string): number | undefined => {
  const signed = text.startsWith('-') || text.startsWith('+')
  const value = parseFloatLiteral(signed ? text.slice(1) : text)
  return value === undefined ? undefined : text.startsWith('-') ? -value : value
}

/** The integers that equal a float, each where its type can hold it. */
const integersOf = (value: number): { int?: Int; uint?: Int } => {
  if (!Number.isInteger(value)) return {}
  const whole = BigInt(value)
  return {
    ...(whole >= -maxInt64 - 1n && whole <= maxInt64 ? { int: normalInt(whole) } : {}),
    ...(whole >= 0n && whole <= maxUint64 ? { uint: normalInt(whole) } : {}),
  }
}

const complexOf = (re: number, im: number): Held =>
  im === 0 ? { complex: { re, im }, float: re, ...integersOf(re) } : { complex: { re, im } }

/** What a number token holds; an error's message when it is malformed. */
export const parseNumber = (text: string): Held | string => {
  const illegal = `illegal number syntax: ${quoteText(text)}`
  if (text.endsWith('i')) {
    const imaginary = parseSignedFloat(text.slice(0, -1))
    if (imaginary !== undefined) return complexOf(0, imaginary)
  }
  const sign = text.startsWith('-') || text.startsWith('+') ? text.slice(0, 1) : ''
  const size = parseMagnitude(text.slice(sign.length))
  if (size !== undefined) {
    const value = sign === '-' ? -size : size
    const asInt = value >= -maxInt64 - 1n && value <= maxInt64
    const asUint = sign === '' ? value <= maxUint64 : asInt && value === 0n
    if (asInt || asUint) {
      const integer = normalInt(value)
      return { ...(asInt ? { int: integer } : {}), ...(asUint ? { uint: integer } : {}), float: Number(value) }
    }
  }
  const float = parseSignedFloat(text)
  if (float === undefined) return illegal
  if (!/[.eEpP]/.test(text)) return `integer overflow: ${quoteText(text)}`
  return { float, ...integersOf(float) }
}

/** What a complex token (1+2i) holds. */
export const parseComplex = (text: string): Held | string => {
  const split = Math.max(text.lastIndexOf('+', text.length - 2), text.lastIndexOf('-', text.length - 2))
  const exponent = /[eEpP]$/.test(text.slice(0, split))
  const at = exponent ? Math.max(text.lastIndexOf('+', split - 1), text.lastIndexOf('-', split - 1)) : split
  const re = parseSignedFloat(text.slice(0, at))
  const im = parseSignedFloat(text.slice(at, -1))
  return re === undefined || im === undefined ? 'syntax error scanning complex number' : complexOf(re, im)
}

/** What a character constant holds. */
export const parseChar = (text: string): Held | string => {
  const char = unquoteChar(text.slice(1), "'")
  if (char === undefined) return 'invalid syntax'
  if (text.slice(1 + char.length) !== "'") return `malformed character constant: ${text}`
  return { int: char.rune, uint: char.rune, float: char.rune }
}
