import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { VirtualClock } from './virtual-clock.ts'

describe('the virtual clock', () => {
  it('stands still until it is moved, and never goes back', () => {
    const clock = new VirtualClock({ sec: 10, ns: 5 })
    assert.deepEqual(clock.now(), { sec: 10, ns: 5 })
    clock.advance({ sec: 12, ns: 0 })
    clock.advance({ sec: 11, ns: 0 })
    assert.deepEqual(clock.now(), { sec: 12, ns: 0 })
  })

  it('rings every alarm on the way at its own time, in order, also those set meanwhile', () => {
    const clock = new VirtualClock({ sec: 0, ns: 0 })
    const rung: string[] = []
    const note = (name: string) => (): void => void rung.push(`${name} at ${clock.now().sec}`)
    clock.at({ sec: 3, ns: 0 }, note('third'))
    clock.at({ sec: 1, ns: 0 }, () => {
      note('first')()
      clock.at({ sec: 2, ns: 0 }, note('within'))
    })
    clock.at({ sec: 1, ns: 0 }, note('after the first'))
    clock.at({ sec: 9, ns: 0 }, note('later'))
    const cancel = clock.at({ sec: 2, ns: 0 }, note('called off'))
    cancel()
    assert.deepEqual(clock.next(), { sec: 1, ns: 0 })
    clock.advance({ sec: 5, ns: 0 })
    assert.deepEqual(rung, ['first at 1', 'after the first at 1', 'within at 2', 'third at 3'])
    assert.deepEqual(clock.next(), { sec: 9, ns: 0 })
  })
})
