import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { given, runLines } from './testdata-given.ts'

describe('where', () => {
  test('keeps what holds and drops what fails', async () => {
    const script = 'stream|from()|where(lambda: "v" > 1 AND "host" == \'a\')'
    const lines = [
      'm,host=a v=2i 1',
      'm,host=a v=1i 2',
      'm,host=b v=3i 3',
      'm,host=a w=3i 4',
      'm,host=a v="3" 5',
      'm,host=a v=2.5 6',
    ]
    assert.deepEqual(await given('where2', script, ...lines), ['[] m,host=a v=2i 1', '[] m,host=a v=2.5 6'])
    const { stats } = await runLines(script, ...lines)
    assert.equal(stats['node-stats']['where2']?.['errors'], 2)
  })

  test('batches stay, also empty ones', async () => {
    const script = 'stream|from()|window().period(2s).every(2s)|where(lambda: "v" > 2)'
    assert.deepEqual(await given('where3', script, 'm v=1i 0', 'm v=3i 1', 'm v=1i 2', 'm v=2i 3', 'm v=9i 4'), [
      '[] m@2: m v=3i 1',
      '[] m@4: ',
    ])
  })

  test('functions remember for each group', async () => {
    const script = "stream|from().groupBy('h')|where(lambda: count() % 2 == 0)"
    assert.deepEqual(
      await given('where2', script, 'm,h=a v=1 1', 'm,h=b v=2 2', 'm,h=a v=3 3', 'm,h=a v=4 4', 'm,h=b v=5 5'),
      ['[h=a] m,h=a v=3 3', '[h=b] m,h=b v=5 5'],
    )
  })

  test('constants that can not be are refused', async () => {
    await assert.rejects(runLines("stream|from()|where(lambda: 1 + 's' == 2)"), {
      message: /^Failed to compile expression in where clause: Failed to handle left node: mismatched type/,
    })
    await assert.rejects(runLines('stream|from()|where(lambda: "a" / 0 > 1)'), { message: /integer divide by zero/ })
    await assert.rejects(runLines('stream|from()|where(lambda: strSubstring("s", 3, 1) == \'\')'), {
      message: /start index 3 is beyond/,
    })
  })
})
