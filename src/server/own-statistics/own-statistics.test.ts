import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { HandlerSet } from '../../alert/handler-set.ts'
import { Topics } from '../../alert/topics.ts'
import { Fault } from '../../base/fault.ts'
import type { LogFields } from '../../base/logger.ts'
import type { Point } from '../../base/point.ts'
import { addTime } from '../../base/time.ts'
import type { Engine } from '../../flow/engine.ts'
import { memoryLogger, points, rig } from '../../flow/testdata-rig.ts'
import { VirtualClock } from '../../flow/virtual-clock.ts'
import { DEADMAN_DEFAULTS } from '../../nodes/deadman.ts'
import { serverScripts } from '../script-environment.ts'
import { OwnStatistics, type OwnStatisticsOptions } from './own-statistics.ts'
import { statisticPoint } from './statistic-points.ts'
import { type Statistic, statistics, wholeStatistics } from './statistics.ts'

const SECOND = 1_000_000_000
const DB = '_kapacitor'
const RP = 'autogen'
const OWN = [{ db: DB, rp: RP }]
const TAGS = { cluster_id: 'c', host: 'h', server_id: 's' }
const scripts = serverScripts(DEADMAN_DEFAULTS)

function setup() {
  const { engine, clock, lines } = rig()
  const topics = new Topics({ handlers: new HandlerSet([]), logger: memoryLogger([]) })
  const parts = { engine, topics, more: () => [{ name: 'load', tags: {}, values: { errors: 0 } }] }
  const asked: string[] = []
  const own = new OwnStatistics({
    engine,
    clock,
    logger: memoryLogger(lines),
    database: DB,
    retentionPolicy: RP,
    intervalNs: 10 * SECOND,
    tags: TAGS,
    *statistics() {
      for (const s of [...statistics(parts), ...wholeStatistics({ num_tasks: 1, uptime: 3 })]) {
        asked.push(s.name)
        yield s
      }
    },
  })
  /** Starts a task and gives what its from passes on. */
  const listen = (id: string, script: string): Point[] => {
    const got: Point[] = []
    const compiled = scripts.compile(script, 'stream', {}, OWN)
    engine.start(id, compiled, OWN, {
      tap: (node, given) => {
        if (node === 'from1' && given.is === 'point') got.push(given.point)
      },
    })
    return got
  }
  const pass = (seconds: number): void => clock.advance(addTime(clock.now(), seconds * SECOND))
  return { engine, clock, lines, own, listen, pass, asked }
}

describe('statistics as points', () => {
  const at = { sec: 7, ns: 5 }

  test('have the name, the tags of the server, and integer fields in the order of their names', () => {
    const s: Statistic = {
      name: 'nodes',
      tags: { task: 't', node: '', host: 'x' },
      values: { b: 2, a: 2n ** 60n, m: {} },
    }
    const p = statisticPoint(s, DB, RP, TAGS, at)!
    const { db, rp, name, tags } = p.series
    assert.deepEqual([db, rp, name, { ...tags }], [DB, RP, 'nodes', { ...TAGS, task: 't' }])
    assert.deepEqual(
      [p.shape.names, p.shape.kinds, p.values],
      [
        ['a', 'b'],
        ['int', 'int'],
        [2n ** 60n, 2],
      ],
    )
    assert.deepEqual([p.sec, p.ns], [7, 5])
  })

  test('keep the kind of a field when its value happens to be whole', () => {
    for (const uptime of [3, 3.5]) {
      const p = statisticPoint({ name: 'kapacitor', tags: {}, values: { uptime } }, DB, RP, {}, at)!
      assert.deepEqual(p.shape.kinds, ['float'])
    }
  })

  test('without a figure are none', () => {
    assert.equal(statisticPoint({ name: 'x', tags: {}, values: { missing: { f: 1 } } }, DB, RP, {}, at), undefined)
  })
})

describe('own statistics', () => {
  test('cost nothing while no task wants them', () => {
    const { engine, own, pass, asked, lines } = setup()
    own.start()
    pass(100)
    assert.deepEqual([asked, lines], [[], []])
    assert.deepEqual([...engine.ingress()], [])
  })

  test('come at every interval to a task that wants them, with the time of the tick', () => {
    const { engine, own, listen, pass } = setup()
    own.start()
    pass(9)
    const got = listen('watch', `stream|from().measurement('ingress')`)
    pass(1)
    assert.equal(got.length, 0)
    engine.write('db', 'rp', points('cpu', [1, 2, 3]), 10)
    pass(10)
    pass(10)
    const shown = got.map((p) => [p.sec, p.series.tags['measurement'], p.field('points_received')])
    assert.deepEqual(shown, [
      [1_000_020, 'cpu', 3],
      [1_000_030, 'cpu', 3],
      [1_000_030, 'ingress', 1],
    ])
    own.stop()
    pass(100)
    assert.equal(got.length, 3)
  })

  test('are only those that some task takes: nothing is told to be unwanted', () => {
    const { engine, own, listen, pass, lines } = setup()
    const got = listen('a', `stream|from().measurement('runtime')`)
    own.start()
    pass(30)
    assert.deepEqual([...new Set(got.map((p) => p.series.name))], ['runtime'])
    assert.ok([...engine.ingress()].every((c) => c.unwanted === 0 && c.measurement === 'runtime'))
    assert.deepEqual(lines, [])
    const all = listen('b', 'stream|from()')
    pass(10)
    const names = [...new Set(all.map((p) => p.series.name))].sort()
    assert.deepEqual(names, ['edges', 'ingress', 'kapacitor', 'load', 'nodes', 'runtime', 'tasks'])
    assert.deepEqual({ ...all[0]!.series.tags, ...TAGS }, { ...all[0]!.series.tags })
  })

  test('feed scripts like any other points', () => {
    const { engine, own, listen, pass } = setup()
    listen(
      'alarm',
      `stream|from().measurement('nodes').groupBy('task', 'node')|derivative('collected').unit(10s).nonNegative()|httpOut('rate')`,
    )
    own.start()
    pass(40)
    const json = JSON.parse(engine.task('alarm')!.routes.get('rate')!()) as {
      series: { tags: object; values: unknown[] }[]
    }
    assert.ok(json.series.length >= 3)
    assert.ok(json.series.every((s) => 'node' in s.tags && s.values.length === 1))
  })

  test('a recording that asks for them gets them, too', () => {
    const { engine, own, pass } = setup()
    const got: string[] = []
    const end = engine.subscribe({
      dbrps: OWN,
      wanted: { all: false, measurements: new Set(['load']) },
      take: (_db, _rp, taken) => void got.push(...taken.map((p) => p.series.name)),
    })
    own.start()
    pass(20)
    end()
    pass(20)
    assert.deepEqual(got, ['load', 'load'])
  })

  test('ticks that were slept over are not made up for', () => {
    const { clock, own, listen } = setup()
    const got = listen('watch', `stream|from().measurement('load')`)
    own.start()
    clock.sleep(addTime(clock.now(), 95 * SECOND))
    assert.equal(got.length, 1)
    clock.advance(addTime(clock.now(), 10 * SECOND))
    assert.equal(got.length, 2)
  })
})

describe('an engine that is full', () => {
  function full(write: Engine['write']) {
    const clock = new VirtualClock({ sec: 0, ns: 0 })
    const lines: [string, LogFields][] = []
    const o: OwnStatisticsOptions = {
      engine: { wanted: () => ({ all: true, measurements: new Set() }), write },
      clock,
      logger: memoryLogger(lines),
      database: DB,
      retentionPolicy: RP,
      intervalNs: SECOND,
      tags: TAGS,
      statistics: () => [{ name: 'load', tags: {}, values: { errors: 0 } }],
    }
    new OwnStatistics(o).start()
    return { lines, pass: (sec: number) => clock.advance({ sec, ns: 0 }) }
  }

  test('gets nothing more until what was written has gone in', async () => {
    const waiting: (() => void)[] = []
    const { pass } = full(() => new Promise((resolve) => waiting.push(resolve)))
    pass(5)
    assert.equal(waiting.length, 1)
    waiting[0]!()
    await new Promise(setImmediate)
    pass(6)
    assert.equal(waiting.length, 2)
  })

  test('costs a line in the log, not the ticks', async () => {
    let tries = 0
    const { lines, pass } = full(() => {
      if (tries++ % 2 === 0) throw new Fault('log-full', 'no room', { status: 503 })
      return Promise.reject(new Fault('log-full', 'no room', { status: 503 }))
    })
    pass(1)
    pass(2)
    await new Promise(setImmediate)
    pass(3)
    assert.equal(tries, 3)
    assert.ok(lines.length === 3 && lines.every(([, f]) => f['err'] === 'no room'))
  })
})
