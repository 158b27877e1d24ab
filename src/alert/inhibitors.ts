// Who holds back which alerts now: categories with the tag values that an event must share. Knows nothing of nodes.
import { keyOf } from '../base/text-key.ts'
import type { Tags } from '../base/value.ts'

interface Entry {
  readonly category: string
  /** The key of the inhibitor's tag names, sorted. */
  readonly names: string
  /** The key of their values, in the same order. */
  readonly values: string
}

/** How many inhibitors hold each set of values of some tags. */
interface Holders {
  readonly names: readonly string[]
  readonly counts: Map<string, number>
}

export class Inhibitors {
  readonly #entries = new Map<string, Entry>()
  /** category → tag names → values → how many hold it. */
  readonly #categories = new Map<string, Map<string, Holders>>()

  /** `owner` is one inhibitor of one group of one node. */
  set(owner: string, category: string, tags: Tags, on: boolean): void {
    const known = this.#entries.get(owner)
    if (!on) {
      if (known) this.#drop(owner, known)
      return
    }
    if (known) return
    const names = Object.keys(tags).sort()
    const entry = { category, names: keyOf(names), values: valuesOf(names, tags) }
    this.#entries.set(owner, entry)
    const lists = getOrMake(this.#categories, category, () => new Map<string, Holders>())
    const { counts } = getOrMake(lists, entry.names, () => ({ names, counts: new Map<string, number>() }))
    counts.set(entry.values, (counts.get(entry.values) ?? 0) + 1)
  }

  /** Whether an event of the category with these tags is held back. A missing tag counts as an empty one. */
  holds(category: string, tags: Tags): boolean {
    if (category === '') return false
    const lists = this.#categories.get(category)
    if (!lists) return false
    for (const { names, counts } of lists.values()) if (counts.has(valuesOf(names, tags))) return true
    return false
  }

  /** Drops all whose owner starts with the prefix. */
  release(prefix: string): void {
    for (const [owner, entry] of this.#entries) if (owner.startsWith(prefix)) this.#drop(owner, entry)
  }

  get size(): number {
    return this.#entries.size
  }

  #drop(owner: string, entry: Entry): void {
    this.#entries.delete(owner)
    const lists = this.#categories.get(entry.category)!
    const { counts } = lists.get(entry.names)!
    const left = counts.get(entry.values)! - 1
    if (left > 0) counts.set(entry.values, left)
    else counts.delete(entry.values)
    if (counts.size === 0) lists.delete(entry.names)
    if (lists.size === 0) this.#categories.delete(entry.category)
  }
}

function valuesOf(names: readonly string[], tags: Tags): string {
  return keyOf(names.map((name) => tags[name] ?? ''))
}

function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key)
  if (value === undefined) {
    value = make()
    map.set(key, value)
  }
  return value
}
