// A feed on its way into a task: takes its pieces one at a time and puts them on the edge of the node that asked for it.

import type { BatchFeed, FeedPiece } from '../base/batch-feed.ts'
import { Fault, messageOf } from '../base/fault.ts'
import type { Group } from './contract.ts'
import type { Edge } from './edge.ts'
import type { Groups } from './groups.ts'

export class FeedRun {
  readonly #feed: BatchFeed
  readonly #edge: Edge
  readonly #groups: Groups
  #group: Group
  #fetched: { readonly piece: FeedPiece | undefined } | undefined
  /** Something of it has run, so nothing else may come between. */
  started = false

  constructor(feed: BatchFeed, edge: Edge, groups: Groups) {
    this.#feed = feed
    this.#edge = edge
    this.#groups = groups
    this.#group = groups.ungrouped
  }

  /** The next piece, if it is at hand. `ready` is called once it is; `failed` when it can't be had. */
  take(ready: () => void, failed: (reason: string) => void): { readonly piece: FeedPiece | undefined } | undefined {
    const fetched = this.#fetched
    this.#fetched = undefined
    if (fetched) return fetched
    const next = this.#feed.next()
    if (!(next instanceof Promise)) return { piece: next }
    next.then(
      (piece) => {
        this.#fetched = { piece }
        ready()
      },
      (e: unknown) => failed(messageOf(e)),
    )
    return undefined
  }

  /** Runs a piece; gives what it counts for in a turn. */
  run(piece: FeedPiece): number {
    this.started = true
    const edge = this.#edge
    switch (piece.is) {
      case 'begin': {
        const { series, byName, tmax, size } = piece
        this.#group = this.#groups.of(series.keys, byName, series)
        edge.begin({ name: series.name, tmax, size }, this.#group)
        return 1
      }
      case 'rows': {
        const g = this.#group
        for (const p of piece.points) edge.row(p, g)
        return piece.points.length
      }
      case 'end':
        edge.end(this.#group)
        return 1
    }
  }

  close(): void {
    this.#feed.close()
  }
}

/** What a feed needs of its task. */
export interface FedTask {
  /** The source stands first. */
  readonly operators: readonly { readonly name: string }[]
  readonly edges: readonly Edge[]
  readonly groups: Groups
}

/** A feed for the node of a name, or for the batch source of a number, in the order of the script. Throws a Fault. */
export function feedRunOf(task: FedTask, to: string | number, feed: BatchFeed): FeedRun {
  const root = task.operators[0]!.name
  const sources = task.edges.filter((e) => e.parent === root)
  const edge = typeof to === 'number' ? sources[to] : sources.find((e) => e.child === to)
  if (!edge) throw new Fault('no-source', `the task has no batch source ${to}`)
  return new FeedRun(feed, edge, task.groups)
}
