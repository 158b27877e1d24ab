import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { MAX_INT64, MIN_INT64 } from '../../base/int64.ts'
import { type Plain, plainFromText, plainToText } from '../../base/plain.ts'
import type { Kind, Value } from '../../base/value.ts'
import { pointAt, type Sample } from './testdata-aggregate.ts'
import { cumulativeSum, difference, elapsed, movingAverage, type Transform } from './transforms.ts'

/** What comes with each sample; undefined where there is no result. The state is written down in between. */
function run<A extends Plain>(f: Transform<A>, kind: Kind, samples: readonly Sample[]): (Value | undefined)[] {
  let acc = f.start(kind)
  return samples.map(([v, sec]) => {
    const r = f.next(acc, v, pointAt(v, sec, kind))
    acc = plainFromText(plainToText(acc)) as A
    return r
  })
}

const inTurn = (...values: readonly Value[]): Sample[] => values.map((v, i) => [v, i])

describe('transforms', () => {
  it('tell whole units since the point before, also back in time', () => {
    const samples: Sample[] = [
      ['x', 0],
      ['x', 10],
      ['x', 10],
      ['x', 25],
      ['x', 20],
    ]
    assert.deepEqual(run(elapsed(10_000_000_000), 'string', samples), [undefined, 1, 0, 1, 0])
    assert.deepEqual(run(elapsed(1_000_000_000), 'string', samples), [undefined, 10, 0, 15, -5])
    assert.equal(elapsed(1).out('string'), 'int')
  })

  it('tell the change since the point before, passing over those of the same time', () => {
    assert.deepEqual(run(difference, 'float', inTurn(1, 2.5, 0)), [undefined, 1.5, -2.5])
    assert.deepEqual(run(difference, 'int', inTurn(MIN_INT64, MAX_INT64)), [undefined, -1])
    const twice: Sample[] = [
      [1, 0],
      [5, 0],
      [7, 1],
    ]
    assert.deepEqual(run(difference, 'int', twice), [undefined, undefined, 6])
  })

  it('average the last values once there are enough', () => {
    assert.deepEqual(run(movingAverage(2), 'int', inTurn(1, 2, 4)), [undefined, 1.5, 3])
    assert.deepEqual(run(movingAverage(1), 'float', inTurn(1, 2)), [1, 2])
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -1_000, max: 1_000 }), { maxLength: 40 }),
        fc.integer({ min: 1, max: 6 }),
        (list, n) => {
          const want = list.map((_, i) =>
            i + 1 < n ? undefined : list.slice(i + 1 - n, i + 1).reduce((a, b) => a + b, 0) / n,
          )
          assert.deepEqual(run(movingAverage(n), 'int', inTurn(...list)), want)
        },
      ),
    )
  })

  it('forget an infinity that has left the window', () => {
    const list = inTurn(1, Number.POSITIVE_INFINITY, 2, 4)
    assert.deepEqual(run(movingAverage(2), 'float', list), [
      undefined,
      Number.POSITIVE_INFINITY,
      Number.POSITIVE_INFINITY,
      3,
    ])
  })

  it('add up, wrapping at 64 bits', () => {
    assert.deepEqual(run(cumulativeSum, 'int', inTurn(1, 2, MAX_INT64)), [1, 3, MIN_INT64 + 2n])
    assert.deepEqual(run(cumulativeSum, 'float', inTurn(0.5, 0.25)), [0.5, 0.75])
  })
})
