// The embedded store: collections over one ordered map, one entry point for what must be written together, and the
// version of what is stored. Owns atomicity and order; knows nothing of files or of what the values mean.
import { Fault } from '../base/fault.ts'
import { applyWrites, Batch, directWriter, type Write, type Writer } from './batch.ts'
import { type Codec, json, typed } from './codec.ts'
import { Collection, type CollectionDecl } from './collection.ts'
import type { Kv } from './kv.ts'
import { Queue } from './queue.ts'

/** Opens a collection of any name for a migration; it reads what the migration wrote so far. */
export type OpenCollection = <T>(name: string, codec?: Codec<T>) => Collection<T>

/** Brings what is stored from version `to - 1` to `to`, in one transaction. */
export interface Migration {
  readonly to: number
  readonly about: string
  run(open: OpenCollection, writer: Writer): void
}

interface Schema {
  readonly version: number
}

interface Waiting {
  readonly writes: readonly Write[]
  readonly done: () => void
  readonly failed: (fault: unknown) => void
}

export class Store {
  readonly #kv: Kv
  readonly #collections = new Map<string, CollectionDecl<unknown>>()
  readonly #schema: Collection<Schema>
  #waiting: Waiting[] = []
  #scheduled: NodeJS.Immediate | undefined
  #closed = false

  /** `migrations`: contiguous and ascending; the last one's `to` is the version that this program writes. */
  constructor(kv: Kv, migrations: readonly Migration[] = []) {
    this.#kv = kv
    this.#schema = new Collection<Schema>(kv, { name: '$schema', codec: typed<Schema>(json) })
    this.#migrate(migrations)
  }

  #migrate(migrations: readonly Migration[]): void {
    const newest = migrations.at(-1)?.to ?? 0
    const fresh = this.#kv.count(Buffer.of(0), Buffer.of(0xff)) === 0
    const stored = fresh ? newest : (this.#schema.get(['version'])?.version ?? 0)
    if (stored > newest) {
      const text = `the store has version ${stored}, this program knows versions up to ${newest}: it was written by a newer one`
      throw new Fault('store-too-new', text)
    }
    if (fresh) this.transact((writer) => writer.put(this.#schema, ['version'], { version: newest }))
    const open: OpenCollection = <T>(name: string, codec: Codec<T> = typed<T>(json)) =>
      new Collection<T>(this.#kv, { name, codec })
    for (const migration of migrations) {
      if (migration.to <= stored) continue
      this.transact((writer) => {
        migration.run(open, writer)
        writer.put(this.#schema, ['version'], { version: migration.to })
      })
    }
  }

  /** The version of what is stored. */
  get version(): number {
    return this.#schema.get(['version'])?.version ?? 0
  }

  /** Declares a collection; each name once. Values are JSON unless another codec is given. */
  collection<T>(name: string, codec: Codec<T> = typed<T>(json)): Collection<T> {
    return new Collection<T>(this.#kv, this.#declare(name, codec))
  }

  /** Declares a collection that is appended to; each name once. */
  queue<T>(name: string, codec: Codec<T> = typed<T>(json)): Queue<T> {
    return new Queue<T>(this.#kv, this.#declare(name, codec))
  }

  #declare<T>(name: string, codec: Codec<T>): CollectionDecl<T> {
    if (name === '' || name.startsWith('$')) throw new Error(`${JSON.stringify(name)} can't name a collection`)
    if (this.#collections.has(name)) throw new Error(`collection ${name} is declared twice`)
    const decl = { name, codec }
    this.#collections.set(name, decl as CollectionDecl<unknown>)
    return decl
  }

  /**
   * Runs `action` as one transaction, now, on the caller's time: for short changes of definitions. What was handed to
   * `commit` before is written first. Reads inside see what was written inside. When it returns, the writes survive
   * what the sync policy promises; when it throws, none happened: the action's own error, or a Fault of the medium.
   */
  transact<T>(action: (writer: Writer) => T): T {
    this.#drain()
    return this.#kv.write((kv) => action(directWriter(kv)))
  }

  /**
   * Writes a batch, all or nothing, together with what others hand in meanwhile: one transaction for all of them, in
   * the order of the calls. Resolves when the writes survive what the sync policy promises. Rejects with a Fault when
   * the medium fails; then nothing of the batch is written, and the same batch may be handed in again.
   */
  commit(writes: Batch | ((writer: Writer) => void)): Promise<void> {
    const batch = writes instanceof Batch ? writes : new Batch()
    if (!(writes instanceof Batch)) writes(batch)
    if (this.#closed) return Promise.reject(new Fault('store-closed', 'the store is closed'))
    if (batch.size === 0) return Promise.resolve()
    return new Promise<void>((done, failed) => {
      this.#waiting.push({ writes: batch.writes.slice(), done, failed })
      // After this turn's input was taken in, so that all connections that were ready share the transaction.
      this.#scheduled ??= setImmediate(() => this.#drain())
    })
  }

  #drain(): void {
    clearImmediate(this.#scheduled)
    this.#scheduled = undefined
    const group = this.#waiting
    if (group.length === 0) return
    this.#waiting = []
    try {
      this.#kv.write((kv) => {
        for (const { writes } of group) applyWrites(writes, kv)
      })
    } catch (fault) {
      // Never one by one: a later batch must not get in before an earlier one that will be tried again.
      for (const { failed } of group) failed(fault)
      return
    }
    for (const { done } of group) done()
  }

  /** Reads every value of a collection that was declared. Throws what the first says that can't be decoded. */
  check(name: string): void {
    const decl = this.#collections.get(name)
    if (!decl) throw new Error(`collection ${name} is not declared`)
    for (const _ of new Collection(this.#kv, decl).scan());
  }

  /** Resolves when everything committed so far survives power loss, whatever the policy. */
  async flush(): Promise<void> {
    this.#drain()
    await this.#kv.flush()
  }

  /** Writes a consistent copy to `path`, one file, while others read and write. */
  async backup(path: string): Promise<void> {
    this.#drain()
    await this.#kv.backup(path)
  }

  sizeBytes(): number {
    return this.#kv.sizeBytes()
  }

  /** Writes what waits, then closes. Later use gives a Fault. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#drain()
    this.#closed = true
    await this.#kv.close()
  }
}
