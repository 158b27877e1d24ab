// What a join holds for one time of a group: sets of parts, one part a parent. The nth message of a parent belongs to the
// nth set, so that a counter per parent finds a message's set. Knows nothing of when sets go out.
import type { Plain } from '../../base/plain.ts'
import type { Time } from '../../base/time.ts'

export type Slot<P extends Plain> = {
  sec: number
  ns: number
  /** The first message and its parent: most of what waits is one message alone, and has no need of lists. */
  lone: P | null
  of: number
  /** The sets one after the other, a place for each parent; `first` of them are spent. Null for one message alone. */
  parts: (P | null)[] | null
  first: number
  /** Messages of each parent in the sets that are not spent; null while there has been one set only. */
  counts: number[] | null
  /** Parents that the only set has, while there is one only. */
  have: number
}

/** A message alone in its time stands for its slot where it can: it must be a time itself. */
export type Waiting<P extends Plain> = Slot<P> | Bare<P>
export type Bare<P extends Plain> = P & { readonly sec: number; readonly ns: number }

export function isSlot<P extends Plain>(w: Waiting<P>): w is Slot<P> {
  return (w as Slot<P>).of !== undefined
}

/** Spent sets before they are cut off, when they are more than the others. */
const COMPACT_AT = 64

export function newSlot<P extends Plain>(t: Time, parent: number, part: P): Slot<P> {
  return { sec: t.sec, ns: t.ns, lone: part, of: parent, parts: null, first: 0, counts: null, have: 1 }
}

/** The sets of a slot one after the other, spent ones in front; not to be written. */
export function partsOf<P extends Plain>(slot: Slot<P>, parents: number): (P | null)[] {
  if (slot.parts) return slot.parts
  const parts: (P | null)[] = parents === 2 ? [null, null] : new Array<P | null>(parents).fill(null)
  parts[slot.of] = slot.lone
  return parts
}

/** The first message of a parent. */
export function firstOf<P extends Plain>(slot: Slot<P>, parent: number, parents: number): P | null {
  if (!slot.parts) return slot.of === parent ? slot.lone : null
  return slot.parts[slot.first * parents + parent] ?? null
}

export function put<P extends Plain>(slot: Slot<P>, parent: number, part: P, parents: number): void {
  let { parts } = slot
  if (!parts) {
    parts = slot.parts = partsOf(slot, parents)
    slot.lone = null
  }
  if (slot.counts === null) {
    if (parts[parent] === null) {
      parts[parent] = part
      slot.have++
      return
    }
    slot.counts = parts.map((p) => (p === null ? 0 : 1))
  }
  const at = (slot.first + slot.counts[parent]!++) * parents + parent
  while (parts.length <= at) for (let i = 0; i < parents; i++) parts.push(null)
  parts[at] = part
}

/** Messages of a parent that are in the slot. */
export function countOf<P extends Plain>(slot: Slot<P>, parent: number): number {
  if (!slot.parts) return slot.of === parent ? 1 : 0
  return slot.counts ? slot.counts[parent]! : slot.parts[parent] === null ? 0 : 1
}

/** Sets from the front that have a part of every parent. */
export function completeSets<P extends Plain>(slot: Slot<P>, parents: number): number {
  return slot.counts ? Math.min(...slot.counts) : slot.have === parents ? 1 : 0
}

/** All sets, complete or not. */
export function setCount<P extends Plain>(slot: Slot<P>): number {
  return slot.counts ? Math.max(...slot.counts) : 1
}

/** Forgets the `n` first sets, which were complete; there must be more than those. */
export function spend<P extends Plain>(slot: Slot<P>, n: number, parents: number): void {
  const counts = slot.counts!
  const parts = slot.parts!
  for (let i = 0; i < parents; i++) counts[i]! -= n
  parts.fill(null, slot.first * parents, (slot.first + n) * parents)
  slot.first += n
  if (slot.first >= COMPACT_AT && slot.first * parents * 2 > parts.length) {
    slot.parts = parts.slice(slot.first * parents)
    slot.first = 0
  }
}
