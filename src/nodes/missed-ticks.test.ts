// What periodic nodes do when the process slept over their ticks, or their task came to them too late.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { scriptEnvironment } from '../server/script-environment.ts'
import { Sandbox } from './run-script.ts'
import { givenText } from './testdata-given.ts'

const START = 1_000_000
const DBRPS = [{ db: 'd', rp: 'r' }]

interface Sleeper {
  readonly box: Sandbox
  readonly gave: string[]
  write(lines: string): Promise<void>
  sleep(seconds: number): Promise<void>
  advance(seconds: number): Promise<void>
  stat(name: string): unknown
}

/** `watched`: the node whose gifts and statistics are looked at. */
function sleeper(script: string, watched: string): Sleeper {
  const box = new Sandbox(scriptEnvironment, { start: { sec: START, ns: 0 } })
  const gave: string[] = []
  const task = box.start('t', { script, dbrps: DBRPS }, (node, g) => {
    if (node === watched) gave.push(g.is === 'barrier' ? `barrier ${g.time!.sec}` : givenText(g))
  })
  const after = (seconds: number): { sec: number; ns: number } => ({ sec: box.clock.now().sec + seconds, ns: 0 })
  return {
    box,
    gave,
    write: (lines) => box.write('d', 'r', lines, 's'),
    async sleep(seconds) {
      box.clock.sleep(after(seconds))
      await box.settle()
    },
    advance: (seconds) => box.advance(after(seconds)),
    stat: (name) => task.stats()['node-stats'][watched]![name],
  }
}

describe('ticks that were slept over', () => {
  test('stats: the newest one counts, the row goes on', async () => {
    const s = sleeper('stream|from()|stats(10s)', 'stats2')
    await s.write('m v=1 1')
    await s.advance(10)
    assert.equal(s.stat('ticks_missed'), undefined)
    await s.sleep(35)
    assert.deepEqual(s.gave, [`[] stats emitted=1i ${START + 10}`, `[] stats emitted=1i ${START + 40}`])
    assert.equal(s.stat('ticks_missed'), 2)
    await s.advance(5)
    assert.equal(s.gave[2], `[] stats emitted=1i ${START + 50}`)
    assert.equal(s.stat('ticks_missed'), 2)
  })

  test('stats with align: a missed first tick leaves the time of the start behind', async () => {
    // The start lies 10 s after a multiple.
    const s = sleeper('stream|from()|stats(30s).align()', 'stats2')
    await s.sleep(95)
    assert.deepEqual([s.gave, s.stat('ticks_missed')], [[`[] stats emitted=0i ${START + 80}`], 2])
  })

  test('barrier by period', async () => {
    const s = sleeper("stream|from().groupBy('h')|barrier().period(10s)", 'barrier2')
    await s.write('m,h=a v=1 1')
    await s.sleep(1_000_005)
    assert.deepEqual(s.gave.slice(1), [`barrier ${START + 1_000_000}`])
    assert.equal(s.stat('ticks_missed'), 99_999)
    await s.advance(5)
    assert.deepEqual(s.gave.slice(2), [`barrier ${START + 1_000_010}`])
  })

  test('idle barrier: counted from the last data', async () => {
    const s = sleeper('stream|from()|barrier().idle(10s)', 'barrier2')
    await s.write('m v=1 100')
    await s.advance(9)
    await s.write('m v=1 101')
    // The silence would have brought barriers at 19, 29 and 39.
    await s.sleep(31)
    assert.deepEqual([s.gave.slice(2), s.stat('ticks_missed')], [['barrier 111'], 2])
    await s.advance(8)
    assert.equal(s.gave.length, 3)
    await s.advance(1)
    assert.deepEqual(s.gave.slice(3), ['barrier 121'])
  })

  test('a restart after a pause is such a sleep', async () => {
    const script = 'stream|from()|stats(10s)'
    const before = sleeper(script, 'stats2')
    await before.write('m v=1 1')
    const restore = before.box.engine.task('t')!.snapshot()
    const box = new Sandbox(scriptEnvironment, { start: { sec: START + 1_005, ns: 0 } })
    const gave: string[] = []
    const task = box.start('t', { script, dbrps: DBRPS, restore }, (node, g) => {
      if (node === 'stats2') gave.push(givenText(g))
    })
    assert.deepEqual(gave, [`[] stats emitted=1i ${START + 1_000}`])
    assert.equal(task.stats()['node-stats'].stats2!.ticks_missed, 99)
  })

  test('a barrier that deletes its group fires once', async () => {
    const s = sleeper("stream|from().groupBy('h')|barrier().period(10s).delete(TRUE)", 'barrier2')
    await s.write('m,h=a v=1 1')
    await s.sleep(25)
    assert.deepEqual(s.gave.slice(1), [`barrier ${START + 20}`, '[h=a] deleteGroup'])
  })
})

describe('a task that lags', () => {
  test('ticks in the right place of its input, with the right time', async () => {
    const run = async (lags: boolean): Promise<string[]> => {
      const s = sleeper('stream|from()|barrier().period(10s)', 'barrier2')
      const task = s.box.engine.task('t')!
      await s.write(`m v=1 ${START}`)
      if (lags) task.blocked(true)
      const written: Promise<void>[] = []
      for (let i = 1; i <= 8; i++) {
        await s.advance(4)
        if (i % 2 === 0) written.push(s.write(`m v=1 ${START + i * 4}`))
        assert.ok(task.lag <= 5, `timers do not pile up: ${task.lag} wait`)
      }
      if (lags) task.blocked(false)
      await Promise.all(written)
      await s.box.settle()
      assert.deepEqual([task.lag, s.stat('ticks_missed')], [0, undefined])
      await s.advance(8)
      return s.gave
    }
    const gave = await run(true)
    assert.equal(gave.filter((g) => g.startsWith('barrier')).length, 4)
    assert.deepEqual(gave, await run(false))
  })
})
