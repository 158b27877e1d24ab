// The pipeline that a script describes: nodes with their parameters and how they hang together, as plain objects.
// It knows how nodes are numbered, ordered and drawn; what they do is their declarations' affair.
import type { Span } from '../diagnostic.ts'
import type { NodeRef } from '../fields.ts'
import type { Dbrp, Declaration, EdgeType, NodeInfo } from './declaration.ts'

/** So many nodes may stand in a row: a point walks through all of them on one stack. */
export const MAX_DEPTH = 1_000

/** A node of the pipeline. Read-only once the script has been evaluated. */
export class PipelineNode<D extends Declaration = Declaration> implements NodeInfo, NodeRef {
  readonly declaration: D
  /** Arguments and properties by their script names, defaults filled in. */
  readonly params: Record<string, unknown>
  /** In the order of joining. */
  readonly parents: PipelineNode<D>[] = []
  /** In the order of creation; a child that has this node as a parent twice stands here twice. */
  readonly children: PipelineNode<D>[] = []
  /** The node that this one counts for, when it is a source that watches another. */
  readonly watched: PipelineNode<D> | undefined
  /** Name of the call in the script; undefined for nodes that no call made. */
  readonly call: Span | undefined
  readonly taskDbrps: readonly Dbrp[]
  /** How many nodes stand in a row from the source to this one, at most. */
  depth = 1
  #id = -1

  constructor(
    declaration: D,
    params: Record<string, unknown>,
    taskDbrps: readonly Dbrp[],
    call: Span | undefined,
    watched?: PipelineNode<D>,
  ) {
    this.declaration = declaration
    this.params = params
    this.taskDbrps = taskDbrps
    this.call = call
    this.watched = watched
  }

  /** Final once the node is linked to all of its parents. */
  get id(): number {
    return this.#id
  }

  set id(id: number) {
    this.#id = id
  }

  /** `state_duration` */
  get kind(): string {
    return this.declaration.kind ?? this.declaration.name
  }

  /** Kind and id: `state_duration4`. */
  get name(): string {
    return `${this.kind}${this.id}`
  }

  /** As messages show it: `*pipeline.StateDurationNode`. */
  get goType(): string {
    return `*pipeline.${this.declaration.typeName}`
  }

  /** The type of what the node gives; undefined when nothing may follow it. */
  get edge(): EdgeType | undefined {
    let node: PipelineNode<D> | undefined = this
    while (node?.declaration.provides === 'parent') node = node.parents[0]
    const gives = node?.declaration.provides
    return gives === 'stream' || gives === 'batch' ? gives : undefined
  }
}

export class Pipeline<D extends Declaration = Declaration> {
  readonly type: EdgeType
  /** In the order of creation. */
  readonly nodes: PipelineNode<D>[] = []
  readonly sources: PipelineNode<D>[] = []
  #nextId = 0

  constructor(type: EdgeType) {
    this.type = type
  }

  addSource(node: PipelineNode<D>): void {
    node.id = this.#nextId++
    this.sources.push(node)
    this.nodes.push(node)
  }

  /** Makes a node the child of these parents, in this order. Each link takes an id, the node keeps the last. */
  link(node: PipelineNode<D>, parents: readonly PipelineNode<D>[]): void {
    for (const parent of parents) {
      node.id = this.#nextId++
      node.parents.push(parent)
      parent.children.push(node)
      node.depth = Math.max(node.depth, parent.depth + 1)
    }
    this.nodes.push(node)
  }

  /**
   * The order of checking, starting, stopping and drawing: the reverse of a depth-first walk's post-order, children
   * as created, sources from last to first. Parents stand before their children, the task's own source stands first.
   */
  order(): PipelineNode<D>[] {
    const seen = new Set<PipelineNode<D>>()
    const done: PipelineNode<D>[] = []
    for (const source of this.sources.toReversed()) {
      // A stack of its own: chains may be longer than the engine's call stack is deep.
      const walk = [{ node: source, next: 0 }]
      seen.add(source)
      for (let top = walk.at(-1); top; top = walk.at(-1)) {
        const child = top.node.children[top.next++]
        if (!child) {
          done.push(top.node)
          walk.pop()
        } else if (!seen.has(child)) {
          seen.add(child)
          walk.push({ node: child, next: 0 })
        }
      }
    }
    return done.reverse()
  }

  /** The static DOT text; no line feed at its end. The batch source is left out. */
  dot(id: string): string {
    let text = `digraph ${id} {\n`
    for (const node of this.order()) {
      if (node === this.sources[0] && this.type === 'batch') continue
      for (const child of node.children) text += `${node.name} -> ${child.name};\n`
    }
    return `${text}}`
  }
}
