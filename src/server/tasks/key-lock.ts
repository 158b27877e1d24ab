// Turns for changes that take a while: those of one key come one after the other, those of others go on beside them.

export class KeyLock {
  readonly #tails = new Map<string, Promise<unknown>>()

  /** Runs the action when all earlier ones of the same keys have ended. Keys may be given in any order. */
  async run<T>(keys: readonly string[], action: () => Promise<T>): Promise<T> {
    const unique = [...new Set(keys)]
    const before = Promise.all(unique.map((k) => this.#tails.get(k)))
    const result = before.then(action)
    // Registered for all keys at once, so that two actions with the same two keys never wait for one another.
    const tail = result.catch(() => {})
    for (const k of unique) this.#tails.set(k, tail)
    try {
      return await result
    } finally {
      for (const k of unique) if (this.#tails.get(k) === tail) this.#tails.delete(k)
    }
  }
}
