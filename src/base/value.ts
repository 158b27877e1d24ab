// What a field can hold, and the kinds that tell equal-looking values apart (1i and 1.0).
import type { Int } from './int64.ts'

/** A field's value. An int is a number or a bigint (int64.ts), a duration an Int of nanoseconds; its kind stands in the shape. */
export type Value = number | bigint | string | boolean | null

export type Kind = 'float' | 'int' | 'string' | 'bool' | 'duration' | 'null'

/** A value that carries its kind: for defaults, literals and everything off the hot path. */
export type Typed =
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'int' | 'duration'; readonly value: Int }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'null'; readonly value: null }

export type Tags = Readonly<Record<string, string>>
