import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seriesCount } from '../../base/series.ts'
import { warmUp } from './warm-up.ts'

test('all tasks of the warm-up see every line, nothing is complained of, and few series are left', async () => {
  const before = seriesCount()
  const { lines, collected, complaints } = await warmUp()
  assert.deepEqual(complaints, [])
  assert.equal(lines, 2 * (30 * 16 + 300))
  assert.deepEqual(collected, [780, 780, 780, 780])
  assert.ok(seriesCount() - before < 100, `${seriesCount() - before} series`)
})

test('a warm-up ends early when it is told to', async () => {
  let asked = 0
  const { lines } = await warmUp(() => ++asked > 10)
  assert.ok(lines > 0 && lines < 300, `${lines} lines`)
})

test('one that is over before it begins does nothing', async () => {
  assert.deepEqual(await warmUp(() => true), { lines: 0, collected: [], complaints: [] })
})
