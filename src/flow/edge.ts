// Edges between operators: they count what passes and lead to the child's input. An Out is a node's set of edges.
import { copyOf, type Point } from '../base/point.ts'
import type { Time } from '../base/time.ts'
import type { Begin, EdgeType, Group, GroupCount, Out, Rows, Run } from './contract.ts'
import type { TaskGroup } from './groups.ts'
import type { Input } from './operator.ts'

interface WatchedCount extends GroupCount {
  group: TaskGroup
  points: number
}

export class Edge implements Input {
  readonly parent: string
  readonly child: string
  readonly type: EdgeType
  /** Points on stream edges, batches on batch edges. */
  count = 0
  readonly #to: Input
  /** Points per group, by its id, kept only while somebody watches. */
  #watched: Map<string, WatchedCount> | undefined

  constructor(parent: string, child: string, type: EdgeType, to: Input) {
    this.parent = parent
    this.child = child
    this.type = type
    this.#to = to
  }

  watch(): () => Iterable<GroupCount> {
    this.#watched ??= new Map()
    const counts = this.#watched
    return () => counts.values()
  }

  /** What a watch has counted, for a snapshot; undefined when nobody watches. */
  get watched(): readonly GroupCount[] | undefined {
    return this.#watched && [...this.#watched.values()]
  }

  /** Goes on counting from here, if somebody watches. */
  restoreWatched(counts: Iterable<GroupCount>): void {
    if (this.#watched) for (const { group, points } of counts) this.#add(group, points)
  }

  /** Forgets the counts of groups that nothing has touched since. */
  expire(beforeSec: number): void {
    if (!this.#watched) return
    for (const [id, { group }] of this.#watched) if (group.seenSec < beforeSec) this.#watched.delete(id)
  }

  #add(g: Group, n: number): void {
    const group = g as TaskGroup
    const w = this.#watched!
    const known = w.get(group.id)
    if (known) {
      // A group that was freed in between comes back as another object.
      known.group = group
      known.points += n
    } else w.set(group.id, { group, points: n })
  }

  point(p: Point, g: Group): void {
    this.count++
    if (this.#watched) this.#add(g, 1)
    this.#to.point(p, g)
  }

  points(run: Run, from: number, to: number, g: Group): void {
    this.count += to - from
    if (this.#watched) this.#add(g, to - from)
    try {
      this.#to.points(run, from, to, g)
    } catch (e) {
      this.count -= to - 1 - run.at
      throw e
    }
  }

  begin(b: Begin, g: Group): void {
    this.count++
    this.#to.begin(b, g)
  }

  row(p: Point, g: Group): void {
    if (this.#watched) this.#add(g, 1)
    this.#to.row(p, g)
  }

  end(g: Group): void {
    this.#to.end(g)
  }

  batch(b: Begin, rows: Rows, g: Group): void {
    this.count++
    if (this.#watched) this.#add(g, rows.length)
    this.#to.batch(b, rows, g)
  }

  barrier(t: Time, g: Group): void {
    this.#to.barrier(t, g)
  }

  deleteGroup(g: Group): void {
    this.#watched?.delete((g as TaskGroup).id)
    this.#to.deleteGroup(g)
  }
}

class ManyOut implements Out {
  readonly #edges: readonly Input[]
  constructor(edges: readonly Input[]) {
    this.#edges = edges
  }
  point(p: Point, g: Group): void {
    for (const e of this.#edges) e.point(p, g)
  }
  /** Each point goes to all children before the next one does. */
  points(run: Run, from: number, to: number, g: Group): void {
    const edges = this.#edges
    if (edges.length === 0) return
    for (let i = from; i < to; i++) {
      run.at = i
      const p = run.points[i]!
      for (const e of edges) e.point(p, g)
    }
  }
  begin(b: Begin, g: Group): void {
    for (const e of this.#edges) e.begin(b, g)
  }
  row(p: Point, g: Group): void {
    for (const e of this.#edges) e.row(p, g)
  }
  end(g: Group): void {
    for (const e of this.#edges) e.end(g)
  }
  batch(b: Begin, rows: Rows, g: Group): void {
    for (const e of this.#edges) e.batch(b, rows, g)
  }
  barrier(t: Time, g: Group): void {
    for (const e of this.#edges) e.barrier(t, g)
  }
  deleteGroup(g: Group): void {
    for (const e of this.#edges) e.deleteGroup(g)
  }
}

/** What a node gave, in order; rows of a batch come together. */
export type Given =
  | { readonly is: 'point'; readonly point: Point; readonly group: Group }
  | { readonly is: 'batch'; readonly begin: Begin; readonly points: readonly Point[]; readonly group: Group }
  | { readonly is: 'barrier' | 'deleteGroup'; readonly time?: Time; readonly group: Group }

/** Notes what a node gives, and passes it on. */
export class TapOut implements Out {
  readonly #to: Out
  /** What is given is lent: it is noted as it is now. */
  readonly #lent: boolean
  readonly #take: (given: Given) => void
  #begin: Begin | undefined
  #rows: Point[] = []

  constructor(to: Out, lent: boolean, take: (given: Given) => void) {
    this.#to = to
    this.#lent = lent
    this.#take = take
  }
  point(point: Point, group: Group): void {
    this.#take({ is: 'point', point: this.#lent ? copyOf(point) : point, group })
    this.#to.point(point, group)
  }
  points(run: Run, from: number, to: number, group: Group): void {
    let end = to
    try {
      this.#to.points(run, from, to, group)
    } catch (e) {
      end = run.at + 1
      throw e
    } finally {
      for (let i = from; i < end; i++) this.#take({ is: 'point', point: run.points[i]!, group })
    }
  }
  begin(b: Begin, g: Group): void {
    this.#begin = b
    this.#rows = []
    this.#to.begin(b, g)
  }
  row(p: Point, g: Group): void {
    this.#rows.push(this.#lent ? copyOf(p) : p)
    this.#to.row(p, g)
  }
  end(group: Group): void {
    this.#take({ is: 'batch', begin: this.#begin!, points: this.#rows, group })
    this.#to.end(group)
  }
  batch(begin: Begin, rows: Rows, group: Group): void {
    this.#take({ is: 'batch', begin, points: rows.toArray(), group })
    this.#to.batch(begin, rows, group)
  }
  barrier(time: Time, group: Group): void {
    this.#take({ is: 'barrier', time, group })
    this.#to.barrier(time, group)
  }
  deleteGroup(group: Group): void {
    this.#take({ is: 'deleteGroup', group })
    this.#to.deleteGroup(group)
  }
}

/** The children's inputs as one Out; a node with one child writes into its edge at once. */
export function outOf(edges: readonly Input[]): Out {
  return edges.length === 1 ? edges[0]! : new ManyOut(edges)
}
