// Tasks that run on other threads, as the engine knows them: it routes to them as to its own, hands over bodies whole,
// and waits with an entry until they have run it. It knows nothing of threads.
import type { Point } from '../base/point.ts'
import type { Time } from '../base/time.ts'
import type { Entry } from './entry.ts'
import type { Router } from './router.ts'
import type { SeenTask } from './seen-task.ts'

/** The text that points were read from. */
export interface RawBody {
  /** Only to be looked at while `write` runs. */
  readonly bytes: Uint8Array
  readonly precision: string
  /** The time of lines without one. */
  readonly now: Time
}

/** The same in bytes of its own, for later. */
export function keptBody(raw: RawBody): RawBody {
  return { ...raw, bytes: new Uint8Array(raw.bytes) }
}

/** A body that somebody outside of the engine takes as it came. */
export interface WholeBody {
  readonly db: string
  readonly rp: string
  readonly points: readonly Point[]
  /** Undefined for points that no text was read for. */
  readonly raw: RawBody | undefined
}

export interface RemoteTask extends SeenTask {
  readonly takesWhole: true
  readonly dbrps: readonly { readonly db: string; readonly rp: string }[]
  /** Takes a body; who takes it counts itself on the entry, and settles it later. */
  enqueue(entry: Entry, points: readonly Point[], ownTimes: boolean, body: WholeBody | undefined): void
  /** Brings its figures up to date. Never rejects. */
  refresh(): Promise<void>
  /** Runs what it has been given, then ends. Never rejects. */
  stop(why: 'drain' | 'handover'): Promise<void>
}

export class RemoteTasks implements Iterable<RemoteTask> {
  readonly #router: Router
  readonly #tasks = new Set<RemoteTask>()
  /** Somebody has finished with an entry. */
  readonly settled: (entry: Entry) => void

  constructor(router: Router, settled: (entry: Entry) => void) {
    this.#router = router
    this.settled = settled
  }

  get size(): number {
    return this.#tasks.size
  }

  [Symbol.iterator](): Iterator<RemoteTask> {
    return this.#tasks.values()
  }

  add(task: RemoteTask): void {
    this.#tasks.add(task)
    this.#router.add(task)
  }

  /** No further body goes to it. */
  remove(task: RemoteTask): void {
    this.#tasks.delete(task)
    this.#router.remove(task)
  }

  /** Undefined when there are none, and nothing to wait for. */
  refresh(): Promise<unknown> | undefined {
    return this.size === 0 ? undefined : Promise.all([...this.#tasks].map((t) => t.refresh()))
  }
}
