// What an expression does for one layout of points: every type is settled, every operation chosen, and what can't be
// done is a `fail` at the place where evaluation would come to it. Two generators turn it into functions.
import type { BinaryOperator } from '../ast.ts'
import type { EvaluationError } from './evaluation-error.ts'
import type { Signature } from './function.ts'
import type { LambdaKind, LambdaValue } from './kinds.ts'
import type { Operation } from './operators.ts'

/** Where a name's value is found. By name is for the form that serves points of many layouts. */
export type Source =
  | { readonly from: 'slot'; readonly index: number }
  | { readonly from: 'tag'; readonly index: number }
  | { readonly from: 'fieldName'; readonly name: string }
  | { readonly from: 'tagName'; readonly name: string }
  | { readonly from: 'overlay'; readonly index: number }
  | { readonly from: 'time' }

export type Code =
  | { readonly op: 'const'; readonly kind: LambdaKind; readonly value: LambdaValue }
  | { readonly op: 'read'; readonly kind: LambdaKind; readonly source: Source }
  | { readonly op: 'fail'; readonly kind: LambdaKind; readonly error: EvaluationError }
  | {
      readonly op: 'unary'
      readonly kind: LambdaKind
      readonly apply: 'not' | 'negFloat' | 'negInt'
      readonly operand: Code
    }
  | {
      readonly op: 'binary'
      readonly kind: LambdaKind
      readonly apply: Operation
      readonly operator: BinaryOperator
      readonly left: Code
      readonly right: Code
      /** Thrown when the divisor of divInt and remInt is 0. */
      readonly error: EvaluationError | undefined
    }
  | {
      readonly op: 'call'
      readonly kind: LambdaKind
      readonly signature: Signature
      readonly needs: 'cell' | 'context' | undefined
      readonly cell: number
      readonly args: readonly Code[]
      /** Put before the message of what `run` throws. */
      readonly prefix: string
      /** Equal arguments do not always give the same. */
      readonly varies: boolean
      /** `if`, with branches that can be left unevaluated without anybody noticing. */
      readonly chooses: boolean
    }

/** Whether evaluating it can neither fail nor change or ask anything. */
export function isQuiet(c: Code): boolean {
  switch (c.op) {
    case 'const':
    case 'read':
      return true
    case 'fail':
      return false
    case 'unary':
      return isQuiet(c.operand)
    case 'binary':
      return c.error === undefined && isQuiet(c.left) && isQuiet(c.right)
    case 'call':
      return c.needs === undefined && !c.signature.fails && c.args.every(isQuiet)
  }
}
