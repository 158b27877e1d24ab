// Series keys as they stand in lines → their Series, so that tags are read once, ever. Bounded.
import type { Series } from '../series.ts'
import { type ByteArena, sameBytes } from './byte-arena.ts'
import type { FieldNode } from './field-tree.ts'

/** A key that was seen: bytes of the arena, the space behind it included. */
export class SeriesEntry {
  readonly series: Series
  readonly scope: number
  readonly at: number
  readonly length: number
  /** The entry that followed last time: tried first. */
  next: SeriesEntry | undefined
  /** The first field of the series' last line: tried first. */
  first: FieldNode | undefined

  constructor(series: Series, scope: number, at: number, length: number) {
    this.series = series
    this.scope = scope
    this.at = at
    this.length = length
    this.next = undefined
    this.first = undefined
  }
}

/** So many entries are looked at for one key; a table that is made to collide is only slow to learn. */
const MAX_PROBES = 32
const FIRST_SLOTS = 256

export class SeriesTable {
  readonly #arena: ByteArena
  readonly #max: number
  #misses = 0
  #entries: SeriesEntry[] = []
  /** Pairs: hash; place among the entries + 1, 0 when it is empty. The hash stands here so that no other entry is looked at. */
  #slots = new Int32Array(FIRST_SLOTS)

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
    const slots = this.#slots
    const mask = slots.length - 2
    for (let s = (hash * 2) & mask, probes = 0; probes < MAX_PROBES; s = (s + 2) & mask, probes++) {
      const place = slots[s + 1]!
      if (place === 0) return undefined
      if (slots[s] !== hash) continue
      const e = this.#entries[place - 1]!
      if (e.length === length && e.scope === scope && sameBytes(this.#arena.view, e.at, length, bytes, i)) return e
    }
    return undefined
  }

  /** Puts in an entry whose key has that hash. */
  add(e: SeriesEntry, hash: number): void {
    this.#entries.push(e)
    if (this.#entries.length * 4 > this.#slots.length) {
      const before = this.#slots
      this.#slots = new Int32Array(before.length * 2)
      for (let s = 0; s < before.length; s += 2) if (before[s + 1] !== 0) this.#place(before[s]!, before[s + 1]!)
    }
    this.#place(hash, this.#entries.length)
  }

  /** Lets all series of the scope begin anew at the root of the fields. */
  forgetFields(scope: number): void {
    for (const e of this.#entries) if (e.scope === scope) e.first = undefined
  }

  clear(): void {
    this.#entries = []
    this.#slots = new Int32Array(FIRST_SLOTS)
    this.#misses = 0
  }

  #place(hash: number, place: number): void {
    const slots = this.#slots
    const mask = slots.length - 2
    let s = (hash * 2) & mask
    for (let probes = 0; slots[s + 1] !== 0; s = (s + 2) & mask) if (++probes === MAX_PROBES) return
    slots[s] = hash
    slots[s + 1] = place
  }
}
