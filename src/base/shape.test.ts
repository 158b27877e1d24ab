import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { EMPTY_SHAPE, MAX_SHAPES, makeShape, type Shape, shapeCount } from './shape.ts'
import type { Kind } from './value.ts'

const KINDS: readonly Kind[] = ['float', 'int', 'string', 'bool', 'duration', 'null']
const kind = fc.constantFrom(...KINDS)
/** Names that look like parts of keys. */
const name = fc.string({ unit: fc.constantFrom('a', 'f', 'i', '1', ':', '\0'), maxLength: 4 })
const fields = fc.dictionary(name, kind, { maxKeys: 9 })
const shapeOf = (o: Readonly<Record<string, Kind>>): Shape => {
  const names = Object.keys(o).sort()
  return makeShape(
    names,
    names.map((n) => o[n]!),
  )
}

describe('shapes', () => {
  it('are one object for equal names and kinds, and two for others', () => {
    fc.assert(
      fc.property(fields, fields, (a, b) => {
        const text = (o: typeof a): string => JSON.stringify(Object.entries(o).sort())
        assert.equal(shapeOf(a) === shapeOf(b), text(a) === text(b))
        assert.equal(shapeOf(a).key === shapeOf(b).key, text(a) === text(b))
      }),
      { numRuns: 1_000 },
    )
  })

  it('find the slot of a name, few or many', () => {
    fc.assert(
      fc.property(fields, name, (o, other) => {
        const shape = shapeOf(o)
        for (const [i, n] of shape.names.entries()) assert.equal(shape.slot(n), i)
        if (!Object.hasOwn(o, other)) assert.equal(shape.slot(other), -1)
        assert.equal(shape.slot('constructor'), -1)
      }),
    )
  })

  it('change by one field as if they were made anew', () => {
    fc.assert(
      fc.property(fields, name, kind, (o, n, k) => {
        const shape = shapeOf(o)
        const had = shape.slot(n)
        const added = shape.with(n, k)
        assert.equal(added.shape, shapeOf({ ...o, [n]: k }))
        assert.equal(added.at, added.shape.slot(n))
        assert.equal(added.fresh, had < 0)
        const { [n]: _, ...rest } = o
        const removed = shape.without(n)
        assert.equal(removed.shape, shapeOf(rest))
        assert.equal(removed.at, had)
      }),
      { numRuns: 500 },
    )
    assert.equal(EMPTY_SHAPE.without('x').shape, EMPTY_SHAPE)
  })

  it('beyond the bound are not shared, but right all the same', () => {
    for (let i = shapeCount(); i < MAX_SHAPES; i++) makeShape([`n${i}`], ['float'])
    assert.equal(shapeCount(), MAX_SHAPES)
    const a = makeShape(['one', 'too', 'many'].sort(), ['int', 'int', 'int'])
    const b = makeShape(['one', 'too', 'many'].sort(), ['int', 'int', 'int'])
    assert.equal(shapeCount(), MAX_SHAPES)
    assert.notEqual(a, b)
    assert.equal(a.key, b.key)
    assert.equal(a.id, -1)
    assert.deepEqual(a.with('x', 'bool').shape.names, ['many', 'one', 'too', 'x'])
    assert.equal(a.with('x', 'bool').shape, a.with('x', 'bool').shape, 'a change is remembered')
  })
})
