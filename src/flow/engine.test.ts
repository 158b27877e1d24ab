import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Fault } from '../base/fault.ts'
import type { Plain } from '../base/plain.ts'
import { Point } from '../base/point.ts'
import type { Time } from '../base/time.ts'
import type { CompiledTask } from './compile.ts'
import type { NodeDeclaration } from './contract.ts'
import type { Engine, EngineOptions } from './engine.ts'
import type { OwedRecord } from './entry.ts'
import { NO_LIMITS } from './task-limits.ts'
import { rig as bareRig, chain, DBRPS, declare, points } from './testdata-rig.ts'
import type { VirtualClock } from './virtual-clock.ts'

interface Rig {
  readonly engine: Engine
  readonly clock: VirtualClock
  readonly commits: OwedRecord[][]
  readonly seen: unknown[]
  readonly errors: [string, string][]
  /** Notes each value that arrives. */
  readonly sink: NodeDeclaration
}

function rig(o: Partial<EngineOptions> = {}): Rig {
  const commits: OwedRecord[][] = []
  const seen: unknown[] = []
  const errors: [string, string][] = []
  const { engine, clock } = bareRig({
    outbox: {
      commit: async (r) => {
        commits.push([...r])
      },
    },
    onTaskError: (id, message) => errors.push([id, message]),
    ...o,
  })
  const sink = declare('sink', () => ({
    keeps: 'none',
    point: (p) => seen.push(p.values[0]),
  }))
  return { engine, clock, commits, seen, errors, sink }
}

/** A node whose border takes one point and keeps it until `release` is called for it. */
function holding(name: string, release: (() => void)[]): NodeDeclaration {
  return declare(name, (_p, ctx) => {
    const border = ctx.border<null, null>({
      concurrency: 1,
      maxItems: 1,
      send: () => new Promise((resolve) => release.push(() => resolve(null))),
      done: () => {},
    })
    return { keeps: 'none', point: (_pt, _s, g) => border.push(null, g) }
  })
}

const later = (clock: VirtualClock, sec: number): Time => ({ sec: clock.now().sec + sec, ns: 0 })
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)))

describe('intake', () => {
  it('runs a small body at once and answers without a promise', () => {
    const r = rig()
    r.engine.start('t', chain('m', [r.sink]), DBRPS)
    assert.equal(r.engine.write('db', 'rp', points('m', [1, 2, 3]), 100), undefined)
    assert.deepEqual(r.seen, [1, 2, 3])
    assert.equal(r.engine.heldBytes, 0)
  })

  it('gives a task only the measurements and dbrps that it wants', () => {
    const r = rig()
    r.engine.start('t', chain('m', [r.sink]), DBRPS)
    r.engine.write('db', 'rp', [...points('other', [1]), ...points('m', [2]), ...points('other', [3])], 100)
    r.engine.write('db2', 'rp', points('m', [4]), 100)
    assert.deepEqual(r.seen, [2])
    const counts = [...r.engine.ingress()].map((c) => [c.db, c.measurement, c.received, c.unwanted])
    assert.deepEqual(counts, [
      ['db', 'other', 2, 2],
      ['db', 'm', 1, 0],
      ['db2', 'm', 1, 1],
    ])
  })

  it('shows a task without a measurement all points of a body in their order', () => {
    const r = rig()
    r.engine.start('t', chain('', [r.sink]), DBRPS)
    r.engine.write('db', 'rp', [...points('a', [1]), ...points('b', [2]), ...points('a', [3])], 100)
    assert.deepEqual(r.seen, [1, 2, 3])
  })

  it('commits what is owed before the write is answered, once for all of it', async () => {
    const r = rig()
    const owing = declare('owing', (_p, ctx) => ({ keeps: 'none', point: (p) => ctx.owe('k', p.values[0] as Plain) }))
    r.engine.start('t', chain('m', [owing]), DBRPS)
    const answered = r.engine.write('db', 'rp', points('m', [1, 2]), 100)
    assert.equal(r.commits.length, 0)
    await answered
    assert.deepEqual(
      r.commits.map((c) => c.map((x) => [x.task, x.node, x.ordinal, x.payload])),
      [
        [
          ['t', 'owing2', 0, 1],
          ['t', 'owing2', 1, 2],
        ],
      ],
    )
  })

  it('shuts the intake when a commit fails, keeps what is owed, and opens again', async () => {
    const committed: unknown[] = []
    let broken = true
    const r = rig({
      outbox: {
        commit: async (records) => {
          if (broken) throw new Error('disk full')
          committed.push(...records.map((x) => x.payload))
        },
      },
    })
    const owing = declare('owing', (_p, ctx) => ({ keeps: 'none', point: (p) => ctx.owe('k', p.values[0] as Plain) }))
    r.engine.start('t', chain('m', [owing]), DBRPS)
    await assert.rejects(
      async () => r.engine.write('db', 'rp', points('m', [1]), 100),
      (e: Fault) => e.status === 503 && /disk full/.test(e.message),
    )
    assert.throws(() => r.engine.write('db', 'rp', points('m', [2]), 100), /disk full/)
    broken = false
    r.clock.advance(later(r.clock, 2))
    await settle()
    assert.deepEqual(committed, [1])
    await r.engine.write('db', 'rp', points('m', [3]), 100)
    assert.deepEqual(committed, [1, 3])
  })

  it('makes writers wait when the ring is full, then says which task holds it', async () => {
    const r = rig({ ringBytes: 1000 })
    const release: (() => void)[] = []
    const slow = holding('slow', release)
    r.engine.start('slowTask', chain('m', [slow]), DBRPS)
    const big = (): Promise<void> | undefined => r.engine.write('db', 'rp', points('m', [1]), 800)
    assert.equal(big(), undefined, 'the border takes the first point')
    void big()
    const third = big()
    assert.ok(third)
    const refused = assert.rejects(
      third,
      (e: Fault) => e.status === 503 && e.retry && /slowTask/.test(e.message) && /1000 bytes/.test(e.message),
    )
    r.clock.advance(later(r.clock, 6))
    await refused
    for (let i = 0; i < 3; i++) {
      release.shift()?.()
      await settle()
    }
    assert.equal(r.engine.heldBytes, 0)
    assert.equal(r.engine.task('slowTask')?.lag, 0)
  })

  it('lets waiting writers in, in turn, when room comes back', async () => {
    const r = rig({ ringBytes: 1000 })
    const release: (() => void)[] = []
    const slow = holding('slow', release)
    r.engine.start('t', chain('m', [slow]), DBRPS)
    const writes = Array.from({ length: 6 }, () => r.engine.write('db', 'rp', points('m', [1]), 800))
    let done = 0
    for (const w of writes) w?.then(() => done++)
    for (let i = 0; i < 8; i++) {
      release.shift()?.()
      await settle()
    }
    assert.equal(done, 5)
    assert.equal(r.engine.task('t')?.stats()['node-stats'].slow2?.collected, 6)
  })
})

describe('what the engine reads of a body', () => {
  const reader = (field: string): NodeDeclaration =>
    declare('reader', () => ({ keeps: 'none', point: () => {} }), { reads: () => new Set([field]) })
  /** The from of these tests declares nothing, so that it would read all. */
  const reads = (r: Rig, m = 'm'): unknown => {
    const names = r.engine.reads('db', 'rp', 10)?.of(m)
    return names && [...names].sort()
  }
  const chainOf = (field: string): CompiledTask => chain('m', [reader(field)])

  it('is one object until a task comes or goes', async () => {
    const r = rig()
    assert.deepEqual(reads(r), [], 'nobody takes anything')
    r.engine.start('one', chainOf('a'), DBRPS)
    const first = r.engine.reads('db', 'rp', 10)
    assert.equal(r.engine.reads('db', 'rp', 10), first)
    assert.deepEqual(reads(r), ['a'])
    assert.deepEqual(reads(r, 'other'), [])
    r.engine.start('two', chainOf('b'), DBRPS)
    assert.notEqual(r.engine.reads('db', 'rp', 10), first)
    assert.deepEqual(reads(r), ['a', 'b'])
    await r.engine.stop('one', 'drain')
    assert.deepEqual(reads(r), ['b'])
    r.engine.start('three', chain('m', [r.sink]), DBRPS)
    assert.equal(reads(r), undefined, 'a node that declares nothing reads all')
  })

  it('is all while somebody watches the input, or where a body would have to wait', () => {
    const r = rig({ ringBytes: 1000 })
    r.engine.start('t', chainOf('a'), DBRPS)
    const end = r.engine.subscribe({
      dbrps: DBRPS,
      wanted: { all: true, measurements: new Set() },
      take: () => undefined,
    })
    assert.equal(r.engine.reads('db', 'rp', 10), undefined)
    assert.ok(r.engine.reads('other', 'rp', 10))
    end()
    assert.deepEqual(reads(r), ['a'])
    const release: (() => void)[] = []
    r.engine.start('slow', chain('m', [holding('slow', release)]), DBRPS)
    r.engine.write('db', 'rp', points('m', [1]), 800)
    r.engine.write('db', 'rp', points('m', [1]), 800)
    assert.equal(r.engine.reads('db', 'rp', 500), undefined)
  })
})

describe('an entry whose border is full before its end', () => {
  const asking = declare('asking', (_p, ctx) => {
    const border = ctx.border<null, null>({
      maxItems: 4,
      owes: () => ({ kind: 'ask', payload: null }),
      done: (_i, _r, _g, _out) => ctx.count('answered'),
    })
    return { keeps: 'none', point: (_pt, _s, g) => border.push(null, g) }
  })
  const many = (): Point[] =>
    points(
      'm',
      Array.from({ length: 5_000 }, (_, i) => i),
    )

  it('commits what it owes so far, so that the answers come; the writer waits for all of it', async () => {
    const commits: OwedRecord[][] = []
    const r: Rig = rig({
      outbox: {
        async commit(records) {
          await settle()
          commits.push([...records])
          for (const x of records) setImmediate(() => void r.engine.answered(x, null))
        },
      },
    })
    r.engine.start('t', chain('m', [asking]), DBRPS)
    let answered = false
    const written = r.engine.write('db', 'rp', many(), 10)!.then(() => {
      answered = true
    })
    while (commits.flat().length < 5_000) {
      assert.equal(answered, false)
      await settle()
    }
    await written
    await settle()
    assert.ok(commits.length > 1)
    assert.equal(new Set(commits.flat().map((x) => `${x.seq}/${x.ordinal}`)).size, 5_000)
    while (r.engine.task('t')!.operators[2]!.border!.busy) await settle()
    assert.equal(r.engine.task('t')!.stats()['node-stats'].asking2!.answered, 5_000)
  })

  it('tells the writer when such a commit fails, and goes on when it works again', async () => {
    let full = true
    let owed = 0
    const r: Rig = rig({
      outbox: {
        async commit(records) {
          if (full) throw new Error('disk full')
          owed += records.length
          for (const x of records) setImmediate(() => void r.engine.answered(x, null))
        },
      },
    })
    r.engine.start('t', chain('m', [asking]), DBRPS)
    await assert.rejects(r.engine.write('db', 'rp', many(), 10)!, (e: Fault) => e.status === 503)
    full = false
    r.clock.advance(later(r.clock, 2))
    while (owed < 5_000) await settle()
    assert.equal(owed, 5_000)
    assert.equal(r.engine.heldBytes, 0)
  })
})

describe('turns', () => {
  it('stops only the task whose node throws, with the node in its error', () => {
    const r = rig()
    const bad = declare('bad', () => ({
      keeps: 'none',
      point: (p, _s, g, out) => {
        if (p.values[0] === 3) throw new Error('boom')
        out.point(p, g)
      },
    }))
    r.engine.start('bad', chain('m', [bad], [r.sink]), DBRPS)
    const other: unknown[] = []
    r.engine.start(
      'good',
      chain('m', [declare('sink', () => ({ keeps: 'none', point: (p) => other.push(p.values[0]) }))]),
      DBRPS,
    )
    assert.equal(r.engine.write('db', 'rp', points('m', [1, 2, 3, 4]), 100), undefined)
    assert.deepEqual(r.seen, [1, 2])
    assert.deepEqual(other, [1, 2, 3, 4])
    assert.deepEqual(r.errors, [['bad', 'bad2: boom']])
    assert.equal(r.engine.task('bad'), undefined)
    assert.equal(r.engine.heldBytes, 0)
  })

  it('leaves nothing of a task whose start fails', () => {
    const r = rig()
    const bad = declare('bad', () => {
      throw new Error('no such thing')
    })
    assert.throws(() => r.engine.start('t', chain('m', [bad]), DBRPS), /no such thing/)
    assert.equal(r.engine.task('t'), undefined)
    r.engine.start('t', chain('m', [r.sink]), DBRPS)
    r.engine.write('db', 'rp', points('m', [1]), 10)
    assert.deepEqual(r.seen, [1])
  })

  it('refuses edges of different types', () => {
    const r = rig()
    const batchOnly = declare('batchOnly', () => ({ keeps: 'none' }), { wants: 'batch', provides: 'batch' })
    assert.throws(
      () => r.engine.start('t', chain('m', [batchOnly]), DBRPS),
      /cannot add child mismatched edges: from1:stream -> batchOnly2:batch/,
    )
    const terminal = declare('end', () => ({ keeps: 'none' }), { provides: 'none' })
    assert.throws(() => r.engine.start('t', chain('m', [terminal], [r.sink]), DBRPS), /no edge expected: end2/)
  })

  it('fires timers between entries at their due time, in order, also without input', () => {
    const r = rig()
    const fired: [string, number, number][] = []
    const timed = declare<{ n: number }>('timed', (_p, ctx) => ({
      keeps: 'group',
      newState: () => ({ n: 0 }),
      point: (p, _s, g) => {
        const v = p.values[0] as number
        ctx.timer(g, `t${v}`, { sec: ctx.now().sec + v, ns: 0 })
      },
      timer: (name, due) => fired.push([name, due.sec, ctx.now().sec]),
    }))
    r.engine.start('t', chain('m', [timed]), DBRPS)
    const base = r.clock.now().sec
    r.engine.write('db', 'rp', points('m', [5, 3]), 10)
    r.clock.advance(later(r.clock, 4))
    assert.deepEqual(fired, [['t3', base + 3, base + 3]])
    r.clock.advance(later(r.clock, 10))
    assert.deepEqual(fired, [
      ['t3', base + 3, base + 3],
      ['t5', base + 5, base + 5],
    ])
  })

  it('keeps everything behind an unanswered item in order', async () => {
    const r = rig()
    const release: (() => void)[] = []
    const order: string[] = []
    const border = declare('border', (_p, ctx) => {
      const b = ctx.border<Point, null>({
        concurrency: 2,
        maxItems: 100,
        send: () => new Promise((resolve) => release.push(() => resolve(null))),
        done: (p, _r, g, out) => out.point(p, g),
      })
      return { keeps: 'group', newState: () => null, point: (p, _s, g) => b.push(p, g) }
    })
    const barriers = declare('barriers', () => ({
      keeps: 'none',
      point: (p, _s, g, out) => {
        out.point(p, g)
        if (p.values[0] === 1) out.barrier(p, g)
      },
    }))
    const sink = declare('sink', () => ({
      keeps: 'none',
      point: (p) => order.push(`p${p.values[0]}`),
      barrier: () => {
        order.push('barrier')
        return 'forward'
      },
    }))
    r.engine.start('t', chain('m', [barriers], [border], [sink]), DBRPS)
    r.engine.write('db', 'rp', points('m', [1, 2]), 10)
    assert.equal(release.length, 2)
    release[1]!()
    await settle()
    assert.deepEqual(order, [], 'the second answer waits for the first')
    release[0]!()
    await settle()
    assert.deepEqual(order, ['p1', 'barrier', 'p2'])
  })
})

describe('loopback', () => {
  it('runs as an entry of its own that the first body waits for, and breaks loops', async () => {
    const r = rig()
    const faults: string[] = []
    const loop = declare('loop', (_p, ctx) => ({
      keeps: 'none',
      point: (p) => {
        try {
          ctx.world.loopback(ctx.taskId, ctx.nodeName, 'db', 'rp', [p])
        } catch (e) {
          faults.push((e as Error).message)
        }
      },
    }))
    r.engine.start('a', chain('m', [loop]), DBRPS)
    await r.engine.write('db', 'rp', points('m', [1]), 10)
    assert.equal(r.engine.task('a')?.stats()['node-stats'].loop2?.collected, 17)
    assert.equal(faults.length, 1)
    assert.match(faults[0]!, /loop detected.*a\/loop2 -> a\/loop2/)
    assert.equal(r.engine.heldBytes, 0)
  })
})

describe('stop', () => {
  it('drains what waits, then calls finish once', async () => {
    const r = rig()
    const ends: string[] = []
    const node = declare('node', () => ({
      keeps: 'none',
      point: (p) => r.seen.push(p.values[0]),
      finish: (why) => ends.push(why),
    }))
    r.engine.start('t', chain('m', [node]), DBRPS)
    r.engine.write('db', 'rp', points('m', [1, 2]), 10)
    await r.engine.stop('t', 'drain')
    assert.deepEqual(r.seen, [1, 2])
    assert.deepEqual(ends, ['drain'])
    r.engine.write('db', 'rp', points('m', [3]), 10)
    assert.deepEqual(r.seen, [1, 2])
  })
})

describe('stop of a task that waits for the outside', () => {
  it('ends it after a while', async () => {
    const r = rig()
    const stuck = declare('stuck', (_p, ctx) => {
      const border = ctx.border<null, null>({
        concurrency: 1,
        maxItems: 1,
        send: () => new Promise(() => {}),
        done: () => {},
      })
      return { keeps: 'none', point: (_pt, _s, g) => border.push(null, g) }
    })
    r.engine.start('t', chain('m', [stuck]), DBRPS)
    r.engine.write('db', 'rp', points('m', [1]), 10)
    const second = r.engine.write('db', 'rp', points('m', [2]), 10)
    const stopped = r.engine.stop('t', 'drain')
    r.clock.advance(later(r.clock, 6))
    await stopped
    await second
    assert.equal(r.engine.task('t'), undefined)
    assert.equal(r.engine.heldBytes, 0)
  })
})

describe('groups', () => {
  const dims = ['host']
  const grouped = declare('grouped', (_p, ctx) => ({
    keeps: 'none',
    point: (p, _s, _g, out) => out.point(p, ctx.groupOf(dims, false, p.series)),
  }))
  const counter = declare('counter', (_p, ctx) => ({
    keeps: 'group',
    newState: () => ({ n: 0 }),
    point: (p: Point, s: { n: number }, g, out) => {
      s.n++
      if (p.values[0] === -1) ctx.dropGroup(g)
      else out.point(new Point(p.series, p.shape, [s.n], p.sec, p.ns), g)
    },
  }))

  it('keeps a cell per group, forgets it on delete, and reuses its slot', () => {
    const r = rig()
    r.engine.start('t', chain('m', [grouped], [counter], [r.sink]), DBRPS)
    r.engine.write(
      'db',
      'rp',
      [...points('m', [1, 1], 'x'), ...points('m', [1], 'y'), ...points('m', [-1], 'x'), ...points('m', [1], 'x')],
      10,
    )
    assert.deepEqual(r.seen, [1, 2, 1, 1])
    const task = r.engine.task('t')!
    assert.equal(task.stats()['node-stats'].counter3?.working_cardinality, 2)
    r.engine.write('db', 'rp', points('m', [-1], 'x'), 10)
    r.engine.write('db', 'rp', points('m', [-1], 'y'), 10)
    assert.equal(task.groups.size, 0)
    for (let i = 0; i < 100; i++) r.engine.write('db', 'rp', points('m', [1, -1], `h${i}`), 10)
    assert.ok(task.groups.slots <= 4, `slots are reused: ${task.groups.slots}`)
  })

  it('refuses more groups than the limit by stopping the task', () => {
    const r = rig({ limits: { ...NO_LIMITS, maxGroups: 3 } })
    r.engine.start('t', chain('m', [grouped], [counter]), DBRPS)
    for (let i = 0; i < 5; i++) r.engine.write('db', 'rp', points('m', [1], `h${i}`), 10)
    assert.match(r.errors[0]![1], /more than 3 groups.*max-groups/)
  })

  it('forgets idle groups when expiry is on', () => {
    const r = rig({ limits: { ...NO_LIMITS, groupExpiryNs: 60e9 } })
    r.engine.start('t', chain('m', [grouped], [counter], [r.sink]), DBRPS)
    r.engine.write('db', 'rp', points('m', [1], 'old'), 10)
    r.clock.advance(later(r.clock, 50))
    r.engine.write('db', 'rp', points('m', [1], 'new'), 10)
    r.clock.advance(later(r.clock, 50))
    r.engine.write('db', 'rp', points('m', [1], 'new'), 10)
    assert.equal(r.engine.task('t')!.stats()['node-stats'].counter3?.working_cardinality, 1)
    r.engine.write('db', 'rp', points('m', [1], 'old'), 10)
    assert.deepEqual(r.seen, [1, 1, 2, 1])
  })

  it('a task may have an expiry of its own', () => {
    const kept = (all: number, own: number): number => {
      const r = rig({ limits: { ...NO_LIMITS, groupExpiryNs: all * 1e9 } })
      r.engine.start('t', chain('m', [grouped], [counter]), DBRPS, { groupExpiryNs: own * 1e9 })
      r.engine.write('db', 'rp', points('m', [1], 'old'), 10)
      r.clock.advance(later(r.clock, 50))
      r.engine.write('db', 'rp', points('m', [1], 'new'), 10)
      return r.engine.task('t')!.groups.size
    }
    assert.deepEqual([kept(0, 40), kept(40, 60), kept(40, 0)], [1, 2, 2])
  })
})

describe('snapshots', () => {
  it('restores cells and timers into a fresh task', () => {
    const build = (r: Rig): CompiledTask => {
      const node = declare('node', (_p, ctx) => ({
        keeps: 'group',
        newState: () => ({ sum: 0, big: 2n ** 60n, seen: [] as Point[] }),
        point: (p: Point, s: { sum: number; seen: Point[] }, g, out) => {
          s.sum += p.values[0] as number
          s.seen.push(p)
          ctx.timer(g, 'tick', { sec: ctx.now().sec + 10, ns: 0 })
          out.point(new Point(p.series, p.shape, [s.sum], p.sec, p.ns), g)
        },
        timer: (_name, due, s: { sum: number }) => r.seen.push(`timer ${due.sec} ${s.sum}`),
      }))
      return chain('m', [node], [r.sink])
    }
    const a = rig()
    a.engine.start('t', build(a), DBRPS)
    a.engine.write('db', 'rp', points('m', [1, 2]), 10)
    const snapshot = JSON.parse(JSON.stringify(a.engine.task('t')!.snapshot()))
    const b = rig()
    b.engine.start('t', build(b), DBRPS, { restore: snapshot })
    b.engine.write('db', 'rp', points('m', [4]), 10)
    assert.deepEqual(b.seen, [7])
    b.clock.advance(later(b.clock, 20))
    assert.deepEqual(b.seen, [7, 'timer 1000010 7'])
  })
})
