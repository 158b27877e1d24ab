// Profiles of the running server by V8's own profilers, one at a time: each costs some of what it measures. A profile is a
// stream; who destroys it ends the profiling. Knows nothing of HTTP.
import { createReadStream, fstatSync, openSync, rmSync } from 'node:fs'
import type { Session } from 'node:inspector/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { writeHeapSnapshot } from 'node:v8'
import { Fault, messageOf } from '../../base/fault.ts'

export const DEFAULT_SECONDS = 30
export const MAX_SECONDS = 300

/** What can be asked for, for people. */
export const PROFILE_KINDS: readonly { readonly name: string; readonly doc: string }[] = [
  { name: 'profile', doc: `processor time over ?seconds=${DEFAULT_SECONDS}, a .cpuprofile` },
  { name: 'allocs', doc: `sampled allocations over ?seconds=${DEFAULT_SECONDS}, a .heapprofile` },
  { name: 'heap', doc: 'all that the heap holds, a .heapsnapshot; the server stands still while it is taken' },
  { name: 'goroutine', doc: 'what keeps the event loop at work' },
  { name: 'cmdline', doc: 'the command line' },
  { name: 'symbol', doc: 'nothing: profiles have the names in them' },
]

/** Bytes between two samples of allocations. */
const SAMPLING_BYTES = 128 * 1024

/** Calls back after so many milliseconds; the function that is returned calls it off. */
export type After = (ms: number, run: () => void) => () => void

const afterTimeout: After = (ms, run) => {
  const timer = setTimeout(run, ms)
  return () => clearTimeout(timer)
}

export class Profiles {
  readonly #folder: string
  readonly #after: After
  readonly #ends = new Set<() => void>()
  #busy = ''

  /** `folder` has room for a file of the size of the heap. */
  constructor(folder: string, after: After = afterTimeout) {
    this.#folder = folder
    this.#after = after
  }

  /** A CPU profile of the next seconds, as JSON. Throws a Fault (409) while another profile is taken. */
  cpu(seconds: number): Readable {
    return this.#timed('CPU profile', seconds, {
      begin: async (session) => {
        await session.post('Profiler.enable')
        await session.post('Profiler.start')
      },
      end: async (session) => (await session.post('Profiler.stop')).profile,
    })
  }

  /** Where memory is asked for in the next seconds, as JSON; what is freed again is in it. */
  allocations(seconds: number): Readable {
    return this.#timed('profile of allocations', seconds, {
      begin: (session) =>
        session.post('HeapProfiler.startSampling', {
          samplingInterval: SAMPLING_BYTES,
          includeObjectsCollectedByMajorGC: true,
          includeObjectsCollectedByMinorGC: true,
        }),
      end: async (session) => (await session.post('HeapProfiler.stopSampling')).profile,
    })
  }

  /**
   * All that the heap holds. Nothing else runs until the snapshot is on disk; it is then sent from there, so that a slow
   * client costs no memory. Throws a Fault (503) when it can't be written.
   */
  heap(): { readonly stream: Readable; readonly bytes: number } {
    const done = this.#take('heap snapshot')
    try {
      // Always the same name: what a crash leaves behind is overwritten.
      const file = join(this.#folder, 'heap.heapsnapshot')
      rmSync(file, { force: true })
      writeHeapSnapshot(file)
      const fd = openSync(file, 'r')
      rmSync(file)
      return { bytes: fstatSync(fd).size, stream: createReadStream('', { fd }).once('close', done) }
    } catch (e) {
      done()
      throw new Fault('heap-snapshot', `the heap snapshot can not be written: ${messageOf(e)}`, {
        status: 503,
        cause: e,
      })
    }
  }

  /** Ends what is being profiled, with what there is so far. */
  close(): void {
    for (const end of this.#ends) end()
  }

  #take(what: string): () => void {
    if (this.#busy !== '') {
      throw new Fault('profile-busy', `a ${this.#busy} is being taken: try again when it is done`, { status: 409 })
    }
    this.#busy = what
    return () => {
      this.#busy = ''
    }
  }

  #timed(what: string, seconds: number, profiler: Profiler): Readable {
    const done = this.#take(what)
    const over = new AbortController()
    const end = (): void => over.abort()
    this.#ends.add(end)
    const stream = new Readable({
      read() {},
      destroy(e, closed) {
        end()
        closed(e)
      },
    })
    const finish = async (): Promise<void> => {
      try {
        const text = await this.#profile(seconds, profiler, over.signal)
        stream.push(text)
        stream.push(null)
      } catch (e) {
        stream.destroy(e instanceof Error ? e : new Error(String(e)))
      } finally {
        this.#ends.delete(end)
        done()
      }
    }
    void finish()
    return stream
  }

  async #profile(seconds: number, profiler: Profiler, over: AbortSignal): Promise<string> {
    const session = await openSession()
    session.connect()
    try {
      await profiler.begin(session)
      await this.#wait(seconds * 1000, over)
      return JSON.stringify(await profiler.end(session))
    } finally {
      session.disconnect()
    }
  }

  #wait(ms: number, early: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (early.aborted) return resolve()
      const cancel = this.#after(ms, resolve)
      early.addEventListener('abort', () => {
        cancel()
        resolve()
      })
    })
  }
}

/** The module is loaded when it is needed: it alone takes 3 MB. */
async function openSession(): Promise<Session> {
  const { Session } = await import('node:inspector/promises')
  return new Session()
}

interface Profiler {
  begin(session: Session): Promise<unknown>
  end(session: Session): Promise<object>
}
