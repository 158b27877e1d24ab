// How the values of a line, in its own order, become those of a point: the step from a field tree's node to a Shape.
import { makeShape, type Shape } from '../shape.ts'
import type { Kind, Value } from '../value.ts'
import { type FieldNode, FLOAT, INT, STRING } from './field-tree.ts'

export interface Layout {
  readonly shape: Shape
  /** For each slot of the shape: the place of its field in the line. */
  readonly order: Int32Array
}

function kindOf(code: number): Kind {
  return code === FLOAT ? 'float' : code === INT ? 'int' : code === STRING ? 'string' : 'bool'
}

/** The layout of a line whose last field is `leaf`, of the fields that are read; made once. */
export function layoutOf(leaf: FieldNode): Layout {
  if (leaf.layout) return leaf.layout
  const path: FieldNode[] = []
  for (let n = leaf; n.parent; n = n.parent) path.push(n)
  path.reverse()
  // A name that repeats keeps its last place.
  const places = new Map<string, number>()
  for (let i = 0; i < path.length; i++) if (!path[i]!.skipped) places.set(path[i]!.name, i)
  const names = [...places.keys()].sort()
  const order = Int32Array.from(names, (n) => places.get(n)!)
  const kinds = Array.from(order, (i) => kindOf(path[i]!.kind))
  leaf.layout = { shape: makeShape(names, kinds), order }
  return leaf.layout
}

/** A point's values when all are safe numbers: an array of doubles, apart from the others so that V8 keeps it unboxed. */
export function numericValues(layout: Layout, numbers: Float64Array): Value[] {
  const order = layout.order
  const values = new Array<number>(order.length)
  for (let k = 0; k < order.length; k++) values[k] = numbers[order[k]!]!
  return values
}

/** A point's values; numbers come from `numbers`, all else and what is NaN there (BigInts) from `others`. */
export function mixedValues(layout: Layout, numbers: Float64Array, others: readonly Value[]): Value[] {
  const order = layout.order
  const kinds = layout.shape.kinds
  const values = new Array<Value>(order.length)
  for (let k = 0; k < order.length; k++) {
    const kind = kinds[k]
    const place = order[k]!
    const number = kind === 'float' || kind === 'int' ? numbers[place]! : Number.NaN
    values[k] = Number.isNaN(number) ? others[place]! : number
  }
  return values
}
