// What a node does when a lambda fails on a point: count it, under the field's name when that was missing.
import type { Point } from '../base/point.ts'
import type { Ctx } from '../flow/contract.ts'
import { EvaluationError } from '../lang/lambda/evaluation-error.ts'

/** Anything else than a failed evaluation is a bug and goes on. */
export function reportEvaluation(ctx: Ctx, e: unknown, p: Point): void {
  if (!(e instanceof EvaluationError)) throw e
  if (e.missing === undefined) ctx.error(e, p)
  else ctx.missing(e.missing, e, p)
}
