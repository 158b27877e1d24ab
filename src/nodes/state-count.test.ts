import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { given, runLines } from './testdata-given.ts'

describe('stateCount', () => {
  test('counts points in a row', async () => {
    const script = 'stream|from()|stateCount(lambda: "v" > 1)'
    assert.deepEqual(
      await given('state_count2', script, 'm v=1i 1', 'm v=2i 2', 'm v="x" 3', 'm v=3i 4', 'm v=0i 5', 'm v=9i 6'),
      [
        '[] m state_count=-1i,v=1i 1',
        '[] m state_count=1i,v=2i 2',
        '[] m state_count=2i,v=3i 4',
        '[] m state_count=-1i,v=0i 5',
        '[] m state_count=1i,v=9i 6',
      ],
    )
  })

  test('each batch begins anew, what the lambda remembers does not', async () => {
    const script = "stream|from()|window().periodCount(2).everyCount(2)|stateCount(lambda: count() != 3).as('n')"
    assert.deepEqual(await given('state_count3', script, 'm v=1 1', 'm v=1 2', 'm v=1 3', 'm v=1 4'), [
      '[] m@2: m n=1i,v=1 1; m n=2i,v=1 2',
      '[] m@4: m n=-1i,v=1 3; m n=1i,v=1 4',
    ])
  })

  test('refuses what never is a state', async () => {
    await assert.rejects(runLines('stream|from()|stateCount(lambda: "v" % 0 == 1)'), { message: /divide by zero/ })
  })
})
