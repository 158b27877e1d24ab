// One point: immutable once made. Its series says where it belongs, its shape what its values are.
import type { Series } from './series.ts'
import type { Shape } from './shape.ts'
import type { Time } from './time.ts'
import type { Kind, Value } from './value.ts'

export class Point implements Time {
  readonly series: Series
  readonly shape: Shape
  /** One value per name of the shape, in its order. */
  readonly values: readonly Value[]
  readonly sec: number
  readonly ns: number

  constructor(series: Series, shape: Shape, values: readonly Value[], sec: number, ns: number) {
    this.series = series
    this.shape = shape
    this.values = values
    this.sec = sec
    this.ns = ns
  }

  /** A field's value; undefined when there is none (null when it is there and null). */
  field(name: string): Value | undefined {
    const i = this.shape.slot(name)
    return i < 0 ? undefined : this.values[i]
  }
}

/** The point with one field added or replaced. */
export function withField(p: Point, name: string, kind: Kind, value: Value): Point {
  const c = p.shape.with(name, kind)
  const values = c.fresh ? p.values.toSpliced(c.at, 0, value) : p.values.with(c.at, value)
  return new Point(p.series, c.shape, values, p.sec, p.ns)
}

/** The point without a field; the same point when it had none. */
export function withoutField(p: Point, name: string): Point {
  const c = p.shape.without(name)
  return c.at < 0 ? p : new Point(p.series, c.shape, p.values.toSpliced(c.at, 1), p.sec, p.ns)
}

export function withSeries(p: Point, series: Series): Point {
  return series === p.series ? p : new Point(series, p.shape, p.values, p.sec, p.ns)
}

export function withTime(p: Point, t: Time): Point {
  return new Point(p.series, p.shape, p.values, t.sec, t.ns)
}
