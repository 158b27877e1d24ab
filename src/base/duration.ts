// Durations in nanoseconds: the InfluxQL text form (scripts, configuration, API) and Go's own.
import { type Int, MAX_INT64, MIN_INT64, normalizeInt } from './int64.ts'

export const MICROSECOND = 1_000
export const MILLISECOND = 1_000_000
export const SECOND = 1_000_000_000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR
export const WEEK = 7 * DAY

const UNITS: Readonly<Record<string, number>> = {
  ns: 1,
  u: MICROSECOND,
  µ: MICROSECOND,
  us: MICROSECOND,
  µs: MICROSECOND,
  ms: MILLISECOND,
  s: SECOND,
  m: MINUTE,
  h: HOUR,
  d: DAY,
  w: WEEK,
}

/**
 * Parses an InfluxQL duration: optional `-`, then one or more number-unit pairs (`1h30m`), units ns u µ ms s m h d w.
 * Returns nanoseconds, or undefined when the text is none or overflows 64 bits.
 */
export function parseDuration(text: string): Int | undefined {
  const m = /^(-?)((?:\d+(?:ns|ms|[uµsmhdw]))+)$/.exec(text)
  if (!m) return undefined
  let total = 0n
  for (const [, n, unit] of m[2]!.matchAll(/(\d+)([a-zµ]+)/g)) total += BigInt(n!) * BigInt(UNITS[unit!]!)
  if (total > MAX_INT64) return undefined
  return normalizeInt(m[1] ? -total : total)
}

const DESCENDING: readonly (readonly [number, string])[] = [
  [WEEK, 'w'],
  [DAY, 'd'],
  [HOUR, 'h'],
  [MINUTE, 'm'],
  [SECOND, 's'],
  [MILLISECOND, 'ms'],
  [MICROSECOND, 'u'],
]

/** The InfluxQL form: one number with the largest unit that divides exactly (90m → `90m`, 24h → `1d`, 0 → `0s`). */
export function formatDuration(d: Int): string {
  if (d === 0) return '0s'
  if (typeof d === 'number') {
    for (const [size, unit] of DESCENDING) if (d % size === 0) return `${d / size}${unit}`
    return `${d}ns`
  }
  for (const [size, unit] of DESCENDING) if (d % BigInt(size) === 0n) return `${d / BigInt(size)}${unit}`
  return `${d}ns`
}

/** Go's form: `1h0m0s`, `1m30s`, `1.5s`, `250ms`, `1µs`, `0s`. */
export function formatGoDuration(d: Int): string {
  let n = BigInt(d)
  if (n === 0n) return '0s'
  const sign = n < 0n ? '-' : ''
  if (n < 0n) n = -n
  const decimal = (unit: bigint, suffix: string): string => {
    const rest = n % unit
    const digits = unit === 1_000_000_000n ? 9 : unit === 1_000_000n ? 6 : 3
    const frac = rest === 0n ? '' : `.${rest.toString().padStart(digits, '0').replace(/0+$/, '')}`
    return `${n / unit}${frac}${suffix}`
  }
  if (n < 1_000n) return `${sign}${n}ns`
  if (n < 1_000_000n) return sign + decimal(1_000n, 'µs')
  if (n < 1_000_000_000n) return sign + decimal(1_000_000n, 'ms')
  const seconds = n / 1_000_000_000n
  const hours = seconds / 3600n
  const minutes = (seconds / 60n) % 60n
  n = (seconds % 60n) * 1_000_000_000n + (n % 1_000_000_000n)
  const tail = decimal(1_000_000_000n, 's')
  if (hours > 0n) return `${sign}${hours}h${minutes}m${tail}`
  return minutes > 0n ? `${sign}${minutes}m${tail}` : sign + tail
}

/** Digits of a fraction that can matter: an hour has no more nanoseconds. */
const FRACTION_DIGITS = 19

/**
 * Parses Go's form (`1h15m30.918s`, `-1.5h`, `0`), units ns us µs ms s m h; undefined when the text is none or overflows
 * 64 bits.
 */
export function parseGoDuration(text: string): Int | undefined {
  if (text === '0' || text === '+0' || text === '-0') return 0
  const m = /^([+-]?)((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/.exec(text)
  if (!m) return undefined
  let total = 0n
  for (const [, whole, frac, unit] of m[2]!.matchAll(/(\d*)\.?(\d*)(ns|us|µs|μs|ms|s|m|h)/g)) {
    const size = BigInt(UNITS[unit === 'μs' ? 'us' : unit!]!)
    total += BigInt(whole || '0') * size
    const digits = frac!.slice(0, FRACTION_DIGITS)
    if (digits !== '') total += (BigInt(digits) * size) / 10n ** BigInt(digits.length)
  }
  const signed = m[1] === '-' ? -total : total
  return signed > MAX_INT64 || signed < MIN_INT64 ? undefined : normalizeInt(signed)
}
