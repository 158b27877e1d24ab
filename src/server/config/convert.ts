// Turns what stands in a file, or the text of an environment variable, into a field's value. The result is a value or
// the reason why there is none; where it stood is for the caller to say. Knows nothing of sections.
import { parseDuration, parseGoDuration } from '../../base/duration.ts'
import type { Int } from '../../base/int64.ts'
import type { Field } from './field.ts'

/** `isBound`: it is of the right type, only not among the values that can be used. */
export type Converted = { readonly value: unknown } | { readonly reason: string; readonly isBound?: true }

const UNITS: Readonly<Record<string, number>> = { '': 1, b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 }

/** `64MiB`, `64MB` and `64m` are all 64 × 1,048,576 bytes. */
export function parseSize(text: string): number | undefined {
  const m = /^(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?$/i.exec(text.trim())
  const bytes = m ? Number(m[1]) * UNITS[m[2]!.toLowerCase()]! : undefined
  return bytes !== undefined && Number.isSafeInteger(bytes) ? bytes : undefined
}

/** A text in Go's form or in InfluxQL's: `1m30s`, `1.5h`, `7d`. */
export function parseAnyDuration(text: string): Int | undefined {
  return parseGoDuration(text) ?? parseDuration(text)
}

/** What a TOML value is, in words, with its article. */
export function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (value instanceof Date) return 'a date'
  switch (typeof value) {
    case 'string':
      return 'text'
    case 'boolean':
      return 'true or false'
    case 'bigint':
      return 'an integer beyond 53 bits'
    case 'number':
      return Number.isInteger(value) ? 'an integer' : 'a fraction'
    default:
      return 'a table'
  }
}

export function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
}

const wanted = (what: string, value: unknown): Converted => ({ reason: `must be ${what}, not ${kindOf(value)}` })

const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every((v) => typeof v === 'string')

/** Converts a TOML value to a field that is no table. */
export function fromToml(f: Field<never>, value: unknown): Converted {
  switch (f.type) {
    case 'string':
      return typeof value === 'string' ? bounded(f, value) : wanted('text', value)
    case 'bool':
      return typeof value === 'boolean' ? { value } : wanted('true or false', value)
    case 'int':
      return Number.isSafeInteger(value) ? bounded(f, value) : wanted('an integer', value)
    case 'float':
      return typeof value === 'number' || typeof value === 'bigint'
        ? bounded(f, Number(value))
        : wanted('a number', value)
    case 'duration': {
      if (Number.isSafeInteger(value) || typeof value === 'bigint') return bounded(f, value)
      if (typeof value !== 'string') return wanted('a duration such as "10s"', value)
      const ns = parseAnyDuration(value)
      return ns === undefined ? { reason: `must be a duration such as "10s", not "${value}"` } : bounded(f, ns)
    }
    case 'size': {
      const bytes = typeof value === 'string' ? parseSize(value) : Number.isSafeInteger(value) ? value : undefined
      return bytes === undefined ? { reason: 'must be a size such as "64MiB" or a number of bytes' } : bounded(f, bytes)
    }
    case 'strings':
      return isTexts(value) ? { value } : wanted('a list of texts', value)
    case 'map':
      if (!isTable(value)) return wanted('a table of texts', value)
      return Object.values(value).every((v) => typeof v === 'string')
        ? { value }
        : { reason: 'must be a table of texts: one of its values is none' }
    case 'listMap':
      if (!isTable(value)) return wanted('a table of lists of texts', value)
      return Object.values(value).every(isTexts)
        ? { value }
        : { reason: 'must be a table of lists of texts: one of its values is none' }
    case 'any':
      return typeof value === 'string' || typeof value === 'number' ? { value } : wanted('text or a number', value)
    case 'table':
    case 'tableMap':
      return wanted('a table', value)
  }
}

const TRUE = new Set(['1', 't', 'T', 'TRUE', 'true', 'True'])
const FALSE = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False'])

/** Go's integer literals: `0x1f`, `0b1`, `0o17`, `017`, with `_` between digits. */
function parseGoInt(text: string): number | undefined {
  const m = /^([+-]?)(0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO]?[0-7_]+|[0-9][0-9_]*)$/.exec(text)
  if (!m || /__|_$/.test(text)) return undefined
  const digits = m[2]!.replaceAll('_', '')
  const n = Number(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits)
  return Number.isSafeInteger(n) ? (m[1] === '-' ? -n : n) : undefined
}

/** Converts the text of an environment variable to a field that is one value. */
export function fromText(f: Field<never>, text: string): Converted {
  switch (f.type) {
    case 'bool':
      if (TRUE.has(text)) return { value: true }
      return FALSE.has(text) ? { value: false } : { reason: 'is neither true nor false' }
    case 'int': {
      const n = parseGoInt(text)
      return n === undefined ? { reason: 'is no integer' } : bounded(f, n)
    }
    case 'float': {
      const n = text.trim() === '' ? Number.NaN : Number(text)
      return Number.isNaN(n) ? { reason: 'is no number' } : bounded(f, n)
    }
    case 'any': {
      const n = parseGoInt(text)
      return { value: n ?? text }
    }
    default:
      return fromToml(f, text)
  }
}

function bounded(f: Field<never>, value: unknown): Converted {
  if (f.oneOf && typeof value === 'string' && value !== '') {
    const name = f.anyCase ? value.toLowerCase() : value
    if (!f.oneOf.includes(name))
      return { reason: `must be one of ${f.oneOf.join(', ')}, not "${value}"`, isBound: true }
    return { value: name }
  }
  if (typeof value !== 'number' && typeof value !== 'bigint') return { value }
  const min = f.min ?? (f.type === 'duration' || f.type === 'size' ? 0 : undefined)
  if (min !== undefined && value < min) return { reason: `must be at least ${min}`, isBound: true }
  if (f.max !== undefined && value > f.max) return { reason: `must be at most ${f.max}`, isBound: true }
  return { value }
}
