// Runs InfluxQL functions as nodes: over the rows of a batch, over the points of equal time of a stream, or point by
// point. Chooses the kind from the first usable point, and says what it can't use.
import type { Plain } from '../../base/plain.ts'
import { Point, withField, withoutField } from '../../base/point.ts'
import { PointRows } from '../../base/rows.ts'
import { type Series, seriesOf } from '../../base/series.ts'
import { makeShape, type Shape } from '../../base/shape.ts'
import { compareTime, type Time } from '../../base/time.ts'
import type { Kind, Value } from '../../base/value.ts'
import type { Begin, Ctx, Group, Out, Receiver, Rows } from '../../flow/contract.ts'
import { groupOfRow } from '../dimensions.ts'
import { type Aggregate, goKind, type Result, takes } from './aggregate.ts'
import type { Transform } from './transforms.ts'

export interface FunctionParams {
  readonly field: string
  readonly as: string
  readonly usePointTimes: boolean
}

/** What the function has gathered, once a first usable point has decided the kind. */
type Gathered = { kind: Kind | null; acc: Plain }
type BatchState = Gathered & { name: string; tmax: { sec: number; ns: number }; named: boolean }
type StreamState = Gathered & { name: string; at: { sec: number; ns: number } | null }

/** Series of results, per group and measurement: made once, no state. */
class GroupSeries {
  #byGroup = new WeakMap<Group, Series>()
  #lastGroup: Group | undefined
  #last: Series | undefined
  of(g: Group, name: string): Series {
    if (g !== this.#lastGroup || this.#last!.name !== name) {
      this.#last = this.#find(g, name)
      this.#lastGroup = g
    }
    return this.#last!
  }
  #find(g: Group, name: string): Series {
    const known = this.#byGroup.get(g)
    if (known && known.name === name) return known
    const made = seriesOf('', '', name, g.tags)
    this.#byGroup.set(g, made)
    return made
  }
}

/** Finds the field's value in points of one shape after another. */
class FieldSlot {
  readonly #name: string
  #shape: Shape | undefined
  #slot = -1
  constructor(name: string) {
    this.#name = name
  }
  of(p: Point): number {
    if (p.shape !== this.#shape) {
      this.#shape = p.shape
      this.#slot = p.shape.slot(this.#name)
    }
    return this.#slot
  }
}

/** What a function begins with. */
type Starter = Pick<Aggregate, 'accepts' | 'start'>

abstract class FunctionNode {
  readonly name: string
  readonly params: FunctionParams
  readonly ctx: Ctx
  readonly series = new GroupSeries()
  readonly slot: FieldSlot

  constructor(name: string, params: FunctionParams, ctx: Ctx) {
    this.name = name
    this.params = params
    this.ctx = ctx
    this.slot = new FieldSlot(params.field)
  }

  /** The usable value of a point, deciding the kind with the first; undefined (and counted) when it has none. */
  value(s: Gathered, p: Point, f: Starter): Value | undefined {
    const { field } = this.params
    const at = this.slot.of(p)
    const kind = at < 0 ? 'null' : p.shape.kinds[at]!
    if (kind === s.kind) return p.values[at]!
    if (at < 0 || kind === 'null') {
      const why =
        s.kind === null
          ? `failed to realize reduce context from fields: field "${field}" missing from point`
          : `field ${field} missing from point cannot aggregate`
      this.ctx.missing(field, why, p)
      return undefined
    }
    if (s.kind !== null) {
      this.ctx.missing(field, `field ${field} has wrong type: got ${goKind(kind)} exp ${goKind(s.kind)}`, p)
      return undefined
    }
    if (!takes(f.accepts, kind)) {
      this.ctx.missing(
        field,
        `invalid influxql func ${this.name} with field ${field}: cannot apply ${this.name} to ${kind} field`,
        p,
      )
      return undefined
    }
    s.kind = kind
    s.acc = f.start(kind)
    return p.values[at]!
  }
}

/** Aggregates and selectors: what they gather leaves at the end of a batch, or when the time of a stream changes. */
class AggregateNode extends FunctionNode {
  readonly #f: Aggregate
  readonly #toBatch: boolean
  #shape: Shape | undefined

  constructor(name: string, params: FunctionParams, ctx: Ctx, f: Aggregate, toBatch: boolean) {
    super(name, params, ctx)
    this.#f = f
    this.#toBatch = toBatch
  }

  #add(s: Gathered, p: Point): void {
    const f = this.#f
    const v = this.value(s, p, f)
    if (v !== undefined) f.add(s.acc, v, p)
  }

  /** The same for all rows of a batch. */
  #addAll(s: Gathered, rows: Rows): void {
    const f = this.#f
    let shape: Shape | undefined
    let at = 0
    let many = 0
    const counts = f.addMany !== undefined
    for (let i = 0, n = rows.length; i < n; i++) {
      const p = rows.at(i)
      if (p.shape !== shape) {
        if (this.value(s, p, f) === undefined) continue
        // A value that is taken decides the kind, so that others of this shape are taken, too.
        shape = p.shape
        at = this.slot.of(p)
      }
      if (counts) many++
      else f.add(s.acc, p.values[at]!, p)
    }
    if (many > 0) f.addMany!(s.acc, many)
  }

  #flush(s: Gathered, name: string, tmax: Time, g: Group, out: Out): void {
    const f = this.#f
    let { kind, acc } = s
    s.kind = null
    s.acc = null
    if (kind === null) {
      if (f.emptyOk !== true || this.ctx.edge !== 'batch') return
      kind = 'float'
      acc = f.start(kind)
    }
    if (f.value) {
      const shape = this.#shapeOf(f.out(kind))
      out.point(new Point(this.series.of(g, name), shape, [f.value(acc, kind)], tmax.sec, tmax.ns), g)
      return
    }
    const results = f.results!(acc, kind)
    if (this.#toBatch) {
      this.#emitBatch(results, f.out(kind), name, tmax, g, out)
      return
    }
    for (const r of results) {
      const p = this.#point(r, f.out(kind), name, tmax, g)
      out.point(p, groupOfRow(this.ctx, g, p.series))
    }
  }

  #timeOf(r: Result, tmax: Time): Time {
    return this.params.usePointTimes && r.time ? r.time : tmax
  }

  #point(r: Result, kind: Kind, name: string, tmax: Time, g: Group): Point {
    const t = this.#timeOf(r, tmax)
    if (this.#f.selects === true && r.point) return this.#selected(r, r.point, name, t)
    return new Point(this.series.of(g, name), this.#shapeOf(kind), [r.value], t.sec, t.ns)
  }

  /** The whole point, its field renamed. */
  #selected(r: Result, p: Point, name: string, t: Time): Point {
    const { field, as } = this.params
    const kind = p.shape.kinds[p.shape.slot(field)]!
    const q = as === field ? p : withField(withoutField(p, field), as, kind, r.value)
    return new Point(seriesOf('', '', name, p.series.tags), q.shape, q.values, t.sec, t.ns)
  }

  #emitBatch(results: readonly Result[], kind: Kind, name: string, tmax: Time, g: Group, out: Out): void {
    let end = tmax
    const points = results.map((r) => {
      const t = this.#timeOf(r, tmax)
      if (compareTime(t, end) > 0) end = { sec: t.sec, ns: t.ns }
      const series = r.point ? seriesOf('', '', name, { ...g.tags, ...r.point.series.tags }) : this.series.of(g, name)
      return new Point(series, this.#shapeOf(kind), [r.value], t.sec, t.ns)
    })
    out.batch({ name, tmax: end, size: points.length }, new PointRows(points), g)
  }

  #shapeOf(kind: Kind): Shape {
    if (this.#shape?.kinds[0] !== kind) this.#shape = makeShape([this.params.as], [kind])
    return this.#shape!
  }

  onBatch(): Receiver<BatchState> {
    const begin = (b: Begin, s: BatchState): void => {
      if (!s.named) {
        s.named = true
        s.name = b.name
      }
      s.kind = null
      s.acc = null
    }
    return {
      keeps: 'group',
      newState: () => ({ kind: null, acc: null, name: '', tmax: { sec: 0, ns: 0 }, named: false }),
      begin(b, s) {
        begin(b, s)
        s.tmax = { sec: b.tmax.sec, ns: b.tmax.ns }
      },
      row: (p, s) => this.#add(s, p),
      end: (s, g, out) => this.#flush(s, s.name, s.tmax, g, out),
      whole: (b, rows, s, g, out) => {
        begin(b, s)
        this.#addAll(s, rows)
        this.#flush(s, s.name, b.tmax, g, out)
      },
    }
  }

  onStream(): Receiver<StreamState> {
    return {
      keeps: 'group',
      newState: (_g, series) => ({ kind: null, acc: null, name: series?.name ?? '', at: null }),
      point: (p, s, g, out) => {
        const at = s.at
        if (at && (at.sec !== p.sec || at.ns !== p.ns)) this.#flush(s, s.name, at, g, out)
        if (!at || at.sec !== p.sec || at.ns !== p.ns) {
          s.at = { sec: p.sec, ns: p.ns }
          s.name = p.series.name
        }
        this.#add(s, p)
      },
    }
  }
}

/** Functions that answer each point; on batches they begin anew with each. */
class TransformNode extends FunctionNode {
  readonly #f: Transform
  #shape: Shape | undefined
  #kind: Kind | undefined

  constructor(name: string, params: FunctionParams, ctx: Ctx, f: Transform) {
    super(name, params, ctx)
    this.#f = f
  }

  #next(s: Gathered & { name: string }, p: Point, g: Group): Point | undefined {
    const f = this.#f
    const v = this.value(s, p, f)
    if (v === undefined) return undefined
    const r = f.next(s.acc, v, p)
    if (r === undefined) return undefined
    const kind = f.out(s.kind!)
    if (kind !== this.#kind) {
      this.#kind = kind
      this.#shape = makeShape([this.params.as], [kind])
    }
    return new Point(this.series.of(g, s.name), this.#shape!, [r], p.sec, p.ns)
  }

  receiver(): Receiver<StreamState> {
    return {
      keeps: 'group',
      newState: (_g, series) => ({ kind: null, acc: null, name: series?.name ?? '', at: null }),
      point: (p, s, g, out) => {
        const q = this.#next(s, p, g)
        if (q) out.point(q, g)
      },
      begin(b, s, g, out) {
        s.name = b.name
        s.kind = null
        s.acc = null
        out.begin(b, g)
      },
      row: (p, s, g, out) => {
        const q = this.#next(s, p, g)
        if (q) out.row(q, g)
      },
      end: (_s, g, out) => out.end(g),
    }
  }
}

export function runAggregate<A extends Plain>(
  name: string,
  params: FunctionParams,
  ctx: Ctx,
  f: Aggregate<A>,
  toBatch = false,
): Receiver<never> {
  const node = new AggregateNode(name, params, ctx, f as unknown as Aggregate, toBatch)
  return (ctx.edge === 'batch' ? node.onBatch() : node.onStream()) as Receiver<never>
}

export function runTransform<A extends Plain>(
  name: string,
  params: FunctionParams,
  ctx: Ctx,
  f: Transform<A>,
): Receiver<never> {
  return new TransformNode(name, params, ctx, f as unknown as Transform).receiver() as Receiver<never>
}
