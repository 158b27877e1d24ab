// The keys of a configuration section as data: type, default, documentation, secrecy. Reading files, environment and
// overrides, showing and documenting the configuration all follow from it. A handler's own declaration of its keys
// (alert/handlers/config-section.ts) has the same shape and stands in for one made here.
import type { Int } from '../../base/int64.ts'

interface FieldTypes {
  string: string
  bool: boolean
  int: number
  float: number
  /** Nanoseconds. In files a text such as `1m30s`, or a number of nanoseconds. */
  duration: Int
  /** Bytes. In files a number, or a text such as `64MiB`. */
  size: number
  strings: readonly string[]
  map: Readonly<Record<string, string>>
  /** Names to lists of texts. */
  listMap: Readonly<Record<string, readonly string[]>>
  /** A text or a number, as it stands. */
  any: unknown
}

export type FieldType = keyof FieldTypes | 'table' | 'tableMap'

export interface FieldOptions {
  /** The key in files, when it is not the field's name in kebab-case. */
  readonly key?: string
  /** Other spellings that files may use. */
  readonly aliases?: readonly string[]
  /** The key of the override API, when it is not that of the file. */
  readonly overrideKey?: string
  /** The values that a text may have, in lower case when `anyCase`. */
  readonly oneOf?: readonly string[]
  readonly anyCase?: boolean
  /** Bounds, inclusive, for numbers and durations. Durations and sizes are never negative. */
  readonly min?: number
  readonly max?: number
  /** Reason given when the section is on and this is empty. */
  readonly required?: string
  /** Stands in place of zero also in a list of several elements. */
  readonly always?: boolean
  /** The environment names have a further underscore before this key: the reference's name for an inlined group. */
  readonly extraUnderscore?: boolean
  /** What a value other than the default leads to while it is not served: a warning, or no start. */
  readonly unserved?: 'warn' | 'refuse'
  /** Not a key of the reference but one of this server. */
  readonly own?: boolean
}

export interface Field<T> extends FieldOptionsOrUndefined {
  readonly type: FieldType
  readonly initial: T
  readonly doc: string
  /** Never shown: it is only told whether it is set. */
  readonly secret: boolean
  /** Of a table, and of each table in a tableMap. */
  readonly fields?: Fields
  readonly _t?: { readonly t: T }
}

type FieldOptionsOrUndefined = { readonly [K in keyof FieldOptions]?: FieldOptions[K] | undefined }

export type Fields = Readonly<Record<string, Field<never>>>

/** The values of a section, under the fields' names. */
export type ValuesOf<F> = {
  readonly [K in keyof F]: F[K] extends { readonly _t?: infer P }
    ? Exclude<P, undefined> extends { readonly t: infer T }
      ? T
      : never
    : never
}

/** Values whose types have been forgotten. */
export type Values = Readonly<Record<string, unknown>>

function make<K extends keyof FieldTypes>(
  type: K,
  doc: string,
  initial: FieldTypes[K],
  o: FieldOptions & { readonly secret?: boolean },
): Field<FieldTypes[K]> {
  const { secret = false, ...rest } = o
  return { type, doc, initial, secret, ...rest }
}

/** Builders. Each takes its sentence of documentation first, then the default. */
export const field = {
  string: (doc: string, initial = '', o: FieldOptions = {}) => make('string', doc, initial, o),
  secret: (doc: string, initial = '', o: FieldOptions = {}) => make('string', doc, initial, { ...o, secret: true }),
  bool: (doc: string, initial = false, o: FieldOptions = {}) => make('bool', doc, initial, o),
  int: (doc: string, initial = 0, o: FieldOptions = {}) => make('int', doc, initial, o),
  float: (doc: string, initial = 0, o: FieldOptions = {}) => make('float', doc, initial, o),
  duration: (doc: string, initial: Int = 0, o: FieldOptions = {}) => make('duration', doc, initial, o),
  size: (doc: string, initial = 0, o: FieldOptions = {}) => make('size', doc, initial, o),
  strings: (doc: string, initial: readonly string[] = [], o: FieldOptions = {}) => make('strings', doc, initial, o),
  map: (doc: string, initial: Readonly<Record<string, string>> = {}, o: FieldOptions = {}) =>
    make('map', doc, initial, o),
  secretMap: (doc: string, o: FieldOptions = {}) => make('map', doc, {}, { ...o, secret: true }),
  listMap: (doc: string, initial: Readonly<Record<string, readonly string[]>> = {}, o: FieldOptions = {}) =>
    make('listMap', doc, initial, o),
  any: (doc: string, initial: unknown, o: FieldOptions = {}) => make('any', doc, initial, o),
  table: <const F extends Readonly<Record<string, unknown>>>(
    doc: string,
    fields: F,
    o: FieldOptions & { readonly secret?: boolean } = {},
  ): Field<ValuesOf<F>> => ({
    type: 'table',
    doc,
    initial: initialValues(fields as unknown as Fields) as ValuesOf<F>,
    fields: fields as unknown as Fields,
    secret: o.secret ?? false,
    ...o,
  }),
  /** Tables under names of the user's choice: `[section.key.NAME]`. */
  tableMap: <const F extends Readonly<Record<string, unknown>>>(
    doc: string,
    fields: F,
    o: FieldOptions = {},
  ): Field<Readonly<Record<string, ValuesOf<F>>>> => ({
    type: 'tableMap',
    doc,
    initial: {},
    fields: fields as unknown as Fields,
    secret: false,
    ...o,
  }),
}

/** `bindAddress` → `bind-address`, `avatarURL` → `avatar-url`. */
export function kebab(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase()
}

/** The key of a field in files. */
export function keyOf(name: string, f: Field<never>): string {
  return f.key ?? kebab(name)
}

/** The values that stand when nothing is said. */
export function initialValues(fields: Fields): Values {
  return Object.fromEntries(Object.entries(fields).map(([name, f]) => [name, f.initial as unknown]))
}

export function zeroOf(f: Field<never>): unknown {
  switch (f.type) {
    case 'string':
      return ''
    case 'bool':
      return false
    case 'int':
    case 'float':
    case 'duration':
    case 'size':
      return 0
    case 'strings':
      return []
    case 'any':
      return undefined
    case 'table':
      return zeroValues(f.fields ?? {})
    case 'map':
    case 'listMap':
    case 'tableMap':
      return {}
  }
}

/** The values of an element that starts from nothing; fields that always have their default keep it. */
export function zeroValues(fields: Fields): Values {
  return Object.fromEntries(Object.entries(fields).map(([name, f]) => [name, f.always ? f.initial : zeroOf(f)]))
}

/** Whether a value is the empty one of its type. */
export function isZero(f: Field<never>, value: unknown): boolean {
  switch (f.type) {
    case 'strings':
      return (value as readonly string[]).length === 0
    case 'map':
    case 'listMap':
    case 'tableMap':
      return Object.keys(value as object).length === 0
    case 'table':
      return Object.entries(f.fields ?? {}).every(([name, inner]) => isZero(inner, (value as Values)[name]))
    case 'any':
      return value === undefined || value === '' || value === 0
    default:
      return value === zeroOf(f)
  }
}
