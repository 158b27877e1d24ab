import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { MAX_INT64, MIN_INT64, normalizeInt } from '../../base/int64.ts'
import { count, mean, median, mode, spread, stddev, sum } from './aggregates.ts'
import { resultsOf, valuesOf } from './testdata-aggregate.ts'

const floats = fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1, maxLength: 30 })
const ints = fc.array(fc.bigInt({ min: MIN_INT64, max: MAX_INT64 }), { minLength: 1, maxLength: 20 })
const near = (a: number, b: number): void =>
  assert.ok(Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b)), `${a} ${b}`)

describe('aggregates', () => {
  it('count anything, and give 0 for nothing', () => {
    assert.deepEqual(valuesOf(count, 'string', 'a', '', 'a'), [3])
    assert.deepEqual(valuesOf(count, 'bool', true), [1])
    assert.deepEqual(valuesOf(count, 'float'), [0])
    assert.equal(count.out('string'), 'int')
    assert.equal(count.emptyOk, true)
  })

  it('sum ints exactly, wrapping at 64 bits, and floats as floats', () => {
    fc.assert(
      fc.property(ints, (list) => {
        const total = BigInt.asIntN(
          64,
          list.reduce((a, b) => a + b, 0n),
        )
        assert.deepEqual(valuesOf(sum, 'int', ...list.map(normalizeInt)), [normalizeInt(total)])
        const [m] = valuesOf(mean, 'int', ...list.map(normalizeInt))
        assert.equal(m, Number(total) / list.length)
      }),
    )
    assert.deepEqual(valuesOf(sum, 'int', MAX_INT64, 1), [MIN_INT64])
    assert.deepEqual(valuesOf(sum, 'float', 0.5, 0.25), [0.75])
    assert.deepEqual(valuesOf(sum, 'float'), [0])
    assert.deepEqual([sum.out('int'), sum.out('float'), mean.out('int')], ['int', 'float', 'float'])
  })

  it('take the middle of sorted values, between the two middle ones of an even number', () => {
    assert.deepEqual(valuesOf(median, 'float', 9, 1, 5), [5])
    assert.deepEqual(valuesOf(median, 'float', 4, 1, 3, 2), [2.5])
    assert.deepEqual(valuesOf(median, 'int', 3, 2), [2.5])
    // Sorted by value, not as texts, and past 2^53 too.
    assert.deepEqual(valuesOf(median, 'int', 10, 9, 100), [10])
    assert.deepEqual(valuesOf(median, 'int', 2n ** 60n, 5, -(2n ** 60n)), [5])
    assert.deepEqual(resultsOf(median, 'float', [[7, 3]]), [{ value: 7, time: { sec: 3, ns: 0 } }])
    assert.equal(
      resultsOf(median, 'float', [
        [7, 3],
        [8, 4],
      ])[0]!.time,
      undefined,
    )
  })

  it('find the most frequent value; of equally frequent ones by the rule of the reference', () => {
    assert.deepEqual(valuesOf(mode, 'int', 1, 2, 2, 3), [2])
    assert.deepEqual(valuesOf(mode, 'float', 5), [5])
    // Both twice: the run of 3 began at second 0, before the best point of 1.
    assert.deepEqual(valuesOf(mode, 'float', 3, 1, 1, 3), [3])
    // Both twice: the run of 3 began after the best point of 1.
    assert.deepEqual(valuesOf(mode, 'float', 1, 1, 3, 3), [1])
    assert.deepEqual(resultsOf(mode, 'int', [[7, 3]]), [{ value: 7, time: { sec: 3, ns: 0 } }])
  })

  it('tell the distance of the extremes', () => {
    assert.deepEqual(valuesOf(spread, 'float', 2, -1, 5), [6])
    assert.deepEqual(valuesOf(spread, 'int', MAX_INT64, 0), [MAX_INT64])
    assert.deepEqual(valuesOf(spread, 'int', 4), [0])
  })

  it('tell the deviation of a sample, of which one value has none', () => {
    assert.ok(Number.isNaN(valuesOf(stddev, 'float', 1)[0]))
    fc.assert(
      fc.property(floats, (list) => {
        if (list.length < 2) return
        const average = list.reduce((a, b) => a + b, 0) / list.length
        const squares = list.reduce((a, b) => a + (b - average) ** 2, 0)
        near(valuesOf(stddev, 'float', ...list)[0] as number, Math.sqrt(squares / (list.length - 1)))
      }),
    )
    assert.deepEqual(valuesOf(stddev, 'int', 2, 4), [Math.SQRT2])
  })
})
