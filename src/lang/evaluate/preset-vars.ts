// Values given from outside become values of the script; and what stands for a value that a template does not have.

import { messageOf } from '../../base/fault.ts'
import type { Node } from '../ast.ts'
import { ScriptError, type Span } from '../diagnostic.ts'
import { STAR } from '../fields.ts'
import { type ParseOptions, parseLambda } from '../parser.ts'
import type { GivenVar } from '../vars.ts'
import type { PresetVar } from './evaluator.ts'
import type { ScriptValue, VarType } from './script-value.ts'

/** Throws ScriptError when a regex or lambda among them can't be, whether the script uses it or not. */
export function presetVars(
  vars: Iterable<readonly [name: string, v: GivenVar]>,
  options: ParseOptions,
): ReadonlyMap<string, PresetVar> {
  const preset = new Map<string, PresetVar>()
  for (const [name, given] of vars) {
    const make = presetValue(name, given, options)
    preset.set(name, { type: given.type, valueAt: make })
  }
  return preset
}

function presetValue(name: string, given: GivenVar, options: ParseOptions): (span: Span) => ScriptValue {
  switch (given.type) {
    case 'regex': {
      const fault = options.validateRegex?.(given.value)
      if (fault !== undefined) throw invalid(name, `invalid regex pattern: ${fault}`)
      return () => ({ type: 'regex', value: { regex: given.value } })
    }
    case 'lambda': {
      const { expression } = parsed(name, given.value, options)
      return ({ start, end }) => ({
        type: 'lambda',
        value: { node: { type: 'lambda', pos: start, end, expression: moved(expression, start, end) } },
      })
    }
    case 'list': {
      const items = given.value.map((item) => presetValue(name, item, options))
      return (span) => ({ type: 'list', value: items.map((item) => item(span)) })
    }
    case 'star':
      return () => ({ type: 'star', value: STAR })
    default:
      return () => given as ScriptValue
  }
}

function parsed(name: string, text: string, options: ParseOptions) {
  try {
    return parseLambda(text, options)
  } catch (e) {
    if (!(e instanceof ScriptError)) throw e
    throw invalid(name, `invalid lambda expression: ${messageOf(e)}`)
  }
}

function invalid(name: string, reason: string): ScriptError {
  const message = `invalid var ${name}: ${reason}`
  return new ScriptError([{ code: 'invalid-var', severity: 'error', message, span: { start: 0, end: 0 } }])
}

/** The tree with all its positions at one place: those it has belong to another text. */
function moved<N extends Node>(node: N, pos: number, end: number): N {
  const place = { pos, end, comment: undefined }
  switch (node.type) {
    case 'binary':
      return {
        ...node,
        ...place,
        operatorPos: pos,
        left: moved(node.left, pos, end),
        right: moved(node.right, pos, end),
      }
    case 'unary':
      return { ...node, ...place, operand: moved(node.operand, pos, end) }
    case 'func':
      return { ...node, ...place, args: node.args.map((a) => moved(a, pos, end)) }
    default:
      return { ...node, ...place }
  }
}

/** What stands for a required var that has no value yet. */
export function zeroValue(type: VarType): ScriptValue {
  switch (type) {
    case 'int':
    case 'float':
    case 'duration':
      return { type, value: 0 }
    case 'bool':
      return { type, value: false }
    case 'string':
      return { type, value: '' }
    case 'regex':
      return { type, value: { regex: '' } }
    case 'lambda':
      return {
        type,
        value: { node: { type: 'lambda', pos: 0, end: 0, expression: { type: 'bool', pos: 0, end: 0, value: true } } },
      }
    case 'list':
      return { type, value: [] }
    case 'star':
      return { type, value: STAR }
  }
}
