// The groups of one task: found by series identity first, then by key. A group lives while a node keeps state for it;
// its slot is then reused. Knows nothing of nodes.
import type { Plain } from '../base/plain.ts'
import type { Series } from '../base/series.ts'
import { keyOf, lengthMark } from '../base/text-key.ts'
import type { Tags } from '../base/value.ts'
import type { Group } from './contract.ts'
import { GroupTable, hashOf, textHash } from './group-table.ts'

/** Series that one grouping remembers; beyond it the memory begins anew. */
export const MAX_SERIES_PER_GROUPING = 262_144
/** Groups without state are swept when there are as many as others, but not below this. */
const SWEEP_FLOOR = 4_096

/** What groups have in common that have the same dims and the same label. */
export class Family {
  readonly byName: boolean
  /** The measurement when it is part of the group. */
  readonly label: string
  readonly dims: readonly string[]
  readonly key: string
  /** Begins the hashes of its groups. */
  readonly hash: number
  /** How many groups it has. */
  size = 0
  /** True once it is empty and forgotten. */
  gone = false

  constructor(byName: boolean, label: string, dims: readonly string[], key: string) {
    this.byName = byName
    this.label = label
    this.dims = dims
    this.key = key
    this.hash = textHash(0, key)
  }
}

function familyKey(byName: boolean, label: string, dims: readonly string[]): string {
  return (byName ? 'n' : ' ') + lengthMark(label) + label + keyOf(dims)
}

export class TaskGroup implements Group {
  family: Family
  readonly vals: readonly string[]
  /** The first of `vals`, by which most groups are told apart. */
  readonly value: string
  slot = -1
  /** How many nodes keep a cell for it: see Groups.keep. */
  refs = 0
  /** Seconds of the last entry that touched it. */
  seenSec = 0
  /** The group that was asked for after it the last time: mostly it is so again. */
  next: TaskGroup | undefined
  /** A series that is of it, where series lead to groups. */
  series: Series | undefined
  #tags: Tags | undefined
  #key: string | undefined
  #id: string | undefined

  constructor(family: Family, vals: readonly string[]) {
    this.family = family
    this.vals = vals
    this.value = vals.length > 0 ? vals[0]! : ''
  }

  get plainRef(): 'group' {
    return 'group'
  }

  get byName(): boolean {
    return this.family.byName
  }

  get name(): string {
    return this.family.label
  }

  get dims(): readonly string[] {
    return this.family.dims
  }

  /** Unambiguous form of the group's identity. */
  get id(): string {
    if (this.#id === undefined) {
      const { byName, label, dims } = this.family
      let marks = (byName ? 'n' : ' ') + lengthMark(label)
      let text = label
      for (let i = 0; i < dims.length; i++) {
        marks += lengthMark(dims[i]!) + lengthMark(this.vals[i]!)
        text += dims[i]! + this.vals[i]!
      }
      this.#id = marks + text
    }
    return this.#id
  }

  /** Made when first asked for: most groups of most nodes are only ever compared. */
  get tags(): Tags {
    if (!this.#tags) {
      const tags: Record<string, string> = Object.create(null)
      for (let i = 0; i < this.dims.length; i++) tags[this.dims[i]!] = this.vals[i]!
      this.#tags = Object.freeze(tags)
    }
    return this.#tags
  }

  get key(): string {
    if (this.#key === undefined) {
      const tags = this.dims.map((d, i) => `${d}=${this.vals[i]}`).join(',')
      this.#key = !this.byName ? tags : tags === '' ? this.name : `${this.name}\n${tags}`
    }
    return this.#key
  }

  get plain(): Plain {
    return [this.byName, this.name, this.dims, this.vals]
  }
}

/** A fixed list of dims, with what it remembers of series. */
class Grouping {
  readonly dims: readonly string[]
  readonly byName: boolean
  readonly #groups: Groups
  /** The only dim, when the measurement counts for nothing: then a tag's value leads to the group. */
  readonly #dim: string | undefined
  #family: Family | undefined
  #bySeries = new Map<Series, TaskGroup>()
  #lastSeries: Series | undefined
  #last: TaskGroup | undefined

  constructor(groups: Groups, dims: readonly string[], byName: boolean) {
    this.#groups = groups
    this.dims = dims
    this.byName = byName
    this.#dim = byName || dims.length !== 1 ? undefined : dims[0]
  }

  of(series: Series): TaskGroup {
    if (series === this.#lastSeries && this.#last!.slot >= 0) return this.#last!
    const g = this.#dim === undefined ? this.#ofSeries(series) : this.#ofValue(series, this.#dim)
    this.#lastSeries = series
    this.#last = g
    return g
  }

  #ofValue(series: Series, dim: string): TaskGroup {
    const { keys } = series
    // A series with no other tag lends its list of values.
    const lent = keys.length === 1 && keys[0] === dim ? series.vals : undefined
    const last = this.#last
    const next = last?.next
    if (next !== undefined && next.vals === lent && next.slot >= 0) return next
    const value = lent === undefined ? (series.tag(dim) ?? '') : lent[0]!
    if (last !== undefined && last.value === value && last.slot >= 0) return last
    if (next !== undefined && next.value === value && next.slot >= 0) return next
    const g = this.#groups.ofFamily(this.#familyOf(''), lent ?? [value])
    if (last !== undefined && last.slot >= 0) last.next = g
    return g
  }

  #ofSeries(series: Series): TaskGroup {
    const last = this.#last
    const next = last?.next
    if (next !== undefined && next.series === series && next.slot >= 0) return next
    const g = this.#lookUp(series)
    g.series = series
    if (last !== undefined && last.slot >= 0) last.next = g
    return g
  }

  /** The family of that label: mostly the one of the group before. */
  #familyOf(label: string): Family {
    const last = this.#family
    if (last !== undefined && last.label === label && !last.gone) return last
    return (this.#family = this.#groups.family(this.byName, label, this.dims))
  }

  #lookUp(series: Series): TaskGroup {
    const known = this.#bySeries.get(series)
    if (known !== undefined && known.slot >= 0) return known
    const vals: string[] = []
    for (const d of this.dims) vals.push(series.tag(d) ?? '')
    const g = this.#groups.ofFamily(this.#familyOf(this.byName ? series.name : ''), vals)
    if (this.#bySeries.size >= MAX_SERIES_PER_GROUPING) this.#bySeries = new Map()
    this.#bySeries.set(series, g)
    return g
  }
}

export class Groups {
  readonly ungrouped: TaskGroup
  /** Called for each new group; throws to refuse it (the task's limit). */
  onNew: ((live: number) => void) | undefined
  readonly #families = new Map<string, Family>()
  readonly #groupings = new Map<string, Grouping>()
  readonly #table = new GroupTable()
  /** Groups that a node keeps a cell for. */
  #kept = 0
  #lastDims: readonly string[] | undefined
  #lastByName = false
  #lastGrouping: Grouping | undefined

  constructor() {
    this.ungrouped = this.find(false, '', [], [])
    this.keep(this.ungrouped)
  }

  /** Live groups, the ungrouped one not counted. */
  get size(): number {
    return this.#table.size - 1
  }

  /** One more than the highest slot ever used. */
  get slots(): number {
    return this.#table.slots
  }

  of(dims: readonly string[], byName: boolean, series: Series): TaskGroup {
    if (dims === this.#lastDims && byName === this.#lastByName) return this.#lastGrouping!.of(series)
    if (dims.length === 0 && !byName) return this.ungrouped
    const key = (byName ? 'n' : ' ') + keyOf(dims)
    let grouping = this.#groupings.get(key)
    if (!grouping) {
      // Groupings by * follow the tags of the data: a bound keeps strange data from filling the memory.
      if (this.#groupings.size >= 1_024) this.#groupings.clear()
      grouping = new Grouping(this, dims, byName)
      this.#groupings.set(key, grouping)
    }
    this.#lastDims = dims
    this.#lastByName = byName
    this.#lastGrouping = grouping
    return grouping.of(series)
  }

  find(byName: boolean, name: string, dims: readonly string[], vals: readonly string[]): TaskGroup {
    return this.ofFamily(this.family(byName, byName ? name : '', dims), vals)
  }

  /** The group of a family with these values, made when it is new. */
  ofFamily(family: Family, vals: readonly string[]): TaskGroup {
    const hash = hashOf(family, vals)
    const known = this.#table.find(family, vals, hash)
    if (known) return known
    const g = new TaskGroup(family, vals)
    this.#add(g, hash)
    return g
  }

  family(byName: boolean, label: string, dims: readonly string[]): Family {
    const key = familyKey(byName, label, dims)
    let family = this.#families.get(key)
    if (!family) {
      family = new Family(byName, label, dims, key)
      this.#families.set(key, family)
    }
    return family
  }

  /** A group that was freed while somebody still held it comes back, as itself or as its successor. */
  revive(g: Group): TaskGroup {
    const t = g as TaskGroup
    const { byName, label, dims, gone } = t.family
    if (gone) t.family = this.family(byName, label, dims)
    const hash = hashOf(t.family, t.vals)
    const known = this.#table.find(t.family, t.vals, hash)
    if (known) return known
    this.#add(t, hash)
    return t
  }

  fromPlain(plain: Plain): TaskGroup {
    const [byName, name, dims, vals] = plain as readonly [boolean, string, readonly string[], readonly string[]]
    return this.find(byName, name, dims, vals)
  }

  /** A node makes a cell for the group. */
  keep(g: TaskGroup): void {
    if (g.refs++ === 0) this.#kept++
  }

  /** A node forgets its cell; true when it was the last one. */
  unkeep(g: TaskGroup): boolean {
    if (--g.refs > 0) return false
    this.#kept--
    return true
  }

  /** Between turns: frees what no node keeps state for. */
  release(g: TaskGroup): void {
    if (g.refs > 0 || g.slot < 0 || g === this.ungrouped) return
    const { family } = g
    this.#table.remove(g)
    if (--family.size === 0) {
      family.gone = true
      this.#families.delete(family.key)
    }
    // What is gone must not hold others that go.
    g.next = undefined
    g.series = undefined
  }

  /** Between turns: frees groups that nothing keeps state for, once they are many. Goes through all groups only then. */
  sweep(): void {
    const idle = this.#table.size - this.#kept
    if (idle < SWEEP_FLOOR || idle < this.#kept) return
    for (const g of this.#table.all()) this.release(g)
  }

  all(): Iterable<TaskGroup> {
    return this.#table.all()
  }

  #add(g: TaskGroup, hash: number): void {
    this.onNew?.(this.#table.size)
    this.#table.add(g, hash)
    g.family.size++
  }
}
