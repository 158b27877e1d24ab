// The store without files: for tests and for scripts run in process.
import { MemoryKv } from './memory-kv.ts'
import { type Migration, Store } from './store.ts'

export function openMemoryStore(migrations: readonly Migration[] = []): Store {
  return new Store(new MemoryKv(), migrations)
}
