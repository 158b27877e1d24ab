import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/logger.ts'
import { DeliveryFault } from './delivery-fault.ts'
import { Dispatcher } from './dispatcher.ts'
import { HandlerSet } from './handler-set.ts'
import type { HandlerDeclaration } from './handlers/define-handler.ts'
import type { HandlerIo } from './io/handler-io.ts'
import { MemoryOutbox } from './memory-outbox.ts'
import type { OwedNotification } from './outbox.ts'
import { testEvent } from './test-event.ts'

const logger = { limited: () => logger, warn() {}, error() {} } as unknown as Logger
const clock: Clock = { now: () => ({ sec: 1, ns: 0 }), at: () => () => {} }

function rig(send: (id: string) => Promise<unknown>) {
  const handler = (kind: string): HandlerDeclaration => ({
    kind,
    doc: '',
    options: {},
    limits: { timeoutMs: 1 },
    send: async (event) => {
      await send(event.id)
      return { answer: `took ${event.key}` }
    },
  })
  const outbox = new MemoryOutbox()
  const handlers = new HandlerSet([handler('a'), handler('b')])
  const dispatcher = new Dispatcher({ handlers, io: {} as HandlerIo, outbox, clock, logger })
  let ordinal = 0
  const deliver = (kind: string, id: string): number => {
    const payload = { handler: `t/${kind}`, kind, options: {}, topic: 't', event: testEvent({ id }) }
    const record: OwedNotification = { run: 'main', task: 'task', node: 'alert2', seq: 7, ordinal: ordinal++, payload }
    const place = outbox.place(record, clock.now())
    dispatcher.deliver(record, place)
    return place.number
  }
  return { dispatcher, outbox, deliver }
}

describe('Dispatcher', () => {
  it('settles what arrived and remembers the answer, with the key', async () => {
    const r = rig(async () => {})
    const number = r.deliver('a', 'o')
    await r.dispatcher.whenIdle()
    assert.deepEqual(r.outbox.outcomes, [
      {
        handler: 't/a',
        topic: 't',
        kind: 'a',
        state: 'delivered',
        at: { sec: 1, ns: 0 },
        answer: 'took main/task/alert2/7/0',
        events: [{ number, id: 'o', level: 2, key: 'main/task/alert2/7/0', attempts: 1, standsFor: 0 }],
      },
    ])
    assert.equal(r.outbox.notifications.size, 0)
  })

  it('lets a handler that never answers delay no other', async () => {
    const r = rig((id) => (id === 'stuck' ? new Promise(() => {}) : Promise.resolve()))
    r.deliver('a', 'stuck')
    r.deliver('b', 'o')
    await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual(
      r.outbox.outcomes.map((o) => o.handler),
      ['t/b'],
    )
    assert.equal(r.dispatcher.stats().waiting, 1)
    assert.deepEqual(
      [...r.dispatcher.waiting()].map((w) => [w.handler, w.item.id]),
      [['t/a', 'stuck']],
    )
  })

  it('buries what can not arrive, and what no handler takes any more', async () => {
    const r = rig(() => Promise.reject(new DeliveryFault('x', 'no such channel')))
    const refused = r.deliver('a', 'o')
    const unknown = r.deliver('gone', 'o')
    await r.dispatcher.whenIdle()
    assert.deepEqual(
      r.outbox.outcomes
        .toSorted((x, y) => x.events[0]!.number - y.events[0]!.number)
        .map((o) => [o.state, o.events[0]?.number, o.answer, o.events[0]?.attempts]),
      [
        ['dead', refused, 'no such channel', 1],
        ['dead', unknown, 'unsupported action kind "gone"', 1],
      ],
    )
    assert.equal(r.dispatcher.stats().dead, 2)
  })

  it('leaves in the outbox what waits for its next try when it closes', async () => {
    const r = rig(() => Promise.reject(new DeliveryFault('x', 'down', { retry: true })))
    r.deliver('a', 'o')
    await r.dispatcher.whenIdle()
    await r.dispatcher.close()
    r.deliver('a', 'p')
    assert.deepEqual(r.outbox.outcomes, [])
    assert.equal(r.outbox.notifications.size, 2)
    assert.deepEqual(
      r.dispatcher.handlers().map((h) => [h.handler, h.waiting, h.retried, h.lastError]),
      [['t/a', 1, 1, 'down']],
    )
    assert.equal(r.dispatcher.stats().retried, 1)
  })
})
