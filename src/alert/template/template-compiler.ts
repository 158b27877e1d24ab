/**
 * Template trees to functions, once per template: every node becomes a closure over the state of a rendering.
 * Owns what nodes do, scopes of variables and the order in which errors are told; must not know HTML.
 */

import { anyType, valueType } from './go-function.ts'
import { type Maybe, typeOf } from './go-value.ts'
import { type ArgEval, type Args, callWith, constantAs, guarded, nilAs, noArgs, validated } from './template-call.ts'
import { constant } from './template-constant.ts'
import type { Exec } from './template-exec.ts'
import { chain, fastField, soleField } from './template-field.ts'
import { callFunction } from './template-functions.ts'
import {
  type ActionNode,
  type BranchNode,
  type ChainNode,
  type CommandNode,
  type IdentifierNode,
  type ListNode,
  nodeText,
  type Operand,
  type PipeNode,
  type Statement,
  type TemplateNode,
  type VariableNode,
} from './template-nodes.ts'
import { printed } from './template-printed.ts'
import { compileRange } from './template-range.ts'
import { breaks, type CommandEval, continues, type Emit, type Eval, type Scope } from './template-scope.ts'
import type { SetCompiler } from './template-set.ts'
import { isTrue } from './template-truth.ts'

export class TreeCompiler {
  readonly #set: SetCompiler
  readonly #scope: Scope

  constructor(set: SetCompiler, scope: Scope) {
    this.#set = set
    this.#scope = scope
  }

  list(list: ListNode): Emit {
    const emits = list.nodes.map((node) => this.#statement(node))
    if (emits.length === 1) return emits[0]!
    return (s) => {
      for (let i = 0; i < emits.length; i++) {
        const flow = emits[i]!(s)
        if (flow !== 0) return flow
      }
      return 0
    }
  }

  #statement(node: Statement): Emit {
    switch (node.type) {
      case 'text': {
        const { text } = node
        return (s) => {
          s.out += text
          return 0
        }
      }
      case 'action':
        return this.#action(node)
      case 'break':
        return () => breaks
      case 'continue':
        return () => continues
      case 'template':
        return this.#template(node)
      case 'range':
        return compileRange(this, this.#scope, node)
      default:
        return this.#ifOrWith(node)
    }
  }

  #action(node: ActionNode): Emit {
    const { pipe } = node
    const evaluate = this.pipe(pipe)
    if (pipe.declared.length > 0) {
      return (s) => {
        evaluate(s)
        return 0
      }
    }
    const name = soleField(pipe)
    if (name !== undefined) return fastField(name, node, evaluate)
    return (s) => {
      s.node = node
      const value = evaluate(s)
      s.out += printed(s, node, value)
      return 0
    }
  }

  #ifOrWith(node: BranchNode): Emit {
    const mark = this.#scope.mark()
    const condition = this.pipe(node.pipe)
    const list = this.list(node.list)
    const otherwise = node.otherwise === undefined ? undefined : this.list(node.otherwise)
    this.#scope.pop(mark)
    const isWith = node.type === 'with'
    return (s) => {
      s.node = node
      const value = condition(s)
      const chosen = isTrue(value) ? list : otherwise
      if (chosen === undefined) return 0
      s.enter()
      const { dot, held } = s
      if (isWith && chosen === list) {
        s.dot = value
        s.held = false
      }
      const flow = chosen(s)
      s.dot = dot
      s.held = held
      s.leave()
      return flow
    }
  }

  #template(node: TemplateNode): Emit {
    const evaluate = node.pipe === undefined ? undefined : this.pipe(node.pipe)
    const set = this.#set
    return (s) => {
      s.node = node
      const template = set.template(node.name) ?? s.fail(`template "${node.name}" not defined`)
      s.step()
      s.enter()
      const dot = evaluate?.(s)
      template.run(s, dot, false)
      s.leave()
      return 0
    }
  }

  /** A pipeline's value. Its declarations stay in scope until the caller takes them back. */
  pipe(pipe: PipeNode): Eval {
    const commands = pipe.commands.map((command, i) => this.#command(command, i > 0))
    const stores = pipe.declared.map((variable) => this.#store(variable, pipe.assigns))
    const first = commands[0]!
    const simple = commands.length === 1 && stores.length === 0
    if (simple) {
      return (s) => {
        s.node = pipe
        return first(s, undefined) ?? undefined
      }
    }
    return (s) => {
      s.node = pipe
      let value: Maybe
      for (let i = 0; i < commands.length; i++) value = commands[i]!(s, value) ?? undefined
      for (let i = 0; i < stores.length; i++) stores[i]!(s, value)
      return value
    }
  }

  #store(variable: VariableNode, assigns: boolean): (s: Exec, value: Maybe) => void {
    const name = variable.idents[0]!
    const slot = assigns ? this.#scope.find(name)?.slot : this.#scope.declare(name)
    if (slot === undefined) return (s) => s.fail(`undefined variable: ${name}`)
    return (s, value) => {
      s.vars[slot] = value
    }
  }

  #args(operands: readonly Operand[], hasFinal: boolean): Args {
    return operands.length === 0 && !hasFinal ? noArgs : { evals: operands.map((arg) => this.#arg(arg)), hasFinal }
  }

  #command(command: CommandNode, hasFinal: boolean): CommandEval {
    const first = command.args[0]!
    switch (first.type) {
      case 'field': {
        const args = this.#args(command.args.slice(1), hasFinal)
        return (s, final) => {
          s.node = first
          return chain(s, s.dot, s.held, first, first.idents, 0, args, final)
        }
      }
      case 'chain':
        return this.#chain(first, this.#args(command.args.slice(1), hasFinal))
      case 'identifier':
        return this.#call(first, command, this.#args(command.args.slice(1), hasFinal))
      case 'variable':
        return this.#variable(first, this.#args(command.args.slice(1), hasFinal))
    }
    const refused = command.args.length > 1 || hasFinal
    const evaluate = this.#plain(first)
    return (s) => {
      if (first.type !== 'pipe') s.node = first
      if (refused) s.fail(`can't give argument to non-function ${nodeText(first)}`)
      return evaluate(s)
    }
  }

  /** A command of one operand that takes no arguments. */
  #plain(node: Operand): Eval {
    switch (node.type) {
      case 'pipe':
        return this.pipe(node)
      case 'bool':
      case 'string': {
        const { value } = node
        return () => value
      }
      case 'dot':
        return (s) => s.dot
      case 'number':
        return constant(node)
      default:
        return (s) => s.fail('nil is not a command')
    }
  }

  #variable(node: VariableNode, args: Args): CommandEval {
    const name = node.idents[0]!
    const found = this.#scope.find(name)
    if (found === undefined) {
      return (s) => {
        s.node = node
        return s.fail(`undefined variable: ${name}`)
      }
    }
    const { slot, heldSlot } = found
    const takesArgs = args.evals.length > 0 || args.hasFinal
    if (node.idents.length > 1) {
      return (s, final) => {
        s.node = node
        return chain(
          s,
          s.vars[slot],
          heldSlot !== undefined && s.vars[heldSlot] === true,
          node,
          node.idents,
          1,
          args,
          final,
        )
      }
    }
    return (s) => {
      s.node = node
      if (takesArgs) s.fail(`can't give argument to non-function ${nodeText(node)}`)
      return s.vars[slot]
    }
  }

  #chain(node: ChainNode, args: Args): CommandEval {
    const inner = this.#arg(node.node)
    return (s, final) => {
      s.node = node
      if (node.node.type === 'nil') s.fail(`indirection through explicit nil in ${nodeText(node)}`)
      return chain(s, inner(s, undefined), false, node, node.fields, 0, args, final)
    }
  }

  #call(node: IdentifierNode, at: CommandNode | IdentifierNode, args: Args): CommandEval {
    const name = node.ident
    const found = this.#set.function(name)
    if (found === undefined) {
      return (s) => {
        s.node = node
        return s.fail(`${JSON.stringify(name)} is not a defined function`)
      }
    }
    const { fn, builtin } = found
    if (builtin && (name === 'and' || name === 'or')) return shortCircuit(node, name === 'or', args)
    if (builtin && name === 'call') return this.#callCall(node, at, args)
    return (s, final) => {
      s.node = node
      return callWith(s, fn, at, name, args, final)
    }
  }

  #callCall(node: IdentifierNode, at: CommandNode | IdentifierNode, args: Args): CommandEval {
    const callee = at.type === 'command' ? at.args[1] : undefined
    return (s, final) => {
      s.node = node
      if (args.evals.length === 0 && !args.hasFinal) s.fail('wrong number of args for call: want at least 1 got 0')
      const values = args.evals.map((evaluate) => evaluate(s, valueType))
      if (args.hasFinal) values.push(final)
      const name = callee === undefined ? calleeText(final) : nodeText(callee)
      const [fn, ...rest] = values
      return guarded(s, at, 'call', () => callFunction(name, fn, rest))
    }
  }

  /** An operand in the place of an argument. */
  #arg(node: Operand): ArgEval {
    const evaluate = this.#argValue(node)
    if (evaluate !== undefined) {
      return (s, type) => {
        s.node = node
        return validated(s, evaluate(s), type)
      }
    }
    if (node.type === 'nil') {
      return (s, type) => {
        s.node = node
        return nilAs(s, type)
      }
    }
    const ideal = node.type === 'number' ? constant(node) : this.#plain(node)
    return (s, type) => {
      s.node = node
      if (type === anyType || type === valueType || type === undefined) return ideal(s)
      return constantAs(s, node, type)
    }
  }

  /** How an operand that is no constant is evaluated. */
  #argValue(node: Operand): Eval | undefined {
    switch (node.type) {
      case 'dot':
        return (s) => s.dot
      case 'field':
        return (s) => chain(s, s.dot, s.held, node, node.idents, 0, noArgs, undefined)
      case 'pipe':
        return this.pipe(node)
      case 'variable': {
        const evaluate = this.#variable(node, noArgs)
        return (s) => evaluate(s, undefined)
      }
      case 'identifier': {
        const evaluate = this.#call(node, node, noArgs)
        return (s) => evaluate(s, undefined)
      }
      case 'chain': {
        const evaluate = this.#chain(node, noArgs)
        return (s) => evaluate(s, undefined)
      }
      default:
        return undefined
    }
  }
}

/** The name of a piped callee, as Go's reflection shows a value that is no string. */
const calleeText = (value: Maybe): string => {
  if (typeof value === 'string') return value
  return value === undefined || value === null ? '<invalid Value>' : `<${typeOf(value)} Value>`
}

/** and, or: the arguments are evaluated until one settles it; that one, or the last, is the value. */
const shortCircuit = (node: IdentifierNode, wanted: boolean, args: Args): CommandEval => {
  const { evals, hasFinal } = args
  return (s, final) => {
    s.node = node
    if (evals.length === 0 && !hasFinal) s.fail(`wrong number of args for ${node.ident}: want at least 1 got 0`)
    let value: Maybe
    for (let i = 0; i < evals.length; i++) {
      value = evals[i]!(s, valueType)
      if (isTrue(value) === wanted) return value
    }
    return hasFinal ? final : value
  }
}
