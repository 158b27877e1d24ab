// Remembers something per layout of points, which is a shape and the tag keys of a series, both by identity. Bounded:
// the oldest entry goes when there are too many. Few layouts are the rule, so a short list beats a map.
import type { Shape } from '../../base/shape.ts'

export class LayoutCache<T> {
  readonly #limit: number
  readonly #shapes: Shape[] = []
  readonly #keys: (readonly string[])[] = []
  readonly #values: T[] = []
  #oldest = 0

  constructor(limit = 16) {
    this.#limit = limit
  }

  get(shape: Shape, keys: readonly string[]): T | undefined {
    const shapes = this.#shapes
    for (let i = 0; i < shapes.length; i++) if (shapes[i] === shape && this.#keys[i] === keys) return this.#values[i]
    return undefined
  }

  set(shape: Shape, keys: readonly string[], value: T): void {
    let at = this.#values.length
    if (at >= this.#limit) {
      at = this.#oldest
      this.#oldest = (at + 1) % this.#limit
    }
    this.#shapes[at] = shape
    this.#keys[at] = keys
    this.#values[at] = value
  }
}
