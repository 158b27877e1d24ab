// Instants with nanosecond precision as two numbers, and their arithmetic.
// Never one double (it loses digits) and never a BigInt per point.
import { addInt, compareInt, type Int, mulInt, negInt, normalizeInt, subInt } from './int64.ts'

/** Seconds since 1970 (floored, may be negative) and nanoseconds 0…999,999,999. */
export interface Time {
  readonly sec: number
  readonly ns: number
}

const GIGA = 1_000_000_000
const BIG_GIGA = 1_000_000_000n
/** Seconds from year 1 to 1970: Go's zero time, from which truncation counts. */
const YEAR_ONE = -62135596800

/** Of a class of its own: no small integer, its seconds would make V8 keep those of all other times as float64 in objects. */
class ZeroTime implements Time {
  readonly sec = YEAR_ONE
  readonly ns = 0
}

/** Go's zero time, 0001-01-01T00:00:00Z. */
export const ZERO_TIME: Time = new ZeroTime()

export function compareTime(a: Time, b: Time): number {
  return a.sec !== b.sec ? a.sec - b.sec : a.ns - b.ns
}

export function sameTime(a: Time, b: Time): boolean {
  return a.sec === b.sec && a.ns === b.ns
}

export function timeFromUnixNano(n: Int): Time {
  if (typeof n === 'number') {
    const sec = Math.floor(n / GIGA)
    return { sec, ns: (n - sec * GIGA) | 0 }
  }
  let sec = n / BIG_GIGA
  let ns = n % BIG_GIGA
  if (ns < 0n) {
    ns += BIG_GIGA
    sec -= 1n
  }
  return { sec: Number(sec), ns: Number(ns) }
}

/** Nanoseconds since 1970, wrapped to 64 bits for times outside 1678…2262, as Go does. */
export function unixNano(t: Time): Int {
  return addInt(mulInt(t.sec, GIGA), t.ns)
}

export function timeFromMillis(ms: number): Time {
  const sec = Math.floor(ms / 1000)
  return { sec, ns: Math.round((ms - sec * 1000) * 1e6) }
}

/** Milliseconds since 1970, with the fraction that a double holds. */
export function timeToMillis(t: Time): number {
  return t.sec * 1000 + t.ns / 1e6
}

/** t + d; d in nanoseconds. */
export function addTime(t: Time, d: Int): Time {
  let sec: number
  let ns: number
  if (typeof d === 'number') {
    const whole = Math.floor(d / GIGA)
    sec = t.sec + whole
    ns = (t.ns + (d - whole * GIGA)) | 0
  } else {
    sec = t.sec + Number(d / BIG_GIGA)
    ns = t.ns + Number(d % BIG_GIGA)
  }
  // Made in one place, so that V8 can leave it out where only its numbers are used.
  if (ns >= GIGA) {
    sec++
    ns -= GIGA
  } else if (ns < 0) {
    sec--
    ns += GIGA
  }
  return { sec, ns }
}

/** a − b in nanoseconds, saturated to 64 bits as Go's Sub. */
export function subTime(a: Time, b: Time): Int {
  const s = a.sec - b.sec
  const n = s * GIGA + (a.ns - b.ns)
  if (Number.isSafeInteger(n)) return n
  const exact = BigInt(s) * BIG_GIGA + BigInt(a.ns - b.ns)
  if (exact > 9223372036854775807n) return 9223372036854775807n
  if (exact < -9223372036854775808n) return -9223372036854775808n
  return normalizeInt(exact)
}

/** Nanoseconds past the last multiple of d, counted from year 1. d > 0. */
function remainder(t: Time, d: Int): Int {
  const since = t.sec - YEAR_ONE
  if (typeof d === 'number') {
    if (d % GIGA === 0) return (since % (d / GIGA)) * GIGA + t.ns
    // sec·1e9 mod d without leaving safe integers: only for d small enough.
    if (GIGA % d === 0) return t.ns % d
  }
  return normalizeInt((BigInt(since) * BIG_GIGA + BigInt(t.ns)) % BigInt(d))
}

/** Rounds down to a multiple of d (nanoseconds) since year 1; d ≤ 0 leaves the time as it is. */
export function truncateTime(t: Time, d: Int): Time {
  if (d <= 0) return t
  const r = remainder(t, d)
  return r === 0 ? t : addTime(t, negInt(r))
}

/** Rounds to the nearest multiple of d since year 1, halves up; d ≤ 0 leaves the time as it is. */
export function roundTime(t: Time, d: Int): Time {
  if (d <= 0) return t
  const r = remainder(t, d)
  if (r === 0) return t
  const rest = subInt(d, r)
  return compareInt(r, rest) < 0 ? addTime(t, negInt(r)) : addTime(t, rest)
}

const pad = (n: number, width: number): string => String(n).padStart(width, '0')

let lastSec = Number.NaN
let lastText = ''

/** RFC 3339 in UTC; the fraction without trailing zeros, none when zero. */
export function formatTime(t: Time): string {
  let text = lastText
  if (t.sec !== lastSec) {
    const d = new Date(t.sec * 1000)
    const year = d.getUTCFullYear()
    const y = year < 0 ? `-${pad(-year, 4)}` : pad(year, 4)
    text = `${y}-${pad(d.getUTCMonth() + 1, 2)}-${pad(d.getUTCDate(), 2)}T${pad(d.getUTCHours(), 2)}:${pad(d.getUTCMinutes(), 2)}:${pad(d.getUTCSeconds(), 2)}`
    lastSec = t.sec
    lastText = text
  }
  if (t.ns === 0) return `${text}Z`
  return `${text}.${pad(t.ns, 9).replace(/0+$/, '')}Z`
}

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:[.,](\d+))?([Zz]|[+-]\d\d:\d\d)$/

/** Parses RFC 3339 with up to nanoseconds; undefined when the text is none, or names a day that is none. */
export function parseTime(text: string): Time | undefined {
  const m = RFC3339.exec(text)
  if (!m) return undefined
  const [, y, mo, d, h, mi, s, frac, zone] = m as unknown as string[]
  const month = Number(mo)
  const day = Number(d)
  const hour = Number(h)
  const minute = Number(mi)
  const second = Number(s)
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59) return undefined
  const date = new Date(0)
  date.setUTCFullYear(Number(y), month - 1, day)
  if (date.getUTCMonth() !== month - 1) return undefined
  date.setUTCHours(hour, minute, second)
  let sec = date.getTime() / 1000
  if (zone && zone.length > 1) {
    const offset = Number(zone.slice(1, 3)) * 3600 + Number(zone.slice(4, 6)) * 60
    sec -= zone[0] === '-' ? -offset : offset
  }
  return { sec, ns: frac ? Number(frac.slice(0, 9).padEnd(9, '0')) : 0 }
}
