// Texts of 64-bit floats as Go programs print them: the plain decimal form and the form in JSON.
// Both have the fewest digits that read back as the same number.

/**
 * Plain decimal digits, never an exponent (Go's FormatFloat with 'f' and −1): `1`, `0.1`, `1000000000000000000000`,
 * `-0`; `NaN`, `+Inf`, `-Inf` for what is no number.
 */
export function formatFloatPlain(f: number): string {
  if (!Number.isFinite(f)) return Number.isNaN(f) ? 'NaN' : f > 0 ? '+Inf' : '-Inf'
  if (f === 0) return Object.is(f, -0) ? '-0' : '0'
  const text = String(f)
  const e = text.indexOf('e')
  return e < 0 ? text : spreadExponent(text.slice(0, e), Number(text.slice(e + 1)))
}

/** The form in JSON (Go's encoding/json): an exponent below 1e-6 and from 1e21 on; `null` for NaN and infinities. */
export function formatFloatJson(f: number): string {
  if (!Number.isFinite(f)) return 'null'
  return f === 0 && Object.is(f, -0) ? '-0' : String(f)
}

/** `mantissa` is `d` or `d.ddd` with a sign or none; the exponent is far enough from 0 to move the point past all digits. */
function spreadExponent(mantissa: string, exponent: number): string {
  const sign = mantissa.startsWith('-') ? '-' : ''
  const digits = mantissa.replace(/[-.]/g, '')
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`
  return sign + digits.padEnd(exponent + 1, '0')
}
