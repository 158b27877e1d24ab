// A float as the plain decimal text that string() gives: shortest digits that read back, never an exponent.

export function formatFloat(f: number): string {
  if (!Number.isFinite(f)) return Number.isNaN(f) ? 'NaN' : f > 0 ? '+Inf' : '-Inf'
  if (f === 0) return Object.is(f, -0) ? '-0' : '0'
  const text = String(f)
  const at = text.indexOf('e')
  if (at < 0) return text
  const sign = f < 0 ? '-' : ''
  const exponent = Number(text.slice(at + 1))
  const [whole = '', fraction = ''] = text.slice(sign.length, at).split('.')
  const digits = whole + fraction
  const point = whole.length + exponent
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  if (point >= digits.length) return sign + digits + '0'.repeat(point - digits.length)
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`
}

/**
 * Reads a float as Go does: decimal with optional exponent, hexadecimal with a binary one, inf, infinity, nan in any
 * case, underscores between digits. Undefined when the text is none or lies outside the range.
 */
export function parseFloatText(text: string): number | undefined {
  const special = /^([+-]?)(inf|infinity)$|^nan$/i.exec(text)
  if (special) return special[2] ? (special[1] === '-' ? -Infinity : Infinity) : Number.NaN
  let f: number
  if (/^[+-]?(\d+(_\d+)*(\.(\d+(_\d+)*)?)?|\.\d+(_\d+)*)(e[+-]?\d+)?$/i.test(text)) {
    f = Number(text.replaceAll('_', ''))
  } else {
    const hex = /^([+-]?)0x(_?[0-9a-f]+(?:_[0-9a-f]+)*)?(?:\.([0-9a-f]*))?p([+-]?\d+)$/i.exec(text)
    if (!hex || !(hex[2] || hex[3])) return undefined
    f = hexFloat(`${hex[2] ?? ''}`.replaceAll('_', ''), hex[3] ?? '', Number(hex[4]))
    if (hex[1] === '-') f = -f
  }
  return Number.isFinite(f) ? f : undefined
}

function hexFloat(whole: string, fraction: string, exponent: number): number {
  const mantissa = BigInt(`0x0${whole}${fraction}`)
  if (mantissa === 0n) return 0
  let power = exponent - 4 * fraction.length
  // More bits than a double has would round twice; keep 64 of them and remember that something was cut off.
  const extra = mantissa.toString(2).length - 64
  let kept = mantissa
  if (extra > 0) {
    kept = mantissa >> BigInt(extra)
    if (kept << BigInt(extra) !== mantissa) kept |= 1n
    power += extra
  }
  let f = Number(kept)
  for (; power > 0 && Number.isFinite(f); power -= 512) f *= 2 ** Math.min(power, 512)
  for (; power < 0 && f !== 0; power += 512) f *= 2 ** Math.max(power, -512)
  return f
}
