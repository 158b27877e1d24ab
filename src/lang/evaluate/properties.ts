// Properties of nodes and of the objects they give, such as alert handlers: finding, setting and reading them.
// The values end in a plain bag of parameters; what they mean is the declaration's affair.
import { messageOf } from '../../base/fault.ts'
import type { ArgBase, ArgValue, FieldSpec, Fields, ObjectParam, ObjectSpec, TaggedArg } from '../fields.ts'
import { QUIET } from '../fields.ts'
import { BindFailure, bindArguments, bindProperty } from './bind-arguments.ts'
import { capitalized, NameLookup } from './name-lookup.ts'
import type { PipelineNode } from './pipeline.ts'
import { fromTagged, goType, type ScriptValue } from './script-value.ts'

/** What properties can be set on. */
export interface PropertyTarget {
  readonly properties: NameLookup<Property>
  readonly params: Record<string, unknown>
  /** As messages show it: `*pipeline.AlertNode`. */
  readonly goType: string
}

/** What a call like `.slack()` gives: properties of its own first, then those of what it was called on. */
export interface ObjectHandle extends PropertyTarget {
  readonly spec: ObjectSpec
  readonly owner: PropertyTarget | ObjectHandle
  readonly node: PipelineNode
}

export interface Property {
  /** As declared: the key in the bag. */
  readonly name: string
  readonly spec: FieldSpec
}

/** What properties can be set on, as a script holds it. */
export type NodeValue = Extract<ScriptValue, { readonly type: 'node' | 'object' }>

/** A property found on what a script holds, or on what that came from. */
export interface FoundProperty {
  readonly target: PropertyTarget
  readonly property: Property
}

const tables = {
  node: new WeakMap<Fields, NameLookup<Property>>(),
  object: new WeakMap<Fields, NameLookup<Property>>(),
}

/** The properties that fields declare; for a node with those that every node has. */
export function propertiesOf(fields: Fields, of: 'node' | 'object'): NameLookup<Property> {
  const known = tables[of].get(fields)
  if (known) return known
  const table = new NameLookup<Property>()
  for (const [name, spec] of Object.entries(fields)) table.add(name, { name, spec: spec as unknown as FieldSpec })
  if (of === 'node') table.add('quiet', { name: 'quiet', spec: QUIET as unknown as FieldSpec })
  tables[of].set(fields, table)
  return table
}

/** A fresh bag with every property at its default. */
export function initialParams(properties: NameLookup<Property>): Record<string, unknown> {
  const params: Record<string, unknown> = {}
  for (const name of properties.names()) {
    const { spec } = properties.get(name)!
    params[name] = spec.is === 'object' ? [] : spec.initial
  }
  return params
}

function nodeTarget(node: PipelineNode): PropertyTarget {
  return { properties: propertiesOf(node.declaration.fields, 'node'), params: node.params, goType: node.goType }
}

export function nodeOf(left: NodeValue): PipelineNode {
  return left.type === 'node' ? left.value : left.value.node
}

export function findProperty(left: NodeValue, name: string): FoundProperty | undefined {
  let target: PropertyTarget | ObjectHandle | undefined = left.type === 'node' ? nodeTarget(left.value) : left.value
  while (target) {
    const property = target.properties.get(name)
    if (property) return { target, property }
    target = 'owner' in target ? target.owner : undefined
  }
  return undefined
}

export function propertyNames(left: NodeValue): string[] {
  if (left.type === 'node') return [...nodeTarget(left.value).properties.names()]
  const { owner, properties } = left.value
  const outer =
    'owner' in owner ? { type: 'object' as const, value: owner } : { type: 'node' as const, value: left.value.node }
  return [...properties.names(), ...propertyNames(outer)]
}

/** Sets a property and gives the object that the script goes on with, if the property has one. Throws BindFailure. */
export function setProperty(
  left: NodeValue,
  { target, property: { name, spec } }: FoundProperty,
  values: readonly ScriptValue[],
): ObjectHandle | undefined {
  const { params } = target
  if (spec.is === 'property') {
    const [value] = values
    if (values.length !== 1 || !value) {
      const message = `too many arguments to set property ${capitalized(name)} on ${goType(left)}`
      const help = `It takes one argument, not ${values.length}.`
      throw new BindFailure('argument-count', message, { help, bare: true })
    }
    params[name] = bindProperty(spec.arg, value)
    return undefined
  }
  const args = bindArguments(spec, values)
  if (spec.is === 'object') return addObject(target, nodeOf(left), name, spec, args)
  const apply = spec.apply as unknown as (previous: unknown, args: readonly ArgValue[]) => unknown
  try {
    params[name] = apply(params[name], args)
  } catch (reason) {
    throw new BindFailure('argument-value', messageOf(reason))
  }
  return undefined
}

function addObject(
  owner: PropertyTarget,
  node: PipelineNode,
  name: string,
  spec: ObjectSpec,
  args: readonly ArgValue[],
): ObjectHandle {
  const properties = propertiesOf(spec.fields, 'object')
  const params = initialParams(properties)
  spec.argNames.forEach((argName, i) => {
    if (i < args.length) params[argName] = args[i]
  })
  if (spec.restName !== undefined) params[spec.restName] = args.slice(spec.argNames.length)
  const added: ObjectParam = { kind: spec.kind, params }
  owner.params[name] = [...(owner.params[name] as readonly ObjectParam[]), added]
  const goType = `*pipeline.${spec.typeName ?? `${capitalized(spec.kind)}Handler`}`
  return { spec, properties, params, owner, node, goType }
}

/** The value of a property that holds a single one; undefined when it has not been set. */
export function readProperty(target: PropertyTarget, { name, spec }: Property): ScriptValue | undefined {
  const value = target.params[name]
  if (spec.is !== 'property' || value === undefined) return undefined
  const { types } = spec.arg as ArgBase
  const tagged = (types.length > 1 ? value : { type: types[0], value }) as TaggedArg
  return fromTagged(tagged)
}
