import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Fault } from '../base/fault.ts'
import type { Plain } from '../base/plain.ts'
import { BorderQueue } from './border.ts'
import type { Border, Group, Out } from './contract.ts'
import type { Operator } from './operator.ts'

const group = { key: 'g' } as Group
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** A border whose answers come when they are told to. */
function border(o: { concurrency?: number; maxItems?: number } = {}) {
  const sent: Plain[] = []
  const done: unknown[] = []
  const blocked: boolean[] = []
  const answers = new Map<Plain, { resolve: (v: Plain) => void; reject: (e: unknown) => void }>()
  const signals: AbortSignal[] = []
  const queue = new BorderQueue(
    {
      concurrency: o.concurrency ?? 1,
      maxItems: o.maxItems ?? 100,
      send(item: Plain, signal: AbortSignal): Promise<Plain> {
        sent.push(item)
        signals.push(signal)
        return new Promise((resolve, reject) => answers.set(item, { resolve, reject }))
      },
      done: (item: Plain, result: Plain | Fault) =>
        done.push([item, result instanceof Fault ? `fault ${result.message}` : result]),
    } as Border<Plain, Plain>,
    { out: {} as Out } as Operator,
    {
      answer: (run) => run(),
      blocked: (on) => blocked.push(on),
      owe: () => assert.fail('owes nothing'),
      commitEarly: () => assert.fail('owes nothing'),
    },
  )
  const answer = async (item: Plain, value: Plain | Error): Promise<void> => {
    const a = answers.get(item)!
    if (value instanceof Error) a.reject(value)
    else a.resolve(value)
    await settle()
  }
  return { queue, sent, done, blocked, signals, answer }
}

describe('a border', () => {
  it('sends one after the other, and hands on in the order of sending', async () => {
    const b = border()
    for (const item of ['a', 'b', 'c']) b.queue.push(item, group)
    assert.deepEqual(b.sent, ['a'])
    await b.answer('a', 1)
    assert.deepEqual(b.sent, ['a', 'b'])
    await b.answer('b', 2)
    await b.answer('c', 3)
    assert.deepEqual(b.done, [
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ])
    assert.equal(b.queue.busy, false)
  })

  it('has several under way when it may, and still keeps their order', async () => {
    const b = border({ concurrency: 2 })
    for (const item of ['a', 'b', 'c']) b.queue.push(item, group)
    assert.deepEqual(b.sent, ['a', 'b'])
    await b.answer('b', 2)
    assert.deepEqual(b.done, [], 'the answer to the first has not come')
    await b.answer('a', 1)
    assert.deepEqual(b.done, [
      ['a', 1],
      ['b', 2],
    ])
    assert.deepEqual(b.sent, ['a', 'b', 'c'])
  })

  it('lets what arrives behind an item wait there', async () => {
    const b = border()
    b.queue.push('a', group)
    b.queue.behind(() => b.done.push('barrier'))
    b.queue.push('b', group)
    await b.answer('a', 1)
    assert.deepEqual(b.done, [['a', 1], 'barrier'])
    await b.answer('b', 2)
    assert.deepEqual(b.done, [['a', 1], 'barrier', ['b', 2]])
  })

  it('hands on what fails as a fault that may be tried again', async () => {
    const b = border()
    b.queue.push('a', group)
    b.queue.push('b', group)
    await b.answer('a', new Error('refused'))
    await b.answer('b', new Fault('known', 'as it was'))
    assert.deepEqual(b.done, [
      ['a', 'fault refused'],
      ['b', 'fault as it was'],
    ])
  })

  it('makes its task wait while it is full', async () => {
    const b = border({ maxItems: 2 })
    b.queue.push('a', group)
    assert.deepEqual(b.blocked, [])
    b.queue.push('b', group)
    b.queue.push('c', group)
    assert.deepEqual(b.blocked, [true])
    await b.answer('a', 1)
    assert.deepEqual(b.blocked, [true])
    await b.answer('b', 2)
    assert.deepEqual(b.blocked, [true, false])
  })

  it('ends what is under way when it is closed, and hands on nothing more', async () => {
    const b = border()
    b.queue.push('a', group)
    b.queue.close()
    assert.equal(b.signals[0]!.aborted, true)
    await b.answer('a', 1)
    assert.deepEqual(b.done, [])
    assert.equal(b.queue.size, 0)
  })
})

describe('a border whose items are owed', () => {
  it('is answered by the number of the record, and asks for early commits while it is full', () => {
    const owed: unknown[] = []
    const done: unknown[] = []
    const calls: string[] = []
    const queue = new BorderQueue(
      {
        maxItems: 2,
        owes: (item: Plain) => ({ kind: 'ask', payload: item }),
        done: (item: Plain, result: Plain | Fault) => void done.push([item, result]),
      } as Border<Plain, Plain>,
      { name: 'n', out: {} as Out } as Operator,
      {
        answer: (run) => run(),
        blocked: (on) => void calls.push(on ? 'full' : 'room'),
        owe: (node, kind, payload) => ({ seq: 7, ordinal: owed.push([node, kind, payload]) }),
        commitEarly: () => void calls.push('early'),
      },
    )
    for (const item of ['a', 'b', 'c']) queue.push(item, group)
    assert.deepEqual(
      owed,
      ['a', 'b', 'c'].map((x) => ['n', 'ask', x]),
    )
    assert.deepEqual(calls, ['full', 'early', 'early'])
    assert.equal(queue.answered({ seq: 8, ordinal: 1 }, 0), false)
    assert.equal(queue.answered({ seq: 7, ordinal: 2 }, 'B'), true)
    assert.equal(queue.answered({ seq: 7, ordinal: 2 }, 'again'), false)
    assert.deepEqual(done, [])
    assert.equal(queue.answered({ seq: 7, ordinal: 1 }, 'A'), true)
    assert.deepEqual(done, [
      ['a', 'A'],
      ['b', 'B'],
    ])
    assert.deepEqual(calls.slice(3), ['room'])
    queue.close()
    assert.equal(queue.answered({ seq: 7, ordinal: 3 }, 'C'), false)
  })
})
