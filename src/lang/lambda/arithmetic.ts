// What the operations of code compute where JavaScript has no operator of the same meaning. Both generators use it.
import { divInt, floatToInt, type Int, intToFloat, remInt } from '../../base/int64.ts'
import type { EvaluationError } from './evaluation-error.ts'

/** Throws the error when b is 0. */
export function divChecked(a: Int, b: Int, error: EvaluationError): Int {
  if (b === 0) throw error
  return divInt(a, b)
}

/** Throws the error when b is 0. */
export function remChecked(a: Int, b: Int, error: EvaluationError): Int {
  if (b === 0) throw error
  return remInt(a, b)
}

/** Cut to whole nanoseconds. */
export function mulDurationFloat(d: Int, f: number): Int {
  return floatToInt(intToFloat(d) * f)
}

/** Cut to whole nanoseconds. */
export function divDurationFloat(d: Int, f: number): Int {
  return floatToInt(intToFloat(d) / f)
}

export function raise(error: EvaluationError): never {
  throw error
}
