// Vars for what a script can only say by name: lambdas within lambdas, and lists of more than names and strings.
import { compactJson, type Writable } from '../../base/json-writer.ts'
import type { DeclarationNode, ListItem, Node } from '../ast.ts'
import { astJson } from '../ast-json/ast-json.ts'
import { identifierNode } from '../build-ast.ts'
import type { ArgumentNode } from './argument-json.ts'

export class HoistedVars {
  readonly #taken: Set<string>
  readonly #declare: (declaration: DeclarationNode) => void
  readonly #known = new Map<string, string>()

  /** `taken` are names that other vars have; `declare` gets each declaration before its var is used. */
  constructor(taken: Iterable<string>, declare: (declaration: DeclarationNode) => void) {
    this.#taken = new Set(taken)
    this.#declare = declare
  }

  /** The expression as a script can write it as an argument. */
  written(node: ArgumentNode): Node {
    if (node.type === 'values') return this.#list(node.items)
    if (node.type === 'lambda') return { ...node, expression: this.#within(node.expression) }
    return this.#within(node)
  }

  #within(node: Node): Node {
    switch (node.type) {
      case 'lambda':
        return this.#var('lambda', { ...node, expression: this.#within(node.expression) })
      case 'list':
        return this.#var('list', this.#list(node.items))
      case 'binary':
        return { ...node, left: this.#within(node.left), right: this.#within(node.right) }
      case 'unary':
        return { ...node, operand: this.#within(node.operand) }
      case 'func':
        return { ...node, args: node.args.map((arg) => this.#within(arg)) }
      default:
        return node
    }
  }

  #list(items: readonly ArgumentNode[]): Node {
    const written = items.map((item): ListItem => {
      if (item.type === 'string' || item.type === 'star') return item
      return item.type === 'values' ? this.#var('list', this.#list(item.items)) : this.#var('value', this.written(item))
    })
    return { type: 'list', items: written, pos: 0, end: 0 }
  }

  /** Equal values have one var. */
  #var(kind: string, value: Node) {
    const key = compactJson(astJson(value) as Writable)
    let name = this.#known.get(key)
    if (name === undefined) {
      for (let i = 1; name === undefined; i++) if (!this.#taken.has(`${kind}${i}`)) name = `${kind}${i}`
      this.#taken.add(name)
      this.#known.set(key, name)
      this.#declare({ type: 'declaration', left: identifierNode(name), right: value, pos: 0, end: 0 })
    }
    return identifierNode(name)
  }
}
