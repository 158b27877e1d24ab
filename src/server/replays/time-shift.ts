// Moves times by a fixed length, exactly: from when something was recorded to when it is replayed.
import { Point } from '../../base/point.ts'
import type { Time } from '../../base/time.ts'

const GIGA = 1_000_000_000

export class TimeShift {
  readonly #sec: number
  readonly #ns: number

  /** Moves `from` to `to`, and everything else as far. */
  constructor(from: Time, to: Time) {
    const borrow = to.ns < from.ns
    this.#sec = to.sec - from.sec - (borrow ? 1 : 0)
    this.#ns = to.ns - from.ns + (borrow ? GIGA : 0)
  }

  of(t: Time): Time {
    const ns = t.ns + this.#ns
    return ns >= GIGA ? { sec: t.sec + this.#sec + 1, ns: ns - GIGA } : { sec: t.sec + this.#sec, ns }
  }

  point(p: Point): Point {
    const ns = p.ns + this.#ns
    const carry = ns >= GIGA
    return new Point(p.series, p.shape, p.values, p.sec + this.#sec + (carry ? 1 : 0), carry ? ns - GIGA : ns)
  }
}
