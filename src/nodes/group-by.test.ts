import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Point } from '../base/point.ts'
import { PointRows } from '../base/rows.ts'
import { seriesOf } from '../base/series.ts'
import { makeShape } from '../base/shape.ts'
import type { Ctx, Group, Out, Receiver } from '../flow/contract.ts'
import type { Given } from '../flow/edge.ts'
import { Groups } from '../flow/groups.ts'
import { groupBy } from './group-by.ts'
import { given, givenText, runLines } from './testdata-given.ts'

const WINDOW = 'stream|from()|window().period(10s).every(10s)'

describe('groupBy on a stream', () => {
  test('replaces tags, keeps by measurement', async () => {
    const from = "stream|from().groupBy('a').groupByMeasurement()"
    assert.deepEqual(await given('groupby2', `${from}|groupBy('b')`, 'm,a=1,b=2 v=1 1'), ['[m/b=2] m,a=1,b=2 v=1 1'])
    assert.deepEqual(await given('groupby2', `${from}|groupBy()`, 'm,a=1,b=2 v=1 1'), ['[m] m,a=1,b=2 v=1 1'])
    assert.deepEqual(await given('groupby2', "stream|from()|groupBy('b').byMeasurement()", 'm,b=2 v=1 1'), [
      '[m/b=2] m,b=2 v=1 1',
    ])
  })

  test('* takes all tags of each point but the excluded ones', async () => {
    const script = "stream|from()|groupBy(*).exclude('b').exclude('c', 'd')"
    assert.deepEqual(await given('groupby2', script, 'm,a=1,b=2 v=1 1', 'm,a=1,c=3,z=9 v=1 2', 'm v=1 3'), [
      '[a=1] m,a=1,b=2 v=1 1',
      '[a=1,z=9] m,a=1,c=3,z=9 v=1 2',
      '[] m v=1 3',
    ])
  })

  test('exclude wants *', async () => {
    await assert.rejects(runLines("stream|from()|groupBy('a').exclude('b')"), { message: "exclude requires '*'" })
  })
})

describe('groupBy on batches', () => {
  test('one batch becomes one a group when the next one comes', async () => {
    const lines = ['m,a=1 v=1 1', 'm,a=2 v=2 2', 'm,a=1 v=3 3', 'm,a=3 v=4 11', 'm,a=1 v=5 21']
    assert.deepEqual(await given('groupby3', `${WINDOW}|groupBy('a')`, ...lines), [
      '[a=1] m@11: m,a=1 v=1 1; m,a=1 v=3 3',
      '[a=2] m@11: m,a=2 v=2 2',
    ])
  })

  test('batches of one time are put together, sorted by time', async () => {
    const script = `stream|from().groupBy('a')|window().period(10s).every(10s).align()|groupBy('b')`
    const lines = ['m,a=1,b=x v=1 3', 'm,a=2,b=x v=2 2', 'm,a=1,b=x v=3 11', 'm,a=2,b=x v=4 12', 'm,a=1 v=0 21']
    assert.deepEqual(await given('groupby3', script, ...lines), ['[b=x] m@10: m,a=2,b=x v=2 2; m,a=1,b=x v=1 3'])
  })

  test('what is left at the end stays', async () => {
    assert.deepEqual(await given('groupby3', `${WINDOW}|groupBy('a')`, 'm,a=1 v=1 1', 'm,a=1 v=1 11'), [])
  })

  /** groupBy('a') on batches, without an engine. */
  function bare() {
    const groups = new Groups()
    const out: string[] = []
    let held = 0
    const ctx = {
      edge: 'batch',
      groupOf: (dims, byName, series) => groups.of(dims, byName, series),
      held: (n) => {
        held += n
      },
    } satisfies Partial<Ctx> as unknown as Ctx
    const params = { dimensions: [{ type: 'string', value: 'a' }], exclude: [], byMeasurement: false }
    const receiver = groupBy.run(params, ctx) as unknown as Receiver<null>
    const state = receiver.newState?.(groups.ungrouped, undefined) as null
    const take = {
      batch: (begin, rows, group) =>
        out.push(givenText({ is: 'batch', begin, points: [...rows.toArray()], group } as Given)),
    } as { batch(b: unknown, rows: PointRows, g: Group): void } as unknown as Out
    const group = (a: string) => groups.of(['a'], false, seriesOf('d', 'rp', 'm', { a }))
    const batch = (tmax: number, ...points: (readonly [a: string, sec: number])[]) => {
      const rows = points.map(
        ([a, sec]) => new Point(seriesOf('d', 'rp', 'm', { a }), makeShape(['v'], ['int']), [sec], sec, 0),
      )
      const begin = { name: 'm', tmax: { sec: tmax, ns: 0 }, size: rows.length }
      receiver.batch?.(begin, new PointRows(rows), state, groups.ungrouped, take)
    }
    const barrier = (sec: number) => receiver.barrier?.({ sec, ns: 0 }, state, groups.ungrouped, take)
    const remove = (a: string) => receiver.deleteGroup?.(state, group(a), take)
    return { out, groups, group, batch, barrier, remove, held: () => held }
  }

  test('a barrier of another time lets the last set go', () => {
    const { out, batch, barrier, held } = bare()
    batch(10, ['x', 1])
    assert.equal(barrier(10), 'forward')
    assert.deepEqual([out, held()], [[], 1])
    assert.equal(barrier(12), 'forward')
    assert.deepEqual([out, held()], [['[a=x] m@10: m,a=x v=1i 1'], 0])
    batch(12, ['y', 11])
    barrier(12)
    assert.equal(out.length, 1)
  })

  test('a deleted group goes, the others stay', () => {
    const { out, batch, remove, barrier, held } = bare()
    batch(10, ['x', 1], ['y', 2], ['x', 3])
    assert.equal(remove('x'), 'forward')
    assert.equal(held(), 1)
    batch(10, ['y', 1])
    barrier(20)
    assert.deepEqual(out, ['[a=y] m@10: m,a=y v=1i 1; m,a=y v=2i 2'])
  })

  test('a group that the engine forgot meanwhile is still the same', () => {
    const { out, groups, group, batch, barrier } = bare()
    batch(10, ['x', 1])
    const before = group('x')
    groups.release(before as Parameters<Groups['release']>[0])
    batch(10, ['x', 2])
    assert.notEqual(group('x'), before)
    barrier(20)
    assert.deepEqual(out, ['[a=x] m@10: m,a=x v=1i 1; m,a=x v=2i 2'])
  })
})
