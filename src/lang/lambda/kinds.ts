// The types that lambda expressions compute with, their names in messages, and how their values look in JS.
// Knows nothing of trees, points or functions.
import type { Int } from '../../base/int64.ts'
import type { Time } from '../../base/time.ts'
import type { Kind } from '../../base/value.ts'
import type { Regex } from './regex.ts'

/** `missing` is the type of a name that neither a field nor a tag has. */
export type LambdaKind = 'float' | 'int' | 'string' | 'bool' | 'duration' | 'regex' | 'time' | 'missing'

/** A duration is an Int of nanoseconds, the value of `missing` is undefined. */
export interface LambdaValues {
  float: number
  int: Int
  string: string
  bool: boolean
  duration: Int
  regex: Regex
  time: Time
  missing: undefined
}

export type LambdaValue = LambdaValues[LambdaKind]

/** The kinds that a field can take from an expression. */
export type FieldKind = Exclude<Kind, 'null'>

export const FIELD_KINDS: ReadonlySet<string> = new Set<FieldKind>(['float', 'int', 'string', 'bool', 'duration'])

/** The word that messages have for a kind. */
export function kindName(kind: LambdaKind): string {
  return kind === 'bool' ? 'boolean' : kind
}
