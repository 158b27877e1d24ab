// A lambda's expression made ready: nested lambdas dissolved, literals turned into values, every call that remembers
// given its cell, and what can never be refused. Done once per lambda, before any point is seen.
import type { BinaryOperator, Node, UnaryOperator } from '../ast.ts'
import type { FunctionTable, LambdaFunction } from './function.ts'
import type { LambdaKind, LambdaValue } from './kinds.ts'
import { isComparison, isLogical, operatorFor, operatorMismatch } from './operators.ts'
import { compileRegex } from './regex.ts'

/** What every part says of itself: its kind when that is known without a point, and whether it may change. */
interface Part {
  readonly kind: LambdaKind | undefined
  /** Whether a reference or a call has a say in its type. */
  readonly dynamic: boolean
}

export type Expression = Part &
  (
    | { readonly is: 'value'; readonly kind: LambdaKind; readonly value: LambdaValue }
    | { readonly is: 'reference'; readonly name: string }
    | { readonly is: 'unary'; readonly operator: UnaryOperator; readonly operand: Expression }
    | {
        readonly is: 'binary'
        readonly operator: BinaryOperator
        readonly left: Expression
        readonly right: Expression
      }
    | {
        readonly is: 'call'
        readonly name: string
        /** Undefined when there is no such function: an error of each evaluation. */
        readonly callee: LambdaFunction | undefined
        readonly args: readonly Expression[]
        /** Index of its cell in the lambda's state; −1 when it keeps none. */
        readonly cell: number
      }
  )

export interface PreparedLambda {
  readonly expression: Expression
  /** Names of fields and tags, each once, in order of appearance. */
  readonly references: readonly string[]
  /** The function of each cell. */
  readonly cells: readonly LambdaFunction[]
}

/** An expression that can never be; `pos` and `end` are those of the part that is to blame. */
export class LambdaError extends Error {
  readonly pos: number
  readonly end: number

  constructor(message: string, node: { readonly pos: number; readonly end: number }) {
    super(message)
    this.name = 'LambdaError'
    this.pos = node.pos
    this.end = node.end
  }
}

/** A bare name that stands for nothing. Its message does not tell where it stood. */
class UnknownIdentifier extends LambdaError {}

export interface PrepareOptions {
  readonly functions: FunctionTable
  /** Values that bare names stand for. Without it a bare name can't be evaluated. */
  readonly identifiers?: ReadonlyMap<string, { readonly kind: LambdaKind; readonly value: LambdaValue }>
}

/** Throws LambdaError. */
export function prepare(node: Node, options: PrepareOptions): PreparedLambda {
  const p = new Preparation(options)
  const expression = p.expression(node)
  return { expression, references: [...p.references], cells: p.cells }
}

/** Go's names of the nodes that are no part of an expression, as messages show them. */
const NODE_NAMES: Partial<Record<Node['type'], string>> = {
  identifier: 'IdentifierNode',
  list: 'ListNode',
  star: 'StarNode',
  chain: 'ChainNode',
  declaration: 'DeclarationNode',
  typeDeclaration: 'TypeDeclarationNode',
  dbrp: 'DBRPNode',
  comment: 'CommentNode',
  program: 'ProgramNode',
}

class Preparation {
  readonly references = new Set<string>()
  readonly cells: LambdaFunction[] = []
  readonly #options: PrepareOptions
  /** Cells of the lambda that is being read, by function name: its calls of one function share one. */
  #shared = new Map<string, number>()

  constructor(options: PrepareOptions) {
    this.#options = options
  }

  expression(node: Node): Expression {
    switch (node.type) {
      case 'number':
        return constant(node.kind, node.value)
      case 'string':
        return constant('string', node.value)
      case 'bool':
        return constant('bool', node.value)
      case 'duration':
        return constant('duration', node.ns)
      case 'regex':
        return constant('regex', this.#regex(node))
      case 'reference':
        this.references.add(node.name)
        return { is: 'reference', name: node.name, kind: undefined, dynamic: true }
      case 'identifier': {
        const known = this.#options.identifiers
        if (!known) break
        const value = known.get(node.name)
        if (!value) throw new UnknownIdentifier(`unknown identifier "${node.name}"`, node)
        return constant(value.kind, value.value)
      }
      case 'lambda': {
        // A lambda inside another one counts for itself.
        const outside = this.#shared
        this.#shared = new Map()
        const inner = this.#within('node', node.expression)
        this.#shared = outside
        return inner
      }
      case 'unary':
        return unary(node.operator, this.#within('node', node.operand))
      case 'binary':
        return this.#binary(node)
      case 'func':
        return this.#call(node)
    }
    throw new LambdaError(`Given node type is not valid evaluation node: *ast.${NODE_NAMES[node.type] ?? 'Node'}`, node)
  }

  /** The part, with its place put before what is wrong in it. */
  #within(place: string, part: Node): Expression {
    try {
      return this.expression(part)
    } catch (e) {
      if (!(e instanceof LambdaError) || e instanceof UnknownIdentifier) throw e
      throw new LambdaError(`Failed to handle ${place}: ${e.message}`, e)
    }
  }

  #regex(node: Extract<Node, { type: 'regex' }>): LambdaValue {
    try {
      return compileRegex(node.source)
    } catch (e) {
      throw new LambdaError((e as Error).message, node)
    }
  }

  #binary(node: Extract<Node, { type: 'binary' }>): Expression {
    const { operator } = node
    const left = this.#within('left node', node.left)
    const right = this.#within('right node', node.right)
    const truth = isLogical(operator) || isComparison(operator)
    if (left.dynamic || right.dynamic) {
      // A comparison is a bool whatever its sides are; they are looked at when it is evaluated.
      return { is: 'binary', operator, left, right, kind: truth ? 'bool' : undefined, dynamic: !truth }
    }
    const entry = left.kind && right.kind && operatorFor(operator, left.kind, right.kind)
    if (!entry) throw new LambdaError(operatorMismatch(operator, left.kind, right.kind), node)
    return { is: 'binary', operator, left, right, kind: entry.gives, dynamic: false }
  }

  #call(node: Extract<Node, { type: 'func' }>): Expression {
    const args = node.args.map((a, i) => this.#within(`${i + 1} argument`, a))
    const callee = this.#options.functions.get(node.name)
    let cell = -1
    if (callee?.needs === 'cell') {
      cell = this.#shared.get(node.name) ?? -1
      if (cell < 0) {
        cell = this.cells.push(callee) - 1
        this.#shared.set(node.name, cell)
      }
    }
    return { is: 'call', name: node.name, callee, args, cell, kind: undefined, dynamic: true }
  }
}

function constant(kind: LambdaKind, value: LambdaValue): Expression {
  return { is: 'value', kind, value, dynamic: false }
}

function unary(operator: UnaryOperator, operand: Expression): Expression {
  if (operator === '!') return { is: 'unary', operator, operand, kind: 'bool', dynamic: operand.dynamic }
  const k = operand.kind
  const kind = k === 'float' || k === 'int' || k === 'duration' ? k : undefined
  return { is: 'unary', operator, operand, kind, dynamic: operand.dynamic }
}
