// Times as the API shows them: RFC 3339 with the offset of the server's zone, `Z` in UTC.
import { formatTime, type Time, ZERO_TIME } from '../../base/time.ts'

/** Go's zero time is always shown in UTC: it means "never". */
export function formatLocalTime(t: Time): string {
  if (t.sec === ZERO_TIME.sec && t.ns === 0) return formatTime(t)
  const minutes = -new Date(t.sec * 1000).getTimezoneOffset()
  if (minutes === 0) return formatTime(t)
  const shifted = formatTime({ sec: t.sec + minutes * 60, ns: t.ns }).slice(0, -1)
  const size = Math.abs(minutes)
  const pad = (n: number): string => String(n).padStart(2, '0')
  return `${shifted}${minutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60))}:${pad(size % 60)}`
}
