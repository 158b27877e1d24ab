import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { Point } from '../base/point.ts'
import { PointRows } from '../base/rows.ts'
import { makeSeries } from '../base/series.ts'
import { makeShape } from '../base/shape.ts'
import type { Ctx, Group, Out } from '../flow/contract.ts'
import { play, playWithRestarts } from './testdata-steps.ts'
import { Union } from './union.ts'

const TWO = `
  var a = stream|from().measurement('a')
  var b = stream|from().measurement('b')
  a|union(b)`

describe('union', () => {
  test('gives what no parent can come before any more, oldest first', async () => {
    const played = await playWithRestarts(
      TWO,
      ['a v=1i 1', 'a v=2i 3', 'b v=3i 2', 'b v=4i 2', 'a v=5i 4', 'b v=6i 9'],
      ['union4'],
    )
    assert.deepEqual(played.given('union4'), [
      '[] a v=1i 1',
      '[] b v=3i 2',
      '[] b v=4i 2',
      '[] a v=2i 3',
      '[] a v=5i 4',
      '[] b v=6i 9',
    ])
  })

  test('a silent parent holds the others until the end, which is in the order of time', async () => {
    const steps = ['a v=1i 5', 'a v=2i 3', 'a v=3i 7']
    assert.deepEqual((await play(TWO, steps)).given('union4'), [])
    assert.deepEqual((await play(TWO, steps, 'drain')).given('union4'), ['[] a v=1i 5', '[] a v=2i 3', '[] a v=3i 7'])
  })

  test('of one time the arguments come first, the receiver last', async () => {
    const script = `
      var a = stream|from().measurement('a')
      var b = stream|from().measurement('b')
      var c = stream|from().measurement('c')
      a|union(b, c)`
    const { given } = await play(script, ['a v=1 1', 'c v=1 1', 'b v=1 1'])
    assert.deepEqual(given('union6'), ['[] b v=1 1', '[] c v=1 1', '[] a v=1 1'])
  })

  test('rename changes the measurement, and the group where it is part of it', async () => {
    const script = `
      var a = stream|from().measurement('a').groupBy('h').groupByMeasurement()
      var b = stream|from().measurement('b').groupBy('h')
      a|union(b).rename('ab')`
    const { given } = await play(script, ['a,h=1 v=1 1\nb,h=2 v=2 2\na,h=1 v=3 3'])
    assert.deepEqual(given('union4'), ['[ab/h=1] ab,h=1 v=1 1', '[h=2] ab,h=2 v=2 2'])
  })

  test('batches go by the end of their window', async () => {
    const script = `
      var a = stream|from().measurement('a')|window().periodCount(2).everyCount(2)
      var b = stream|from().measurement('b')|window().periodCount(1).everyCount(1)
      a|union(b).rename('ab')`
    const played = await playWithRestarts(
      script,
      ['a v=1i 1', 'b v=2i 2', 'a v=3i 4', 'b v=4i 3', 'b v=5i 5'],
      ['union6'],
    )
    assert.deepEqual(
      played.given('union6').map((g) => g.split(':')[0]),
      ['[] ab@2', '[] ab@3', '[] ab@4', '[] ab@5'],
    )
  })

  test('barriers wait among the data, a delete behind the data of its parent', async () => {
    const script = `
      var a = stream|from().measurement('a')|barrier().idle(10s).delete(TRUE)
      var b = stream|from().measurement('b')
      a|union(b)`
    const played = await playWithRestarts(script, ['a v=1 1', 'b v=2 3', 12, 'b v=3 12'], ['union5'])
    assert.deepEqual(played.given('union5'), [
      '[] a v=1 1',
      '[] b v=2 3',
      '[] barrier 11',
      '[] deleteGroup',
      '[] b v=3 12',
    ])
  })
})

/** A union at work on its own, with a limit on what it holds. */
function alone(
  parents: number,
  max: number,
): { union: Union; gave: number[]; counts: Record<string, number>; held: () => number; out: Out } {
  const gave: number[] = []
  const counts: Record<string, number> = {}
  let held = 0
  const quiet = { warn: () => {}, limited: () => quiet }
  const ctx = {
    taskId: 't',
    nodeName: 'union1',
    parents,
    world: { logger: quiet },
    held: (n: number) => void (held += n),
    count: (stat: string, n = 1) => void (counts[stat] = (counts[stat] ?? 0) + n),
  }
  const out = {
    point: (p: Point) => void gave.push(p.sec),
    batch: (b: { tmax: { sec: number } }) => void gave.push(b.tmax.sec),
  }
  return {
    union: new Union(ctx as unknown as Ctx, '', max),
    gave,
    counts,
    held: () => held,
    out: out as unknown as Out,
  }
}

const shape = makeShape(['v'], ['float'])
const series = makeSeries('', '', 'm', [], [])
const at = (sec: number): Point => new Point(series, shape, [sec], sec, 0)
const group = {} as Group

describe('union under a limit', () => {
  test('lets the oldest go when too much waits, and counts it', () => {
    const { union, gave, counts, held, out } = alone(2, 3)
    const s = union.newState()
    for (const sec of [1, 2, 3, 4, 5]) union.point(0, at(sec), group, s, out)
    assert.deepEqual([gave, counts, held()], [[1, 2], { forced: 2 }, 3])
  })

  test('batches weigh their rows', () => {
    const { union, gave, counts, held, out } = alone(2, 3)
    const s = union.newState()
    const batch = (sec: number, n: number): void => {
      const rows = new PointRows(Array.from({ length: n }, () => at(sec)))
      union.batch(0, { name: 'm', tmax: { sec, ns: 0 }, size: n }, rows, group, s, out)
    }
    batch(1, 3)
    batch(2, 0)
    assert.deepEqual([gave, counts, held()], [[1], { forced: 3 }, 1])
  })

  test('gives every item once, and in time order when its parents do', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(2), fc.nat(3)), { maxLength: 200 }), fc.boolean(), (items, drain) => {
        const { union, gave, held, out } = alone(3, 1_000)
        const s = union.newState()
        const clocks = [0, 0, 0]
        const sent: number[] = []
        for (const [parent, step] of items) {
          clocks[parent]! += step
          sent.push(clocks[parent]!)
          union.point(parent, at(clocks[parent]!), group, s, out)
        }
        assert.deepEqual(
          gave,
          gave.toSorted((a, b) => a - b),
        )
        assert.equal(gave.length + held(), sent.length)
        if (!drain) return
        union.drain(s, out)
        assert.deepEqual(
          gave,
          sent.toSorted((a, b) => a - b),
        )
        assert.equal(held(), 0)
      }),
      { numRuns: 200 },
    )
  })
})
