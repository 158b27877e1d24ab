// Where users are kept: one record each, under the name. Those in use stay in memory for a while; a change counts at once.
import { typed } from '../../store/codec.ts'
import type { Collection } from '../../store/collection.ts'
import type { Store } from '../../store/store.ts'
import { User, type UserRecord } from './user.ts'

export interface UserStoreOptions {
  /** Milliseconds that a record stays in memory. */
  readonly keepMs: number
  readonly now?: () => number
}

/** Users in memory at the same time. */
const MAX_IN_MEMORY = 4096

interface Kept {
  readonly user: User
  readonly until: number
}

export class UserStore {
  readonly #store: Store
  readonly #users: Collection<UserRecord>
  readonly #inMemory = new Map<string, Kept>()
  readonly #keepMs: number
  readonly #now: () => number

  constructor(store: Store, o: UserStoreOptions) {
    this.#store = store
    this.#users = store.collection('users', typed<UserRecord>())
    this.#keepMs = o.keepMs
    this.#now = o.now ?? Date.now
  }

  get(name: string): User | undefined {
    const now = this.#now()
    const kept = this.#inMemory.get(name)
    if (kept && now < kept.until) return kept.user
    this.#inMemory.delete(name)
    const record = this.#users.get([name])
    if (!record) return undefined
    const user = new User(record)
    if (this.#inMemory.size >= MAX_IN_MEMORY) this.#inMemory.delete(this.#inMemory.keys().next().value!)
    this.#inMemory.set(name, { user, until: now + this.#keepMs })
    return user
  }

  /** All, in the order of their names. */
  all(): readonly UserRecord[] {
    return this.#users.values()
  }

  get size(): number {
    return this.#users.count()
  }

  get inMemory(): number {
    return this.#inMemory.size
  }

  /** They are kept when it returns. */
  save(...records: readonly UserRecord[]): void {
    this.#store.transact((w) => {
      for (const r of records) w.put(this.#users, [r.name], r)
    })
    for (const r of records) this.#inMemory.delete(r.name)
  }

  /** Those that are not there do no harm. */
  remove(...names: readonly string[]): void {
    // First: whatever happens, nobody goes on with what is to be gone.
    for (const name of names) this.#inMemory.delete(name)
    this.#store.transact((w) => {
      for (const name of names) w.remove(this.#users, [name])
    })
  }
}
