// Options that came in through the API, laid over an element. Which overrides there are and where they are stored is
// for others; here it is decided what a value may be and what it becomes. Messages are the reference's.
import { Fault } from '../../base/fault.ts'
import { fromText, fromToml, parseSize } from './convert.ts'
import { overrideKeyOf } from './describe-element.ts'
import { type Field, type Fields, keyOf, type Values } from './field.ts'
import type { SectionDecl } from './section.ts'

export type Options = Readonly<Record<string, unknown>>

/** The Go names of the types, which the messages show. */
const GO_TYPES: Readonly<Record<string, string>> = {
  int: 'int',
  size: 'int',
  float: 'float64',
  bool: 'bool',
  string: 'string',
  duration: 'toml.Duration',
  strings: '[]string',
  map: 'map[string]string',
  listMap: 'map[string][]string',
  table: 'struct',
  tableMap: 'map',
  any: 'interface',
}

/**
 * The element with these options set. Throws a Fault with status 400: an option that the section doesn't have, the key of
 * a list's element, or a value of another type. Options of an element that is being added may hold its key.
 */
export function overrideElement(decl: SectionDecl, base: Values, options: Options, adding = false): Values {
  const names = optionNames(decl.fields)
  const unknown = Object.keys(options).filter((key) => !names.has(key))
  if (unknown.length > 0) throw refused(`unknown options [${unknown.sort().join(' ')}] in section ${decl.section}`)
  const values: Record<string, unknown> = { ...base }
  for (const [key, json] of Object.entries(options)) {
    const name = names.get(key)!
    const f = decl.fields[name]!
    if (!adding && decl.list && keyOf(name, f) === decl.list.key) throw refused(`cannot override element key ${key}`)
    values[name] = fromJson(f, json, (reason) => refused(`cannot set option ${key}: ${reason}`))
  }
  return values
}

const refused = (message: string): Fault => new Fault('config-override', message, { status: 400 })

function optionNames(fields: Fields): Map<string, string> {
  return new Map(Object.entries(fields).map(([name, f]) => [overrideKeyOf(name, f), name]))
}

type Refuse = (reason: string) => Fault

function fromJson(f: Field<never>, json: unknown, refuse: Refuse): unknown {
  const mismatch = (): Fault => refuse(`cannot convert ${goKind(json)} into ${GO_TYPES[f.type]}`)
  switch (f.type) {
    case 'table':
      return overrideTable(f.fields ?? {}, json, mismatch, refuse)
    case 'strings':
      if (json === null) return []
      if (!Array.isArray(json)) throw mismatch()
      return json.map((item: unknown) => {
        if (typeof item !== 'string') throw refuse(`cannot convert ${goKind(item)} into string`)
        return item
      })
    case 'map':
    case 'listMap':
      if (json === null) return {}
      break
    case 'int':
    case 'float':
      if (typeof json === 'string') {
        const converted = fromText(f, json)
        if ('reason' in converted) throw refuse(reasonOf(f, json, converted.reason))
        return converted.value
      }
      break
    case 'size':
      if (typeof json === 'string' && parseSize(json) === undefined) throw mismatch()
      break
  }
  const converted = fromToml(f, json)
  if ('value' in converted) return converted.value
  const sameKind = f.type === 'string' ? typeof json === 'string' : typeof json === 'number' && f.type !== 'bool'
  throw sameKind ? refuse(converted.reason) : mismatch()
}

/** A text that is no number at all is a mismatch of types; one that is out of bounds is not. */
function reasonOf(f: Field<never>, text: string, reason: string): string {
  return reason.startsWith('must') ? reason : `cannot convert ${goKind(text)} into ${GO_TYPES[f.type]}`
}

function overrideTable(fields: Fields, json: unknown, mismatch: () => Fault, refuse: Refuse): Values {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw mismatch()
  const names = optionNames(fields)
  const values: Record<string, unknown> = Object.fromEntries(
    Object.entries(fields).map(([name, f]) => [name, f.initial as unknown]),
  )
  for (const [key, value] of Object.entries(json)) {
    const name = names.get(key)
    if (name === undefined) throw refuse(`unknown key "${key}"`)
    values[name] = fromJson(fields[name]!, value, refuse)
  }
  return values
}

function goKind(json: unknown): string {
  if (json === null) return 'nil'
  if (Array.isArray(json)) return 'slice'
  switch (typeof json) {
    case 'string':
      return `string ${JSON.stringify(json)}`
    case 'number':
    case 'bigint':
      return 'float64'
    case 'boolean':
      return 'bool'
    default:
      return 'map'
  }
}
