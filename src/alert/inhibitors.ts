// Who holds back which alerts now: categories with the tag values that an event must share. Knows nothing of nodes.
import type { Tags } from '../base/value.ts'

interface Entry {
  readonly category: string
  /** The tag names of the inhibitor, sorted and joined. */
  readonly names: string
  /** Their values, joined in the same order. */
  readonly values: string
}

/** How many inhibitors hold one set of values. */
type Holders = Map<string, number>

const SEPARATOR = '\u0000'

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
    const entry = { category, names: names.join(SEPARATOR), values: valuesOf(names, tags) }
    this.#entries.set(owner, entry)
    const lists = getOrMake(this.#categories, category, () => new Map<string, Holders>())
    const holders = getOrMake(lists, entry.names, () => new Map<string, number>())
    holders.set(entry.values, (holders.get(entry.values) ?? 0) + 1)
  }

  /** Whether an event of the category with these tags is held back. A missing tag counts as an empty one. */
  holds(category: string, tags: Tags): boolean {
    if (category === '') return false
    const lists = this.#categories.get(category)
    if (!lists) return false
    for (const [names, holders] of lists) {
      if (holders.has(names === '' ? '' : valuesOf(names.split(SEPARATOR), tags))) return true
    }
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
    const holders = lists.get(entry.names)!
    const left = holders.get(entry.values)! - 1
    if (left > 0) holders.set(entry.values, left)
    else holders.delete(entry.values)
    if (holders.size === 0) lists.delete(entry.names)
    if (lists.size === 0) this.#categories.delete(entry.category)
  }
}

function valuesOf(names: readonly string[], tags: Tags): string {
  let text = ''
  for (let i = 0; i < names.length; i++) text += (i > 0 ? SEPARATOR : '') + (tags[names[i]!] ?? '')
  return text
}

function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key)
  if (value === undefined) {
    value = make()
    map.set(key, value)
  }
  return value
}
