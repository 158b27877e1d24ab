// From a body's bytes to the value that a schema describes, by the rules of Go's decoder: the first JSON value counts,
// unknown members are passed over, null means "not given", names match in any case, nothing is converted.

import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { type Json, JsonNumber, readFirstJson } from '../../base/json-reader.ts'

/** The parts of a schema that decoding looks at. */
interface Form {
  readonly type?: string
  readonly properties?: Readonly<Record<string, Form>>
  readonly patternProperties?: Readonly<Record<string, Form>>
  readonly items?: Form
}

/** Decodes bodies of one schema. */
export class BodyDecoder {
  readonly #form: Form
  readonly #check: (value: unknown) => boolean

  constructor(schema: TSchema) {
    const compiled = Compile(schema)
    this.#form = schema as Form
    this.#check = (value) => compiled.Check(value)
  }

  /** The decoded value, or why there is none. Numbers of open values come as they were written. */
  decode(bytes: Buffer): { readonly value: unknown } | { readonly reason: string } {
    try {
      const json = readFirstJson(bytes.toString('utf8'), { exactNumbers: true })
      const value = shaped(this.#form, json)
      if (this.#check(value)) return { value }
      return { reason: `${nameOf(json)} does not fit` }
    } catch (e) {
      return { reason: (e as Error).message }
    }
  }
}

function nameOf(json: Json): string {
  if (Array.isArray(json)) return 'array'
  return json instanceof JsonNumber ? 'number' : json === null ? 'null' : typeof json
}

function shaped(form: Form, json: Json): unknown {
  // These have no members and would pass for an object without any.
  if (form.type === 'object' && (Array.isArray(json) || json instanceof JsonNumber))
    throw new Error(`${nameOf(json)} does not fit`)
  if (json instanceof JsonNumber) {
    return form.type === 'number' || form.type === 'integer' ? Number(json.text) : json
  }
  if (Array.isArray(json)) return form.items ? json.map((x) => shaped(form.items!, x)) : json
  if (typeof json !== 'object' || json === null) return json
  const { properties, patternProperties } = form
  const out: Record<string, unknown> = Object.create(null)
  if (properties) {
    for (const [key, value] of Object.entries(json)) {
      const name = memberName(properties, key)
      if (name !== undefined && value !== null) out[name] = shaped(properties[name]!, value)
    }
    return out
  }
  const each = patternProperties && Object.values(patternProperties)[0]
  if (!each) return json
  for (const [key, value] of Object.entries(json)) out[key] = value === null ? null : shaped(each, value)
  return out
}

function memberName(properties: Readonly<Record<string, Form>>, key: string): string | undefined {
  if (Object.hasOwn(properties, key)) return key
  const lower = key.toLowerCase()
  return Object.hasOwn(properties, lower) ? lower : undefined
}
