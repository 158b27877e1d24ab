import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { given, runLines } from './testdata-given.ts'

const lines = (...seconds: number[]) => seconds.map((s) => `m,t=${s % 2} v=${s} ${s}`)

describe('sample', () => {
  test('every nth of a group, the first included', async () => {
    assert.deepEqual(await given('sample2', "stream|from().groupBy('t')|sample(2)", ...lines(0, 1, 2, 3, 4, 5)), [
      '[t=0] m,t=0 v=0 0',
      '[t=1] m,t=1 v=1 1',
      '[t=0] m,t=0 v=4 4',
      '[t=1] m,t=1 v=5 5',
    ])
    assert.equal((await given('sample2', 'stream|from()|sample(1)', ...lines(1, 2, 3))).length, 3)
  })

  test('each batch begins anew', async () => {
    const script = 'stream|from()|window().period(10s).every(10s)|sample(2)'
    assert.deepEqual(await given('sample3', script, ...lines(1, 2, 3, 11, 12, 21)), [
      '[] m@11: m,t=1 v=1 1; m,t=1 v=3 3',
      '[] m@21: m,t=1 v=11 11',
    ])
  })

  test('points at round times', async () => {
    assert.deepEqual(await given('sample2', 'stream|from()|sample(5s)', ...lines(4, 5, 6, 10)), [
      '[] m,t=1 v=5 5',
      '[] m,t=0 v=10 10',
    ])
  })

  test('the rate is checked', async () => {
    const none = { message: 'invalid sample rate: must be positive integer or duration' }
    await assert.rejects(runLines('stream|from()|sample(0)'), none)
    await assert.rejects(runLines('stream|from()|sample(-1s)'), none)
    await assert.rejects(runLines("stream|from()|sample('3')"), /must pass int64 or duration to new sample node$/)
  })
})
