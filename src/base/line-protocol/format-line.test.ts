import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { normalizeInt } from '../int64.ts'
import { Point } from '../point.ts'
import { seriesOf } from '../series.ts'
import { makeShape } from '../shape.ts'
import type { Time } from '../time.ts'
import type { Tags, Typed } from '../value.ts'
import { formatLine } from './format-line.ts'
import { LineParser } from './line-parser.ts'

const LATE: Time = { sec: 1_500_000_000, ns: 123_456_789 }

function point(name: string, tags: Tags, fields: Readonly<Record<string, Typed>>, time: Time = LATE): Point {
  const names = Object.keys(fields).sort()
  const shape = makeShape(
    names,
    names.map((n) => fields[n]!.kind),
  )
  const values = names.map((n) => fields[n]!.value)
  return new Point(seriesOf('db', 'rp', name, tags), shape, values, time.sec, time.ns)
}
const float = (value: number): Typed => ({ kind: 'float', value })

test('a line has sorted tags and fields of all kinds', () => {
  const p = point(
    'cpu',
    { zone: 'z', area: 'a' },
    {
      v: float(1),
      n: { kind: 'int', value: 2n ** 62n },
      d: { kind: 'duration', value: 60_000_000_000 },
      s: { kind: 'string', value: 'two "words" \\ here\nand there' },
      ok: { kind: 'bool', value: true },
      no: { kind: 'bool', value: false },
    },
  )
  assert.equal(
    formatLine(p),
    'cpu,area=a,zone=z d=60000000000i,n=4611686018427387904i,no=false,ok=true,s="two \\"words\\" \\\\ here\nand there",v=1 1500000000123456789',
  )
})

test('names are escaped', () => {
  const p = point('a b,c=d"e', { 'k =,': 'v =,"' }, { 'f =,"': float(1.5) })
  assert.equal(formatLine(p, 's'), 'a\\ b\\,c=d"e,k\\ \\=\\,=v\\ \\=\\," f\\ \\=\\,"=1.5 1500000000')
})

test('precisions', () => {
  const p = point('m', {}, { v: float(1) })
  const cases: [string, string][] = [
    ['n', '1500000000123456789'],
    ['ns', '1500000000123456789'],
    ['u', '1500000000123456'],
    ['ms', '1500000000123'],
    ['s', '1500000000'],
    ['m', '25000000'],
    ['h', '416666'],
  ]
  for (const [precision, text] of cases) assert.equal(formatLine(p, precision), `m v=1 ${text}`)
  assert.equal(formatLine(point('m', {}, { v: float(1) }, { sec: -1, ns: 500_000_000 })), 'm v=1 -500000000')
  assert.equal(formatLine(point('m', {}, { v: float(1) }, { sec: -2, ns: 500_000_000 }), 's'), 'm v=1 -1')
})

test('floats have no exponent', () => {
  assert.equal(
    formatLine(point('m', {}, { a: float(1e21), b: float(1e-7), c: float(-0) }), 's'),
    'm a=1000000000000000000000,b=0.0000001,c=-0 1500000000',
  )
})

test('what the protocol can’t say is left out', () => {
  const none: Typed = { kind: 'null', value: null }
  const v = float(1)
  assert.equal(
    formatLine(
      point('m', { a: '', b: 'c' }, { n: none, v, x: float(Number.NaN), y: float(Number.POSITIVE_INFINITY) }),
      's',
    ),
    'm,b=c v=1 1500000000',
  )
  assert.equal(formatLine(point('m', {}, { n: none })), '')
  assert.equal(formatLine(point('', {}, { v })), '')
  assert.equal(formatLine(point('#m', {}, { v })), '')
  assert.equal(formatLine(point('m', { dir: 'C:\\' }, { v }), 's'), 'm,dir=C: v=1 1500000000')
})

test('a name can’t smuggle in a second line', () => {
  assert.equal(formatLine(point('m', { t: 'a', 't\\': 'b' }, { v: float(1) }), 's'), 'm,t=a v=1 1500000000')
  const line = formatLine(point('a\nb', { 'c\nd': 'e\nf' }, { 'g\nh': float(1) }), 's')
  assert.equal(line, 'a\\nb,c\\nd=e\\nf g\\nh=1 1500000000')
})

// What the protocol can't say: blanks and # in front, a backslash at the end or before a space.
const tagText = fc
  .array(fc.constantFrom(...'ab ,="é🌊\\\t'), { minLength: 1, maxLength: 6 })
  .map((a) => a.join(''))
  .filter((s) => !/^[\t#]|\\ |\\$/.test(s))
// Nor in a field key one before a comma or an equals sign.
const nameText = tagText.filter((s) => !/\\[,=]/.test(s))
const fieldValue: fc.Arbitrary<Typed> = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value): Typed => ({ kind: 'float', value })),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((n): Typed => ({ kind: 'int', value: normalizeInt(n) })),
  fc.integer().map((value): Typed => ({ kind: 'int', value })),
  fc.boolean().map((value): Typed => ({ kind: 'bool', value })),
  fc.string({ unit: 'grapheme' }).map((value): Typed => ({ kind: 'string', value: value.toWellFormed() })),
  fc.array(fc.constantFrom(...'ab\\ ,="\n')).map((a): Typed => ({ kind: 'string', value: a.join('') })),
)
test('what is written reads back as the same point', () => {
  const parser = new LineParser()
  fc.assert(
    fc.property(
      tagText,
      fc.dictionary(tagText, tagText, { maxKeys: 4 }),
      fc.dictionary(nameText, fieldValue, { minKeys: 1, maxKeys: 4 }),
      fc.bigInt({ min: -9223372035n, max: 9223372035n }),
      fc.integer({ min: 0, max: 999_999_999 }),
      (name, tags, fields, sec, ns) => {
        const p = point(name, tags, fields, { sec: Number(sec), ns })
        const line = formatLine(p)
        const r = parser.parse(new TextEncoder().encode(`${line}\n${line}`), 'db', 'rp', 'n', { sec: 0, ns: 0 })
        assert.ok(r.ok, line)
        assert.equal(r.points.length, 2)
        for (const q of r.points) {
          assert.equal(q.series.key, p.series.key)
          assert.equal(q.shape.key, p.shape.key)
          assert.deepStrictEqual(q.values, p.values)
          assert.deepEqual([q.sec, q.ns], [p.sec, p.ns])
        }
      },
    ),
    { numRuns: 3_000 },
  )
})

test('whatever a point holds, its line reads as one point or is empty', () => {
  const parser = new LineParser()
  const any = fc.array(fc.constantFrom(...'ab ,="é\\\t\n#'), { maxLength: 5 }).map((a) => a.join(''))
  fc.assert(
    fc.property(
      any,
      fc.dictionary(any, any, { maxKeys: 3 }),
      fc.dictionary(any, fieldValue, { maxKeys: 3 }),
      (name, tags, fields) => {
        const line = formatLine(point(name, tags, fields))
        const r = parser.parse(new TextEncoder().encode(`${line}\nnext v=1 1`), 'db', 'rp', 'n', { sec: 0, ns: 0 })
        assert.ok(r.ok, JSON.stringify(line))
        assert.equal(r.points.length, line === '' ? 1 : 2, JSON.stringify(line))
      },
    ),
    { numRuns: 3_000 },
  )
})
