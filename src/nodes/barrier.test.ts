import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { runLines } from './testdata-given.ts'
import { play, playWithRestarts, START } from './testdata-steps.ts'

const IDLE = "stream|from().groupBy('h')|barrier().idle(10s)"

describe('barrier', () => {
  test('idle: after a silence, for the time of the last data and as much later, again and again', async () => {
    const played = await playWithRestarts(IDLE, ['m,h=a v=1 100', 5, 'm,h=b v=1 200', 5, 5, 6], ['barrier2'])
    assert.deepEqual(played.given('barrier2'), [
      '[h=a] m,h=a v=1 100',
      '[h=b] m,h=b v=1 200',
      '[h=a] barrier 110',
      '[h=b] barrier 210',
      '[h=a] barrier 120',
    ])
  })

  test('idle: data puts the barrier off', async () => {
    const played = await playWithRestarts(
      IDLE,
      ['m,h=a v=1 100', 9, 'm,h=a v=1 101', 9, 'm,h=a v=1 102', 9, 1],
      ['barrier2'],
    )
    assert.deepEqual(played.given('barrier2').slice(3), ['[h=a] barrier 112'])
  })

  test('what is older than the last barrier of its group is dropped', async () => {
    const steps = ['m,h=a v=1 100', 10, 'm,h=a v=2 109\nm,h=b v=3 90\nm,h=a v=4 110']
    const played = await playWithRestarts(IDLE, steps, ['barrier2'])
    assert.deepEqual(played.given('barrier2').slice(2), ['[h=b] m,h=b v=3 90', '[h=a] m,h=a v=4 110'])
  })

  test('dropped data does not put a barrier off', async () => {
    const { given } = await play(IDLE, ['m,h=a v=1 100', 10, 5, 'm,h=a v=2 50', 5])
    assert.deepEqual(given('barrier2').slice(1), ['[h=a] barrier 110', '[h=a] barrier 120'])
  })

  test("period: the task's time, from the first message of the group on", async () => {
    const script = 'stream|from()|barrier().period(10s)'
    const played = await playWithRestarts(
      script,
      [3, 'm v=1 1', 10, 5, `m v=2 ${START + 12}\nm v=3 ${START + 13}`, 5],
      ['barrier2'],
    )
    assert.deepEqual(played.given('barrier2'), [
      '[] m v=1 1',
      `[] barrier ${START + 13}`,
      `[] m v=3 ${START + 13}`,
      `[] barrier ${START + 23}`,
    ])
  })

  test('delete: the group goes after its barrier, and comes back anew', async () => {
    const script = "stream|from().groupBy('h')|barrier().idle(10s).delete(TRUE)|stateCount(lambda: TRUE)"
    const steps = ['m,h=a v=1 100', 'm,h=a v=1 101', 10, 30, 'm,h=a v=1 50', 10]
    const played = await playWithRestarts(script, steps, ['barrier2', 'state_count3'])
    assert.deepEqual(played.given('state_count3'), [
      '[h=a] m,h=a state_count=1i,v=1 100',
      '[h=a] m,h=a state_count=2i,v=1 101',
      '[h=a] barrier 111',
      '[h=a] deleteGroup',
      '[h=a] m,h=a state_count=1i,v=1 50',
      '[h=a] barrier 60',
      '[h=a] deleteGroup',
    ])
    assert.equal(played.stats('barrier2').working_cardinality, 0)
    assert.equal(played.stats('state_count3').working_cardinality, 0)
  })

  test('barriers from above pass unless they are too old, and put an idle one off', async () => {
    const script = 'stream|from()|barrier().idle(5s)|barrier().idle(8s)'
    const played = await playWithRestarts(script, ['m v=1 100', 5, 5, 5], ['barrier3'])
    assert.deepEqual(played.given('barrier3').slice(1), ['[] barrier 105', '[] barrier 110', '[] barrier 115'])
  })

  test('rows of batches pass as points do', async () => {
    const script = 'stream|from()|window().periodCount(2).everyCount(2)|barrier().idle(10s)'
    const played = await playWithRestarts(
      script,
      ['m v=1 100\nm v=2 101', 10, 'm v=3 110\nm v=4 111', 10],
      ['barrier3'],
    )
    assert.deepEqual(played.given('barrier3'), [
      '[] m@101: m v=1 100; m v=2 101',
      '[] barrier 111',
      '[] m@111: m v=4 111',
      '[] barrier 121',
    ])
  })

  test('wants one of idle and period', async () => {
    const refused = (more: string, message: string): Promise<void> =>
      assert.rejects(runLines(`stream|from()|barrier()${more}`), { message })
    await refused('', 'idle must be greater than zero')
    await refused('.idle(-1s)', 'idle must be greater than zero')
    await refused('.idle(1s).period(1s)', 'cannot specify both idle and period')
    await refused('.period(-1s)', 'period must be greater than zero')
  })
})
