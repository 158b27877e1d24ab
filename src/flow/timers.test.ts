import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { compareTime, type Time } from '../base/time.ts'
import { Groups, type TaskGroup } from './groups.ts'
import type { Operator } from './operator.ts'
import { type Timer, Timers } from './timers.ts'

const op = (index: number): Operator => ({ index }) as Operator
const groups = new Groups()
const group = (key: string): TaskGroup => groups.find(false, '', ['k'], [key])
const at = (sec: number, ns = 0): Time => ({ sec, ns })
const END = at(Number.MAX_SAFE_INTEGER)

function takeAll(timers: Timers, until = END): Timer[] {
  const out: Timer[] = []
  for (let t = timers.take(until); t; t = timers.take(until)) out.push(t)
  return out
}

const show = (t: Timer): string => `${t.due.sec}.${t.due.ns} ${t.op.index} ${t.group?.key ?? '-'} ${t.name}`

describe('timers', () => {
  it('come in the order of due time, node and group, whenever they were armed', () => {
    const all = [
      [at(2), op(3), undefined, 't'],
      [at(1, 5), op(0), undefined, 't'],
      [at(1), op(2), undefined, 't'],
      [at(1), op(1), group('b'), 't'],
      [at(1), op(1), group('a'), 'u'],
      [at(1), op(1), group('a'), 't'],
      [at(1), op(1), undefined, 't'],
    ] as const
    const want = ['1.0 1 - t', '1.0 1 k=a t', '1.0 1 k=a u', '1.0 1 k=b t', '1.0 2 - t', '1.5 0 - t', '2.0 3 - t']
    fc.assert(
      fc.property(fc.shuffledSubarray([...all], { minLength: all.length }), (order) => {
        const timers = new Timers()
        for (const [due, o, g, name] of order) timers.set(o, g, name, due)
        assert.deepEqual(takeAll(timers).map(show), want)
      }),
    )
  })

  it('are taken when they are due, not before', () => {
    const timers = new Timers()
    timers.set(op(0), undefined, 'a', at(5, 1))
    assert.equal(timers.take(at(5)), undefined)
    assert.deepEqual(timers.next(), at(5, 1))
    assert.equal(timers.take(at(5, 1))?.name, 'a')
    assert.equal(timers.next(), undefined)
    assert.equal(timers.size, 0)
  })

  it('of the same node, group and name replace each other', () => {
    const timers = new Timers()
    const o = op(0)
    timers.set(o, undefined, 'a', at(5))
    timers.set(o, undefined, 'a', at(3))
    timers.set(o, group('x'), 'a', at(4))
    assert.equal(timers.size, 2)
    assert.deepEqual(takeAll(timers).map(show), ['3.0 0 - a', '4.0 0 k=x a'])
  })

  it('are called off', () => {
    const timers = new Timers()
    timers.set(op(0), undefined, 'a', at(1))
    timers.set(op(0), undefined, 'b', at(2))
    timers.cancel(op(0), undefined, 'a')
    timers.cancel(op(0), undefined, 'unknown')
    assert.deepEqual(timers.next(), at(2))
    assert.deepEqual(
      [...timers.live()].map((t) => t.name),
      ['b'],
    )
  })

  it('with odd names are not taken for each other', () => {
    const timers = new Timers()
    timers.set(op(1), undefined, '1\0', at(1))
    timers.set(op(11), undefined, '\0', at(1))
    timers.set(op(1), undefined, ` ${group('a').id}`, at(1))
    timers.set(op(1), group('a'), ' ', at(1))
    assert.equal(timers.size, 4)
  })

  it('do what a sorted list does, however often they are armed and called off', () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('set' as const), op: fc.nat(2), name: fc.constantFrom('a', 'b'), due: fc.nat(30) }),
      fc.record({
        do: fc.constant('cancel' as const),
        op: fc.nat(2),
        name: fc.constantFrom('a', 'b'),
        due: fc.nat(30),
      }),
      fc.record({ do: fc.constant('take' as const), op: fc.nat(2), name: fc.constantFrom('a', 'b'), due: fc.nat(30) }),
    )
    const ops = [op(0), op(1), op(2)]
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const timers = new Timers()
        const model = new Map<string, { due: Time; op: number; name: string }>()
        for (const s of steps) {
          const key = `${s.op} ${s.name}`
          if (s.do === 'set') {
            timers.set(ops[s.op]!, undefined, s.name, at(s.due))
            model.set(key, { due: at(s.due), op: s.op, name: s.name })
          } else if (s.do === 'cancel') {
            timers.cancel(ops[s.op]!, undefined, s.name)
            model.delete(key)
          } else {
            const [first] = [...model.values()].sort(
              (a, b) => compareTime(a.due, b.due) || a.op - b.op || (a.name < b.name ? -1 : 1),
            )
            const want = first && first.due.sec <= s.due ? first : undefined
            const got = timers.take(at(s.due))
            assert.deepEqual(got && { due: got.due, op: got.op.index, name: got.name }, want)
            if (want) model.delete(`${want.op} ${want.name}`)
          }
          assert.equal(timers.size, model.size)
        }
      }),
    )
  })

  it('that are armed again and again leave nothing behind', () => {
    const timers = new Timers()
    const ops = Array.from({ length: 100 }, (_, i) => op(i))
    for (let round = 0; round < 50; round++)
      for (const o of ops) timers.set(o, undefined, 't', at(1_000 - round, o.index))
    assert.equal(timers.size, 100)
    assert.deepEqual(
      takeAll(timers).map((t) => t.op.index),
      ops.map((o) => o.index),
    )
  })

  it('of a row only the newest tick that is due is left', () => {
    const missed = (period: number | bigint | undefined, until: Time): [number, Time | undefined] => {
      const timers = new Timers()
      timers.set(op(0), undefined, 't', at(10, 5), period)
      return [timers.skipMissed(timers.take(until)!, until), timers.next()]
    }
    assert.deepEqual(missed(10e9, at(20, 4)), [0, undefined])
    assert.deepEqual(missed(10e9, at(20, 5)), [1, at(20, 5)])
    assert.deepEqual(missed(10e9, at(1_000_000_000)), [99_999_998, at(999_999_990, 5)])
    assert.deepEqual(missed(2n ** 62n, at(5_000_000_000)), [1, at(4_611_686_028, 427_387_909)])
    assert.deepEqual(missed(undefined, at(20, 5)), [0, undefined])
  })
})
