/**
 * Which top-level fields of its data a template can read, found in its tree, so that a caller can tell when two
 * renderings are bound to be the same. Errs on the side of more.
 */
import type { BranchNode, ListNode, Operand, PipeNode, Statement, TemplateTree } from './template-nodes.ts'

/** The names of the fields, or 'all' when the data itself is used as a value. */
export type Reads = ReadonlySet<string> | 'all'

class Reader {
  readonly #trees: ReadonlyMap<string, TemplateTree>
  readonly #seen = new Set<string>()
  readonly fields = new Set<string>()
  all = false

  constructor(trees: ReadonlyMap<string, TemplateTree>) {
    this.#trees = trees
  }

  /** A template called over the data itself: its dot and its $ are the data. */
  template(name: string): void {
    const tree = this.#trees.get(name)
    if (tree === undefined || this.#seen.has(name)) return
    this.#seen.add(name)
    this.#list(tree.root, true, true)
  }

  /** `dot` and `root` tell whether . and $ are the data here. */
  #list(list: ListNode, dot: boolean, root: boolean): void {
    for (const node of list.nodes) this.#statement(node, dot, root)
  }

  #statement(node: Statement, dot: boolean, root: boolean): void {
    if (node.type === 'action') this.#pipe(node.pipe, dot, root)
    else if (node.type === 'if' || node.type === 'range' || node.type === 'with') this.#branch(node, dot, root)
    else if (node.type === 'template' && node.pipe !== undefined) {
      if (isData(node.pipe, dot, root)) this.template(node.name)
      else this.#pipe(node.pipe, dot, root)
    }
  }

  #branch(node: BranchNode, dot: boolean, root: boolean): void {
    this.#pipe(node.pipe, dot, root)
    this.#list(node.list, dot && node.type === 'if', root)
    if (node.otherwise !== undefined) this.#list(node.otherwise, dot, root)
  }

  #pipe(pipe: PipeNode, dot: boolean, root: boolean): void {
    for (const command of pipe.commands) for (const arg of command.args) this.#operand(arg, dot, root)
    // An assignment may give $ another value: whatever is read through it then is no field of the data.
    if (pipe.declared.some((variable) => variable.idents[0] === '$') && dot) this.all = true
  }

  #operand(node: Operand, dot: boolean, root: boolean): void {
    if (node.type === 'dot') this.all ||= dot
    else if (node.type === 'field') {
      if (dot) this.fields.add(node.idents[0]!)
    } else if (node.type === 'variable' && node.idents[0] === '$' && root) {
      if (node.idents[1] === undefined) this.all = true
      else this.fields.add(node.idents[1])
    } else if (node.type === 'pipe') this.#pipe(node, dot, root)
    else if (node.type === 'chain') this.#operand(node.node, dot, root)
  }
}

/** Whether a pipeline is just the data: `.` or `$` where they are it. */
const isData = (pipe: PipeNode, dot: boolean, root: boolean): boolean => {
  const only = pipe.commands.length === 1 && pipe.declared.length === 0 ? pipe.commands[0]!.args : []
  const operand = only.length === 1 ? only[0] : undefined
  if (operand?.type === 'dot') return dot
  return operand?.type === 'variable' && operand.idents.length === 1 && operand.idents[0] === '$' && root
}

/** What the template `name` of a set can read of the data it is rendered over. */
export const readsOf = (trees: ReadonlyMap<string, TemplateTree>, name: string): Reads => {
  const reader = new Reader(trees)
  reader.template(name)
  return reader.all ? 'all' : reader.fields
}
