// A view of points: a stretch of an array that is never written again. Plain data, so that state may hold it.
import type { Point } from './point.ts'

export class PointRows {
  readonly length: number
  readonly #points: readonly Point[]
  readonly #from: number

  /** Shows points[from] … points[to − 1]; nobody may write that stretch any more. */
  constructor(points: readonly Point[], from = 0, to: number = points.length) {
    this.#points = points
    this.#from = from
    this.length = to - from
  }

  at(i: number): Point {
    return this.#points[this.#from + i]!
  }

  toArray(): Point[] {
    return this.#points.slice(this.#from, this.#from + this.length)
  }
}
