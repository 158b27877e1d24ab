// Forgets groups that have been idle for long: silently, by the task's own time, and never what a node holds on to.
import type { Edge } from './edge.ts'
import type { Groups } from './groups.ts'
import type { Operator } from './operator.ts'

/** The table is looked through this many times per expiry. */
const SWEEPS = 4

export class GroupExpiry {
  readonly #expirySec: number
  #nextSec = 0

  /** Nanoseconds without data after which a group is forgotten; 0 = never. */
  constructor(expiryNs: number) {
    this.#expirySec = expiryNs / 1e9
  }

  /** Whether it is time to look again. */
  due(nowSec: number): boolean {
    if (this.#expirySec <= 0 || nowSec < this.#nextSec) return false
    this.#nextSec = nowSec + Math.max(1, Math.floor(this.#expirySec / SWEEPS))
    return true
  }

  /** Between turns: drops every group that nothing has touched for long, unless a node pins it. */
  sweep(nowSec: number, groups: Groups, operators: readonly Operator[], edges: readonly Edge[]): void {
    const beforeSec = nowSec - this.#expirySec
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
