// How the cells of a row become the fields of a point: one layout for each list of columns, one shape for each pattern of
// kinds in it, found by a number and not by names.
import { makeShape, type Shape } from '../shape.ts'
import type { Kind, Value } from '../value.ts'

/** What a cell can be, as rows are kept. */
export const NULL = 0
export const FLOAT = 1
export const STRING = 2
export const BOOL = 3
const KINDS: readonly Kind[] = ['null', 'float', 'string', 'bool']

/** So many patterns of one layout are remembered; then the memory begins anew. */
const MAX_PLANS = 4_096

interface Plan {
  readonly shape: Shape
  /** For each field of the shape, the column that its value stands in. */
  readonly columns: readonly number[]
}

export class RowLayout {
  readonly columns: readonly string[]
  readonly #plans = new Map<string, Plan>()
  #lastKinds: readonly number[] = []
  #last: Plan | undefined

  constructor(columns: readonly string[]) {
    this.columns = columns
  }

  /** The shape of a row whose cells are of these kinds, and its values; cells that are null are no fields. */
  fields(kinds: readonly number[], cells: readonly Value[]): { readonly shape: Shape; readonly values: Value[] } {
    const plan = this.#plan(kinds)
    return { shape: plan.shape, values: plan.columns.map((c) => cells[c]!) }
  }

  #plan(kinds: readonly number[]): Plan {
    const known = this.#last
    if (known && same(kinds, this.#lastKinds)) return known
    const key = kinds.join('')
    let plan = this.#plans.get(key)
    if (!plan) {
      plan = this.#make(kinds)
      if (this.#plans.size >= MAX_PLANS) this.#plans.clear()
      this.#plans.set(key, plan)
    }
    this.#lastKinds = [...kinds]
    this.#last = plan
    return plan
  }

  #make(kinds: readonly number[]): Plan {
    // Of columns with one name the last counts.
    const at = new Map<string, number>()
    this.columns.forEach((name, c) => {
      if (kinds[c] !== NULL) at.set(name, c)
    })
    const names = [...at.keys()].sort()
    const columns = names.map((n) => at.get(n)!)
    return {
      shape: makeShape(
        names,
        columns.map((c) => KINDS[kinds[c]!]!),
      ),
      columns,
    }
  }
}

function same(a: readonly number[], b: readonly number[]): boolean {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return a.length === b.length
}
