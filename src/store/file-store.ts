// The store in files: where it lies beside the configured path, who may open it, and what the operator must hear of it.
import { join } from 'node:path'
import { Fault, messageOf } from '../base/fault.ts'
import { isBoltFile } from './bolt-file.ts'
import { LmdbKv, type SyncPolicy } from './lmdb-kv.ts'
import { type Ownership, takeOwnership } from './owner-file.ts'
import { makePrivateFolder } from './private-folder.ts'
import { type Migration, Store } from './store.ts'

export interface FileStoreOptions {
  /** The `boltdb` path of the configuration. The store lies beside it, in the folder `<path>.supercap`. */
  readonly boltdb: string
  readonly sync?: SyncPolicy
  /** Bytes of data beyond which writes are refused; 64 GiB when not given. */
  readonly maxBytes?: number
  readonly migrations?: readonly Migration[]
  readonly onFlushError?: (error: Fault) => void
}

export interface FileStore {
  readonly store: Store
  readonly folder: string
  /** Sentences for the log: each says what was found and what to do. */
  readonly warnings: readonly string[]
  /** Closes the store and gives the folder free. */
  close(): Promise<void>
}

export const DEFAULT_MAX_BYTES = 64 * 1024 ** 3

/** The folder that holds the store of a configured `boltdb` path. */
export function storeFolder(boltdb: string): string {
  return `${boltdb}.supercap`
}

/** Opens or makes the store. Throws a Fault when it is in use, damaged, of a newer version, or can't be written. */
export async function openFileStore(options: FileStoreOptions): Promise<FileStore> {
  const folder = storeFolder(options.boltdb)
  const sync = options.sync ?? 'kill-safe'
  const warnings: string[] = []
  if (isBoltFile(options.boltdb)) {
    warnings.push(
      `${options.boltdb} is a BoltDB file; it is left as it is and not read. To bring its tasks, templates and handlers over, ` +
        `run the server that wrote it and import from its HTTP API. This server's store is ${folder}`,
    )
  }
  const ownership = take(folder)
  if (ownership.machineWentDown && sync === 'kill-safe') {
    warnings.push(
      'the machine went down while the store was open: with sync = "kill-safe" the last second may be missing; ' +
        'set [storage] sync = "always" if definitions and alert states must survive power loss',
    )
  }
  let kv: LmdbKv | undefined
  try {
    kv = await LmdbKv.open({
      folder,
      sync,
      maxBytes: options.maxBytes ?? DEFAULT_MAX_BYTES,
      ...(options.onFlushError ? { onFlushError: options.onFlushError } : {}),
    })
    const store = new Store(kv, options.migrations)
    const close = async (): Promise<void> => {
      try {
        await store.close()
      } finally {
        ownership.release()
      }
    }
    return { store, folder, warnings, close }
  } catch (e) {
    await kv?.close().catch(() => {})
    ownership.release()
    throw e
  }
}

function take(folder: string): Ownership {
  try {
    makePrivateFolder(folder)
    return takeOwnership(join(folder, 'owner.json'))
  } catch (e) {
    if (e instanceof Fault) throw e
    throw new Fault('store-open-failed', `can't open the store in ${folder}: ${messageOf(e)}`, { cause: e })
  }
}
