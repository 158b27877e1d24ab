// The sets of a join: a message goes into the set of its time, and sets go out when they are complete, when every parent
// has come past them, when too much waits, or at the end. The oldest time of a group is always the smallest that has a set.

import { SECOND } from '../../base/duration.ts'
import { type Int, intToFloat } from '../../base/int64.ts'
import type { Plain } from '../../base/plain.ts'
import { subTime, type Time, ZERO_TIME } from '../../base/time.ts'
import type { Ctx, Group, Out } from '../../flow/contract.ts'
import { type JoinCell, meet, type Strangers } from './join-cell.ts'
import { add, append, dropOldest, find, isLatest, oldest, replace, second } from './time-list.ts'
import {
  type Bare,
  completeSets,
  countOf,
  firstOf,
  isSlot,
  newSlot,
  partsOf,
  put,
  type Slot,
  setCount,
  spend,
  type Waiting,
} from './time-slot.ts'

/** What the sets are made of, and what becomes of a set that goes out. */
export interface PartKind<P extends Plain> {
  /** The message's own time. */
  timeOf(part: P): Time
  /** Points in it, at least 1. */
  weight(part: P): number
  /** A set of parts, one a parent, from parts[from] on. `missing`: how many parents it lacks. */
  emit(
    parts: readonly (P | null)[],
    from: number,
    missing: number,
    t: Time,
    cell: JoinCell<P>,
    g: Group,
    out: Out,
  ): void
  /** Only where parts are their own times: a set of two parents, the parts of the first and of the second. */
  pair?(a: P, b: P, t: Time, cell: JoinCell<P>, g: Group, out: Out): void
}

export class JoinSets<P extends Plain> {
  readonly parents: number
  readonly kind: PartKind<P>
  readonly #ctx: Ctx
  /** Whether groups that a parent never had are told apart; with `on` that is done elsewhere. */
  readonly #tellsStrangers: boolean
  /** How near a message must have been to be called just missed, in nanoseconds. */
  readonly #near: number
  /** Whether messages may wait without a slot. */
  readonly #bare: boolean

  constructor(ctx: Ctx, kind: PartKind<P>, tolerance: Int, tellsStrangers: boolean) {
    this.parents = ctx.parents
    this.kind = kind
    this.#ctx = ctx
    this.#tellsStrangers = tellsStrangers
    this.#near = tolerance > 0 ? intToFloat(tolerance) : SECOND
    this.#bare = kind.pair !== undefined && ctx.parents === 2
  }

  /** Takes a message, and lets go what can. `t`: its rounded time. */
  take(cell: JoinCell<P>, parent: number, part: P, t: Time, g: Group, out: Out): void {
    const front = this.#bare ? oldest(cell.slots) : undefined
    if (front !== undefined && front.sec === t.sec && front.ns === t.ns && !isSlot(front) && cell.bareOf !== parent)
      this.#pair(front, part, t, cell, g, out)
    else this.place(cell, parent, part, t)
    // What waits without a slot is never complete; it can only be past.
    if (cell.bare < cell.slots.size || (front !== undefined && this.#isPast(cell, front))) this.release(cell, g, out)
  }

  /** Puts a message into its set; nothing goes out yet. `t`: its rounded time. */
  place(cell: JoinCell<P>, parent: number, part: P, t: Time): void {
    if (this.#bare && isLatest(cell.slots, t.sec, t.ns)) append(cell.slots, this.#waiting(cell, parent, part, t))
    else this.#insert(cell, parent, part, t)
    const weight = this.kind.weight(part)
    cell.pending += weight
    this.#arrived(cell, parent, weight, t)
  }

  /** Puts a message among those that wait. */
  #insert(cell: JoinCell<P>, parent: number, part: P, t: Time): void {
    const found = find(cell.slots, t.sec, t.ns)
    if (found === undefined) add(cell.slots, this.#waiting(cell, parent, part, t))
    else put(isSlot(found) ? found : this.#enclosed(cell, found), parent, part, this.parents)
  }

  /** The message as it waits alone. */
  #waiting(cell: JoinCell<P>, parent: number, part: P, t: Time): Waiting<P> {
    if (!this.#bare || (cell.bare > 0 && cell.bareOf !== parent)) return newSlot(t, parent, part)
    const own = this.kind.timeOf(part)
    if (own.sec !== t.sec || own.ns !== t.ns) return newSlot(t, parent, part)
    cell.bare++
    cell.bareOf = parent
    return part as Bare<P>
  }

  /** The slot of a message that has just been found without one. */
  #enclosed(cell: JoinCell<P>, part: Bare<P>): Slot<P> {
    const slot = newSlot<P>(part, cell.bareOf, part)
    cell.bare--
    replace(cell.slots, slot)
    return slot
  }

  #arrived(cell: JoinCell<P>, parent: number, weight: number, t: Time): void {
    if (this.#tellsStrangers && cell.strangers.unknown > 0) countStrangers(this.#ctx, cell.strangers, parent, weight)
    this.moveHead(cell, parent, t)
  }

  /** The oldest message, which stands alone, and one of the other parent: what the sets below come to, without a slot. */
  #pair(front: Bare<P>, part: P, t: Time, cell: JoinCell<P>, g: Group, out: Out): void {
    const { kind } = this
    const { bareOf, gone } = cell
    dropOldest(cell.slots)
    cell.bare--
    const waited = kind.weight(front)
    const weight = kind.weight(part)
    cell.pending -= waited
    this.#arrived(cell, 1 - bareOf, weight, t)
    const { stats } = this.#ctx
    stats.matched = (stats.matched ?? 0) + waited + weight
    const own = kind.timeOf(part)
    gone[bareOf * 2] = t.sec
    gone[bareOf * 2 + 1] = t.ns
    gone[2 - bareOf * 2] = own.sec
    gone[3 - bareOf * 2] = own.ns
    if (bareOf === 0) kind.pair!(front, part, t, cell, g, out)
    else kind.pair!(part, front, t, cell, g, out)
  }

  moveHead(cell: JoinCell<P>, parent: number, t: Time): void {
    const { heads } = cell
    heads[parent * 2] = t.sec
    heads[parent * 2 + 1] = t.ns
  }

  /** How many messages of a parent wait at a time. */
  count(cell: JoinCell<P>, parent: number, t: Time): number {
    const found = find(cell.slots, t.sec, t.ns)
    if (found === undefined) return 0
    if (isSlot(found)) return countOf(found, parent)
    return cell.bareOf === parent ? 1 : 0
  }

  /** Lets go what can: complete sets of the oldest time, and all that every parent has come past. */
  release(cell: JoinCell<P>, g: Group, out: Out): void {
    for (;;) {
      const slot = oldest(cell.slots)
      if (slot === undefined) return
      if (this.#isPast(cell, slot)) {
        this.#emitAll(slot, cell, g, out)
        continue
      }
      if (!isSlot(slot)) return
      const complete = completeSets(slot, this.parents)
      if (complete === 0) return
      if (complete === setCount(slot)) {
        this.#emitAll(slot, cell, g, out)
        continue
      }
      const from = slot.first
      const parts = slot.parts!.slice(from * this.parents, (from + complete) * this.parents)
      spend(slot, complete, this.parents)
      for (let i = 0; i < complete; i++) this.#emit(parts, i, slot, cell, g, out)
      return
    }
  }

  /** Lets the oldest time go as if every parent were past it. */
  releaseOldest(cell: JoinCell<P>, g: Group, out: Out): void {
    const slot = oldest(cell.slots)
    if (slot) this.#emitAll(slot, cell, g, out)
  }

  releaseAll(cell: JoinCell<P>, g: Group, out: Out): void {
    while (cell.slots.size > 0) this.releaseOldest(cell, g, out)
  }

  #isPast(cell: JoinCell<P>, t: Time): boolean {
    const { heads } = cell
    const { sec } = t
    for (let i = 0; i < heads.length; i += 2) {
      const head = heads[i]!
      if (head < sec || (head === sec && heads[i + 1]! <= t.ns)) return false
    }
    return true
  }

  #emitAll(front: Waiting<P>, cell: JoinCell<P>, g: Group, out: Out): void {
    // Off first: what goes out may end the task, and must not be there twice.
    const next = second(cell.slots)
    dropOldest(cell.slots)
    let slot: Slot<P>
    if (isSlot(front)) slot = front
    else {
      slot = newSlot<P>(front, cell.bareOf, front)
      cell.bare--
    }
    const sets = setCount(slot)
    const parts = partsOf(slot, this.parents)
    for (let i = 0; i < sets; i++) this.#emit(parts, slot.first + i, slot, cell, g, out, next)
  }

  #emit(
    parts: readonly (P | null)[],
    set: number,
    t: Time,
    cell: JoinCell<P>,
    g: Group,
    out: Out,
    next?: Waiting<P> | undefined,
  ): void {
    const { kind, parents } = this
    const from = set * parents
    let missing = 0
    let points = 0
    for (let i = 0; i < parents; i++) {
      const part = parts[from + i]
      if (part) points += kind.weight(part)
      else missing++
    }
    cell.pending -= points
    const stat = missing === 0 ? 'matched' : this.#reason(parts, from, cell, next)
    if (stat) this.#ctx.count(stat, points)
    const { gone } = cell
    for (let i = 0; i < parents; i++) {
      const part = parts[from + i]
      if (!part) continue
      const own = kind.timeOf(part)
      gone[i * 2] = own.sec
      gone[i * 2 + 1] = own.ns
    }
    this.kind.emit(parts, from, missing, t, cell, g, out)
  }

  /** Why a set lacks a parent, as the name of a statistic; undefined when it has been counted already. */
  #reason(
    parts: readonly (P | null)[],
    from: number,
    cell: JoinCell<P>,
    next: Waiting<P> | undefined,
  ): string | undefined {
    let present: P | undefined
    for (let i = 0; i < this.parents; i++) present ??= parts[from + i] ?? undefined
    const at = this.kind.timeOf(present!)
    let near = false
    for (let i = 0; i < this.parents; i++) {
      if (parts[from + i]) continue
      if (this.#tellsStrangers && !cell.strangers.known[i]) return undefined
      const sec = cell.gone[i * 2]!
      if (sec !== ZERO_TIME.sec) near ||= this.#isNear(at, { sec, ns: cell.gone[i * 2 + 1]! })
      const after = next && this.#firstOf(next, i, cell)
      if (after) near ||= this.#isNear(this.kind.timeOf(after), at)
    }
    return near ? 'out_of_tolerance' : 'unmatched'
  }

  #firstOf(w: Waiting<P>, parent: number, cell: JoinCell<P>): P | null {
    if (isSlot(w)) return firstOf(w, parent, this.parents)
    return cell.bareOf === parent ? w : null
  }

  #isNear(later: Time, earlier: Time): boolean {
    return Math.abs(intToFloat(subTime(later, earlier))) < this.#near
  }
}

/** Counts points of groups that a parent has never had, and takes them back when it has one after all. */
export function countStrangers(ctx: Ctx, s: Strangers, parent: number, points: number): void {
  const more = meet(s, parent, points)
  if (more !== 0) ctx.count('unknown_group', more)
}
