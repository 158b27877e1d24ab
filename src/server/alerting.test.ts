import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DeliveryFault } from '../alert/delivery-fault.ts'
import { HandlerSet } from '../alert/handler-set.ts'
import { ALERT_HANDLERS } from '../alert/handlers/handler-list.ts'
import type { IoReply, IoRequest } from '../alert/io/handler-io.ts'
import { RecordedIo } from '../alert/io/recorded-io.ts'
import type { Level } from '../alert/level.ts'
import { TestClock } from '../alert/test-clock.ts'
import { testEvent } from '../alert/test-event.ts'
import { MemoryKv } from '../store/memory-kv.ts'
import { Store } from '../store/store.ts'
import { Alerting } from './alerting.ts'
import { silentLogger } from './api/test-app.ts'

class DyingIo extends RecordedIo {
  isDead = true

  override async http(request: IoRequest): Promise<IoReply> {
    if (this.isDead) throw new DeliveryFault('down', 'connection refused', { retry: true })
    return super.http(request)
  }
}

function open(kv: MemoryKv, io: RecordedIo, clock: TestClock, handlerRoom: number): Alerting {
  const alerting = new Alerting({
    store: new Store(kv),
    clock,
    logger: silentLogger,
    handlers: new HandlerSet(ALERT_HANDLERS),
    io,
    settings: { persistTopics: true, topicBufferLength: 1000, handlerRoom, recoverOnDelete: false },
    deliverOther: () => false,
  })
  alerting.start()
  return alerting
}

async function quiet(a: Alerting): Promise<void> {
  await a.dispatcher.whenIdle()
  await a.outbox.flush()
}

const ROOM = 64 * 1024
const IDS = 7

describe('a receiver that is dead for long', () => {
  it('fills only its own room, and gets the newest of each alert with a count when it is back', async () => {
    const kv = new MemoryKv()
    const io = new DyingIo()
    const clock = new TestClock()
    const alerting = open(kv, io, clock, ROOM)
    alerting.handlers.create('t', { id: 'dead', kind: 'post', options: { url: 'http://dead' } })
    alerting.handlers.create('t', { id: 'log', kind: 'log', options: { path: '/log' } })
    const total = 2000
    for (let i = 0; i < total; i++) {
      const level = (1 + (i % 3)) as Level
      await alerting.publisher.publish('t', testEvent({ id: `e${i % IDS}`, level, message: `${i}` }))
    }
    await quiet(alerting)
    const logged = io.sent.map((s) => String((s as unknown[])[2])).join('')
    assert.equal(logged.split('\n').length - 1, total, 'the other handler got everything')
    const [dead] = alerting.deliveries.handlers({ handler: 'dead' })
    assert.ok(dead!.chars <= ROOM && dead!.superseded > 0 && dead!.dead === 0)
    assert.ok(bytesOf(kv, 'owed') <= 2 * ROOM)
    assert.equal(alerting.outbox.waiting, dead!.waiting)
    await alerting.close()

    io.isDead = false
    const again = open(kv, io, clock, ROOM)
    await quiet(again)
    const arrived = [...again.deliveries.list({ handler: 'dead', state: 'delivered' })]
    const counted = arrived.reduce((sum, d) => sum + 1 + d.standsFor, 0)
    assert.equal(counted, total)
    const newest = io.requests.map((r) => JSON.parse(r.body) as { id: string; message: string })
    for (let id = 0; id < IDS; id++) {
      const messages = newest.filter((e) => e.id === `e${id}`).map((e) => Number(e.message))
      assert.deepEqual(
        messages,
        messages.toSorted((a, b) => a - b),
      )
      assert.ok(messages.at(-1)! >= total - IDS)
    }
    assert.equal(again.outbox.waiting, 0)
    await again.close()
  })

  it('has no more than its room of dead letters either', async () => {
    const kv = new MemoryKv()
    const io = new DyingIo()
    io.isDead = false
    io.reply = { status: 400, headers: {}, body: '' }
    const alerting = open(kv, io, new TestClock(), ROOM)
    alerting.handlers.create('t', { id: 'p', kind: 'post', options: { url: 'http://picky' } })
    for (let i = 0; i < 300; i++) await alerting.publisher.publish('t', testEvent({ id: `e${i}`, level: 3 }))
    await quiet(alerting)
    const { letters } = alerting.outbox
    assert.ok(letters.size > 20 && letters.size < 300)
    assert.equal(letters.size + letters.dropped, 300)
    assert.ok(bytesOf(kv, 'dead-letters') <= 2 * ROOM)
    assert.equal([...alerting.deliveries.letters({})][0]?.id, 'e299', 'the oldest have gone')
    await alerting.close()
  })
})

/** Characters of the values of a collection. */
function bytesOf(kv: MemoryKv, collection: string): number {
  let sum = 0
  for (const [key, value] of kv.entries({ from: Buffer.of(0), to: Buffer.of(0xff) }))
    if (Buffer.from(key).includes(collection)) sum += value.length
  return sum
}
