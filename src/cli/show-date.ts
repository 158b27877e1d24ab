// Times of the API as the commands print them: `02 Jan 06 15:04 MST`.

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const two = (n: number): string => String(n).padStart(2, '0')

/** Locales that call their own zones by the usual letters. */
const LOCALES = ['en-US', 'en-GB', 'en-AU', 'en-CA', 'en-NZ', 'en-IN', 'en-ZA']

/** In the zone of this machine. */
export function localDate(rfc3339: string): string {
  const at = Date.parse(rfc3339)
  if (Number.isNaN(at)) return rfc3339
  return print(at, -new Date(at).getTimezoneOffset(), localZone(at))
}

/** In the zone that the text has: the server's. */
export function sentDate(rfc3339: string): string {
  const at = Date.parse(rfc3339)
  const m = /(Z|([+-])(\d\d):(\d\d))$/i.exec(rfc3339)
  if (Number.isNaN(at) || !m) return rfc3339
  if (m[2] === undefined) return print(at, 0, 'UTC')
  const minutes = (m[2] === '-' ? -1 : 1) * (Number(m[3]) * 60 + Number(m[4]))
  const isLocal = -new Date(at).getTimezoneOffset() === minutes
  return print(at, minutes, isLocal ? localZone(at) : m[2] + m[3] + m[4])
}

function print(at: number, offsetMinutes: number, zone: string): string {
  const d = new Date(at + offsetMinutes * 60_000)
  const year = two(((d.getUTCFullYear() % 100) + 100) % 100)
  const date = `${two(d.getUTCDate())} ${MONTHS[d.getUTCMonth()]} ${year}`
  return `${date} ${two(d.getUTCHours())}:${two(d.getUTCMinutes())} ${zone}`
}

function localZone(at: number): string {
  for (const locale of LOCALES) {
    const parts = new Intl.DateTimeFormat(locale, { timeZoneName: 'short' }).formatToParts(at)
    const name = parts.find((p) => p.type === 'timeZoneName')?.value ?? ''
    if (/^[A-Z]{2,5}$/.test(name)) return name
  }
  const minutes = -new Date(at).getTimezoneOffset()
  const size = Math.abs(minutes)
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${two(size % 60)}`
}
