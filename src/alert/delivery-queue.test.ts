import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Clock } from '../base/clock.ts'
import { addTime, compareTime, type Time } from '../base/time.ts'
import { DeliveryEvent } from './delivery-event.ts'
import { DeliveryFault } from './delivery-fault.ts'
import { DeliveryQueue, type Item, type QueueOptions } from './delivery-queue.ts'
import type { NewAlertEvent } from './event.ts'
import type { OwedNotification } from './outbox.ts'

class TestClock implements Clock {
  time: Time = { sec: 1000, ns: 0 }
  #alarms: { due: Time; run: () => void }[] = []
  now(): Time {
    return this.time
  }
  at(due: Time, run: () => void): () => void {
    const alarm = { due, run }
    this.#alarms.push(alarm)
    return () => {
      this.#alarms = this.#alarms.filter((a) => a !== alarm)
    }
  }
  /** Moves on by so many seconds; what is due rings. */
  pass(sec: number): void {
    this.time = addTime(this.time, sec * 1e9)
    for (const a of this.#alarms.filter((x) => compareTime(x.due, this.time) <= 0)) {
      this.#alarms = this.#alarms.filter((x) => x !== a)
      a.run()
    }
  }
}

const base = { message: '', details: '', level: 3, duration: 0 } as unknown as NewAlertEvent

interface Rig {
  readonly queue: DeliveryQueue
  readonly clock: TestClock
  /** What was tried, by name, in order. */
  readonly tried: string[]
  readonly delivered: string[]
  readonly dead: [string, string][]
  readonly superseded: string[]
  /** How the next tries of an event end; delivered when there is nothing. */
  readonly faults: Map<string, unknown[]>
  push(id: string, name: string): DeliveryEvent
  settle(): Promise<void>
}

function rig(o: Partial<QueueOptions> = {}): Rig {
  const clock = new TestClock()
  const tried: string[] = []
  const delivered: string[] = []
  const dead: [string, string][] = []
  const superseded: string[] = []
  const faults = new Map<string, unknown[]>()
  const nameOf = (item: Item): string => item.event.key
  let ordinal = 0
  const queue = new DeliveryQueue(
    {
      clock,
      random: () => 0.5,
      send: async (items) => {
        for (const item of items) tried.push(nameOf(item))
        await Promise.resolve()
        for (const item of items) {
          const fault = faults.get(nameOf(item))?.shift()
          if (fault) throw fault
        }
        return {}
      },
      delivered: (item) => delivered.push(nameOf(item)),
      failed: () => {},
      gaveUp: (item, reason) => dead.push([nameOf(item), reason]),
      superseded: (item) => superseded.push(nameOf(item)),
    },
    { many: false, retryForMs: 60_000, bound: 1000, ...o },
  )
  return {
    queue,
    clock,
    tried,
    delivered,
    dead,
    superseded,
    faults,
    push(id, name) {
      const event = new DeliveryEvent({ ...base, id } as never, 't', name)
      const record = { run: 'main', task: 't', node: 'n', seq: 1, ordinal: ordinal++ } as unknown as OwedNotification
      queue.push({ record, event, since: clock.now(), attempts: 0 })
      return event
    },
    settle: () => queue.whenIdle(),
  }
}

const down = () => new DeliveryFault('down', 'connection refused', { retry: true })
const error500 = () => new DeliveryFault('http-status', 'status 500', { retry: true, holds: false })

describe('DeliveryQueue', () => {
  it('sends in order, one after the other', async () => {
    const r = rig()
    for (const n of ['1', '2', '3']) r.push('a', n)
    await r.settle()
    assert.deepEqual(r.delivered, ['1', '2', '3'])
    assert.equal(r.queue.size, 0)
  })

  it('holds back only events of the id that failed, and keeps their order', async () => {
    const r = rig()
    r.faults.set('a1', [down(), down()])
    r.push('a', 'a1')
    r.push('a', 'a2')
    r.push('b', 'b1')
    await r.settle()
    assert.deepEqual(r.delivered, ['b1'])
    assert.equal(r.queue.size, 2)
    r.push('a', 'a3')
    r.push('b', 'b2')
    await r.settle()
    assert.deepEqual(r.delivered, ['b1', 'b2'])
    r.clock.pass(1)
    await r.settle()
    assert.deepEqual(r.tried, ['a1', 'b1', 'b2', 'a1'])
    r.clock.pass(2)
    await r.settle()
    assert.deepEqual(r.delivered, ['b1', 'b2', 'a1', 'a2', 'a3'])
    assert.equal(r.queue.size, 0)
  })

  it('waits as long as the receiver asked', async () => {
    const r = rig()
    r.faults.set('1', [new DeliveryFault('http-status', 'status 429', { retry: true, retryAfterMs: 30_000 })])
    r.push('a', '1')
    await r.settle()
    r.clock.pass(29)
    await r.settle()
    assert.deepEqual(r.tried, ['1'])
    r.clock.pass(1)
    await r.settle()
    assert.deepEqual(r.delivered, ['1'])
  })

  it('gives up at once what is not worth a retry, and goes on with the next', async () => {
    const r = rig()
    r.faults.set('1', [new Error('bad request')])
    r.push('a', '1')
    r.push('a', '2')
    await r.settle()
    assert.deepEqual(r.dead, [['1', 'bad request']])
    assert.deepEqual(r.delivered, ['2'])
  })

  it('gives up at the deadline and lets the next of the id follow', async () => {
    const r = rig({ retryForMs: 5_000 })
    r.faults.set('1', Array.from({ length: 20 }, down))
    r.push('a', '1')
    await r.settle()
    r.clock.pass(3)
    await r.settle()
    r.push('a', '2')
    r.clock.pass(3)
    await r.settle()
    assert.deepEqual(r.dead, [['1', 'connection refused']])
    assert.deepEqual(r.delivered, ['2'])
    assert.equal(r.queue.size, 0)
  })

  it('tries every event at once at a receiver that answers with errors, and retries in order', async () => {
    const r = rig()
    r.faults.set('1', [error500()])
    r.faults.set('2', [error500()])
    r.push('a', '1')
    r.push('a', '2')
    await r.settle()
    assert.deepEqual(r.tried, ['1', '2'])
    r.clock.pass(4)
    await r.settle()
    assert.deepEqual(r.tried, ['1', '2'], 'not soon')
    r.clock.pass(20)
    await r.settle()
    assert.deepEqual(r.delivered, ['1', '2'])
  })

  it('never sends an event after a newer one of the same id', async () => {
    const r = rig()
    r.faults.set('1', [error500()])
    r.push('a', '1')
    r.push('a', '2')
    await r.settle()
    assert.deepEqual(r.delivered, ['2'])
    assert.deepEqual(r.dead, [['1', 'a newer event of the same id was delivered first']])
    r.clock.pass(100)
    await r.settle()
    assert.deepEqual(r.tried, ['1', '2'])
    assert.equal(r.queue.size, 0)
  })

  it('keeps the newest event of each id when it is full, and counts those it stands for', async () => {
    const r = rig({ bound: 3 })
    r.faults.set('a1', [down()])
    r.push('a', 'a1')
    await r.settle()
    r.push('a', 'a2')
    r.push('a', 'a3')
    const last = r.push('a', 'a4')
    assert.deepEqual(r.superseded, ['a1', 'a2', 'a3'])
    assert.equal(last.standsFor, 3)
    assert.equal(r.queue.size, 1)
    r.clock.pass(1)
    await r.settle()
    assert.deepEqual(r.delivered, ['a4'])
  })

  it('lets the oldest go when it is full of different ids', async () => {
    const r = rig({ bound: 10 })
    for (let i = 0; i < 11; i++) r.push(`id${i}`, `${i}`)
    assert.ok(r.queue.size <= 10)
    await r.settle()
    assert.deepEqual(
      r.dead.map(([n]) => n),
      ['0', '1'],
    )
    assert.equal(r.delivered.at(-1), '10')
  })

  it('hands over many at once when it may, and each by itself after a failure', async () => {
    const r = rig({ many: true })
    r.faults.set('2', [down()])
    for (const n of ['1', '2', '3']) r.push(n, n)
    await r.settle()
    assert.deepEqual(r.delivered, [])
    r.clock.pass(1)
    await r.settle()
    assert.deepEqual(r.delivered.sort(), ['1', '2', '3'])
  })

  it('tries nothing more once closed', async () => {
    const r = rig()
    r.faults.set('1', [down()])
    r.push('a', '1')
    await r.settle()
    await r.queue.close()
    r.clock.pass(100)
    r.push('a', '2')
    await r.settle()
    assert.deepEqual(r.tried, ['1'])
  })
})

describe('DeliveryQueue that gathers', () => {
  it('sends what came within the interval together', async () => {
    const r = rig({ many: true, gatherMs: 5_000 })
    r.push('a', '1')
    await r.settle()
    r.clock.pass(3)
    r.push('b', '2')
    await r.settle()
    assert.deepEqual(r.tried, [])
    r.clock.pass(2)
    await r.settle()
    assert.deepEqual(r.delivered, ['1', '2'])
    r.push('a', '3')
    await r.settle()
    assert.deepEqual(r.tried, ['1', '2'])
    r.clock.pass(5)
    await r.settle()
    assert.deepEqual(r.delivered, ['1', '2', '3'])
  })
})
