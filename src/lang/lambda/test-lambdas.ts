// What the tests of lambdas share: points from plain values, lambdas from text, and results as text.
import { Point } from '../../base/point.ts'
import { seriesOf } from '../../base/series.ts'
import { makeShape } from '../../base/shape.ts'
import type { Kind, Value } from '../../base/value.ts'
import { parseLambda } from '../parser.ts'
import { compileLambda, type Lambda, type LambdaOptions } from './compile-lambda.ts'
import { EvaluationError } from './evaluation-error.ts'
import { valueText } from './expression-text.ts'
import type { LambdaKind } from './kinds.ts'

export type TestFields = Readonly<Record<string, readonly [kind: Kind, value: Value]>>

/** A field of every kind, two of most; see TEST_POINT. */
const FIELDS: TestFields = {
  i: ['int', 7],
  j: ['int', 2],
  zero: ['int', 0],
  f: ['float', 7.5],
  g: ['float', 2],
  s: ['string', 'ab'],
  t: ['string', 'b'],
  b: ['bool', true],
  c: ['bool', false],
  d: ['duration', 7_000_000_000],
  e: ['duration', 2_000_000_000],
  n: ['null', null],
}

export function pointOf(fields: TestFields, tags: Readonly<Record<string, string>> = {}, sec = 0, ns = 0): Point {
  const names = Object.keys(fields).sort()
  const shape = makeShape(
    names,
    names.map((n) => fields[n]![0]),
  )
  return new Point(
    seriesOf('db', 'rp', 'm', tags),
    shape,
    names.map((n) => fields[n]![1]),
    sec,
    ns,
  )
}

/** A point with all of them and the tag `host`, at 1.000000005 s. */
export const TEST_POINT = pointOf(FIELDS, { host: 'a' }, 1, 5)

export function lambdaOf(text: string, options: Partial<LambdaOptions> = {}): Lambda {
  return compileLambda({ node: parseLambda(text) }, { want: 'value', ...options })
}

/** `int 3`, `string x`, or `error: …` and the missing name in brackets. */
export function outcome(l: Lambda, p: Point, state = l.newState()): string {
  try {
    const value = l.evaluate(p, state, p)
    return `${l.kind} ${valueText(l.kind as LambdaKind, value as never)}`
  } catch (e) {
    if (!(e instanceof EvaluationError)) throw e
    return `error: ${e.message}${e.missing === undefined ? '' : ` [${e.missing}]`}`
  }
}

/** The outcome of a text on a point. */
export function evaluated(text: string, p: Point): string {
  return outcome(lambdaOf(text), p)
}
