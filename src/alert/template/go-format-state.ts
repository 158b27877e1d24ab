/**
 * The flags of one formatting verb and how they shape text: padding, signs, zeros, precision (the lower half of fmt).
 * Knows plain booleans, integers, floats and strings; must not know typed values or format strings.
 */

import type { Int } from '../../base/int64.ts'
import { formatFloat } from './go-float.ts'
import { canBackquote, isPrint, quoteRune, quoteText } from './go-quote.ts'
import { isAscii, toBytes } from './go-utf8.ts'

const runeCount = (text: string): number => (isAscii(text) ? text.length : Array.from(text).length)

const maxRune = 0x10ffff

/** The flags, width and precision of a verb; out collects what is written. */
export class FormatState {
  out = ''
  plus = false
  minus = false
  sharp = false
  space = false
  zero = false
  /** %+v and %#v set these instead of plus and sharp. */
  plusV = false
  sharpV = false
  /** −1 when absent. */
  width = -1
  precision = -1

  clear(): void {
    this.plus = false
    this.minus = false
    this.sharp = false
    this.space = false
    this.zero = false
    this.plusV = false
    this.sharpV = false
    this.width = -1
    this.precision = -1
  }

  #fill(count: number): string {
    return count <= 0 ? '' : (this.zero && !this.minus ? '0' : ' ').repeat(count)
  }

  pad(text: string): void {
    if (this.width <= 0) {
      this.out += text
      return
    }
    const fill = this.#fill(this.width - runeCount(text))
    this.out += this.minus ? text + fill : fill + text
  }

  #padWithSpaces(text: string): void {
    const zero = this.zero
    this.zero = false
    this.pad(text)
    this.zero = zero
  }

  #truncated(text: string): string {
    if (this.precision < 0 || text.length <= this.precision) return text
    return Array.from(text).slice(0, this.precision).join('')
  }

  text(text: string): void {
    this.pad(this.#truncated(text))
  }

  quoted(text: string): void {
    const shown = this.#truncated(text)
    this.pad(this.sharp && canBackquote(shown) ? `\`${shown}\`` : quoteText(shown, this.plus))
  }

  /** The bytes of a text in hexadecimal; with the space flag apart, with # each marked 0x. */
  hexBytes(bytes: Uint8Array, upper: boolean): void {
    const shown = this.precision >= 0 ? bytes.subarray(0, this.precision) : bytes
    if (shown.length === 0) {
      this.out += this.#fill(this.width)
      return
    }
    const mark = this.sharp ? '0x' : ''
    const pairs = Array.from(shown, (byte) => byte.toString(16).padStart(2, '0'))
    const joined = this.space ? pairs.join(` ${mark}`) : pairs.join('')
    const all = mark + joined
    const text = upper ? all.toUpperCase() : all
    const fill = this.#fill(this.width - text.length)
    this.out += this.minus ? text + fill : fill + text
  }

  hexText(text: string, upper: boolean): void {
    this.hexBytes(toBytes(text), upper)
  }

  char(value: Int): void {
    this.pad(String.fromCodePoint(validRune(value)))
  }

  quotedChar(value: Int): void {
    this.pad(quoteRune(validRune(value), this.plus))
  }

  unicode(value: Int): void {
    const code = BigInt.asUintN(64, BigInt(value))
    const digits = code.toString(16).toUpperCase().padStart(Math.max(4, this.precision), '0')
    const shown = this.sharp && code <= maxRune && isPrint(Number(code))
    this.#padWithSpaces(`U+${digits}${shown ? ` '${String.fromCodePoint(Number(code))}'` : ''}`)
  }

  integer(value: Int, base: 2 | 8 | 10 | 16, verb: string): void {
    const negative = value < 0
    let digits = (negative ? -value : value).toString(base)
    if (verb === 'X') digits = digits.toUpperCase()
    if (this.precision >= 0) {
      if (this.precision === 0 && digits === '0') {
        if (this.width > 0) this.out += ' '.repeat(this.width)
        return
      }
      digits = digits.padStart(this.precision, '0')
    } else if (this.zero && !this.minus && this.width > 0) {
      digits = digits.padStart(this.width - (negative || this.plus || this.space ? 1 : 0), '0')
    }
    if (this.sharp) {
      if (base === 2) digits = `0b${digits}`
      else if (base === 8) digits = digits.startsWith('0') ? digits : `0${digits}`
      else if (base === 16) digits = (verb === 'X' ? '0X' : '0x') + digits
    }
    if (verb === 'O') digits = `0o${digits}`
    this.#padWithSpaces((negative ? '-' : this.plus ? '+' : this.space ? ' ' : '') + digits)
  }

  float(value: number, verb: string, defaultPrecision: number): void {
    const precision = this.precision >= 0 ? this.precision : defaultPrecision
    const text = formatFloat(value, verb, precision)
    const signed = text.startsWith('-') || text.startsWith('+')
    let sign = signed ? text.slice(0, 1) : '+'
    let digits = signed ? text.slice(1) : text
    if (this.space && sign === '+' && !this.plus) sign = ' '
    if (!Number.isFinite(value)) {
      const unsigned = Number.isNaN(value) && !this.space && !this.plus
      this.#padWithSpaces(unsigned ? digits : sign + digits)
      return
    }
    if (this.sharp && verb !== 'b') digits = withPoint(digits, verb, precision)
    if (!this.plus && sign === '+') {
      this.pad(digits)
      return
    }
    if (this.zero && !this.minus && this.width > digits.length + 1) {
      this.out += sign + digits.padStart(this.width - 1, '0')
      return
    }
    this.pad(sign + digits)
  }
}

const validRune = (value: Int): number => {
  const rune = value < 0 || value > maxRune ? 0xfffd : Number(value)
  return rune >= 0xd800 && rune <= 0xdfff ? 0xfffd : rune
}

/** What the # flag makes of a float's digits: always a point, and for %g the trailing zeros of its precision. */
const withPoint = (digits: string, verb: string, precision: number): string => {
  const tailAt = digits.search(verb === 'x' || verb === 'X' ? /[pP]/ : /[eEpP]/)
  const tail = tailAt < 0 ? '' : digits.slice(tailAt)
  let head = tailAt < 0 ? digits : digits.slice(0, tailAt)
  let missing = verb === 'g' || verb === 'G' || verb === 'x' ? (precision === -1 ? 6 : precision) : 0
  missing -= head.replace('.', '').replace(/^0+/, '').length
  if (!head.includes('.')) {
    if (head === '0') missing--
    head += '.'
  }
  return head + '0'.repeat(Math.max(missing, 0)) + tail
}
