// One point: immutable once made. Its series says where it belongs, its shape what its values are.
import type { Series } from './series.ts'
import type { Shape } from './shape.ts'
import type { Time } from './time.ts'
import type { Kind, Value } from './value.ts'

// Its fields are declared only: V8 would see `undefined` in each first, and never take one for a small integer.
export class Point implements Time {
  declare readonly series: Series
  declare readonly shape: Shape
  /** One value per name of the shape, in its order. */
  declare readonly values: readonly Value[]
  declare readonly sec: number
  declare readonly ns: number

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

/** A point that whoever made it writes anew for each one that it lends to others. */
export type LentPoint = { -readonly [K in keyof Point]: Point[K] } & { readonly values: Value[] }

/** A point of its own, for who wants to keep one that is lent. */
export function copyOf(p: Point): Point {
  return new Point(p.series, p.shape, p.values.slice(), p.sec, p.ns)
}

/** The point with one field added or replaced. */
export function withField(p: Point, name: string, kind: Kind, value: Value): Point {
  const { shape, at, fresh } = p.shape.with(name, kind)
  const from = p.values
  const values =
    shape.numeric && typeof value === 'number'
      ? numbersWith(from, at, fresh, value)
      : valuesWith(from, at, fresh, value)
  return new Point(p.series, shape, values, p.sec, p.ns)
}

// The same twice: V8 keeps arrays unboxed that come from a place which only ever fills them with numbers.
function numbersWith(from: readonly Value[], at: number, fresh: boolean, value: number): Value[] {
  const n = fresh ? from.length + 1 : from.length
  const shift = fresh ? 1 : 0
  const values = new Array<Value>(n)
  for (let i = 0; i < at; i++) values[i] = from[i]!
  values[at] = value
  for (let i = at + 1; i < n; i++) values[i] = from[i - shift]!
  return values
}

function valuesWith(from: readonly Value[], at: number, fresh: boolean, value: Value): Value[] {
  return fresh ? from.toSpliced(at, 0, value) : from.with(at, value)
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
