import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { given, runLines } from './testdata-given.ts'

const PAIR = "combine(lambda: \"role\" == 'in', lambda: \"role\" == 'out').as('in', 'out')"
const gives = (call: string, ...lines: string[]) => given('combine2', `stream|from().groupBy('h')|${call}`, ...lines)

describe('combine', () => {
  test('pairs points of one time within a group', async () => {
    const lines = [
      'm,h=a,role=in b=1 1',
      'm,h=b,role=in b=9 1',
      'm,h=a,role=out b=2i,c="x" 1',
      'm,h=a,role=in b=3 2',
      'm,h=b,role=out b=9 2',
    ]
    assert.deepEqual(await gives(PAIR, ...lines), ['[h=a] m,h=a,in.role=in,out.role=out in.b=1,out.b=2i,out.c=x 1'])
    assert.deepEqual(await gives(`${PAIR}.delimiter('#')`, ...lines), [
      '[h=a] m,h=a,in#role=in,out#role=out in#b=1,out#b=2i,out#c=x 1',
    ])
  })

  test('every combination once, in the order of arrival, whichever point came first', async () => {
    const all = "combine(lambda: TRUE, lambda: TRUE).as('l', 'r')"
    assert.deepEqual(await gives(all, 'm v=1i 1', 'm v=2i 1', 'm v=3i 1', 'm v=0i 2'), [
      '[h=] m,h= l.v=1i,r.v=2i 1',
      '[h=] m,h= l.v=1i,r.v=3i 1',
      '[h=] m,h= l.v=2i,r.v=3i 1',
    ])
    const total = "combine(lambda: TRUE, lambda: \"v\" > 9).as('l', 'r')"
    assert.deepEqual(await gives(total, 'm,h=x v=10i 1', 'm,h=x v=1i 1', 'm,h=x v=0i 2'), [
      '[h=x] m,h=x l.v=1i,r.v=10i 1',
    ])
  })

  test('rounds times', async () => {
    assert.deepEqual(
      await gives(`${PAIR}.tolerance(10s)`, 'm,role=in b=1 8', 'm,role=out b=2 14', 'm,role=in b=3 40'),
      ['[h=] m,h=,in.role=in,out.role=out in.b=1,out.b=2 10'],
    )
  })

  test('gives points of batches, the last set too', async () => {
    const script = `stream|from()|window().period(2s).every(2s)|${PAIR}`
    const got = await given(
      'combine3',
      script,
      'm,role=in b=1 0',
      'm,role=out b=2 0',
      'm,role=in b=3 1',
      'm,role=out b=4 1',
      'm,role=in b=5 2',
    )
    assert.deepEqual(got, [
      '[] m,in.role=in,out.role=out in.b=1,out.b=2 0',
      '[] m,in.role=in,out.role=out in.b=3,out.b=4 1',
    ])
  })

  test('a lambda that fails does not hold', async () => {
    const call = "combine(lambda: \"x\" > 1, lambda: TRUE).as('l', 'r')"
    assert.deepEqual(await gives(call, 'm x=2i 1', 'm y=2i 1', 'm y=1i 2'), ['[h=] m,h= l.x=2i,r.y=2i 1'])
  })

  test('too many combinations end the task', async () => {
    const call = "combine(lambda: TRUE, lambda: TRUE).as('l', 'r').max(3)"
    const { error, nodes } = await runLines(
      `stream|from()|${call}`,
      'm v=1 1',
      'm v=2 1',
      'm v=3 1',
      'm v=4 1',
      'm v=5 2',
    )
    assert.equal(error, 'combine2: refusing to perform combination as total combinations 6 exceeds max combinations 3')
    assert.equal(nodes['combine2']?.length ?? 0, 0)
  })

  test('what is checked when it is defined', async () => {
    const fails = (call: string, message: string | RegExp) =>
      assert.rejects(runLines(`stream|from()|${call}`), { message })
    const two = 'combine(lambda: TRUE, lambda: TRUE)'
    await fails(two, 'a call to combine.as() is required to specify the output stream prefixes.')
    await fails(
      `${two}.as('a')`,
      'number of prefixes specified by combine.as() must match the number of combine expressions',
    )
    await fails(`${two}.as('a.b', 'c')`, 'cannot use name a.b as field prefix, it contains the delimiter character .')
    await fails(`${two}.as('a', 'a')`, 'cannot use the same prefix name see .as() property method')
    await fails("combine(lambda: 1 / 0 == 1).as('a')", /divide by zero/)
    await fails("combine(lambda: 1 + 's').as('a')", /^Failed to compile 0 expression: mismatched/)
  })
})
