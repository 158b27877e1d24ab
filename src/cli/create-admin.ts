// Makes an admin in the store while the server is stopped: the first one, or one whose password is lost.
import { Fault } from '../base/fault.ts'
import { openUsers } from '../server/auth/open-auth.ts'
import { anybody } from '../server/auth/user.ts'
import { loadConfig } from '../server/config/load-config.ts'
import { openFileStore } from '../store/file-store.ts'
import { readPassword } from './read-password.ts'

export async function createAdmin(flags: ReadonlyMap<string, string>, name: string | undefined): Promise<void> {
  if (name === undefined) throw new Fault('usage', "must name the user\nRun 'supercapd help create-admin' for usage")
  const { auth, storage } = loadConfig({
    flags: { config: flags.get('config') ?? '' },
    environment: process.env,
  }).server
  const password = await readPassword(`Password of ${name}: `)
  const { boltdb, maxSize, sync } = storage
  const policy = sync === 'always' ? 'always' : 'kill-safe'
  const files = await openFileStore({ boltdb, maxBytes: Number(maxSize), sync: policy })
  try {
    const { service } = openUsers(files.store, auth)
    await service.makeAdmin(name, password, anybody(''))
    await files.store.flush()
  } finally {
    await files.close()
  }
  process.stdout.write(`${name} is an admin\n`)
  if (!auth.enabled) process.stderr.write('supercapd: [auth] enabled is not set: users are not served\n')
}
