import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type Plain, type PlainRef, plainFromText, plainToText } from './plain.ts'
import { Point } from './point.ts'
import { PointRows } from './rows.ts'
import { seriesOf } from './series.ts'
import { makeShape } from './shape.ts'

const round = (v: Plain): Plain => plainFromText(plainToText(v))

/** Keys that look like the marks of the text form, and such as objects have themselves. */
const key = fc.oneof(
  fc.string({ maxLength: 3 }),
  fc.constantFrom('$n', '$i', '$p', '$r', '$g', '$$n', '$', '__proto__', 'constructor', 'plainRef'),
)
const leaf = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.constantFrom(0, -0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.boolean(),
  fc.constant(null),
)
const { tree } = fc.letrec<{ tree: Plain }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.array(fc.tuple(key, tie('tree')), { maxLength: 4 }).map((entries) => Object.fromEntries(entries) as Plain),
  ),
}))

describe('plain data', () => {
  it('comes back from its text as it was', () => {
    fc.assert(
      fc.property(tree, (v) => {
        assert.deepEqual(round(v), v)
      }),
      { numRuns: 1_000 },
    )
  })

  it('keeps what JSON has no form for', () => {
    assert.ok(Object.is(round(-0), -0))
    assert.deepEqual(round([Number.NaN, Number.NEGATIVE_INFINITY, 2n ** 62n]), [
      Number.NaN,
      Number.NEGATIVE_INFINITY,
      2n ** 62n,
    ])
    assert.deepEqual(round({ a: undefined, b: 1 }), { b: 1 })
    assert.deepEqual(Object.keys(round(JSON.parse('{"__proto__":{"a":1}}')) as object), ['__proto__'])
  })

  it('holds points and rows; series and shapes are shared again', () => {
    const series = seriesOf('db', 'rp', 'm', { host: 'a\0b', ['__proto__']: 'x' })
    const shape = makeShape(['b', 'f', 'i', 's'], ['bool', 'float', 'int', 'string'])
    const p = new Point(series, shape, [true, -0, 2n ** 60n, 'x'], -5, 999_999_999)
    const q = round({ p }) as { p: Point }
    assert.ok(q.p instanceof Point)
    assert.equal(q.p.series, series)
    assert.equal(q.p.shape, shape)
    assert.deepEqual(q.p, p)
    const rows = round(new PointRows([p, p, p], 1, 3)) as PointRows
    assert.ok(rows instanceof PointRows)
    assert.deepEqual(rows.toArray(), [p, p])
  })

  it('refers to groups by what finds them again', () => {
    const group: PlainRef = { plainRef: 'group', plain: ['x', { y: 1n }] }
    const found: Plain[] = []
    const back = plainFromText(plainToText({ g: group }), (plain) => {
      found.push(plain)
      return group
    }) as { g: PlainRef }
    assert.deepEqual(found, [['x', { y: 1n }]])
    assert.equal(back.g, group)
    assert.throws(() => plainFromText(plainToText({ g: group })), /refers to a group where there are none/)
  })

  it('is not read from text that is none', () => {
    for (const bad of ['', '{', 'undefined', '{"a":}']) assert.throws(() => plainFromText(bad), SyntaxError)
  })
})
