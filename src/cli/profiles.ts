// Profiles of the server's whole life, written when it ends: for Chrome's developer tools and what else reads V8's formats.
import { writeFileSync } from 'node:fs'
import { Fault, messageOf } from '../base/fault.ts'

export interface ProfilePaths {
  /** Where the CPU profile goes; '' for none. */
  readonly cpu: string
  /** Where the heap profile goes; '' for none. */
  readonly memory: string
}

/** Starts what is asked for; the function that is returned writes it. */
export async function startProfiles(paths: ProfilePaths): Promise<() => Promise<void>> {
  if (paths.cpu === '' && paths.memory === '') return async () => {}
  // That nothing can be written there is told now, not after days.
  for (const path of [paths.cpu, paths.memory]) if (path !== '') write(path, '')
  // Only now: the module alone takes 3 MB.
  const { Session } = await import('node:inspector/promises')
  const session = new Session()
  session.connect()
  if (paths.cpu !== '') {
    await session.post('Profiler.enable')
    await session.post('Profiler.start')
  }
  if (paths.memory !== '') await session.post('HeapProfiler.startSampling')
  return async () => {
    if (paths.cpu !== '') write(paths.cpu, JSON.stringify((await session.post('Profiler.stop')).profile))
    if (paths.memory !== '')
      write(paths.memory, JSON.stringify((await session.post('HeapProfiler.stopSampling')).profile))
    session.disconnect()
  }
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text)
  } catch (e) {
    throw new Fault('profile', `can't write the profile ${path}: ${messageOf(e)}`, { cause: e })
  }
}
