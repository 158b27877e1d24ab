// For tests of InfluxQL functions: points of one field, and a function run over them.
import type { Plain } from '../../base/plain.ts'
import { plainFromText, plainToText } from '../../base/plain.ts'
import { Point } from '../../base/point.ts'
import { seriesOf } from '../../base/series.ts'
import { makeShape } from '../../base/shape.ts'
import type { Kind, Value } from '../../base/value.ts'
import type { Aggregate, Result } from './aggregate.ts'

/** A value with the second of its point; the point's tag `n` is its place in the list. */
export type Sample = readonly [value: Value, sec: number]

export function pointAt(value: Value, sec: number, kind: Kind, n = 0): Point {
  return new Point(seriesOf('', '', 'm', { n: `${n}` }), makeShape(['v'], [kind]), [value], sec, 0)
}

/** The results of a function over samples. Its state is written down and read back after each of them. */
export function resultsOf<A extends Plain>(f: Aggregate<A>, kind: Kind, samples: readonly Sample[]): readonly Result[] {
  let acc: A = f.start(kind)
  samples.forEach(([v, sec], i) => {
    f.add(acc, v, pointAt(v, sec, kind, i))
    acc = plainFromText(plainToText(acc)) as A
  })
  return f.value ? [{ value: f.value(acc, kind) }] : f.results!(acc, kind)
}

/** The values alone, of samples a second apart. */
export function valuesOf<A extends Plain>(f: Aggregate<A>, kind: Kind, ...values: readonly Value[]): Value[] {
  return resultsOf(
    f,
    kind,
    values.map((v, i) => [v, i]),
  ).map((r) => r.value)
}
