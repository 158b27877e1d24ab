import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DeliveryFault } from './delivery-fault.ts'
import { Item } from './delivery-item.ts'
import { DeliveryQueue, type QueueOptions } from './delivery-queue.ts'
import type { Level } from './level.ts'
import type { OwedNotification } from './outbox.ts'
import { TestClock } from './test-clock.ts'
import { testEvent } from './test-event.ts'

interface Rig {
  readonly queue: DeliveryQueue
  readonly clock: TestClock
  /** What was tried, by name, in order. */
  readonly tried: string[]
  readonly delivered: string[]
  readonly dead: [string, string][]
  /** Which gave way to which. */
  readonly superseded: [string[], string][]
  readonly overtaken: [string[], string][]
  /** How the next tries of an event end; delivered when there is nothing. */
  readonly faults: Map<string, unknown[]>
  /** How often a notification was read again. */
  readonly loads: string[]
  /** The levels are those of the event and of the one before it; each differs from the one before unless given. */
  push(id: string, name: string, levels?: readonly [Level, Level], size?: number): Item
  settle(): Promise<void>
}

function rig(o: Partial<QueueOptions> = {}): Rig {
  const clock = new TestClock()
  const tried: string[] = []
  const delivered: string[] = []
  const dead: [string, string][] = []
  const superseded: [string[], string][] = []
  const overtaken: [string[], string][] = []
  const loads: string[] = []
  const faults = new Map<string, unknown[]>()
  const names = new Map<number, string>()
  const nameOf = (item: Item): string => names.get(item.place.number)!
  let number = 0
  let last: Level = 0
  const queue = new DeliveryQueue(
    {
      clock,
      random: () => 0.5,
      send: async (items) => {
        for (const item of items) {
          tried.push(nameOf(item))
          assert.equal(item.event.message, nameOf(item))
        }
        await Promise.resolve()
        for (const item of items) {
          const fault = faults.get(nameOf(item))?.shift()
          if (fault) throw fault
        }
        return {}
      },
      delivered: (items) => delivered.push(...items.map(nameOf)),
      failed: () => {},
      gaveUp: (item, reason) => dead.push([nameOf(item), reason]),
      superseded: (items, by) => superseded.push([items.map(nameOf), nameOf(by)]),
      overtaken: (items, by) => overtaken.push([items.map(nameOf), nameOf(by)]),
    },
    { batch: 1, batchChars: 1e6, retryForMs: 60_000, memory: 1000, room: 1e6, ...o },
  )
  return {
    queue,
    clock,
    tried,
    delivered,
    dead,
    superseded,
    overtaken,
    faults,
    loads,
    push(id, name, levels = [last === 3 ? 2 : 3, last], size = 1) {
      const [level, previousLevel] = levels
      last = level
      const payload = { topic: 't', event: testEvent({ id, level, previousLevel, message: name }) }
      const record = { run: 'main', task: 't', node: 'n', seq: 1, ordinal: number, payload } as OwedNotification
      names.set(++number, name)
      const item = new Item(record, { number, size, since: clock.now() }, () => {
        loads.push(name)
        return payload as never
      })
      queue.push(item)
      return item
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

  it('has no item of an id waiting go before an older one, whenever it comes', async () => {
    const r = rig()
    r.faults.set('a1', [down()])
    r.push('a', 'a1')
    r.push('b', 'b1')
    r.push('a', 'a2')
    await Promise.resolve()
    await Promise.resolve()
    // b1 is under way or about to be: a2 still waits in the common queue when a3 comes.
    r.push('a', 'a3')
    await r.settle()
    r.clock.pass(1)
    await r.settle()
    assert.deepEqual(r.delivered, ['b1', 'a1', 'a2', 'a3'])
  })

  it('gives what only repeats a refused event a try of its own, and retries in order', async () => {
    const r = rig()
    r.faults.set('1', [error500()])
    r.faults.set('2', [error500()])
    r.push('a', '1', [2, 0])
    r.push('a', '2', [2, 2])
    await r.settle()
    assert.deepEqual(r.tried, ['1', '2'])
    r.clock.pass(4)
    await r.settle()
    assert.deepEqual(r.tried, ['1', '2'], 'not soon')
    r.clock.pass(20)
    await r.settle()
    assert.deepEqual(r.delivered, ['1', '2'])
  })

  it('lets no change of level pass a refused event', async () => {
    const r = rig()
    r.faults.set('1', [error500()])
    r.push('a', '1', [3, 0])
    r.push('a', '2', [0, 3])
    r.push('a', '3', [0, 0])
    await r.settle()
    assert.deepEqual(r.tried, ['1'])
    r.clock.pass(20)
    await r.settle()
    assert.deepEqual(r.delivered, ['1', '2', '3'])
  })

  it('never sends an event after a newer one of the same id', async () => {
    const r = rig()
    r.faults.set('1', [error500()])
    r.push('a', '1', [2, 0])
    r.push('a', '2', [2, 2])
    await r.settle()
    assert.deepEqual(r.delivered, ['2'])
    assert.deepEqual(r.overtaken, [[['1'], '2']])
    r.clock.pass(100)
    await r.settle()
    assert.deepEqual(r.tried, ['1', '2'])
    assert.equal(r.queue.size, 0)
    assert.equal(r.queue.chars, 0)
  })

  it('tries what failed at once when the receiver is back, but not what it said to send later', async () => {
    const r = rig()
    const later = new DeliveryFault('http-status', 'status 429', { retry: true, retryAfterMs: 50_000 })
    r.faults.set('a', [later])
    for (const n of ['b', 'c']) r.faults.set(n, [down(), down(), down(), down()])
    for (const n of ['a', 'b', 'c']) r.push(n, n)
    await r.settle()
    for (const wait of [1, 2, 4]) {
      r.clock.pass(wait)
      await r.settle()
    }
    assert.equal(r.tried.filter((n) => n === 'b').length, 4)
    r.push('d', 'd')
    await r.settle()
    assert.deepEqual(r.delivered, ['d', 'b', 'c'])
  })

  it('keeps the newest event of each id when its room is full, and counts those it stands for', async () => {
    const r = rig({ room: 30 })
    r.faults.set('a1', [down()])
    r.push('a', 'a1', [1, 0], 10)
    await r.settle()
    r.push('a', 'a2', [2, 1], 10)
    r.push('a', 'a3', [3, 2], 10)
    const last = r.push('a', 'a4', [2, 3], 10)
    assert.deepEqual(r.superseded, [[['a1', 'a2', 'a3'], 'a4']])
    assert.deepEqual([last.standsFor, last.levelBefore], [3, 0])
    assert.deepEqual(last.stands, { count: 3, before: 0, oldest: 1 })
    assert.deepEqual([r.queue.size, r.queue.chars], [1, 10])
    await r.settle()
    assert.deepEqual(r.delivered, ['a4'])
  })

  it('counts on when what stands for others gives way itself', async () => {
    const r = rig({ room: 20 })
    r.faults.set('x', [down()])
    r.push('x', 'x', [1, 0], 1)
    await r.settle()
    for (const n of ['1', '2', '3', '4', '5']) r.push('a', n, [2, 1], 9)
    await r.settle()
    const total = r.delivered.length + r.superseded.flatMap(([gone]) => gone).length
    assert.equal(total, 5)
    assert.equal(r.delivered.at(-1), '5')
  })

  it('lets the oldest go when it is full of different ids', async () => {
    const r = rig({ room: 100 })
    for (let i = 0; i < 11; i++) r.push(`id${i}`, `${i}`, [3, 0], 10)
    assert.ok(r.queue.chars <= 100)
    await r.settle()
    assert.deepEqual(
      r.dead.map(([n]) => n),
      ['0', '1'],
    )
    assert.equal(r.delivered.at(-1), '10')
  })

  it('holds only so many in memory and reads the others again', async () => {
    const r = rig({ memory: 2 })
    for (const n of ['1', '2', '3', '4']) r.push('a', n)
    await r.settle()
    assert.deepEqual(r.delivered, ['1', '2', '3', '4'])
    assert.deepEqual(r.loads, ['3', '4'])
  })

  it('hands over many at once when it may, and each by itself after a failure', async () => {
    const r = rig({ batch: 100 })
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
    const r = rig({ batch: 100 })
    r.queue.gatherMs = 5_000
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
