// Field specs: what a node or handler takes from a script, as data. Binding, checks, documentation, JSON forms and
// the type of `params` all follow from them. Knows nothing of graphs or points.
import type { Int } from '../base/int64.ts'
import type { LambdaNode } from './ast.ts'

/** A lambda as a parameter: every identifier in it is already replaced by the literal it stood for. */
export interface LambdaParam {
  readonly node: LambdaNode
}

export interface RegexParam {
  readonly regex: string
}

/** The star `*`. */
export const STAR: unique symbol = Symbol('*')

/** Another node of the pipeline, as an argument of join or union. The evaluator's node; opaque here. */
export interface NodeRef {
  readonly id: number
  /** As messages show it: `*pipeline.FromNode`. */
  readonly goType?: string
}

export interface ArgTypes {
  /** A bare int (`arg.int`) comes as a number; a tagged one may be a bigint. */
  int: Int
  float: number
  string: string
  bool: boolean
  duration: Int
  lambda: LambdaParam
  regex: RegexParam
  star: typeof STAR
  node: NodeRef
}
export type ArgType = keyof ArgTypes

/** A value that carries its type, for arguments that accept several. */
export type TaggedArg =
  | { readonly [T in ArgType]: { readonly type: T; readonly value: ArgTypes[T] } }[ArgType]
  | { readonly type: 'list'; readonly value: readonly TaggedArg[] }
  | { readonly type: 'time'; readonly value: { readonly length: Int; readonly offset: Int } }
  /** What no argument can use, such as a name in double quotes; the value is its Go type name. */
  | { readonly type: 'other'; readonly value: string }
export type TaggedType = TaggedArg['type']

/** For an argument that takes whatever comes, so that a check can say what it wants. */
export const ANY_TYPES: readonly TaggedType[] = [
  'int',
  'float',
  'string',
  'bool',
  'duration',
  'lambda',
  'regex',
  'star',
  'node',
  'list',
  'time',
  'other',
]

const GO_TYPES: Readonly<Record<TaggedType, string>> = {
  int: 'int64',
  float: 'float64',
  string: 'string',
  bool: 'bool',
  duration: 'time.Duration',
  lambda: '*ast.LambdaNode',
  regex: '*regexp.Regexp',
  star: '*ast.StarNode',
  node: 'pipeline.Node',
  list: '[]interface {}',
  time: 'pipeline.TimeDimension',
  other: 'interface {}',
}

/** The type name that compatible messages show for a wanted type: `time.Duration`. */
export function goTypeName(type: TaggedType): string {
  return GO_TYPES[type]
}

/** The type name that compatible messages show for a value that was given. */
export function goTypeOf(a: TaggedArg): string {
  if (a.type === 'other') return a.value
  return (a.type === 'node' ? a.value.goType : undefined) ?? GO_TYPES[a.type]
}

/** One argument of a call. With one type the value comes bare, with several it comes tagged. */
export interface ArgBase {
  readonly types: readonly TaggedType[]
  readonly doc: string
  /** Bounds for int, float and duration (nanoseconds); outside of them the script is refused with the call's position. */
  readonly min?: number
  readonly max?: number
  /** Extra check of a single value: the reason it can't be taken, or undefined; the message gets the call's position. */
  readonly check?: (value: never) => string | undefined
}

/** An argument whose value has the type T. */
export interface Arg<T> extends ArgBase {
  readonly check?: (value: T) => string | undefined
  readonly _t?: Phantom<T>
}

/** Carries a type that no value has. */
interface Phantom<T> {
  readonly t: T
}

/** Bare value for one type, tagged for several. */
export type ArgValue = ArgTypes[ArgType] | TaggedArg

/** A property that takes exactly one value, set with `=`-like semantics: setting again overwrites. */
export interface PropertySpec<T> {
  readonly is: 'property'
  readonly arg: Arg<T>
  readonly initial: T
  readonly doc: string
  readonly _t?: Phantom<T>
}

/**
 * How the value of a method stands in JSON, and so which calls lead to it. `flag`: true or false, a call without
 * arguments. `value`: the only argument, null without a call. `list`: the arguments of the one call. `each`: the only
 * arguments of several calls. `map`: an object, a call for each entry. `calls`: the arguments of each call.
 */
export type MethodShape = 'flag' | 'value' | 'list' | 'each' | 'map' | 'calls'

/** A property that is a method: any number of arguments, accumulating or replacing. */
export interface MethodSpec<T> {
  readonly is: 'method'
  readonly args: readonly ArgBase[]
  /** Type of further arguments; none when not given. */
  readonly rest?: ArgBase
  /** Fewer than `args.length` arguments are allowed down to this many. */
  readonly min?: number
  readonly initial: T
  /** The new value; throws Error with the reason when the arguments can't be taken. */
  readonly apply: (previous: T, args: readonly ArgValue[]) => T
  /** Follows from the arguments when not given. */
  readonly shape?: MethodShape
  /** The arguments of the calls that lead from the default to a value; follows from the shape when not given. */
  readonly calls?: (value: T) => readonly (readonly ArgValue[])[]
  readonly doc: string
  readonly _t?: Phantom<T>
}

/** A handler-like property: returns an object with properties of its own; each call adds one to the list. */
export interface ObjectSpec {
  readonly is: 'object'
  /** Kind of the object, such as `slack`. */
  readonly kind: string
  /** Go type name that compatible messages show; `SlackHandler` for the kind `slack` when not given. */
  readonly typeName?: string
  readonly args: readonly ArgBase[]
  readonly rest?: ArgBase
  readonly min?: number
  readonly fields: Fields
  /** Names of the positional arguments in the object's params; further ones go to `restName` as an array. */
  readonly argNames: readonly string[]
  readonly restName?: string
  /** Cross-field check when the script is defined: the reason it can't be taken. */
  readonly check?: (params: Readonly<Record<string, unknown>>) => string | undefined
  readonly doc: string
  readonly _t?: Phantom<readonly ObjectParam[]>
}

/** What an ObjectSpec collects, one per call, in order. */
export interface ObjectParam {
  readonly kind: string
  readonly params: Readonly<Record<string, unknown>>
}

export type FieldSpec = PropertySpec<never> | MethodSpec<never> | ObjectSpec
/** Keyed by the script name (camelCase). */
export type Fields = Readonly<Record<string, { readonly is: string; readonly doc: string; readonly _t?: unknown }>>
export type ParamsOf<F> = { readonly [K in keyof F]: F[K] extends { readonly _t?: Phantom<infer T> } ? T : never }

type ArgOptions<T> = { readonly min?: number; readonly max?: number; readonly check?: (value: T) => string | undefined }

/** Builders of single arguments. */
export const arg = {
  int: (doc: string, o: ArgOptions<number> = {}): Arg<number> => ({ types: ['int'], doc, ...o }),
  float: (doc: string, o: ArgOptions<number> = {}): Arg<number> => ({ types: ['float'], doc, ...o }),
  string: (doc: string, o: ArgOptions<string> = {}): Arg<string> => ({ types: ['string'], doc, ...o }),
  bool: (doc: string): Arg<boolean> => ({ types: ['bool'], doc }),
  duration: (doc: string, o: ArgOptions<Int> = {}): Arg<Int> => ({ types: ['duration'], doc, ...o }),
  lambda: (doc: string): Arg<LambdaParam> => ({ types: ['lambda'], doc }),
  node: (doc: string): Arg<NodeRef> => ({ types: ['node'], doc }),
  /** A value of one of several types; it comes tagged. */
  any: (doc: string, types: readonly TaggedType[], o: ArgOptions<TaggedArg> = {}): Arg<TaggedArg> => ({
    types,
    doc,
    ...o,
  }),
}

function property<T>(a: Arg<T>, initial: T, doc: string): PropertySpec<T> {
  return { is: 'property', arg: a, initial, doc }
}

/** Builders of properties. Each takes its documentation sentence first; the default is what stands when the script is silent. */
export const field = {
  int: (doc: string, initial = 0, o: ArgOptions<number> = {}) => property<number>(arg.int(doc, o), initial, doc),
  float: (doc: string, initial = 0, o: ArgOptions<number> = {}) => property<number>(arg.float(doc, o), initial, doc),
  string: (doc: string, initial = '', o: ArgOptions<string> = {}) => property<string>(arg.string(doc, o), initial, doc),
  bool: (doc: string, initial = false) => property<boolean>(arg.bool(doc), initial, doc),
  duration: (doc: string, initial: Int = 0, o: ArgOptions<Int> = {}) =>
    property<Int>(arg.duration(doc, o), initial, doc),
  lambda: (doc: string): PropertySpec<LambdaParam | undefined> => ({
    is: 'property',
    arg: arg.lambda(doc) as Arg<LambdaParam | undefined>,
    initial: undefined,
    doc,
  }),
  /** A plain property that accepts several types; undefined until set. */
  any: (
    doc: string,
    types: readonly TaggedType[],
    o: ArgOptions<TaggedArg> = {},
  ): PropertySpec<TaggedArg | undefined> => ({
    is: 'property',
    arg: arg.any(doc, types, o) as Arg<TaggedArg | undefined>,
    initial: undefined,
    doc,
  }),
  /** `.name()` without arguments. */
  flag: (doc: string): MethodSpec<boolean> => ({ is: 'method', args: [], initial: false, apply: () => true, doc }),
  /** `.name('a', 'b')`: replaces what was there. */
  strings: (doc: string): MethodSpec<readonly string[]> => ({
    is: 'method',
    args: [],
    rest: arg.string(doc),
    initial: [],
    apply: (_, a) => a as readonly string[],
    doc,
  }),
  /** `.name('a', 'b')`: adds to what was there. */
  moreStrings: (doc: string): MethodSpec<readonly string[]> => ({
    is: 'method',
    args: [],
    rest: arg.string(doc),
    initial: [],
    apply: (p, a) => [...p, ...(a as readonly string[])],
    doc,
  }),
  /** `.name('key', value)`: one entry a call, a later one of the same key replaces. */
  map: (doc: string, value: ArgBase = arg.string(doc)): MethodSpec<Readonly<Record<string, ArgValue>>> => ({
    is: 'method',
    args: [arg.string('The name.'), value],
    initial: {},
    apply: (p, a) => ({ ...p, [a[0] as string]: a[1]! }),
    doc,
  }),
  /** Any other method. */
  method: <T>(
    doc: string,
    o: {
      readonly args?: readonly ArgBase[]
      readonly rest?: ArgBase
      readonly min?: number
      readonly initial: T
      readonly apply: (previous: T, args: readonly ArgValue[]) => T
      readonly shape?: MethodShape
      readonly calls?: (value: T) => readonly (readonly ArgValue[])[]
    },
  ): MethodSpec<T> => ({
    is: 'method',
    args: o.args ?? [],
    initial: o.initial,
    apply: o.apply,
    doc,
    ...(o.rest ? { rest: o.rest } : {}),
    ...(o.min === undefined ? {} : { min: o.min }),
    ...(o.shape ? { shape: o.shape } : {}),
    ...(o.calls ? { calls: o.calls } : {}),
  }),
}

/** Every node has this one. */
export const QUIET = field.flag('Suppresses the error log of this node; errors are still counted.')
