// From a script to what can be started: the evaluated pipeline with its declarations. The graph at work is made
// anew for every start (graph.ts).
import { type EvaluatedScript, type EvaluateOptions, evaluateScript } from '../lang/evaluate/evaluate-script.ts'
import type { EdgeType, NodeDeclaration } from './contract.ts'

/** A node of the evaluated script. */
export interface PlanNode {
  readonly id: number
  /** Such as `derivative2`. */
  readonly name: string
  readonly declaration: NodeDeclaration
  readonly params: Readonly<Record<string, unknown>>
  readonly parents: readonly PlanNode[]
  /** In the order of their creation; a child that has this node as a parent twice stands here twice. */
  readonly children: readonly PlanNode[]
}

export interface CompiledTask {
  readonly type: EdgeType
  /** The order of starting, stopping and DOT. The source stands first. */
  readonly nodes: readonly PlanNode[]
  readonly script: EvaluatedScript<NodeDeclaration>
}

/** Evaluates a script; throws ScriptError with all faults found. */
export function compileTask(options: EvaluateOptions<NodeDeclaration>): CompiledTask {
  const script = evaluateScript(options)
  return { type: options.type, nodes: script.pipeline.order(), script }
}

/** What a task wants of a (db, rp): measurements by name, or all of them. */
export interface Wanted {
  readonly measurements: ReadonlySet<string>
  readonly all: boolean
}

/** The froms that take points of the input, each with its measurement: '' takes all of them. */
export function inputFroms(
  compiled: CompiledTask,
): readonly { readonly node: PlanNode; readonly measurement: string }[] {
  return compiled.nodes
    .filter((n) => n.declaration.name === 'from' && n.parents[0]?.declaration.name === 'stream')
    .map((node) => ({ node, measurement: node.params.measurement as string }))
}

export function wantedOf(compiled: CompiledTask): Wanted {
  const measurements = new Set<string>()
  let all = false
  for (const { measurement } of inputFroms(compiled)) {
    if (measurement === '') all = true
    else measurements.add(measurement)
  }
  return { measurements, all }
}
