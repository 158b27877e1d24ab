// influxDBOut in process: what is written, when, and what becomes of what can't be.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Fault } from '../base/fault.ts'
import { scriptEnvironment } from '../server/script-environment.ts'
import type { WrittenLines } from './canned-influx.ts'
import { Sandbox, type SandboxOptions } from './run-script.ts'

const DBRPS = [{ db: 'd', rp: 'r' }]
const START = 1_000

interface Rig {
  readonly box: Sandbox
  write(...lines: readonly string[]): Promise<void>
  pass(seconds: number): Promise<void>
  /** `db.rp precision line; …` for each request. */
  written(): string[]
  stat(name: string): unknown
}

function rig(properties: string, o: Partial<SandboxOptions> = {}, before = ''): Rig {
  const box = new Sandbox(scriptEnvironment, { start: { sec: START, ns: 0 }, ...o })
  const task = box.start('t', { script: `stream|from()${before}|influxDBOut()${properties}`, dbrps: DBRPS })
  const node = task.operators.at(-1)!.name
  return {
    box,
    write: (...lines) => box.write('d', 'r', lines.join('\n'), 's'),
    pass: (seconds) => box.advance({ sec: box.clock.now().sec + seconds, ns: 0 }),
    written: () => box.influx.written.map(shown),
    stat: (name) => task.stats()['node-stats'][node]![name],
  }
}

function shown(w: WrittenLines): string {
  return `${w.db}.${w.rp} ${w.precision} ${w.lines.replaceAll('\n', '; ')}`
}

describe('lines', () => {
  test('have the target, the measurement and the tags that the script says, else their own', async () => {
    const r = rig(
      ".database('x').retentionPolicy('y').measurement('z').tag('a', 'new').tag('b', 'c').flushInterval(1s)",
    )
    await r.write('m,a=old v=1,s="two words" 1', 'n w=2i,ok=true 2')
    await r.pass(1)
    assert.deepEqual(r.written(), [
      'x.y ns z,a=new,b=c s="two words",v=1 1000000000; z,a=new,b=c ok=true,w=2i 2000000000',
    ])
    const own = rig('.flushInterval(1s)')
    await own.write('m,a=b v=1 1')
    await own.pass(1)
    assert.deepEqual(own.written(), ['d.r ns m,a=b v=1 1000000000'])
  })

  test('go to their own databases in requests of their own', async () => {
    const box = new Sandbox(scriptEnvironment, { start: { sec: START, ns: 0 } })
    const dbrps = [...DBRPS, { db: 'e', rp: 'r' }]
    box.start('t', { script: `stream|from()|influxDBOut().flushInterval(1s)`, dbrps })
    await box.write('d', 'r', 'm v=1 1', 's')
    await box.write('e', 'r', 'm v=2 1', 's')
    await box.write('d', 'r', 'm v=3 2', 's')
    await box.advance({ sec: START + 1, ns: 0 })
    assert.deepEqual(box.influx.written.map(shown).sort(), [
      'd.r ns m v=1 1000000000; m v=3 2000000000',
      'e.r ns m v=2 1000000000',
    ])
  })

  test('have times of the asked precision', async () => {
    for (const [precision, time] of [
      ['ns', 1500000000000000000n],
      ['u', 1500000000000000n],
      ['ms', 1500000000000n],
      ['s', 1500000000],
      ['m', 25000000],
      ['h', 416666],
    ]) {
      const r = rig(`.precision('${precision}').flushInterval(1s)`)
      await r.write('m v=1 1500000000')
      await r.pass(1)
      assert.deepEqual(r.written(), [`d.r ${precision} m v=1 ${time}`])
    }
  })

  test('of a batch are its points, under its name', async () => {
    const r = rig('.flushInterval(1s)', {}, "|groupBy('h')|window().periodCount(2).everyCount(2)")
    await r.write('m,h=a,c=0 v=1 1', 'm,h=a,c=1 v=2 2')
    await r.pass(1)
    assert.deepEqual(r.written(), ['d.r ns m,c=0,h=a v=1 1000000000; m,c=1,h=a v=2 2000000000'])
    const other = rig(".database('x').flushInterval(1s)", {}, '|window().periodCount(1).everyCount(1)')
    await other.write('m v=1 1')
    await other.pass(1)
    assert.deepEqual(other.written(), ['x. ns m v=1 1000000000'])
  })

  test('without a field that can be written are counted as errors', async () => {
    const r = rig('.flushInterval(1s)', {}, '|eval(lambda: 0.0 / "v").as(\'x\')')
    await r.write('m v=0 1', 'm v=1 2')
    await r.pass(1)
    assert.deepEqual(r.written(), ['d.r ns m x=0 2000000000'])
    assert.equal(r.stat('errors'), 1)
  })
})

describe('they go out', () => {
  test('when the buffer is full, the rest later', async () => {
    const r = rig('.buffer(2).flushInterval(10s)')
    await r.write('m v=1 1', 'm v=2 2', 'm v=3 3')
    assert.deepEqual(r.written(), ['d.r ns m v=1 1000000000; m v=2 2000000000'])
    await r.write('m v=4 4')
    assert.deepEqual(r.written().slice(1), ['d.r ns m v=3 3000000000; m v=4 4000000000'])
    await r.write('m v=5 5')
    await r.pass(9)
    assert.equal(r.written().length, 2)
    await r.pass(1)
    assert.deepEqual(r.written().slice(2), ['d.r ns m v=5 5000000000'])
    assert.equal(r.stat('points_written'), 5)
    assert.equal(r.stat('write_errors'), 0)
  })

  test('after the interval, counted from the first that waits', async () => {
    const r = rig('.flushInterval(10s)')
    await r.write('m v=1 1')
    await r.pass(5)
    await r.write('m v=2 2')
    await r.pass(4)
    assert.deepEqual(r.written(), [])
    await r.pass(1)
    assert.deepEqual(r.written(), ['d.r ns m v=1 1000000000; m v=2 2000000000'])
    await r.pass(100)
    assert.equal(r.written().length, 1)
  })

  test('when the task ends', async () => {
    const r = rig('.flushInterval(1h)')
    await r.write('m v=1 1')
    await r.box.engine.stop('t', 'drain')
    await r.box.settle()
    assert.deepEqual(r.written(), ['d.r ns m v=1 1000000000'])
  })

  test('not when it is handed over, but when its successor says so', async () => {
    const r = rig('.flushInterval(10s)')
    await r.write('m v=1 1')
    const restore = r.box.engine.task('t')!.snapshot()
    await r.box.engine.stop('t', 'handover')
    r.box.start('t', { script: `stream|from()|influxDBOut().flushInterval(10s)`, dbrps: DBRPS, restore })
    await r.write('m v=2 2')
    assert.deepEqual(r.written(), [])
    await r.pass(10)
    assert.deepEqual(r.written(), ['d.r ns m v=1 1000000000; m v=2 2000000000'])
  })
})

describe('what can not be written', () => {
  test('now is tried again, in order', async () => {
    let down = true
    const r = rig('.buffer(1)', {
      influxWrite: () => {
        if (down) throw new Fault('influx-unreachable', 'nobody there', { retry: true })
      },
    })
    await r.write('m v=1 1', 'm v=2 2')
    assert.deepEqual([r.written(), r.stat('points_written'), r.stat('write_errors'), r.stat('errors')], [[], 0, 0, 1])
    down = false
    await r.pass(60)
    assert.deepEqual(r.written(), ['d.r ns m v=1 1000000000', 'd.r ns m v=2 2000000000'])
    assert.deepEqual([r.stat('points_written'), r.stat('write_errors')], [2, 0])
  })

  test('because it is refused is counted and told, the next goes on', async () => {
    const r = rig('.buffer(1)', {
      influxWrite: (w) => {
        if (w.lines.includes('v=1')) throw new Fault('influx-refused', 'field type conflict', { status: 400 })
      },
    })
    await r.write('m v=1 1', 'm v=2 2')
    assert.deepEqual(r.written(), ['d.r ns m v=2 2000000000'])
    assert.deepEqual([r.stat('points_written'), r.stat('write_errors'), r.stat('errors')], [1, 1, 1])
    assert.match(JSON.stringify(r.box.logs), /failed to write points to InfluxDB: field type conflict/)
  })

  test('in part is counted in part', async () => {
    const r = rig('.buffer(3)', {
      influxWrite: () => {
        throw new Fault('influx-refused', 'partial write: field type conflict dropped=1', { status: 400 })
      },
    })
    await r.write('m v=1 1', 'm v=2 2', 'm v=3 3')
    assert.deepEqual([r.stat('points_written'), r.stat('write_errors')], [2, 1])
  })

  test('for very long is given up, and told', async () => {
    const r = rig('.buffer(1)', {
      influxWrite: () => {
        throw new Fault('influx-unreachable', 'nobody there', { retry: true })
      },
    })
    await r.write('m v=1 1')
    for (let i = 0; i < 70; i++) await r.pass(60)
    assert.equal(r.stat('write_errors'), 1)
    assert.equal(r.stat('errors'), 2)
  })
})

describe('the database', () => {
  test('is made before anything is written', async () => {
    const r = rig(".create().database('x').retentionPolicy('y').buffer(1)")
    await r.box.settle()
    assert.deepEqual(r.box.influx.created, [{ db: 'x', rp: 'y' }])
    assert.deepEqual(r.written(), [])
  })
})

describe('a script', () => {
  test('can not go on behind it', () => {
    assert.throws(() => rig('|log()'), /no method or property "log" on \*pipeline.InfluxDBOutNode/)
  })
})
