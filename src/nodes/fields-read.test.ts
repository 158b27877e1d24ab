import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { compileTask } from '../flow/compile.ts'
import { fieldsReadBy } from '../flow/fields-read.ts'
import { scriptEnvironment } from '../server/script-environment.ts'

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
