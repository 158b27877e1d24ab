// The options of an alert handler as data: what a script calls them, what a topic handler's JSON calls them, how each
// form is read. `iconEmoji` and `icon-emoji` are one option by rule. Knows nothing of single handlers.
import { parseDuration, parseGoDuration } from '../../base/duration.ts'
import type { Int } from '../../base/int64.ts'
import type { Plain } from '../../base/plain.ts'
import { arg, type Fields, field, type TaggedArg } from '../../lang/fields.ts'

type ScriptField = Fields[string]

export interface OptionSpec<T> {
  readonly doc: string
  /** What stands when nobody sets it. */
  readonly initial: T
  /** How a script sets it, beside positional arguments; undefined when only those or only JSON do. */
  readonly script: ScriptField | undefined
  /** The script's name, when it is not the option's own. */
  readonly scriptName?: string | undefined
  /** The JSON key, when it is not the option's name in kebab-case. */
  readonly key?: string | undefined
  /** Reads the JSON form; throws Error with the reason, as in `must be text`. */
  readonly decode: (json: unknown) => T
  readonly _t?: { readonly t: T }
}

export type OptionSpecs = Readonly<Record<string, OptionSpec<never>>>
export type OptionsOf<O> = {
  readonly [K in keyof O]: O[K] extends { readonly _t?: infer P }
    ? Exclude<P, undefined> extends { readonly t: infer T }
      ? T
      : never
    : never
}

export interface OptionNames<T> {
  readonly initial?: T
  readonly key?: string
  readonly scriptName?: string
  /** False: scripts can't set it by name. */
  readonly script?: false
}

function spec<T>(
  doc: string,
  initial: T,
  script: ScriptField,
  decode: (json: unknown) => T,
  o: OptionNames<T>,
): OptionSpec<T> {
  return { doc, initial, decode, script: o.script === false ? undefined : script, key: o.key, scriptName: o.scriptName }
}

function text(json: unknown): string {
  if (typeof json !== 'string') throw new Error('must be text')
  return json
}

function truth(json: unknown): boolean {
  if (typeof json !== 'boolean') throw new Error('must be true or false')
  return json
}

function whole(json: unknown): number {
  if (typeof json !== 'number' || !Number.isSafeInteger(json)) throw new Error('must be a whole number')
  return json
}

/** Nanoseconds: a number of them, or text such as `10s`. */
function duration(json: unknown): Int {
  if (typeof json === 'number' && Number.isSafeInteger(json)) return json
  const parsed = typeof json === 'string' ? (parseDuration(json) ?? parseGoDuration(json)) : undefined
  if (parsed === undefined) throw new Error('must be a duration: nanoseconds, or text such as "10s"')
  return parsed
}

function list(json: unknown): readonly string[] {
  if (!Array.isArray(json) || !json.every((x) => typeof x === 'string')) throw new Error('must be a list of texts')
  return json as string[]
}

function table(json: unknown): Readonly<Record<string, string>> {
  const isTable = typeof json === 'object' && json !== null && !Array.isArray(json)
  if (!isTable || !Object.values(json).every((x) => typeof x === 'string')) throw new Error('must map names to texts')
  return json as Record<string, string>
}

/** Texts, numbers, truth values and lists of them, as JSON has them; durations become nanoseconds. */
export type OptionValue = Plain

function plainOf(a: TaggedArg): OptionValue {
  switch (a.type) {
    case 'int':
    case 'float':
    case 'string':
    case 'bool':
    case 'duration':
      return a.value
    case 'list':
      return a.value.map(plainOf)
    default:
      throw new Error('must be text, a number, a duration, true or false')
  }
}

/** An argument that gives the value; whether a whole number was a float is not known any more. */
function taggedOf(value: OptionValue): TaggedArg {
  switch (typeof value) {
    case 'string':
      return { type: 'string', value }
    case 'boolean':
      return { type: 'bool', value }
    case 'bigint':
      return { type: 'int', value }
    case 'number':
      return { type: Number.isSafeInteger(value) ? 'int' : 'float', value }
    default:
      return { type: 'list', value: (value as readonly OptionValue[]).map(taggedOf) }
  }
}

function values(json: unknown): Readonly<Record<string, OptionValue>> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new Error('must map names to values')
  return json as Record<string, OptionValue>
}

/** Builders of options. Each takes its sentence of documentation first. */
export const option = {
  string: (doc: string, o: OptionNames<string> = {}) =>
    spec<string>(doc, o.initial ?? '', field.string(doc, o.initial ?? ''), text, o),
  int: (doc: string, o: OptionNames<number> = {}) =>
    spec<number>(doc, o.initial ?? 0, field.int(doc, o.initial ?? 0), whole, o),
  /** `.name(TRUE)` in scripts. */
  bool: (doc: string, o: OptionNames<boolean> = {}) =>
    spec<boolean>(doc, o.initial ?? false, field.bool(doc, o.initial ?? false), truth, o),
  /** `.name()` in scripts. */
  flag: (doc: string, o: OptionNames<boolean> = {}) =>
    spec<boolean>(doc, o.initial ?? false, field.flag(doc), truth, o),
  /** Nanoseconds. */
  duration: (doc: string, o: OptionNames<Int> = {}) =>
    spec<Int>(doc, o.initial ?? 0, field.duration(doc, o.initial ?? 0), duration, o),
  /** `.name('a', 'b')`: replaces what was there. */
  strings: (doc: string, o: OptionNames<readonly string[]> = {}) =>
    spec<readonly string[]>(doc, o.initial ?? [], field.strings(doc), list, o),
  /** `.name('a', 'b')`: adds to what was there. */
  moreStrings: (doc: string, o: OptionNames<readonly string[]> = {}) =>
    spec<readonly string[]>(doc, o.initial ?? [], field.moreStrings(doc), list, o),
  /** `.name('key', 'value')`: one entry a call. */
  map: (doc: string, o: OptionNames<Readonly<Record<string, string>>> = {}) =>
    spec<Readonly<Record<string, string>>>(doc, o.initial ?? {}, field.map(doc), table, o),
  /** `.name('key', value)`: one entry a call, its value of any kind. */
  values: (doc: string, o: OptionNames<Readonly<Record<string, OptionValue>>> = {}) => {
    const script = field.method<Readonly<Record<string, OptionValue>>>(doc, {
      args: [arg.string('The name.'), arg.any(doc, ['int', 'float', 'string', 'bool', 'duration', 'list'])],
      initial: {},
      apply: (before, [name, value]) => ({ ...before, [name as string]: plainOf(value as TaggedArg) }),
      shape: 'map',
      calls: (all) => Object.entries(all).map(([name, value]) => [name, taggedOf(value)]),
    })
    return spec<Readonly<Record<string, OptionValue>>>(doc, o.initial ?? {}, script, values, o)
  },
  /** Any other: `script` is the field that sets it in scripts. */
  custom: <T>(
    doc: string,
    o: OptionNames<T> & { readonly initial: T; readonly field?: ScriptField; readonly decode: (json: unknown) => T },
  ): OptionSpec<T> => ({
    doc,
    initial: o.initial,
    decode: o.decode,
    script: o.script === false ? undefined : o.field,
    key: o.key,
    scriptName: o.scriptName,
  }),
}

/** `iconEmoji` → `icon-emoji`, `avatarURL` → `avatar-url`. */
export function kebab(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase()
}
