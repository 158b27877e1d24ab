import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { given, runLines } from './testdata-given.ts'
import { playWithRestarts } from './testdata-steps.ts'

const BY_HOST = "stream|from().groupBy('h')|flatten().on('c')"

describe('flatten', () => {
  test('names fields by the tags and gives the set when another time comes', async () => {
    const lines = ['m,h=a,c=1 u=1,s="x" 1', 'm,h=a,c=2 u=2i 1', 'm,h=b,c=1 u=9 1', 'm,h=a,c=1 u=0 2']
    assert.deepEqual(await given('flatten2', BY_HOST, ...lines), ['[h=a] m,h=a 1.s=x,1.u=1,2.u=2i 1'])
  })

  test('delimiter, several tags, own names dropped', async () => {
    const lines = ['m,c=0,d=u v=1 1', 'm,c=1,d=s v=2 1', 'm,c=0,d=u v=3 2']
    const flat = (more: string): Promise<string[]> =>
      given('flatten2', `stream|from()|flatten().on('c', 'd')${more}`, ...lines)
    assert.deepEqual(await flat(".delimiter('_')"), ['[] m 0_u_v=1,1_s_v=2 1'])
    assert.deepEqual(await flat('.dropOriginalFieldName()'), ['[] m 0.u=1,1.s=2 1'])
    assert.deepEqual(await flat('.dropOriginalFieldName(FALSE)'), ['[] m 0.u.v=1,1.s.v=2 1'])
  })

  test('without tags fields merge, the later of a name wins', async () => {
    const lines = ['m a=1,b=1i 1', 'm b=2.5 1', 'm c=3 2']
    assert.deepEqual(await given('flatten2', 'stream|from()|flatten()', ...lines), ['[] m a=1,b=2.5 1'])
  })

  test('times within the tolerance are one time', async () => {
    const script = "stream|from()|flatten().on('c').tolerance(10s)"
    assert.deepEqual(await given('flatten2', script, 'm,c=1 v=1 8', 'm,c=2 v=2 14', 'm,c=1 v=3 15'), [
      '[] m 1.v=1,2.v=2 10',
    ])
  })

  test('a point without the tag is counted and left out; a set of nothing else gives nothing', async () => {
    const lines = ['m v=7 1', 'm,c=1 v=1 2', 'm v=8 2', 'm,c=1 v=1 3']
    assert.deepEqual(await given('flatten2', "stream|from()|flatten().on('c')", ...lines), ['[] m 1.v=1 2'])
    const stats = (await runLines("stream|from()|flatten().on('c')", ...lines)).stats['node-stats'].flatten2!
    assert.deepEqual([stats.errors, stats.missing], [2, { c: 2 }])
  })

  test('a batch gives all of its sets', async () => {
    const script = "stream|from().groupBy('h')|window().periodCount(4).everyCount(4)|flatten().on('c')"
    const lines = ['m,h=a,c=1 v=1 1', 'm,h=a,c=2 v=2 1', 'm,h=a,c=1 v=3 2', 'm,h=a,c=2 v=4 2']
    assert.deepEqual(await given('flatten3', script, ...lines), ['[h=a] m@2: m,h=a 1.v=1,2.v=2 1; m,h=a 1.v=3,2.v=4 2'])
  })

  test('a later barrier lets the set go, and is passed on', async () => {
    const script = `stream|from().groupBy('h')|barrier().idle(10s)|flatten().on('c')`
    const played = await playWithRestarts(
      script,
      ['m,h=a,c=1 v=1 1', 'm,h=a,c=2 v=2 1', 4, 6, 'm,h=a,c=1 v=3 20'],
      ['flatten3'],
    )
    assert.deepEqual(played.given('flatten3'), ['[h=a] m,h=a 1.v=1,2.v=2 1', '[h=a] barrier 11'])
  })

  test('goes on after a restart', async () => {
    await playWithRestarts(
      BY_HOST,
      [
        'm,h=a,c=1 u=1,s="x" 1',
        'm,h=a,c=2 u=9007199254740993i 1',
        'm,h=b,c=1 u=9 1',
        'm,h=a,c=1 u=0 2',
        'm,h=b,c=1 u=9 2',
      ],
      ['flatten2'],
    )
  })
})
