// The members of a node in the JSON of pipelines: what its declaration says, under which keys.
import type { Declaration } from '../evaluate/declaration.ts'
import { type ArgBase, type ArgValue, type FieldSpec, QUIET } from '../fields.ts'
import { argumentJson, type PipelineJsonValue } from './argument-json.ts'
import { propertiesJson } from './property-json.ts'

export type JsonMembers = Record<string, PipelineJsonValue>

/** All UDFs are of one type; which one stands under `udf`, and its options have an object of their own. */
export const UDF_TYPE = 'udf'

export function typeOf(declaration: Declaration): string {
  return declaration.typeOf ?? declaration.name
}

/** Arguments by name, but for nodes: those are edges. */
export function argumentsOf({ args = {} }: Declaration): readonly (readonly [name: string, arg: ArgBase])[] {
  return Object.entries(args as Readonly<Record<string, ArgBase>>).filter(([, arg]) => !isNode(arg))
}

/** Further arguments, if they are no nodes. */
export function restOf({ rest }: Declaration): { readonly name: string; readonly arg: ArgBase } | undefined {
  const arg = rest?.arg as ArgBase | undefined
  return arg && !isNode(arg) ? { name: rest!.name, arg } : undefined
}

/** Whether the call takes nodes, so that there may be several parents. */
export function takesNodes({ args = {}, rest }: Declaration): boolean {
  const all = [...Object.values(args), ...(rest ? [rest.arg] : [])] as unknown as readonly ArgBase[]
  return all.some(isNode)
}

function isNode({ types }: ArgBase): boolean {
  return types.length === 1 && types[0] === 'node'
}

export function fieldsOf(declaration: Declaration): Readonly<Record<string, FieldSpec>> {
  return declaration.fields as unknown as Readonly<Record<string, FieldSpec>>
}

/** Every node has it; `quiet` stands in JSON only when it is set. */
export const COMMON_FIELDS = { quiet: QUIET as unknown as FieldSpec }

/** The key of a property: the node's own `id` is that of the pipeline. */
export function propertyKeys(declaration: Declaration): (name: string) => string {
  return (name) => (name === 'id' ? `${declaration.name}Id` : name)
}

/** What the declaration says of a node: arguments, properties. */
export function membersJson(declaration: Declaration, params: Readonly<Record<string, unknown>>): JsonMembers {
  const members: JsonMembers = {}
  for (const [name, arg] of argumentsOf(declaration))
    members[name] = argumentJson(arg, params[name] as ArgValue | undefined)
  const rest = restOf(declaration)
  if (rest) members[rest.name] = (params[rest.name] as readonly ArgValue[]).map((v) => argumentJson(rest.arg, v))
  Object.assign(members, propertiesJson(fieldsOf(declaration), params, propertyKeys(declaration)))
  return members
}
