// The configuration section of a handler as data: its keys with type, default and secrecy. The server reads files,
// environment and overrides by it. Knows nothing of files or single handlers.
import type { Int } from '../../base/int64.ts'

interface ConfigTypes {
  string: string
  bool: boolean
  int: number
  /** Nanoseconds. */
  duration: Int
  strings: readonly string[]
  map: Readonly<Record<string, string>>
  /** Any TOML value. */
  any: unknown
}

/** What a key's declaration may say beside its type; the server's own keys say the same. */
export interface ConfigOptions {
  /** The key, when it is not the field's name in kebab-case. */
  readonly key?: string
  /** Other spellings that files may use. */
  readonly aliases?: readonly string[]
  /** The key of the override API, when it is not that of the file. */
  readonly overrideKey?: string
  /** The values that a text may have, beside the empty one. */
  readonly oneOf?: readonly string[]
  /** Bounds of a number, inclusive. */
  readonly min?: number
  readonly max?: number
  /** Reason given when the section is on and this is empty. */
  readonly required?: string
  /** Environment names have a further underscore before this key: the reference's name for an inlined group. */
  readonly extraUnderscore?: boolean
}

type ConfigOptionsOrUndefined = { readonly [K in keyof ConfigOptions]?: ConfigOptions[K] | undefined }

export interface ConfigField<T> extends ConfigOptionsOrUndefined {
  readonly type: keyof ConfigTypes | 'table'
  readonly initial: T
  readonly doc: string
  /** Never shown: the API tells only whether it is set. */
  readonly secret: boolean
  /** Of a table. */
  readonly fields?: ConfigFields
  readonly _t?: { readonly t: T }
}

export type ConfigFields = Readonly<Record<string, ConfigField<never>>>
export type ConfigOf<F> = {
  readonly [K in keyof F]: F[K] extends { readonly _t?: infer P }
    ? Exclude<P, undefined> extends { readonly t: infer T }
      ? T
      : never
    : never
}

export interface ConfigSection {
  /** Name of the section: `[slack]`. */
  readonly section: string
  /** The section may stand several times. */
  readonly list?: ConfigList
  readonly fields: ConfigFields
  /** What is wrong with one element, in the reference's words; undefined when it can be taken. */
  readonly check?: (values: Readonly<Record<string, unknown>>) => string | undefined
  /** What is wrong with the elements together. */
  readonly checkAll?: (elements: readonly Readonly<Record<string, unknown>>[]) => string | undefined
  /** A global handler makes every alert send state changes only, whatever `state-changes-only` says. */
  readonly globalMeansChanges?: boolean
}

/** How the elements of a `[[section]]` come about. */
export interface ConfigList {
  /** The key that tells elements apart. */
  readonly key: string
  /** Without any element in the file there is one with the defaults. */
  readonly prefilled?: boolean
  /** The key's value in the defaults, when the field's own default is empty. */
  readonly initialElement?: string
  /** What a single element's unset keys are: the defaults, or zero. With several they are zero. */
  readonly single?: 'defaults' | 'zero'
  /** `[section]` may stand for one element. */
  readonly table?: boolean
}

function make<K extends keyof ConfigTypes>(
  type: K,
  doc: string,
  initial: ConfigTypes[K],
  secret: boolean,
  o: ConfigOptions,
): ConfigField<ConfigTypes[K]> {
  return { type, doc, initial, secret, ...o }
}

/** Builders of configuration keys. */
export const config = {
  string: (doc: string, initial = '', o: ConfigOptions = {}) => make('string', doc, initial, false, o),
  secret: (doc: string, initial = '', o: ConfigOptions = {}) => make('string', doc, initial, true, o),
  bool: (doc: string, initial = false, o: ConfigOptions = {}) => make('bool', doc, initial, false, o),
  int: (doc: string, initial = 0, o: ConfigOptions = {}) => make('int', doc, initial, false, o),
  duration: (doc: string, initial: Int = 0, o: ConfigOptions = {}) => make('duration', doc, initial, false, o),
  strings: (doc: string, initial: readonly string[] = [], o: ConfigOptions = {}) =>
    make('strings', doc, initial, false, o),
  map: (doc: string, o: ConfigOptions = {}) => make('map', doc, {}, false, o),
  any: (doc: string, initial: unknown = undefined, o: ConfigOptions = {}) => make('any', doc, initial, false, o),
  table: <const F extends Readonly<Record<string, unknown>>>(
    doc: string,
    fields: F,
    o: ConfigOptions & { readonly secret?: boolean } = {},
  ): ConfigField<ConfigOf<F>> => ({
    type: 'table',
    doc,
    fields: fields as unknown as ConfigFields,
    initial: initialConfig(fields as unknown as ConfigFields) as ConfigOf<F>,
    secret: false,
    ...o,
  }),
}

/** The values that stand when a section is silent. */
export function initialConfig(fields: ConfigFields): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(fields).map(([name, f]) => [name, f.initial]))
}
