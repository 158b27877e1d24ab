// Rows as bytes: time, and for each column its kind and value. Texts that come again are kept once and numbered. A row
// never lies across two chunks.
import type { Shape } from '../shape.ts'
import type { Value } from '../value.ts'
import type { Cell } from './result-sink.ts'
import { BOOL, FLOAT, NULL, type RowLayout, STRING } from './row-layout.ts'

const CHUNK = 256 * 1024
/** Layout (4), seconds (8), nanoseconds (4). */
const HEAD = 16
/** Marks of cells; texts that are kept once have a mark of their own. */
const CELL_NULL = 0
const CELL_FLOAT = 1
const CELL_TEXT = 2
const CELL_KEPT = 3
const CELL_TRUE = 4
const CELL_FALSE = 5
/** So many texts are kept once, none longer than this. */
const MAX_KEPT = 16_384
const MAX_KEPT_LENGTH = 64

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

export class RowWriter {
  /** Texts by their numbers. */
  readonly texts: string[] = []
  /** Bytes of all chunks that are finished, also of those taken away. */
  readonly lengths: number[] = []
  readonly #numbers = new Map<string, number>()
  readonly #full: Uint8Array[] = []
  #taken = 0
  #bytes = new Uint8Array(CHUNK)
  #view = new DataView(this.#bytes.buffer)
  #at = 0
  #held = 0

  /** Bytes in memory. */
  get bytes(): number {
    return this.#held + this.#at
  }

  /** Adds a row; false when it has no value at all and is left out. */
  row(layout: number, sec: number, ns: number, cells: readonly Cell[]): boolean {
    let any = false
    let need = HEAD
    for (const c of cells) {
      if (c !== null) any = true
      need += typeof c === 'string' ? 5 + c.length * 3 : 9
    }
    if (!any) return false
    if (this.#at + need > this.#bytes.length) this.#finish(need)
    const v = this.#view
    let at = this.#at
    v.setUint32(at, layout)
    v.setFloat64(at + 4, sec)
    v.setUint32(at + 12, ns)
    at += HEAD
    for (const c of cells) at = this.#cell(c, at)
    this.#at = at
    return true
  }

  #cell(c: Cell, at: number): number {
    const v = this.#view
    if (typeof c === 'number') {
      v.setUint8(at, CELL_FLOAT)
      v.setFloat64(at + 1, c)
      return at + 9
    }
    if (typeof c !== 'string') {
      v.setUint8(at, c === null ? CELL_NULL : c ? CELL_TRUE : CELL_FALSE)
      return at + 1
    }
    const number = this.#numberOf(c)
    if (number >= 0) {
      v.setUint8(at, CELL_KEPT)
      v.setUint32(at + 1, number)
      return at + 5
    }
    const { written } = encoder.encodeInto(c, this.#bytes.subarray(at + 5))
    v.setUint8(at, CELL_TEXT)
    v.setUint32(at + 1, written)
    return at + 5 + written
  }

  #numberOf(text: string): number {
    if (text.length > MAX_KEPT_LENGTH) return -1
    const known = this.#numbers.get(text)
    if (known !== undefined) return known
    if (this.texts.length >= MAX_KEPT) return -1
    const number = this.texts.push(text) - 1
    this.#numbers.set(text, number)
    return number
  }

  #finish(need: number): void {
    if (this.#at > 0) {
      this.#full.push(this.#bytes.subarray(0, this.#at))
      this.lengths.push(this.#at)
      this.#held += this.#at
    }
    this.#bytes = new Uint8Array(Math.max(CHUNK, need))
    this.#view = new DataView(this.#bytes.buffer)
    this.#at = 0
  }

  /** Takes the oldest finished chunk away; undefined when there is none. The one being written stays. */
  take(): Uint8Array | undefined {
    const chunk = this.#full[this.#taken]
    if (!chunk) return undefined
    this.#full[this.#taken++] = new Uint8Array(0)
    this.#held -= chunk.length
    return chunk
  }

  /** No more rows come: the last chunk is finished too. */
  end(): void {
    if (this.#at > 0) this.#finish(0)
    this.#bytes = new Uint8Array(0)
    this.#view = new DataView(this.#bytes.buffer)
  }

  clear(): void {
    this.#full.length = 0
    this.#taken = 0
    this.#bytes = new Uint8Array(0)
    this.#at = 0
    this.#held = 0
  }
}

/** Reads the rows of one chunk after another. */
export class RowReader {
  readonly #texts: readonly string[]
  #bytes: Uint8Array = new Uint8Array(0)
  #view: DataView = new DataView(new ArrayBuffer(0))
  #at = 0
  readonly #kinds: number[] = []
  readonly #cells: Value[] = []
  sec = 0
  ns = 0

  constructor(texts: readonly string[]) {
    this.#texts = texts
  }

  use(bytes: Uint8Array): void {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#at = 0
  }

  /** The chunk has been read to its end. */
  get done(): boolean {
    return this.#at >= this.#bytes.length
  }

  row(layouts: readonly RowLayout[]): { readonly shape: Shape; readonly values: readonly Value[] } {
    const v = this.#view
    let at = this.#at
    const layout = layouts[v.getUint32(at)]!
    this.sec = v.getFloat64(at + 4)
    this.ns = v.getUint32(at + 12)
    at += HEAD
    const kinds = this.#kinds
    const cells = this.#cells
    const count = layout.columns.length
    kinds.length = count
    for (let c = 0; c < count; c++) {
      switch (v.getUint8(at++)) {
        case CELL_FLOAT:
          kinds[c] = FLOAT
          cells[c] = v.getFloat64(at)
          at += 8
          break
        case CELL_KEPT:
          kinds[c] = STRING
          cells[c] = this.#texts[v.getUint32(at)]!
          at += 4
          break
        case CELL_TEXT: {
          const length = v.getUint32(at)
          kinds[c] = STRING
          cells[c] = decoder.decode(this.#bytes.subarray(at + 4, at + 4 + length))
          at += 4 + length
          break
        }
        case CELL_TRUE:
        case CELL_FALSE:
          kinds[c] = BOOL
          cells[c] = v.getUint8(at - 1) === CELL_TRUE
          break
        default:
          kinds[c] = NULL
      }
    }
    this.#at = at
    return layout.fields(kinds, cells)
  }
}
