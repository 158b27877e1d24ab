/**
 * Go's text of floating-point numbers (strconv.FormatFloat and ParseFloat of 64 bits), exact to the last digit.
 * Where JavaScript rounds ties up, Go rounds them to even. Must not know flags, widths or templates.
 */

/** Significant decimal digits without trailing zeros (one '0' for zero); the value is 0.DIGITS × 10^point. */
interface Decimal {
  readonly digits: string
  readonly point: number
}

const bits = new DataView(new ArrayBuffer(8))

/** A finite number's mantissa and exponent: |x| = mantissa × 2^exponent, the mantissa with its hidden bit. */
const binaryParts = (x: number): { mantissa: bigint; exponent: number } => {
  bits.setFloat64(0, Math.abs(x))
  const raw = bits.getBigUint64(0)
  const biased = Number(raw >> 52n)
  const fraction = raw & 0xfffffffffffffn
  return biased === 0
    ? { mantissa: fraction, exponent: -1074 }
    : { mantissa: fraction | 0x10000000000000n, exponent: biased - 1075 }
}

const trimmed = (digits: string, point: number): Decimal => {
  const text = digits.replace(/0+$/, '')
  return text === '' ? { digits: '', point: 0 } : { digits: text, point }
}

const shortestDecimal = (x: number): Decimal => {
  const [mantissa, exponent] = Math.abs(x).toExponential().split('e') as [string, string]
  return trimmed(mantissa.replace('.', ''), Number(exponent) + 1)
}

const exactDecimal = (x: number): Decimal => {
  const { mantissa, exponent } = binaryParts(x)
  if (mantissa === 0n) return { digits: '', point: 0 }
  if (exponent >= 0) {
    const digits = (mantissa << BigInt(exponent)).toString()
    return trimmed(digits, digits.length)
  }
  const digits = (mantissa * 5n ** BigInt(-exponent)).toString()
  return trimmed(digits, digits.length + exponent)
}

/** Keeps `count` digits, rounding half to even; exact because the decimal is. */
const rounded = (value: Decimal, count: number): Decimal => {
  if (count >= value.digits.length) return value
  if (count < 0) return { digits: '', point: 0 }
  const next = value.digits.charCodeAt(count) - 48
  const half = next === 5 && count + 1 === value.digits.length
  const odd = count > 0 && (value.digits.charCodeAt(count - 1) & 1) === 1
  if (half ? !odd : next < 5) return trimmed(value.digits.slice(0, count), value.point)
  const kept = count === 0 ? '0' : value.digits.slice(0, count)
  const up = (BigInt(kept) + 1n).toString().padStart(count, '0')
  return trimmed(up, value.point + (up.length - count))
}

const exponential = (value: Decimal, precision: number, letter: string): string => {
  const digits = value.digits === '' ? '0' : value.digits
  const places = Math.max(precision, 0)
  const fraction = digits.slice(1, 1 + places).padEnd(places, '0')
  const exponent = value.digits === '' ? 0 : value.point - 1
  const sign = exponent < 0 ? '-' : '+'
  const size = Math.abs(exponent).toString().padStart(2, '0')
  return `${digits[0]}${fraction === '' ? '' : `.${fraction}`}${letter}${sign}${size}`
}

const positional = (value: Decimal, precision: number): string => {
  const whole = value.point > 0 ? value.digits.slice(0, value.point).padEnd(value.point, '0') : '0'
  if (precision <= 0) return whole
  const shift = value.point < 0 ? '0'.repeat(Math.min(-value.point, precision)) : ''
  const fraction = (shift + value.digits.slice(Math.max(value.point, 0))).slice(0, precision)
  return `${whole}.${fraction.padEnd(precision, '0')}`
}

const formatBinary = (x: number): string => {
  const { mantissa, exponent } = binaryParts(x)
  return `${mantissa}p${exponent < 0 ? '' : '+'}${exponent}`
}

const formatHex = (x: number, precision: number, upper: boolean): string => {
  let { mantissa, exponent } = binaryParts(x)
  if (mantissa === 0n) exponent = 0
  else {
    // The hidden bit to position 60, so that 15 hexadecimal digits follow it.
    const shift = 61 - mantissa.toString(2).length
    mantissa <<= BigInt(shift)
    exponent += 60 - shift
  }
  if (precision >= 0 && precision < 15) {
    const drop = BigInt(4 * (15 - precision))
    const rest = mantissa & ((1n << drop) - 1n)
    const half = 1n << (drop - 1n)
    mantissa >>= drop
    if (rest > half || (rest === half && (mantissa & 1n) === 1n)) mantissa++
    mantissa <<= drop
    if (mantissa >> 61n !== 0n) {
      mantissa >>= 1n
      exponent++
    }
  }
  const all = mantissa.toString(16).padStart(16, '0')
  const fraction = precision < 0 ? all.slice(1).replace(/0+$/, '') : all.slice(1, 1 + precision).padEnd(precision, '0')
  const size = Math.abs(exponent).toString().padStart(2, '0')
  const text = `0x${all[0]}${fraction === '' ? '' : `.${fraction}`}p${exponent < 0 ? '-' : '+'}${size}`
  return upper ? text.toUpperCase() : text
}

/**
 * toFixed where it agrees with Go: everywhere but in exact ties. A tie has one digit more than asked for, a 5, which
 * only a multiple of 2^-(precision + 1) can end with.
 */
const fixedText = (size: number, precision: number): string | undefined => {
  if (size >= 1e21) return undefined
  const tie = Number.isInteger(size * 2 ** (precision + 1)) && size.toFixed(precision + 1).endsWith('5')
  return tie ? undefined : size.toFixed(precision)
}

const magnitude = (x: number, verb: string, precision: number): string => {
  if (verb === 'b') return formatBinary(x)
  if (verb === 'x' || verb === 'X') return formatHex(x, precision, verb === 'X')
  const fixed = verb === 'f' && precision >= 0 && precision <= 20 ? fixedText(Math.abs(x), precision) : undefined
  if (fixed !== undefined) return fixed
  const shortest = precision < 0
  let value: Decimal
  if (shortest) value = shortestDecimal(x)
  else {
    value = exactDecimal(x)
    if (verb === 'f') value = rounded(value, value.point + precision)
    else value = rounded(value, verb === 'g' || verb === 'G' ? Math.max(precision, 1) : precision + 1)
  }
  if (verb === 'f') return positional(value, shortest ? Math.max(value.digits.length - value.point, 0) : precision)
  if (verb === 'e' || verb === 'E') {
    return exponential(value, shortest ? value.digits.length - 1 : precision, verb)
  }
  let limit = shortest ? 6 : Math.max(precision, 1)
  if (!shortest && limit > value.digits.length && value.digits.length >= value.point) limit = value.digits.length
  const exponent = value.point - 1
  if (exponent < -4 || exponent >= limit) {
    return exponential(value, value.digits.length - 1, verb === 'g' ? 'e' : 'E')
  }
  return positional(value, Math.max(value.digits.length - value.point, 0))
}

/**
 * The number as Go's strconv.FormatFloat(x, verb, precision, 64): verb b, e, E, f, g, G, x or X; precision −1 asks
 * for the shortest text that reads back to the same number. `NaN`, `+Inf` and `-Inf` for what is no finite number.
 */
export const formatFloat = (x: number, verb: string, precision: number): string => {
  if (Number.isNaN(x)) return 'NaN'
  if (x === Number.POSITIVE_INFINITY) return '+Inf'
  if (x === Number.NEGATIVE_INFINITY) return '-Inf'
  const sign = x < 0 || Object.is(x, -0) ? '-' : ''
  return sign + magnitude(x, verb, precision)
}

/** The number as %v prints it: shortest digits, with an exponent below 1e-4 and from 1e+06 on. */
export const floatText = (x: number): string => {
  const size = Math.abs(x)
  // In this range JavaScript writes the same digits.
  return size >= 1e-4 && size < 1e6 ? String(x) : formatFloat(x, 'g', -1)
}
