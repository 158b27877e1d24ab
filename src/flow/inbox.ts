// What waits for one task, in the order of the log. What has run is let go at once, its place is freed later.
import type { Point } from '../base/point.ts'
import { ZERO_TIME } from '../base/time.ts'
import type { Run } from './contract.ts'
import { Entry } from './entry.ts'
import type { FeedRun } from './feed-run.ts'

/** A part of an entry that one task has to run: points, a function, or batches that follow a function. */
export interface Work extends Run {
  readonly entry: Entry
  readonly run: (() => void) | undefined
  readonly feed: FeedRun | undefined
  /** Runs behind the last of the batches. */
  readonly after: (() => void) | undefined
  /** Each point arrives at its own time, not at the entry's. */
  readonly ownTimes: boolean
  /** How many of the points have run. */
  next: number
  /** How many records its turns have owed: their ordinals go on over all of them. */
  owed: number
}

export function workOf(
  entry: Entry,
  what: {
    readonly points?: readonly Point[]
    readonly run?: () => void
    readonly feed?: FeedRun
    readonly after?: () => void
    readonly ownTimes?: boolean
  },
): Work {
  const { points = [], run, feed, after, ownTimes = false } = what
  return { entry, points, run, feed, after, ownTimes, at: 0, next: 0, owed: 0 }
}

const DONE = workOf(new Entry(0, ZERO_TIME, 0, undefined, undefined), {})
/** So many dead places are left in front before the rest moves up. */
const FREE_AT = 64

export class Inbox {
  readonly #works: Work[] = []
  #head = 0

  get length(): number {
    return this.#works.length - this.#head
  }

  /** The oldest. */
  get first(): Work | undefined {
    return this.#works[this.#head]
  }

  push(work: Work): void {
    this.#works.push(work)
  }

  /** Takes the oldest out. */
  shift(): void {
    this.#works[this.#head++] = DONE
    if (this.#head > FREE_AT && this.#head * 2 > this.#works.length) {
      this.#works.splice(0, this.#head)
      this.#head = 0
    }
  }

  /** Takes all out. */
  clear(): readonly Work[] {
    const left = this.#works.slice(this.#head)
    this.#works.length = 0
    this.#head = 0
    return left
  }
}
