// Runs the statements of a script once, in order: values of expressions, vars, and the calls that build the pipeline.
// What a call does to a node is in node-calls.ts. A fault does not end the run: what depends on it is passed over.

import { messageOf } from '../../base/fault.ts'
import { type Int, negInt } from '../../base/int64.ts'
import type {
  BinaryNode,
  ChainNode,
  DeclarationNode,
  FunctionNode,
  LambdaNode,
  Node,
  Program,
  TypeDeclarationNode,
  UnaryNode,
} from '../ast.ts'
import { descriptionOf } from '../ast.ts'
import type { Span } from '../diagnostic.ts'
import { arg, STAR } from '../fields.ts'
import { constantFault } from '../lambda/evaluate-constant.ts'
import { didYouMean } from '../suggest.ts'
import { BindFailure, bindArguments } from './bind-arguments.ts'
import { capture } from './capture.ts'
import type { Problems } from './problems.ts'
import { Scope } from './scope.ts'
import {
  FAILED,
  isVarType,
  printed,
  type ScriptValue,
  typeWord,
  type UnboundCall,
  type VarType,
} from './script-value.ts'

/** A var that a script declares. */
export interface DeclaredVar {
  readonly type: VarType
  /** The default; undefined when a value is required. */
  readonly value: ScriptValue | undefined
  readonly description: string
}

/** A value that comes from outside the script. */
export interface PresetVar {
  readonly type: VarType
  /** The value at the place of the var's declaration. May throw Error with the reason why there is none. */
  readonly valueAt: (span: Span) => ScriptValue
}

/** Computes an expression without identifiers and references; throws Error with the reason when it can't. */
export type EvaluateConstant = (expression: Node) => ScriptValue

/** What calls do; the evaluator itself knows no nodes. */
export interface Calls {
  /** Makes a call to the right of a chain operator; gives what the script goes on with. */
  apply(left: ScriptValue, call: UnboundCall): ScriptValue
  /** Reads a property. `at` is the offset of the operator. */
  read(left: ScriptValue, name: string, at: number, span: Span): ScriptValue
}

export interface EvaluatorOptions {
  readonly problems: Problems
  readonly calls: Calls
  /** Names that are there before the first statement. */
  readonly names: ReadonlyMap<string, ScriptValue>
  readonly preset: ReadonlyMap<string, PresetVar>
  /** What stands for a required var without a value; undefined = that is a fault. */
  readonly placeholder: ((type: VarType) => ScriptValue) | undefined
  readonly evaluateConstant: EvaluateConstant
}

const VAR_TYPES: readonly VarType[] = ['int', 'float', 'bool', 'string', 'regex', 'duration', 'lambda', 'list', 'star']
/** So long may a computed string be, in UTF-16 units. */
export const MAX_STRING = 1_048_576

const TIME = { args: [arg.duration('Length.'), arg.duration('Offset.')], min: 1 }

export class Evaluator {
  /** In the order of the script. */
  readonly vars = new Map<string, DeclaredVar>()
  readonly #problems: Problems
  readonly #calls: Calls
  readonly #scope: Scope
  readonly #declarations = new Map<string, Span>()
  readonly #options: EvaluatorOptions

  constructor(options: EvaluatorOptions) {
    this.#options = options
    this.#problems = options.problems
    this.#calls = options.calls
    this.#scope = new Scope(options.problems)
    for (const [name, value] of options.names) this.#scope.set(name, value)
  }

  /** Throws ScriptError only when there are too many faults; others wait in `problems`. */
  run(program: Program): void {
    for (const statement of program.statements) this.#problems.attempt(() => this.#statement(statement), undefined)
    for (const [name, span] of this.#declarations) {
      if (!this.#scope.isUsed(name)) this.#problems.warn('unused-var', `var ${name} is never used`, span)
    }
  }

  #statement(node: Node): void {
    switch (node.type) {
      case 'comment':
      case 'dbrp':
        break
      case 'declaration':
        this.#declare(node)
        break
      case 'typeDeclaration':
        this.#declareType(node)
        break
      default: {
        const value = this.#evaluate(node)
        if (value.type === 'call') this.#callGlobal(value)
        else if (node.type !== 'chain') this.#problems.warn('no-effect', 'this value has no effect', spanOf(node))
      }
    }
  }

  #declare(node: DeclarationNode): void {
    const { name } = node.left
    const { right } = node
    let value = this.#problems.attempt(() => this.#evaluate(right), FAILED)
    this.#refuseRedefinition(node.left)
    if (right.type === 'identifier') value = this.#problems.attempt(() => this.#resolve(right), FAILED)
    if (value.type !== 'failed') {
      const type = value.type
      const { preset } = this.#options
      if (isVarType(type)) this.vars.set(name, { type, value, description: descriptionOf(node) })
      const given = preset.get(name)
      if (given) value = this.#presetValue(name, given, type, node)
    }
    this.#define(node.left, value)
  }

  #declareType(node: TypeDeclarationNode): void {
    const { name } = node.node
    const type = node.varType.name
    this.#refuseRedefinition(node.node)
    this.#define(node.node, FAILED)
    if (!isVarType(type)) {
      this.#problems.fail({
        code: 'unknown-var-type',
        message: `invalid var type "${type}"`,
        span: spanOf(node.varType),
        help: didYouMean(type, VAR_TYPES) ?? `The types are ${VAR_TYPES.join(', ')}.`,
      })
    }
    this.vars.set(name, { type, value: undefined, description: descriptionOf(node) })
    const given = this.#options.preset.get(name)
    const { placeholder } = this.#options
    if (given) this.#scope.set(name, this.#presetValue(name, given, type, node))
    else if (placeholder) this.#scope.set(name, placeholder(type))
    else {
      this.#problems.fail({
        code: 'missing-var',
        message: `missing value for var "${name}".`,
        span: spanOf(node),
        help: `Give ${name} a value of type ${type} with the task, or a default: var ${name} = ….`,
      })
    }
  }

  #presetValue(name: string, given: PresetVar, type: string, node: DeclarationNode | TypeDeclarationNode): ScriptValue {
    if (given.type !== type) {
      this.#problems.report({
        code: 'var-type',
        message: `invalid type supplied for ${name}, got ${typeWord(given.type)} exp ${typeWord(type)}`,
        span: spanOf(node),
      })
      return FAILED
    }
    const value = given.valueAt(spanOf(node))
    if (value.type !== 'lambda') return value
    return this.#problems.attempt(() => this.#lambda(value.value.node), FAILED)
  }

  #refuseRedefinition({ name, pos, end }: { name: string; pos: number; end: number }): void {
    if (!this.#scope.has(name)) return
    const first = this.#declarations.get(name)
    this.#problems.fail({
      code: 'redefined-var',
      message: `attempted to redefine ${name}, vars are immutable`,
      span: { start: pos, end },
      labels: first && [{ span: first, text: 'first defined here' }],
    })
  }

  #define({ name, pos, end }: { name: string; pos: number; end: number }, value: ScriptValue): void {
    this.#scope.set(name, value)
    this.#declarations.set(name, { start: pos, end })
  }

  /** The value of an expression, names looked up. */
  #resolve(node: Node): ScriptValue {
    return node.type === 'identifier' ? this.#scope.get(node.name, spanOf(node)) : this.#evaluate(node)
  }

  #evaluate(node: Node): ScriptValue {
    switch (node.type) {
      case 'bool':
      case 'string':
        return { type: node.type, value: node.value } as ScriptValue
      case 'number':
        return { type: node.kind, value: node.value } as ScriptValue
      case 'duration':
        return { type: 'duration', value: node.ns }
      case 'regex':
        return { type: 'regex', value: { regex: node.source } }
      case 'star':
        return { type: 'star', value: STAR }
      case 'list':
        return { type: 'list', value: node.items.map((item) => this.#resolve(item)) }
      case 'reference':
        return { type: 'reference', node }
      case 'lambda':
        return this.#lambda(node)
      case 'unary':
        return this.#unary(node)
      case 'binary':
        return this.#constant(node)
      case 'func':
        return this.#call(node)
      case 'chain':
        return this.#chain(node)
      case 'identifier':
        // A name alone is no value yet: as a statement it is passed over even when nothing is called so.
        return { type: 'other', value: '*ast.IdentifierNode' }
      default:
        throw new Error(`a ${node.type} has no value`)
    }
  }

  #lambda(node: LambdaNode): ScriptValue {
    const value = { node: capture(node, this.#scope, this.#problems) as LambdaNode }
    const reason = constantFault(value)
    if (reason !== undefined) this.#problems.warn('lambda-always-fails', reason, spanOf(node))
    return { type: 'lambda', value }
  }

  #unary(node: UnaryNode): ScriptValue {
    const value = this.#resolve(node.operand)
    if (value.type === 'failed') return value
    if (node.operator === '-') {
      if (value.type === 'float') return { type: 'float', value: -value.value }
      if (value.type === 'int' || value.type === 'duration')
        return { type: value.type, value: negInt(value.value as Int) }
    } else if (value.type === 'bool') return { type: 'bool', value: !value.value }
    return this.#problems.fail({
      code: 'operand-type',
      message: `invalid arugument to '${node.operator}' ${printed(value)}`,
      span: spanOf(node),
      at: node.pos,
      help: node.operator === '-' ? 'It takes an int, a float or a duration.' : 'It takes a bool.',
    })
  }

  #constant(node: BinaryNode): ScriptValue {
    const expression = capture(node, this.#scope, this.#problems)
    let value: ScriptValue
    try {
      value = this.#options.evaluateConstant(expression)
    } catch (reason) {
      return this.#problems.fail({ code: 'constant', message: messageOf(reason), span: spanOf(node) })
    }
    if (value.type === 'string' && value.value.length > MAX_STRING) {
      const message = `the string is too long: it has more than ${MAX_STRING} characters`
      return this.#problems.fail({ code: 'string-too-long', message, span: spanOf(node) })
    }
    return value
  }

  /** Evaluates the arguments only: what the call does depends on what stands to its left. */
  #call(node: FunctionNode): UnboundCall {
    const args = node.args.map((argument) =>
      this.#problems.attempt(() => {
        const value = this.#resolve(argument)
        return value.type === 'call' && argument.type !== 'identifier' ? this.#callGlobal(value) : value
      }, FAILED),
    )
    const [only] = args
    return { type: 'call', node, args: args.length === 1 && only?.type === 'list' ? only.value : args }
  }

  #chain(chain: ChainNode): ScriptValue {
    const links: ChainNode[] = []
    let source: Node = chain
    for (; source.type === 'chain'; source = source.left) links.push(source)
    let left: ScriptValue | undefined
    for (const { right, operatorPos } of links.reverse()) {
      const call = right.type === 'func' ? this.#call(right) : undefined
      // A name to the left is looked up after the arguments of the call have been evaluated.
      left ??= this.#problems.attempt(() => this.#resolve(source), FAILED)
      if (left.type === 'failed') continue
      if (call) left = this.#calls.apply(left, call)
      else if (right.type === 'identifier') left = this.#calls.read(left, right.name, operatorPos, spanOf(right))
    }
    return left ?? FAILED
  }

  /** Calls a function that belongs to no node. There is one: `time`. */
  #callGlobal({ node, args }: UnboundCall): ScriptValue {
    const span = { start: node.pos, end: node.pos + node.name.length }
    if (node.name !== 'time') {
      return this.#problems.fail({
        code: 'unknown-function',
        message: `no global function "${node.name}" defined`,
        span,
        at: node.pos,
        help:
          didYouMean(node.name, ['time']) ??
          'Functions can be called within lambdas and operations; here only time() can.',
      })
    }
    if (args.some((a) => a.type === 'failed')) return FAILED
    try {
      const [length, offset = 0] = bindArguments(TIME, args) as readonly Int[]
      return { type: 'time', value: { length: length!, offset } }
    } catch (failure) {
      if (!(failure instanceof BindFailure)) throw failure
      const { code, help, message } = failure
      const text = failure.bare ? message : `error calling func "time" on obj <nil>: ${message}`
      return this.#problems.fail({ code, message: text, span, at: node.pos, help })
    }
  }
}

function spanOf({ pos, end }: { readonly pos: number; readonly end: number }): Span {
  return { start: pos, end }
}
