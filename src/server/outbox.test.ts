import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { NOTIFY, type OwedNotification, TOPIC_STATE } from '../alert/outbox.ts'
import type { Logger } from '../base/logger.ts'
import type { Plain } from '../base/plain.ts'
import { Point } from '../base/point.ts'
import { seriesOf } from '../base/series.ts'
import { makeShape } from '../base/shape.ts'
import type { OwedRecord } from '../flow/entry.ts'
import { MemoryKv } from '../store/memory-kv.ts'
import { Store } from '../store/store.ts'
import { StoredOutbox } from './outbox.ts'

const logger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  enabled: () => false,
  with: () => logger,
  limited: () => logger,
}

interface Opened {
  readonly outbox: StoredOutbox
  readonly delivered: OwedRecord[]
}

function open(kv: MemoryKv, persistTopics = true): Opened {
  const delivered: OwedRecord[] = []
  const outbox = new StoredOutbox({
    store: new Store(kv),
    logger,
    persistTopics,
    deliver: (record) => delivered.push(record),
  })
  return { outbox, delivered }
}

const post = (seq: number, ordinal = 0, payload: Plain = { url: 'u', n: 9007199254740993n }): OwedRecord => ({
  run: 'main',
  task: 't',
  node: 'http_post2',
  seq,
  ordinal,
  kind: 'http-post',
  payload,
})

function notification(seq: number): OwedRecord {
  const point = new Point(seriesOf('d', 'r', 'm', { host: 'a' }), makeShape(['v'], ['float']), [1.5], 10, 0)
  const event = {
    id: 'e',
    message: 'it is hot',
    details: '',
    time: { sec: 10, ns: 0 },
    duration: 0,
    level: 3,
    previousLevel: 0,
    recoverable: true,
    name: 'm',
    taskName: 't',
    group: '',
    tags: { host: 'a' },
    category: '',
    data: { name: 'm', tags: { host: 'a' }, points: [point], isBatch: false },
    fields: { v: { kind: 'float', value: 1.5 } },
  }
  const payload = {
    handler: 'topic/#0',
    kind: 'post',
    options: { url: 'u' },
    topic: 'topic',
    event,
  } as unknown as Plain
  return { run: 'main', task: 't', node: 'alert2', seq, ordinal: 0, kind: NOTIFY, payload }
}

const state = (seq: number, id: string, level: number | undefined, gone = false): OwedRecord => ({
  ...post(seq),
  kind: TOPIC_STATE,
  payload: {
    topic: 'top',
    id,
    of: { gone },
    state: level && { level, message: 'm', details: 'd', time: { sec: 1, ns: 2 }, duration: 3 },
  } as unknown as Plain,
})

describe('owed records', () => {
  test('are handed out when they are on disk, in order', async () => {
    const { outbox, delivered } = open(new MemoryKv())
    const done = outbox.commit([post(1), post(1, 1), post(2)])
    assert.equal(delivered.length, 0)
    await done
    assert.deepEqual(
      (delivered as readonly OwedRecord[]).map((r) => [r.seq, r.ordinal]),
      [
        [1, 0],
        [1, 1],
        [2, 0],
      ],
    )
    assert.equal(outbox.waiting, 3)
  })

  test('are handed out again after a crash until they are settled', async () => {
    const kv = new MemoryKv()
    const first = open(kv)
    await first.outbox.commit([post(1), notification(1), post(2)])
    first.outbox.settle(first.delivered[0]!)
    await first.outbox.flush()
    const second = open(kv)
    assert.equal(second.outbox.resume(), 2)
    const [n, p] = second.delivered
    assert.equal((n as unknown as OwedNotification).payload.event.message, 'it is hot')
    assert.equal((n as unknown as OwedNotification).payload.event.data.points[0]?.field('v'), 1.5)
    assert.deepEqual(p, { ...post(2) })
    for (const r of second.delivered) second.outbox.settle(r)
    await second.outbox.commit([])
    await second.outbox.flush()
    assert.equal(open(kv).outbox.resume(), 0)
  })

  test('nothing is handed out when the commit fails, and settled ones stay settled', async () => {
    const kv = new MemoryKv()
    const { outbox, delivered } = open(kv)
    await outbox.commit([post(1)])
    outbox.settle(delivered[0]!)
    const write = kv.write
    kv.write = () => {
      throw new Error('disk full')
    }
    await assert.rejects(outbox.commit([post(2)]), /disk full/)
    kv.write = write
    assert.equal(delivered.length, 1)
    await outbox.commit([post(2)])
    await outbox.flush()
    const again = open(kv)
    assert.equal(again.outbox.resume(), 1)
    assert.equal(again.delivered[0]?.seq, 2)
  })

  test('numbers of the log are never given twice', async () => {
    const kv = new MemoryKv()
    const first = open(kv)
    assert.equal(first.outbox.firstSeq, 1)
    await first.outbox.commit([post(5)])
    const second = open(kv)
    assert.ok(second.outbox.firstSeq > 5)
    await second.outbox.commit([post(second.outbox.firstSeq + 3_000_000)])
    assert.ok(open(kv).outbox.firstSeq > second.outbox.firstSeq)
  })

  test('letters that are given up leave the queue', async () => {
    const kv = new MemoryKv()
    const { outbox, delivered } = open(kv)
    await outbox.commit([notification(1)])
    const record = delivered[0] as unknown as OwedNotification
    outbox.bury({ record, reason: 'gone', attempts: 3, at: { sec: 1, ns: 0 } })
    await outbox.flush()
    assert.equal(open(kv).outbox.resume(), 0)
  })
})

describe('topic states', () => {
  const statesOf = (o: StoredOutbox): unknown[] =>
    [...o.savedStates()].map((s) => [s.id, s.state.level, s.state.message])

  test('the last one counts, and OK is forgotten', async () => {
    const kv = new MemoryKv()
    const { outbox } = open(kv)
    await outbox.commit([state(1, 'a', 1), state(1, 'b', 3), state(2, 'a', 2)])
    assert.deepEqual(statesOf(open(kv).outbox), [
      ['a', 2, 'm'],
      ['b', 3, 'm'],
    ])
    await outbox.commit([state(3, 'a', undefined)])
    assert.deepEqual(statesOf(open(kv).outbox), [['b', 3, 'm']])
    await outbox.commit([state(4, 'b', 3, true)])
    assert.deepEqual(statesOf(open(kv).outbox), [], 'of a topic that was deleted meanwhile')
    await outbox.commit([state(5, 'c', 3)])
    outbox.removeTopic('top')
    assert.deepEqual(statesOf(open(kv).outbox), [])
  })

  test('are not kept when the configuration says so', async () => {
    const kv = new MemoryKv()
    await open(kv, false).outbox.commit([state(1, 'a', 1)])
    assert.deepEqual(statesOf(open(kv).outbox), [])
  })
})
