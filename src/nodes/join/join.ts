// Puts the pieces of a join together into its receiver: sets, buffers of `on`, and the bound on what is held.
import type { Int } from '../../base/int64.ts'
import type { Plain } from '../../base/plain.ts'
import { roundTime, type Time } from '../../base/time.ts'
import type { Ctx, Group, Out, Receiver } from '../../flow/contract.ts'
import { type JoinCell, newJoinCell } from './join-cell.ts'
import type { BatchPart } from './join-parts.ts'
import { JoinSets, type PartKind } from './join-sets.ts'
import { OnMatch } from './on-match.ts'
import { Pending } from './pending.ts'

export interface JoinOptions<P extends Plain> {
  readonly kind: PartKind<P>
  readonly tolerance: Int
  /** Tags to join on; empty when groups must be equal. */
  readonly on: readonly string[]
  /** Whether delete-group also clears the marks of all other groups. */
  readonly deleteAll: boolean
}

class Join<P extends Plain> {
  readonly #ctx: Ctx
  readonly #tolerance: Int
  readonly #sets: JoinSets<P>
  readonly #pending: Pending<P>
  readonly #on: OnMatch<P> | undefined
  readonly #deleteAll: boolean

  constructor(ctx: Ctx, o: JoinOptions<P>) {
    this.#ctx = ctx
    this.#tolerance = o.tolerance
    this.#sets = new JoinSets(ctx, o.kind, o.tolerance, o.on.length === 0)
    this.#pending = new Pending(ctx, ctx.limits.maxPending)
    this.#on = o.on.length > 0 ? new OnMatch(ctx, this.#sets, this.#pending, o.on) : undefined
    this.#deleteAll = o.deleteAll
  }

  #round(t: Time): Time {
    return this.#tolerance === 0 ? t : roundTime(t, this.#tolerance)
  }

  take(parent: number, part: P, at: Time, cell: JoinCell<P>, g: Group, out: Out): void {
    const t = this.#round(at)
    if (this.#on) this.#on.take(parent, part, t, g, out)
    else {
      const before = cell.pending
      this.#sets.take(cell, parent, part, t, g, out)
      this.#pending.changed(cell, g, before)
    }
    if (this.#pending.isTooMuch) this.#force(out)
  }

  #force(out: Out): void {
    this.#pending.force((c, of, o) => this.#letGo(c, of, o), out)
  }

  #letGo(cell: JoinCell<P>, g: Group, out: Out): void {
    const before = cell.pending
    if (cell.slots.size > 0) {
      this.#sets.releaseOldest(cell, g, out)
      this.#sets.release(cell, g, out)
    } else this.#on?.letGo(cell, out)
    this.#pending.changed(cell, g, before)
  }

  barrier(parent: number, t: Time, cell: JoinCell<P>, g: Group, out: Out): void {
    const before = cell.pending
    this.#sets.moveHead(cell, parent, this.#round(t))
    this.#sets.release(cell, g, out)
    this.#pending.changed(cell, g, before)
    out.barrier(t, g)
  }

  deleteGroup(g: Group): void {
    if (this.#deleteAll) this.#on?.forgetMarks()
    this.#ctx.dropGroup(g)
  }

  dropped(cell: JoinCell<P>, g: Group): void {
    this.#pending.forget(cell, g)
  }

  start(): void {
    this.#pending.restore()
  }

  drain(out: Out): void {
    const all = (): (readonly [Group, Plain])[] => [...this.#ctx.states()]
    const on = this.#on
    if (on) for (const [g, s] of all()) on.sendAllAlone(s as unknown as JoinCell<P>, g, out)
    for (const [g, s] of all()) {
      const cell = s as unknown as JoinCell<P>
      const before = cell.pending
      this.#sets.releaseAll(cell, g, out)
      this.#pending.changed(cell, g, before)
    }
  }
}

/** A receiver of points or of batches, as the kind of parts says. */
export function joinReceiver<P extends Plain>(
  ctx: Ctx,
  o: JoinOptions<P>,
  take: (join: Join<P>) => Pick<Receiver<JoinCell<P>>, 'pointFrom' | 'batchFrom'>,
): Receiver<JoinCell<P>> {
  const join = new Join(ctx, o)
  return {
    keeps: 'group',
    version: 2,
    upgrade: (saved) => ({ ...(saved as JoinCell<P>), bare: 0, bareOf: 0 }),
    newState: () => newJoinCell<P>(ctx.parents),
    ...take(join),
    barrierFrom: (parent, t, cell, g, out) => join.barrier(parent, t, cell, g, out),
    deleteGroupFrom: (_parent, _cell, g) => join.deleteGroup(g),
    dropped: (cell, g) => join.dropped(cell, g),
    pinned: (cell) => cell.pending > 0,
    start: () => join.start(),
    finish(why, _s, out) {
      if (why === 'drain') join.drain(out)
    },
  }
}

export type { BatchPart, Join }
