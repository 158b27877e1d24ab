// Reads a body's lines while the rest of it is still on its way, so that parsing and receiving overlap. Nothing counts
// before the whole body is there: where anything looks wrong, all of it is read again in one piece.
import type { FieldsRead } from '../../base/line-protocol/fields-read.ts'
import type { LineParser, ParseResult } from '../../base/line-protocol/line-parser.ts'
import type { Point } from '../../base/point.ts'
import type { Time } from '../../base/time.ts'

/** Sees a body grow: `end` bytes of `buffer` have arrived. */
export interface BodyWatcher {
  grew(buffer: Buffer, end: number): void
}

/** Fewer new bytes than these are left for later. */
const STEP_BYTES = 128 * 1024
/** Larger bodies are read at their end: their points must not wait in memory for a slow sender. */
export const MAX_EARLY_BYTES = 8 * 1024 * 1024
const NEWLINE = 10

export class EarlyLines implements BodyWatcher {
  readonly #parse: (bytes: Uint8Array, points: Point[]) => ParseResult
  readonly #points: Point[] = []
  /** The time of lines without one. */
  readonly now: Time
  /** What will be read of the points. */
  readonly reads: FieldsRead | undefined
  #upTo = 0
  #failed = false

  constructor(parser: LineParser, db: string, rp: string, precision: string, now: Time, reads?: FieldsRead) {
    this.now = now
    this.reads = reads
    this.#parse = (bytes, points) => parser.parse(bytes, db, rp, precision, now, reads, points)
  }

  grew(buffer: Buffer, end: number): void {
    if (this.#failed || end - this.#upTo < STEP_BYTES || end > MAX_EARLY_BYTES) return
    const last = buffer.lastIndexOf(NEWLINE, end - 1)
    if (last < this.#upTo) return
    // A line end inside of a string leaves its quotes unbalanced: that fails here and is read right at the end.
    this.#failed = !this.#parse(buffer.subarray(this.#upTo, last + 1), this.#points).ok
    this.#upTo = last + 1
  }

  /** The result of the whole body, the same as of reading it at once. */
  finish(body: Buffer): ParseResult {
    if (!this.#failed && this.#upTo > 0) {
      const whole = this.#parse(body.subarray(this.#upTo), this.#points)
      if (whole.ok) return whole
    }
    return this.#parse(body, [])
  }
}
