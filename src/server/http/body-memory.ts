// Memory for large bodies, used again: fresh memory costs about as much as reading it. Small bodies don't come here.

const KEPT_BUFFERS = 2
export const KEPT_MIN_BYTES = 64 * 1024
export const KEPT_MAX_BYTES = 2 * 1024 * 1024

export class BodyMemory {
  readonly #kept: Buffer[] = []
  /** What is ours and given out: nothing else is ever taken back. */
  readonly #lent = new WeakSet<ArrayBufferLike>()

  /** At least `size` bytes, whatever stands in them. */
  take(size: number): Buffer {
    if (size < KEPT_MIN_BYTES || size > KEPT_MAX_BYTES) return Buffer.allocUnsafe(size)
    const kept = this.#kept.pop()
    const buffer = kept && kept.length >= size ? kept : Buffer.allocUnsafeSlow(size)
    this.#lent.add(buffer.buffer)
    return buffer
  }

  /** Takes back what `take` gave, or a part of it. Nothing may look at it any more. Anything else is left alone. */
  giveBack(buffer: Buffer): void {
    if (this.#lent.delete(buffer.buffer) && this.#kept.length < KEPT_BUFFERS)
      this.#kept.push(Buffer.from(buffer.buffer as ArrayBuffer))
  }
}
