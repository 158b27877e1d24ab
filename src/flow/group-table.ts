// The groups of one task by slot, and by family and values. An open table of hashes and slots stands beside the objects: to
// find that a group is not there takes one place in memory, where a Map looks at other groups and their texts, and the
// garbage collector has nothing to look at. Knows nothing of what groups are for.
import { keyOf } from '../base/text-key.ts'
import type { Family, TaskGroup } from './groups.ts'

const FIRST_CELLS = 16
/** So many cells are looked at for one group; those that find no place there, as when values are made to collide, have a Map. */
const MAX_PROBES = 64

/** FNV-1a over a text and its length. */
export function textHash(seed: number, text: string): number {
  let h = seed
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  return Math.imul(h ^ text.length, 0x01000193)
}

/** Where a group of these values is looked for first. */
export function hashOf(family: Family, vals: readonly string[]): number {
  let h = family.hash
  for (let i = 0; i < vals.length; i++) h = textHash(h, vals[i]!)
  return h ^ (h >>> 15)
}

function textOf(family: Family, vals: readonly string[]): string {
  return keyOf([family.key, ...vals])
}

function isOf(g: TaskGroup, family: Family, vals: readonly string[]): boolean {
  if (g.family !== family) return false
  for (let i = 0; i < vals.length; i++) if (g.vals[i] !== vals[i]) return false
  return true
}

export class GroupTable {
  readonly #bySlot: (TaskGroup | undefined)[] = []
  readonly #free: number[] = []
  /** Pairs: hash; slot + 1, 0 when the cell is empty. At most half of them are full. */
  #cells = new Int32Array(2 * FIRST_CELLS)
  readonly #crowded = new Map<string, TaskGroup>()
  #size = 0

  get size(): number {
    return this.#size
  }

  /** One more than the highest slot ever used. */
  get slots(): number {
    return this.#bySlot.length
  }

  /** `hash` is that of the family and the values. */
  find(family: Family, vals: readonly string[], hash: number): TaskGroup | undefined {
    const cells = this.#cells
    const mask = cells.length / 2 - 1
    for (let c = hash & mask, probes = 0; probes < MAX_PROBES; c = (c + 1) & mask, probes++) {
      const slot = cells[2 * c + 1]!
      if (slot === 0) break
      if (cells[2 * c] !== hash) continue
      const g = this.#bySlot[slot - 1]!
      if (isOf(g, family, vals)) return g
    }
    return this.#crowded.size > 0 ? this.#crowded.get(textOf(family, vals)) : undefined
  }

  /** Puts in a group that is not there, and gives it its slot; `hash` is that of its family and its values. */
  add(g: TaskGroup, hash: number): void {
    const slot = this.#free.pop() ?? this.#bySlot.length
    g.slot = slot
    this.#bySlot[slot] = g
    if (++this.#size * 4 > this.#cells.length) this.#grow()
    if (!this.#place(hash, slot)) this.#crowded.set(textOf(g.family, g.vals), g)
  }

  remove(g: TaskGroup): void {
    const { slot, family, vals } = g
    if (!this.#displace(hashOf(family, vals), slot)) this.#crowded.delete(textOf(family, vals))
    this.#bySlot[slot] = undefined
    this.#free.push(slot)
    g.slot = -1
    this.#size--
  }

  *all(): Iterable<TaskGroup> {
    for (const g of this.#bySlot) if (g) yield g
  }

  #place(hash: number, slot: number): boolean {
    const cells = this.#cells
    const mask = cells.length / 2 - 1
    let c = hash & mask
    for (let probes = 0; cells[2 * c + 1] !== 0; c = (c + 1) & mask) if (++probes === MAX_PROBES) return false
    cells[2 * c] = hash
    cells[2 * c + 1] = slot + 1
    return true
  }

  #grow(): void {
    const before = this.#cells
    this.#cells = new Int32Array(before.length * 2)
    for (let i = 0; i < before.length; i += 2) {
      const slot = before[i + 1]! - 1
      if (slot < 0 || this.#place(before[i]!, slot)) continue
      const g = this.#bySlot[slot]!
      this.#crowded.set(textOf(g.family, g.vals), g)
    }
  }

  /** Empties the cell of a slot, and moves up those behind it that would not be found across the gap. */
  #displace(hash: number, slot: number): boolean {
    const cells = this.#cells
    const mask = cells.length / 2 - 1
    let gap = hash & mask
    for (let probes = 0; cells[2 * gap + 1] !== slot + 1; gap = (gap + 1) & mask)
      if (cells[2 * gap + 1] === 0 || ++probes === MAX_PROBES) return false
    for (let c = (gap + 1) & mask; cells[2 * c + 1] !== 0; c = (c + 1) & mask) {
      if (((c - cells[2 * c]!) & mask) < ((c - gap) & mask)) continue
      cells[2 * gap] = cells[2 * c]!
      cells[2 * gap + 1] = cells[2 * c + 1]!
      gap = c
    }
    cells[2 * gap + 1] = 0
    return true
  }
}
