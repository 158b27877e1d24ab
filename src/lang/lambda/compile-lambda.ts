// From a lambda as a script gives it to one that can be evaluated on points.
import { Fault } from '../../base/fault.ts'
import type { LambdaParam } from '../fields.ts'
import { BUILTINS } from './builtins.ts'
import { LambdaError, type PrepareOptions, prepare } from './expression.ts'
import type { FunctionTable } from './function.ts'
import { Lambda } from './lambda.ts'
import type { Want } from './lower.ts'
import { canGenerate } from './source-text.ts'

export { EvaluationError } from './evaluation-error.ts'
export type { LambdaState } from './function.ts'
export { Lambda, type Overlay } from './lambda.ts'

export interface LambdaOptions {
  /** `bool` for predicates, `value` for what becomes a field or tag, `int` for counts. */
  readonly want: Want
  /** Put before the text of an error, as in `Failed to compile expression in where clause: `. */
  readonly prefix?: string
  /** All of them when not given. */
  readonly functions?: FunctionTable
  /** Values of bare names; needed by match expressions only. */
  readonly identifiers?: PrepareOptions['identifiers']
  /** false: never make functions from text. */
  readonly generate?: boolean
}

/** Throws Fault (status 400) when the expression can never be evaluated, such as constants that do not go together. */
export function compileLambda(param: LambdaParam, options: LambdaOptions): Lambda {
  const prepareOptions: PrepareOptions = {
    functions: options.functions ?? BUILTINS,
    ...(options.identifiers ? { identifiers: options.identifiers } : {}),
  }
  try {
    const prepared = prepare(param.node.expression, prepareOptions)
    return new Lambda(prepared, options.want, options.generate !== false && canGenerate())
  } catch (e) {
    if (!(e instanceof LambdaError)) throw e
    throw new Fault('lambda-invalid', (options.prefix ?? '') + e.message, { status: 400, cause: e })
  }
}

/** All names that the lambdas read, be they fields or tags of the point. Throws LambdaError as compileLambda does. */
export function namesIn(lambdas: readonly LambdaParam[]): ReadonlySet<string> {
  return new Set(lambdas.flatMap((l) => prepare(l.node.expression, { functions: BUILTINS }).references))
}

/** One lambda that holds when both hold; calls of the same function in both share what they remember. */
export function bothOf(a: LambdaParam, b: LambdaParam): LambdaParam {
  const left = a.node.expression
  const right = b.node.expression
  const at = { pos: a.node.pos, end: b.node.end }
  return {
    node: {
      type: 'lambda',
      ...at,
      expression: {
        type: 'binary',
        operator: 'AND',
        operatorPos: b.node.pos,
        left: left.type === 'binary' ? { ...left, parens: true } : left,
        right: right.type === 'binary' ? { ...right, parens: true } : right,
        parens: false,
        multiLine: false,
        ...at,
      },
    },
  }
}
