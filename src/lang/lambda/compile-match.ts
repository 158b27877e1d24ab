// Match expressions of alert handlers: lambdas whose names are tags, with bare names and functions that ask for the event.
import { Point } from '../../base/point.ts'
import { newSeries } from '../../base/series.ts'
import { EMPTY_SHAPE } from '../../base/shape.ts'
import type { Tags } from '../../base/value.ts'
import type { Node } from '../ast.ts'
import { BUILTIN_FUNCTIONS } from './builtins.ts'
import { compileLambda } from './compile-lambda.ts'
import { type Context, functionTable, type LambdaFunction } from './function.ts'
import type { LambdaKind, LambdaValue } from './kinds.ts'

export interface MatchOptions {
  /** Functions beyond those of lambdas; declared with `contextSignature`, they get the context of `test`. */
  readonly functions: readonly LambdaFunction[]
  /** What bare names stand for, such as `CRITICAL`. */
  readonly identifiers: Readonly<Record<string, { readonly kind: LambdaKind; readonly value: LambdaValue }>>
}

export interface Match<C extends Context> {
  /** Names of the tags that it reads. */
  readonly references: readonly string[]
  /** Throws EvaluationError, also for a tag that is missing. */
  test(tags: Tags, context: C): boolean
}

/** `expression` is the parsed text of the match. Throws Fault (status 400), e.g. `unknown identifier "X"`. */
export function compileMatch<C extends Context>(expression: Node, options: MatchOptions): Match<C> {
  const lambda = compileLambda(
    { node: { type: 'lambda', expression, pos: expression.pos, end: expression.end } },
    {
      want: 'bool',
      functions: functionTable(BUILTIN_FUNCTIONS, options.functions),
      identifiers: new Map(Object.entries(options.identifiers)),
    },
  )
  const state = lambda.newState()
  return {
    references: lambda.references,
    test(tags, context) {
      const keys = lambda.references.filter((name) => tags[name] !== undefined).sort()
      const vals = keys.map((k) => tags[k]!)
      const series = newSeries('', '', '', keys, vals)
      return lambda.test(new Point(series, EMPTY_SHAPE, [], context.sec, context.ns), state, context)
    },
  }
}
