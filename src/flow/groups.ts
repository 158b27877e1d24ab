// The groups of one task: found by series identity first, then by key. A group lives while a node keeps state for it;
// its slot is then reused. Knows nothing of nodes.
import type { Plain } from '../base/plain.ts'
import type { Series } from '../base/series.ts'
import { keyOf, lengthMark } from '../base/text-key.ts'
import type { Tags } from '../base/value.ts'
import type { Group } from './contract.ts'

/** Series that one grouping remembers; beyond it the memory begins anew. */
export const MAX_SERIES_PER_GROUPING = 262_144
/** Groups without state are swept when the table has doubled since the last sweep, but not below this. */
const SWEEP_FLOOR = 4_096

export class TaskGroup implements Group {
  readonly plainRef = 'group'
  readonly byName: boolean
  readonly name: string
  readonly dims: readonly string[]
  /** Unambiguous form of the group's identity. */
  readonly id: string
  slot: number
  /** How many nodes keep a cell for it. */
  refs = 0
  /** Seconds of the last entry that touched it. */
  seenSec = 0
  readonly #vals: readonly string[]
  #tags: Tags | undefined
  #key: string | undefined

  constructor(
    id: string,
    byName: boolean,
    name: string,
    dims: readonly string[],
    vals: readonly string[],
    slot: number,
  ) {
    this.id = id
    this.byName = byName
    this.name = name
    this.dims = dims
    this.#vals = vals
    this.slot = slot
  }

  /** Made when first asked for: most groups of most nodes are only ever compared. */
  get tags(): Tags {
    if (!this.#tags) {
      const tags: Record<string, string> = Object.create(null)
      for (let i = 0; i < this.dims.length; i++) tags[this.dims[i]!] = this.#vals[i]!
      this.#tags = Object.freeze(tags)
    }
    return this.#tags
  }

  get key(): string {
    if (this.#key === undefined) {
      const tags = this.dims.map((d, i) => `${d}=${this.#vals[i]}`).join(',')
      this.#key = !this.byName ? tags : tags === '' ? this.name : `${this.name}\n${tags}`
    }
    return this.#key
  }

  get plain(): Plain {
    return [this.byName, this.name, this.dims, this.#vals]
  }
}

/** A fixed list of dims, with what it remembers of series. */
class Grouping {
  readonly dims: readonly string[]
  readonly byName: boolean
  readonly #groups: Groups
  #bySeries = new Map<Series, TaskGroup>()
  #lastSeries: Series | undefined
  #last: TaskGroup | undefined

  constructor(groups: Groups, dims: readonly string[], byName: boolean) {
    this.#groups = groups
    this.dims = dims
    this.byName = byName
  }

  of(series: Series): TaskGroup {
    if (series === this.#lastSeries && this.#last!.slot >= 0) return this.#last!
    let g = this.#bySeries.get(series)
    if (g === undefined || g.slot < 0) g = this.#find(series)
    this.#lastSeries = series
    this.#last = g
    return g
  }

  #find(series: Series): TaskGroup {
    const vals: string[] = []
    for (const d of this.dims) vals.push(series.tag(d) ?? '')
    const g = this.#groups.find(this.byName, series.name, this.dims, vals)
    if (this.#bySeries.size >= MAX_SERIES_PER_GROUPING) this.#bySeries = new Map()
    this.#bySeries.set(series, g)
    return g
  }
}

export class Groups {
  readonly ungrouped: TaskGroup
  /** Called for each new group; throws to refuse it (the task's limit). */
  onNew: ((live: number) => void) | undefined
  readonly #byId = new Map<string, TaskGroup>()
  readonly #groupings = new Map<string, Grouping>()
  readonly #free: number[] = []
  #slots = 0
  #sweepAt = SWEEP_FLOOR
  #lastDims: readonly string[] | undefined
  #lastByName = false
  #lastGrouping: Grouping | undefined

  constructor() {
    this.ungrouped = this.find(false, '', [], [])
    this.ungrouped.refs = 1
  }

  /** Live groups, the ungrouped one not counted. */
  get size(): number {
    return this.#byId.size - 1
  }

  /** One more than the highest slot ever used. */
  get slots(): number {
    return this.#slots
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
    const label = byName ? name : ''
    let marks = (byName ? 'n' : ' ') + lengthMark(label)
    let text = label
    for (let i = 0; i < dims.length; i++) {
      marks += lengthMark(dims[i]!) + lengthMark(vals[i]!)
      text += dims[i]! + vals[i]!
    }
    const id = marks + text
    let g = this.#byId.get(id)
    if (!g) {
      g = new TaskGroup(id, byName, label, dims, vals, -1)
      this.#place(g)
    }
    return g
  }

  /** A group that was freed while somebody still held it comes back, as itself or as its successor. */
  revive(g: Group): TaskGroup {
    const known = this.#byId.get((g as TaskGroup).id)
    if (known) return known
    this.#place(g as TaskGroup)
    return g as TaskGroup
  }

  fromPlain(plain: Plain): TaskGroup {
    const [byName, name, dims, vals] = plain as readonly [boolean, string, readonly string[], readonly string[]]
    return this.find(byName, name, dims, vals)
  }

  /** Between turns: frees what no node keeps state for. */
  release(g: TaskGroup): void {
    if (g.refs > 0 || g.slot < 0 || g === this.ungrouped) return
    this.#byId.delete(g.id)
    this.#free.push(g.slot)
    g.slot = -1
  }

  /** Between turns: frees groups that nothing keeps state for, once there are many. */
  sweep(): void {
    if (this.#byId.size < this.#sweepAt) return
    for (const g of this.#byId.values()) this.release(g)
    this.#sweepAt = Math.max(SWEEP_FLOOR, this.#byId.size * 2)
  }

  all(): Iterable<TaskGroup> {
    return this.#byId.values()
  }

  #place(g: TaskGroup): void {
    this.onNew?.(this.#byId.size)
    g.slot = this.#free.pop() ?? this.#slots++
    this.#byId.set(g.id, g)
  }
}
