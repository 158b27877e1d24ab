// A shape is the field layout of a point: sorted names with their kinds, shared by all points that look alike.
// Shapes are interned up to a bound; beyond it unshared ones work the same, slower. Identity is a hint, never the truth.
import type { Kind } from './value.ts'

/** At most so many shapes are shared; further ones live with their points. */
export const MAX_SHAPES = 65_536

const interned = new Map<string, Shape>()
const KIND_CODE: Readonly<Record<Kind, string>> = {
  float: 'f',
  int: 'i',
  string: 's',
  bool: 'b',
  duration: 'd',
  null: 'n',
}

export class Shape {
  /** Field names in byte order. */
  readonly names: readonly string[]
  readonly kinds: readonly Kind[]
  /** What decides equality: names and kinds. */
  readonly key: string
  /** Dense while interned (0…MAX_SHAPES − 1), else −1: an index for per-shape caches. */
  readonly id: number
  /** True when all kinds are float or int. */
  readonly numeric: boolean
  #slots: Map<string, number> | undefined
  #with: Map<string, ShapeChange> | undefined
  #without: Map<string, ShapeChange> | undefined

  constructor(names: readonly string[], kinds: readonly Kind[], key: string, id: number) {
    this.names = names
    this.kinds = kinds
    this.key = key
    this.id = id
    this.numeric = kinds.every((k) => k === 'float' || k === 'int')
  }

  /** The index of a field in names, kinds and a point's values; −1 when there is none. */
  slot(name: string): number {
    const n = this.names
    if (n.length <= 6) {
      for (let i = 0; i < n.length; i++) if (n[i] === name) return i
      return -1
    }
    this.#slots ??= new Map(n.map((x, i) => [x, i]))
    return this.#slots.get(name) ?? -1
  }

  /** The shape with one field added or its kind replaced. */
  with(name: string, kind: Kind): ShapeChange {
    const key = KIND_CODE[kind] + name
    let c = this.#with?.get(key)
    if (!c) {
      const at = this.slot(name)
      if (at >= 0) {
        c = {
          shape: this.kinds[at] === kind ? this : makeShape(this.names, this.kinds.with(at, kind)),
          at,
          fresh: false,
        }
      } else {
        let i = 0
        while (i < this.names.length && this.names[i]! < name) i++
        c = { shape: makeShape(this.names.toSpliced(i, 0, name), this.kinds.toSpliced(i, 0, kind)), at: i, fresh: true }
      }
      this.#with ??= new Map()
      if (this.#with.size < 64) this.#with.set(key, c)
    }
    return c
  }

  /** The shape without a field; `at` is −1 when it had none. */
  without(name: string): ShapeChange {
    let c = this.#without?.get(name)
    if (!c) {
      const at = this.slot(name)
      c =
        at < 0
          ? { shape: this, at, fresh: false }
          : { shape: makeShape(this.names.toSpliced(at, 1), this.kinds.toSpliced(at, 1)), at, fresh: false }
      this.#without ??= new Map()
      if (this.#without.size < 64) this.#without.set(name, c)
    }
    return c
  }
}

export interface ShapeChange {
  readonly shape: Shape
  /** Slot of the field in the new shape (with) or in the old one (without). */
  readonly at: number
  /** True when the field was not there before. */
  readonly fresh: boolean
}

/** The shared shape of these fields. `names` must be sorted in code-unit order and without repeats; both arrays are kept. */
export function makeShape(names: readonly string[], kinds: readonly Kind[]): Shape {
  let key = ''
  for (let i = 0; i < names.length; i++) key += `${KIND_CODE[kinds[i]!]}${names[i]!.length}:${names[i]!}`
  const known = interned.get(key)
  if (known) return known
  const shared = interned.size < MAX_SHAPES
  const shape = new Shape(names, kinds, key, shared ? interned.size : -1)
  if (shared) interned.set(key, shape)
  return shape
}

export const EMPTY_SHAPE = makeShape([], [])

/** How many shapes are shared now; for statistics and the test of the bound. */
export function shapeCount(): number {
  return interned.size
}
