// The ordered map in memory: for tests and for scripts run in process. Same order, same atomicity, no files.
import { Fault } from '../base/fault.ts'
import type { Kv, KvRange, KvWriter } from './kv.ts'

// A latin1 string holds one byte a character, so comparing strings compares bytes.
const toText = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
const toBytes = (text: string): Uint8Array => Buffer.from(text, 'latin1')

export class MemoryKv implements Kv {
  readonly #values = new Map<string, string>()
  /** Sorted when asked for: a run of writes sorts once. */
  #sorted: string[] | undefined
  #undo: [string, string | undefined][] | undefined
  #closed = false

  #open(): void {
    if (this.#closed) throw new Fault('store-closed', 'the store is closed')
  }

  #select(range: KvRange): string[] {
    this.#open()
    this.#sorted ??= [...this.#values.keys()].sort()
    const keys = this.#sorted
    const from = lowerBound(keys, toText(range.from))
    const to = lowerBound(keys, toText(range.to))
    const selected = keys.slice(from, Math.max(from, to))
    if (range.reverse) selected.reverse()
    const offset = range.offset ?? 0
    return offset === 0 && range.limit === undefined
      ? selected
      : selected.slice(offset, range.limit === undefined ? undefined : offset + range.limit)
  }

  get(key: Uint8Array): string | undefined {
    this.#open()
    return this.#values.get(toText(key))
  }

  entries(range: KvRange): [Uint8Array, string][] {
    return this.#select(range).map((key) => [toBytes(key), this.#values.get(key)!])
  }

  keys(range: KvRange): Uint8Array[] {
    return this.#select(range).map(toBytes)
  }

  count(from: Uint8Array, to: Uint8Array): number {
    return this.#select({ from, to }).length
  }

  #set(key: string, value: string | undefined): void {
    const old = this.#values.get(key)
    if (old === undefined && value === undefined) return
    this.#undo?.push([key, old])
    if (value === undefined) this.#values.delete(key)
    else this.#values.set(key, value)
    if ((old === undefined) !== (value === undefined)) this.#sorted = undefined
  }

  write<T>(action: (writer: KvWriter) => T): T {
    this.#open()
    if (this.#undo) throw new Error('a write inside a write')
    const undo: [string, string | undefined][] = []
    this.#undo = undo
    try {
      return action({
        put: (key, value) => this.#set(toText(key), value),
        remove: (key) => this.#set(toText(key), undefined),
      })
    } catch (e) {
      this.#undo = undefined
      for (const [key, old] of undo.reverse()) this.#set(key, old)
      throw e
    } finally {
      this.#undo = undefined
    }
  }

  async flush(): Promise<void> {
    this.#open()
  }

  async backup(): Promise<void> {
    throw new Fault('store-in-memory', 'a store in memory has no file to copy', { status: 400 })
  }

  sizeBytes(): number {
    let size = 0
    for (const [key, value] of this.#values) size += key.length + value.length
    return size
  }

  async close(): Promise<void> {
    this.#closed = true
  }
}

/** The first index whose key is not below `key`. */
function lowerBound(keys: readonly string[], key: string): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const mid = (low + high) >>> 1
    if (keys[mid]! < key) low = mid + 1
    else high = mid
  }
  return low
}
