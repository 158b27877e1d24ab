import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { given, runLines } from '../testdata-given.ts'

const window = (call: string): string => `stream|from().groupBy('h')|window().period(10s).every(10s)|${call}|log()`

/** What went wrong at a node, in order, and how often per field. */
async function wrong(node: string, script: string, ...lines: readonly string[]): Promise<[unknown[], unknown]> {
  const { logs, stats } = await runLines(script, ...lines)
  const texts = logs.filter((l) => l.fields['node'] === node && l.level === 'error').map((l) => l.fields['err'])
  return [texts, (stats['node-stats'][node] as { missing?: unknown }).missing]
}

describe('InfluxQL functions as nodes', () => {
  test('answer a batch with one point of its group, at its end', async () => {
    const lines = ['m,h=a,x=1 v=1,w=5i 1', 'm,h=b v=7 2', 'm,h=a,x=2 v=3 3', 'm,h=a v=9 11', 'm,h=b v=9 12']
    assert.deepEqual(await given('mean3', window("mean('v')"), ...lines), [
      '[h=a] m,h=a mean=2 11',
      '[h=b] m,h=b mean=7 12',
    ])
    assert.deepEqual((await given('mean3', window("mean('v').as('avg')"), ...lines))[0], '[h=a] m,h=a avg=2 11')
  })

  test('select points with all of their tags and fields, under the name of the function or another', async () => {
    const lines = ['m,h=a,x=1 v=1,w=5i 1', 'm,h=a,x=2 v=3 3', 'm,h=a v=9 11']
    assert.deepEqual(await given('min3', window("min('v')"), ...lines), ['[h=a] m,h=a,x=1 min=1,w=5i 11'])
    assert.deepEqual(await given('max3', window("max('v').as('v').usePointTimes()"), ...lines), [
      '[h=a] m,h=a,x=2 v=3 3',
    ])
  })

  test('give several points as a batch, of the time of the window or their own', async () => {
    const lines = ['m,h=a,x=1 v=1 1', 'm,h=a,x=2 v=3 3', 'm,h=a,x=1 v=3 4', 'm,h=a v=9 11']
    assert.deepEqual(await given('top3', window("top(2, 'v')"), ...lines), [
      '[h=a] m@11: m,h=a,x=2 top=3 11; m,h=a,x=1 top=3 11',
    ])
    assert.deepEqual(await given('distinct3', window("distinct('v').usePointTimes()"), ...lines), [
      '[h=a] m@11: m,h=a distinct=1 1; m,h=a distinct=3 3',
    ])
  })

  test('take the kind of the first usable value, and count what does not fit', async () => {
    const lines = ['m,h=a w=1 1', 'm,h=a v=1i 2', 'm,h=a v=2.5 3', 'm,h=a w=1 4', 'm,h=a v=4i 5', 'm,h=a v=1i 11']
    assert.deepEqual(await given('sum3', window("sum('v')"), ...lines), ['[h=a] m,h=a sum=5i 11'])
    assert.deepEqual(await wrong('sum3', window("sum('v')"), ...lines), [
      [
        'failed to realize reduce context from fields: field "v" missing from point',
        'field v has wrong type: got float64 exp int64',
        'field v missing from point cannot aggregate',
      ],
      { v: 3 },
    ])
  })

  test('give the same for a batch as a whole and row by row', async () => {
    const fields = fc.constantFrom('v=1', 'v=2', 'v=7', 'v=3i', 'v="x"', 'w=1')
    await fc.assert(
      fc.asyncProperty(fc.array(fields, { minLength: 1, maxLength: 40 }), async (all) => {
        const lines = all.map((f, i) => `m,h=a ${f} ${i * 2}`)
        for (const call of ["count('v')", "mean('v')", "spread('v')", "max('v')", "top(2, 'v')"]) {
          const shown = async (rows: string, node: string): Promise<unknown> => [
            await given(node, window(`${rows}${call}`), ...lines),
            await wrong(node, window(`${rows}${call}`), ...lines),
          ]
          const name = call.slice(0, call.indexOf('('))
          assert.deepEqual(await shown('', `${name}3`), await shown('where(lambda: TRUE)|', `${name}4`))
        }
      }),
      { numRuns: 20 },
    )
  })

  test('refuse kinds that they cannot take', async () => {
    const lines = ['m,h=a v="x" 1', 'm,h=a v="y" 11']
    assert.deepEqual((await wrong('mean3', window("mean('v')"), ...lines))[0], [
      'invalid influxql func mean with field v: cannot apply mean to string field',
    ])
    assert.deepEqual(await given('count3', window("count('v')"), ...lines), ['[h=a] m,h=a count=1i 11'])
  })

  test('count and sum of nothing are 0, others have no answer', async () => {
    const lines = ['m,h=a v=1 1', 'm,h=a v=1 40', 'm,h=a v=1 60']
    const gap = (call: string): string =>
      `stream|from()|window().period(10s).every(10s)|where(lambda: "v" > 5)|${call}|log()`
    assert.deepEqual(await given('count4', gap("count('v')"), ...lines), ['[] m count=0i 11', '[] m count=0i 50'])
    assert.deepEqual(await given('sum4', gap("sum('v')"), ...lines), ['[] m sum=0 11', '[] m sum=0 50'])
    for (const f of ['mean', 'max', 'stddev', 'first', 'mode'])
      assert.deepEqual(await given(`${f}4`, gap(`${f}('v')`), ...lines), [], f)
  })

  test('of each point begin anew with each batch, and go on on streams', async () => {
    const lines = ['m,h=a v=1 1', 'm,h=a v=3 2', 'm,h=a v=10 11', 'm,h=a v=11 12', 'm,h=a v=20 21']
    assert.deepEqual(await given('cumulativeSum3', window("cumulativeSum('v')"), ...lines), [
      '[h=a] m@11: m,h=a cumulativeSum=1 1; m,h=a cumulativeSum=4 2',
      '[h=a] m@21: m,h=a cumulativeSum=10 11; m,h=a cumulativeSum=21 12',
    ])
    assert.deepEqual(await given('difference2', "stream|from()|difference('v')|log()", ...lines), [
      '[] m difference=2 2',
      '[] m difference=7 11',
      '[] m difference=1 12',
      '[] m difference=9 21',
    ])
  })
})
