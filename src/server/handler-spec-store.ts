// Where the handlers of topics are kept: one record each, under topic and id.
import type { HandlerSpec, HandlerSpecStore } from '../alert/topic-handlers.ts'
import { typed } from '../store/codec.ts'
import type { Collection } from '../store/collection.ts'
import type { Store } from '../store/store.ts'

export class StoredHandlerSpecs implements HandlerSpecStore {
  readonly #store: Store
  readonly #specs: Collection<HandlerSpec>

  constructor(store: Store) {
    this.#store = store
    this.#specs = store.collection('topic-handlers', typed<HandlerSpec>())
  }

  all(): Iterable<HandlerSpec> {
    return this.#specs.values()
  }

  save(spec: HandlerSpec, replaces?: string): void {
    this.#store.transact((w) => {
      if (replaces !== undefined && replaces !== spec.id) w.remove(this.#specs, [spec.topic, replaces])
      w.put(this.#specs, [spec.topic, spec.id], spec)
    })
  }

  remove(topic: string, id: string): void {
    this.#store.transact((w) => w.remove(this.#specs, [topic, id]))
  }
}
