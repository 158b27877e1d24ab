// A socket in the file system for those on the same machine: its file is made with its mode and group, and a file that a
// server left behind is replaced. Knows nothing of HTTP.
import { chownSync, lstatSync, readFileSync, rmSync } from 'node:fs'
import { connect, type Server } from 'node:net'
import { Fault, messageOf } from '../../base/fault.ts'

export interface UnixSocketSettings {
  readonly path: string
  /** Octal, such as `0660`. */
  readonly permissions: string
  /** Name or number; empty: the group of the process. */
  readonly group: string
}

/** Reason why the settings can't be used. */
export function unixSocketProblem({ path, permissions }: UnixSocketSettings): string | undefined {
  if (!path.startsWith('/')) return `bind-socket must be an absolute path, not ${JSON.stringify(path)}`
  return /^0?[0-7]{3}$/.test(permissions)
    ? undefined
    : `unix-socket-permissions must be octal, like "0660", not ${JSON.stringify(permissions)}`
}

/** Resolves once the server listens there. Rejects with a Fault: something else lies there, or another server listens. */
export async function listenOnSocket(server: Server, s: UnixSocketSettings): Promise<void> {
  try {
    const group = s.group === '' ? undefined : groupId(s.group)
    await clear(s.path)
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      // The file is made within the call, and nobody may reach it with another mode even for a moment.
      const before = process.umask(0o777 & ~Number.parseInt(s.permissions, 8))
      try {
        server.listen({ path: s.path }, resolve)
      } finally {
        process.umask(before)
      }
    })
    if (group !== undefined) chownSync(s.path, -1, group)
  } catch (e) {
    server.close()
    throw new Fault('listen-failed', `can't listen on ${s.path}: ${messageOf(e)}`, { cause: e })
  }
}

/** Removes a socket that nobody listens on any more. Rejects when somebody does, or when it is another kind of file. */
async function clear(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (!found) return
  if (!found.isSocket()) throw new Error('there is a file that is no socket')
  const isAlive = await new Promise<boolean>((resolve) => {
    const socket = connect(path, () => resolve(true)).on('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
  if (isAlive) throw new Error('another server listens there')
  rmSync(path)
}

function groupId(group: string): number {
  if (/^\d+$/.test(group)) return Number(group)
  const lines = readFileSync('/etc/group', 'utf8').split('\n')
  const found = lines.map((l) => l.split(':')).find(([name]) => name === group)
  if (!found) throw new Error(`there is no group ${group}`)
  return Number(found[2])
}
