import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatFloatJson, formatFloatPlain } from './go-number.ts'

test('plain form never has an exponent', () => {
  const cases: [number, string][] = [
    [0, '0'],
    [-0, '-0'],
    [1, '1'],
    [-1.5, '-1.5'],
    [0.1, '0.1'],
    [1e21, '1000000000000000000000'],
    [-1.25e22, '-12500000000000000000000'],
    [1e-7, '0.0000001'],
    [-1.5e-9, '-0.0000000015'],
    [123456789.125, '123456789.125'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, '+Inf'],
    [Number.NEGATIVE_INFINITY, '-Inf'],
  ]
  for (const [f, text] of cases) assert.equal(formatFloatPlain(f), text)
  assert.equal(formatFloatPlain(5e-324), `0.${'0'.repeat(323)}5`)
  assert.equal(formatFloatPlain(Number.MAX_VALUE), `17976931348623157${'0'.repeat(292)}`)
})

test('plain form reads back as the same number', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (f) => {
      const text = formatFloatPlain(f)
      assert.match(text, /^-?\d+(\.\d+)?$/)
      assert.ok(Object.is(Number(text), f))
    }),
    { numRuns: 2000 },
  )
})

test('JSON form', () => {
  const cases: [number, string][] = [
    [0, '0'],
    [-0, '-0'],
    [1e20, '100000000000000000000'],
    [1e21, '1e+21'],
    [1e-6, '0.000001'],
    [1e-7, '1e-7'],
    [1.5e-10, '1.5e-10'],
    [Number.MAX_VALUE, '1.7976931348623157e+308'],
    [Number.NaN, 'null'],
    [Number.NEGATIVE_INFINITY, 'null'],
  ]
  for (const [f, text] of cases) assert.equal(formatFloatJson(f), text)
})
