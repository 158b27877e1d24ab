// How the values of a line, in its own order, become those of a point: the step from a field tree's node to a Shape.
import { parseInt64 } from '../int64.ts'
import { makeShape, type Shape } from '../shape.ts'
import type { Kind, Value } from '../value.ts'
import { textOf } from './bytes.ts'
import { unescapeString } from './escapes.ts'
import type { FieldNode } from './field-tree.ts'
import { ESCAPED_TEXT, FLOAT, INT, RAW, STRING, TEXT } from './line-memory.ts'
import type { LineReader } from './line-reader.ts'
import { StringCache } from './string-cache.ts'

const texts = new StringCache()

export interface Layout {
  readonly shape: Shape
  /** For each slot of the shape: the place of its field among those that are read of the line. */
  readonly order: Int32Array
  /** A name stands twice in the line: a value that nobody gets to see must still be checked. */
  readonly repeats: boolean
}

function kindOf(code: number): Kind {
  return code === FLOAT ? 'float' : code === INT ? 'int' : code === STRING ? 'string' : 'bool'
}

/** The layout of a line whose last field is `leaf`, of the fields that are read; made once. */
export function layoutOf(leaf: FieldNode): Layout {
  if (leaf.layout) return leaf.layout
  const path: FieldNode[] = []
  for (let n = leaf; n.parent; n = n.parent) if (!n.skipped) path.push(n)
  path.reverse()
  // A name that repeats keeps its last place.
  const places = new Map<string, number>()
  for (let i = 0; i < path.length; i++) places.set(path[i]!.name, i)
  const names = [...places.keys()].sort()
  const order = Int32Array.from(names, (n) => places.get(n)!)
  const kinds = Array.from(order, (i) => kindOf(path[i]!.kind))
  leaf.layout = { shape: makeShape(names, kinds), order, repeats: order.length < path.length }
  return leaf.layout
}

/**
 * A point's values when all are safe numbers, from those at `at` on: an array of doubles, apart from the others so that V8
 * keeps it unboxed.
 */
export function numericValues(layout: Layout, numbers: Float64Array, at: number): Value[] {
  const order = layout.order
  const values = new Array<number>(order.length)
  for (let k = 0; k < order.length; k++) values[k] = numbers[at + order[k]!]!
  return values
}

/** A point's values, from those at `at` on; undefined when the strict reader has to look. */
export function mixedValues(layout: Layout, reader: LineReader, at: number): Value[] | undefined {
  if (layout.repeats) return undefined
  const order = layout.order
  const kinds = layout.shape.kinds
  const values = new Array<Value>(order.length)
  for (let k = 0; k < order.length; k++) {
    const place = at + order[k]!
    const high = reader.words[place * 2 + 1]!
    const tag = high >>> 16
    if (tag >= RAW) {
      const low = reader.words[place * 2]!
      const value = textValue(reader.bytes, tag, ((high & 0xffff) << 8) | (low >>> 24), low & 0xffffff)
      if (value === undefined) return undefined
      values[k] = value
    } else values[k] = kinds[k] === 'bool' ? reader.doubles[place] !== 0 : reader.doubles[place]!
  }
  return values
}

function textValue(b: Uint8Array, tag: number, from: number, to: number): Value | undefined {
  if (tag === RAW) return readRareNumber(textOf(b, from, to))
  if (tag === TEXT) return texts.get(b, from, to)
  const text = textOf(b, from, to)
  return tag === ESCAPED_TEXT ? unescapeString(text) : text
}

/** A float with an exponent or of many digits, or a large int; undefined when the strict reader has to look. */
function readRareNumber(text: string): Value | undefined {
  if (text.endsWith('i')) return parseInt64(text.slice(0, -1))
  if (!/^-?[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?$/.test(text)) return undefined
  const value = Number(text)
  return Number.isFinite(value) ? value : undefined
}
