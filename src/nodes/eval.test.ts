import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { given, runLines } from './testdata-given.ts'

const gives = (call: string, ...lines: string[]) => given('eval2', `stream|from()|${call}`, ...lines)

describe('eval', () => {
  test('results replace the fields and are seen by later expressions', async () => {
    const call = 'eval(lambda: "v" * 2, lambda: "double" + 1, lambda: "more" > 6).as(\'double\', \'more\', \'big\')'
    assert.deepEqual(await gives(call, 'm,t=x v=3i,w=1 1'), ['[] m,t=x big=true,double=6i,more=7i 1'])
    assert.deepEqual(await gives('eval()', 'm v=3i 1'), ['[] m  1'])
  })

  test('keep', async () => {
    const call = "eval(lambda: \"w\" * 2.0, lambda: 'x').as('w2', 's')"
    const line = 'm w=1,h=2i,n="y" 1'
    assert.deepEqual(await gives(`${call}.keep()`, line), ['[] m h=2i,n=y,s=x,w=1,w2=2 1'])
    assert.deepEqual(await gives(`${call}.keep('n', 'w2', 'w')`, line), ['[] m n=y,w=1,w2=2 1'])
    // What is not there drops the point, and is counted by name.
    const { nodes, stats } = await runLines(`stream|from()|${call}.keep('z')`, line, 'm w=1,z=7i 2')
    assert.equal(nodes['eval2']?.length, 1)
    assert.equal(stats['node-stats']['eval2']?.['errors'], 1)
  })

  test('a tag that was read can be kept as a field', async () => {
    const call = "eval(lambda: \"h\" + '!').as('x').keep('x', 'h')"
    assert.deepEqual(await gives(call, 'm,h=a v=1 1', 'm h="b" 2'), ['[] m,h=a h=a,x=a! 1', '[] m h=b,x=b! 2'])
  })

  test('a result may take the place of a field', async () => {
    assert.deepEqual(await gives('eval(lambda: string("v")).as(\'v\').keep()', 'm v=1.5,w=3 1'), ['[] m v=1.5,w=3 1'])
    // A later expression reads the field of the point, the result comes out.
    const call = 'eval(lambda: "v" * 2.0, lambda: "v" + 1.0).as(\'v\', \'next\')'
    assert.deepEqual(await gives(call, 'm v=5 1'), ['[] m next=6,v=10 1'])
    assert.deepEqual(await gives("eval(lambda: 1, lambda: 2).as('a', 'a')", 'm v=5 1'), ['[] m a=2i 1'])
  })

  test('tags', async () => {
    const call = "eval(lambda: string(\"v\"), lambda: \"v\" + 1).as('t', 'n').tags('t')"
    assert.deepEqual(await gives(call, 'm,h=a v=1i 1', 'm,h=a v=2i 2'), ['[] m,h=a,t=1 n=2i 1', '[] m,h=a,t=2 n=3i 2'])
    assert.deepEqual(await gives(`${call}.keep()`, 'm v=1i 1'), ['[] m,t=1 n=2i,t=1,v=1i 1'])
    assert.deepEqual(await gives("eval(lambda: \"v\").as('t').tags('t')", 'm v=1i 1', 'm v="x" 2'), ['[] m,t=x  2'])
  })

  test('a tag that the group goes by moves the point, but no row of a batch', async () => {
    const call = "eval(lambda: strToLower(\"h\"), lambda: \"v\").as('h', 'v').tags('h')"
    assert.deepEqual(await given('eval2', `stream|from().groupBy('h')|${call}`, 'm,h=A v=1 1', 'm,h=b v=2 2'), [
      '[h=a] m,h=a v=1 1',
      '[h=b] m,h=b v=2 2',
    ])
    const script = `stream|from().groupBy('h')|window().period(1s).every(1s)|${call}`
    assert.deepEqual(await given('eval3', script, 'm,h=A v=1 1', 'm,h=A v=2 2'), ['[h=A] m@2: m,h=a v=1 1'])
  })

  test('an error drops the point, and what was called before it was called', async () => {
    const call = "eval(lambda: count(), lambda: \"v\" + 1).as('n', 'x')"
    assert.deepEqual(await gives(call, 'm v=1i 1', 'm v=1.5 2', 'm w=1 3', 'm v=2i 4'), [
      '[] m n=1i,x=2i 1',
      '[] m n=4i,x=3i 4',
    ])
  })

  test('fields that are null fail when they are read and stay null when they are kept', async () => {
    const script = `
      var a = stream|from().measurement('a')
      var b = stream|from().measurement('b')
      a|join(b).as('a', 'b').fill('null')|eval(lambda: "a.v" + 1).as('x').keep()`
    const out = await runLines(script, 'a v=1i 1', 'b v=9i 2', 'a v=3i 3', 'b v=9i 3').catch((e: Error) => e)
    if (out instanceof Error) return assert.match(out.message, /no method or property "join"/)
    const points = Object.entries(out.nodes).find(([name]) => name.startsWith('eval'))?.[1] ?? []
    assert.equal(points.length, 2)
  })

  test('many layouts', async () => {
    const lines = Array.from({ length: 60 }, (_, k) => `m,t${k % 9}=x a${k}=1,v=${k}i ${k}`)
    const got = await gives("eval(lambda: \"v\" * 2).as('r').keep('r', 'v')", ...lines)
    assert.deepEqual(
      got,
      lines.map((_, k) => `[] m,t${k % 9}=x r=${2 * k}i,v=${k}i ${k}`),
    )
  })

  test('what is checked when it is defined', async () => {
    const fails = (call: string, message: string) => assert.rejects(runLines(`stream|from()|${call}`), { message })
    await fails(
      "eval(lambda: 1).as('a', 'b')",
      'must specify same number of expressions and .as() names: got 2 as names, and 1 expressions.',
    )
    await fails("eval(lambda: 1).as('a').tags('b')", 'invalid tag name "b", name is not present is .as() names')
    await fails(
      "eval(lambda: 1.5 % 2.0).as('r')",
      'Failed to compile 0 expression: invalid math operator % for type float',
    )
    // No predicate: a division by zero is the error of each point, as in the reference.
    assert.deepEqual(await gives('eval(lambda: "v" / 0).as(\'r\')', 'm v=1i 1'), [])
  })
})
