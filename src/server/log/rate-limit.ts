// Which of a stream of repeated lines are written. Bounded: when too many keys are known, the one whose interval began
// longest ago is forgotten, with the count of what it held back.
import { hash } from 'node:crypto'

interface Repeat {
  /** When its interval began. */
  at: number
  /** Lines of it in that interval. */
  written: number
  suppressed: number
}

/** Longer keys are known by their hash, so that what is known takes a bounded place. */
const MAX_KEY = 512

export class RateLimit {
  /** In the order in which their intervals began, so that the first is the one to forget. */
  readonly #repeats = new Map<string, Repeat>()
  readonly #maxKeys: number

  constructor(maxKeys = 4096) {
    this.#maxKeys = maxKeys
  }

  /**
   * How many lines of this key were held back before this one, or undefined when this one is held back as well: when
   * `most` have been written in the interval.
   */
  take(text: string, perMs: number, now: number, most = 1): number | undefined {
    const key = text.length > MAX_KEY ? hash('sha256', text) : text
    const known = this.#repeats.get(key)
    // A clock that was set back must not silence a key until it has caught up.
    if (known && now >= known.at && now - known.at < perMs) {
      if (known.written < most) {
        known.written++
        return 0
      }
      known.suppressed++
      return undefined
    }
    this.#repeats.delete(key)
    this.#repeats.set(key, { at: now, written: 1, suppressed: 0 })
    if (this.#repeats.size > this.#maxKeys) this.#repeats.delete(this.#repeats.keys().next().value!)
    return known?.suppressed ?? 0
  }

  get size(): number {
    return this.#repeats.size
  }
}
