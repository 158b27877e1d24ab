// A replay crosses a gap of years in no time: this bounds how often one timer fires on the way. A timer that has had its
// ticks goes on behind the gap, in step with itself; the ticks left out are counted on its node.
import { addTime, compareTime, subTime, type Time } from '../base/time.ts'
import type { Timer, Timers } from './timers.ts'

/** Ticks of one timer in one gap. */
export const MAX_TICKS = 10_000
const SKIPPED = 'ticks_skipped'

export class TickLimit {
  readonly #timers: Timers
  readonly #end: Time
  readonly #ticks = new Map<string, number>()

  /** For the gap that ends at `end`. */
  constructor(timers: Timers, end: Time) {
    this.#timers = timers
    this.#end = end
  }

  /** The timer has fired, and may have been set again. */
  fired(t: Timer): void {
    const key = this.#timers.keyOf(t)
    const ticks = (this.#ticks.get(key) ?? 0) + 1
    this.#ticks.set(key, ticks)
    if (ticks < MAX_TICKS) return
    const again = this.#timers.find(key)
    if (!again || compareTime(again.due, this.#end) > 0) return
    const step = BigInt(subTime(again.due, t.due))
    if (step <= 0n) return
    const skipped = BigInt(subTime(this.#end, again.due)) / step + 1n
    this.#timers.set(t.op, t.group, t.name, addTime(again.due, skipped * step))
    t.op.stats[SKIPPED] = (t.op.stats[SKIPPED] ?? 0) + Number(skipped)
  }
}
