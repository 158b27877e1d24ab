/**
 * Reading fields and calling functions and methods: argument counts, parameter types, the errors of both.
 * Works on evaluated operands; must not know how nodes are compiled.
 */
import { GoDuration } from './go-duration.ts'
import { anyType, GoError, type GoFunction, valueType } from './go-function.ts'
import { quoteText } from './go-quote.ts'
import { GoStruct } from './go-struct.ts'
import { GoTime, hiddenTimeFields } from './go-time.ts'
import { GoInt, GoMap, GoSlice, GoValue, type Maybe, type TemplateValue, typeOf, zeroOf } from './go-value.ts'
import { type Exec, maxLength } from './template-exec.ts'
import { type NumberNode, nodeText, type Operand, type TemplateTreeNode } from './template-nodes.ts'

/** An operand that waits for the type of its parameter; undefined is a chain's inner operand, which has none. */
export type ArgEval = (s: Exec, type: string | undefined) => Maybe

/** Arguments as written, and the value that a pipeline hands on as the last one. */
export interface Args {
  readonly evals: readonly ArgEval[]
  readonly hasFinal: boolean
}

export const noArgs: Args = { evals: [], hasFinal: false }

const canBeNil = (type: string): boolean =>
  type === anyType || type === valueType || type.startsWith('*') || type.startsWith('[]') || type.startsWith('map[')

/** Checks a value against a parameter's type. */
export const validated = (s: Exec, value: Maybe, type: string | undefined): Maybe => {
  if (value === undefined) {
    if (type === undefined || type === valueType) return undefined
    return canBeNil(type) ? null : s.fail(`invalid value; expected ${type}`)
  }
  if (type === undefined || type === anyType || type === valueType) return value
  const given = value === null ? anyType : typeOf(value)
  return given === type ? value : s.fail(`wrong type for value; expected ${type}; got ${given}`)
}

/** An integer of a named type. */
const integerAs = (type: string, value: number | bigint): TemplateValue =>
  type === 'time.Duration' ? new GoDuration(value) : new GoInt(value, type)

/** A constant for a parameter of a concrete type. */
export const constantAs = (s: Exec, node: Operand, type: string): TemplateValue => {
  s.node = node
  switch (type) {
    case 'string':
      return node.type === 'string' ? node.value : s.fail(`expected string; found ${nodeText(node)}`)
    case 'bool':
      return node.type === 'bool' ? node.value : s.fail(`expected bool; found ${nodeText(node)}`)
    case 'float64':
      return (node as NumberNode).float ?? s.fail(`expected float; found ${nodeText(node)}`)
  }
  if (/^uint/.test(type)) {
    const value = (node as NumberNode).uint
    return value === undefined ? s.fail(`expected unsigned integer; found ${nodeText(node)}`) : integerAs(type, value)
  }
  if (/^int/.test(type) || type === 'time.Duration') {
    const value = (node as NumberNode).int
    return value === undefined ? s.fail(`expected integer; found ${nodeText(node)}`) : integerAs(type, value)
  }
  return s.fail(`can't handle ${nodeText(node)} for arg of type ${type}`)
}

export const nilAs = (s: Exec, type: string | undefined): Maybe => {
  if (type === undefined || type === valueType) return undefined
  return canBeNil(type) ? null : s.fail(`cannot assign nil to ${type}`)
}

interface Signature {
  readonly params: readonly string[]
  readonly variadic?: boolean
}

/** Evaluates the arguments of a call in order, checking their number and types. */
const evaluated = (s: Exec, fn: Signature, name: string, args: Args, final: Maybe): readonly Maybe[] => {
  const { params } = fn
  const count = args.evals.length + (args.hasFinal ? 1 : 0)
  if (fn.variadic === true) {
    const fixed = params.length - 1
    if (count < fixed) s.fail(`wrong number of args for ${name}: want at least ${fixed} got ${args.evals.length}`)
  } else if (count !== params.length) {
    s.fail(`wrong number of args for ${name}: want ${params.length} got ${count}`)
  }
  const last = params.length - 1
  const values = args.evals.map((evaluate, i) => evaluate(s, params[Math.min(i, last)]))
  if (args.hasFinal) values.push(validated(s, final, params[Math.min(values.length, last)]))
  return values
}

/** Runs what may end with a GoError, which becomes the error of the call. */
export const guarded = (s: Exec, node: TemplateTreeNode, name: string, run: () => Maybe): Maybe => {
  let result: Maybe
  try {
    result = run()
  } catch (error) {
    if (!(error instanceof GoError)) throw error
    s.node = node
    return s.fail(`error calling ${name}: ${error.message}`)
  }
  if (typeof result === 'string' && result.length > maxLength) s.fail(`exceeded maximum of ${maxLength} characters`)
  return result
}

/** Calls a function; `node` is what an error of the call itself is told at. */
export const callWith = (
  s: Exec,
  fn: GoFunction,
  node: TemplateTreeNode,
  name: string,
  args: Args,
  final: Maybe,
): Maybe => {
  const values = evaluated(s, fn, name, args, final)
  return guarded(s, node, name, () => fn.call(values))
}

/** The value of `receiver.name`, a field, key or method. `held` tells that the receiver came out of an interface{}. */
export const fieldOf = (
  s: Exec,
  receiver: Maybe,
  held: boolean,
  name: string,
  node: TemplateTreeNode,
  args: Args,
  final: Maybe,
): Maybe => {
  if (receiver === undefined) {
    if (s.program.missingKey === 'error') s.fail(`nil data; no entry for key ${quoteText(name)}`)
    return undefined
  }
  if (receiver === null) return s.fail(`nil pointer evaluating interface {}.${name}`)
  if (receiver instanceof GoValue) {
    const method = receiver.methods.get(name)
    if (method !== undefined) {
      const values = evaluated(s, method, name, args, final)
      if (method.flaw !== undefined) s.fail(method.flaw)
      return guarded(s, node, name, () => method.call(receiver, values))
    }
  }
  const hasArgs = args.evals.length > 0 || args.hasFinal
  if (receiver instanceof GoStruct) {
    const get = receiver.of.getter(name)
    if (get !== undefined) {
      if (hasArgs) s.fail(`${name} has arguments but cannot be invoked as function`)
      return get(receiver.source)
    }
  } else if (receiver instanceof GoMap) {
    if (hasArgs) s.fail(`${name} is not a method but has arguments`)
    return receiver.source.get(name) ?? missing(s, receiver, name)
  }
  const type = held ? anyType : typeOf(receiver)
  if (isHidden(receiver, name)) s.fail(`${name} is an unexported field of struct type ${type}`)
  return s.fail(`can't evaluate field ${name} in type ${type}`)
}

const isHidden = (receiver: TemplateValue, name: string): boolean =>
  (receiver instanceof GoStruct && receiver.of.isUnexported(name)) ||
  (receiver instanceof GoTime && hiddenTimeFields.has(name))

/** What a map gives for a key it lacks; a key whose value is nil is there. */
const missing = (s: Exec, map: GoMap, name: string): Maybe => {
  if (map.source.get(name) === null) return null
  if (s.program.missingKey === 'error') return s.fail(`map has no entry for key ${quoteText(name)}`)
  return s.program.missingKey === 'zero' ? zeroOf(map.elem) : undefined
}

/** Whether the members of a value, or its field `name`, are typed interface{}, as errors tell it. */
export const holdsAny = (container: Maybe, name?: string): boolean => {
  if (container instanceof GoMap || container instanceof GoSlice) return container.elem === anyType
  return name !== undefined && container instanceof GoStruct && container.of.isDynamic(name)
}
