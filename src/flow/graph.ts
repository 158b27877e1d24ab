// Builds a task's graph at work from its plan: checks edge types, runs the declarations, wires operators with edges.

import type { BatchFeed } from '../base/batch-feed.ts'
import { Fault } from '../base/fault.ts'
import type { Int } from '../base/int64.ts'
import type { Plain } from '../base/plain.ts'
import type { Point } from '../base/point.ts'
import type { Series } from '../base/series.ts'
import type { Time } from '../base/time.ts'
import { BorderQueue } from './border.ts'
import type { PlanNode } from './compile.ts'
import type { Border, BorderHandle, Ctx, EdgeType, Group, GroupCount, NodeDeclaration, Receiver } from './contract.ts'
import { Edge, outOf, TapOut } from './edge.ts'
import type { TaskGroup } from './groups.ts'
import { type Input, Operator } from './operator.ts'
import { ParentInput } from './parent-input.ts'
import type { Task } from './task.ts'
import type { TaskLimits } from './task-limits.ts'
import type { World } from './world.ts'

/** Names that a node has counted as missing; beyond it they count together. */
const MAX_MISSING_NAMES = 64
const ERROR_LOG_MS = 1_000
const MISSING_LOG_MS = 60_000

function provided(n: PlanNode, type: EdgeType): EdgeType | 'none' {
  const p = n.declaration.provides
  if (p !== 'parent') return p
  const parent = n.parents[0]
  return parent ? provided(parent, type) : type
}

function checkEdges(nodes: readonly PlanNode[], type: EdgeType): void {
  for (const n of nodes) {
    for (const parent of n.parents) {
      const gives = provided(parent, type)
      const wants = n.declaration.wants === 'parent' ? provided(n.parents[0]!, type) : n.declaration.wants
      if (gives === 'none')
        throw new Fault(
          'edge-mismatch',
          `cannot add child no edge expected: ${parent.name}:${gives} -> ${n.name}:${wants}`,
          { status: 400 },
        )
      if (wants !== gives)
        throw new Fault(
          'edge-mismatch',
          `cannot add child mismatched edges: ${parent.name}:${gives} -> ${n.name}:${wants}`,
          { status: 400 },
        )
    }
  }
}

class NodeCtx implements Ctx {
  readonly taskId: string
  readonly runId: string
  readonly nodeName: string
  readonly edge: EdgeType
  readonly parents: number
  readonly dbrps: readonly { readonly db: string; readonly rp: string }[]
  readonly world: World
  readonly limits: TaskLimits
  readonly fed: boolean
  readonly lends: boolean
  readonly lent: boolean
  readonly stats: Record<string, number>
  readonly watched: Map<number, (edges: readonly Edge[]) => void>
  readonly #task: Task
  readonly #op: Operator

  constructor(
    task: Task,
    op: Operator,
    edge: EdgeType,
    { parents }: PlanNode,
    loans: { readonly lends: boolean; readonly lent: boolean },
    watched: Map<number, (edges: readonly Edge[]) => void>,
  ) {
    this.#task = task
    this.#op = op
    this.taskId = task.id
    this.runId = task.runId
    this.nodeName = op.name
    this.stats = op.stats
    this.edge = edge
    this.parents = parents.length
    this.lends = loans.lends
    this.lent = loans.lent
    this.dbrps = task.dbrps
    this.world = task.host.world
    this.limits = task.host.limits
    this.fed = task.fed
    this.watched = watched
  }

  now(): Time {
    return this.#task.now()
  }
  until(): Time {
    return this.#task.until
  }
  seq(): number {
    return this.#task.seq
  }
  timer(g: Group | undefined, name: string, due: Time, period?: Int): void {
    this.#task.timers.set(this.#op, g as TaskGroup | undefined, name, due, period)
  }
  cancel(g: Group | undefined, name: string): void {
    this.#task.timers.cancel(this.#op, g as TaskGroup | undefined, name)
  }
  error(e: unknown, p?: Point): void {
    this.#op.errors++
    if (this.#op.quiet) return
    const text = e instanceof Error ? e.message : String(e)
    this.#task.logger
      .limited(`${this.taskId}\u0000${this.nodeName}\u0000${text}`, ERROR_LOG_MS)
      .error('node error', { node: this.nodeName, err: text, ...where(p) })
  }
  missing(field: string, e: unknown, p?: Point): void {
    const op = this.#op
    op.errors++
    const name = op.missing.has(field) || op.missing.size < MAX_MISSING_NAMES ? field : '*'
    op.missing.set(name, (op.missing.get(name) ?? 0) + 1)
    if (op.quiet) return
    const text = e instanceof Error ? e.message : String(e)
    this.#task.logger
      .limited(`${this.taskId}\u0000${this.nodeName}\u0000missing ${name}`, MISSING_LOG_MS)
      .error('node error', { node: this.nodeName, err: text, field, ...where(p) })
  }
  count(stat: string, n = 1): void {
    this.#op.stats[stat] = (this.#op.stats[stat] ?? 0) + n
  }
  held(deltaPoints: number): void {
    this.#op.held += deltaPoints
    this.#task.held(deltaPoints)
  }
  owe(kind: string, payload: Plain): void {
    this.#task.owe(this.nodeName, kind, payload)
  }
  border<I extends Plain, R extends Plain>(border: Border<I, R>): BorderHandle<I> {
    const queue = new BorderQueue(border as unknown as Border<Plain, Plain>, this.#op, this.#task)
    this.#op.border = queue
    return queue as unknown as BorderHandle<I>
  }
  fetch(
    ask: (signal: AbortSignal) => Promise<BatchFeed>,
    then: (outcome: BatchFeed | Fault) => void,
    after: () => void,
  ): void {
    this.#task.fetch(this.nodeName, ask, then, after)
  }
  hold<T>(work: (signal: AbortSignal) => Promise<T>, then: (value: T) => void): void {
    this.#task.hold(work, then)
  }
  onEnd(run: () => void): void {
    this.#task.outside.onEnd(run)
  }
  groupOf(dims: readonly string[], byName: boolean, series: Series): Group {
    return this.#task.groups.of(dims, byName, series)
  }
  groupWith(g: Group, tag: string, value: string): Group {
    if (g.tags[tag] === value) return g
    const dims = g.dims.includes(tag) ? g.dims : [...g.dims, tag].sort()
    return this.#find(g.byName, g.name, dims, (d) => (d === tag ? value : g.tags[d]!))
  }
  groupWithout(g: Group, tag: string): Group {
    if (!g.dims.includes(tag)) return g
    return this.#find(
      g.byName,
      g.name,
      g.dims.filter((d) => d !== tag),
      (d) => g.tags[d]!,
    )
  }
  groupNamed(g: Group, name: string): Group {
    return !g.byName || g.name === name ? g : this.#find(true, name, g.dims, (d) => g.tags[d]!)
  }
  #find(byName: boolean, name: string, dims: readonly string[], value: (dim: string) => string): Group {
    return this.#task.groups.find(byName, name, dims, dims.map(value))
  }
  regroup(g: Group, series: Series): Group {
    return this.#task.groups.of(g.dims, g.byName, series)
  }
  dropGroup(g: Group): void {
    this.#op.drop(g)
    this.#op.out.deleteGroup(g)
  }
  stateOf(g: Group): Plain {
    return this.#op.stateOf(g)
  }
  *states(): Iterable<readonly [Group, Plain]> {
    const cells = this.#op.cells
    for (const g of this.#task.groups.all()) {
      const s = cells[g.slot]
      if (s !== undefined) yield [g, s]
    }
  }
  watch(nodeId: number): () => Iterable<GroupCount> {
    let read: () => Iterable<GroupCount> = () => []
    const before = this.watched.get(nodeId)
    this.watched.set(nodeId, (edges) => {
      before?.(edges)
      if (edges[0]) read = edges[0].watch()
    })
    return () => read()
  }
  route(endpoint: string, body: () => string): void {
    if (this.#task.routes.has(endpoint))
      throw new Fault(
        'endpoint-taken',
        `http: multiple registrations for /kapacitor/v1/tasks/${this.taskId}/${endpoint}`,
        { status: 400 },
      )
    this.#task.routes.set(endpoint, body)
  }
}

function where(p: Point | undefined): Record<string, unknown> {
  return p ? { measurement: p.series.name, db: p.series.db, rp: p.series.rp } : {}
}

/** Nodes whose input the engine itself feeds. */
function isSource(d: NodeDeclaration): boolean {
  return d.wants === 'none'
}

/** Whether what the node gives is lent. */
function lends(n: PlanNode): boolean {
  return n.declaration.lends === true && n.children.length > 0 && n.children.every((c) => c.declaration.borrows)
}

export function buildGraph(task: Task): { readonly operators: readonly Operator[]; readonly edges: readonly Edge[] } {
  const { nodes, type } = task.compiled
  checkEdges(nodes, type)
  const nothing = outOf([])
  const ops = new Map<PlanNode, Operator>()
  nodes.forEach((n, i) => {
    const op = new Operator(task, n.name, i, n.declaration, nothing)
    op.quiet = n.params.quiet === true
    ops.set(n, op)
  })
  const watched = new Map<number, (edges: readonly Edge[]) => void>()
  for (const n of nodes) {
    const op = ops.get(n)!
    const parent = n.parents[0]
    const gives = provided(n, type)
    const edge =
      isSource(n.declaration) || !parent ? (gives === 'none' ? type : gives) : (provided(parent, type) as EdgeType)
    const ctx = new NodeCtx(task, op, edge, n, { lends: lends(n), lent: n.parents.some(lends) }, watched)
    let receiver: Receiver<Plain>
    try {
      receiver = n.declaration.run(n.params, ctx) as unknown as Receiver<Plain>
    } catch (e) {
      if (e instanceof Fault) throw e
      throw new Fault('node-start', e instanceof Error ? e.message : String(e), { status: 400, cause: e })
    }
    op.install(receiver)
  }
  const edges: Edge[] = []
  for (const n of nodes) {
    const own: Edge[] = []
    for (const child of n.children) {
      const op = ops.get(child)!
      let to: Input = op
      if (child.parents.length > 1 || op.receiver.pointFrom || op.receiver.batchFrom) {
        // `a|join(a)` has the same parent twice: the nth edge to the child stands for its nth mention.
        let at = child.parents.indexOf(n)
        for (const e of own) if (e.child === child.name) at = child.parents.indexOf(n, at + 1)
        to = new ParentInput(op, at)
      }
      own.push(new Edge(n.name, child.name, provided(n, type) as EdgeType, to))
    }
    const tap = task.tap
    ops.get(n)!.out = tap ? new TapOut(outOf(own), lends(n), (given) => tap(n.name, given)) : outOf(own)
    watched.get(n.id)?.(own)
    edges.push(...own)
  }
  return { operators: nodes.map((n) => ops.get(n)!), edges }
}
