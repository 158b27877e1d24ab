// Puts a backup in place of the store that the configuration names.
import { Fault } from '../base/fault.ts'
import { loadConfig } from '../server/config/load-config.ts'
import { restoreFileStore } from '../store/restore-file-store.ts'

/** Throws a Fault when it can't be done; then the store is as it was. */
export async function restore(flags: ReadonlyMap<string, string>, file: string | undefined): Promise<void> {
  if (file === undefined) throw new Fault('usage', "must name a backup\nRun 'supercapd help restore' for usage")
  const config = loadConfig({ flags: { config: flags.get('config') ?? '' }, environment: process.env })
  const { boltdb, maxSize } = config.server.storage
  const { folder, kept } = await restoreFileStore({ from: file, boltdb, maxBytes: Number(maxSize), now: new Date() })
  process.stdout.write(`restored ${file} to ${folder}\n`)
  if (kept !== undefined) process.stdout.write(`the store that was there is ${kept}\n`)
}
