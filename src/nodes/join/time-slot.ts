// What a join holds for one time of a group: sets of parts, one part a parent. The nth message of a parent belongs to the
// nth set, so that a counter per parent finds a message's set. Knows nothing of when sets go out.
import type { Plain } from '../../base/plain.ts'
import type { Time } from '../../base/time.ts'

export type Slot<P extends Plain> = {
  sec: number
  ns: number
  /** The sets one after the other, a place for each parent; `first` of them are spent. */
  parts: (P | null)[]
  first: number
  /** Messages of each parent in the sets that are not spent; null while there has been one set only. */
  counts: number[] | null
  /** Parents that the only set has, while there is one only. */
  have: number
}

/** Spent sets before they are cut off, when they are more than the others. */
const COMPACT_AT = 64

export function newSlot<P extends Plain>(t: Time, parents: number): Slot<P> {
  // Not by push, which would make room for many more: there is one of these for every time that waits.
  const parts: (P | null)[] = parents === 2 ? [null, null] : new Array<P | null>(parents).fill(null)
  return { sec: t.sec, ns: t.ns, parts, first: 0, counts: null, have: 0 }
}

export function put<P extends Plain>(slot: Slot<P>, parent: number, part: P, parents: number): void {
  const { parts } = slot
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
  for (let i = 0; i < parents; i++) counts[i]! -= n
  slot.parts.fill(null, slot.first * parents, (slot.first + n) * parents)
  slot.first += n
  if (slot.first >= COMPACT_AT && slot.first * parents * 2 > slot.parts.length) {
    slot.parts = slot.parts.slice(slot.first * parents)
    slot.first = 0
  }
}
