// Times of the week at which a handler is mute. Knows nothing of handlers.
import { type Time, timeToMillis } from '../base/time.ts'

/** A span of the day on some days of the week, by the wall clock of a place. */
export interface MuteTime {
  /** 0 = Sunday; empty = every day. A span over midnight belongs to the day on which it begins. */
  readonly days: readonly number[]
  /** Minutes since midnight; both the same = the whole day. */
  readonly from: number
  readonly to: number
  /** IANA name of a time zone; empty = that of the server. */
  readonly location: string
}

const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const

/** Throws Error with what is wrong. */
export function readMuteTimes(json: unknown): readonly MuteTime[] {
  if (!Array.isArray(json))
    throw new Error('must be a list of times such as {"days": ["sunday"], "from": "22:00", "to": "06:00"}')
  return json.map(readMuteTime)
}

function readMuteTime(json: unknown): MuteTime {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new Error('has a time that is no object')
  const unknown = Object.keys(json).find((k) => !['days', 'from', 'to', 'location'].includes(k))
  if (unknown !== undefined)
    throw new Error(`has a time with the invalid key ${unknown}: it may have days, from, to, location`)
  const { days = [], from, to, location = '' } = json as Readonly<Record<string, unknown>>
  if (!Array.isArray(days)) throw new Error('has days that are no list')
  if ((from === undefined) !== (to === undefined)) throw new Error('has a time with only one of from and to')
  if (typeof location !== 'string' || !isLocation(location))
    throw new Error(`has no time zone ${JSON.stringify(location)}`)
  return { days: days.map(readDay), from: readMinute(from ?? '00:00'), to: readMinute(to ?? '00:00'), location }
}

function readDay(json: unknown): number {
  const text = typeof json === 'string' ? json.toLowerCase() : ''
  const day = text.length < 3 ? -1 : DAYS.findIndex((d) => d.startsWith(text))
  if (day < 0) throw new Error(`has no day ${JSON.stringify(json)}`)
  return day
}

function readMinute(json: unknown): number {
  const m = typeof json === 'string' ? /^([01]?\d|2[0-4]):([0-5]\d)$/.exec(json) : null
  const minute = m ? Number(m[1]) * 60 + Number(m[2]) : 1441
  if (minute > 1440) throw new Error(`has no time of day ${JSON.stringify(json)}`)
  return minute % 1440
}

function isLocation(location: string): boolean {
  if (location === '') return true
  try {
    formatter(location)
    return true
  } catch {
    return false
  }
}

const formatters = new Map<string, Intl.DateTimeFormat>()

function formatter(location: string): Intl.DateTimeFormat {
  let f = formatters.get(location)
  if (!f) {
    f = new Intl.DateTimeFormat('en-US', {
      weekday: 'long',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
      ...(location === '' ? {} : { timeZone: location }),
    })
    formatters.set(location, f)
  }
  return f
}

/** Day of the week and minute of the day, there and then. */
function wallClock(t: Time, location: string): { readonly day: number; readonly minute: number } {
  const parts = formatter(location).formatToParts(timeToMillis(t))
  const part = (type: string): string => parts.find((p) => p.type === type)?.value ?? ''
  const day = (DAYS as readonly string[]).indexOf(part('weekday').toLowerCase())
  return { day, minute: Number(part('hour')) * 60 + Number(part('minute')) }
}

export function isMute(times: readonly MuteTime[], t: Time): boolean {
  return times.some((m) => isWithin(m, t))
}

function isWithin({ days, from, to, location }: MuteTime, t: Time): boolean {
  const { day, minute } = wallClock(t, location)
  const on = (d: number): boolean => days.length === 0 || days.includes(d)
  if (from === to) return on(day)
  if (from < to) return on(day) && minute >= from && minute < to
  return minute >= from ? on(day) : minute < to && on((day + 6) % 7)
}
