// How many groups each kind of node says that it keeps something for.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { play } from './testdata-steps.ts'

/** Nodes that keep state for each group. */
const KEEPING = [
  'where(lambda: "v" > 0.0)',
  'eval(lambda: "v" + 1.0).as(\'w\').keep()',
  "derivative('v')",
  "changeDetect('v')",
  'stateCount(lambda: "v" > 0.0)',
  'stateDuration(lambda: "v" > 0.0)',
  'sample(1)',
  "flatten().on('h')",
  "combine(lambda: TRUE, lambda: TRUE).as('a', 'b')",
  'window().period(1s).every(1s)',
  'window().periodCount(2).everyCount(1)',
  "mean('v')",
  "movingAverage('v', 2)",
  'barrier().idle(1h)',
  'alert().crit(lambda: "v" > 0.0)',
  "httpOut('x')",
  "httpPost('http://x')",
  "httpPost('http://x').codeField('c')",
]
/** Nodes that keep nothing, or one state for all. */
const OTHERS = [
  "default().field('w', 1.0)",
  "delete().field('w')",
  'shift(1s)',
  'log()',
  "kapacitorLoopback().database('x').retentionPolicy('y')",
  "influxDBOut().database('x')",
]
const THREE = ['a', 'b', 'c'].map((h) => `m,h=${h} v=1 1\nm,h=${h} v=2 2`).join('\n')

/** After three groups, after they are deleted, and after one of them is back. */
async function cardinalities(node: string): Promise<unknown[]> {
  const script = `stream|from().groupBy('h')|barrier().idle(5s).delete(TRUE)|${node}`
  const counts: unknown[] = []
  const steps = [THREE, 5, 'm,h=b v=1 9']
  for (let n = 1; n <= steps.length; n++) {
    const { outcome } = await play(script, steps.slice(0, n))
    const stats = Object.entries(outcome.stats['node-stats']).find(([name]) => name.endsWith('3'))!
    counts.push(stats[1].working_cardinality)
  }
  return counts
}

describe('working cardinality', () => {
  for (const node of KEEPING) {
    test(`of ${node}`, async () => {
      assert.deepEqual(await cardinalities(node), [3, 0, 1])
    })
  }

  test('is 0 for nodes that keep nothing for a group', async () => {
    for (const node of OTHERS) assert.deepEqual(await cardinalities(node), [0, 0, 0], node)
  })

  test('of a join and a union', async () => {
    const script = `
      var a = stream|from().measurement('m').groupBy('h')
      var b = stream|from().measurement('n').groupBy('h')
      a|join(b).as('a', 'b')|log()
      a|union(b)|log()`
    const { outcome } = await play(script, [THREE, 'n,h=a v=1 1\nn,h=d v=1 1'])
    const all = Object.entries(outcome.stats['node-stats'])
    const of = (kind: string): unknown => all.find(([name]) => name.startsWith(kind))![1].working_cardinality
    assert.deepEqual([of('join'), of('union')], [4, 0])
  })

  test('of groupBy on batches: the groups that wait', async () => {
    const script = "stream|from()|window().periodCount(4).everyCount(4)|groupBy('h')"
    const { stats } = await play(script, ['m,h=a v=1 1\nm,h=b v=1 1\nm,h=b v=1 1\nm,h=c v=1 2'])
    assert.equal(stats('groupby3').working_cardinality, 3)
  })
})
