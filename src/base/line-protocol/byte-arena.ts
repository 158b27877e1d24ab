// One growing buffer that holds many short byte sequences, and their comparison with a place in another buffer.

const FIRST_BYTES = 4_096
const MAX_BYTES = 67_108_864

export class ByteArena {
  view = new DataView(new ArrayBuffer(FIRST_BYTES))
  #bytes = new Uint8Array(this.view.buffer)
  #used = 0

  /** Whether so many bytes more may come in. */
  hasRoom(length: number): boolean {
    return this.#used + length <= MAX_BYTES
  }

  /** Copies [from, to) of `b` in; gives its offset. `view` may be another one afterwards. */
  add(b: Uint8Array, from: number, to: number): number {
    const at = this.#used
    const end = at + to - from
    if (end > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(end, this.#bytes.length * 2))
      grown.set(this.#bytes)
      this.#bytes = grown
      this.view = new DataView(grown.buffer)
    }
    // Keys are short: a loop is cheaper than the view that set() would need.
    const bytes = this.#bytes
    for (let i = from, k = at; i < to; i++, k++) bytes[k] = b[i]!
    this.#used = end
    return at
  }

  /** Forgets everything. */
  clear(): void {
    this.#bytes = new Uint8Array(FIRST_BYTES)
    this.view = new DataView(this.#bytes.buffer)
    this.#used = 0
  }
}

/**
 * Whether the `length` bytes at `at` equal those of `other` from `i` on; four at a time, the last four overlapping.
 * `other` must have that many.
 */
export function sameBytes(view: DataView, at: number, length: number, other: DataView, i: number): boolean {
  if (length < 4) {
    for (let k = 0; k < length; k++) if (view.getUint8(at + k) !== other.getUint8(i + k)) return false
    return true
  }
  const last = length - 4
  for (let k = 0; k < last; k += 4) if (view.getInt32(at + k, true) !== other.getInt32(i + k, true)) return false
  return view.getInt32(at + last, true) === other.getInt32(i + last, true)
}
