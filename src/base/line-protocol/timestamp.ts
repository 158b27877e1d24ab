// Reads timestamps of the common form, digits up to the line's end, as seconds and nanoseconds without a BigInt.
import { NEWLINE, NINE, ZERO } from './bytes.ts'
import { digitsOf, strangers, valueOf4 } from './digits.ts'

/** From here on the strict reader looks whether the time is within range. */
const MAX_SECONDS = 9_223_372_036

/** The last timestamp read stands in its fields. */
export class Timestamp {
  sec = 0
  ns = 0
  /** How many of the last digits are parts of a second. */
  #low = 9
  #nsUnit = 1
  #secUnit = 1

  /** `unit`: nanoseconds that a timestamp counts. */
  use(unit: number): void {
    this.#low = unit === 1 ? 9 : unit === 1e3 ? 6 : unit === 1e6 ? 3 : 0
    this.#nsUnit = unit < 1e9 ? unit : 0
    this.#secUnit = unit < 1e9 ? 1 : unit / 1e9
  }

  /** Reads the digits at `i`; the index of the newline behind them, 0 when they are not of the common form. */
  read(b: Uint8Array, bytes: DataView, i: number): number {
    const low = this.#low
    // Seconds have ten digits from 2001 on.
    const end = i + 10 + low
    if (b[end] !== NEWLINE) return this.#readShort(b, i)
    const d1 = digitsOf(bytes.getInt32(i, true))
    const d2 = digitsOf(bytes.getInt32(i + 4, true))
    const d3 = b[i + 8]! ^ ZERO
    const d4 = b[i + 9]! ^ ZERO
    if ((strangers(d1) | strangers(d2)) !== 0 || d3 > 9 || d4 > 9) return this.#readShort(b, i)
    const sec = valueOf4(d1) * 1_000_000 + (valueOf4(d2) * 100 + d3 * 10 + d4)
    let ns = 0
    if (low === 9) {
      const d5 = digitsOf(bytes.getInt32(i + 10, true))
      const d6 = digitsOf(bytes.getInt32(i + 14, true))
      const d7 = b[i + 18]! ^ ZERO
      if ((strangers(d5) | strangers(d6)) !== 0 || d7 > 9) return 0
      ns = Math.imul(valueOf4(d5), 100_000) + valueOf4(d6) * 10 + d7
    } else {
      for (let k = i + 10; k < end; k++) {
        const d = b[k]! ^ ZERO
        if (d > 9) return 0
        ns = ns * 10 + d
      }
    }
    return this.#take(sec, ns) ? end : 0
  }

  /** Any number of digits that a time within range can have. */
  #readShort(b: Uint8Array, i: number): number {
    let end = i
    while (b[end]! >= ZERO && b[end]! <= NINE) end++
    const digits = end - i
    if (b[end] !== NEWLINE || digits === 0 || digits > 10 + this.#low) return 0
    const middle = Math.max(i, end - this.#low)
    let sec = 0
    for (let k = i; k < middle; k++) sec = sec * 10 + (b[k]! ^ ZERO)
    let ns = 0
    for (let k = middle; k < end; k++) ns = ns * 10 + (b[k]! ^ ZERO)
    return this.#take(sec, ns) ? end : 0
  }

  #take(high: number, low: number): boolean {
    this.sec = high * this.#secUnit
    this.ns = low * this.#nsUnit
    return this.sec < MAX_SECONDS
  }
}
