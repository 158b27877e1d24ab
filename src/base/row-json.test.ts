import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Point } from './point.ts'
import { rowColumns, rowJson, rowOfBatch, rowOfPoint, rowsJson, rowTable } from './row-json.ts'
import { seriesOf } from './series.ts'
import { makeShape } from './shape.ts'
import type { Tags, Typed } from './value.ts'

function point(name: string, tags: Tags, fields: Record<string, Typed>, sec: number, ns = 0): Point {
  const names = Object.keys(fields).sort()
  const shape = makeShape(
    names,
    names.map((n) => fields[n]!.kind),
  )
  return new Point(
    seriesOf('db', 'rp', name, tags),
    shape,
    names.map((n) => fields[n]!.value),
    sec,
    ns,
  )
}
const float = (value: number): Typed => ({ kind: 'float', value })
const int = (value: number | bigint): Typed => ({ kind: 'int', value })

test('a point shows all of its tags and its fields', () => {
  const p = point('cpu', { host: 'a', '10': 'x', '9': 'y' }, { v: float(1.5), i: int(2n ** 62n) }, 1, 500)
  assert.equal(
    rowJson(rowOfPoint(p)),
    '{"name":"cpu","tags":{"10":"x","9":"y","host":"a"},"columns":["time","i","v"],"values":[["1970-01-01T00:00:01.0000005Z",4611686018427387904,1.5]]}',
  )
  // Written from what the series remembers.
  assert.equal(
    rowJson(rowOfPoint(p)),
    rowJson(rowOfPoint(point('cpu', p.series.tags, { v: float(1.5), i: int(2n ** 62n) }, 1, 500))),
  )
})

test('empty parts are left out', () => {
  assert.equal(
    rowJson(rowOfPoint(point('', {}, { v: int(1) }, 0))),
    '{"columns":["time","v"],"values":[["1970-01-01T00:00:00Z",1]]}',
  )
  assert.equal(rowJson(rowOfBatch('m', {}, [])), '{"name":"m"}')
  assert.equal(rowJson(rowOfBatch('m', { a: 'b' }, [])), '{"name":"m","tags":{"a":"b"}}')
  assert.equal(rowJson(rowOfBatch('', {}, [])), '{}')
  assert.equal(rowsJson([]), '{"series":null}')
  assert.equal(rowsJson([rowOfBatch('m', {}, []), rowOfBatch('n', {}, [])]), '{"series":[{"name":"m"},{"name":"n"}]}')
})

test('a batch shows the first point’s fields and other tags as columns', () => {
  const batch = rowOfBatch('m', { host: 'a' }, [
    point('m', { host: 'a', disk: '1' }, { v: float(1), w: int(5) }, 1),
    point('m', { host: 'a', zone: 'z' }, { v: float(2), x: float(3) }, 2),
    point('m', { host: 'a', disk: '3', w: 'tag' }, { v: float(Number.NaN) }, 3),
  ])
  assert.deepEqual(rowColumns(batch), ['time', 'disk', 'v', 'w'])
  assert.equal(
    rowJson(batch),
    '{"name":"m","tags":{"host":"a"},"columns":["time","disk","v","w"],"values":[' +
      '["1970-01-01T00:00:01Z","1",1,5],["1970-01-01T00:00:02Z",null,2,null],["1970-01-01T00:00:03Z","3",null,"tag"]]}',
  )
})

test('a field wins over a tag of its name', () => {
  const p = point('m', { x: 'tagged' }, { x: int(41) }, 0)
  assert.equal(
    rowJson(rowOfBatch('m', {}, [p])),
    '{"name":"m","columns":["time","x"],"values":[["1970-01-01T00:00:00Z",41]]}',
  )
})

test('points of several shapes in one batch keep to the first one’s columns', () => {
  const rows = [
    point('m', {}, { b: int(1) }, 0),
    point('m', {}, { b: float(1.5) }, 0),
    point('m', {}, { a: int(1), b: int(2) }, 0),
  ]
  assert.equal(
    rowJson(rowOfBatch('m', {}, rows)),
    '{"name":"m","columns":["time","b"],"values":[["1970-01-01T00:00:00Z",1],["1970-01-01T00:00:00Z",1.5],["1970-01-01T00:00:00Z",2]]}',
  )
})

test('the table says what the JSON says', () => {
  const row = rowOfBatch('m', { host: 'a' }, [
    point('m', { host: 'a', disk: '1' }, { v: float(1) }, 1, 2),
    point('m', { host: 'a' }, { v: { kind: 'null', value: null } }, 2),
  ])
  assert.deepEqual(rowTable(row), {
    name: 'm',
    tags: row.tags,
    columns: ['time', 'disk', 'v'],
    values: [
      [
        { kind: 'time', value: { sec: 1, ns: 2 } },
        { kind: 'string', value: '1' },
        { kind: 'float', value: 1 },
      ],
      [
        { kind: 'time', value: { sec: 2, ns: 0 } },
        { kind: 'null', value: null },
        { kind: 'null', value: null },
      ],
    ],
  })
})
