// The two text forms of a log line: logfmt, which people and existing tools read, and JSON. Pure functions; secrets
// have been taken out before.
import type { LogRecord } from './log-record.ts'

export type LogFormat = 'logfmt' | 'json'

const two = (n: number): string => (n < 10 ? `0${n}` : String(n))
const three = (n: number): string => String(n).padStart(3, '0')

/** `2006-01-02T15:04:05.000-07:00` in the local zone; UTC is `+00:00`. */
export function formatLogTime(at: number): string {
  const d = new Date(at)
  const minutes = -d.getTimezoneOffset()
  const zone = `${minutes < 0 ? '-' : '+'}${two(Math.trunc(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`
  const date = `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`
  return `${date}T${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}.${three(d.getMilliseconds())}${zone}`
}

/** The text of a field's value, not quoted; undefined when the field is left out. */
export function fieldText(value: unknown): string | undefined {
  switch (typeof value) {
    case 'undefined':
    case 'function':
    case 'symbol':
      return undefined
    case 'string':
      return value
    case 'object':
      if (value === null) return 'null'
      if (value instanceof Error) return value.message
      if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'invalid date' : value.toISOString()
      return toJson(value)
    default:
      return String(value)
  }
}

function toJson(value: unknown): string {
  try {
    return JSON.stringify(value, (_, v: unknown) => (typeof v === 'bigint' ? v.toString() : v)) ?? 'null'
  } catch {
    // A cycle or a getter that throws: a log line must never be what fails.
    return '"(not printable)"'
  }
}

// Spaces and quotes as the format wants it; control characters too, or a value could forge a line.
const QUOTED = /[\s"\p{C}]/u
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
}

/** A string as Go's strconv.Quote writes it. */
export function goQuote(text: string): string {
  const body = text.toWellFormed().replace(/["\\]|[\p{C}\p{Z}]/gu, (c) => {
    if (c === ' ') return c
    const known = ESCAPES[c]
    if (known) return known
    const code = c.codePointAt(0)!
    if (code < 0x80) return `\\x${code.toString(16).padStart(2, '0')}`
    return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`
  })
  return `"${body}"`
}

function logfmtKey(key: string): string {
  return key === '' ? '_' : key.replace(/[\s"=\p{C}]/gu, '_')
}

/** `ts=… lvl=info msg="…" service=http key=value`, without a line end. */
export function formatLogfmt(record: LogRecord): string {
  const quoted = (text: string): string => (QUOTED.test(text) ? goQuote(text) : text)
  let line = `ts=${formatLogTime(record.at)} lvl=${record.level} msg=${quoted(record.msg)}`
  for (const key in record.fields) {
    const text = fieldText(record.fields[key])
    if (text !== undefined) line += ` ${logfmtKey(key)}=${quoted(text)}`
  }
  return line
}

/** `{"ts":"…","lvl":"info","msg":"…",…}`, without a line end. Numbers, booleans and null stay what they are. */
export function formatLogJson(record: LogRecord): string {
  let line = `{"ts":"${formatLogTime(record.at)}","lvl":"${record.level}","msg":${JSON.stringify(record.msg)}`
  for (const key in record.fields) {
    const value = record.fields[key]
    const text = fieldText(value)
    if (text === undefined || key === 'ts' || key === 'lvl' || key === 'msg') continue
    const bare =
      typeof value === 'bigint' || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))
    const plain = typeof value === 'object' && !(value instanceof Error) && !(value instanceof Date)
    line += `,${JSON.stringify(key)}:${bare || plain ? text : JSON.stringify(text)}`
  }
  return `${line}}`
}

export function formatLine(record: LogRecord, format: LogFormat): string {
  return format === 'json' ? formatLogJson(record) : formatLogfmt(record)
}
