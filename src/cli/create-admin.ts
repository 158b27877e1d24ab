// Makes an admin in the store while the server is stopped: the first one, or one whose password is lost.
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { Fault } from '../base/fault.ts'
import { openUsers } from '../server/auth/open-auth.ts'
import { anybody } from '../server/auth/user.ts'
import { loadConfig } from '../server/config/load-config.ts'
import { openFileStore } from '../store/file-store.ts'

/** The password is the first line of the input; a terminal is asked for it and does not show it. */
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

async function readPassword(prompt: string): Promise<string> {
  const terminal = process.stdin.isTTY === true
  if (terminal) process.stderr.write(prompt)
  // What is typed is echoed to the output of the interface: to nowhere.
  const output = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: process.stdin, output, terminal })
  try {
    for await (const line of lines) return line
    return ''
  } finally {
    lines.close()
    if (terminal) process.stderr.write('\n')
  }
}
