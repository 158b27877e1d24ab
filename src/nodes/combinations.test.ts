import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { assignments, combinationCount } from './combinations.ts'

describe('combinations', () => {
  test('are counted', () => {
    assert.deepEqual(
      [combinationCount(5, 2), combinationCount(3, 3), combinationCount(2, 3), combinationCount(50, 6)],
      [10, 1, 0, 15890700],
    )
    assert.equal(combinationCount(1_000_000, 20), Number.POSITIVE_INFINITY)
  })

  test('come in order, each in its first fitting order', () => {
    assert.deepEqual(
      [...assignments(4, 2, () => true)],
      [
        [0, 1],
        [0, 2],
        [0, 3],
        [1, 2],
        [1, 3],
        [2, 3],
      ],
    )
    // Test 0 takes anybody, test 1 only member 0.
    assert.deepEqual(
      [...assignments(3, 2, (t, m) => t === 0 || m === 0)],
      [
        [1, 0],
        [2, 0],
      ],
    )
    assert.deepEqual([...assignments(1, 2, () => true)], [])
    assert.deepEqual([...assignments(3, 0, () => true)], [])
  })

  test('ask each question once', () => {
    const asked: string[] = []
    const found = [...assignments(5, 3, (t, m) => asked.push(`${t} ${m}`) > 0 && m % 3 === t)]
    assert.equal(new Set(asked).size, asked.length)
    assert.deepEqual(found, [
      [0, 1, 2],
      [0, 4, 2],
      [3, 1, 2],
      [3, 4, 2],
    ])
  })
})
