// A task as those see it who show its figures: it may run in this engine or on another thread.
import { compareTime, type Time } from '../base/time.ts'
import type { CompiledTask } from './compile.ts'
import type { EdgeType, NodeDeclaration } from './contract.ts'
import type { TaskStats } from './stats.ts'

export interface SeenTask {
  readonly id: string
  /** What it waits and is behind together with; undefined when it runs by itself. */
  readonly thread?: string
  readonly compiled: CompiledTask
  readonly ended: boolean
  /** Entries that wait for it, the one under way included. */
  readonly lag: number
  /** The oldest of them. */
  readonly oldest: { readonly at: Time } | undefined
  readonly heldPoints: number
  readonly operators: readonly { readonly name: string; readonly declaration: NodeDeclaration }[]
  readonly edges: readonly SeenEdge[]
  stats(): TaskStats
}

export interface SeenEdge {
  readonly parent: string
  readonly child: string
  readonly type: EdgeType
  /** Messages so far. */
  readonly count: number
}

/** Words on the task that is the furthest behind; empty when none is. */
export function holderText(tasks: Iterable<SeenTask>): string {
  let slow: SeenTask | undefined
  for (const t of tasks) if (t.oldest && (!slow || compareTime(t.oldest.at, slow.oldest!.at) < 0)) slow = t
  return slow ? `; ${slow.thread ?? `task ${slow.id}`} holds it, ${slow.lag} entries behind` : ''
}
