/**
 * Go's time layouts: the reference time Mon Jan 2 15:04:05 MST 2006 as a pattern. A layout is compiled once to a list
 * of writers and kept in a bounded cache. Must not know templates or time values' methods.
 */
import { type Civil, civilOf, type Zone } from './go-calendar.ts'

export const longMonths: readonly string[] = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]
export const longDays: readonly string[] = [
  'Sunday',
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
]

interface Moment {
  readonly civil: Civil
  readonly ns: number
  /** Offset east of UTC in seconds. */
  readonly offset: number
  readonly sec: number
  readonly zone: Zone
}

type Writer = (t: Moment) => string

const padded = (value: number, width: number): string => {
  const digits = Math.abs(value).toString().padStart(width, '0')
  return value < 0 ? `-${digits}` : digits
}

const hour12 = (t: Moment): number => t.civil.hour % 12 || 12

const writers: Readonly<Record<string, Writer>> = {
  January: (t) => longMonths[t.civil.month - 1]!,
  Jan: (t) => longMonths[t.civil.month - 1]!.slice(0, 3),
  Monday: (t) => longDays[t.civil.weekday]!,
  Mon: (t) => longDays[t.civil.weekday]!.slice(0, 3),
  MST: (t) => t.zone.abbreviationAt(t.sec) || namelessZone(t.offset),
  '01': (t) => padded(t.civil.month, 2),
  '02': (t) => padded(t.civil.day, 2),
  '03': (t) => padded(hour12(t), 2),
  '04': (t) => padded(t.civil.minute, 2),
  '05': (t) => padded(t.civil.second, 2),
  '06': (t) => padded(Math.abs(t.civil.year) % 100, 2),
  '002': (t) => padded(t.civil.yearDay, 3),
  '1': (t) => String(t.civil.month),
  '15': (t) => padded(t.civil.hour, 2),
  '2': (t) => String(t.civil.day),
  '2006': (t) => padded(t.civil.year, 4),
  _2: (t) => String(t.civil.day).padStart(2, ' '),
  __2: (t) => String(t.civil.yearDay).padStart(3, ' '),
  '3': (t) => String(hour12(t)),
  '4': (t) => String(t.civil.minute),
  '5': (t) => String(t.civil.second),
  PM: (t) => (t.civil.hour >= 12 ? 'PM' : 'AM'),
  pm: (t) => (t.civil.hour >= 12 ? 'pm' : 'am'),
}

const namelessZone = (offset: number): string => zoneText(offset, '', false)

/** The numeric zone: hours, then minutes and seconds if asked, with `separator` between them. */
const zoneText = (offset: number, separator: string, seconds: boolean, minutes = true): string => {
  const size = Math.abs(offset)
  // Go takes the sign from whole minutes.
  const sign = Math.trunc(offset / 60) < 0 ? '-' : '+'
  const parts = [padded(Math.floor(size / 3600), 2)]
  if (minutes) parts.push(padded(Math.floor(size / 60) % 60, 2))
  if (seconds) parts.push(padded(sign === '-' ? size % 60 : offset % 60, 2))
  return sign + parts.join(separator)
}

const zonePatterns = ['070000', '07:00:00', '0700', '07:00', '07']

const zoneWriter = (mark: string, pattern: string): Writer => {
  const separator = pattern.includes(':') ? ':' : ''
  const seconds = pattern.length > 5
  const minutes = pattern.length > 2
  return (t) => (mark === 'Z' && t.offset === 0 ? 'Z' : zoneText(t.offset, separator, seconds, minutes))
}

const fractionWriter =
  (separator: string, digits: number, trim: boolean): Writer =>
  (t) => {
    const all = padded(t.ns, 9).slice(0, digits)
    const text = trim ? all.replace(/0+$/, '') : all
    return text === '' ? '' : separator + text
  }

const isLower = (char: string | undefined): boolean => char !== undefined && char >= 'a' && char <= 'z'
const isDigit = (char: string | undefined): boolean => char !== undefined && char >= '0' && char <= '9'

interface Chunk {
  readonly length: number
  readonly writer: Writer
  /** Literal characters before the chunk that were looked at as part of it. */
  readonly skip?: number
}

const named = (name: string): Chunk => ({ length: name.length, writer: writers[name]! })

/** The chunk that begins at a place of the layout, if any does. */
const chunkAt = (layout: string, at: number): Chunk | undefined => {
  const starts = (text: string): boolean => layout.startsWith(text, at)
  const next = layout[at + 1]
  switch (layout[at]) {
    case 'J':
      if (starts('January')) return named('January')
      return starts('Jan') && !isLower(layout[at + 3]) ? named('Jan') : undefined
    case 'M':
      if (starts('Monday')) return named('Monday')
      if (starts('Mon') && !isLower(layout[at + 3])) return named('Mon')
      return starts('MST') ? named('MST') : undefined
    case '0':
      if (next !== undefined && next >= '1' && next <= '6') return named(`0${next}`)
      return starts('002') ? named('002') : undefined
    case '1':
      return named(next === '5' ? '15' : '1')
    case '2':
      return named(starts('2006') ? '2006' : '2')
    case '_':
      if (starts('_2006')) return { ...named('2006'), skip: 1 }
      if (starts('_2')) return named('_2')
      return starts('__2') ? named('__2') : undefined
    case '3':
    case '4':
    case '5':
      return named(layout[at]!)
    case 'P':
      return next === 'M' ? named('PM') : undefined
    case 'p':
      return next === 'm' ? named('pm') : undefined
    case '-':
    case 'Z':
      for (const pattern of zonePatterns) {
        if (!layout.startsWith(pattern, at + 1)) continue
        return { length: 1 + pattern.length, writer: zoneWriter(layout[at]!, pattern) }
      }
      return undefined
    case '.':
    case ',':
      return fractionAt(layout, at)
    default:
      return undefined
  }
}

const fractionAt = (layout: string, at: number): Chunk | undefined => {
  const digit = layout[at + 1]
  if (digit !== '0' && digit !== '9') return undefined
  let end = at + 1
  while (layout[end] === digit) end++
  if (isDigit(layout[end])) return undefined
  return { length: end - at, writer: fractionWriter(layout[at]!, end - at - 1, digit === '9') }
}

const compile = (layout: string): readonly (string | Writer)[] => {
  const parts: (string | Writer)[] = []
  let literal = ''
  for (let at = 0; at < layout.length; ) {
    const chunk = chunkAt(layout, at)
    if (chunk === undefined) {
      literal += layout[at++]
      continue
    }
    literal += layout.slice(at, at + (chunk.skip ?? 0))
    if (literal !== '') parts.push(literal)
    literal = ''
    parts.push(chunk.writer)
    at += chunk.length + (chunk.skip ?? 0)
  }
  if (literal !== '') parts.push(literal)
  return parts
}

const maxCached = 256
const cache = new Map<string, readonly (string | Writer)[]>()

const compiled = (layout: string): readonly (string | Writer)[] => {
  let parts = cache.get(layout)
  if (parts === undefined) {
    if (cache.size >= maxCached) cache.clear()
    parts = compile(layout)
    cache.set(layout, parts)
  }
  return parts
}

/** The moment (`sec` since 1970 and `ns`, 0 to 999999999) in a zone, as Go's Time.Format writes it. */
export const formatTime = (sec: number, ns: number, zone: Zone, layout: string): string => {
  const offset = zone.offsetAt(sec)
  const moment: Moment = { civil: civilOf(sec + offset), ns, offset, sec, zone }
  let out = ''
  for (const part of compiled(layout)) out += typeof part === 'string' ? part : part(moment)
  return out
}

export const rfc3339Nano = '2006-01-02T15:04:05.999999999Z07:00'
export const printLayout = '2006-01-02 15:04:05.999999999 -0700 MST'
