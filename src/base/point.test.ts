import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Point, withField, withoutField, withSeries, withTime } from './point.ts'
import { PointRows } from './rows.ts'
import { seriesOf } from './series.ts'
import { makeShape } from './shape.ts'

const series = seriesOf('db', 'rp', 'm', {})
const p = new Point(series, makeShape(['a', 'c'], ['int', 'null']), [1, null], 5, 6)

describe('points', () => {
  it('give a field, null when it is null, undefined when there is none', () => {
    assert.equal(p.field('a'), 1)
    assert.equal(p.field('c'), null)
    assert.equal(p.field('b'), undefined)
  })

  it('never change: what is made of them is new', () => {
    const added = withField(p, 'b', 'string', 'x')
    assert.deepEqual(added.shape.names, ['a', 'b', 'c'])
    assert.deepEqual(added.values, [1, 'x', null])
    const replaced = withField(p, 'a', 'float', 1.5)
    assert.deepEqual(replaced.shape.kinds, ['float', 'null'])
    assert.deepEqual(replaced.values, [1.5, null])
    assert.deepEqual(withoutField(p, 'a').values, [null])
    assert.equal(withoutField(p, 'zz'), p)
    assert.deepEqual(p.values, [1, null])
    assert.deepEqual(p.shape.names, ['a', 'c'])
  })

  it('move to another series or time', () => {
    const other = series.with('t', '1')
    assert.equal(withSeries(p, other).series, other)
    assert.equal(withSeries(p, series), p)
    const moved = withTime(p, { sec: 7, ns: 8 })
    assert.deepEqual([moved.sec, moved.ns, moved.values], [7, 8, p.values])
  })
})

describe('rows', () => {
  it('show a stretch of an array and copy it out', () => {
    const points = [0, 1, 2, 3].map((sec) => withTime(p, { sec, ns: 0 }))
    const rows = new PointRows(points, 1, 3)
    assert.equal(rows.length, 2)
    assert.equal(rows.at(0), points[1])
    assert.deepEqual(rows.toArray(), points.slice(1, 3))
    // The array may grow at its end; what is shown stays.
    points.push(p)
    assert.equal(rows.length, 2)
    assert.equal(new PointRows(points).length, 5)
    assert.deepEqual(new PointRows([]).toArray(), [])
  })
})
