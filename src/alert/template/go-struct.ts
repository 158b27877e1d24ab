/**
 * Struct types and values: ordered fields, each read by a function, so that an expensive member is computed only when
 * a template asks for it. Owns field look-up with embedding; must not know printing or JSON.
 */
import { jsonString } from '../../base/go-json.ts'
import { GoValue, type TemplateValue } from './go-value.ts'

/** A field of a struct over source objects T. Fields with a lower-case name are unexported: printed but unreadable. */
export interface StructField<T> {
  readonly name: string
  /** Name in JSON when it differs; '-' leaves the field out. */
  readonly json?: string
  readonly omitEmpty?: boolean
  /** Declared as interface{}: errors about what it holds name that type. */
  readonly dynamic?: boolean
  get(source: T): TemplateValue
}

/** An embedded struct: its fields can be read as if they were the outer's, and are in JSON. */
export interface EmbeddedField<T> {
  readonly name: string
  readonly embed: GoStructType
  /** The source object of the inner struct. */
  get(source: T): unknown
}

type AnyField = StructField<unknown> | EmbeddedField<unknown>
type Getter = (source: unknown) => TemplateValue

const exported = (name: string): boolean => /^\p{Lu}/u.test(name)

/** The members of a struct type in JSON, embedded ones in place. */
export interface JsonField {
  readonly key: string
  /** The key as JSON, with its colon. */
  readonly label: string
  readonly omitEmpty: boolean
  get(source: unknown): TemplateValue
}

export class GoStructType {
  readonly name: string
  readonly fields: readonly AnyField[]
  readonly jsonFields: readonly JsonField[]
  readonly #getters = new Map<string, Getter>()
  readonly #hidden = new Set<string>()
  readonly #dynamic = new Set<string>()

  constructor(name: string, fields: readonly AnyField[]) {
    this.name = name
    this.fields = fields
    for (const field of fields) this.#own(field)
    for (const field of fields) if ('embed' in field) this.#promote(field)
    const shadowed = new Set(fields.filter((field) => !('embed' in field)).map((field) => field.name))
    this.jsonFields = fields.flatMap((field) => jsonFieldsOf(field, shadowed))
  }

  #own(field: AnyField): void {
    if (!exported(field.name)) this.#hidden.add(field.name)
    else if ('embed' in field) this.#getters.set(field.name, (source) => new GoStruct(field.embed, field.get(source)))
    else this.#getters.set(field.name, (source) => field.get(source))
    if ('dynamic' in field && field.dynamic === true) this.#dynamic.add(field.name)
  }

  #promote(outer: EmbeddedField<unknown>): void {
    for (const [name, get] of outer.embed.#getters) {
      if (!this.#getters.has(name)) this.#getters.set(name, (source) => get(outer.get(source)))
    }
    for (const name of outer.embed.#hidden) this.#hidden.add(name)
    for (const name of outer.embed.#dynamic) this.#dynamic.add(name)
  }

  /** The reader of an exported field, its own or an embedded one's. */
  getter(name: string): Getter | undefined {
    return this.#getters.get(name)
  }

  isDynamic(name: string): boolean {
    return this.#dynamic.has(name)
  }

  isUnexported(name: string): boolean {
    return this.#hidden.has(name)
  }

  of(source: unknown): GoStruct {
    return new GoStruct(this, source)
  }
}

const jsonFieldsOf = (field: AnyField, shadowed: ReadonlySet<string>): readonly JsonField[] => {
  if ('embed' in field) {
    return field.embed.jsonFields
      .filter((inner) => !shadowed.has(inner.key))
      .map((inner) => ({ ...inner, get: (source: unknown) => inner.get(field.get(source)) }))
  }
  if (!exported(field.name) || field.json === '-') return []
  const key = field.json ?? field.name
  const omitEmpty = field.omitEmpty === true
  return [{ key, label: `${jsonString(key)}:`, omitEmpty, get: (source) => field.get(source) }]
}

/** A struct value: a type and the object its fields are read from. */
export class GoStruct extends GoValue {
  readonly kind = 'struct'
  readonly of: GoStructType
  readonly source: unknown

  constructor(of: GoStructType, source: unknown) {
    super()
    this.of = of
    this.source = source
  }

  get type(): string {
    return this.of.name
  }
}

/** A struct type over source objects of one TypeScript type, checked where values are made. */
export interface StructTypeOf<T> {
  readonly type: GoStructType
  of(source: T): GoStruct
}

/** Declares a struct type; `name` is what error messages call it (`pkg.Name`). */
export const structType = <T>(
  name: string,
  fields: readonly (StructField<T> | EmbeddedField<T>)[],
): StructTypeOf<T> => {
  const type = new GoStructType(name, fields as readonly AnyField[])
  return { type, of: (source) => new GoStruct(type, source) }
}
