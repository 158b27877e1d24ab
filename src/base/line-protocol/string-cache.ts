// Short texts that repeat (tag keys, field values as `running`) are made once: a direct-mapped cache of fixed size.
import { textOf } from './bytes.ts'

const SLOTS = 1_024
/** Longer texts are not kept. */
const MAX_LENGTH = 32

export class StringCache {
  readonly #texts: string[] = new Array(SLOTS).fill('')

  /** The text in [from, to). Only ASCII is remembered. */
  get(b: Uint8Array, from: number, to: number): string {
    const length = to - from
    if (length > MAX_LENGTH) return textOf(b, from, to)
    let h = length
    let seen = 0
    for (let i = from; i < to; i++) {
      seen |= b[i]!
      h = Math.imul(h ^ b[i]!, 0x01000193)
    }
    if (seen > 127) return textOf(b, from, to)
    const slot = (h ^ (h >>> 15)) & (SLOTS - 1)
    const known = this.#texts[slot]!
    if (known.length === length) {
      let k = 0
      while (k < length && known.charCodeAt(k) === b[from + k]) k++
      if (k === length) return known
    }
    const text = textOf(b, from, to)
    this.#texts[slot] = text
    return text
  }
}
