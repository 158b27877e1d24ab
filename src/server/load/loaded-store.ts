// What was defined from files of the load folder, so that it can be taken away when its file is gone.
import { typed } from '../../store/codec.ts'
import type { Collection } from '../../store/collection.ts'
import type { Store } from '../../store/store.ts'

export type LoadKind = 'templates' | 'tasks' | 'handlers'

export interface LoadedRecord {
  readonly kind: LoadKind
  /** Name of the file in the folder of its kind. */
  readonly file: string
  readonly id: string
  /** Of a handler; else empty. */
  readonly topic: string
}

export class LoadedStore {
  readonly #store: Store
  readonly #stored: Collection<LoadedRecord>

  constructor(store: Store) {
    this.#store = store
    this.#stored = store.collection('loaded', typed<LoadedRecord>())
  }

  of(kind: LoadKind): readonly LoadedRecord[] {
    return this.#stored.values({ prefix: [kind] })
  }

  put(record: LoadedRecord): void {
    this.#store.transact((w) => w.put(this.#stored, keyOf(record), record))
  }

  remove(record: LoadedRecord): void {
    this.#store.transact((w) => w.remove(this.#stored, keyOf(record)))
  }
}

function keyOf({ kind, topic, id }: LoadedRecord): [string, string, string] {
  return [kind, topic, id]
}
