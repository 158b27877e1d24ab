import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { given, runLines } from './testdata-given.ts'

describe('delete', () => {
  test('takes fields and tags away', async () => {
    const script = "stream|from()|delete().field('a').field('b').tag('x').tag('y')"
    assert.deepEqual(await given('delete2', script, 'm,x=1,z=2 a=1,c=2 1', 'm a=1,b=2 2'), [
      '[] m,z=2 c=2 1',
      '[] m  2',
    ])
    const { stats } = await runLines(script, 'm,x=1,z=2 a=1,c=2 1', 'm a=1,b=2 2')
    const own = stats['node-stats'].delete2 as Record<string, number>
    assert.deepEqual([own.fields_deleted, own.tags_deleted], [3, 1])
  })

  test('takes tags out of the group', async () => {
    const script = "stream|from().groupBy('x', 'z')|delete().tag('x')"
    assert.deepEqual(await given('delete2', script, 'm,x=1,z=2 v=1 1', 'm,x=2,z=2 v=1 2'), [
      '[z=2] m,z=2 v=1 1',
      '[z=2] m,z=2 v=1 2',
    ])
  })

  test('batches lose the group tag, and it is counted once more', async () => {
    const script = "stream|from().groupBy('x')|window().period(10s).every(10s)|delete().tag('x').field('a')"
    const lines = ['m,x=1 a=1,v=1 1', 'm,x=1 v=2 11']
    assert.deepEqual(await given('delete3', script, ...lines), ['[] m@11: m v=1 1'])
    const { stats } = await runLines(script, ...lines)
    const own = stats['node-stats'].delete3 as Record<string, number>
    assert.deepEqual([own.fields_deleted, own.tags_deleted], [1, 2])
  })
})
