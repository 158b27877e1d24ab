import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { given, runLines } from './testdata-given.ts'
import { play, playWithRestarts } from './testdata-steps.ts'

const ONE = "stream|from().groupBy('d')|changeDetect('s')"

describe('changeDetect', () => {
  test('passes the first point and those that differ from the last that passed', async () => {
    const lines = ['m,d=1 s="up",n=1i 1', 'm,d=1 s="up",n=2i 2', 'm,d=2 s="up" 3', 'm,d=1 s="down" 4', 'm,d=1 s="up" 5']
    assert.deepEqual(await given('changeDetect2', ONE, ...lines), [
      '[d=1] m,d=1 n=1i,s=up 1',
      '[d=2] m,d=2 s=up 3',
      '[d=1] m,d=1 s=down 4',
      '[d=1] m,d=1 s=up 5',
    ])
  })

  test('a field of another type is another value; large integers are compared exactly', async () => {
    const lines = ['m s=1i 1', 'm s=1 2', 'm s=1 3', 'm s=true 4', 'm s=9007199254740993i 5', 'm s=9007199254740992i 6']
    const passed = await given('changeDetect2', "stream|from()|changeDetect('s')", ...lines, 'm s=9007199254740992i 7')
    assert.deepEqual(
      passed.map((p) => p.split(' ').at(-1)),
      ['1', '2', '4', '5', '6'],
    )
  })

  test('one changed field of several is enough, and is compared with the whole point that passed', async () => {
    const script = "stream|from()|changeDetect('a', 'b')"
    // The third passes for a and lacks b, so that b of the fourth is new.
    const lines = ['m a=1i,b=1i 1', 'm a=1i 2', 'm a=2i 3', 'm a=2i,b=1i 4', 'm a=2i,b=1i 5']
    const passed = await given('changeDetect2', script, ...lines)
    assert.deepEqual(
      passed.map((p) => p.split(' ').at(-1)),
      ['1', '3', '4'],
    )
    const stats = (await runLines(script, ...lines)).stats['node-stats'].changeDetect2!
    assert.deepEqual([stats.errors, stats.missing], [1, { b: 1 }])
  })

  test('a null is no change against a missing field, but one against a value', async () => {
    const script = `
      var a = stream|from().measurement('a')
      var b = stream|from().measurement('b')
      a|join(b).as('a', 'b').fill('null')|changeDetect('b.v')`
    const { given: gave } = await play(script, ['a v=1 1', 'a v=1 2\nb v=5 2', 'a v=1 3\na v=1 4\nb v=1 5\na v=1 5'])
    assert.deepEqual(gave('changeDetect5'), ['[] a a.v=1,b.v=5 2', '[] a a.v=1,b.v=null 3', '[] a a.v=1,b.v=1 5'])
  })

  test('each batch begins anew', async () => {
    const script = "stream|from()|window().periodCount(3).everyCount(3)|changeDetect('s')"
    const lines = ['m s=1i 1', 'm s=1i 2', 'm s=2i 3', 'm s=2i 4', 'm s=2i 5', 'm s=3i 6']
    assert.deepEqual(await given('changeDetect3', script, ...lines), [
      '[] m@3: m s=1i 1; m s=2i 3',
      '[] m@6: m s=2i 4; m s=3i 6',
    ])
  })

  test('goes on after a restart', async () => {
    await playWithRestarts(
      ONE,
      ['m,d=1 s=1i 1', 'm,d=2 s=1i 1', 'm,d=1 s=1i 2', 'm,d=1 s=2i 3', 'm,d=2 s=1i 3'],
      ['changeDetect2'],
    )
  })
})
