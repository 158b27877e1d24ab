// The form that generated functions have, and how errors inside of calls say where they were.
import type { Point } from '../../base/point.ts'
import { EvaluationError } from './evaluation-error.ts'
import type { Cell, Context } from './function.ts'
import type { LambdaValue } from './kinds.ts'

/** Evaluates on a point. `cells` is the lambda's state for the group, `overlay` values that the caller adds. Throws EvaluationError. */
export type Run = (p: Point, cells: readonly Cell[], context: Context, overlay: readonly LambdaValue[]) => LambdaValue

/** Runs `call`; what it throws gets the prefix. */
export function withPrefix(prefix: string, call: () => LambdaValue): LambdaValue {
  try {
    return call()
  } catch (e) {
    if (e instanceof EvaluationError) throw new EvaluationError(prefix + e.message, e.missing)
    throw e
  }
}
