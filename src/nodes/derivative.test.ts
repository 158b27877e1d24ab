import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { given, runLines } from './testdata-given.ts'
import { playWithRestarts } from './testdata-steps.ts'

describe('derivative', () => {
  test('is the change per second against the point before in the group', async () => {
    const script = "stream|from().groupBy('h')|derivative('v')"
    assert.deepEqual(
      await given('derivative2', script, 'm,h=a v=10 0', 'm,h=b v=1i 1', 'm,h=a v=14 8', 'm,h=b v=-3i 2'),
      ['[h=a] m,h=a v=0.5 8', '[h=b] m,h=b v=-4 2'],
    )
  })

  test('unit and as', async () => {
    const script = "stream|from()|derivative('v').unit(1m).as('rate')"
    assert.deepEqual(await given('derivative2', script, 'm v=1i,w="x" 0', 'm v=3i,w="y" 10'), [
      '[] m rate=12,v=3i,w=y 10',
    ])
  })

  test('integers are taken as floats first', async () => {
    const script = "stream|from()|derivative('v')"
    assert.deepEqual(await given('derivative2', script, 'm v=9223372036854775807i 0', 'm v=-9223372036854775808i 1'), [
      '[] m v=-18446744073709552000 1',
    ])
  })

  test('nonNegative drops a fall, which is the point before for the next', async () => {
    const script = "stream|from()|derivative('v').nonNegative()"
    assert.deepEqual(await given('derivative2', script, 'm v=5 0', 'm v=1 1', 'm v=4 2', 'm v=4 3'), [
      '[] m v=3 2',
      '[] m v=0 3',
    ])
  })

  test('what is no number is dropped, counted by field, and not the point before', async () => {
    const lines = ['m v=1 0', 'm w=5 1', 'm v="3" 2', 'm v=true 3', 'm v=9 4']
    const script = "stream|from()|derivative('v')"
    assert.deepEqual(await given('derivative2', script, ...lines), ['[] m v=2 4'])
    const stats = (await runLines(script, ...lines)).stats['node-stats'].derivative2!
    assert.deepEqual([stats.errors, stats.missing], [3, { v: 3 }])
  })

  test('two points of one time have no rate; the second is the point before', async () => {
    const lines = ['m v=1 0', 'm v=7 0', 'm v=8 1', 'm v=2 -1']
    const script = "stream|from()|derivative('v')"
    assert.deepEqual(await given('derivative2', script, ...lines), ['[] m v=1 1', '[] m v=3 -1'])
    assert.equal((await runLines(script, ...lines)).stats['node-stats'].derivative2!.errors, 1)
  })

  test('each batch begins anew', async () => {
    const script = "stream|from()|window().periodCount(2).everyCount(2)|derivative('v')"
    assert.deepEqual(await given('derivative3', script, 'm v=1 0', 'm v=2 1', 'm v=9 2', 'm v=7 3'), [
      '[] m@1: m v=1 1',
      '[] m@3: m v=-2 3',
    ])
  })

  test('goes on after a restart', async () => {
    const script = "stream|from().groupBy('h')|derivative('v')"
    await playWithRestarts(
      script,
      ['m,h=a v=1 0', 'm,h=b v=5i 1', 'm,h=a v=3 2', 'm,h=b v=9i 3', 'm,h=a v=3 2'],
      ['derivative2'],
    )
  })
})
