/**
 * The proleptic Gregorian calendar as Go reckons it: seconds since 1970 to date and clock, and back, and time zones.
 * Must not know layouts or templates.
 */

export interface Civil {
  readonly year: number
  /** 1 to 12. */
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  /** 0 is Sunday. */
  readonly weekday: number
  /** 1 to 366. */
  readonly yearDay: number
}

/** A time zone: its offset east of UTC in seconds and its abbreviation, both at a moment. */
export interface Zone {
  /** What Location prints: 'UTC', 'Local'. */
  readonly name: string
  offsetAt(sec: number): number
  abbreviationAt(sec: number): string
}

export const utcZone: Zone = { name: 'UTC', offsetAt: () => 0, abbreviationAt: () => 'UTC' }

const localOffset = (sec: number): number => {
  const minutes = new Date(sec * 1000).getTimezoneOffset()
  return Number.isNaN(minutes) ? 0 : -minutes * 60 + 0
}

/** Locales differ in which zones they have letters for. */
const abbreviation = (sec: number): string => {
  const date = new Date(sec * 1000)
  for (const locale of ['en-US', 'en-GB', 'en-AU', 'en-IN']) {
    const parts = new Intl.DateTimeFormat(locale, { timeZoneName: 'short' }).formatToParts(date)
    const name = parts.find((part) => part.type === 'timeZoneName')?.value ?? ''
    if (!/^(GMT|UTC)[+-]/.test(name) && name !== '') return name
  }
  return numericName(localOffset(sec))
}

/** What the time zone database calls zones without letters: -03, +0545. */
const numericName = (offset: number): string => {
  const minutes = Math.floor(Math.abs(offset) / 60)
  const hours = String(Math.floor(minutes / 60)).padStart(2, '0')
  const rest = minutes % 60 === 0 ? '' : String(minutes % 60).padStart(2, '0')
  return (offset < 0 ? '-' : '+') + hours + rest
}

/** The zone of this process. */
export const localZone: Zone = { name: 'Local', offsetAt: localOffset, abbreviationAt: abbreviation }

const secondsPerDay = 86_400

const daysBeforeYear = (year: number): number => {
  const y = year - 1
  return y * 365 + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) - 719_162
}

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
const monthStarts = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365]

const daysBeforeMonth = (year: number, month: number): number =>
  monthStarts[month - 1]! + (month > 2 && isLeap(year) ? 1 : 0)

/** The days from 1970-01-01 to a date; months and days may overflow their ranges. */
export const daysOf = (year: number, month: number, day: number): number => {
  const months = month - 1
  const y = year + Math.floor(months / 12)
  const m = months - Math.floor(months / 12) * 12 + 1
  return daysBeforeYear(y) + daysBeforeMonth(y, m) + day - 1
}

/** Date and clock of a count of seconds since 1970-01-01 00:00, the zone's offset added already. */
export const civilOf = (sec: number): Civil => {
  const days = Math.floor(sec / secondsPerDay)
  const clock = sec - days * secondsPerDay
  let year = 1970 + Math.floor(days / 365.2425)
  while (daysBeforeYear(year) > days) year--
  while (daysBeforeYear(year + 1) <= days) year++
  const yearDay = days - daysBeforeYear(year) + 1
  let month = Math.min(12, Math.floor((yearDay - 1) / 29) + 1)
  while (daysBeforeMonth(year, month) >= yearDay) month--
  return {
    year,
    month,
    day: yearDay - daysBeforeMonth(year, month),
    hour: Math.floor(clock / 3600),
    minute: Math.floor(clock / 60) % 60,
    second: clock % 60,
    weekday: (((days + 4) % 7) + 7) % 7,
    yearDay,
  }
}
