// Puts the values of vars in place of their names: within lambdas, and within operations that are computed at once.
// A lambda var stays the very object that it is, so that its uses can be told from others by identity.
import type { ListItem, Node } from '../ast.ts'
import type { Problems } from './problems.ts'
import type { Scope } from './scope.ts'
import { goType, type ScriptValue } from './script-value.ts'

/** So many tree nodes may an expression have when all lambda vars in it are counted as if written out. */
export const MAX_CAPTURED = 20_000

/** So high may its tree be: whoever walks it by recursion does not run out of stack. */
export const MAX_CAPTURED_HEIGHT = 1_000

/** What captured lambdas measure, by their objects. */
const measures = new WeakMap<Node, { readonly size: number; readonly height: number }>()

/** The expression without identifiers. Reports and gives up when a name is undefined or holds what no literal can. */
export function capture(expression: Node, scope: Scope, problems: Problems): Node {
  let size = 0
  let height = 0
  const grow = (parts: number, level: number, node: Node) => {
    size += parts
    height = Math.max(height, level)
    if (size <= MAX_CAPTURED && height <= MAX_CAPTURED_HEIGHT) return
    const limit = size > MAX_CAPTURED ? `${MAX_CAPTURED} parts` : `${MAX_CAPTURED_HEIGHT} levels`
    problems.fail({
      code: 'expression-too-large',
      message: `the expression is too large: it has more than ${limit} when its vars are written out`,
      span: { start: node.pos, end: node.end },
      help: 'Compute parts of it with |eval() and use their names.',
    })
  }
  const replace = (node: Node, level: number): Node => {
    grow(1, level, node)
    switch (node.type) {
      case 'identifier': {
        const span = { start: node.pos, end: node.end }
        const value = scope.get(node.name, span, 'lambda')
        const literal = toLiteral(value, node)
        if (literal) {
          const inner = measures.get(literal)
          if (inner) grow(inner.size, level + inner.height, node)
          return literal
        }
        if (value.type === 'failed') throw problems.giveUp()
        return problems.fail({
          code: 'unusable-value',
          message: `unsupported literal type ${goType(value)}`,
          span,
          help:
            node.name === 'time'
              ? 'Write "time" in double quotes for the time of the point.'
              : `${node.name} holds no value that an expression can use.`,
        })
      }
      case 'binary': {
        const left = replace(node.left, level + 1)
        const right = replace(node.right, level + 1)
        return left === node.left && right === node.right ? node : { ...node, left, right }
      }
      case 'unary': {
        const operand = replace(node.operand, level + 1)
        return operand === node.operand ? node : { ...node, operand }
      }
      case 'func': {
        const args = node.args.map((a) => replace(a, level + 1))
        return args.every((arg, i) => arg === node.args[i]) ? node : { ...node, args }
      }
      case 'lambda':
        return { ...node, expression: replace(node.expression, level + 1) }
      default:
        return node
    }
  }
  const captured = replace(expression, 1)
  measures.set(captured, { size, height })
  return captured
}

/** The value as a literal in the place of a name; undefined when there is none for it. */
function toLiteral(value: ScriptValue, { pos, end, comment }: Node): Node | undefined {
  const base = { pos, end, comment }
  switch (value.type) {
    case 'bool':
      return { type: 'bool', value: value.value, ...base }
    case 'int':
      return { type: 'number', kind: 'int', base: 10, value: value.value, ...base }
    case 'float':
      return { type: 'number', kind: 'float', base: 10, value: value.value, ...base }
    case 'string':
      return { type: 'string', value: value.value, triple: false, ...base }
    case 'duration':
      return { type: 'duration', ns: value.value, ...base }
    case 'regex':
      return { type: 'regex', source: value.value.regex, ...base }
    case 'star':
      return { type: 'star', ...base }
    case 'lambda':
      return value.value.node
    case 'list': {
      const items = value.value.map((item) => toLiteral(item, { type: 'star', pos, end }))
      return items.includes(undefined) ? undefined : { type: 'list', items: items as ListItem[], ...base }
    }
    default:
      return undefined
  }
}
