import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { given, runLines } from './testdata-given.ts'

const DEFAULT = "|default().field('f', 1.5).field('i', 2).field('s', 'x').field('b', TRUE).tag('t', 'y')"

describe('default', () => {
  test('fills in what is missing, of any kind', async () => {
    assert.deepEqual(await given('default2', `stream|from()${DEFAULT}`, 'm v=1 1', 'm,t=a f=0,i=0i,s="",b=false 2'), [
      '[] m,t=y b=true,f=1.5,i=2i,s=x,v=1 1',
      '[] m,t=a b=false,f=0,i=0i,s= 2',
    ])
  })

  test('a tag changes the group that it is part of, and no other', async () => {
    const lines = ['m v=1 1', 'm,t=a v=1 2']
    assert.deepEqual(await given('default2', "stream|from().groupBy('t')|default().tag('t', 'y')", ...lines), [
      '[t=y] m,t=y v=1 1',
      '[t=a] m,t=a v=1 2',
    ])
    assert.deepEqual(await given('default2', "stream|from()|default().tag('t', 'y')", 'm v=1 1'), ['[] m,t=y v=1 1'])
  })

  test('batches get the tag as a group tag', async () => {
    const script = "stream|from()|window().period(10s).every(10s)|default().tag('t', 'y').field('f', 0)"
    assert.deepEqual(await given('default3', script, 'm v=1 1', 'm,t=a v=2 2', 'm v=3 11'), [
      '[t=y] m@11: m,t=y f=0i,v=1 1; m,t=a f=0i,v=2 2',
    ])
  })

  test('counts', async () => {
    const { stats } = await runLines(`stream|from()${DEFAULT}`, 'm v=1 1', 'm,t=a f=0,i=0i 2')
    const own = stats['node-stats'].default2 as Record<string, number>
    assert.deepEqual([own.fields_defaulted, own.tags_defaulted], [6, 1])
    const batch = await runLines(`stream|from()|window().period(1s).every(1s)${DEFAULT}`, 'm v=1 1', 'm v=1 2')
    const counts = batch.stats['node-stats'].default3 as Record<string, number>
    assert.deepEqual([counts.fields_defaulted, counts.tags_defaulted], [8, 2])
  })

  test('values are checked', async () => {
    const refused = (value: string, type: string) =>
      assert.rejects(runLines(`stream|from()|default().field('wait', ${value})`), {
        message: `unsupported type ${type} for field "wait", field default values must be float,int,string or bool`,
      })
    await refused('5s', 'time.Duration')
    await refused('lambda: TRUE', '*ast.LambdaNode')
    await refused('"a"', '*ast.ReferenceNode')
  })
})
