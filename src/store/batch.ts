// A list of encoded writes that belong together. Keys and values are turned into bytes when they are staged, so a value
// may change afterwards, and a batch that failed to commit can be handed in again as it is.
import { type Codec, json } from './codec.ts'
import { encodeKey, isCut, type Key, physicalKey } from './key.ts'
import type { KvWriter } from './kv.ts'

/** What a writer needs of a collection: where its keys live and how its values are written. */
export interface Target<T> {
  readonly name: string
  /** The encoded name, which starts every key of the collection. */
  readonly prefix: Buffer
  readonly codec: Codec<T>
}

/** Takes writes, either to apply at once (inside a transaction) or to keep for a commit. */
export interface Writer {
  put<T>(target: Target<T>, key: Key, value: T): void
  remove<T>(target: Target<T>, key: Key): void
}

export interface Write {
  readonly key: Buffer
  /** Absent: the key is removed. */
  readonly value?: string
}

export function encodeWrite<T>(target: Target<T>, key: Key, value: T): Write {
  const physical = targetKey(target, key)
  const text = target.codec.encode(value)
  // A cut key no longer tells its tuple, so the tuple goes in front of the value: one line of JSON, then the value.
  return { key: physical, value: isCut(physical) ? `${json.encode(key)}\n${text}` : text }
}

export function targetKey<T>(target: Target<T>, key: Key): Buffer {
  return physicalKey(Buffer.concat([target.prefix, encodeKey(key)]))
}

export class Batch implements Writer {
  readonly writes: Write[] = []

  put<T>(target: Target<T>, key: Key, value: T): void {
    this.writes.push(encodeWrite(target, key, value))
  }

  remove<T>(target: Target<T>, key: Key): void {
    this.writes.push({ key: targetKey(target, key) })
  }

  get size(): number {
    return this.writes.length
  }
}

/** A writer that applies at once. */
export function directWriter(kv: KvWriter): Writer {
  return {
    put: (target, key, value) => {
      const write = encodeWrite(target, key, value)
      kv.put(write.key, write.value!)
    },
    remove: (target, key) => kv.remove(targetKey(target, key)),
  }
}

export function applyWrites(writes: readonly Write[], kv: KvWriter): void {
  for (const write of writes) {
    if (write.value === undefined) kv.remove(write.key)
    else kv.put(write.key, write.value)
  }
}
