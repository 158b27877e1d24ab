// Puts a backup in place of the store in files. Owns that nothing is lost on the way: the backup is checked before the
// store is touched, and the store that was there stays beside the new one.
import { constants, existsSync, statSync } from 'node:fs'
import { copyFile, mkdtemp, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault, messageOf } from '../base/fault.ts'
import { storeFolder } from './file-store.ts'
import { whyNoStore } from './lmdb-header.ts'
import { LmdbKv } from './lmdb-kv.ts'
import { takeOwnership } from './owner-file.ts'
import { makePrivateFolder } from './private-folder.ts'
import { type Migration, Store } from './store.ts'

export interface RestoreOptions {
  /** The backup. */
  readonly from: string
  /** The `boltdb` path of the configuration. */
  readonly boltdb: string
  readonly maxBytes: number
  readonly migrations?: readonly Migration[]
  /** For the name under which a store that was there is kept. */
  readonly now: Date
}

export interface Restored {
  readonly folder: string
  /** Where the store that was there lies now; undefined when there was none. */
  readonly kept: string | undefined
}

/** Rejects with a Fault when the file is no backup, is of a newer version, or the store is in use; then nothing changed. */
export async function restoreFileStore(o: RestoreOptions): Promise<Restored> {
  const { from } = o
  if (!existsSync(from)) throw new Fault('no-backup', `there is no file ${from}`)
  const folder = storeFolder(o.boltdb)
  makePrivateFolder(folder)
  const ownership = takeOwnership(join(folder, 'owner.json'))
  const trial = await mkdtemp(join(folder, 'restore-'))
  const data = join(folder, 'data.mdb')
  try {
    const copy = join(trial, 'data.mdb')
    await copyFile(from, copy, constants.COPYFILE_FICLONE)
    await checkBackup(o, trial, copy)
    await flush(copy)
    const kept = existsSync(data) ? freeName(`${data}.before-restore-${o.now.toISOString().slice(0, 19)}`) : undefined
    if (kept !== undefined) await rename(data, kept)
    // It tells of readers of the file that was there.
    await rm(join(folder, 'lock.mdb'), { force: true })
    try {
      await rename(copy, data)
    } catch (e) {
      if (kept !== undefined) await rename(kept, data)
      throw e
    }
    await flush(folder)
    return { folder, kept }
  } catch (e) {
    if (e instanceof Fault) throw e
    throw new Fault('restore-failed', `can't restore ${from}: ${messageOf(e)}`, { cause: e })
  } finally {
    await rm(trial, { recursive: true, force: true })
    ownership.release()
  }
}

/** Opens the copy as a server would: what a server could not use is no backup. */
async function checkBackup(o: RestoreOptions, folder: string, copy: string): Promise<void> {
  const why = statSync(copy).size === 0 ? 'it is empty' : whyNoStore(copy)
  if (why) throw new Fault('no-backup', `${o.from} is no backup: ${why}`)
  const kv = await LmdbKv.open({ folder, sync: 'always', maxBytes: o.maxBytes })
  try {
    new Store(kv, o.migrations)
  } finally {
    await kv.close()
  }
}

async function flush(path: string): Promise<void> {
  const file = await open(path, 'r')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

function freeName(wanted: string): string {
  for (let n = 1, name = wanted; ; name = `${wanted}-${++n}`) if (!existsSync(name)) return name
}
