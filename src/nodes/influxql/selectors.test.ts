import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { Plain } from '../../base/plain.ts'
import type { Kind, Value } from '../../base/value.ts'
import { type Aggregate, compareValues } from './aggregate.ts'
import { bottom, distinct, first, last, max, min, percentile, top } from './selectors.ts'
import { resultsOf, type Sample } from './testdata-aggregate.ts'

/** Value, second and place of each point that was picked. */
function picked<A extends Plain>(f: Aggregate<A>, kind: Kind, samples: readonly Sample[]): unknown[] {
  return resultsOf(f, kind, samples).map((r) => [r.value, r.time!.sec, Number(r.point!.series.tag('n'))])
}

const sample = fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 4 }))
const samples = fc.array(sample, { minLength: 1, maxLength: 12 })

/** The sample that beats all others, the first of those that nothing beats. */
function bestOf(list: readonly Sample[], beats: (a: Sample, b: Sample) => boolean): unknown[] {
  const at = list.findIndex((a) => list.every((b) => !beats(b, a)))
  return [[list[at]![0], list[at]![1], at]]
}

describe('selectors', () => {
  it('pick the first and last by time, the larger value of equal times', () => {
    fc.assert(
      fc.property(samples, (list) => {
        const larger = (a: Sample, b: Sample): boolean => (a[0] as number) > (b[0] as number)
        assert.deepEqual(
          picked(first, 'int', list),
          bestOf(list, (a, b) => a[1] < b[1] || (a[1] === b[1] && larger(a, b))),
        )
        assert.deepEqual(
          picked(last, 'int', list),
          bestOf(list, (a, b) => a[1] > b[1] || (a[1] === b[1] && larger(a, b))),
        )
      }),
    )
    assert.deepEqual(
      picked(first, 'bool', [
        [false, 1],
        [true, 1],
      ]),
      [[true, 1, 1]],
    )
    assert.deepEqual(
      picked(last, 'string', [
        ['b', 1],
        ['a', 1],
      ]),
      [['b', 1, 0]],
    )
  })

  it('pick the extremes, the earlier of equal ones', () => {
    fc.assert(
      fc.property(samples, (list) => {
        const v = (s: Sample): number => s[0] as number
        assert.deepEqual(
          picked(min, 'int', list),
          bestOf(list, (a, b) => v(a) < v(b) || (v(a) === v(b) && a[1] < b[1])),
        )
        assert.deepEqual(
          picked(max, 'int', list),
          bestOf(list, (a, b) => v(a) > v(b) || (v(a) === v(b) && a[1] < b[1])),
        )
      }),
    )
    assert.deepEqual(
      picked(max, 'int', [
        [2n ** 60n, 1],
        [2n ** 60n + 1n, 2],
      ]),
      [[2n ** 60n + 1n, 2, 1]],
    )
  })

  it('pick a percentile by rank, and nothing outside of the ranks', () => {
    const five: Sample[] = [5, 3, 1, 4, 2].map((v, i) => [v, i])
    for (const [percent, want] of [
      [50, 3],
      [20, 1],
      [30, 2],
      [100, 5],
      [90, 5],
      [69.9, 3],
      [70, 4],
    ] as const)
      assert.equal(resultsOf(percentile(percent), 'int', five)[0]?.value, want, `${percent}`)
    assert.deepEqual(resultsOf(percentile(0), 'int', five), [])
    assert.deepEqual(resultsOf(percentile(9.9), 'int', five), [])
    assert.deepEqual(resultsOf(percentile(150), 'int', five), [])
    assert.deepEqual(resultsOf(percentile(-10), 'int', five), [])
  })

  it('give each value once, by the time and value of its first point', () => {
    const list: Sample[] = [
      ['b', 2],
      ['a', 2],
      ['b', 1],
      ['c', 1],
    ]
    assert.deepEqual(
      resultsOf(distinct, 'string', list).map((r) => [r.value, r.time!.sec]),
      [
        ['c', 1],
        ['a', 2],
        ['b', 2],
      ],
    )
  })

  it('rank the largest and smallest, the earlier of equal ones first, however many come', () => {
    const many = fc.array(sample, { maxLength: 300 })
    fc.assert(
      fc.property(many, fc.integer({ min: 1, max: 5 }), (list, n) => {
        const ranked = (sign: 1 | -1): unknown[] =>
          list
            .map(([v, sec], i) => [v, sec, i] as const)
            .sort((a, b) => sign * compareValues(b[0] as Value, a[0] as Value) || a[1] - b[1] || a[2] - b[2])
            .slice(0, n)
            .map(([v, sec]) => [v, sec])
        const got = (f: ReturnType<typeof top>): unknown[] =>
          picked(f, 'int', list).map((x) => (x as unknown[]).slice(0, 2))
        assert.deepEqual(got(top(n)), ranked(1))
        assert.deepEqual(got(bottom(n)), ranked(-1))
      }),
      { numRuns: 50 },
    )
  })

  it('hold few points, however many come', () => {
    const f = top(3)
    const acc = f.start('int')
    for (let i = 0; i < 5_000; i++) f.add(acc, i, { sec: i, ns: 0 } as never)
    assert.ok(acc.values.length < 100)
    assert.deepEqual(
      f.results!(acc, 'int').map((r) => r.value),
      [4_999, 4_998, 4_997],
    )
  })
})
