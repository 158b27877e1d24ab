// What a SELECT statement consists of, as far as it has to be understood to be changed and written again.
import type { Int } from '../../base/int64.ts'

export type Expression =
  /** A field or tag. */
  | { readonly is: 'name'; readonly name: string; readonly type: string }
  | { readonly is: 'string'; readonly value: string }
  /** `integer` in digits; it may be larger than 64 bits allow, the database says so. */
  | { readonly is: 'integer'; readonly digits: string }
  | { readonly is: 'number'; readonly value: number }
  | { readonly is: 'duration'; readonly value: Int }
  | { readonly is: 'bool'; readonly value: boolean }
  | { readonly is: 'regex'; readonly pattern: string }
  | { readonly is: 'star'; readonly type: string }
  | { readonly is: 'parameter'; readonly name: string }
  | { readonly is: 'distinct'; readonly name: string }
  | { readonly is: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly is: 'paren'; readonly inner: Expression }
  | { readonly is: 'binary'; readonly op: string; readonly left: Expression; readonly right: Expression }

export interface SelectField {
  readonly expression: Expression
  /** Empty when it has none. */
  readonly alias: string
}

export interface Measurement {
  readonly is: 'measurement'
  readonly db: string
  readonly rp: string
  /** A name, or a regular expression over names. */
  readonly name: string
  readonly pattern: string | undefined
}

export interface Subquery {
  readonly is: 'subquery'
  readonly select: Select
}

export type Source = Measurement | Subquery

export type Fill =
  | { readonly is: 'null' | 'none' | 'previous' | 'linear' }
  /** As it is written out. */
  | { readonly is: 'number'; readonly text: string }

export interface SortField {
  readonly name: string
  readonly ascending: boolean
}

export interface Select {
  readonly fields: readonly SelectField[]
  readonly into: Measurement | undefined
  readonly sources: readonly Source[]
  readonly condition: Expression | undefined
  readonly dimensions: readonly Expression[]
  readonly fill: Fill
  readonly sort: readonly SortField[]
  /** 0: none. */
  readonly limit: number
  readonly offset: number
  readonly slimit: number
  readonly soffset: number
  /** Empty: none. */
  readonly timeZone: string
}
