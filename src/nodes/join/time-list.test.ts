import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { add, append, dropOldest, each, find, isLatest, newTimeList, oldest, replace, second } from './time-list.ts'

type Thing = { sec: number; ns: number }

/** Compares with a plain sorted array. `ops`: a time to put in unless it is there, or -1 to take the oldest off. */
function check(ops: Iterable<number>): void {
  const list = newTimeList<Thing>()
  const model: number[] = []
  const time = (n: number): Thing => ({ sec: Math.floor(n / 4), ns: n % 4 })
  for (const n of ops) {
    if (n < 0) {
      if (model.length > 0) {
        assert.deepEqual(oldest(list), time(model.shift()!))
        dropOldest(list)
      }
    } else {
      const t = time(n)
      assert.equal(isLatest(list, t.sec, t.ns), n > (model.at(-1) ?? -1))
      const there = find(list, t.sec, t.ns)
      assert.equal(there !== undefined, model.includes(n))
      if (there) {
        assert.deepEqual(there, t)
        replace(list, { ...t })
      } else {
        if (isLatest(list, t.sec, t.ns) && n % 2 === 0) append(list, t)
        else add(list, t)
        model.push(n)
        model.sort((a, b) => a - b)
      }
    }
    assert.equal(list.size, model.length)
    assert.deepEqual(oldest(list), model.length > 0 ? time(model[0]!) : undefined)
    assert.deepEqual(second(list), model.length > 1 ? time(model[1]!) : undefined)
  }
  assert.deepEqual([...each(list)], model.map(time))
}

test('holds its things in the order of time, whatever the order of coming', () => {
  const op = fc.oneof({ weight: 3, arbitrary: fc.nat(400) }, fc.constant(-1))
  fc.assert(fc.property(fc.array(op, { maxLength: 300 }), check), { numRuns: 200 })
})

test('many things: forwards, backwards, into the middle, and taken off in between', () => {
  const n = 1_200
  const up = Array.from({ length: n }, (_, i) => i)
  check(up)
  check(up.toReversed())
  check([...up.map((i) => i * 2), ...up.slice(0, 700).map(() => -1), ...up.map((i) => i * 2 + 1)])
  check([...up, ...up.map(() => -1), ...up.slice(0, 700).toReversed(), ...up.slice(0, 600).map(() => -1), ...up])
})
