/**
 * Go's Sprintf: format strings with flags, widths, precisions, stars and argument indexes.
 * Must not know what values look like. Errors of a format string show in the text, as in Go.
 */
import { GoDuration } from './go-duration.ts'
import { Printer } from './go-print.ts'
import { GoInt, GoNamedInt, type Maybe, typeOf } from './go-value.ts'

const largest = 1e6

/** A run of decimal digits: its number (undefined when there is none or it is too large) and where it ends. */
const digitsAt = (format: string, from: number, end: number): { value: number | undefined; next: number } => {
  let value = 0
  let next = from
  for (; next < end && format[next]! >= '0' && format[next]! <= '9'; next++) {
    if (value > largest) return { value: undefined, next: end }
    value = value * 10 + Number(format[next])
  }
  return { value: next > from ? value : undefined, next }
}

/** One call of Sprintf: walks the format and keeps which argument is next. */
class FormatWalk {
  readonly printer = new Printer()
  readonly #format: string
  readonly #args: readonly Maybe[]
  #at = 0
  #arg = 0
  #reordered = false
  #goodIndex = true
  #afterIndex = false

  constructor(format: string, args: readonly Maybe[]) {
    this.#format = format
    this.#args = args
  }

  run(): string {
    const format = this.#format
    const p = this.printer
    while (this.#at < format.length) {
      const percent = format.indexOf('%', this.#at)
      if (percent < 0) {
        p.out += format.slice(this.#at)
        break
      }
      p.out += format.slice(this.#at, percent)
      this.#at = percent + 1
      this.#directive()
    }
    if (!this.#reordered && this.#arg < this.#args.length) this.#extra()
    return p.out
  }

  #directive(): void {
    const p = this.printer
    p.clear()
    this.#goodIndex = true
    this.#flags()
    this.#afterIndex = false
    this.#index()
    this.#width()
    this.#precision()
    if (!this.#afterIndex) this.#index()
    if (this.#at >= this.#format.length) {
      p.out += '%!(NOVERB)'
      return
    }
    const verb = String.fromCodePoint(this.#format.codePointAt(this.#at)!)
    this.#at += verb.length
    if (verb === '%') p.out += '%'
    else if (!this.#goodIndex) p.out += `%!${verb}(BADINDEX)`
    else if (this.#arg >= this.#args.length) p.out += `%!${verb}(MISSING)`
    else this.#print(verb)
  }

  #print(verb: string): void {
    const p = this.printer
    if (verb === 'v' || verb === 'w') {
      p.sharpV = p.sharp
      p.sharp = false
      p.plusV = p.plus
      p.plus = false
    }
    p.arg(this.#args[this.#arg++], verb)
  }

  #flags(): void {
    const p = this.printer
    for (; ; this.#at++) {
      const char = this.#format[this.#at]
      if (char === '#') p.sharp = true
      else if (char === '0') p.zero = true
      else if (char === '+') p.plus = true
      else if (char === '-') p.minus = true
      else if (char === ' ') p.space = true
      else return
    }
  }

  /** An explicit argument index [n], if one stands here. */
  #index(): void {
    this.#afterIndex = false
    if (this.#format[this.#at] !== '[') return
    this.#reordered = true
    const close = this.#format.indexOf(']', this.#at + 1)
    if (close < 0 || this.#format.length - this.#at < 3) {
      this.#goodIndex = false
      this.#at++
      return
    }
    const { value, next } = digitsAt(this.#format, this.#at + 1, close)
    this.#at = close + 1
    const known = value !== undefined && next === close
    this.#afterIndex = known
    if (known && value >= 1 && value <= this.#args.length) this.#arg = value - 1
    else this.#goodIndex = false
  }

  /** The integer argument of a `*`; undefined when it is none or too large. */
  #star(): number | undefined {
    this.#at++
    this.#afterIndex = false
    if (this.#arg >= this.#args.length) return undefined
    const arg = this.#args[this.#arg++]
    const integer = arg instanceof GoInt || arg instanceof GoDuration || arg instanceof GoNamedInt
    return integer && arg.value <= largest && arg.value >= -largest ? Number(arg.value) : undefined
  }

  #width(): void {
    const p = this.printer
    if (this.#format[this.#at] === '*') {
      const width = this.#star()
      if (width === undefined) p.out += '%!(BADWIDTH)'
      else if (width < 0) {
        p.width = -width
        p.minus = true
        p.zero = false
      } else p.width = width
      return
    }
    const { value, next } = digitsAt(this.#format, this.#at, this.#format.length)
    this.#at = next
    if (value === undefined) return
    p.width = value
    if (this.#afterIndex) this.#goodIndex = false
  }

  #precision(): void {
    const p = this.printer
    if (this.#format[this.#at] !== '.' || this.#at + 1 >= this.#format.length) return
    this.#at++
    if (this.#afterIndex) this.#goodIndex = false
    this.#index()
    if (this.#format[this.#at] === '*') {
      const precision = this.#star()
      if (precision === undefined || precision < 0) p.out += '%!(BADPREC)'
      else p.precision = precision
      return
    }
    const { value, next } = digitsAt(this.#format, this.#at, this.#format.length)
    this.#at = next
    p.precision = value ?? 0
  }

  #extra(): void {
    const p = this.printer
    p.clear()
    p.out += '%!(EXTRA '
    this.#args.slice(this.#arg).forEach((arg, i) => {
      if (i > 0) p.out += ', '
      if (arg === null || arg === undefined) p.out += '<nil>'
      else {
        p.out += `${typeOf(arg)}=`
        p.arg(arg, 'v')
      }
    })
    p.out += ')'
  }
}

/** fmt.Sprintf. */
export const sprintf = (format: string, args: readonly Maybe[]): string => new FormatWalk(format, args).run()
