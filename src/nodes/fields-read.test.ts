import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { compileTask } from '../flow/compile.ts'
import { fieldsReadBy } from '../flow/fields-read.ts'
import { scriptEnvironment } from '../server/script-environment.ts'
import { Sandbox } from './run-script.ts'

/** The names, sorted, by measurement; 'all' where nothing is left out. */
function readsOf(source: string): Record<string, readonly string[] | 'all'> {
  const compiled = compileTask({ ...scriptEnvironment, source, type: 'stream', mode: 'task' })
  const shown = [...fieldsReadBy(compiled)].map(([m, names]) => [m, names ? [...names].sort() : 'all'] as const)
  return Object.fromEntries(shown)
}

const reads = (chain: string): readonly string[] | 'all' => readsOf(`stream|from().measurement('m')${chain}`).m!

describe('the fields that a task reads', () => {
  it('are those of conditions where nothing else looks at the points', () => {
    assert.deepEqual(reads(''), [])
    assert.deepEqual(reads(`.where(lambda: "a" > 1 AND "host" == 'x')`), ['a', 'host'])
    assert.deepEqual(reads(`|where(lambda: "a" > 1)|where(lambda: sigma("b") > 2.0)`), ['a', 'b'])
  })

  it('are all where the points go out as they are', () => {
    for (const last of ["|httpOut('x')", '|log()', '|alert().crit(lambda: "a" > 1)', "|influxDBOut().database('d')"])
      assert.equal(reads(`|where(lambda: "a" > 1)${last}`), 'all')
    assert.equal(reads("|flatten().on('host')"), 'all')
    assert.equal(reads("|default().field('a', 1)|mean('b')"), 'all')
  })

  it('are those of the function behind a window', () => {
    const window = '|window().period(10s).every(10s)'
    assert.deepEqual(reads(`|groupBy('host')${window}|mean('a')|httpOut('x')`), ['a'])
    assert.deepEqual(reads(`|where(lambda: "b" < 1)${window}|top(2, 'a')|httpOut('x')`), ['a', 'b'])
    assert.deepEqual(reads(`${window}|count('a')|eval(lambda: "count" * 2).as('d')|log()`), ['a'])
    assert.deepEqual(reads(`|derivative('a')${window}|difference('b')|log()`), ['a', 'b'])
    assert.equal(reads(`${window}|max('a')|log()`), 'all', 'a selector gives whole points')
    assert.deepEqual(reads(`${window}|max('a')|mean('max')|log()`), ['a', 'max'])
  })

  it('are those of the lambdas of an eval, and what it keeps', () => {
    assert.deepEqual(reads(`|eval(lambda: "a" + "b").as('s')|log()`), ['a', 'b'])
    assert.deepEqual(reads(`|eval(lambda: "a").as('s').keep('s', 'c')|log()`), ['a', 'c', 's'])
    assert.equal(reads(`|eval(lambda: "a").as('s').keep()|log()`), 'all')
    assert.deepEqual(reads(`|eval(lambda: "a").as('s').keep()|mean('b')|log()`), ['a', 'b'])
  })

  it('add up over branches, froms and measurements', () => {
    const script = `
      var a = stream|from().measurement('a')
      a|mean('x')|log()
      a|where(lambda: "y" > 1)|sum('z')|log()
      stream|from().measurement('a')|stateCount(lambda: "s")|last('state_count')|mean('last')
      stream|from().measurement('b')|log()
      stream|from()|count('n')|log()`
    assert.deepEqual(readsOf(script), {
      a: ['last', 's', 'state_count', 'x', 'y', 'z'],
      b: 'all',
      '': ['n'],
    })
  })
})

/** All that a task shows of these bodies, of whose points all fields are made or only those that it reads. */
async function shows(script: string, bodies: readonly string[], whole: boolean): Promise<unknown> {
  const box = new Sandbox(scriptEnvironment, { whole })
  const task = box.start('t', { script, dbrps: [{ db: 'd', rp: 'r' }] })
  for (const body of bodies) await box.write('d', 'r', body, 's')
  const stats = Object.entries(task.stats()['node-stats']).map(([name, { avg_exec_time_ns: _, ...rest }]) => [
    name,
    rest,
  ])
  const routes = [...task.routes].map(([name, body]) => [name, body()])
  await box.close()
  return { stats, routes, logs: box.logs, notifications: box.notifications, error: task.error }
}

describe('what a task does', () => {
  const value = fc.constantFrom('1', '2.5', '-3', '7i', '12i', 't', '"x"', '"7"', undefined)
  const line = fc.record({
    m: fc.constantFrom('m', 'm', 'n'),
    host: fc.constantFrom('h1', 'h2'),
    fields: fc.record({ a: value, b: value, c: value, host: fc.constantFrom(undefined, undefined, '"f"') }),
  })
  const bodies = fc
    .array(fc.array(line, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 4 })
    .map((all) => {
      let t = 1_000
      return all.map((lines) =>
        lines.map((l) => {
          const fields = Object.entries(l.fields).flatMap(([k, v]) => (v === undefined ? [] : [`${k}=${v}`]))
          return `${l.m},host=${l.host} ${fields.length > 0 ? fields.join(',') : 'z=1'} ${t++}`
        }),
      )
    })
    .map((all) => all.map((lines) => lines.join('\n')))
  const FROM = `stream|from().measurement('m')`
  const WINDOW = '|window().period(4s).every(2s)'
  const scripts = [
    `${FROM}.where(lambda: "a" > 1).groupBy('host')${WINDOW}|count('b')|httpOut('o')`,
    `${FROM}|groupBy('host')|where(lambda: isPresent("a") AND "b" != "c")${WINDOW}|mean('c')|httpOut('o')`,
    `${FROM}|eval(lambda: "a" + "b", lambda: "s" * 2.0).as('s', 'd')|where(lambda: "d" > 0.0)|httpOut('o')`,
    `${FROM}|eval(lambda: "a").as('c').keep()${WINDOW}|max('c')|eval(lambda: "max").as('x')|httpOut('o')`,
    `${FROM}|eval(lambda: string("a")).as('t').tags('t').keep('b')|groupBy('t')|count('b')|httpOut('o')`,
    `${FROM}|eval(lambda: "host").as('h')|httpOut('o')`,
    `${FROM}|derivative('a').as('r')|stateCount(lambda: "r" > 0.0)|last('state_count')|httpOut('o')`,
    `${FROM}|stateDuration(lambda: "b" == 7)${WINDOW}|top(2, 'state_duration')|httpOut('o')`,
    `${FROM}|sample(2)|elapsed('a', 1s)|httpOut('o')`,
    `${FROM}${WINDOW}|percentile('b', 50.0)|difference('percentile')|httpOut('o')`,
    `${FROM}|where(lambda: sigma("a") < 2.0)|alert().crit(lambda: "c" > 1).log('/tmp/x')`,
    `var w = ${FROM}${WINDOW}\nw|sum('a').as('v')|join(w|sum('b').as('v')).as('x', 'y')|httpOut('o')`,
    `stream|from()|stats(1s)|httpOut('o')\n${FROM}|movingAverage('c', 2)|httpOut('p')`,
  ]
  for (const script of scripts)
    it(`is the same without the fields that it does not read: ${script}`, async () => {
      await fc.assert(
        fc.asyncProperty(bodies, async (b) => {
          assert.deepEqual(await shows(script, b, false), await shows(script, b, true))
        }),
        { numRuns: 150 },
      )
    })
})
