// What becomes of an entry that is through: all that it owes goes to disk, many entries in one commit, and whoever waits
// for it is told. While the disk takes nothing the intake is shut; nothing is lost and no turn runs twice.
import { Fault, messageOf } from '../base/fault.ts'
import type { Logger } from '../base/logger.ts'
import { Entry, type Outbox } from './entry.ts'

const RETRY_MS = 1_000

export interface CommitsOptions {
  readonly outbox: Outbox
  readonly logger: Logger
  /** Calls back after a while; returns what calls that off. */
  readonly after: (ms: number, run: () => void) => () => void
}

export class Commits {
  readonly #o: CommitsOptions
  readonly #waiters = new Map<Entry, { resolve: () => void; reject: (e: unknown) => void }>()
  /** Parts of entries that are not through, and whom to tell when they are on disk. */
  readonly #early = new Map<Entry, () => void>()
  #through: Entry[] = []
  #busy = false
  #shut: Fault | undefined

  constructor(o: CommitsOptions) {
    this.#o = o
  }

  /** Whether something is on its way to a disk that takes it. */
  get busy(): boolean {
    return this.#busy && !this.#shut
  }

  /** Throws a Fault (503) while the intake is shut: the last commit failed. */
  check(): void {
    if (this.#shut) throw this.#shut
  }

  /** Undefined when the entry is through and owes nothing; else a promise that resolves when what it owes is on disk. */
  whenDone(entry: Entry): Promise<void> | undefined {
    if (entry.pending === 0 && !entry.owed) return undefined
    return new Promise((resolve, reject) => {
      this.#waiters.set(entry, { resolve, reject })
    })
  }

  /** Everybody has finished with the entry. */
  through(entry: Entry): void {
    if (!entry.owed) {
      this.#take(entry)?.resolve()
      return
    }
    this.#push(entry)
  }

  /** Commits what an entry owes so far, though it is not through; it waits for that, too. `done`: it is on disk. */
  early(entry: Entry, done: () => void): void {
    const { root } = entry
    if (!root.owed) return
    root.pending++
    const part = new Entry(root.seq, root.at, 0, root, undefined)
    part.owed = root.owed
    root.owed = undefined
    this.#early.set(part, done)
    this.#push(part)
  }

  #push(entry: Entry): void {
    this.#through.push(entry)
    if (this.#busy) return
    this.#busy = true
    // A short wait lets entries of the same slice share the commit.
    queueMicrotask(() => void this.#commitAll())
  }

  #take(entry: Entry): { resolve: () => void; reject: (e: unknown) => void } | undefined {
    const waiter = this.#waiters.get(entry)
    this.#waiters.delete(entry)
    return waiter
  }

  async #commitAll(): Promise<void> {
    const { outbox, logger, after } = this.#o
    while (this.#through.length > 0) {
      const entries = this.#through
      this.#through = []
      const records = entries.flatMap((e) => e.owed ?? [])
      try {
        await outbox.commit(records)
        this.#shut = undefined
        for (const e of entries) {
          e.owed = undefined
          this.#take(e)?.resolve()
          this.#early.get(e)?.()
          this.#early.delete(e)
        }
      } catch (e) {
        // What is owed stays here, the intake is shut until the disk takes it.
        const text = `what the points cause can't be stored: ${messageOf(e)}`
        this.#shut = new Fault('commit-failed', text, { status: 503, retry: true, cause: e })
        logger
          .limited('commit-failed', 10_000)
          .error('commit failed, the intake is shut', { err: messageOf(e), records: records.length })
        for (const x of entries) this.#take(x.root)?.reject(this.#shut)
        this.#through = [...entries, ...this.#through]
        await new Promise<void>((resolve) => {
          after(RETRY_MS, resolve)
        })
      }
    }
    this.#busy = false
  }
}
