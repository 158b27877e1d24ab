import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { play, playWithRestarts, START } from './testdata-steps.ts'

describe('stats', () => {
  test('counts what the node has given, by group, at every interval', async () => {
    const script = 'var w = stream|from().groupBy(\'h\')|where(lambda: "v" > 1)\nw|log()\nw|stats(10s)'
    const steps = [4, 'm,h=a v=1 1\nm,h=a v=2 2', 6, 'm,h=b v=3 3\nm,h=a v=4 4', 10, 7]
    const played = await playWithRestarts(script, steps, ['stats4'])
    assert.deepEqual(played.given('stats4'), [
      `[h=a] stats,h=a emitted=1i ${START + 10}`,
      `[h=a] stats,h=a emitted=2i ${START + 20}`,
      `[h=b] stats,h=b emitted=1i ${START + 20}`,
    ])
  })

  test('says zero, without a group, while nothing has come', async () => {
    const { given } = await play('stream|from()|stats(10s)', [20])
    assert.deepEqual(given('stats2'), [`[] stats emitted=0i ${START + 10}`, `[] stats emitted=0i ${START + 20}`])
  })

  test('align ticks at multiples; the first point has the rounded time of the start', async () => {
    const script = 'stream|from()|stats(30s).align()'
    const played = await playWithRestarts(script, ['m v=1 1', 20, 'm v=1 2', 30], ['stats2'])
    // The start, 1000000, lies 10 s after a multiple.
    assert.deepEqual(played.given('stats2'), [`[] stats emitted=1i ${START - 10}`, `[] stats emitted=2i ${START + 50}`])
  })

  test('counts the points of batches', async () => {
    const script = 'stream|from()|window().periodCount(3).everyCount(3)|stats(10s)'
    const played = await playWithRestarts(script, ['m v=1 1\nm v=1 2\nm v=1 3\nm v=1 4', 10], ['stats3'])
    assert.deepEqual(played.given('stats3'), [`[] stats emitted=3i ${START + 10}`])
  })

  test('a group by measurement is one of the measurement stats', async () => {
    const { given } = await play("stream|from().groupBy('h').groupByMeasurement()|stats(10s)", ['m,h=a v=1 1', 10])
    assert.deepEqual(given('stats2'), [`[stats/h=a] stats,h=a emitted=1i ${START + 10}`])
  })

  test('a deleted group is counted no more', async () => {
    const script = "stream|from().groupBy('h')|barrier().idle(5s).delete(TRUE)|stats(10s)"
    const { given } = await play(script, ['m,h=a v=1 1', 8, 'm,h=b v=1 1', 2])
    assert.deepEqual(given('stats3'), [`[h=b] stats,h=b emitted=1i ${START + 10}`])
  })

  test('the source of a task can be counted', async () => {
    const { given } = await play("stream|from().measurement('m')\nstream|stats(10s)", ['m v=1 1\nn v=1 1\nm v=1 2', 10])
    assert.deepEqual(given('stats2'), [`[] stats emitted=2i ${START + 10}`])
  })

  test('wants a positive interval', async () => {
    await assert.rejects(play('stream|from()|stats(0s)', []), { message: 'stats node must have positive interval' })
  })
})
