// The text forms of a log line: JSON comes as the logger makes it, logfmt, which people and existing tools read, is made
// here. Pure functions; secrets have been taken out before.
import type { LogRecord } from './log-record.ts'
import { remembered } from './remembered.ts'

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

/** formatLogTime for times that come in order: what changes with the second only is made once a second. */
export function logTimes(): (at: number) => string {
  let second = Number.NaN
  let before = ''
  let zone = ''
  return (at) => {
    if (Math.floor(at / 1000) !== second) {
      const text = formatLogTime(at)
      second = Math.floor(at / 1000)
      before = text.slice(0, 20)
      zone = text.slice(23)
    }
    return before + three(at - second * 1000) + zone
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

// What most values are: quicker to tell than what has to be quoted.
const PLAIN_TEXT = /^[!#-~]*$/

const logfmtKey = remembered((key) => (key === '' ? '_' : key.replace(/[\s"=\p{C}]/gu, '_')))

function quoted(text: string): string {
  return PLAIN_TEXT.test(text) || !QUOTED.test(text) ? text : goQuote(text)
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
      return JSON.stringify(value)
    default:
      return String(value)
  }
}

/** `ts=… lvl=info msg="…" service=http key=value`, without a line end. */
export function formatLogfmt(record: LogRecord): string {
  let line = `ts=${record.ts} lvl=${record.level} msg=${quoted(record.msg)}`
  for (const key in record.fields) {
    const text = fieldText(record.fields[key])
    if (text !== undefined) line += ` ${logfmtKey(key)}=${quoted(text)}`
  }
  return line
}

/** The line with its end. */
export function formatLine(record: LogRecord, format: LogFormat): string {
  return format === 'json' ? record.json : `${formatLogfmt(record)}\n`
}
