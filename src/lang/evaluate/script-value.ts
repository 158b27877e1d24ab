// What an expression of a script can come to while it is evaluated, and the names its types go by.
// It knows of nodes only that they are values, too.

import { formatGoDuration } from '../../base/duration.ts'
import type { FunctionNode, ReferenceNode } from '../ast.ts'
import { goTypeOf, type TaggedArg, type TaggedType } from '../fields.ts'
import type { PipelineNode } from './pipeline.ts'
import type { ObjectHandle } from './properties.ts'

type Tagged<T extends TaggedType> = Extract<TaggedArg, { readonly type: T }>

/** A call that has been written but not made: it is made by what stands to its left, or when its value is used. */
export interface UnboundCall {
  readonly type: 'call'
  readonly node: FunctionNode
  readonly args: readonly ScriptValue[]
}

export type ScriptValue =
  | Tagged<'int' | 'float' | 'string' | 'bool' | 'duration' | 'lambda' | 'regex' | 'star' | 'time' | 'other'>
  | { readonly type: 'list'; readonly value: readonly ScriptValue[] }
  | { readonly type: 'node'; readonly value: PipelineNode }
  /** A handler or the like that a property gave. */
  | { readonly type: 'object'; readonly value: ObjectHandle }
  | { readonly type: 'reference'; readonly node: ReferenceNode }
  | UnboundCall
  /** The value of what failed and has been reported: whatever depends on it is passed over in silence. */
  | { readonly type: 'failed' }

export const FAILED: ScriptValue = { type: 'failed' }

/** Types of vars. */
export type VarType = 'bool' | 'int' | 'float' | 'string' | 'regex' | 'duration' | 'lambda' | 'list' | 'star'

const TYPE_WORDS: Readonly<Record<VarType, string>> = {
  bool: 'boolean',
  int: 'int',
  float: 'float',
  string: 'string',
  regex: 'regex',
  duration: 'duration',
  lambda: 'lambda',
  list: 'list',
  star: 'star',
}

export function isVarType(type: string): type is VarType {
  return Object.hasOwn(TYPE_WORDS, type)
}

/** The word for a type in messages: `boolean`; `invalid type` for what no var can be given as. */
export function typeWord(type: string): string {
  return isVarType(type) ? TYPE_WORDS[type] : 'invalid type'
}

/** The Go type name that compatible messages show: `time.Duration`, `*pipeline.FromNode`. */
export function goType(v: ScriptValue): string {
  switch (v.type) {
    case 'reference':
      return '*ast.ReferenceNode'
    case 'call':
      return 'tick.unboundFunc'
    case 'object':
      return v.value.goType
    case 'list':
    case 'failed':
      return '[]interface {}'
    default:
      return goTypeOf(v)
  }
}

/** The value as an argument of a node; what no argument can use comes as `other`. */
export function toTagged(v: ScriptValue): TaggedArg {
  switch (v.type) {
    case 'reference':
    case 'call':
    case 'failed':
      return { type: 'other', value: goType(v) }
    case 'object':
      return { type: 'node', value: v.value.node }
    case 'list':
      return { type: 'list', value: v.value.map(toTagged) }
    default:
      return v
  }
}

/** A node's parameter as a value of a script again. */
export function fromTagged(tagged: TaggedArg): ScriptValue {
  if (tagged.type === 'list') return { type: 'list', value: tagged.value.map(fromTagged) }
  if (tagged.type === 'node') return { type: 'node', value: tagged.value as PipelineNode }
  return tagged
}

/** A value within a message, roughly as Go prints it. */
export function printed(v: ScriptValue): string {
  switch (v.type) {
    case 'int':
    case 'float':
    case 'string':
    case 'bool':
      return String(v.value)
    case 'duration':
      return formatGoDuration(v.value)
    case 'regex':
      return v.value.regex
    case 'star':
      return '*'
    case 'list':
      return `[${v.value.map(printed).join(' ')}]`
    case 'reference':
      return `"${v.node.name}"`
    default:
      return goType(v)
  }
}
