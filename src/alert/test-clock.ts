// A clock for tests: it stands still until it is told to go on, and then rings what is due on the way, at its time.
import type { Clock } from '../base/clock.ts'
import { addTime, compareTime, type Time } from '../base/time.ts'

export class TestClock implements Clock {
  time: Time
  #alarms: { readonly due: Time; readonly run: () => void }[] = []

  constructor(time: Time = { sec: 1000, ns: 0 }) {
    this.time = time
  }

  now(): Time {
    return this.time
  }

  at(due: Time, run: () => void): () => void {
    const alarm = { due, run }
    this.#alarms.push(alarm)
    return () => {
      this.#alarms = this.#alarms.filter((a) => a !== alarm)
    }
  }

  /** Alarms that are set. */
  get set(): number {
    return this.#alarms.length
  }

  /** Moves on by so many seconds. */
  pass(sec: number): void {
    const end = addTime(this.time, sec * 1e9)
    for (;;) {
      const [next] = this.#alarms.filter((a) => compareTime(a.due, end) <= 0).sort((a, b) => compareTime(a.due, b.due))
      if (!next) break
      this.#alarms = this.#alarms.filter((a) => a !== next)
      if (compareTime(next.due, this.time) > 0) this.time = next.due
      next.run()
    }
    this.time = end
  }
}
