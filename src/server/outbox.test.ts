import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { NOTIFY, type Outcome, type OwedNotification, type Place, TOPIC_STATE } from '../alert/outbox.ts'
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
  readonly places: Place[]
}

const LIMITS = { perHandler: 3, room: 100_000 }
const now = { sec: 77, ns: 5 }

function open(kv: MemoryKv, persistTopics = true): Opened {
  const delivered: OwedRecord[] = []
  const places: Place[] = []
  const outbox = new StoredOutbox({
    store: new Store(kv),
    logger,
    clock: { now: () => now, at: () => () => {} },
    persistTopics,
    letters: LIMITS,
    receipts: { perHandler: 3, inAll: 5 },
    deliver(record, place) {
      delivered.push(record)
      places.push(place)
    },
  })
  return { outbox, delivered, places }
}

function outcome(state: Outcome['state'], o: Opened, i: number, more: Partial<Outcome> = {}): Outcome {
  const { number } = o.places[i]!
  const event = { number, id: 'e', level: 3, key: `k${number}`, attempts: 2, standsFor: 0 } as const
  return { handler: 'topic/#0', topic: 'topic', kind: 'post', state, at: now, answer: 'why', events: [event], ...more }
}

function settle(o: Opened, r: OwedRecord): void {
  if (r.kind === NOTIFY) o.outbox.settle(outcome('delivered', o, o.delivered.indexOf(r)))
  else o.outbox.settleRecord(r)
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

const OF = { task: 't', name: 'm', group: '', tags: {}, recoverable: true }

const state = (seq: number, id: string, level: number | undefined, gone = false): OwedRecord => ({
  ...post(seq),
  kind: TOPIC_STATE,
  payload: {
    topic: 'top',
    id,
    of: { gone },
    state: level && { level, message: 'm', details: 'd', time: { sec: 1, ns: 2 }, duration: 3, ...OF },
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
    first.outbox.settleRecord(first.delivered[0]!)
    await first.outbox.flush()
    const second = open(kv)
    assert.equal(second.outbox.resume(), 2)
    const [n, p] = second.delivered
    assert.equal((n as unknown as OwedNotification).payload.event.message, 'it is hot')
    assert.equal((n as unknown as OwedNotification).payload.event.data.points[0]?.field('v'), 1.5)
    assert.deepEqual(p, { ...post(2) })
    for (const r of second.delivered) settle(second, r)
    await second.outbox.commit([])
    await second.outbox.flush()
    assert.equal(open(kv).outbox.resume(), 0)
  })

  test('nothing is handed out when the commit fails, and settled ones stay settled', async () => {
    const kv = new MemoryKv()
    const { outbox, delivered } = open(kv)
    await outbox.commit([post(1)])
    outbox.settleRecord(delivered[0]!)
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

  test('say when they were committed, and for how many they stand, also after a crash', async () => {
    const kv = new MemoryKv()
    const first = open(kv)
    await first.outbox.commit([notification(1), notification(2)])
    const [a, b] = first.places
    assert.deepEqual([a?.since, a?.stands], [now, undefined])
    first.outbox.keepStands(b!.number, { count: 1, before: 2, oldest: a!.number })
    first.outbox.settle(outcome('superseded', first, 0))
    await first.outbox.flush()
    const second = open(kv)
    assert.equal(second.outbox.resume(), 1)
    assert.deepEqual(second.places, [{ ...b!, stands: { count: 1, before: 2, oldest: a!.number }, resumed: true }])
  })

  test('are exchanged for others in one commit', async () => {
    const kv = new MemoryKv()
    const o = open(kv)
    await o.outbox.commit([notification(1), notification(2)])
    await o.outbox.exchange({
      settles: o.places.map((p) => p.number),
      outcome: outcome('grouped', o, 0, { events: [0, 1].map((i) => outcome('grouped', o, i).events[0]!) }),
      records: [notification(3)],
    })
    assert.equal(o.outbox.waiting, 1)
    const again = open(kv)
    assert.equal(again.outbox.resume(), 1)
    assert.equal(again.delivered[0]?.seq, 3)
    assert.equal(again.outbox.receipts.size, 2)
  })

  test('numbers of records are never given twice', async () => {
    const kv = new MemoryKv()
    const first = open(kv)
    await first.outbox.commit([notification(1)])
    first.outbox.settle(outcome('delivered', first, 0))
    await first.outbox.flush()
    const second = open(kv)
    await second.outbox.commit([notification(2)])
    assert.ok(second.places[0]!.number > first.places[0]!.number)
  })

  test('that are settled go even when nothing more can be written', async () => {
    const kv = new MemoryKv()
    const o = open(kv)
    await o.outbox.commit([notification(1), notification(2)])
    const write = kv.write.bind(kv)
    kv.write = (action) =>
      write((w) =>
        action({
          put() {
            throw new Error('full')
          },
          remove: (key) => w.remove(key),
        }),
      )
    o.outbox.settle(outcome('delivered', o, 0))
    await o.outbox.flush()
    kv.write = write
    assert.equal(open(kv).outbox.resume(), 1)
  })
})

describe('dead letters', () => {
  async function withLetters(kv: MemoryKv, n: number): Promise<Opened> {
    const o = open(kv)
    for (let i = 0; i < n; i++) {
      await o.outbox.commit([notification(i + 1)])
      o.outbox.bury(o.places[i]!.number, outcome('dead', o, i))
      await o.outbox.flush()
    }
    return o
  }

  test('leave the queue and are kept, with their receipt', async () => {
    const kv = new MemoryKv()
    const first = await withLetters(kv, 1)
    const { outbox } = open(kv)
    assert.equal(outbox.resume(), 0)
    const [[number, letter]] = [...outbox.letters.list({ topic: 'topic', handler: '#0', id: 'e' })] as unknown as [
      [number, { reason: string; record: { text: string } }],
    ]
    assert.deepEqual([number, letter.reason], [first.places[0]?.number, 'why'])
    assert.match(letter.record.text, /it is hot/)
    assert.deepEqual(
      [...outbox.receipts.list({ state: 'dead' })].map((r) => [r.id, r.answer]),
      [['e', 'why']],
    )
    for (const f of [{ topic: 'x' }, { handler: 'x' }, { id: 'x' }]) assert.deepEqual([...outbox.letters.list(f)], [])
  })

  test('are resent under the key that they had', async () => {
    const kv = new MemoryKv()
    await withLetters(kv, 2)
    const o = open(kv)
    assert.equal(
      o.outbox.resend({ handler: '#0' }, (n) => ({ ...n, options: { url: 'new' } })),
      2,
    )
    assert.deepEqual(
      o.delivered.map((r) => [r.seq, (r as unknown as OwedNotification).payload.options['url']]),
      [
        [1, 'new'],
        [2, 'new'],
      ],
    )
    assert.equal(o.outbox.letters.size, 0)
    const again = open(kv)
    assert.equal(again.outbox.letters.size, 0)
    assert.equal(again.outbox.resume(), 2)
    assert.equal(
      again.outbox.resend(1, (n) => n),
      0,
    )
  })

  test('have a bound for each handler, and can be cleared', async () => {
    const kv = new MemoryKv()
    const first = await withLetters(kv, 5)
    assert.equal(first.outbox.letters.dropped, 2)
    const { outbox } = open(kv)
    const numbers = [...outbox.letters.list({})].map(([n]) => n)
    assert.deepEqual(
      numbers,
      [4, 3, 2].map((i) => first.places[i]?.number),
    )
    assert.equal(outbox.clear(numbers[0]!), 1)
    assert.equal(outbox.clear({ topic: 'topic' }), 2)
    assert.equal(open(kv).outbox.letters.size, 0)
  })
})

describe('receipts', () => {
  test('are kept for the latest of each handler', async () => {
    const kv = new MemoryKv()
    const o = open(kv)
    await o.outbox.commit(Array.from({ length: 7 }, (_, i) => notification(i + 1)))
    for (let i = 0; i < 7; i++)
      o.outbox.settle(outcome('delivered', o, i, { handler: i === 0 ? 'topic/rare' : 'topic/#0' }))
    await o.outbox.flush()
    const keys = (outbox: StoredOutbox) => [...outbox.receipts.list({})].map((r) => r.key)
    const expected = [6, 5, 4, 0].map((i) => `k${o.places[i]?.number}`)
    assert.deepEqual(keys(o.outbox), expected)
    assert.deepEqual(keys(open(kv).outbox), expected)
    assert.equal([...open(kv).outbox.receipts.list({ handler: 'rare' })].length, 1)
  })

  test('have a bound in all', async () => {
    const kv = new MemoryKv()
    const o = open(kv)
    await o.outbox.commit(Array.from({ length: 8 }, (_, i) => notification(i + 1)))
    for (let i = 0; i < 8; i++) o.outbox.settle(outcome('delivered', o, i, { handler: `topic/${i}` }))
    await o.outbox.flush()
    assert.equal(o.outbox.receipts.size, 5)
    assert.equal(open(kv).outbox.receipts.size, 5)
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

  test('that can not be read are left out', async () => {
    const kv = new MemoryKv()
    await open(kv).outbox.commit([state(1, 'a', 1), state(1, 'b', 3)])
    kv.write((w) => {
      for (const [key, value] of kv.entries({ from: Buffer.of(0), to: Buffer.of(0xff) }))
        if (value.startsWith('{"level":1')) w.put(key, '{"level":1')
    })
    assert.deepEqual(statesOf(open(kv).outbox), [['b', 3, 'm']])
  })

  test('are not kept when the configuration says so', async () => {
    const kv = new MemoryKv()
    await open(kv, false).outbox.commit([state(1, 'a', 1)])
    assert.deepEqual(statesOf(open(kv).outbox), [])
  })
})
