// The machine's clock: what the engine takes for the present when it serves live data.
import type { Clock } from '../base/clock.ts'
import { type Time, timeFromMillis, timeToMillis } from '../base/time.ts'

/** Node's timers hold at most this many milliseconds. */
const MAX_DELAY_MS = 2 ** 31 - 1

/** Times to about a microsecond; they never go back except when the machine's clock is set. */
export const systemClock: Clock = {
  now(): Time {
    const ms = Date.now()
    // Date.now has whole milliseconds only; the rest comes from the steady counter.
    const fine = performance.timeOrigin + performance.now()
    return timeFromMillis(Math.abs(fine - ms) < 2 ? Math.floor(fine * 1000) / 1000 : ms)
  },

  at(due: Time, run: () => void): () => void {
    let timer: NodeJS.Timeout | undefined
    const arm = (): void => {
      const left = timeToMillis(due) - timeToMillis(systemClock.now())
      if (left <= 0) timer = setTimeout(run, 0)
      else timer = left > MAX_DELAY_MS ? setTimeout(arm, MAX_DELAY_MS) : setTimeout(fire, Math.ceil(left))
    }
    const fire = (): void => {
      // The clock may have been set back while we slept.
      if (timeToMillis(systemClock.now()) >= timeToMillis(due)) run()
      else arm()
    }
    arm()
    return () => clearTimeout(timer)
  },
}
