import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Point } from '../base/point.ts'
import { seriesOf } from '../base/series.ts'
import { makeShape } from '../base/shape.ts'
import type { PlanNode } from './compile.ts'
import { Router } from './router.ts'
import type { Task } from './task.ts'

const SHAPE = makeShape(['v'], ['int'])
const point = (measurement: string, v: number): Point =>
  new Point(seriesOf('db', 'rp', measurement, {}), SHAPE, [v], v, 0)

/** As much of a task as the router looks at; '' wants every measurement. */
function task(id: string, dbrps: readonly string[], ...measurements: string[]): Task {
  const source = { declaration: { name: 'stream' }, params: {}, parents: [] }
  const froms = measurements.map((measurement) => ({
    declaration: { name: 'from' },
    params: { measurement },
    parents: [source],
  }))
  return {
    id,
    compiled: { nodes: [source, ...froms] as unknown as readonly PlanNode[] },
    dbrps: dbrps.map((text) => ({ db: text.split('.')[0]!, rp: text.split('.')[1]! })),
  } as unknown as Task
}

function routed(router: Router, points: readonly Point[], db = 'db', rp = 'rp'): Record<string, unknown[]> {
  const found = router.route(db, rp, points).deliveries.map((d) => [d.task.id, d.points.map((p) => p.values[0])])
  return Object.fromEntries(found) as Record<string, unknown[]>
}

const BODY = [point('a', 1), point('b', 2), point('a', 3), point('c', 4)]

describe('the router', () => {
  it('gives each task the points of its measurements, in order of arrival', () => {
    const router = new Router()
    router.add(task('one', ['db.rp'], 'a'))
    router.add(task('two', ['db.rp'], 'a', 'c'))
    router.add(task('all', ['db.rp'], ''))
    router.add(task('both', ['db.rp'], 'b', ''))
    router.add(task('none', ['db.rp'], 'z'))
    assert.deepEqual(routed(router, BODY), { one: [1, 3], two: [1, 3, 4], all: [1, 2, 3, 4], both: [1, 2, 3, 4] })
  })

  it('gives a point once, however many nodes or dbrps want it', () => {
    const router = new Router()
    router.add(task('t', ['db.rp', 'db.rp', 'db2.rp'], 'a', 'a'))
    assert.deepEqual(routed(router, BODY), { t: [1, 3] })
    assert.equal(router.route('db', 'rp', BODY).deliveries.length, 1)
  })

  it('keeps databases and retention policies apart, whatever their names hold', () => {
    const router = new Router()
    router.add(task('t', ['db\0x.rp'], ''))
    router.add(task('u', ['db.x\0rp'], ''))
    assert.deepEqual(routed(router, BODY), {})
    assert.deepEqual(Object.keys(routed(router, BODY, 'db\0x', 'rp')), ['t'])
    assert.deepEqual(Object.keys(routed(router, BODY, 'db', 'x\0rp')), ['u'])
    assert.deepEqual(routed(router, BODY, 'db', 'x'), {})
    assert.deepEqual(router.wanted(), [
      { db: 'db\0x', rp: 'rp' },
      { db: 'db', rp: 'x\0rp' },
    ])
  })

  it('counts a body by measurement, and says what nobody takes', () => {
    const router = new Router()
    const counts = [
      ['a', 2],
      ['b', 1],
      ['c', 1],
    ]
    assert.deepEqual(router.route('db', 'rp', BODY), { deliveries: [], counts, unwanted: counts })
    router.add(task('t', ['db.rp'], 'a'))
    assert.deepEqual(router.route('db', 'rp', BODY).unwanted, counts.slice(1))
    router.add(task('all', ['db.rp'], ''))
    assert.deepEqual(router.route('db', 'rp', BODY).unwanted, [])
    assert.deepEqual(
      router.route('db', 'rp', []).deliveries.flatMap((d) => d.points),
      [],
    )
  })

  it('forgets a task with all it wanted', () => {
    const router = new Router()
    const t = task('t', ['db.rp', 'db2.rp'], 'a')
    const all = task('all', ['db.rp'], '')
    router.add(t)
    router.add(all)
    router.remove(t)
    assert.deepEqual(routed(router, BODY), { all: [1, 2, 3, 4] })
    assert.deepEqual(router.wanted(), [{ db: 'db', rp: 'rp' }])
    router.remove(all)
    router.remove(all)
    assert.deepEqual(router.wanted(), [])
    router.add(t)
    assert.deepEqual(routed(router, BODY, 'db2'), { t: [1, 3] })
  })
})
