// The pace of a replay: none, or that of the recording, measured from when the first of its data was replayed.
import type { Clock } from '../../base/clock.ts'
import { compareTime, type Time } from '../../base/time.ts'
import { TimeShift } from './time-shift.ts'

export interface Pace {
  /** Resolves when the time of the data has come. Rejects with the reason of the signal. */
  until(t: Time, signal: AbortSignal): Promise<void> | undefined
  /** The data's time that has come; undefined when all of it has. */
  reached(): Time | undefined
}

/** As fast as the machine can. */
export const FAST: Pace = { until: () => undefined, reached: () => undefined }

export class RealPace implements Pace {
  readonly #wall: Clock
  readonly #toWall: TimeShift
  readonly #toData: TimeShift

  /** The data's time `start` is now. */
  constructor(wall: Clock, start: Time) {
    const now = wall.now()
    this.#wall = wall
    this.#toWall = new TimeShift(start, now)
    this.#toData = new TimeShift(now, start)
  }

  until(t: Time, signal: AbortSignal): Promise<void> | undefined {
    const due = this.#toWall.of(t)
    if (compareTime(due, this.#wall.now()) <= 0) return undefined
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        cancel()
        reject(signal.reason)
      }
      const cancel = this.#wall.at(due, () => {
        signal.removeEventListener('abort', stop)
        resolve()
      })
      signal.addEventListener('abort', stop)
    })
  }

  reached(): Time {
    return this.#toData.of(this.#wall.now())
  }
}
