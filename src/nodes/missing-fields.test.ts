// What nodes tell of fields that points lack, or that are null: counted for each node and field.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { play } from './testdata-steps.ts'

/** Joined points have `a.x`, which is missing where there is a point of `a` without it and null where there is none. */
const JOINED = `
  var a = stream|from().measurement('a')
  var b = stream|from().measurement('b')
  a|join(b).as('a', 'b').delimiter('_').fill('null')`
/** Pairs without x, with x, and a point of b alone, whose fields the missing point of a has as nulls. */
const LINES = 'a q=1 1\nb x=1 1\na x=1 2\nb x=1 2\nb x=1 3\na x=2 4\nb x=1 4\na x=1 5\nb x=1 5'

const NODES: readonly (readonly [node: string, missing: Readonly<Record<string, number>>])[] = [
  ['eval(lambda: "a_x" + 1.0).as(\'y\')', { a_x: 2 }],
  ['eval(lambda: "b_x" + 1.0, lambda: "c" + 1.0).as(\'y\', \'z\')', { c: 5 }],
  ['where(lambda: "a_x" > 1.0)', { a_x: 2 }],
  ['stateCount(lambda: "a_x" > 1.0)', { a_x: 2 }],
  ['stateDuration(lambda: "a_x" > 1.0)', { a_x: 2 }],
  ['alert().crit(lambda: "a_x" > 9.0).warn(lambda: "c" > 9.0)', { a_x: 2, c: 5 }],
  ["derivative('a_x')", { a_x: 2 }],
  ["changeDetect('a_x')", { a_x: 1 }],
  ["mean('a_x')", { a_x: 2 }],
  ["flatten().on('t')", { t: 4 }],
  ["window().periodCount(5).everyCount(5)|mean('a_x')", { a_x: 2 }],
  ['window().periodCount(5).everyCount(5)|eval(lambda: "a_x" + 1.0).as(\'y\')', { a_x: 2 }],
]

describe('missing and null fields', () => {
  for (const [node, missing] of NODES) {
    test(`are counted by ${node}`, async () => {
      const { outcome } = await play(`${JOINED}|${node}`, [LINES], 'drain')
      const all = Object.entries(outcome.stats['node-stats']).filter(([, s]) => s.missing)
      assert.deepEqual(
        all.map(([, s]) => s.missing),
        [missing],
      )
      assert.equal(
        all[0]![1].errors,
        Object.values(missing).reduce((a, b) => a + b),
      )
    })
  }

  test('nodes that need no field tell nothing', async () => {
    const script = `${JOINED}|default().field('a_x', 1.0)|sample(1)|delete().field('b_x')|log()`
    const { outcome } = await play(script, [LINES])
    for (const s of Object.values(outcome.stats['node-stats'])) assert.deepEqual([s.missing, s.errors], [undefined, 0])
  })
})
