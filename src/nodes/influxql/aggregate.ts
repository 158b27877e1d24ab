// What an InfluxQL function is to the node that runs it: a plain accumulator that takes values of one kind and
// gives one result, or several. Knows nothing of groups, edges or times of batches.
import type { Plain } from '../../base/plain.ts'
import type { Point } from '../../base/point.ts'
import type { Time } from '../../base/time.ts'
import type { Kind, Value } from '../../base/value.ts'

/** Kinds that a function can take. */
export type Accepts = 'number' | 'any'

export interface Result {
  readonly value: Value
  /** The function's own time, used when the script asks for point times; the batch's time else. */
  readonly time?: Time
  /** The point that was selected: its tags (and, for single selectors, fields) go along. */
  readonly point?: Point
}

/** A function of many values to one or several; `A` is its state. */
export interface Aggregate<A extends Plain = Plain> {
  readonly accepts: Accepts
  /** Kind of the result for values of this kind. */
  out(kind: Kind): Kind
  /** True: nothing at all still gives a result, as of floats. */
  readonly emptyOk?: boolean
  /** True: the selected point goes out with all of its tags and fields. */
  readonly selects?: boolean
  start(kind: Kind): A
  add(acc: A, value: Value, p: Point): void
  /** The same as so many calls of `add`, if nothing but their number counts. */
  addMany?(acc: A, n: number): void
  /** The one result, where it is always one, and a value that no point or time of its own stands for. */
  value?(acc: A, kind: Kind): Value
  /** The results, if there is no `value`. */
  results?(acc: A, kind: Kind): readonly Result[]
}

export function takes(accepts: Accepts, kind: Kind): boolean {
  if (kind === 'float' || kind === 'int') return true
  return accepts === 'any' && (kind === 'string' || kind === 'bool')
}

/** Go's names of kinds, as compatible messages show them. */
export function goKind(kind: Kind): string {
  switch (kind) {
    case 'float':
      return 'float64'
    case 'int':
      return 'int64'
    default:
      return kind
  }
}

/** Orders values of one kind: numbers by size, false before true, strings by code unit. */
export function compareValues(a: Value, b: Value): number {
  return a === b ? 0 : a! < b! ? -1 : 1
}
