// The figures of a running task: read from operators and edges when somebody asks, never kept twice.
import type { Edge } from './edge.ts'
import type { Task } from './task.ts'

export type NodeStats = Readonly<Record<string, number | Readonly<Record<string, number>>>>

export interface TaskStats {
  readonly 'task-stats': { readonly throughput: number }
  readonly 'node-stats': Readonly<Record<string, NodeStats>>
}

/** Source messages of the last full second. */
export class TaskRate {
  #sec = 0
  #count = 0
  #last = 0

  add(sec: number, n: number): void {
    if (sec !== this.#sec) this.#roll(sec)
    this.#count += n
  }

  read(sec: number): number {
    if (sec !== this.#sec) this.#roll(sec)
    return this.#last
  }

  #roll(sec: number): void {
    this.#last = sec === this.#sec + 1 ? this.#count : 0
    this.#sec = sec
    this.#count = 0
  }
}

export function taskStats(task: Task, sourceEdge: Edge): TaskStats {
  const collected = new Map<string, number>([[sourceEdge.child, sourceEdge.count]])
  const emitted = new Map<string, number>()
  for (const e of task.edges) {
    collected.set(e.child, (collected.get(e.child) ?? 0) + e.count)
    emitted.set(e.parent, (emitted.get(e.parent) ?? 0) + e.count)
  }
  const nodes: Record<string, NodeStats> = {}
  for (const op of task.operators) {
    nodes[op.name] = {
      ...op.stats,
      avg_exec_time_ns: op.execPoints > 0 ? Math.round(op.execNs / op.execPoints) : 0,
      collected: collected.get(op.name) ?? 0,
      emitted: emitted.get(op.name) ?? 0,
      errors: op.errors,
      working_cardinality: op.cardinality,
      ...(op.missing.size > 0 ? { missing: Object.fromEntries(op.missing) } : {}),
    }
  }
  return { 'task-stats': { throughput: task.rate.read(task.host.world.nowSec()) }, 'node-stats': nodes }
}
