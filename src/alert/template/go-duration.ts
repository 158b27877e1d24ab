/**
 * Go's time.Duration: whole nanoseconds, their text (`1m0s`) and methods.
 * Must not know templates or the printing of other values.
 */
import { GoInt, type GoMethod, GoValue, type Int, type Methods, normalInt, wrapInt64 } from './go-value.ts'

/** The text of a duration as Go prints it: `1h30m30.25s`, `1.5µs`, `0s`. */
export const durationText = (ns: Int): string => {
  if (ns === 0) return '0s'
  const total = BigInt(ns)
  const size = total < 0n ? -total : total
  const sign = total < 0n ? '-' : ''
  if (size < 1_000n) return `${sign}${size}ns`
  if (size < 1_000_000n) return `${sign}${scaled(size, 3)}µs`
  if (size < 1_000_000_000n) return `${sign}${scaled(size, 6)}ms`
  const minutes = size / 60_000_000_000n
  const seconds = `${scaled(size % 60_000_000_000n, 9)}s`
  if (minutes === 0n) return sign + seconds
  const hours = minutes / 60n
  return `${sign}${hours > 0n ? `${hours}h` : ''}${minutes % 60n}m${seconds}`
}

const scaled = (value: bigint, digits: number): string => {
  const unit = 10n ** BigInt(digits)
  const fraction = (value % unit).toString().padStart(digits, '0').replace(/0+$/, '')
  return fraction === '' ? `${value / unit}` : `${value / unit}.${fraction}`
}

/** value in units of `unit` ns as a float64, the whole part and the rest converted apart as Go does. */
const inUnits = (ns: Int, unit: bigint): number => {
  const value = BigInt(ns)
  return Number(value / unit) + Number(value % unit) / Number(unit)
}

const maxInt64 = 0x7fffffffffffffffn

const roundTo = (ns: Int, step: Int): Int => {
  const value = BigInt(ns)
  const unit = BigInt(step)
  if (unit <= 0n) return ns
  const rest = value % unit
  const size = rest < 0n ? -rest : rest
  const down = value - rest
  if (size * 2n < unit) return normalInt(down)
  const up = value < 0n ? down - unit : down + unit
  if (up > maxInt64) return maxInt64
  return up < -maxInt64 - 1n ? -maxInt64 - 1n : normalInt(up)
}

const truncateTo = (ns: Int, step: Int): Int => {
  const unit = BigInt(step)
  return unit <= 0n ? ns : normalInt(BigInt(ns) - (BigInt(ns) % unit))
}

const absolute = (ns: Int): Int => {
  if (ns >= 0) return ns
  return BigInt(ns) === -maxInt64 - 1n ? maxInt64 : wrapInt64(-ns)
}

const method = (call: (ns: Int) => ReturnType<GoMethod['call']>): GoMethod => ({
  params: [],
  call: (receiver) => call((receiver as GoDuration).ns),
})

const stepped = (call: (ns: Int, step: Int) => Int): GoMethod => ({
  params: ['time.Duration'],
  call: (receiver, args) => new GoDuration(call((receiver as GoDuration).ns, (args[0] as GoDuration).ns)),
})

const methods: Methods = new Map([
  ['Hours', method((ns) => inUnits(ns, 3_600_000_000_000n))],
  ['Minutes', method((ns) => inUnits(ns, 60_000_000_000n))],
  ['Seconds', method((ns) => inUnits(ns, 1_000_000_000n))],
  ['Milliseconds', method((ns) => new GoInt(BigInt(ns) / 1_000_000n, 'int64'))],
  ['Microseconds', method((ns) => new GoInt(BigInt(ns) / 1_000n, 'int64'))],
  ['Nanoseconds', method((ns) => new GoInt(ns, 'int64'))],
  ['String', method((ns) => durationText(ns))],
  ['Abs', method((ns) => new GoDuration(absolute(ns)))],
  ['Round', stepped(roundTo)],
  ['Truncate', stepped(truncateTo)],
])

/** A duration of `ns` nanoseconds (int64). */
export class GoDuration extends GoValue {
  readonly kind = 'int'
  readonly type = 'time.Duration'
  readonly ns: Int

  constructor(ns: Int) {
    super()
    this.ns = normalInt(ns)
  }

  /** The number of nanoseconds, under the name all integer values share. */
  get value(): Int {
    return this.ns
  }

  override get methods(): Methods {
    return methods
  }

  override word(): string {
    return durationText(this.ns)
  }
}
