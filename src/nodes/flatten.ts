// `|flatten()`: the points of one time become one wide point, whose field names tell what set the points apart.
import type { Int } from '../base/int64.ts'
import { Point } from '../base/point.ts'
import { makeSeries, type Series } from '../base/series.ts'
import { makeShape, type Shape } from '../base/shape.ts'
import { compareTime, roundTime, type Time } from '../base/time.ts'
import type { Kind, Value } from '../base/value.ts'
import { type Ctx, defineNode, type Group } from '../flow/contract.ts'
import { arg, field } from '../lang/fields.ts'
import { nameFrom } from './dimensions.ts'

/** The points of one time that are being gathered; their rounded time. */
type Gathered = { name: string; sec: number; ns: number; points: Point[] }

interface Naming {
  readonly on: readonly string[]
  readonly delimiter: string
  readonly drop: boolean
  readonly tolerance: Int
}

/** Field names of a series' points in the wide point; undefined with the tag that the series lacks. */
class WideNames {
  readonly #naming: Naming
  readonly #bySeries = new WeakMap<
    Series,
    { readonly prefix: string; readonly byShape: WeakMap<Shape, readonly string[]> }
  >()

  constructor(naming: Naming) {
    this.#naming = naming
  }

  /** The first of the `on` tags that the series does not have. */
  lacks(series: Series): string | undefined {
    return this.#naming.on.find((tag) => series.tag(tag) === undefined)
  }

  of(p: Point): readonly string[] {
    let known = this.#bySeries.get(p.series)
    if (!known) {
      const prefix = this.#naming.on.map((tag) => p.series.tag(tag)!).join(this.#naming.delimiter)
      known = { prefix, byShape: new WeakMap() }
      this.#bySeries.set(p.series, known)
    }
    let names = known.byShape.get(p.shape)
    if (!names) {
      const { prefix } = known
      const { delimiter, drop } = this.#naming
      names = p.shape.names.map((name) => (drop ? prefix : prefix === '' ? name : prefix + delimiter + name))
      known.byShape.set(p.shape, names)
    }
    return names
  }
}

class Flattening {
  readonly #ctx: Ctx
  readonly #names: WideNames
  readonly #tolerance: Int
  readonly #wide = new Map<string, { readonly kind: Kind; readonly value: Value }>()

  constructor(naming: Naming, ctx: Ctx) {
    this.#ctx = ctx
    this.#names = new WideNames(naming)
    this.#tolerance = naming.tolerance
  }

  newState(_g: Group, first: Series | undefined): Gathered {
    return { name: nameFrom(first), sec: 0, ns: 0, points: [] }
  }

  /** Takes a point in; gives the wide point of what was gathered before when the time is another. */
  add(p: Point, s: Gathered, g: Group): Point | undefined {
    const t = roundTime(p, this.#tolerance)
    let wide: Point | undefined
    if (t.sec !== s.sec || t.ns !== s.ns) {
      wide = this.flush(s, g)
      s.sec = t.sec
      s.ns = t.ns
    }
    s.points.push(p)
    this.#ctx.held(1)
    return wide
  }

  /** Empties the state; undefined when it gives no field. */
  flush(s: Gathered, g: Group): Point | undefined {
    const { points } = s
    if (points.length === 0) return undefined
    this.drop(s)
    const wide = this.#wide
    wide.clear()
    for (const p of points) {
      const tag = this.#names.lacks(p.series)
      if (tag !== undefined) {
        this.#ctx.missing(tag, `tag ${tag} is missing from point`, p)
        continue
      }
      const names = this.#names.of(p)
      const { kinds } = p.shape
      for (let i = 0; i < names.length; i++) wide.set(names[i]!, { kind: kinds[i]!, value: p.values[i]! })
    }
    if (wide.size === 0) return undefined
    const names = [...wide.keys()].sort()
    const fields = names.map((name) => wide.get(name)!)
    const shape = makeShape(
      names,
      fields.map((f) => f.kind),
    )
    const series = makeSeries(
      '',
      '',
      s.name,
      g.dims,
      g.dims.map((d) => g.tags[d]!),
    )
    return new Point(
      series,
      shape,
      fields.map((f) => f.value),
      s.sec,
      s.ns,
    )
  }

  /** Forgets what was gathered. */
  drop(s: Gathered): void {
    if (s.points.length > 0) this.#ctx.held(-s.points.length)
    s.points = []
  }

  isPast(t: Time, s: Gathered): boolean {
    return compareTime(t, s) > 0
  }
}

export const flatten = defineNode({
  name: 'flatten',
  typeName: 'FlattenNode',
  wants: 'parent',
  provides: 'parent',
  doc: "Merges the points of one time into one. A field's name becomes the values of the `on` tags with the field's own name behind; the tags that are left are those of the group.",
  fields: {
    on: field.strings('The tags whose values make the new names.'),
    delimiter: field.string('Stands between the parts of a name.', '.'),
    tolerance: field.duration('Times are rounded to the nearest multiple of this first.'),
    dropOriginalFieldName: field.method<boolean>("Leaves the field's own name out of the new one.", {
      rest: arg.bool('FALSE keeps it.'),
      initial: false,
      shape: 'flag',
      apply: (_, given) => (given.length === 0 ? true : (given[0] as boolean)),
    }),
  },
  stateParams: ['tolerance'],
  examples: [
    "stream\n    |from()\n        .measurement('port')\n        .groupBy('host')\n    |flatten()\n        .on('port')\n        .delimiter('_')\n    |log()",
  ],
  run(p, ctx) {
    const flat = new Flattening({ ...p, drop: p.dropOriginalFieldName }, ctx)
    return {
      keeps: 'group',
      newState: (g, first) => flat.newState(g, first),
      point(pt, s, g, out) {
        const wide = flat.add(pt, s, g)
        if (wide) out.point(wide, g)
      },
      begin(b, s, g, out) {
        flat.drop(s)
        s.name = b.name
        out.begin({ ...b, size: 0 }, g)
      },
      row(pt, s, g, out) {
        const wide = flat.add(pt, s, g)
        if (wide) out.row(wide, g)
      },
      end(s, g, out) {
        const wide = flat.flush(s, g)
        if (wide) out.row(wide, g)
        out.end(g)
      },
      barrier(t, s, g, out) {
        const wide = flat.isPast(t, s) ? flat.flush(s, g) : undefined
        if (wide) out.point(wide, g)
        return 'forward'
      },
      dropped: (s) => flat.drop(s),
    }
  },
})
