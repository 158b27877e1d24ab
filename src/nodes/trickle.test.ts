import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { given, runLines } from './testdata-given.ts'

const WINDOW = "stream|from().groupBy('h')|window().periodCount(2).everyCount(2)"

describe('trickle', () => {
  test("rows become points with their own times and tags and the batch's measurement and group", async () => {
    const lines = ['a,h=1,x=p v=1 1', 'b,h=1,x=q w=2i 2', 'a,h=2 v=3 3']
    assert.deepEqual(await given('trickle3', `${WINDOW}|trickle()`, ...lines), [
      '[h=1] a,h=1,x=p v=1 1',
      '[h=1] a,h=1,x=q w=2i 2',
    ])
  })

  test('all children get the points', async () => {
    const script = `var t = ${WINDOW}|trickle()\nt|derivative('v')\nt|changeDetect('v')`
    const lines = ['a,h=1 v=1 1', 'a,h=1 v=2 2']
    assert.deepEqual(await given('derivative4', script, ...lines), ['[h=1] a,h=1 v=1 2'])
    assert.equal((await given('changeDetect5', script, ...lines)).length, 2)
  })

  test('wants batches', async () => {
    await assert.rejects(runLines('stream|from()|trickle()'), /cannot Trickle stream edge/)
  })
})
