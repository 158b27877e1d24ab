// The tasks on disk, and all of them in memory in the order of their ids: a list must not read the disk. Each change is
// durable when the call returns.

import { byteOrder } from '../../base/byte-order.ts'
import type { Writer } from '../../store/batch.ts'
import { exactJson, typed } from '../../store/codec.ts'
import type { Collection } from '../../store/collection.ts'
import type { Store } from '../../store/store.ts'
import type { TaskRecord } from './task-record.ts'

export class TaskStore {
  readonly #store: Store
  readonly #stored: Collection<TaskRecord>
  readonly #records = new Map<string, TaskRecord>()
  /** Sorted; undefined when it has to be made anew. */
  #ids: readonly string[] | undefined

  constructor(store: Store) {
    this.#store = store
    this.#stored = store.collection('tasks', typed<TaskRecord>(exactJson))
    for (const record of this.#stored.values()) this.#records.set(record.id, record)
  }

  get size(): number {
    return this.#records.size
  }

  get(id: string): TaskRecord | undefined {
    return this.#records.get(id)
  }

  /** All ids in byte order. */
  ids(): readonly string[] {
    return (this.#ids ??= [...this.#records.keys()].sort(byteOrder))
  }

  all(): TaskRecord[] {
    return this.ids().map((id) => this.#records.get(id)!)
  }

  put(record: TaskRecord): void {
    this.#store.transact((w) => w.put(this.#stored, [record.id], record))
    if (!this.#records.has(record.id)) this.#ids = undefined
    this.#records.set(record.id, record)
  }

  /** Stores records of tasks that are there, together with what `also` stages, as one change. */
  putAll(records: readonly TaskRecord[], also: (writer: Writer) => void): void {
    this.#store.transact((w) => {
      for (const record of records) w.put(this.#stored, [record.id], record)
      also(w)
    })
    for (const record of records) this.#records.set(record.id, record)
  }

  /** Stores the record under its new id and removes the old one, as one change. */
  rename(from: string, record: TaskRecord): void {
    this.#store.transact((w) => {
      w.remove(this.#stored, [from])
      w.put(this.#stored, [record.id], record)
    })
    this.#records.delete(from)
    this.#records.set(record.id, record)
    this.#ids = undefined
  }

  remove(id: string): void {
    this.#store.transact((w) => w.remove(this.#stored, [id]))
    this.#records.delete(id)
    this.#ids = undefined
  }
}
