/**
 * The values a template works on, with Go's types: a bare JavaScript number is a float64, whole numbers are GoInt.
 * Owns their shapes, kinds, type names and zero values; must not know how they are printed, compared or encoded.
 */
import { type Int, normalizeInt } from '../../base/int64.ts'
import type { GoFunction } from './go-function.ts'
import { toBytes } from './go-utf8.ts'

export type GoKind =
  | 'bool'
  | 'int'
  | 'uint'
  | 'float'
  | 'complex'
  | 'string'
  | 'slice'
  | 'map'
  | 'struct'
  | 'func'
  | 'pointer'

/** What a template can read. null is nil in an interface{}, number a float64. */
export type TemplateValue = null | boolean | string | number | GoValue

/** A value on its way through a pipeline; undefined is the absence of any, what `<no value>` stands for. */
export type Maybe = TemplateValue | undefined

export type Methods = ReadonlyMap<string, GoMethod>

/** A method: `call` gets the receiver first. `flaw` is what Go says of a signature that no template can call. */
export interface GoMethod {
  readonly params: readonly string[]
  readonly flaw?: string
  call(receiver: GoValue, args: readonly Maybe[]): TemplateValue
}

const noMethods: Methods = new Map()

/** Every value with a Go type that JavaScript's own values cannot express. */
export abstract class GoValue {
  abstract readonly kind: GoKind
  /** The type's name as %T prints it. */
  abstract readonly type: string

  get methods(): Methods {
    return noMethods
  }

  /** What String() gives; undefined if the type has no such method. */
  word(): string | undefined {
    return undefined
  }

  /** What GoString() gives, for %#v. */
  goSyntax(): string | undefined {
    return undefined
  }
}

/** An integer as the engine keeps it, a number when it is safe, so that equal integers are `===`. */
export const normalInt = (value: Int): Int => (typeof value === 'bigint' ? normalizeInt(value) : value)

/** A whole number: int, int64, int32, uint8 and so on. */
export class GoInt extends GoValue {
  readonly value: Int
  readonly type: string
  readonly kind: 'int' | 'uint'

  constructor(value: Int, type = 'int') {
    super()
    this.value = normalInt(value)
    this.type = type
    this.kind = type.startsWith('u') ? 'uint' : 'int'
  }
}

export const int64 = (value: Int): GoInt => new GoInt(value, 'int64')

export class GoComplex extends GoValue {
  readonly kind = 'complex'
  readonly type = 'complex128'
  readonly re: number
  readonly im: number

  constructor(re: number, im: number) {
    super()
    this.re = re
    this.im = im
  }
}

/** A string of a named type, such as template.JS, which html templates trust as what it says. */
export class GoNamedString extends GoValue {
  readonly kind = 'string'
  readonly type: string
  readonly text: string

  constructor(type: string, text: string) {
    super()
    this.type = type
    this.text = text
  }
}

const nameMethod: readonly [string, GoMethod] = [
  'String',
  { params: [], call: (receiver) => (receiver as GoNamedInt).name },
]
const bytesMethod: readonly [string, GoMethod] = [
  'MarshalText',
  { params: [], call: (receiver) => bytesOf((receiver as GoNamedInt).name) },
]
const namedMethods: Methods = new Map([nameMethod])
const textualMethods: Methods = new Map([nameMethod, bytesMethod])

/** An integer type with a String method: months, weekdays, alert levels. `textual` ones are words in JSON too. */
export class GoNamedInt extends GoValue {
  readonly kind = 'int'
  readonly type: string
  readonly value: number
  readonly name: string
  readonly textual: boolean

  constructor(type: string, value: number, name: string, textual = false) {
    super()
    this.type = type
    this.value = value
    this.name = name
    this.textual = textual
  }

  override get methods(): Methods {
    return this.textual ? textualMethods : namedMethods
  }

  override word(): string {
    return this.name
  }
}

/** What a map needs of its entries; a JavaScript Map is one. Keys may come in any order. */
export interface MapSource {
  readonly size: number
  get(key: string): TemplateValue | undefined
  keys(): Iterable<string>
}

/** A map with string keys. `elem` is the type of its values, 'interface {}' for mixed ones. */
export class GoMap extends GoValue {
  readonly kind = 'map'
  readonly elem: string
  readonly source: MapSource

  constructor(elem: string, source: MapSource) {
    super()
    this.elem = elem
    this.source = source
  }

  get type(): string {
    return `map[string]${this.elem}`
  }
}

export class GoSlice extends GoValue {
  readonly kind = 'slice'
  readonly elem: string
  readonly items: readonly TemplateValue[]

  constructor(elem: string, items: readonly TemplateValue[]) {
    super()
    this.elem = elem
    this.items = items
  }

  get type(): string {
    return `[]${this.elem}`
  }
}

/** A text as []byte. */
export const bytesOf = (text: string): GoSlice =>
  new GoSlice(
    'uint8',
    Array.from(toBytes(text), (byte) => new GoInt(byte, 'uint8')),
  )

/** A function as a value, for `call`. */
export class GoFunc extends GoValue {
  readonly kind = 'func'
  readonly type: string
  readonly function: GoFunction

  constructor(type: string, fn: GoFunction) {
    super()
    this.type = type
    this.function = fn
  }
}

export const typeOf = (value: boolean | string | number | GoValue): string => {
  if (typeof value === 'string') return 'string'
  if (typeof value === 'number') return 'float64'
  return typeof value === 'boolean' ? 'bool' : value.type
}

export const kindOf = (value: boolean | string | number | GoValue): GoKind => {
  if (typeof value === 'string') return 'string'
  if (typeof value === 'number') return 'float'
  return typeof value === 'boolean' ? 'bool' : value.kind
}

/** The zero value of a type, as a map gives it for a key it lacks. */
export const zeroOf = (type: string): TemplateValue => {
  if (type === 'string') return ''
  if (type === 'bool') return false
  if (type === 'float64') return 0
  if (/^u?int(8|16|32|64)?$/.test(type)) return new GoInt(0, type)
  if (type.startsWith('[]')) return new GoSlice(type.slice(2), [])
  if (type.startsWith('map[string]')) return new GoMap(type.slice(11), new Map())
  return null
}
