// The clock of a replay: stands at the time of the data that was replayed last. Nothing rings by itself; whoever
// replays says when time passes.
import type { Clock } from '../../base/clock.ts'
import { compareTime, type Time } from '../../base/time.ts'

const NOTHING = (): void => {}

export class ReplayClock implements Clock {
  #now: Time

  constructor(start: Time) {
    this.#now = start
  }

  now(): Time {
    return this.#now
  }

  /** Never goes back. */
  set(t: Time): void {
    if (compareTime(t, this.#now) > 0) this.#now = { sec: t.sec, ns: t.ns }
  }

  at(): () => void {
    return NOTHING
  }
}
