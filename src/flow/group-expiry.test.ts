// Idle groups are forgotten by the task's own time, at times that nothing else decides.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { Point } from '../base/point.ts'
import { makeSeries } from '../base/series.ts'
import { makeShape } from '../base/shape.ts'
import { NO_LIMITS } from './task-limits.ts'
import { chain, DBRPS, declare, rig } from './testdata-rig.ts'

const EXPIRY_SEC = 40
const START = 1_000_000
const shape = makeShape(['v'], ['float'])
const at = (sec: number, host: string): Point =>
  new Point(makeSeries('db', 'rp', 'm', ['host'], [host]), shape, [1], START + sec, 0)

/** Counts the points of each group, and now and then, by a timer, tells all that it keeps. */
function counting(told: string[], pinned = false) {
  return declare<{ n: number }>('counting', (_p, ctx) => ({
    keeps: 'group',
    newState(g) {
      ctx.timer(g, 'tell', { sec: ctx.now().sec + 25, ns: 0 })
      return { n: 0 }
    },
    point(p, s, g) {
      told.push(`${p.sec - START} ${g.key} ${++s.n}`)
    },
    timer(_name, due, s, g) {
      told.push(`${due.sec - START} ${g!.key} has ${s.n}`)
      ctx.timer(g, 'tell', { sec: due.sec + 25, ns: 0 })
    },
    ...(pinned ? { pinned: () => true } : {}),
    dropped: (_s, g) => ctx.cancel(g, 'tell'),
  }))
}

const limits = { ...NO_LIMITS, groupExpiryNs: EXPIRY_SEC * 1e9 }

/** Each point arrives at its own time. */
function live(points: readonly Point[], more: { readonly pinned?: boolean; readonly expiryNs?: number } = {}) {
  const told: string[] = []
  const { engine, clock } = rig({ limits })
  const { pinned, expiryNs } = more
  const task = engine.start('t', chain('m', [counting(told, pinned)]), DBRPS, { groupExpiryNs: expiryNs })
  for (const p of points) {
    clock.advance(p)
    engine.write('db', 'rp', [p], 10)
  }
  return { told, task }
}

describe('expiry of groups', () => {
  it('lets a group that was idle for long begin anew, and its timers go', () => {
    const { told, task } = live([at(0, 'a'), at(1, 'b'), at(30, 'b'), at(60, 'b'), at(61, 'a')])
    assert.deepEqual(told, [
      '0 host=a 1',
      '1 host=b 1',
      '25 host=a has 1',
      '26 host=b has 1',
      '30 host=b 2',
      '51 host=b has 2',
      '60 host=b 3',
      '61 host=a 1',
    ])
    assert.equal(task.groups.size, 2)
  })

  it('keeps a group that a node holds on to, and all of them when it is off', () => {
    const points = [at(0, 'a'), at(200, 'b')]
    assert.equal(live(points).task.groups.size, 1)
    assert.equal(live(points, { pinned: true }).task.groups.size, 2)
    assert.equal(live(points, { expiryNs: 0 }).task.groups.size, 2)
  })

  it('is the same however points come: one by one, in bodies, or replayed in runs of any length', () => {
    const steps = fc.array(fc.tuple(fc.nat(30), fc.constantFrom('a', 'b', 'c')), { maxLength: 40 })
    const runs = fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 1, maxLength: 10 })
    const property = fc.property(steps, runs, (all, lengths) => {
      let sec = 0
      const points = all.map(([pause, host]) => at((sec += pause), host))
      const expected = live(points).told
      const told: string[] = []
      const { engine } = rig({ limits })
      engine.start('t', chain('m', [counting(told)]), DBRPS)
      for (let i = 0, k = 0; i < points.length; k++) {
        const run = points.slice(i, i + lengths[k % lengths.length]!)
        engine.replay('db', 'rp', run)
        i += run.length
      }
      assert.deepEqual(told, expected)
    })
    fc.assert(property, { numRuns: 100 })
  })
})
