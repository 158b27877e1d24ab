// The error of one evaluation on one point. It is thrown for bad data, maybe a million times a second, so it
// carries no stack and most are made once, when a lambda is compiled for a shape.

/** Message of an integer or duration division by zero. */
export const DIVIDE_BY_ZERO = 'runtime error: integer divide by zero'

export class EvaluationError extends Error {
  /** The name whose value was missing or null, when that was the cause. */
  readonly missing: string | undefined

  constructor(message: string, missing?: string) {
    const limit = Error.stackTraceLimit
    Error.stackTraceLimit = 0
    super(message)
    Error.stackTraceLimit = limit
    this.name = 'EvaluationError'
    this.missing = missing
  }
}

/** What a function reports of its arguments; the compiler adds which argument of which call it was. */
export function callError(name: string, reason: string): EvaluationError {
  return new EvaluationError(`error calling "${name}": ${reason}`)
}
