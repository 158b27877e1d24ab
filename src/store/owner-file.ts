// One process at a time owns the store. The owner writes who it is into a file; a file left behind by a process that
// was killed is recognised and taken over. Also tells whether the machine went down under the last owner.
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Fault } from '../base/fault.ts'

interface Owner {
  readonly pid: number
  /** The kernel's start time of the process, so that a reused pid is not taken for it; empty where unknown. */
  readonly started: string
  /** Changes when the machine starts; empty where unknown. */
  readonly boot: string
}

export interface Ownership {
  /** The last owner did not end in order and the machine was started anew since: unflushed writes may be lost. */
  readonly machineWentDown: boolean
  release(): void
}

/** Paths that this process owns: its own pid in the file doesn't tell, since a restarted container reuses it. */
const owned = new Set<string>()

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** State letter and start time from /proc, or undefined when there is no such process or no /proc. */
function processStat(pid: number): { state: string; started: string } | undefined {
  const text = readText(`/proc/${pid}/stat`)
  // The name in parentheses may hold spaces, so fields are counted from its end.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return text ? { state: fields[0] ?? '', started: fields[19] ?? '' } : undefined
}

const bootId = (): string => readText('/proc/sys/kernel/random/boot_id').trim()

function isAlive(owner: Owner): boolean {
  if (owner.boot !== bootId() || owner.pid === process.pid) return false
  try {
    process.kill(owner.pid, 0)
  } catch (e) {
    // EPERM: there is such a process, of somebody else.
    if ((e as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  const stat = processStat(owner.pid)
  if (!stat) return true
  return stat.state !== 'Z' && stat.state !== 'X' && (owner.started === '' || stat.started === owner.started)
}

function readOwner(path: string): Owner | undefined {
  try {
    const { pid, started, boot } = JSON.parse(readFileSync(path, 'utf8')) as Partial<Owner>
    return { pid: Number(pid), started: String(started ?? ''), boot: String(boot ?? '') }
  } catch {
    return undefined
  }
}

/** Takes the store that `path` stands for; throws a Fault when another living process has it. */
export function takeOwnership(path: string): Ownership {
  const last = readOwner(path)
  if (last && (owned.has(path) || isAlive(last))) {
    throw new Fault('store-in-use', `the store is in use by process ${last.pid} (${path})`, {
      status: 503,
      retry: true,
    })
  }
  const me: Owner = { pid: process.pid, started: processStat(process.pid)?.started ?? '', boot: bootId() }
  writeFileSync(path, `${JSON.stringify(me)}\n`)
  owned.add(path)
  return {
    machineWentDown: last !== undefined && last.boot !== '' && last.boot !== me.boot,
    release: () => {
      owned.delete(path)
      rmSync(path, { force: true })
    },
  }
}
