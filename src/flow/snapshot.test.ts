import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Plain } from '../base/plain.ts'
import type { CompiledTask } from './compile.ts'
import type { NodeDeclaration } from './contract.ts'
import type { TaskSnapshot } from './snapshot.ts'
import { fingerprints } from './snapshot.ts'
import { NO_LIMITS, type TaskLimits } from './task-limits.ts'
import { chain, DBRPS, declare, points, type Row, rig } from './testdata-rig.ts'

type Sum = { sum: number }
/** Adds up the values of a group, and says the sum with each. */
function adder(seen: unknown[], more: Partial<NodeDeclaration> = {}, version = 1): NodeDeclaration {
  return declare<Sum>(
    'adder',
    (_p, ctx) => ({
      keeps: 'group',
      version,
      newState: () => ({ sum: 0 }),
      upgrade: (old, from) => (from === 1 ? { sum: (old as Sum).sum * 100 } : undefined),
      point(p, s, g, out) {
        s.sum += p.values[0] as number
        ctx.held(1)
        seen.push(`${g.tags['host']} ${s.sum}`)
        out.point(p, g)
      },
    }),
    more,
  )
}

const pass = declare('pass', () => ({ keeps: 'none', point: (p, _s, g, out) => out.point(p, g) }))

/** Runs points through a task and writes it down as JSON. */
function saved(compiled: CompiledTask, limits: TaskLimits = NO_LIMITS): TaskSnapshot {
  const { engine } = rig({ limits })
  engine.start('t', compiled, DBRPS)
  engine.write('db', 'rp', [...points('m', [1, 2], 'a'), ...points('m', [10], 'b')], 1)
  return JSON.parse(JSON.stringify(engine.task('t')!.snapshot())) as TaskSnapshot
}

/** Puts a snapshot into a task, and runs a point of each group through it. */
function continued(compiled: CompiledTask, restore: TaskSnapshot) {
  const r = rig()
  r.engine.start('t', compiled, DBRPS, { restore })
  r.engine.write('db', 'rp', [...points('m', [5], 'a'), ...points('m', [5], 'b')], 1)
  return r
}

describe('snapshots', () => {
  it('hold the position in the log, and every node with its cells', () => {
    const s = saved(chain('m', [adder([])]))
    assert.equal(s.format, 1)
    assert.ok(s.position > 0)
    assert.deepEqual(
      s.nodes.map((n) => [n.name, n.cells.length, n.held]),
      [
        ['stream0', 0, 0],
        ['from1', 0, 0],
        ['adder2', 2, 3],
      ],
    )
  })

  it('give a fresh task its state back, and what it holds', () => {
    const seen: unknown[] = []
    const r = continued(chain('m', [adder(seen)]), saved(chain('m', [adder([])])))
    assert.deepEqual(seen, ['a 8', 'b 15'])
    assert.equal(r.engine.task('t')!.heldPoints, 5)
  })

  it('find a node again by what it is, though others came before it and its name is another', () => {
    const seen: unknown[] = []
    const before = saved(chain('m', [adder([])]))
    const r = continued(chain('m', [pass], [adder(seen)]), before)
    // Another kind of ancestor: the state means something else.
    assert.deepEqual(seen, ['a 5', 'b 5'])
    assert.deepEqual(r.lines, [])
  })

  it("keep a node's state when only a parameter of an ancestor changed, and say so", () => {
    const seen: unknown[] = []
    const before = saved(chain('m', [pass, { x: 1 }], [adder([])]))
    const r = continued(chain('m', [pass, { x: 2 }], [adder(seen)]), before)
    assert.deepEqual(seen, ['a 8', 'b 15'])
    assert.deepEqual(r.lines, [['state kept for a node whose ancestors changed', { node: 'adder3', was: 'adder3' }]])
  })

  it('begin anew where a parameter changed that the state depends on', () => {
    for (const [stateParams, want] of [
      [undefined, ['a 5', 'b 5']],
      [['window'], ['a 5', 'b 5']],
      [['other'], ['a 8', 'b 15']],
      [[], ['a 8', 'b 15']],
    ] as const) {
      const more = stateParams ? { stateParams } : {}
      const seen: unknown[] = []
      const before = saved(chain('m', [adder([], more), { window: 10n, other: 1 }]))
      continued(chain('m', [adder(seen, more), { window: 11n, other: 1 }]), before)
      assert.deepEqual(seen, want)
    }
  })

  it('tell equal nodes apart by their number', () => {
    const first: unknown[] = []
    const second: unknown[] = []
    const doubling = declare<Sum>('adder', () => ({
      keeps: 'group',
      newState: () => ({ sum: 1 }),
      point(p, s, g, out) {
        s.sum *= 2
        second.push(s.sum)
        out.point(p, g)
      },
    }))
    const build = (): CompiledTask => chain('m', [adder(first)], [doubling])
    const prints = fingerprints(build().nodes)
    assert.equal(new Set(prints.map((p) => p.full)).size, prints.length)
    assert.equal(new Set(prints.map((p) => p.own)).size, prints.length)
    const twins = fingerprints(chain('m', [pass]).nodes.concat(chain('m', [pass]).nodes))
    assert.equal(new Set(twins.map((p) => p.own)).size, twins.length)
    const before = saved(build())
    first.length = 0
    second.length = 0
    continued(build(), before)
    assert.deepEqual(first, ['a 8', 'b 15'])
    assert.deepEqual(second, [8, 4])
  })

  it('bring the state of an older version up to date, or begin anew with a warning', () => {
    const before = saved(chain('m', [adder([])]))
    const seen: unknown[] = []
    continued(chain('m', [adder(seen, {}, 2)]), before)
    assert.deepEqual(seen, ['a 305', 'b 1005'])
    const node = declare<Plain>('total', () => ({
      keeps: 'node',
      version: 3,
      newState: () => 7,
      point() {},
      upgrade: () => undefined,
    }))
    const old = { ...saved(chain('m', [node])) }
    const older = { ...old, nodes: old.nodes.map((n) => ({ ...n, version: 1 })) }
    const r = continued(chain('m', [node]), older)
    assert.equal(r.engine.task('t')!.operators[2]!.nodeState, 7)
    assert.deepEqual(
      r.lines.map(([msg]) => msg),
      ['saved state has a format that this version does not know: the node begins anew'],
    )
  })

  it('remember when a group was last touched, so that it expires when it would have', () => {
    const limits: TaskLimits = { ...NO_LIMITS, groupExpiryNs: 60e9 }
    const run = (restart: boolean): unknown[] => {
      const seen: unknown[] = []
      const build: readonly Row[] = [[adder(seen)]]
      const compiled = (): CompiledTask => chain('m', ...build)
      const a = rig({ limits })
      a.engine.start('t', compiled(), DBRPS)
      a.engine.write('db', 'rp', points('m', [1], 'old'), 1)
      a.clock.advance({ sec: a.clock.now().sec + 50, ns: 0 })
      a.engine.write('db', 'rp', points('m', [1], 'new'), 1)
      const restore = restart ? (JSON.parse(JSON.stringify(a.engine.task('t')!.snapshot())) as TaskSnapshot) : undefined
      const b = restore ? rig({ limits }) : a
      if (restore) {
        b.clock.advance(a.clock.now())
        b.engine.start('t', compiled(), DBRPS, { restore })
      }
      // Long enough for the old group, not for the new one; a third brings the turn in which that shows.
      b.clock.advance({ sec: b.clock.now().sec + 30, ns: 0 })
      b.engine.write('db', 'rp', points('m', [1], 'other'), 1)
      b.engine.write('db', 'rp', [...points('m', [1], 'old'), ...points('m', [1], 'new')], 1)
      return seen
    }
    assert.deepEqual(run(false), ['old 1', 'new 1', 'other 1', 'old 1', 'new 2'])
    assert.deepEqual(run(true), run(false))
  })

  it('are refused in the middle of a turn', () => {
    const r = rig()
    let fault: unknown
    const nosy = declare('nosy', () => ({
      keeps: 'none',
      point() {
        try {
          r.engine.task('t')!.snapshot()
        } catch (e) {
          fault = e
        }
      },
    }))
    r.engine.start('t', chain('m', [nosy]), DBRPS)
    r.engine.write('db', 'rp', points('m', [1]), 1)
    assert.match(String(fault), /between turns/)
  })
})
