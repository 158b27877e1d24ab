// Where silences are kept, and how much each has held back.
import type { Silence } from '../alert/silence.ts'
import type { SilenceStore } from '../alert/silences.ts'
import { typed } from '../store/codec.ts'
import type { Collection } from '../store/collection.ts'
import type { Store } from '../store/store.ts'

export class StoredSilences implements SilenceStore {
  readonly #store: Store
  readonly #silences: Collection<Silence>
  readonly #counts: Collection<number>

  constructor(store: Store) {
    this.#store = store
    this.#silences = store.collection('silences', typed<Silence>())
    this.#counts = store.collection('silence-counts', typed<number>())
  }

  all(): Iterable<Silence> {
    return this.#silences.values()
  }

  save(silence: Silence): void {
    this.#store.transact((w) => w.put(this.#silences, [silence.id], silence))
  }

  remove(id: string): void {
    this.#store.transact((w) => {
      w.remove(this.#silences, [id])
      w.remove(this.#counts, [id])
    })
  }

  *counts(): Iterable<readonly [string, number]> {
    for (const [[id], n] of this.#counts.entries()) yield [id as string, n]
  }

  saveCounts(counts: Iterable<readonly [string, number]>): void {
    // Counts are not worth an error: a full disk tells of itself elsewhere.
    this.#store
      .commit((w) => {
        for (const [id, n] of counts) w.put(this.#counts, [id], n)
      })
      .catch(() => {})
  }
}
