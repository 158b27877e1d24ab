// Which points of a task have their way through the nodes timed: one in so many, the first ones sooner. Reading the clock
// costs as much as a point.

/** Primes, so that no window keeps in step with them. */
const FIRST_EVERY = 61
const EVERY = 251
/** So many are timed before they become fewer. */
const FIRST = 16

export class TimedPoints {
  /** Points that go untimed before the next one that is timed. */
  #untimed = FIRST_EVERY - 1
  #timed = 0

  /** How many of the next `n` points go before one is timed; they count as gone. */
  untimed(n: number): number {
    const gone = Math.min(n, this.#untimed)
    this.#untimed -= gone
    return gone
  }

  /** Whether the next point is timed; it counts as gone. */
  next(): boolean {
    if (this.untimed(1) === 1) return false
    this.#untimed = (++this.#timed < FIRST ? FIRST_EVERY : EVERY) - 1
    return true
  }
}
