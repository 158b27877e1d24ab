import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { given, runLines } from './testdata-given.ts'

const WINDOW = 'stream|from()|window().period(10s).every(10s)'

describe('groupBy on a stream', () => {
  test('replaces tags, keeps by measurement', async () => {
    const from = "stream|from().groupBy('a').groupByMeasurement()"
    assert.deepEqual(await given('groupby2', `${from}|groupBy('b')`, 'm,a=1,b=2 v=1 1'), ['[m/b=2] m,a=1,b=2 v=1 1'])
    assert.deepEqual(await given('groupby2', `${from}|groupBy()`, 'm,a=1,b=2 v=1 1'), ['[m] m,a=1,b=2 v=1 1'])
    assert.deepEqual(await given('groupby2', "stream|from()|groupBy('b').byMeasurement()", 'm,b=2 v=1 1'), [
      '[m/b=2] m,b=2 v=1 1',
    ])
  })

  test('* takes all tags of each point but the excluded ones', async () => {
    const script = "stream|from()|groupBy(*).exclude('b').exclude('c', 'd')"
    assert.deepEqual(await given('groupby2', script, 'm,a=1,b=2 v=1 1', 'm,a=1,c=3,z=9 v=1 2', 'm v=1 3'), [
      '[a=1] m,a=1,b=2 v=1 1',
      '[a=1,z=9] m,a=1,c=3,z=9 v=1 2',
      '[] m v=1 3',
    ])
  })

  test('exclude wants *', async () => {
    await assert.rejects(runLines("stream|from()|groupBy('a').exclude('b')"), { message: "exclude requires '*'" })
  })
})

describe('groupBy on batches', () => {
  test('one batch becomes one a group when the next one comes', async () => {
    const lines = ['m,a=1 v=1 1', 'm,a=2 v=2 2', 'm,a=1 v=3 3', 'm,a=3 v=4 11', 'm,a=1 v=5 21']
    assert.deepEqual(await given('groupby3', `${WINDOW}|groupBy('a')`, ...lines), [
      '[a=1] m@11: m,a=1 v=1 1; m,a=1 v=3 3',
      '[a=2] m@11: m,a=2 v=2 2',
    ])
  })

  test('batches of one time are put together, sorted by time', async () => {
    const script = `stream|from().groupBy('a')|window().period(10s).every(10s).align()|groupBy('b')`
    const lines = ['m,a=1,b=x v=1 3', 'm,a=2,b=x v=2 2', 'm,a=1,b=x v=3 11', 'm,a=2,b=x v=4 12', 'm,a=1 v=0 21']
    assert.deepEqual(await given('groupby3', script, ...lines), ['[b=x] m@10: m,a=2,b=x v=2 2; m,a=1,b=x v=1 3'])
  })

  test('what is left at the end stays', async () => {
    assert.deepEqual(await given('groupby3', `${WINDOW}|groupBy('a')`, 'm,a=1 v=1 1', 'm,a=1 v=1 11'), [])
  })
})
