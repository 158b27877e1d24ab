// Cuts the text of a batch recording into the heads of its batches and their points, as the bytes come, so that a batch
// of any size is never in memory as one text. Knows what is between the braces only as far as it must.
import { Fault } from '../../base/fault.ts'

/** The text of a point, or that of a whole batch without its points. */
export type BatchPart = { readonly is: 'point' | 'end'; readonly text: string }

const QUOTE = 34
const COMMA = 44
const COLON = 58
const OPEN_LIST = 91
const BACKSLASH = 92
const CLOSE_LIST = 93
const OPEN = 123
const CLOSE = 125
/** Longer points or heads are none of any recording. */
const MAX_PART_BYTES = 64 * 1024 * 1024

const isBlank = (c: number): boolean => c === 32 || c === 10 || c === 13 || c === 9

export class BatchObjects {
  readonly #decoder = new TextDecoder()
  /** Bytes of the head so far, and of the point under way. */
  #head: Uint8Array[] = []
  #point: Uint8Array[] = []
  #bytes = 0
  #depth = 0
  #inString = false
  #escaped = false
  #inPoints = false
  /** The last string on the first level, and whether it can be a key. */
  #word = ''
  #key = false
  #letters: number[] | undefined;

  /** Reads one more piece. Throws Fault for what is no batch recording. */
  *take(b: Uint8Array): Generator<BatchPart> {
    // What is copied begins at `from`; outside of all objects nothing is.
    let from = 0
    for (let i = 0; i < b.length; i++) {
      const c = b[i]!
      if (this.#inString) {
        this.#letter(c)
        continue
      }
      const points = this.#inPoints && this.#depth === 1
      if (points && c !== OPEN) {
        if (c === CLOSE_LIST) {
          this.#inPoints = false
          from = i
        } else if (c !== COMMA && !isBlank(c)) throw bad('a point is no object')
        continue
      }
      switch (c) {
        case QUOTE:
          this.#inString = true
          this.#letters = this.#depth === 1 && !this.#inPoints ? [] : undefined
          break
        case OPEN:
          if (this.#depth === 0 || points) from = i
          this.#key = this.#depth === 0
          this.#depth++
          break
        case OPEN_LIST:
          if (this.#depth === 0) throw bad('a batch is no object')
          if (this.#depth === 1 && this.#word === 'points') {
            this.#inPoints = true
            this.#word = ''
            this.#keep(this.#head, b, from, i + 1)
            break
          }
          this.#depth++
          break
        case CLOSE:
        case CLOSE_LIST:
          if (--this.#depth < 0) throw bad('an object has no beginning')
          if (this.#depth === 0) {
            yield { is: 'end', text: this.#take(this.#head, b, from, i + 1) }
          } else if (this.#depth === 1 && this.#inPoints) {
            yield { is: 'point', text: this.#take(this.#point, b, from, i + 1) }
          }
          break
        case COMMA:
          if (this.#depth === 1) {
            this.#key = true
            this.#word = ''
          }
          break
        case COLON:
          break
        default:
          if (this.#depth === 0 && !isBlank(c)) throw bad('a batch is no object')
      }
    }
    if (this.#depth > 1 && this.#inPoints) this.#keep(this.#point, b, from, b.length)
    else if (this.#depth > 0 && !this.#inPoints) this.#keep(this.#head, b, from, b.length)
  }

  /** The text has ended. Throws Fault when it ended in the middle of a batch. */
  end(): void {
    if (this.#depth > 0) throw bad('unexpected EOF')
  }

  #letter(c: number): void {
    if (this.#escaped) this.#escaped = false
    else if (c === BACKSLASH) this.#escaped = true
    else if (c === QUOTE) {
      this.#inString = false
      if (this.#letters && this.#key) {
        this.#word = String.fromCharCode(...this.#letters)
        this.#key = false
      }
      return
    }
    if (this.#letters && this.#letters.length < 16) this.#letters.push(c)
  }

  #keep(parts: Uint8Array[], b: Uint8Array, from: number, to: number): void {
    if (to <= from) return
    this.#bytes += to - from
    if (this.#bytes > MAX_PART_BYTES) throw bad('a point is longer than 64 MiB')
    parts.push(b.slice(from, to))
  }

  #take(parts: Uint8Array[], b: Uint8Array, from: number, to: number): string {
    if (parts.length === 0) return this.#decoder.decode(b.subarray(from, to))
    this.#keep(parts, b, from, to)
    const whole = Buffer.concat(parts)
    parts.length = 0
    this.#bytes = 0
    return this.#decoder.decode(whole)
  }
}

function bad(reason: string): Fault {
  return new Fault('bad-recording', `invalid batch recording: ${reason}`)
}
