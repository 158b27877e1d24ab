// A task's state as plain text: every cell, node state and timer, found again by the node's fingerprint. Taken and
// put back between turns only; what a node declares decides what survives a changed script.
import { Fault } from '../base/fault.ts'
import { parseInt64 } from '../base/int64.ts'
import { type Plain, plainFromText, plainToText } from '../base/plain.ts'
import type { Time } from '../base/time.ts'
import type { PlanNode } from './compile.ts'
import type { TaskGroup } from './groups.ts'
import type { Operator } from './operator.ts'
import type { Task } from './task.ts'

export interface NodeSnapshot {
  readonly name: string
  /** Kind, place and state-bearing parameters, of the node and of all its ancestors. */
  readonly full: string
  /** The same for the node alone. */
  readonly own: string
  readonly version: number
  /** Points that the node holds. */
  readonly held: number
  /** Plain text of the node state, when the node keeps one. */
  readonly state?: string
  /** Plain text of [group, state, seconds of the entry that last touched the group]. */
  readonly cells: readonly string[]
  /** Plain text of the [group, points] pairs that are counted behind the node, when somebody watches it. */
  readonly watched?: string
  readonly timers: readonly {
    readonly name: string
    readonly group?: string
    readonly due: Time
    /** Digits of the nanoseconds between the ticks of a row. */
    readonly period?: string
  }[]
}

export interface TaskSnapshot {
  readonly format: 1
  /** All entries up to this one are in the cells, none above. */
  readonly position: number
  readonly nodes: readonly NodeSnapshot[]
}

/** Text of a parameter that decides what state means; nodes and functions stand for themselves. */
function paramText(v: unknown): string {
  return JSON.stringify(v, (key, x: unknown) => {
    if (typeof x === 'bigint') return `${x}n`
    if (typeof x === 'symbol') return x.description
    if (key === 'pos' || key === 'end' || key === 'comment' || key === 'comments') return undefined
    return x
  })
}

function ownPrint(n: PlanNode): string {
  const d = n.declaration
  const names = d.stateParams ?? Object.keys(n.params).filter((k) => k !== 'quiet')
  const params = names.map((k) => {
    const v = n.params[k]
    return typeof v === 'object' && v !== null && 'parents' in v ? '' : `${k}=${paramText(v)}`
  })
  return `${d.name}(${params.join(';')})`
}

/** Fingerprints of all nodes, in the order of the plan; equals are told apart by their number. */
export function fingerprints(nodes: readonly PlanNode[]): { full: string; own: string }[] {
  const seen = new Map<string, number>()
  const number = (text: string): string => {
    const n = seen.get(text) ?? 0
    seen.set(text, n + 1)
    return `${text}#${n}`
  }
  const chain = new Map<PlanNode, string>()
  for (const n of nodes) chain.set(n, `${ownPrint(n)}<${n.parents.map((p) => chain.get(p) ?? p.name).join('|')}`)
  const kinds = new Map<PlanNode, string>()
  for (const n of nodes) kinds.set(n, `${n.declaration.name}<${n.parents.map((p) => kinds.get(p) ?? '').join('|')}`)
  return nodes.map((n) => ({ full: number(`f:${chain.get(n)}`), own: number(`o:${ownPrint(n)}@${kinds.get(n)}`) }))
}

function cellsOf(task: Task, op: Operator): string[] {
  const out: string[] = []
  for (const g of task.groups.all()) {
    const s = g.slot < 0 ? undefined : op.cells[g.slot]
    if (s !== undefined) out.push(plainToText([g, s, g.seenSec]))
  }
  return out
}

function watchedOf(task: Task, op: Operator): { readonly watched?: string } {
  const counts = task.edges.find((e) => e.parent === op.name)?.watched
  return counts ? { watched: plainToText(counts.map(({ group, points }) => [group, points])) } : {}
}

export function snapshotTask(task: Task, position: number): TaskSnapshot {
  const prints = fingerprints(task.compiled.nodes)
  const nodes = task.operators.map((op, i): NodeSnapshot => {
    if (op.border?.busy) throw new Fault('border-busy', `${op.name} waits for an answer from outside`, { retry: true })
    const timers = [...task.timers.live()]
      .filter((t) => t.op === op)
      .map((t) => ({
        name: t.name,
        due: { sec: t.due.sec, ns: t.due.ns },
        ...(t.period !== undefined ? { period: String(t.period) } : {}),
        ...(t.group ? { group: plainToText(t.group) } : {}),
      }))
    return {
      name: op.name,
      ...prints[i]!,
      version: op.receiver.version ?? 1,
      held: op.held,
      cells: cellsOf(task, op),
      timers,
      ...(op.receiver.keeps === 'node' ? { state: plainToText(op.nodeState) } : {}),
      ...watchedOf(task, op),
    }
  })
  return { format: 1, position, nodes }
}

/** Puts a snapshot into a task that has not run yet. Nodes that it does not know begin anew. */
export function restoreTask(task: Task, snapshot: TaskSnapshot): void {
  const left = new Set(snapshot.nodes)
  const prints = fingerprints(task.compiled.nodes)
  const match = (i: number, by: 'full' | 'own'): NodeSnapshot | undefined => {
    for (const n of left) if (n[by] === prints[i]![by]) return n
    return undefined
  }
  const found = new Map<number, NodeSnapshot>()
  for (const by of ['full', 'own'] as const) {
    task.operators.forEach((op, i) => {
      if (found.has(i)) return
      const n = match(i, by)
      if (!n) return
      found.set(i, n)
      left.delete(n)
      if (by === 'own')
        task.logger.info('state kept for a node whose ancestors changed', { node: op.name, was: n.name })
    })
  }
  for (const [i, n] of found) restoreNode(task, task.operators[i]!, n)
}

function restoreNode(task: Task, op: Operator, n: NodeSnapshot): void {
  const groups = task.groups
  const revive = (p: Plain): TaskGroup => groups.fromPlain(p)
  const version = op.receiver.version ?? 1
  const upgraded = (s: Plain): Plain | undefined => (n.version === version ? s : op.receiver.upgrade?.(s, n.version))
  if (op.receiver.keeps === 'node' && n.state !== undefined) {
    const s = upgraded(plainFromText(n.state, revive))
    if (s === undefined)
      task.logger.warn('saved state has a format that this version does not know: the node begins anew', {
        node: op.name,
      })
    else op.nodeState = s
  }
  if (op.receiver.keeps === 'group') {
    for (const text of n.cells) {
      const [g, saved, seenSec] = plainFromText(text, revive) as unknown as [TaskGroup, Plain, number]
      g.seenSec = seenSec
      const s = upgraded(saved)
      if (s !== undefined) op.adopt(g, s)
    }
  }
  if (n.watched !== undefined) {
    const counts = plainFromText(n.watched, revive) as unknown as readonly (readonly [TaskGroup, number])[]
    const edge = task.edges.find((e) => e.parent === op.name)
    edge?.restoreWatched(counts.map(([group, points]) => ({ group, points })))
  }
  op.held = n.held
  task.heldPoints += n.held
  for (const t of n.timers) {
    task.timers.set(
      op,
      t.group === undefined ? undefined : (plainFromText(t.group, revive) as unknown as TaskGroup),
      t.name,
      t.due,
      t.period === undefined ? undefined : parseInt64(t.period),
    )
  }
}
