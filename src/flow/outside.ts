// A task's dealings with the outside that are not bound to an item of its data: questions whose answers enter it, work
// that has to be done before it takes anything in, and what has to be let go of at its end.
import type { BatchFeed } from '../base/batch-feed.ts'
import { Fault, messageOf } from '../base/fault.ts'

export class Outside {
  readonly #abort = new AbortController()
  readonly #atEnd: (() => void)[] = []

  /** Exactly one of the two is called, unless the task ends before. */
  fetch(
    ask: (signal: AbortSignal) => Promise<BatchFeed>,
    enter: (feed: BatchFeed) => void,
    failed: (why: Fault) => void,
  ): void {
    const { signal } = this.#abort
    ask(signal).then(
      (feed) => {
        if (signal.aborted) feed.close()
        else enter(feed)
      },
      (e: unknown) => {
        if (signal.aborted) return
        failed(e instanceof Fault ? e : new Fault('fetch-failed', messageOf(e), { cause: e, retry: true }))
      },
    )
  }

  /** The same for any work. */
  work<T>(run: (signal: AbortSignal) => Promise<T>, done: (value: T) => void, failed: (e: unknown) => void): void {
    const { signal } = this.#abort
    run(signal).then(
      (value) => {
        if (!signal.aborted) done(value)
      },
      (e: unknown) => {
        if (!signal.aborted) failed(e)
      },
    )
  }

  onEnd(run: () => void): void {
    this.#atEnd.push(run)
  }

  /** The task has ended: what is under way is called off. */
  end(): void {
    this.#abort.abort()
    for (const run of this.#atEnd.splice(0)) run()
  }
}
