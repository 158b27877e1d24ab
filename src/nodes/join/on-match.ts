// `join.on(tags…)`: messages of a finer grouping meet those of a coarser one that has exactly the `on` tags, or fewer. The
// finer message waits for a coarser one of its time; both then go into the sets of the finer group. A finer message that
// can find no partner any more goes there alone; a coarser one never does.
import type { Plain } from '../../base/plain.ts'
import { compareTime, type Time, ZERO_TIME } from '../../base/time.ts'
import type { Ctx, Group, Out } from '../../flow/contract.ts'
import { type JoinCell, newOnBuffers, type OnBuffers, type Specific, zeroTimes } from './join-cell.ts'
import { countStrangers, type JoinSets } from './join-sets.ts'
import type { Pending } from './pending.ts'
import { add, dropOldest, each, find, newTimeList, oldest } from './time-list.ts'

export class OnMatch<P extends Plain> {
  readonly #ctx: Ctx
  readonly #sets: JoinSets<P>
  readonly #pending: Pending<P>
  readonly #on: readonly string[]
  readonly #keys = new WeakMap<Group, Group>()

  constructor(ctx: Ctx, sets: JoinSets<P>, pending: Pending<P>, on: readonly string[]) {
    this.#ctx = ctx
    this.#sets = sets
    this.#pending = pending
    this.#on = on
  }

  /** Takes a message of group `g`; `t`: its rounded time. */
  take(parent: number, part: P, t: Time, g: Group, out: Out): void {
    const key = this.#keyOf(g)
    const cell = this.#cell(key)
    const before = cell.pending
    cell.on ??= newOnBuffers(this.#sets.parents)
    const { on } = cell
    on.seen[parent * 2] = t.sec
    on.seen[parent * 2 + 1] = t.ns
    if (on.strangers.unknown > 0) countStrangers(this.#ctx, on.strangers, parent, this.#sets.kind.weight(part))
    on.coarse[parent] = g.dims.length <= this.#on.length
    const low = this.#lowMark(on)
    this.#sendAlone(cell, on, low, out)
    if (on.coarse[parent]) this.#takeCoarse(cell, on, parent, part, t, out)
    else this.#takeFine(cell, on, { parent, part, group: g, placed: false, met: [] }, t, low, out)
    this.#pending.changed(cell, key, before)
  }

  /** The group that a message is matched in: the `on` tags of its own. */
  #keyOf(g: Group): Group {
    const known = this.#keys.get(g)
    if (known && known.slot >= 0) return known
    let key = g
    for (const tag of g.dims) if (!this.#on.includes(tag)) key = this.#ctx.groupWithout(key, tag)
    for (const tag of this.#on) if (!g.dims.includes(tag)) key = this.#ctx.groupWith(key, tag, '')
    this.#keys.set(g, key)
    return key
  }

  #cell(g: Group): JoinCell<P> {
    return this.#ctx.stateOf(g) as unknown as JoinCell<P>
  }

  /** The time that every parent has reached here; the zero time while one has sent nothing. */
  #lowMark({ seen }: OnBuffers<P>): Time {
    let low: Time | undefined
    for (let i = 0; i < seen.length; i += 2) {
      const t = { sec: seen[i]!, ns: seen[i + 1]! }
      if (low === undefined || compareTime(t, low) < 0) low = t
    }
    return low ?? ZERO_TIME
  }

  /** Sends the finer messages that are older than all that may still come. */
  #sendAlone(cell: JoinCell<P>, on: OnBuffers<P>, low: Time, out: Out): void {
    for (let next = oldest(on.specifics); next && compareTime(next, low) < 0; next = oldest(on.specifics)) {
      dropOldest(on.specifics)
      for (const s of next.waiting) {
        cell.pending -= this.#weight(s)
        if (!s.placed) this.#place(s, next, [], out)
      }
    }
  }

  #takeFine(cell: JoinCell<P>, on: OnBuffers<P>, s: Specific<P>, t: Time, low: Time, out: Out): void {
    const matches = find(on.matches, t.sec, t.ns)
    if (matches) {
      // A message meets each parent's first match, then, once more, each parent's second, and so on.
      const rounds: { parent: number; part: P }[][] = []
      for (const m of matches.found) {
        m.used = true
        const nth = rounds.find((r) => r.every((x) => x.parent !== m.parent))
        if (nth) nth.push(m)
        else rounds.push([m])
      }
      for (const round of rounds) this.#place(s, t, round, out)
      s.placed = true
      s.met = rounds[0]!.map((m) => m.parent)
    }
    this.#dropMatches(cell, on, low)
    if (this.#hasMetAll(s, on)) return
    if (compareTime(t, low) < 0) {
      if (!s.placed) this.#place(s, t, [], out)
      return
    }
    let slot = find(on.specifics, t.sec, t.ns)
    if (!slot) {
      slot = { sec: t.sec, ns: t.ns, waiting: [] }
      add(on.specifics, slot)
    }
    slot.waiting.push(s)
    cell.pending += this.#weight(s)
  }

  #takeCoarse(cell: JoinCell<P>, on: OnBuffers<P>, parent: number, part: P, t: Time, out: Out): void {
    let matches = find(on.matches, t.sec, t.ns)
    if (!matches) {
      matches = { sec: t.sec, ns: t.ns, found: [] }
      add(on.matches, matches)
    }
    const match = { parent, part, used: false }
    matches.found.push(match)
    cell.pending += this.#sets.kind.weight(part)
    const slot = find(on.specifics, t.sec, t.ns)
    if (!slot) return
    const left: Specific<P>[] = []
    for (const s of slot.waiting) {
      if (s.met.includes(parent)) {
        left.push(s)
        continue
      }
      match.used = true
      this.#place(s, t, [match], out)
      s.met.push(parent)
      s.placed = true
      if (this.#hasMetAll(s, on)) cell.pending -= this.#weight(s)
      else left.push(s)
    }
    slot.waiting = left
    this.#dropEmpty(on)
  }

  /** Puts a finer message, unless it is there, and its matches into the sets of its group. */
  #place(s: Specific<P>, t: Time, matches: readonly { parent: number; part: P }[], out: Out): void {
    const cell = this.#cell(s.group)
    const before = cell.pending
    if (!s.placed) this.#sets.place(cell, s.parent, s.part, t)
    const own = this.#sets.count(cell, s.parent, t)
    for (const m of matches) {
      // Another fine parent of the group may have brought the match already.
      if (this.#sets.count(cell, m.parent, t) < own) this.#sets.place(cell, m.parent, m.part, t)
    }
    this.#sets.release(cell, s.group, out)
    this.#pending.changed(cell, s.group, before)
  }

  /** Whether every parent of the coarser grouping has been met; one that has sent nothing yet may be of either. */
  #hasMetAll(s: Specific<P>, on: OnBuffers<P>): boolean {
    if (s.met.length === 0) return false
    for (let i = 0; i < this.#sets.parents; i++) {
      if (i === s.parent || s.met.includes(i)) continue
      if (on.coarse[i] || on.seen[i * 2] === ZERO_TIME.sec) return false
    }
    return true
  }

  #weight(s: Specific<P>): number {
    return this.#sets.kind.weight(s.part)
  }

  /** Drops matches that are too old for all that may still come. */
  #dropMatches(cell: JoinCell<P>, on: OnBuffers<P>, low: Time): void {
    for (let next = oldest(on.matches); next && compareTime(next, low) < 0; next = oldest(on.matches))
      this.#dropOldestMatches(cell, on)
  }

  #dropOldestMatches(cell: JoinCell<P>, on: OnBuffers<P>): void {
    const { found } = oldest(on.matches)!
    dropOldest(on.matches)
    for (const m of found) {
      const weight = this.#sets.kind.weight(m.part)
      cell.pending -= weight
      if (!m.used && on.strangers.unknown === 0) this.#ctx.count('unmatched', weight)
    }
  }

  #dropEmpty(on: OnBuffers<P>): void {
    for (let next = oldest(on.specifics); next && next.waiting.length === 0; next = oldest(on.specifics))
      dropOldest(on.specifics)
  }

  /** Sends all finer messages that still wait to their groups. */
  sendAllAlone(cell: JoinCell<P>, key: Group, out: Out): void {
    const { on } = cell
    if (!on) return
    const before = cell.pending
    for (const slot of [...each(on.specifics)]) {
      for (const s of slot.waiting) {
        cell.pending -= this.#weight(s)
        if (!s.placed) this.#place(s, slot, [], out)
      }
    }
    on.specifics = newTimeList()
    while (on.matches.size > 0) this.#dropOldestMatches(cell, on)
    this.#pending.changed(cell, key, before)
  }

  /** Lets go of the oldest in the buffers because too much is held: the older of finer messages and matches. */
  letGo(cell: JoinCell<P>, out: Out): void {
    const { on } = cell
    if (!on) return
    const fine = oldest(on.specifics)
    const match = oldest(on.matches)
    if (fine && (!match || compareTime(fine, match) <= 0)) {
      dropOldest(on.specifics)
      for (const s of fine.waiting) {
        cell.pending -= this.#weight(s)
        if (!s.placed) this.#place(s, fine, [], out)
        const own = this.#cell(s.group)
        const before = own.pending
        this.#sets.releaseOldest(own, s.group, out)
        this.#pending.changed(own, s.group, before)
      }
    } else if (match) this.#dropOldestMatches(cell, on)
  }

  /** With deleteAll: no parent has been seen anywhere. */
  forgetMarks(): void {
    for (const [, s] of this.#ctx.states()) {
      const { on } = s as unknown as JoinCell<P>
      if (on) on.seen = zeroTimes(this.#sets.parents)
    }
  }
}
