// How joined points come about: for each combination of shapes the names of their fields, sorted once, and where their
// values come from. Knows nothing of groups, nor of when points go out.
import { Point } from '../../base/point.ts'
import type { Series } from '../../base/series.ts'
import { makeShape, type Shape } from '../../base/shape.ts'
import type { Time } from '../../base/time.ts'
import type { Kind, Typed, Value } from '../../base/value.ts'

/** Combinations that are remembered; beyond them the memory begins anew. */
const MAX_PLANS = 4_096

interface Plan {
  /** Shape of each parent's point; undefined where there is none. */
  readonly shapes: readonly (Shape | undefined)[]
  readonly filled: Shape | undefined
  readonly shape: Shape
  /** Per field the parent and the slot in its point; parent −1 for the fill value. */
  readonly parents: readonly number[]
  readonly slots: readonly number[]
}

export class FieldPlans {
  readonly #prefixes: readonly string[]
  readonly #fill: Typed | undefined
  /** The last two that were used: sets that lack a parent often alternate with those that do not. */
  #last: Plan | undefined
  #before: Plan | undefined
  #plans = new Map<string, Plan>()

  /** `prefixes`: what stands before the field names of each parent. `fill`: the value of missing parents' fields. */
  constructor(prefixes: readonly string[], fill: Typed | undefined) {
    this.#prefixes = prefixes
    this.#fill = fill
  }

  /**
   * The points in parts[from] …, one a parent, as one of this series and time; the fields of parents without a point
   * have the names of `filled`, or are left out.
   */
  join(parts: readonly (Point | null)[], from: number, filled: Shape | undefined, series: Series, t: Time): Point {
    const { shape, parents, slots } = this.#plan(parts, from, filled)
    const n = parents.length
    // Filled first where it is not all numbers: V8 would take it for an array of numbers until something else comes in.
    const values = shape.numeric ? new Array<Value>(n) : new Array<Value>(n).fill(null)
    for (let i = 0; i < n; i++) {
      const parent = parents[i]!
      values[i] = parent < 0 ? this.#fill!.value : parts[from + parent]!.values[slots[i]!]!
    }
    return new Point(series, shape, values, t.sec, t.ns)
  }

  /** The same for the points of two parents. */
  pair(a: Point, b: Point, series: Series, t: Time): Point {
    const last = this.#last
    const fits = last && last.filled === undefined && last.shapes[0] === a.shape && last.shapes[1] === b.shape
    const plan = fits ? last : this.#plan([a, b], 0, undefined)
    const { parents, slots } = plan
    const ofA = a.values
    const ofB = b.values
    const n = parents.length
    let values: Value[]
    // One field each is common, and a literal cheaper than an array whose length V8 can't know.
    if (n === 2) values = [(parents[0] === 0 ? ofA : ofB)[slots[0]!]!, (parents[1] === 0 ? ofA : ofB)[slots[1]!]!]
    else {
      values = new Array<Value>(n)
      for (let i = 0; i < n; i++) values[i] = (parents[i] === 0 ? ofA : ofB)[slots[i]!]!
    }
    return new Point(series, plan.shape, values, t.sec, t.ns)
  }

  #plan(parts: readonly (Point | null)[], from: number, filled: Shape | undefined): Plan {
    const last = this.#last
    if (last && this.#fits(last, parts, from, filled)) return last
    const before = this.#before
    this.#before = last
    if (before && this.#fits(before, parts, from, filled)) {
      this.#last = before
      return before
    }
    // Shapes that are not shared have no number: their names and kinds stand for them.
    const of = (s: Shape | undefined): string => (s === undefined ? '-' : s.id >= 0 ? String(s.id) : s.key)
    let key = of(filled)
    for (let i = 0; i < this.#prefixes.length; i++) key += `\u0000${of(parts[from + i]?.shape)}`
    let plan = this.#plans.get(key)
    if (!plan) {
      plan = this.#make(parts, from, filled)
      if (this.#plans.size >= MAX_PLANS) this.#plans = new Map()
      this.#plans.set(key, plan)
    }
    this.#last = plan
    return plan
  }

  #fits(plan: Plan, parts: readonly (Point | null)[], from: number, filled: Shape | undefined): boolean {
    if (plan.filled !== filled) return false
    const { shapes } = plan
    for (let i = 0; i < shapes.length; i++) {
      const part = parts[from + i]
      if (shapes[i] !== (part ? part.shape : undefined)) return false
    }
    return true
  }

  #make(parts: readonly (Point | null)[], from: number, filled: Shape | undefined): Plan {
    const fields = new Map<string, { readonly kind: Kind; readonly parent: number; readonly slot: number }>()
    const shapes = this.#prefixes.map((prefix, i) => {
      const shape = parts[from + i]?.shape
      const fill = this.#fill
      if (shape)
        shape.names.forEach(
          (name, slot) => void fields.set(prefix + name, { kind: shape.kinds[slot]!, parent: i, slot }),
        )
      else if (fill)
        for (const name of filled?.names ?? []) fields.set(prefix + name, { kind: fill.kind, parent: -1, slot: 0 })
      return shape
    })
    const names = [...fields.keys()].sort()
    const sorted = names.map((name) => fields.get(name)!)
    return {
      shapes,
      filled,
      shape: makeShape(
        names,
        sorted.map((f) => f.kind),
      ),
      parents: sorted.map((f) => f.parent),
      slots: sorted.map((f) => f.slot),
    }
  }
}
