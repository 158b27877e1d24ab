// Every property of every node and handler comes back from its JSON: the calls that it is turned into lead to the same
// value again.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Json, readFirstJson } from '../../src/base/json-reader.ts'
import { compactJson, type Writable } from '../../src/base/json-writer.ts'
import type { ArgBase, ArgValue, FieldSpec, MethodSpec, TaggedArg } from '../../src/lang/fields.ts'
import type { ArgumentNode } from '../../src/lang/pipeline-json/argument-json.ts'
import { argumentsOf, fieldsOf, propertyKeys, restOf } from '../../src/lang/pipeline-json/node-json.ts'
import { propertiesJson, propertyCalls } from '../../src/lang/pipeline-json/property-json.ts'
import { scriptEnvironment } from '../../src/server/script-environment.ts'

const SAMPLES: readonly TaggedArg[] = [
  { type: 'string', value: "it's" },
  { type: 'int', value: 3 },
  { type: 'float', value: 2 },
  { type: 'bool', value: true },
  { type: 'duration', value: 90e9 },
  { type: 'list', value: [{ type: 'string', value: 'a' }] },
]

/** Values of the types that the argument takes; what a check refuses is left out. */
function samples({ types, check, min = -Infinity, max = Infinity }: ArgBase): ArgValue[] {
  return SAMPLES.filter(
    (s) => types.includes(s.type) && !(typeof s.value === 'number' && (s.value < min || s.value > max)),
  )
    .map((s) => (types.length > 1 ? s : (s.value as ArgValue)))
    .filter((value) => check?.(value as never) === undefined)
}

/** What an argument is worth, as the evaluator would give it. */
function worthOf(node: ArgumentNode, { types }: ArgBase): ArgValue {
  const tagged = taggedOf(node)
  return types.length > 1 ? tagged : (tagged.value as ArgValue)
}

function taggedOf(node: ArgumentNode): TaggedArg {
  switch (node.type) {
    case 'string':
    case 'bool':
      return { type: node.type, value: node.value } as TaggedArg
    case 'number':
      return { type: node.kind, value: node.value } as TaggedArg
    case 'duration':
      return { type: 'duration', value: node.ns }
    case 'values':
      return { type: 'list', value: node.items.map(taggedOf) }
    default:
      throw new Error(`no sample is a ${node.type}`)
  }
}

type Method = MethodSpec<unknown>

/** Calls of a method with one argument list, and with two after each other. */
function callsOf({ args, rest }: Method): ArgValue[][][] {
  const fixed = args.map(samples)
  const lists: ArgValue[][] = []
  for (let i = 0; i < Math.max(1, ...fixed.map((f) => f.length)); i++)
    lists.push([...fixed.map((f) => f[Math.min(i, f.length - 1)]!), ...(rest ? samples(rest) : [])])
  if (lists.some((list) => list.includes(undefined as never))) return []
  return [...lists.map((list) => [list]), ...lists.map((list) => [list, lists[0]!])]
}

let checked = 0

function checkField(where: string, name: string, spec: FieldSpec): void {
  if (spec.is === 'object') {
    for (const [key, inner] of Object.entries(spec.fields))
      checkField(`${where}.${name}`, key, inner as unknown as FieldSpec)
    return
  }
  const values: unknown[] =
    spec.is === 'property'
      ? samples(spec.arg)
      : callsOf(spec as unknown as Method).map((calls) =>
          calls.reduce((before: unknown, args) => (spec as unknown as Method).apply(before, args), spec.initial),
        )
  for (const value of [spec.initial as unknown, ...values]) {
    const json = propertiesJson({ [name]: spec }, { [name]: value })
    const travelled = readFirstJson(compactJson(json as Writable)) as { readonly [key: string]: Json }
    let again: unknown = spec.initial
    for (const call of propertyCalls({ [name]: spec }, travelled, where)) {
      const argOf = (i: number): ArgBase => (spec.is === 'property' ? spec.arg : (spec.args[i] ?? spec.rest!))
      const args = call.args.map((a, i) => worthOf(a, argOf(i)))
      again = spec.is === 'property' ? args[0] : (spec as unknown as Method).apply(again, args)
    }
    assert.deepEqual(again, value, `${where}.${name}`)
    checked++
  }
}

test('properties', () => {
  for (const d of scriptEnvironment.registry.declarations)
    for (const [name, spec] of Object.entries(fieldsOf(d))) checkField(d.name, name, spec)
  assert.ok(checked > 500, `only ${checked} values`)
})

test('no two members of a node have the same key', () => {
  for (const d of scriptEnvironment.registry.declarations) {
    const rest = restOf(d)
    const own = Object.keys(fieldsOf(d)).map(propertyKeys(d))
    const all = ['typeOf', 'id', 'quiet', ...argumentsOf(d).map(([name]) => name), ...(rest ? [rest.name] : []), ...own]
    assert.equal(new Set(all).size, all.length, d.name)
  }
})
