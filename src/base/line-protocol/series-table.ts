// Series keys as they stand in lines → their Series, so that tags are read once, ever. Bounded.
import type { Series } from '../series.ts'
import { type ByteArena, sameBytes } from './byte-arena.ts'
import type { FieldNode } from './field-tree.ts'

/** A key that was seen: bytes of the arena, the space behind it included. */
export class SeriesEntry {
  readonly series: Series
  readonly scope: number
  readonly hash: number
  readonly at: number
  readonly length: number
  /** The entry that followed last time: tried first. */
  next: SeriesEntry | undefined
  /** The first field of the series' last line: tried first. */
  first: FieldNode | undefined

  constructor(series: Series, scope: number, hash: number, at: number, length: number) {
    this.series = series
    this.scope = scope
    this.hash = hash
    this.at = at
    this.length = length
    this.next = undefined
    this.first = undefined
  }
}

/** So many entries are looked at for one key; a table that is made to collide is only slow to learn. */
const MAX_PROBES = 32

export class SeriesTable {
  readonly #arena: ByteArena
  readonly #max: number
  #misses = 0
  #entries: SeriesEntry[] = []
  #slots = new Int32Array(256)

  constructor(arena: ByteArena, max: number) {
    this.#arena = arena
    this.#max = max
  }

  get size(): number {
    return this.#entries.length
  }

  /** True when so many keys found no room that beginning anew pays. */
  get worn(): boolean {
    return this.#misses > this.#max
  }

  /** Whether one more key of that many bytes may come in; a no counts as a miss. */
  hasRoom(length: number): boolean {
    if (this.#entries.length < this.#max && this.#arena.hasRoom(length)) return true
    this.#misses++
    return false
  }

  /** The entry whose `length` bytes stand at `i`. */
  find(scope: number, hash: number, bytes: DataView, i: number, length: number): SeriesEntry | undefined {
    const mask = this.#slots.length - 1
    for (let s = hash & mask, probes = 0; probes < MAX_PROBES; s = (s + 1) & mask, probes++) {
      const slot = this.#slots[s]!
      if (slot === 0) return undefined
      const e = this.#entries[slot - 1]!
      if (e.hash === hash && e.length === length && e.scope === scope) {
        if (sameBytes(this.#arena.view, e.at, length, bytes, i)) return e
      }
    }
    return undefined
  }

  add(e: SeriesEntry): void {
    this.#entries.push(e)
    if (this.#entries.length * 2 > this.#slots.length) {
      this.#slots = new Int32Array(this.#slots.length * 2)
      for (let k = 0; k < this.#entries.length; k++) this.#place(this.#entries[k]!.hash, k + 1)
    } else this.#place(e.hash, this.#entries.length)
  }

  /** Lets all series of the scope begin anew at the root of the fields. */
  forgetFields(scope: number): void {
    for (const e of this.#entries) if (e.scope === scope) e.first = undefined
  }

  clear(): void {
    this.#entries = []
    this.#slots = new Int32Array(256)
    this.#misses = 0
  }

  #place(hash: number, value: number): void {
    const mask = this.#slots.length - 1
    let s = hash & mask
    for (let probes = 0; this.#slots[s] !== 0; s = (s + 1) & mask) if (++probes === MAX_PROBES) return
    this.#slots[s] = value
  }
}
