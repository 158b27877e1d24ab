/**
 * Go's time.Time as a template value: a moment with a zone, its printing and its methods.
 * Must not know layouts' syntax (go-time-layout) or templates.
 */
import { type Int, MAX_INT64, MIN_INT64, wrapInt } from '../../base/int64.ts'
import { type Civil, civilOf, daysOf, localZone, utcZone, type Zone } from './go-calendar.ts'
import { GoDuration } from './go-duration.ts'
import { GoError } from './go-function.ts'
import { quoteText } from './go-quote.ts'
import { formatTime, longDays, longMonths, printLayout, rfc3339Nano } from './go-time-layout.ts'
import {
  bytesOf,
  GoInt,
  type GoMethod,
  GoNamedInt,
  GoValue,
  int64,
  type Maybe,
  type Methods,
  type TemplateValue,
} from './go-value.ts'

const second = 1_000_000_000n
const zeroSec = -62_135_596_800

/** A moment: `sec` since 1970 (any whole number) and `ns` 0 to 999999999, shown in a zone (UTC unless told). */
export class GoTime extends GoValue {
  readonly kind = 'struct'
  readonly type = 'time.Time'
  readonly sec: number
  readonly ns: number
  readonly zone: Zone

  constructor(sec: number, ns: number, zone: Zone = utcZone) {
    super()
    this.sec = sec
    this.ns = ns
    this.zone = zone
  }

  /** Nanoseconds since 1970, not wrapped. */
  get total(): bigint {
    return BigInt(this.sec) * second + BigInt(this.ns)
  }

  get civil(): Civil {
    return civilOf(this.sec + this.zone.offsetAt(this.sec))
  }

  format(layout: string): string {
    return formatTime(this.sec, this.ns, this.zone, layout)
  }

  /** RFC 3339 with nanoseconds as JSON has it. Throws a GoError for years that JSON cannot hold. */
  json(): string {
    const { year } = this.civil
    if (year < 0 || year > 9999) throw new GoError('Time.MarshalJSON: year outside of range [0,9999]')
    return this.format(rfc3339Nano)
  }

  override get methods(): Methods {
    return methods
  }

  override word(): string {
    return this.format(printLayout)
  }

  override goSyntax(): string {
    const { year, month, day, hour, minute, second: sec } = this.civil
    const zone = this.zone.name === 'UTC' || this.zone.name === 'Local' ? `time.${this.zone.name}` : 'time.Location'
    return `time.Date(${year}, time.${longMonths[month - 1]}, ${day}, ${hour}, ${minute}, ${sec}, ${this.ns}, ${zone})`
  }
}

/** A *time.Location. */
export class GoLocation extends GoValue {
  readonly kind = 'pointer'
  readonly type = '*time.Location'
  readonly zone: Zone

  constructor(zone: Zone) {
    super()
    this.zone = zone
  }

  override get methods(): Methods {
    return locationMethods
  }

  override word(): string {
    return this.zone.name
  }
}

const locationMethods: Methods = new Map([
  ['String', { params: [], call: (receiver: GoValue) => (receiver as GoLocation).zone.name }],
])

/** The names of time.Time's unexported fields, which Go refuses with a message of its own. */
export const hiddenTimeFields: ReadonlySet<string> = new Set(['wall', 'ext', 'loc'])

const at = (total: bigint, zone: Zone): GoTime => {
  const ns = ((total % second) + second) % second
  return new GoTime(Number((total - ns) / second), Number(ns), zone)
}

const plain = (call: (t: GoTime) => TemplateValue): GoMethod => ({
  params: [],
  call: (receiver) => call(receiver as GoTime),
})

const int = (call: (t: GoTime) => Int): GoMethod => plain((t) => new GoInt(call(t)))

const taking = (type: string, call: (t: GoTime, arg: Maybe) => TemplateValue): GoMethod => ({
  params: [type],
  call: (receiver, args) => call(receiver as GoTime, args[0]),
})

const withTime = (call: (t: GoTime, other: GoTime) => TemplateValue): GoMethod =>
  taking('time.Time', (t, arg) => call(t, arg as GoTime))

const withDuration = (call: (t: GoTime, ns: Int) => TemplateValue): GoMethod =>
  taking('time.Duration', (t, arg) => call(t, (arg as GoDuration).ns))

const uncallable = (flaw: string): GoMethod => ({ params: [], flaw, call: () => null })
const pairOf = (name: string, type: string): [string, GoMethod] => [
  name,
  uncallable(`invalid function signature for ${name}: second return value should be error; is ${type}`),
]

const sinceYearOne = (t: GoTime): bigint => t.total - BigInt(zeroSec) * second

const truncated = (t: GoTime, ns: Int): GoTime => {
  const step = BigInt(ns)
  return step <= 0n ? t : at(t.total - (((sinceYearOne(t) % step) + step) % step), t.zone)
}

const roundedTime = (t: GoTime, ns: Int): GoTime => {
  const step = BigInt(ns)
  if (step <= 0n) return t
  const rest = ((sinceYearOne(t) % step) + step) % step
  return at(rest * 2n < step ? t.total - rest : t.total + step - rest, t.zone)
}

const difference = (t: GoTime, other: GoTime): GoDuration => {
  const ns = t.total - other.total
  if (ns > MAX_INT64) return new GoDuration(MAX_INT64)
  if (ns < MIN_INT64) return new GoDuration(MIN_INT64)
  return new GoDuration(ns)
}

const addDate = (t: GoTime, years: number, months: number, days: number): GoTime => {
  const { year, month, day } = t.civil
  const clock = t.sec + t.zone.offsetAt(t.sec)
  const withinDay = clock - Math.floor(clock / 86_400) * 86_400
  const wall = daysOf(year + years, month + months, day + days) * 86_400 + withinDay
  // Two steps find the offset that holds at the new date.
  const guess = wall - t.zone.offsetAt(wall)
  return new GoTime(wall - t.zone.offsetAt(guess), t.ns, t.zone)
}

const compare = (t: GoTime, other: GoTime): number =>
  t.sec !== other.sec ? Math.sign(t.sec - other.sec) : Math.sign(t.ns - other.ns)

const numberOf = (arg: Maybe): number => Number((arg as GoInt).value)

const methods: Methods = new Map<string, GoMethod>([
  ['Format', taking('string', (t, layout) => t.format(layout as string))],
  ['String', plain((t) => t.word())],
  ['GoString', plain((t) => t.goSyntax())],
  ['Unix', plain((t) => int64(t.sec))],
  ['UnixMilli', plain((t) => int64(wrapInt(BigInt(t.sec) * 1000n + BigInt(Math.floor(t.ns / 1e6)))))],
  ['UnixMicro', plain((t) => int64(wrapInt(BigInt(t.sec) * 1_000_000n + BigInt(Math.floor(t.ns / 1e3)))))],
  ['UnixNano', plain((t) => int64(wrapInt(t.total)))],
  ['Year', int((t) => t.civil.year)],
  ['Month', plain((t) => new GoNamedInt('time.Month', t.civil.month, longMonths[t.civil.month - 1]!))],
  ['Day', int((t) => t.civil.day)],
  ['Hour', int((t) => t.civil.hour)],
  ['Minute', int((t) => t.civil.minute)],
  ['Second', int((t) => t.civil.second)],
  ['Nanosecond', int((t) => t.ns)],
  ['YearDay', int((t) => t.civil.yearDay)],
  ['Weekday', plain((t) => new GoNamedInt('time.Weekday', t.civil.weekday, longDays[t.civil.weekday]!))],
  ['IsZero', plain((t) => t.sec === zeroSec && t.ns === 0)],
  ['IsDST', plain((t) => isSummerTime(t))],
  ['UTC', plain((t) => new GoTime(t.sec, t.ns, utcZone))],
  ['Local', plain((t) => new GoTime(t.sec, t.ns, localZone))],
  ['Location', plain((t) => new GoLocation(t.zone))],
  ['In', taking('*time.Location', (t, zone) => new GoTime(t.sec, t.ns, zoneOf(zone)))],
  ['Add', withDuration((t, ns) => at(t.total + BigInt(ns), t.zone))],
  [
    'AddDate',
    {
      params: ['int', 'int', 'int'],
      call: (t, [years, months, days]) => addDate(t as GoTime, numberOf(years), numberOf(months), numberOf(days)),
    },
  ],
  ['Sub', withTime(difference)],
  ['Before', withTime((t, other) => compare(t, other) < 0)],
  ['After', withTime((t, other) => compare(t, other) > 0)],
  ['Equal', withTime((t, other) => compare(t, other) === 0)],
  ['Compare', withTime((t, other) => new GoInt(compare(t, other)))],
  ['Truncate', withDuration(truncated)],
  ['Round', withDuration(roundedTime)],
  ['MarshalText', plain((t) => bytesOf(t.json()))],
  ['MarshalJSON', plain((t) => bytesOf(quoteText(t.json())))],
  ['Date', uncallable('function Date has 3 return values; should be 1 or 2')],
  ['Clock', uncallable('function Clock has 3 return values; should be 1 or 2')],
  pairOf('ISOWeek', 'int'),
  pairOf('Zone', 'int'),
  pairOf('ZoneBounds', 'time.Time'),
])

const zoneOf = (location: Maybe): Zone => {
  if (location instanceof GoLocation) return location.zone
  throw new GoError('time: missing Location in call to Time.In')
}

const isSummerTime = (t: GoTime): boolean => {
  const { year } = t.civil
  const winter = t.zone.offsetAt(daysOf(year, 1, 1) * 86_400)
  const summer = t.zone.offsetAt(daysOf(year, 7, 1) * 86_400)
  return winter !== summer && t.zone.offsetAt(t.sec) === Math.max(winter, summer)
}
