// Forgets groups that have been idle for long: silently, by the task's own time, and never what a node holds on to.
import type { Edge } from './edge.ts'
import type { Groups } from './groups.ts'
import type { Operator } from './operator.ts'

/** The table is looked through this many times per expiry. */
const SWEEPS = 4

export class GroupExpiry {
  readonly #expirySec: number
  readonly #stepSec: number
  #lastSec = Number.NEGATIVE_INFINITY

  /** Nanoseconds without data after which a group is forgotten; 0 = never. */
  constructor(expiryNs: number) {
    this.#expirySec = expiryNs / 1e9
    this.#stepSec = Math.max(1, Math.floor(this.#expirySec / SWEEPS))
  }

  /**
   * To be called before anything happens at a time: drops every group that nothing had touched for long when it was last
   * time to look, unless a node pins it. Such times are multiples of a step, so that how data is cut into turns or
   * whether it is replayed makes no difference.
   */
  sweep(nowSec: number, groups: Groups, operators: readonly Operator[], edges: readonly Edge[]): void {
    if (this.#expirySec <= 0 || nowSec < this.#lastSec + this.#stepSec) return
    this.#lastSec = Math.floor(nowSec / this.#stepSec) * this.#stepSec
    const beforeSec = this.#lastSec - this.#expirySec
    for (const g of groups.all()) {
      if (g.seenSec >= beforeSec || g === groups.ungrouped || g.slot < 0) continue
      const slot = g.slot
      const pinned = operators.some((op) => {
        const s = op.cells[slot]
        return s !== undefined && op.receiver.pinned?.(s, g) === true
      })
      if (pinned) continue
      for (const op of operators) op.drop(g)
      groups.release(g)
    }
    for (const e of edges) e.expire(beforeSec)
  }
}
