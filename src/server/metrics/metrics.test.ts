import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, test } from 'node:test'
import { Dispatcher } from '../../alert/dispatcher.ts'
import { HandlerSet } from '../../alert/handler-set.ts'
import { RecordedIo } from '../../alert/io/recorded-io.ts'
import { Topics } from '../../alert/topics.ts'
import type { Fault } from '../../base/fault.ts'
import { Point } from '../../base/point.ts'
import { seriesOf } from '../../base/series.ts'
import { makeShape } from '../../base/shape.ts'
import { chain, DBRPS, memoryLogger, points, rig } from '../../flow/testdata-rig.ts'
import { openMemoryStore } from '../../store/memory-store.ts'
import { StoredOutbox } from '../outbox.ts'
import { MAX_MEASUREMENTS } from './engine-families.ts'
import { Metrics } from './metrics.ts'
import { LAG_BUCKETS, LagHistogram, ProcessWatch } from './process-watch.ts'
import { RequestCounts } from './request-counts.ts'
import { readMetrics } from './testdata-strict-reader.ts'

function setup() {
  const { engine, clock } = rig()
  const logger = memoryLogger([])
  const handlers = new HandlerSet([])
  const letters = { perHandler: 10, room: 1_000 }
  const outbox = new StoredOutbox({
    store: openMemoryStore(),
    logger,
    clock,
    persistTopics: false,
    letters,
    deliver() {},
  })
  const topics = new Topics({ handlers, logger })
  const dispatcher = new Dispatcher({ handlers, io: new RecordedIo(), outbox, clock, logger })
  const watch = new ProcessWatch()
  const metrics = new Metrics({ watch, engine, ringBytes: 5, alerts: { topics, dispatcher, outbox }, more: () => [] })
  const text = async (): Promise<string> => {
    let all = ''
    for await (const piece of metrics.text()) all += String(piece)
    watch.stop()
    return all
  }
  return { engine, metrics, watch, text, topics }
}

describe('metrics', () => {
  test('come in pieces, and are whole', async () => {
    const { engine, metrics, watch } = setup()
    for (let i = 0; i < 300; i++) engine.start(`t${i}`, chain('m'), DBRPS)
    engine.write('db', 'rp', points('m', [1, 2, 3]), 10)
    let pieces = 0
    let all = ''
    for await (const piece of metrics.text()) {
      pieces++
      all += String(piece)
    }
    watch.stop()
    assert.ok(pieces > 2, `${pieces} pieces`)
    const collected = readMetrics(all).get('supercap_node_collected_total')!.figures
    assert.equal(collected.size, 600)
    assert.equal(collected.get('supercap_node_collected_total{task="t299",node="from1",kind="from"}'), 3)
  })

  test('tell a bounded number of measurements by name, and lose no point', async () => {
    const { engine, text } = setup()
    const shape = makeShape(['v'], ['float'])
    const n = MAX_MEASUREMENTS + 200
    const names = Array.from({ length: n }, (_, i) => `m"${i}\n`)
    const body = names.map((name) => new Point(seriesOf('db', 'rp', name, {}), shape, [1], 1, 0))
    engine.write('db', 'rp', body, 10)
    const first = readMetrics(await text()).get('supercap_ingress_points_total')!.figures
    assert.equal(first.size, MAX_MEASUREMENTS + 1)
    assert.equal(first.get('supercap_ingress_points_total{database="*",retention_policy="*",measurement="*"}'), 200)
    engine.write('db', 'rp', body, 10)
    const second = readMetrics(await text()).get('supercap_ingress_points_total')!.figures
    const sum = [...second.values()].reduce((a, b) => a + b, 0)
    assert.equal(sum, 2 * n)
    for (const [key, value] of first) assert.ok(second.get(key)! >= value)
  })

  test('of a task that starts anew meanwhile are those of one task', async () => {
    const { engine, metrics, watch } = setup()
    for (let i = 0; i < 120; i++) engine.start(`t${i}`, chain('m'), DBRPS)
    const stream = metrics.text()
    stream.read()
    await engine.stop('t0', 'drain')
    engine.start('t0', chain('m'), DBRPS)
    let all = ''
    for await (const piece of stream) all += String(piece)
    watch.stop()
    assert.equal(readMetrics(all).get('supercap_task_lag_entries')!.figures.size, 120)
  })

  test('are made for a few at once; one that goes makes room', async () => {
    const { metrics, watch } = setup()
    const open = Array.from({ length: 8 }, () => metrics.text())
    assert.throws(
      () => metrics.text(),
      (e: Fault) => e.status === 503,
    )
    open[0]!.destroy()
    await once(open[0]!, 'close')
    const next = metrics.text()
    for (const s of [...open.slice(1), next]) s.destroy()
    watch.stop()
  })
})

describe('what is watched', () => {
  test('lags are counted by size, each limit with all below', () => {
    const lag = new LagHistogram()
    for (const seconds of [0, 0.001, 0.0011, 0.3, 60]) lag.add(seconds)
    const cumulative = new Map(lag.cumulative())
    assert.deepEqual(
      [0.001, 0.005, 0.25, 0.5, 5, Number.POSITIVE_INFINITY].map((l) => cumulative.get(l)),
      [2, 3, 3, 4, 4, 5],
    )
    assert.equal(cumulative.size, LAG_BUCKETS.length + 1)
    assert.equal(lag.sum, 60.3021)
  })

  test('answers are counted by class', () => {
    const counts = new RequestCounts()
    for (const status of [200, 204, 404, 503, 999]) counts.add(status)
    assert.deepEqual(Object.fromEntries(counts.byClass()), { '1xx': 0, '2xx': 2, '3xx': 0, '4xx': 1, '5xx': 1 })
  })
})
