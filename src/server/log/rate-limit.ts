// Which of a stream of repeated lines are written. Bounded: when too many keys are known, the one written longest ago
// is forgotten, with the count of what it held back.

interface Repeat {
  at: number
  suppressed: number
}

export class RateLimit {
  /** In the order of the last written line, so that the first is the one to forget. */
  readonly #repeats = new Map<string, Repeat>()
  readonly #maxKeys: number

  constructor(maxKeys = 4096) {
    this.#maxKeys = maxKeys
  }

  /** How many lines of this key were held back before this one, or undefined when this one is held back as well. */
  take(key: string, perMs: number, now: number): number | undefined {
    const known = this.#repeats.get(key)
    // A clock that was set back must not silence a key until it has caught up.
    if (known && now >= known.at && now - known.at < perMs) {
      known.suppressed++
      return undefined
    }
    this.#repeats.delete(key)
    this.#repeats.set(key, { at: now, suppressed: 0 })
    if (this.#repeats.size > this.#maxKeys) this.#repeats.delete(this.#repeats.keys().next().value!)
    return known?.suppressed ?? 0
  }

  get size(): number {
    return this.#repeats.size
  }
}
