// `[task] max-pending` as nodes meet it: a side that stays silent lets the other go on once so many points wait.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NO_LIMITS } from '../flow/task-limits.ts'
import { scriptEnvironment } from '../server/script-environment.ts'
import { Sandbox } from './run-script.ts'
import { givenText } from './testdata-given.ts'

async function forced(last: string): Promise<{ gave: string[]; forced: unknown; held: number; warned: boolean }> {
  const box = new Sandbox(scriptEnvironment, { limits: { ...NO_LIMITS, maxPending: 3 } })
  const script = `
    var a = stream|from().measurement('a')
    var b = stream|from().measurement('b')
    a|${last}`
  const gave: string[] = []
  const task = box.start('t', { script, dbrps: [{ db: 'd', rp: 'r' }] }, (node, given) => {
    if (/^(join|union)/.test(node)) gave.push(givenText(given))
  })
  await box.write('d', 'r', 'a v=1 1\na v=2 2\na v=3 3\na v=4 4\na v=5 5', 's')
  const stats = Object.entries(task.stats()['node-stats']).find(([name]) => /^(join|union)/.test(name))![1]
  const warned = box.logs.some((l) => l.level === 'warn' && l.fields.limit === 3)
  await box.close()
  return { gave, forced: stats.forced, held: task.heldPoints, warned }
}

test('a join lets the oldest go, filled', async () => {
  assert.deepEqual(await forced("join(b).as('a', 'b').fill(0.0)"), {
    gave: ['[] a a.v=1,b.v=0 1', '[] a a.v=2,b.v=0 2'],
    forced: 2,
    held: 3,
    warned: true,
  })
})

test('a union lets the oldest go', async () => {
  assert.deepEqual(await forced('union(b)'), {
    gave: ['[] a v=1 1', '[] a v=2 2'],
    forced: 2,
    held: 3,
    warned: true,
  })
})
