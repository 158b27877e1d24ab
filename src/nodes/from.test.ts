import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { given, runLines } from './testdata-given.ts'

describe('from', () => {
  test('filters by measurement, database and retention policy', async () => {
    const lines = ['a v=1 1', 'b v=2 2']
    assert.deepEqual(await given('from1', "stream|from().measurement('a')", ...lines), ['[] a v=1 1'])
    assert.deepEqual(await given('from1', "stream|from().database('d').retentionPolicy('rp')", ...lines), [
      '[] a v=1 1',
      '[] b v=2 2',
    ])
    assert.deepEqual(await given('from1', "stream|from().database('x')", ...lines), [])
    assert.deepEqual(await given('from1', "stream|from().retentionPolicy('x')", ...lines), [])
  })

  test('all wheres must hold; a failing one drops the point and is counted', async () => {
    const script = 'stream|from().where(lambda: "v" > 1).where(lambda: "v" < 4)'
    const lines = ['m v=1i 1', 'm v=2i 2', 'm w=1i 3', 'm v=3i 4', 'm v="x" 5', 'm v=4i 6']
    assert.deepEqual(await given('from1', script, ...lines), ['[] m v=2i 2', '[] m v=3i 4'])
    const { stats } = await runLines(script, ...lines)
    assert.equal((stats['node-stats'].from1 as { errors: number }).errors, 2)
  })

  test('groups by tags, by all tags, by measurement', async () => {
    const lines = ['m,b=1,a=2 v=1 1', 'm,b=1 v=2 2', 'n v=3 3']
    assert.deepEqual(await given('from1', "stream|from().groupBy('b', 'a')", ...lines), [
      '[a=2,b=1] m,a=2,b=1 v=1 1',
      '[a=,b=1] m,b=1 v=2 2',
      '[a=,b=] n v=3 3',
    ])
    assert.deepEqual(await given('from1', 'stream|from().groupBy(*).groupByMeasurement()', ...lines), [
      '[m/a=2,b=1] m,a=2,b=1 v=1 1',
      '[m/b=1] m,b=1 v=2 2',
      '[n] n v=3 3',
    ])
    assert.deepEqual(await given('from2', "stream|from().groupBy('a')|from()", 'm,a=1 v=1 1'), ['[] m,a=1 v=1 1'])
  })

  test('times are truncated, then rounded; where sees them as they came', async () => {
    const script = 'stream|from().where(lambda: unixNano("time") == 17000000000).truncate(5s).round(10s)'
    assert.deepEqual(await given('from1', script, 'm v=1 17', 'm v=1 15'), ['[] m v=1 20'])
    assert.deepEqual(await given('from1', 'stream|from().round(10s)', 'm v=1 14', 'm v=1 15'), [
      '[] m v=1 10',
      '[] m v=1 20',
    ])
  })

  test('dimensions are checked', async () => {
    const reason = (dims: string) =>
      runLines(`stream|from().groupBy(${dims})`).then(
        () => '',
        (e) => e.message,
      )
    assert.equal(await reason("''"), 'dimensions cannot not be the empty string')
    assert.equal(await reason("*, 'a'"), "cannot group by both '*' and named dimensions.")
    assert.equal(await reason('1s'), 'invalid dimension object of type time.Duration')
    assert.equal(await reason('"a"'), 'invalid dimension object of type *ast.ReferenceNode')
  })

  test('a where that can never be evaluated keeps the task from starting', async () => {
    await assert.rejects(runLines("stream|from().where(lambda: 1 + 's' == 2)"), {
      message:
        'Failed to compile from expression: Failed to handle left node: mismatched type to binary operator. got int + string. see bool(), int(), float(), string(), duration()',
    })
    await assert.rejects(runLines('stream|from().where(lambda: "v" / 0 > 1)'), { message: /integer divide by zero/ })
  })
})
