// The values of number, duration, string, reference and regex literals, and how values are written as literals.
// It works on the text of one literal and knows neither tokens nor tree.
import { DAY, formatDuration, HOUR, MICROSECOND, MILLISECOND, MINUTE, SECOND, WEEK } from '../base/duration.ts'
import { type Int, MAX_INT64, normalizeInt } from '../base/int64.ts'

export type NumberValue = { kind: 'int'; value: Int; base: 8 | 10 } | { kind: 'float'; value: number; base: 10 }

/** The value of a number literal; undefined when it is none: `09`, past 2^63-1, a float past the largest. */
export function readNumber(text: string): NumberValue | undefined {
  if (text.includes('.')) {
    const value = /^(?:[0-9]+\.[0-9]*|\.[0-9]+)$/.test(text) ? Number(text) : Number.NaN
    return Number.isFinite(value) ? { kind: 'float', value, base: 10 } : undefined
  }
  const octal = text.length > 1 && text.startsWith('0')
  if (!(octal ? /^[0-7]+$/ : /^[0-9]+$/).test(text)) return undefined
  const digits = text.replace(/^0+(?=.)/, '')
  // Longer than any int64 in octal: not worth a bigint of a megabyte of digits.
  if (digits.length > 22) return undefined
  const value = BigInt(octal ? `0o${digits}` : digits)
  return value > MAX_INT64 ? undefined : { kind: 'int', value: normalizeInt(value), base: octal ? 8 : 10 }
}

const UNITS: ReadonlyMap<string, number> = new Map([
  ['u', MICROSECOND],
  ['µ', MICROSECOND],
  ['ms', MILLISECOND],
  ['s', SECOND],
  ['m', MINUTE],
  ['h', HOUR],
  ['d', DAY],
  ['w', WEEK],
])

export type DurationValue = { ns: Int } | { fault: 'syntax' | 'overflow' }

/** The nanoseconds of a duration literal: digits (always decimal) and one unit of u µ ms s m h d w. */
export function readDuration(text: string): DurationValue {
  const [, digits, unit] = /^([0-9]+)(\D+)$/.exec(text) ?? []
  const size = unit === undefined ? undefined : UNITS.get(unit)
  if (digits === undefined || size === undefined) return { fault: 'syntax' }
  const significant = digits.replace(/^0+(?=.)/, '')
  if (significant.length > 19) return { fault: 'overflow' }
  const ns = BigInt(significant) * BigInt(size)
  return ns > MAX_INT64 ? { fault: 'overflow' } : { ns: normalizeInt(ns) }
}

/** The text between a literal's quotes with the escaped quotes turned into plain ones; no other escape exists. */
export function unescapeQuote(text: string, quote: string): string {
  return text.replaceAll(`\\${quote}`, quote)
}

function escapeQuote(text: string, quote: string): string {
  return text.replaceAll(quote, `\\${quote}`)
}

/** A string literal in the wanted style, or in the other one where the wanted one cannot hold the value. */
export function writeString(value: string, triple: boolean): string {
  const fitsTriple = !value.includes("'''") && !value.endsWith("'")
  const useTriple = triple ? fitsTriple : value.endsWith('\\') && fitsTriple
  return useTriple ? `'''${value}'''` : `'${escapeQuote(value, "'")}'`
}

export function writeReference(name: string): string {
  return `"${escapeQuote(name, '"')}"`
}

/** A regex literal. An empty pattern is written so that it does not begin a comment. */
export function writeRegex(source: string): string {
  return `/${escapeQuote(source, '/') || '(?:)'}/`
}

export function writeInt(value: Int, base: 8 | 10): string {
  return base === 8 ? `0${value.toString(8)}` : String(value)
}

/** The shortest plain decimal that reads back as the same float, never an exponent, always with a point. */
export function writeFloat(value: number): string {
  const text = plainDecimal(value)
  return /^-?[0-9]+$/.test(text) ? `${text}.0` : text
}

export function writeDuration(ns: Int, text?: string): string {
  return text ?? formatDuration(ns)
}

function plainDecimal(value: number): string {
  const text = Object.is(value, -0) ? '-0' : String(value)
  const [, sign, whole, fraction = '', exponent] = /^(-?)([0-9]+)(?:\.([0-9]+))?e([+-][0-9]+)$/.exec(text) ?? []
  if (whole === undefined) return text
  const digits = whole + fraction
  const point = whole.length + Number(exponent)
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  return `${sign}${digits.padEnd(point, '0').slice(0, point)}${point < digits.length ? `.${digits.slice(point)}` : ''}`
}
