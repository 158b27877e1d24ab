// Which points of a task have their way through the nodes timed: one in so many.

/** A prime, so that no window keeps in step with it. */
const EVERY = 61

export class TimedPoints {
  /** Points that go untimed before the next one that is timed. */
  #untimed = EVERY - 1

  /** How many of the next `n` points go before one is timed; they count as gone. */
  untimed(n: number): number {
    const gone = Math.min(n, this.#untimed)
    this.#untimed -= gone
    return gone
  }

  /** Whether the next point is timed; it counts as gone. */
  next(): boolean {
    if (this.untimed(1) === 1) return false
    this.#untimed = EVERY - 1
    return true
  }
}
