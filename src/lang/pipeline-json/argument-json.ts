// Single arguments and values of properties as JSON, and from JSON as expressions of a script, by their declared types.
// A value stands plainly where its type can be told from the JSON, else in its AST form.
import { formatDuration, parseDuration } from '../../base/duration.ts'
import { parseInt64 } from '../../base/int64.ts'
import type { Json } from '../../base/json-reader.ts'
import type { Node } from '../ast.ts'
import { type AstJson, astJson } from '../ast-json/ast-json.ts'
import { isAstJson, readAstJson } from '../ast-json/read-ast-json.ts'
import { callNode, durationNode, floatNode, intNode, regexNode, spelledOut, stringNode } from '../build-ast.ts'
import { ANY_TYPES, type ArgBase, type ArgValue, type TaggedArg, type TaggedType } from '../fields.ts'

export type PipelineJsonValue =
  | AstJson
  | null
  | readonly PipelineJsonValue[]
  | { readonly [key: string]: PipelineJsonValue }

/** The JSON can't be a pipeline; the message says where and why. */
export class PipelineJsonError extends Error {
  override readonly name = 'PipelineJsonError'
}

/** An argument's value as JSON; null when there is none. */
export function argumentJson({ types }: ArgBase, value: ArgValue | undefined): PipelineJsonValue {
  if (value === undefined) return null
  const tagged = types.length === 1 && !isTagged(value, types[0]!) ? { type: types[0]!, value } : value
  return taggedJson(tagged as TaggedArg, types)
}

/** With one type values come bare, but for those that have no bare form. */
function isTagged(value: ArgValue, type: TaggedType): boolean {
  return (type === 'list' || type === 'time' || type === 'other') && typeof value === 'object'
}

function taggedJson(tagged: TaggedArg, types: readonly TaggedType[]): PipelineJsonValue {
  switch (tagged.type) {
    case 'string':
    case 'bool':
      return tagged.value
    case 'int':
      return tagged.value
    case 'float':
      return Number.isFinite(tagged.value) && !(types.includes('int') && Number.isInteger(tagged.value))
        ? tagged.value
        : astJson(expressionOf(tagged))
    case 'duration':
      return types.includes('string') ? astJson(expressionOf(tagged)) : formatDuration(tagged.value)
    case 'list':
      return tagged.value.map((item) => taggedJson(item, ANY_TYPES))
    default:
      return astJson(expressionOf(tagged))
  }
}

/** The expression of a script that has the value. */
function expressionOf(tagged: TaggedArg): Node {
  const nowhere = { pos: 0, end: 0 }
  switch (tagged.type) {
    case 'int':
      return intNode(tagged.value)
    case 'float':
      return floatNode(tagged.value)
    case 'string':
      return stringNode(tagged.value)
    case 'bool':
      return { type: 'bool', value: tagged.value, ...nowhere }
    case 'duration':
      return durationNode(tagged.value)
    case 'lambda':
      return spelledOut(tagged.value.node)
    case 'regex':
      return regexNode(tagged.value.regex)
    case 'star':
      return { type: 'star', ...nowhere }
    case 'time': {
      const { length, offset } = tagged.value
      return callNode(
        'global',
        'time',
        (offset === 0 ? [length] : [length, offset]).map((ns) => durationNode(ns)),
      )
    }
    default:
      throw new Error(`a ${tagged.type} has no JSON form`)
  }
}

/** What an argument may be in a script: an expression, or a list of what no list of a script can hold. */
export type ArgumentNode = Node | { readonly type: 'values'; readonly items: readonly ArgumentNode[] }

/** The expression for the JSON of an argument; `where` begins the message of what is wrong. Throws PipelineJsonError. */
export function argumentNode({ types }: ArgBase, json: Json | undefined, where: string): ArgumentNode {
  if (isAstJson(json)) return readAstJson(json, where)
  if (typeof json === 'string') {
    if (types.includes('string')) return stringNode(json)
    const ns = types.includes('duration') ? parseDuration(json) : undefined
    if (ns !== undefined) return durationNode(ns)
  }
  if (typeof json === 'boolean' && types.includes('bool')) return { type: 'bool', value: json, pos: 0, end: 0 }
  if (typeof json === 'number' || typeof json === 'bigint') {
    const int = types.includes('int') ? parseInt64(String(json)) : undefined
    if (int !== undefined) return intNode(int)
    if (types.includes('float')) return floatNode(Number(json))
  }
  if (Array.isArray(json) && types.includes('list')) {
    const item = { types: ANY_TYPES, doc: '' }
    return { type: 'values', items: json.map((each, i) => argumentNode(item, each, `${where}[${i}]`)) }
  }
  throw new PipelineJsonError(`${where}: must be ${wanted(types)}`)
}

const WORDS: Readonly<Record<TaggedType, string>> = {
  int: 'an integer',
  float: 'a number',
  string: 'text',
  bool: 'true or false',
  duration: 'a duration such as "10s"',
  lambda: 'a lambda as AST JSON',
  regex: 'a regex as AST JSON',
  star: 'a star as AST JSON',
  node: 'a node',
  list: 'a list',
  time: 'a call of time() as AST JSON',
  other: 'something else',
}

function wanted(types: readonly TaggedType[]): string {
  return types === ANY_TYPES ? 'a value' : types.map((t) => WORDS[t]).join(' or ')
}
