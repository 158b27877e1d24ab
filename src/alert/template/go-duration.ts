/**
 * Go's time.Duration as a template value: whole nanoseconds and their methods.
 * Must not know templates or the printing of other values.
 */
import { formatGoDuration } from '../../base/duration.ts'
import { type Int, MAX_INT64, MIN_INT64, negInt } from '../../base/int64.ts'
import { GoInt, type GoMethod, GoValue, type Methods, normalInt } from './go-value.ts'

/** value in units of `unit` ns as a float64, the whole part and the rest converted apart as Go does. */
const inUnits = (ns: Int, unit: bigint): number => {
  const value = BigInt(ns)
  return Number(value / unit) + Number(value % unit) / Number(unit)
}

const roundTo = (ns: Int, step: Int): Int => {
  const value = BigInt(ns)
  const unit = BigInt(step)
  if (unit <= 0n) return ns
  const rest = value % unit
  const size = rest < 0n ? -rest : rest
  const down = value - rest
  if (size * 2n < unit) return normalInt(down)
  const up = value < 0n ? down - unit : down + unit
  if (up > MAX_INT64) return MAX_INT64
  return up < MIN_INT64 ? MIN_INT64 : normalInt(up)
}

const truncateTo = (ns: Int, step: Int): Int => {
  const unit = BigInt(step)
  return unit <= 0n ? ns : normalInt(BigInt(ns) - (BigInt(ns) % unit))
}

const absolute = (ns: Int): Int => {
  if (ns >= 0) return ns
  return BigInt(ns) === MIN_INT64 ? MAX_INT64 : negInt(ns)
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
  ['String', method((ns) => formatGoDuration(ns))],
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
    return formatGoDuration(this.ns)
  }
}
