// A typed part of the store: values of one kind under tuple keys, in key order. Reading only; writes go through a
// Writer, so that what belongs together stays together. Knows nothing of what the values mean.
import type { Target, Writer } from './batch.ts'
import { targetKey } from './batch.ts'
import type { Codec } from './codec.ts'
import { decodeKey, encodeKey, encodeStringPrefix, isCut, type Key, prefixBounds } from './key.ts'
import type { Kv, KvRange } from './kv.ts'

export interface CollectionDecl<T> {
  /** Unique in the store, and part of the file's format: never rename without a migration. */
  readonly name: string
  readonly codec: Codec<T>
}

/** Which keys, in key order. Without any field: all. */
export interface Range {
  /** Keys whose first parts are these. */
  readonly prefix?: Key
  /** Of those, keys whose next part is a string that starts so. */
  readonly startsWith?: string
  /** Inclusive lower bound. */
  readonly from?: Key
  /** Exclusive lower bound: for paging, the last key of the page before. */
  readonly after?: Key
  /** Exclusive upper bound. */
  readonly to?: Key
  readonly reverse?: boolean
  readonly offset?: number
  readonly limit?: number
}

const PAGE = 1024

export class Collection<T> implements Target<T> {
  readonly name: string
  readonly prefix: Buffer
  readonly codec: Codec<T>
  readonly #kv: Kv

  constructor(kv: Kv, decl: CollectionDecl<T>) {
    this.#kv = kv
    this.name = decl.name
    this.prefix = encodeKey([decl.name])
    this.codec = decl.codec
  }

  get(key: Key): T | undefined {
    const physical = targetKey(this, key)
    const text = this.#kv.get(physical)
    return text === undefined ? undefined : this.#value(physical, text)
  }

  has(key: Key): boolean {
    return this.#kv.get(targetKey(this, key)) !== undefined
  }

  /** As they are now; a later write does not change the array. */
  entries(range: Range = {}): [Key, T][] {
    return this.#select(range).map(([key, physical, text]) => [key, this.#value(physical, text)])
  }

  values(range: Range = {}): T[] {
    return this.#select(range).map(([, physical, text]) => this.#value(physical, text))
  }

  keys(range: Range = {}): Key[] {
    const { kv, exact } = this.#bounds(range)
    if (!exact) return this.#select(range).map(([key]) => key)
    const found = this.#kv.keys(kv)
    if (found.some(isCut)) return this.#select(range).map(([key]) => key)
    return found.map((physical) => this.#key(physical))
  }

  /** The first parts of all keys, each once, in byte order: the IDs of a collection that is keyed by `[id]` or `[id, …]`. */
  ids(range: Range = {}): string[] {
    const ids: string[] = []
    for (const [id] of this.keys(range)) if (typeof id === 'string' && id !== ids.at(-1)) ids.push(id)
    return ids
  }

  count(range: Range = {}): number {
    const { kv, exact } = this.#bounds(range)
    if (exact && range.limit === undefined && !range.offset) return this.#kv.count(kv.from, kv.to)
    return this.keys(range).length
  }

  /** All entries in pages, so that a large collection is never in memory at once. Writes in between may show. */
  *scan(range: Omit<Range, 'offset' | 'limit' | 'reverse'> = {}): Generator<[Key, T]> {
    let after = range.after
    for (;;) {
      const page: [Key, T][] = this.entries({ ...range, ...(after ? { after } : {}), limit: PAGE })
      yield* page
      if (page.length < PAGE) return
      after = page.at(-1)![0]
    }
  }

  /** Stages the removal of every key that is in the range now; returns how many. */
  removeRange(writer: Writer, range: Range): number {
    const keys = this.keys(range)
    for (const key of keys) writer.remove(this, key)
    return keys.length
  }

  #key(physical: Uint8Array): Key {
    return decodeKey(physical.subarray(this.prefix.length))
  }

  #value(physical: Uint8Array, text: string): T {
    return this.codec.decode(isCut(physical) ? text.slice(text.indexOf('\n') + 1) : text)
  }

  #cutKey(text: string): Key {
    return JSON.parse(text.slice(0, text.indexOf('\n'))) as Key
  }

  /**
   * `exact`: every key between the bounds is in the range, so offset and limit are left to the layer below. It isn't
   * when a bound reaches into cut keys: then the bounds are widened to the cut and every key is tested.
   */
  #bounds(range: Range): { kv: KvRange; exact: boolean; test: (encoded: Buffer) => boolean } {
    const parts = [this.prefix]
    if (range.prefix) parts.push(encodeKey(range.prefix))
    if (range.startsWith !== undefined) parts.push(encodeStringPrefix(range.startsWith))
    const whole = Buffer.concat(parts)
    let { from, to } = prefixBounds(whole)
    let exact = from.length === whole.length
    const low = range.after
      ? Buffer.concat([this.prefix, encodeKey(range.after), JUST_ABOVE])
      : range.from && Buffer.concat([this.prefix, encodeKey(range.from)])
    const high = range.to && Buffer.concat([this.prefix, encodeKey(range.to)])
    if (low) {
      const cut = prefixBounds(low).from
      if (Buffer.compare(cut, from) > 0) from = cut
      exact &&= cut.length === low.length
    }
    if (high) {
      const bounds = prefixBounds(high)
      const cut = bounds.from.length === high.length ? high : bounds.to
      if (Buffer.compare(cut, to) < 0) to = cut
      exact &&= cut === high
    }
    if (Buffer.compare(from, to) > 0) to = from
    const test = (encoded: Buffer): boolean =>
      encoded.subarray(0, whole.length).equals(whole) &&
      (!low || Buffer.compare(encoded, low) >= 0) &&
      (!high || Buffer.compare(encoded, high) < 0)
    const kv: KvRange = { from, to, reverse: range.reverse ?? false }
    return { kv: exact ? { ...kv, ...page(range) } : kv, exact, test }
  }

  #select(range: Range): [Key, Uint8Array, string][] {
    const { kv, exact, test } = this.#bounds(range)
    const selected: [Key, Uint8Array, string][] = []
    for (const [physical, text] of this.#kv.entries(kv)) {
      const key = isCut(physical) ? this.#cutKey(text) : this.#key(physical)
      if (exact || test(Buffer.concat([this.prefix, encodeKey(key)]))) selected.push([key, physical, text])
    }
    if (exact) return selected
    const { offset = 0, limit } = page(range)
    return selected.slice(offset, limit === undefined ? undefined : offset + limit)
  }
}

/** No key lies between a key and the same with this appended. */
const JUST_ABOVE = Buffer.of(0)

function page(range: Range): { offset?: number; limit?: number } {
  return {
    ...(range.offset ? { offset: range.offset } : {}),
    ...(range.limit === undefined ? {} : { limit: range.limit }),
  }
}
