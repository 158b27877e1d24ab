// A clock that stands still until it is moved: for tests, scripts run in process, and fast replays.
import type { Clock } from '../base/clock.ts'
import { compareTime, type Time } from '../base/time.ts'

interface Alarm {
  readonly due: Time
  readonly order: number
  readonly run: () => void
}

export class VirtualClock implements Clock {
  #now: Time
  #alarms: Alarm[] = []
  #order = 0

  constructor(start: Time) {
    this.#now = start
  }

  now(): Time {
    return this.#now
  }

  at(due: Time, run: () => void): () => void {
    const alarm: Alarm = { due, order: this.#order++, run }
    this.#alarms.push(alarm)
    return () => {
      this.#alarms = this.#alarms.filter((a) => a !== alarm)
    }
  }

  /** The earliest alarm. */
  next(): Time | undefined {
    return this.#earliest()?.due
  }

  /** Moves on to `t`, ringing every alarm on the way at its own time. Time never goes back. */
  advance(t: Time): void {
    for (;;) {
      const a = this.#earliest()
      if (!a || compareTime(a.due, t) > 0) break
      this.#alarms = this.#alarms.filter((x) => x !== a)
      if (compareTime(a.due, this.#now) > 0) this.#now = a.due
      a.run()
    }
    if (compareTime(t, this.#now) > 0) this.#now = t
  }

  /** Is at `t` at once, as after a sleep of the machine: the alarms on the way ring then. */
  sleep(t: Time): void {
    if (compareTime(t, this.#now) > 0) this.#now = t
    this.advance(t)
  }

  #earliest(): Alarm | undefined {
    let first: Alarm | undefined
    for (const a of this.#alarms) {
      const c = first ? compareTime(a.due, first.due) : -1
      if (!first || c < 0 || (c === 0 && a.order < first.order)) first = a
    }
    return first
  }
}
