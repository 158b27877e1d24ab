// Properties of nodes and handlers as JSON, and from JSON as the calls of a script that set them. How a method's value
// stands in JSON is its shape (fields.ts).
import { type Json, JsonNumber } from '../../base/json-reader.ts'
import { compactJson, type Writable } from '../../base/json-writer.ts'
import { stringNode } from '../build-ast.ts'
import type { ArgBase, ArgValue, FieldSpec, MethodShape, MethodSpec, ObjectParam, ObjectSpec } from '../fields.ts'
import { didYouMean } from '../suggest.ts'
import {
  type ArgumentNode,
  argumentJson,
  argumentNode,
  PipelineJsonError,
  type PipelineJsonValue,
} from './argument-json.ts'

type JsonObject = { readonly [key: string]: Json }
type Method = MethodSpec<unknown>
type Bag = Readonly<Record<string, unknown>>
type Fields = Readonly<Record<string, FieldSpec>>

/** A call of a property in a script. */
export interface PropertyCall {
  readonly name: string
  readonly args: readonly ArgumentNode[]
}

function shapeOf({ shape, args, rest }: Method): MethodShape {
  if (shape) return shape
  if (args.length === 0) return rest ? 'list' : 'flag'
  if (rest || args.length > 2) return 'calls'
  return args.length === 1 ? 'value' : 'map'
}

/** The arguments of the calls that lead to a value. */
function callsOf(spec: Method, value: unknown): readonly (readonly ArgValue[])[] {
  if (spec.calls) return spec.calls(value)
  const list = (value ?? []) as readonly ArgValue[]
  switch (shapeOf(spec)) {
    case 'flag':
      return value === true ? [[]] : []
    case 'value':
      return value === undefined ? [] : [[value as ArgValue]]
    case 'list':
      return value === undefined || (list.length === 0 && spec.initial !== undefined) ? [] : [list]
    case 'each':
      return list.map((one) => [one])
    case 'map':
      return Object.entries(value as Readonly<Record<string, ArgValue>>)
    case 'calls':
      throw new Error('a method of this shape must tell its calls')
  }
}

function argAt(spec: Pick<Method, 'args' | 'rest'>, i: number, where: string): ArgBase {
  const arg = spec.args[i] ?? spec.rest
  if (!arg) throw new PipelineJsonError(`${where}: too many arguments`)
  return arg
}

/** The value of a property that is no object. */
function valueJson(spec: Exclude<FieldSpec, ObjectSpec>, value: unknown): PipelineJsonValue {
  if (spec.is === 'property') return argumentJson(spec.arg, value as ArgValue | undefined)
  const method = spec as unknown as Method
  const calls = callsOf(method, value).map((args) => args.map((a, i) => argumentJson(argAt(method, i, ''), a)))
  switch (shapeOf(method)) {
    case 'flag':
      return calls.length > 0
    case 'value':
      return calls[0]?.[0] ?? null
    case 'list':
      return calls[0] ?? (Array.isArray(method.initial) ? [] : null)
    case 'each':
      return calls.map(([one]) => one!)
    case 'map':
      return Object.fromEntries(calls as [string, PipelineJsonValue][])
    case 'calls':
      return calls
  }
}

/** All properties by their keys. Of objects, such as alert handlers, only those that there are. */
export function propertiesJson(fields: Fields, params: Bag, keyOf = plainKey): Record<string, PipelineJsonValue> {
  const json: Record<string, PipelineJsonValue> = {}
  for (const [name, spec] of Object.entries(fields)) {
    if (spec.is !== 'object') json[keyOf(name)] = valueJson(spec, params[name])
    else if ((params[name] as readonly ObjectParam[]).length > 0)
      json[keyOf(name)] = (params[name] as readonly ObjectParam[]).map((o) => objectJson(spec, o.params))
  }
  return json
}

function plainKey(name: string): string {
  return name
}

/** Positional arguments have names that no property has; in JSON without the sign. */
function argumentKey(name: string): string {
  return name.replace(/^\$/, '')
}

function objectJson(spec: ObjectSpec, params: Bag): PipelineJsonValue {
  const json = propertiesJson(spec.fields as Fields, params)
  const { argNames, restName, rest } = spec
  argNames.forEach((name, i) => {
    json[argumentKey(name)] = argumentJson(spec.args[i]!, params[name] as ArgValue | undefined)
  })
  if (restName !== undefined && rest) {
    const positional = (params[restName] as readonly ArgValue[]).map((a) => argumentJson(rest, a))
    // A property of the same name adds to them.
    const more = json[argumentKey(restName)]
    json[argumentKey(restName)] = Array.isArray(more) ? [...positional, ...(more as PipelineJsonValue[])] : positional
  }
  return json
}

/** Refuses keys that nobody reads. */
export function refuseUnknown(json: JsonObject, known: readonly string[], where: string): void {
  for (const key of Object.keys(json)) {
    if (known.includes(key)) continue
    const near = didYouMean(key, known)
    throw new PipelineJsonError(`${where}: there is no ${JSON.stringify(key)}${near ? `. ${near}` : ''}`)
  }
}

/** The calls that set the properties, those of objects last. Throws PipelineJsonError. */
export function propertyCalls(fields: Fields, json: JsonObject, where: string, keyOf = plainKey): PropertyCall[] {
  const own: PropertyCall[] = []
  const ofObjects: PropertyCall[] = []
  for (const [name, spec] of Object.entries(fields)) {
    const value = json[keyOf(name)]
    if (value === undefined || value === null) continue
    const place = `${where}.${keyOf(name)}`
    if (spec.is === 'object') {
      for (const [i, o] of listOf(value, place).entries())
        ofObjects.push(...objectCalls(name, spec, o, `${place}[${i}]`))
    } else if (spec.is === 'property') {
      const args = [argumentNode(spec.arg, value, place)]
      const initial = compactJson(valueJson(spec, spec.initial) as Writable)
      if (compactJson(value as Writable) !== initial) own.push({ name, args })
    } else own.push(...methodArguments(spec as unknown as Method, value, place).map((args) => ({ name, args })))
  }
  return [...own, ...ofObjects]
}

function methodArguments(spec: Method, json: Json, where: string): ArgumentNode[][] {
  const argsOf = (list: readonly Json[], place: string): ArgumentNode[] =>
    list.map((one, i) => argumentNode(argAt(spec, i, place), one, `${place}[${i}]`))
  switch (shapeOf(spec)) {
    case 'flag':
      if (typeof json !== 'boolean') throw new PipelineJsonError(`${where}: must be true or false`)
      return json ? [[]] : []
    case 'value':
      return [[argumentNode(argAt(spec, 0, where), json, where)]]
    case 'list': {
      const list = listOf(json, where)
      return list.length === 0 && Array.isArray(spec.initial) ? [] : [argsOf(list, where)]
    }
    case 'each':
      return listOf(json, where).map((one, i) => [argumentNode(argAt(spec, 0, where), one, `${where}[${i}]`)])
    case 'map':
      return Object.entries(objectOf(json, where)).map(([key, value]) => [
        stringNode(key),
        argumentNode(argAt(spec, 1, where), value, `${where}.${key}`),
      ])
    case 'calls':
      return listOf(json, where).map((list, i) => argsOf(listOf(list, `${where}[${i}]`), `${where}[${i}]`))
  }
}

function objectCalls(name: string, spec: ObjectSpec, json: Json, where: string): PropertyCall[] {
  const o = objectOf(json, where)
  const { argNames, restName, rest, args, min = args.length } = spec
  const argKeys = argNames.map(argumentKey)
  const restKey = restName === undefined ? undefined : argumentKey(restName)
  const fields = Object.fromEntries(Object.entries(spec.fields as Fields).filter(([f]) => f !== restKey))
  refuseUnknown(o, [...argKeys, ...(restKey === undefined ? [] : [restKey]), ...Object.keys(fields)], where)
  const given = positionalArguments({ args, names: argKeys, min }, o, where)
  if (restKey !== undefined && rest && o[restKey] !== undefined)
    listOf(o[restKey], `${where}.${restKey}`).forEach((one, i) => {
      given.push(argumentNode(rest, one, `${where}.${restKey}[${i}]`))
    })
  return [{ name, args: given }, ...propertyCalls(fields, o, where)]
}

interface Positional {
  readonly args: readonly ArgBase[]
  readonly names: readonly string[]
  /** So many must be there. */
  readonly min: number
}

/** Arguments that stand under their names. Throws PipelineJsonError. */
export function positionalArguments({ args, names, min }: Positional, json: JsonObject, where: string): ArgumentNode[] {
  const given: ArgumentNode[] = []
  for (const [i, name] of names.entries()) {
    const value = json[name]
    if (value === undefined || value === null) {
      if (i < min) throw new PipelineJsonError(`${where}.${name}: is missing`)
      break
    }
    given.push(argumentNode(args[i]!, value, `${where}.${name}`))
  }
  return given
}

export function listOf(json: Json | undefined, where: string): readonly Json[] {
  if (!Array.isArray(json)) throw new PipelineJsonError(`${where}: must be a list`)
  return json
}

export function objectOf(json: Json | undefined, where: string): JsonObject {
  if (typeof json !== 'object' || json === null || Array.isArray(json) || json instanceof JsonNumber)
    throw new PipelineJsonError(`${where}: must be an object`)
  return json as JsonObject
}
