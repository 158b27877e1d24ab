// What all groups of a join hold together, and which one must let go when that is too much: those that hold something
// stand in a line and take their turns. A side that stays silent can so never fill the memory.
import type { Plain } from '../../base/plain.ts'
import type { Ctx, Group, Out } from '../../flow/contract.ts'
import type { JoinCell } from './join-cell.ts'

const FORCED_LOG_MS = 60_000

export class Pending<P extends Plain> {
  readonly #ctx: Ctx
  readonly #max: number
  readonly #line = new Set<Group>()
  #total = 0

  constructor(ctx: Ctx, max: number) {
    this.#ctx = ctx
    this.#max = max
  }

  /** Counts what restored cells hold. */
  restore(): void {
    let strangers = 0
    for (const [g, s] of this.#ctx.states()) {
      const cell = s as unknown as JoinCell<P>
      this.#total += cell.pending
      strangers += cell.strangers.points + (cell.on?.strangers.points ?? 0)
      if (cell.queued) this.#line.add(g)
    }
    if (strangers > 0) this.#ctx.count('unknown_group', strangers)
  }

  get isTooMuch(): boolean {
    return this.#total > this.#max
  }

  /** To be called when a group's cell may hold more or less than `before`. */
  changed(cell: JoinCell<P>, g: Group, before: number): void {
    const delta = cell.pending - before
    if (delta === 0) return
    this.#total += delta
    this.#ctx.held(delta)
    if (delta > 0 && !cell.queued) {
      cell.queued = true
      this.#line.add(g)
    }
  }

  forget(cell: JoinCell<P>, g: Group): void {
    this.#total -= cell.pending
    if (cell.pending > 0) this.#ctx.held(-cell.pending)
    if (cell.queued) this.#line.delete(g)
  }

  /** Makes groups let go of their oldest in turn until no more than the limit is held. */
  force(letGo: (cell: JoinCell<P>, g: Group, out: Out) => void, out: Out): void {
    const before = this.#total
    for (const g of this.#line) {
      if (!this.isTooMuch) break
      const cell = this.#ctx.stateOf(g) as unknown as JoinCell<P>
      this.#line.delete(g)
      cell.queued = cell.pending > 0
      if (!cell.queued) continue
      // To the end of the line, which this loop comes to again if need be.
      this.#line.add(g)
      letGo(cell, g, out)
    }
    this.#ctx.count('forced', before - this.#total)
    this.#ctx.world.logger
      .limited(`${this.#ctx.taskId}\u0000${this.#ctx.nodeName}\u0000forced`, FORCED_LOG_MS)
      .warn('a join holds too much: the oldest goes on without waiting for the silent parents', {
        task: this.#ctx.taskId,
        node: this.#ctx.nodeName,
        limit: this.#max,
      })
  }
}
