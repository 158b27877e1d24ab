// The options of a handler's service test as data: what they are when nobody says anything, and how they are read from
// JSON. Words of refusals are the reference's. Knows nothing of single handlers.

import { parseGoDuration } from '../../base/duration.ts'
import type { Json } from '../../base/json-reader.ts'
import type { Writable } from '../../base/json-writer.ts'
import { redactUrl } from '../../base/redact-url.ts'
import { parseTime } from '../../base/time.ts'
import { parseLevel } from '../level.ts'

export interface TestOption<T> {
  /** What stands when nobody sets it. */
  readonly initial: T
  /** The JSON form laid over `before`; throws Error with the reason. `where` names the option in reasons. */
  readonly decode: (json: Json, before: T, where: string) => T
  readonly _t?: { readonly t: T }
}

/** Options whose types have been forgotten. */
export type TestOptions = Readonly<Record<string, AnyTestOption>>

interface AnyTestOption {
  readonly initial: unknown
  readonly decode: (json: Json, before: never, where: string) => unknown
}

export type TestOptionsOf<O> = {
  readonly [K in keyof O]: O[K] extends { readonly _t?: infer P }
    ? Exclude<P, undefined> extends { readonly t: infer T }
      ? T
      : never
    : never
}

/** A value of the options: JSON without surprises. */
export type TestValue = Writable

function kindOf(json: Json): string {
  if (Array.isArray(json)) return 'array'
  switch (typeof json) {
    case 'string':
      return 'string'
    case 'boolean':
      return 'bool'
    case 'number':
    case 'bigint':
      return 'number'
    default:
      return 'object'
  }
}

export function mismatch(json: Json, where: string, goType: string): Error {
  return new Error(`json: cannot unmarshal ${kindOf(json)} into Go struct field testOptions.${where} of type ${goType}`)
}

function plainObject(json: Json): json is { [key: string]: Json } {
  return kindOf(json) === 'object'
}

function text(json: Json, where: string, goType = 'string'): string {
  if (typeof json !== 'string') throw mismatch(json, where, goType)
  return json
}

function textOption(initial: string, check: (text: string) => string | undefined, goType = 'string') {
  const decode = (json: Json, _: string, where: string): string => {
    const value = text(json, where, goType)
    const reason = check(value)
    if (reason !== undefined) throw new Error(reason)
    return value
  }
  return { initial, decode } as TestOption<string>
}

/** Builders of test options. Each takes its default. */
export const testOption = {
  string: (initial = ''): TestOption<string> => textOption(initial, () => undefined),
  /** The word of a level. */
  level: (initial = 'CRITICAL'): TestOption<string> => ({
    initial,
    decode: (json, _, where) => {
      const word = text(json, where, 'alert.Level')
      const level = word === '' ? undefined : parseLevel(word)
      if (level === undefined) throw new Error(`unknown alert level '${word}'`)
      return word.toUpperCase()
    },
  }),
  /** RFC 3339. */
  time: (initial: string): TestOption<string> =>
    textOption(
      initial,
      (t) => (parseTime(t) ? undefined : `parsing time "${t}" as RFC 3339: cannot parse it`),
      'time.Time',
    ),
  /** A duration as text: `24h0m0s`. */
  duration: (initial: string): TestOption<string> =>
    textOption(initial, (t) => (parseGoDuration(t) === undefined ? `time: invalid duration "${t}"` : undefined)),
  bool: (initial = false): TestOption<boolean> => ({
    initial,
    decode: (json, _, where) => {
      if (typeof json !== 'boolean') throw mismatch(json, where, 'bool')
      return json
    },
  }),
  int: (initial = 0, goType = 'int64'): TestOption<number> => ({
    initial,
    decode: (json, _, where) => {
      if (typeof json !== 'number' || !Number.isSafeInteger(json)) throw mismatch(json, where, goType)
      return json
    },
  }),
  /** Undefined is shown as null. */
  strings: (initial?: readonly string[]): TestOption<readonly string[] | undefined> => ({
    initial,
    decode: (json, _, where) => {
      if (!Array.isArray(json)) throw mismatch(json, where, '[]string')
      return json.map((item) => text(item, where))
    },
  }),
  /** Entries are added to those of the default. */
  texts: (initial: Readonly<Record<string, string>> = {}): TestOption<Readonly<Record<string, string>>> => ({
    initial,
    decode: (json, before, where) => {
      if (!plainObject(json)) throw mismatch(json, where, 'map[string]string')
      return { ...before, ...Object.fromEntries(Object.entries(json).map(([k, v]) => [k, text(v, where)])) }
    },
  }),
  /** Entries of any kind are added to those of the default. */
  values: (initial: Readonly<Record<string, TestValue>> = {}): TestOption<Readonly<Record<string, TestValue>>> => ({
    initial,
    decode: (json, before, where) => {
      if (!plainObject(json)) throw mismatch(json, where, 'map[string]interface {}')
      return { ...before, ...(json as Readonly<Record<string, TestValue>>) }
    },
  }),
  /** Objects of texts, such as links. */
  rows: <K extends string>(
    keys: readonly K[],
    initial: readonly Readonly<Record<K, string>>[],
  ): TestOption<readonly Readonly<Record<K, string>>[]> => ({
    initial,
    decode: (json, _, where) => {
      if (!Array.isArray(json)) throw mismatch(json, where, 'list')
      return json.map((row) => {
        if (!plainObject(row)) throw mismatch(row, where, 'struct')
        const given = new Map(Object.entries(row).map(([k, v]) => [k.toLowerCase(), v]))
        const cells = keys.map((k) => [k, text(given.get(k.toLowerCase()) ?? '', `${where}.${k}`)])
        return Object.fromEntries(cells) as Record<K, string>
      })
    },
  }),
  /** Any other. */
  custom: <T>(initial: T, decode: (json: Json, before: T, where: string) => T): TestOption<T> => ({ initial, decode }),
}

/**
 * The options with a request's JSON laid over the defaults. Keys match in any case, unknown ones are passed over, null
 * keeps what was there. Throws Error with the reason.
 */
export function decodeTestOptions(options: TestOptions, json: Json): Readonly<Record<string, unknown>> {
  const values: Record<string, unknown> = {}
  const names = new Map<string, string>()
  for (const [name, o] of Object.entries(options)) {
    values[name] = o.initial
    names.set(name.toLowerCase(), name)
  }
  if (json === null) return values
  if (!plainObject(json)) throw new Error(`json: cannot unmarshal ${kindOf(json)} into Go value of type testOptions`)
  for (const [key, value] of Object.entries(json)) {
    const name = names.get(key.toLowerCase())
    if (name === undefined || value === null) continue
    values[name] = options[name]!.decode(value, values[name] as never, name)
  }
  return values
}

/** The options as the API shows them. */
export function shownTestOptions(options: TestOptions): Readonly<Record<string, Writable>> {
  return Object.fromEntries(Object.entries(options).map(([name, o]) => [name, shownValue(o.initial)]))
}

/** As a client may send it back; but a password in an address is not shown. */
function shownValue(initial: unknown): Writable {
  return (typeof initial === 'string' ? redactUrl(initial) : (initial ?? null)) as Writable
}
