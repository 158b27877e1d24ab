// What a lambda function is: one declaration with its signatures, documentation and examples that run as tests.
// A table of them is handed to the compiler; nothing registers itself.
import type { Plain } from '../../base/plain.ts'
import type { Time } from '../../base/time.ts'
import type { LambdaKind, LambdaValue, LambdaValues } from './kinds.ts'

/** One way to call a function. `run` may throw EvaluationError (see callError). */
export interface Signature {
  readonly args: readonly LambdaKind[]
  readonly gives: LambdaKind
  readonly run: (...args: never[]) => LambdaValue
  /** Whether `run` may throw. */
  readonly fails?: boolean
  /** Whether the result is the same whatever the arguments are. */
  readonly fixed?: boolean
}

/** What an evaluation knows besides the point: the time `now()` gives. Match expressions bring their event in it. */
export type Context = Time

/** Numbers that a stateful function remembers between calls: plain, so that it survives a restart. */
export type Cell = number[]

export interface LambdaFunction {
  readonly name: string
  readonly doc: string
  /** Expressions and what they give as text, as `string()` would print it; they run as tests. */
  readonly examples: readonly (readonly [expression: string, result: string])[]
  readonly signatures: readonly Signature[]
  /** `cell`: the first argument of `run` is its Cell. `context`: it is the Context. */
  readonly needs?: 'cell' | 'context'
  /** The cell before the first call. */
  readonly newCell?: () => Cell
  /** Equal arguments do not always give equal results. */
  readonly varies?: boolean
  /** It is `if`: the compiler may choose without a call. */
  readonly chooses?: boolean
  /** Why no call with these constant arguments can be; `undefined` stands for an argument known only later. */
  readonly refuse?: (args: readonly (LambdaValue | undefined)[]) => string | undefined
}

export type FunctionTable = ReadonlyMap<string, LambdaFunction>

/** A table of declarations; a later one of the same name takes the earlier one's place. */
export function functionTable(...lists: readonly (readonly LambdaFunction[])[]): FunctionTable {
  return new Map(lists.flat().map((f) => [f.name, f]))
}

type ArgsOf<A extends readonly LambdaKind[]> = { readonly [I in keyof A]: LambdaValues[A[I]] }

/** A signature whose `run` is checked against the kinds. */
export function signature<const A extends readonly LambdaKind[], G extends LambdaKind>(
  args: A,
  gives: G,
  run: (...args: ArgsOf<A>) => LambdaValues[G],
): Signature {
  return { args, gives, run: run as unknown as Signature['run'] }
}

/** A signature whose `run` may throw. */
export function failing(s: Signature): Signature {
  return { ...s, fails: true }
}

/** A signature of a function that remembers. */
export function cellSignature<const A extends readonly LambdaKind[], G extends LambdaKind>(
  args: A,
  gives: G,
  run: (cell: Cell, ...args: ArgsOf<A>) => LambdaValues[G],
): Signature {
  return { args, gives, run: run as unknown as Signature['run'] }
}

/** A signature of a function that asks its surroundings; C is what the caller passes as the context. */
export function contextSignature<const A extends readonly LambdaKind[], G extends LambdaKind, C extends Context>(
  args: A,
  gives: G,
  run: (context: C, ...args: ArgsOf<A>) => LambdaValues[G],
): Signature {
  return { args, gives, run: run as unknown as Signature['run'] }
}

/** `(float,float)`, as messages print a signature. */
export function signatureText(s: { readonly args: readonly LambdaKind[] }, name: (k: LambdaKind) => string): string {
  return `(${s.args.map(name).join(',')})`
}

/** Fresh state for a list of cells; what a node keeps. */
export type LambdaState = Plain[]
