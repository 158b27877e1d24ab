// The templates on disk, and all of them in memory in the order of their ids. Changes are staged by the caller, so that
// a template and its tasks change as one; what memory holds follows when the transaction has gone through.
import { byteOrder } from '../../base/byte-order.ts'
import type { Writer } from '../../store/batch.ts'
import type { Collection } from '../../store/collection.ts'
import type { Store } from '../../store/store.ts'
import type { TemplateRecord } from './template-record.ts'

/** A change of one template: its record under its new id, or nothing. */
export interface TemplateStep {
  readonly from: string
  readonly to: TemplateRecord | undefined
}

export class TemplateStore {
  readonly #store: Store
  readonly #stored: Collection<TemplateRecord>
  readonly #records = new Map<string, TemplateRecord>()
  /** Sorted; undefined when it has to be made anew. */
  #ids: readonly string[] | undefined

  constructor(store: Store) {
    this.#store = store
    this.#stored = store.collection<TemplateRecord>('templates')
    for (const record of this.#stored.values()) this.#records.set(record.id, record)
  }

  get(id: string): TemplateRecord | undefined {
    return this.#records.get(id)
  }

  /** The script of a template, for tasks; undefined when there is no such template. */
  script(id: string): string | undefined {
    return this.#records.get(id)?.script
  }

  /** All ids in byte order. */
  ids(): readonly string[] {
    return (this.#ids ??= [...this.#records.keys()].sort(byteOrder))
  }

  /** Stages the step in a transaction of the caller's. `done` has to follow. */
  stage(writer: Writer, { from, to }: TemplateStep): void {
    if (from !== to?.id) writer.remove(this.#stored, [from])
    if (to) writer.put(this.#stored, [to.id], to)
  }

  /** The staged step is on disk. */
  done({ from, to }: TemplateStep): void {
    if (from !== to?.id) this.#records.delete(from)
    if (to) this.#records.set(to.id, to)
    this.#ids = undefined
  }

  /** Makes the step by itself. */
  apply(step: TemplateStep): void {
    this.#store.transact((w) => this.stage(w, step))
    this.done(step)
  }
}
