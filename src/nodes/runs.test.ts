// Points come to nodes in runs, as their body, the samples of times and other nodes cut them. Nobody may tell how.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { addTime } from '../base/time.ts'
import { defineNode } from '../flow/contract.ts'
import { NO_LIMITS, type TaskLimits } from '../flow/task-limits.ts'
import { NODES } from './registry.ts'
import { Sandbox } from './run-script.ts'
import { givenText } from './testdata-given.ts'

const failing = defineNode({
  name: 'failing',
  typeName: 'FailingNode',
  wants: 'parent',
  provides: 'parent',
  doc: '',
  fields: {},
  run: () => ({
    keeps: 'none',
    point(p, _s, g, out) {
      if (p.field('v') === 13) throw new Error('thirteen')
      out.point(p, g)
    },
  }),
})
const ENV = { registry: { declarations: [...NODES, failing] }, handlers: [] }
const DBRPS = [{ db: 'd', rp: 'r' }]
/** Seconds of the clock that pass after each of the parts of the input. */
const PAUSE = 40

/** All that shows of a task which is given lines in so many bodies, with pauses between the parts. */
async function shows(
  script: string,
  parts: readonly (readonly string[])[],
  limits: Partial<TaskLimits>,
): Promise<unknown> {
  const box = new Sandbox(ENV, { limits: { ...NO_LIMITS, ...limits } })
  const nodes: Record<string, string[]> = {}
  const task = box.start('t', { script, dbrps: DBRPS }, (node, given) => (nodes[node] ??= []).push(givenText(given)))
  for (const bodies of parts) {
    for (const lines of bodies) await box.write('d', 'r', lines, 's')
    await box.advance(addTime(box.clock.now(), PAUSE * 1e9))
  }
  const stats = Object.entries(task.stats()['node-stats']).map(([name, { avg_exec_time_ns: _, ...s }]) => [name, s])
  const routes = [...task.routes].map(([name, body]) => [name, body()])
  const { error, heldPoints } = task
  // What nobody takes is told by body.
  const logs = box.logs.filter((l) => l.msg !== 'no task takes these points').map((l) => [l.level, l.msg, l.fields])
  await box.close()
  return { nodes, stats, routes, logs, error, heldPoints }
}

const line = fc
  .record({
    name: fc.constantFrom('m', 'm', 'm', 'n'),
    host: fc.constantFrom('a', 'a', 'b', 'c'),
    v: fc.constantFrom('1', '2', '3', '3i', '7', '"x"', undefined),
    step: fc.constantFrom(0, 1, 1, 1, 2, 9, -2),
  })
  .map((l) => ({ ...l, field: l.v === undefined ? 'w=1' : `v=${l.v}` }))
const input = fc.array(
  fc.record({
    lines: fc.array(line, { minLength: 1, maxLength: 90, size: 'max' }),
    cuts: fc.infiniteStream(fc.integer({ min: 1, max: 70 })),
  }),
  { minLength: 1, maxLength: 3 },
)
type Input = typeof input extends fc.Arbitrary<infer T> ? T : never

/** The lines of each part as bodies of so many, and as bodies of one. */
function bodiesOf(of: Input, thirteen: boolean): { readonly cut: string[][]; readonly single: string[][] } {
  let t = 1_000
  const cut: string[][] = []
  const single: string[][] = []
  for (const { lines, cuts } of of) {
    const texts = lines.map((l) => {
      t += l.step
      return `${l.name},host=${l.host} ${thirteen && l.v === '7' ? 'v=13' : l.field} ${t}`
    })
    single.push(texts)
    const bodies: string[] = []
    for (let i = 0; i < texts.length; ) {
      const n = cuts.next().value as number
      bodies.push(texts.slice(i, i + n).join('\n'))
      i += n
    }
    cut.push(bodies)
  }
  return { cut, single }
}

async function sameInRuns(script: string, limits: Partial<TaskLimits> = {}, thirteen = false): Promise<void> {
  await fc.assert(
    fc.asyncProperty(input, async (of) => {
      const { cut, single } = bodiesOf(of, thirteen)
      assert.deepEqual(await shows(script, cut, limits), await shows(script, single, limits))
    }),
    { numRuns: 25 },
  )
}

describe('runs of points', () => {
  const FROM = "stream|from().measurement('m')"
  const scripts: Record<string, string> = {
    'from that wants all': "stream|from()|log()|httpOut('out')",
    'from with a condition': `${FROM}.where(lambda: "v" > 2)|log()`,
    'from that groups': `${FROM}.groupBy('host')|httpOut('out')`,
    'from that groups by all, conditions and rounds': `stream|from().groupBy(*).groupByMeasurement().where(lambda: "v" < 3)|log()`,
    'from that rounds': `${FROM}.truncate(3s)|httpOut('out')`,
    'two from': `var a = ${FROM}\nvar b = stream|from()\na|union(b)|log()`,
    where: `${FROM}|where(lambda: "v" > 2)|log()|httpOut('out')`,
    'where that remembers': `${FROM}|where(lambda: count() % 3 == 0)|where(lambda: "v" == 3)|log()`,
    'where with two children': `var w = ${FROM}|where(lambda: "v" > 1)\nw|log()\nw|where(lambda: "v" < 3)|httpOut('out')`,
    'windows of time': `${FROM}|window().period(4s).every(4s)|count('v')|httpOut('out')`,
    'windows that overlap': `${FROM}.groupBy('host')|window().period(6s).every(2s)|mean('v')|log()`,
    'windows that leave out': `${FROM}|window().period(2s).every(6s).align()|sum('v')|httpOut('out')`,
    'windows to the right': `${FROM}|window().period(5s).every(0s)|spread('v')`,
    'windows of counts': `${FROM}|window().periodCount(5).everyCount(3)|stddev('v')|httpOut('out')`,
    'windows that show': `${FROM}|window().period(5s).every(3s)|httpOut('out')`,
    'functions on the stream': `${FROM}|count('v')|httpOut('out')`,
    selectors: `${FROM}|window().period(5s).every(5s)|max('v').as('top')|httpOut('out')`,
    'many results': `${FROM}|window().period(5s).every(5s)|top(2, 'v')|log()`,
    'derivatives and states': `${FROM}|where(lambda: "v" > 0)|derivative('v')|stateCount(lambda: "v" > 0)|log()`,
    eval: `${FROM}|eval(lambda: "v" + 1.0).as('s').keep()|where(lambda: "s" > 3)|httpOut('out')`,
    'counts of others': `${FROM}.groupBy('host')|where(lambda: "v" > 1)|stats(10s)|log()`,
  }
  for (const [name, script] of Object.entries(scripts)) test(name, () => sameInRuns(script))

  test('a node that fails in the middle of one', async () => {
    await sameInRuns(`${FROM}|where(lambda: "v" > 1)|failing()|httpOut('out')`, {}, true)
    await sameInRuns(`stream|from().groupBy('host')|failing()|log()`, {}, true)
    await sameInRuns(`var f = ${FROM}\nf|httpOut('out')\nf|where(lambda: "v" > 2)|failing()`, {}, true)
    await sameInRuns(`${FROM}|window().period(2s).every(2s)|max('v').as('v')|failing()`, {}, true)
  })

  test('a task that comes to a limit in the middle of one', async () => {
    await sameInRuns(`stream|from().groupBy('host')|log()`, { maxGroups: 2 })
    await sameInRuns(`${FROM}|window().period(20s).every(20s)|count('v')`, { maxHeldPoints: 9 })
    await sameInRuns(`${FROM}|groupBy('host')|window().periodCount(9).everyCount(2)`, { maxHeldPoints: 9 })
  })

  test('groups that are forgotten in between', async () => {
    const script = `stream|from().groupBy('host')|where(lambda: count() > 2)|window().period(60s).every(5s)|count('v')|log()`
    await sameInRuns(script, { groupExpiryNs: 20e9 })
  })
})
