// Records with an id and a date on disk, and all of them in memory: what recordings and replays have in common. Lists
// begin with the newest.
import { byteOrder } from '../../base/byte-order.ts'
import type { Time } from '../../base/time.ts'
import { exactJson, typed } from '../../store/codec.ts'
import type { Collection } from '../../store/collection.ts'
import type { Store } from '../../store/store.ts'

export interface Dated {
  readonly id: string
  readonly date: Time
}

export class DatedStore<T extends Dated> {
  readonly #store: Store
  readonly #stored: Collection<T>
  readonly #records = new Map<string, T>()

  constructor(store: Store, collection: string) {
    this.#store = store
    this.#stored = store.collection(collection, typed<T>(exactJson))
    for (const record of this.#stored.values()) this.#records.set(record.id, record)
  }

  get(id: string): T | undefined {
    return this.#records.get(id)
  }

  /** Durable when the call returns. */
  put(record: T): void {
    this.#store.transact((w) => w.put(this.#stored, [record.id], record))
    this.#records.set(record.id, record)
  }

  /** What is shown from now on, though the disk keeps what it has. */
  show(record: T): void {
    this.#records.set(record.id, record)
  }

  remove(id: string): void {
    this.#store.transact((w) => w.remove(this.#stored, [id]))
    this.#records.delete(id)
  }

  all(): Iterable<T> {
    return this.#records.values()
  }

  /** Those that the filter takes: newest second first, within a second by id, the last one first. */
  newestFirst(filter: (id: string) => boolean): T[] {
    const found: T[] = []
    for (const r of this.#records.values()) if (filter(r.id)) found.push(r)
    return found.sort((a, b) => b.date.sec - a.date.sec || byteOrder(b.id, a.id))
  }
}
