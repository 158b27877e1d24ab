import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { didYouMean, editDistance, suggest } from './suggest.ts'

const NAMES = ['from', 'window', 'where', 'groupBy', 'measurement', 'period', 'mean', 'alert', 'httpOut', 'httpPost']

test('the nearest name is suggested', () => {
  const cases = {
    form: 'from',
    wndow: 'window',
    meassurement: 'measurement',
    perod: 'period',
    MEAN: 'mean',
    groupby: 'groupBy',
    httpOust: 'httpOut',
  }
  for (const [wrong, right] of Object.entries(cases)) assert.equal(suggest(wrong, NAMES), right, wrong)
  assert.equal(didYouMean('form', NAMES), 'Did you mean "from"?')
})

test('what is far from every name has no suggestion', () => {
  for (const wrong of ['', 'x', 'myFancyFunction', 'flatten', 'a'.repeat(1000)])
    assert.equal(suggest(wrong, NAMES), undefined, wrong)
  assert.equal(didYouMean('flatten', NAMES), undefined)
  assert.equal(suggest('from', []), undefined)
})

test('distances', () => {
  assert.equal(editDistance('', 'abc'), 3)
  assert.equal(editDistance('abc', 'abc'), 0)
  assert.equal(editDistance('abcd', 'acbd'), 1)
  assert.equal(editDistance('kitten', 'sitting'), 3)
})

test('a distance is symmetric and bounded by the longer text', () => {
  const text = fc.string({ maxLength: 10 })
  fc.assert(
    fc.property(text, text, (a, b) => {
      const distance = editDistance(a, b)
      assert.equal(distance, editDistance(b, a))
      assert.equal(distance === 0, a === b)
      assert.ok(distance <= Math.max(a.length, b.length))
    }),
  )
})
