import assert from 'node:assert/strict'
import { test } from 'node:test'
import { given, runLines } from './testdata-given.ts'

test('shift moves points, rows and the time of the batch', async () => {
  assert.deepEqual(await given('shift2', 'stream|from()|shift(-1500ms)', 'm v=1 5'), [
    '[] m v=1 1970-01-01T00:00:03.5Z',
  ])
  const script = 'stream|from()|window().period(10s).every(10s)|shift(1m)'
  assert.deepEqual(await given('shift3', script, 'm v=1 1', 'm v=2 11'), ['[] m@71: m v=1 61'])
})

test('a shift by nothing does not start', async () => {
  await assert.rejects(runLines('stream|from()|shift(0s)'), {
    message: 'invalid shift value: must be non zero duration',
  })
})
