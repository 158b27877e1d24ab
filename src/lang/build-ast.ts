// Tree nodes made by code instead of by the parser, without positions and layout. Values that no literal can hold, such
// as negative numbers, are spelled as the operation that gives them, so that the tree can be written as a script.
import { MICROSECOND } from '../base/duration.ts'
import { type Int, MAX_INT64, MIN_INT64, negInt } from '../base/int64.ts'
import type {
  BinaryNode,
  BinaryOperator,
  ChainNode,
  ChainOperator,
  FunctionNode,
  FunctionType,
  IdentifierNode,
  Node,
  StringNode,
  UnaryNode,
} from './ast.ts'

const NOWHERE = { pos: 0, end: 0 }

export function identifierNode(name: string): IdentifierNode {
  return { type: 'identifier', name, ...NOWHERE }
}

export function callNode(functionType: FunctionType, name: string, args: readonly Node[]): FunctionNode {
  return { type: 'func', functionType, name, args, multiLine: false, ...NOWHERE }
}

const FUNCTION_TYPES = { '|': 'chain', '.': 'property', '@': 'dynamic' } as const

/** `left|name(args)` */
export function linkNode(left: Node, operator: ChainOperator, name: string, args: readonly Node[]): ChainNode {
  const right = callNode(FUNCTION_TYPES[operator], name, args)
  return { type: 'chain', operator, operatorPos: 0, left, right, ...NOWHERE }
}

export function binaryNode(left: Node, operator: BinaryOperator, right: Node): BinaryNode {
  return { type: 'binary', operator, operatorPos: 0, left, right, parens: false, multiLine: false, ...NOWHERE }
}

function minus(operand: Node): UnaryNode {
  return { type: 'unary', operator: '-', operand, ...NOWHERE }
}

export function intNode(value: Int, base: 8 | 10 = 10): Node {
  if (value === MIN_INT64) return binaryNode(intNode(-MAX_INT64), '-', intNode(1))
  if (value < 0) return minus(intNode(negInt(value), base))
  return { type: 'number', kind: 'int', value, base, ...NOWHERE }
}

export function floatNode(value: number): Node {
  if (Number.isNaN(value)) return binaryNode(floatNode(0), '/', floatNode(0))
  if (!Number.isFinite(value)) return binaryNode(floatNode(Math.sign(value)), '/', floatNode(0))
  if (value < 0 || Object.is(value, -0)) return minus(floatNode(-value))
  return { type: 'number', kind: 'float', value, base: 10, ...NOWHERE }
}

/** `text` is how a script has it. */
export function durationNode(ns: Int, text?: string): Node {
  if (ns < 0) return minus(durationNode(negInt(ns)))
  // Scripts have no unit below the microsecond.
  if (BigInt(ns) % BigInt(MICROSECOND) !== 0n)
    return binaryNode(binaryNode(durationNode(MICROSECOND), '/', intNode(MICROSECOND)), '*', intNode(ns))
  return { type: 'duration', ns, ...(text === undefined ? {} : { text }), ...NOWHERE }
}

export function stringNode(value: string, triple = false): Node {
  // No quotes can hold a backslash at the end and three quotes before it.
  const tail = value.includes("'''") ? /\\+$/.exec(value)?.[0] : undefined
  if (tail === undefined) return plainString(value, triple)
  return binaryNode(plainString(value.slice(0, -tail.length), false), '+', plainString(tail, true))
}

function plainString(value: string, triple: boolean): StringNode {
  return { type: 'string', value, triple, ...NOWHERE }
}

export function regexNode(source: string): Node {
  // Two slashes would begin a comment.
  return { type: 'regex', source: source || '(?:)', ...NOWHERE }
}

/** The expression with everything in it that no literal can hold spelled out; without layout and comments. */
export function spelledOut(node: Node): Node {
  switch (node.type) {
    case 'number':
      return node.kind === 'int' ? intNode(node.value, node.base) : floatNode(node.value)
    case 'duration':
      return durationNode(node.ns)
    case 'string':
      return stringNode(node.value)
    case 'regex':
      return regexNode(node.source)
    case 'unary':
      return { ...node, operand: spelledOut(node.operand), comment: undefined }
    case 'binary':
      return binaryNode(spelledOut(node.left), node.operator, spelledOut(node.right))
    case 'func':
      return callNode(node.functionType, node.name, node.args.map(spelledOut))
    case 'lambda':
      return { ...node, expression: spelledOut(node.expression), comment: undefined }
    default:
      return { ...node, comment: undefined }
  }
}
