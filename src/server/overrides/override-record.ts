// Overrides of the configuration on disk: which options users set, on which element. What they come to is decided when
// they are laid over the configuration, for the file beneath may have changed.
import { exactJson, typed } from '../../store/codec.ts'
import type { Collection } from '../../store/collection.ts'
import type { Store } from '../../store/store.ts'

export interface OverrideRecord {
  readonly section: string
  /** Value of the key of a list's element; empty for a section that is no list. */
  readonly element: string
  /** By the keys of the override API, as they were given. */
  readonly options: Readonly<Record<string, unknown>>
  /** The element stands in no file: it was added. */
  readonly added: boolean
}

/** `put` and `remove` of one change, written together. */
export interface OverrideChange {
  readonly put: readonly OverrideRecord[]
  readonly remove: readonly OverrideRecord[]
}

export class OverrideStore {
  readonly #store: Store
  readonly #stored: Collection<OverrideRecord>

  constructor(store: Store) {
    this.#store = store
    this.#stored = store.collection('overrides', typed<OverrideRecord>(exactJson))
  }

  /** In the order of sections and elements. */
  all(): readonly OverrideRecord[] {
    return this.#stored.values()
  }

  /** Durable when the call returns. */
  apply({ put, remove }: OverrideChange): void {
    this.#store.transact((w) => {
      for (const r of remove) w.remove(this.#stored, [r.section, r.element])
      for (const r of put) w.put(this.#stored, [r.section, r.element], r)
    })
  }
}
