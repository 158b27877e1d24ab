// Vars as JSON: values that clients give for a script's vars, and the vars that a script declares.
// It converts and checks single values; whether they fit a script is found when that is evaluated.
import { byteOrder } from '../base/byte-order.ts'
import { parseDuration } from '../base/duration.ts'
import { type Int, parseInt64 } from '../base/int64.ts'
import { JsonNumber } from '../base/json-reader.ts'
import type { DeclaredVar } from './evaluate/evaluator.ts'
import type { ScriptValue, VarType } from './evaluate/script-value.ts'
import { isVarType } from './evaluate/script-value.ts'
import { formatExpression } from './formatter.ts'

/** A value for a var. Durations are nanoseconds; regexes are patterns without slashes, lambdas what follows `lambda:`. */
export type GivenVar = VarValue & { readonly description: string }

type VarValue =
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'int' | 'duration'; readonly value: Int }
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'string' | 'regex' | 'lambda'; readonly value: string }
  | { readonly type: 'list'; readonly value: readonly GivenVar[] }
  | { readonly type: 'star'; readonly value: null }

/** A declared var; the value is null when the script has no default for it. */
export type VarJson = GivenVar | { readonly type: VarType; readonly value: null; readonly description: string }

export type GivenVars = Readonly<Record<string, GivenVar>>

/** `json`: the JSON has the wrong form. `value`: type and value do not go together. The message names the var. */
export class VarsError extends Error {
  readonly kind: 'json' | 'value'

  constructor(kind: 'json' | 'value', message: string) {
    super(message)
    this.name = 'VarsError'
    this.kind = kind
  }
}

/**
 * The vars of a decoded JSON object, `{name: {type, value, description}}`; null is an empty one. Numbers may come as
 * number, as bigint or as JsonNumber: only then is `1.0` known to be no int. Throws VarsError.
 */
export function readVars(json: unknown): GivenVars {
  if (json === null || json === undefined) return {}
  if (!isObject(json)) throw new VarsError('json', 'expected an object of vars')
  return Object.fromEntries(Object.entries(json).map(([name, v]) => [name, readVar(name, v)]))
}

function readVar(name: string, json: unknown): GivenVar {
  if (!isObject(json)) throw invalid(name, 'expected an object')
  const { type, value, description = '' } = json
  if (typeof description !== 'string') throw invalid(name, 'expected a string as description')
  if (type !== undefined && typeof type !== 'string') throw invalid(name, 'expected a string as type')
  if (type && !isVarType(type)) throw new VarsError('json', `invalid var ${name}: unknown VarType ${type}`)
  return { ...readValue(name, type as VarType | '' | undefined, value), description }
}

function readValue(name: string, type: VarType | '' | undefined, value: unknown): VarValue {
  const number = numberText(value)
  switch (type) {
    case 'star':
      return { type, value: null }
    case 'int': {
      const n = number === undefined ? undefined : parseInt64(number)
      if (n === undefined) throw invalid(name, 'expected int value')
      return { type, value: n }
    }
    case 'float':
      if (!Number.isFinite(Number(number))) throw invalid(name, 'expected float value')
      return { type, value: Number(number) }
    case 'duration': {
      const ns = typeof value === 'string' ? parseDuration(value) : parseInt64(number ?? '')
      if (ns === undefined) {
        throw invalid(
          name,
          typeof value === 'string' ? `invalid duration string for var: ${value}` : 'expected int value',
        )
      }
      return { type, value: ns }
    }
    case 'list':
      if (!Array.isArray(value)) throw invalid(name, 'expected list of vars')
      return { type, value: value.map((item) => readItem(name, item)) }
    case 'bool':
      if (typeof value === 'boolean') return { type, value }
      break
    case 'string':
    case 'regex':
    case 'lambda':
      if (typeof value === 'string') return { type, value }
  }
  throw new VarsError('value', `invalid var ${name}: ${mismatch(type || 'unknown', value, number)}`)
}

function readItem(name: string, json: unknown): GivenVar {
  if (!isObject(json)) throw invalid(name, 'expected list of vars')
  if (typeof json.type !== 'string') throw invalid(name, 'expected list type key in object')
  if (!('value' in json)) throw invalid(name, 'expected list value key in object')
  return readVar(name, json)
}

function invalid(name: string, reason: string): VarsError {
  return new VarsError('json', `invalid var ${name}: ${reason}`)
}

function mismatch(type: string, value: unknown, number: string | undefined): string {
  if (typeof value === 'string') return `unexpected var type ${type}, value is a string`
  if (typeof value === 'boolean') return `mismatched type and value: bool ${type}`
  if (number !== undefined) return `mismatched type and value: float64 ${type}`
  if (Array.isArray(value)) return 'unsupported Var type []interface {}.'
  return `unsupported Var type ${value === null || value === undefined ? '<nil>' : 'map[string]interface {}'}.`
}

function isObject(v: unknown): v is Record<string, unknown> {
  return typeof v === 'object' && v !== null && !Array.isArray(v) && !(v instanceof JsonNumber)
}

/** The digits of a number; undefined when the value is none. */
function numberText(v: unknown): string | undefined {
  if (typeof v === 'number' || typeof v === 'bigint') return String(v)
  return v instanceof JsonNumber ? v.text : undefined
}

/** The JSON form of vars, by name in byte order. Integers past 2^53 are bigints. */
export function writeVars(vars: Iterable<readonly [name: string, v: VarJson]>): Record<string, VarJson> {
  const sorted = [...vars].sort(([a], [b]) => byteOrder(a, b))
  return Object.fromEntries(sorted.map(([name, v]) => [name, ordered(v)]))
}

function ordered({ type, value, description }: VarJson): VarJson {
  const shown = Array.isArray(value) ? value.map(ordered) : value
  return { type, value: shown, description } as VarJson
}

/** The vars that a script declares, as JSON clients see them. Those whose value has no JSON form are left out. */
export function declaredVars(vars: ReadonlyMap<string, DeclaredVar>): [name: string, v: VarJson][] {
  return [...vars].flatMap(([name, { type, value, description }]): [string, VarJson][] => {
    if (value === undefined) return [[name, { type, value: null, description }]]
    const given = toGiven(value, description)
    return given ? [[name, given]] : []
  })
}

function toGiven(v: ScriptValue, description: string): GivenVar | undefined {
  switch (v.type) {
    case 'bool':
    case 'int':
    case 'float':
    case 'string':
    case 'duration':
      return { ...v, description }
    case 'regex':
      return { type: 'regex', value: v.value.regex, description }
    case 'lambda':
      return { type: 'lambda', value: formatExpression(v.value.node.expression), description }
    case 'star':
      return { type: 'star', value: null, description }
    case 'list': {
      const items = v.value.map((item) => toGiven(item, ''))
      return items.includes(undefined) ? undefined : { type: 'list', value: items as GivenVar[], description }
    }
    default:
      return undefined
  }
}
