// Requests by the class of their status.

export class RequestCounts {
  readonly #classes: number[] = [0, 0, 0, 0, 0, 0]

  add(status: number): void {
    const i = Math.floor(status / 100)
    if (i < this.#classes.length) this.#classes[i]!++
  }

  /** `2xx` and how many; all classes from the first request on. */
  *byClass(): Iterable<readonly [string, number]> {
    for (let i = 1; i < this.#classes.length; i++) yield [`${i}xx`, this.#classes[i]!]
  }
}
