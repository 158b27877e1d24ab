// Reads single JSON values out of bytes that may end in the middle of one: then it says so, and is asked again with
// more. Numbers are read in place, exactly; nothing is made that is not wanted.
import { parseTime, type Time, timeFromUnixNano } from '../time.ts'
import { notUnderstood } from './result-sink.ts'

/** The bytes end before the value does. */
export const NEED = -1

const QUOTE = 34
const BACKSLASH = 92
const MINUS = 45
const DOT = 46
const ZERO = 48
const COLON = 58
const OPEN_LIST = 91
const CLOSE_LIST = 93
const OPEN_OBJECT = 123
const CLOSE_OBJECT = 125
const COMMA = 44

/** Powers of ten that a float64 holds exactly. */
const POWERS = Array.from({ length: 23 }, (_, k) => 10 ** k)
const MAX_DEPTH = 100
/** Names and short texts come again and again: decoding them byte by byte beats the decoder. */
const SHORT = 24

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

export class JsonScan {
  bytes: Uint8Array
  /** No more bytes will come. */
  final = false
  /** What was read last. */
  text = ''
  number = 0
  sec = 0
  ns = 0

  constructor(bytes: Uint8Array = new Uint8Array(0)) {
    this.bytes = bytes
  }

  /** The index of the first byte that is no blank; the length when there is none. */
  blanks(at: number): number {
    const b = this.bytes
    let i = at
    while (i < b.length && (b[i] === 32 || b[i] === 10 || b[i] === 13 || b[i] === 9)) i++
    return i
  }

  /** Reads the string at `at` into `text`; gives the index behind it, or NEED. */
  string(at: number): number {
    const b = this.bytes
    if (b[at] !== QUOTE) throw this.strange(at, 'a string')
    let i = at + 1
    let plain = true
    for (; i < b.length; i++) {
      const c = b[i]!
      if (c === QUOTE) {
        this.text = plain && i - at <= SHORT ? shortText(b, at + 1, i) : this.#long(at, i, plain)
        return i + 1
      }
      if (c === BACKSLASH) {
        plain = false
        i++
      } else if (c > 127) plain = false
    }
    return this.#cut()
  }

  #long(from: number, to: number, plain: boolean): string {
    const b = this.bytes
    if (plain || b.subarray(from, to).indexOf(BACKSLASH) < 0) return utf8.decode(b.subarray(from + 1, to))
    try {
      return JSON.parse(utf8.decode(b.subarray(from, to + 1))) as string
    } catch {
      throw this.strange(from, 'a string')
    }
  }

  /** Reads the number at `at` into `number`, as float64; gives the index behind it, or NEED. */
  num(at: number): number {
    const b = this.bytes
    const n = b.length
    let i = at
    const negative = b[i] === MINUS
    if (negative) i++
    let digits = 0
    let value = 0
    const first = i
    for (; i < n; i++) {
      const d = b[i]! - ZERO
      if (d < 0 || d > 9) break
      value = value * 10 + d
      digits++
    }
    let scale = 0
    if (i < n && b[i] === DOT) {
      const from = ++i
      for (; i < n; i++) {
        const d = b[i]! - ZERO
        if (d < 0 || d > 9) break
        value = value * 10 + d
        digits++
      }
      scale = i - from
      if (scale === 0 && i < n) throw this.strange(i, 'a digit')
    }
    if (i >= n && !this.final) return NEED
    if (i === first || (b[first] === ZERO && digits - scale > 1)) throw this.strange(at, 'a value')
    const c = b[i]
    if (digits > 15 || c === 101 || c === 69) return this.#slowNumber(at, i)
    // Both are exact, so one division rounds as it should.
    if (scale > 0) value /= POWERS[scale]!
    this.number = negative ? -value : value
    return i
  }

  #slowNumber(at: number, from: number): number {
    const b = this.bytes
    let i = from
    for (; i < b.length; i++) {
      const c = b[i]!
      if (!((c >= ZERO && c <= 57) || c === 101 || c === 69 || c === 43 || c === MINUS)) break
    }
    if (i >= b.length && !this.final) return NEED
    const text = shortText(b, at, i)
    if (!/^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text)) throw this.strange(at, 'a number')
    this.number = Number(text)
    return i
  }

  /** Reads a time, nanoseconds since 1970 or a text, into `sec` and `ns`; gives the index behind it, or NEED. */
  time(at: number): number {
    const b = this.bytes
    if (b[at] === QUOTE) {
      const end = this.string(at)
      if (end === NEED) return NEED
      const t = parseTime(this.text)
      if (!t) throw notUnderstood(`unexpected time value: ${this.text}`)
      return this.#put(t, end)
    }
    const negative = b[at] === MINUS
    const first = negative ? at + 1 : at
    let i = first
    while (i < b.length && b[i]! >= ZERO && b[i]! <= 57) i++
    if (i >= b.length && !this.final) return NEED
    const c = b[i]
    if (c === DOT || c === 101 || c === 69 || i - first > 19) {
      const end = this.num(at)
      if (end === NEED) return NEED
      const whole = Math.trunc(this.number)
      if (!(Math.abs(whole) < 2 ** 63)) throw notUnderstood(`unexpected time value: ${this.number}`)
      return this.#put(timeFromUnixNano(Number.isSafeInteger(whole) ? whole : BigInt(whole)), end)
    }
    if (i === first) throw notUnderstood(`unexpected time value: ${this.#around(at)}`)
    // Seconds and nanoseconds each fit a float64, the whole does not: no digit may be lost.
    const split = Math.max(first, i - 9)
    let sec = digitsOf(b, first, split)
    let ns = digitsOf(b, split, i)
    if (negative) {
      sec = ns === 0 ? 0 - sec : -1 - sec
      ns = ns === 0 ? 0 : 1e9 - ns
    }
    this.sec = sec
    this.ns = ns
    return i
  }

  #put(t: Time, end: number): number {
    this.sec = t.sec
    this.ns = t.ns
    return end
  }

  /** The index behind the word at `at`, or NEED. */
  word(at: number, word: string): number {
    const b = this.bytes
    for (let k = 0; k < word.length; k++) {
      if (at + k >= b.length) return this.#cut()
      if (b[at + k] !== word.charCodeAt(k)) throw this.strange(at, 'a value')
    }
    return at + word.length
  }

  /** The index behind any value, or NEED. */
  skip(at: number, depth = 0): number {
    if (depth > MAX_DEPTH) throw notUnderstood('nested too deeply')
    if (at >= this.bytes.length) return this.#cut()
    switch (this.bytes[at]) {
      case QUOTE:
        return this.string(at)
      case 116:
        return this.word(at, 'true')
      case 102:
        return this.word(at, 'false')
      case 110:
        return this.word(at, 'null')
      case OPEN_LIST:
        return this.#skipMembers(at, CLOSE_LIST, depth)
      case OPEN_OBJECT:
        return this.#skipMembers(at, CLOSE_OBJECT, depth)
      default:
        return this.num(at)
    }
  }

  #skipMembers(at: number, close: number, depth: number): number {
    let i = this.blanks(at + 1)
    if (this.bytes[i] === close) return i + 1
    for (;;) {
      if (close === CLOSE_OBJECT) {
        i = this.key(i)
        if (i === NEED) return NEED
      }
      i = this.skip(i, depth + 1)
      if (i === NEED) return NEED
      i = this.blanks(i)
      if (i >= this.bytes.length) return this.#cut()
      if (this.bytes[i] === close) return i + 1
      if (this.bytes[i] !== COMMA) throw this.strange(i, 'a comma')
      i = this.blanks(i + 1)
    }
  }

  /** Reads a key with its colon into `text`; gives the index of its value, or NEED. */
  key(at: number): number {
    if (at >= this.bytes.length) return this.#cut()
    let i = this.string(at)
    if (i === NEED) return NEED
    i = this.blanks(i)
    if (i >= this.bytes.length) return this.#cut()
    if (this.bytes[i] !== COLON) throw this.strange(i, 'a colon')
    i = this.blanks(i + 1)
    return i >= this.bytes.length ? this.#cut() : i
  }

  #cut(): number {
    if (this.final) throw notUnderstood('the answer breaks off')
    return NEED
  }

  strange(at: number, expected: string): Error {
    if (at >= this.bytes.length) return notUnderstood('the answer breaks off')
    return notUnderstood(`found ${JSON.stringify(this.#around(at))} where ${expected} should be`)
  }

  #around(at: number): string {
    return utf8.decode(this.bytes.subarray(at, Math.min(this.bytes.length, at + 20)))
  }
}

function shortText(b: Uint8Array, from: number, to: number): string {
  let text = ''
  for (let i = from; i < to; i++) text += String.fromCharCode(b[i]!)
  return text
}

function digitsOf(b: Uint8Array, from: number, to: number): number {
  let n = 0
  for (let i = from; i < to; i++) n = n * 10 + (b[i]! - ZERO)
  return n
}
