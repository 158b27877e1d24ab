import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Fault } from '../../base/fault.ts'
import { LineParser } from '../../base/line-protocol/line-parser.ts'
import { Point } from '../../base/point.ts'
import { makeSeries } from '../../base/series.ts'
import { makeShape } from '../../base/shape.ts'
import type { ToWorker } from './messages.ts'
import { type PoolRig, poolRig, settle } from './testdata-threads.ts'
import { canLeave } from './worker-pool.ts'

const FROM = "stream|from().measurement('m')"
const LATEST = `${FROM}|httpOut('out')`
const NOW = { sec: 1_700_000_000, ns: 5 }

const types = (got: readonly ToWorker[]): string[] => got.map((m) => m.type)

/** Writes lines as the write endpoint does. */
function write({ engine }: PoolRig, lines: string, precision = 's'): Promise<void> | undefined {
  const bytes = Buffer.from(lines)
  const parsed = new LineParser().parse(bytes, 'db', 'rp', precision, NOW)
  assert.ok(parsed.ok)
  return engine.write('db', 'rp', parsed.points, bytes.length, { bytes, precision, now: NOW })
}

async function rows(rig: PoolRig, id: string): Promise<unknown[]> {
  const text = await rig.pool.task(id)!.route('out')
  const { series } = JSON.parse(text!) as { series: { values: unknown[][] }[] | null }
  return (series ?? []).flatMap((s) => s.values)
}

describe('which tasks may leave the main thread', () => {
  const { compile } = poolRig(1)
  const leaves = (script: string): boolean => canLeave(compile(script))

  it('those that keep to themselves', () => {
    assert.ok(
      leaves(
        `${FROM}|where(lambda: "v" > 1)|eval(lambda: "v" + 1.0).as('w')|window().period(1s).every(1s)|mean('w')|httpOut('out')`,
      ),
    )
    assert.ok(
      leaves(`var a = ${FROM}\nvar b = stream|from().measurement('n')\na|join(b).as('a','b')|derivative('a.v')`),
    )
    assert.ok(leaves(`${FROM}|stats(1s)|derivative('emitted')`))
  })

  for (const node of [
    'alert()',
    "log().prefix('x')",
    'deadman(1.0, 10s)',
    "httpPost('http://x')",
    "kapacitorLoopback().database('x').retentionPolicy('y')",
    "influxDBOut().database('x')",
    "sideload().source('file:///x').order('a').field('f', 1)",
  ])
    it(`not those with ${node}`, () => assert.ok(!leaves(`${FROM}|${node}`)))
})

describe('placement', () => {
  it('goes to the thread with the fewest tasks, the first of them, and makes threads when they are needed', async () => {
    const rig = poolRig(3)
    assert.equal(rig.threads.length, 0)
    for (const id of ['a', 'b', 'c', 'd', 'e']) rig.start(id, LATEST)
    const of = (id: string): string => rig.pool.task(id)!.thread
    assert.deepEqual(
      ['a', 'b', 'c', 'd', 'e'].map(of),
      [1, 2, 3, 1, 2].map((n) => `worker thread ${n}`),
    )
    assert.equal(rig.threads.length, 3)
    await rig.pool.stop('b', 'drain')
    await rig.pool.stop('e', 'drain')
    rig.start('f', LATEST)
    assert.equal(of('f'), 'worker thread 2')
  })

  it('refuses at once what can not start, and leaves nothing of it', async () => {
    const rig = poolRig(1)
    const fault = (run: () => void): string => {
      try {
        run()
      } catch (e) {
        return (e as Fault).message
      }
      return ''
    }
    const twice = `${FROM}|httpOut('out')|httpOut('out')`
    assert.match(
      fault(() => rig.start('t', twice)),
      /multiple registrations for .*\/t\/out/,
    )
    assert.equal(rig.pool.task('t'), undefined)
    assert.equal(rig.threads.length, 0)
    assert.equal(rig.engine.wanted('db', 'rp'), undefined)
    rig.start('t', LATEST)
    assert.equal(
      fault(() => rig.start('t', LATEST)),
      'task t is running already',
    )
  })
})

describe('a body', () => {
  it('goes once to each thread that has tasks for it, as it came', async () => {
    const rig = poolRig(3)
    for (const id of ['a', 'b', 'c', 'd'])
      rig.start(id, id === 'b' ? `stream|from().measurement('other')|httpOut('out')` : LATEST)
    await write(rig, 'm v=1 10\nother v=2\nm v=3 11')
    for (const t of [rig.threads[0]!, rig.threads[1]!]) {
      assert.equal(types(t.got).filter((type) => type === 'lines').length, 1)
    }
    await write(rig, 'm v=5 12')
    assert.deepEqual(types(rig.threads[1]!.got), ['start', 'lines'])
    assert.deepEqual(await rows(rig, 'a'), [['1970-01-01T00:00:12Z', 5]])
    assert.deepEqual(await rows(rig, 'd'), [['1970-01-01T00:00:12Z', 5]])
    // A line without a time has that of its arrival, in the precision of the request.
    assert.deepEqual(await rows(rig, 'b'), [['2023-11-14T22:13:20Z', 2]])
    await write(rig, 'nobody v=1')
    assert.deepEqual(types(rig.threads[0]!.got).filter((type) => type === 'lines').length, 2)
  })

  it('is through when every thread has run it, and not before', async () => {
    const rig = poolRig(2)
    rig.start('a', LATEST)
    rig.start('b', LATEST)
    rig.threads[1]!.hold()
    let through = false
    const done = write(rig, 'm v=1 10')!.then(() => {
      through = true
    })
    await settle()
    assert.equal(through, false)
    assert.equal(rig.engine.heldBytes, 8)
    assert.equal(rig.pool.task('a')!.lag, 0)
    assert.equal(rig.pool.task('b')!.lag, 1)
    assert.deepEqual(rig.pool.counts()[1], { name: 'worker thread 2', tasks: 1, behind: 1, ended: 0 })
    rig.threads[1]!.resume()
    await done
    assert.equal(rig.engine.heldBytes, 0)
    assert.deepEqual(await rows(rig, 'b'), [['1970-01-01T00:00:10Z', 1]])
  })

  it('waits for room while a thread is behind, though the bytes of the request are gone by then', async () => {
    const rig = poolRig(1, { ringBytes: 10 })
    rig.start('t', LATEST)
    rig.threads[0]!.hold()
    const first = write(rig, 'm v=1 10')
    const bytes = Buffer.from('m v=2 11')
    const parsed = new LineParser().parse(bytes, 'db', 'rp', 's', NOW)
    assert.ok(parsed.ok)
    const second = rig.engine.write('db', 'rp', parsed.points, bytes.length, { bytes, precision: 's', now: NOW })
    bytes.fill(0)
    await settle()
    assert.deepEqual(types(rig.threads[0]!.got), ['start', 'lines'])
    rig.threads[0]!.resume()
    await first
    await second
    assert.deepEqual(types(rig.threads[0]!.got), ['start', 'lines', 'lines'])
    assert.deepEqual(await rows(rig, 't'), [['1970-01-01T00:00:11Z', 2]])
  })

  it('of points that no text was read for loses nothing', async () => {
    const rig = poolRig(1)
    rig.start('t', `${FROM}.groupBy('k')|httpOut('out')`)
    const series = makeSeries('other db', 'other rp', 'm', ['k', 'tag '], ['a\nb,=c\\', 'v'])
    const shape = makeShape(['d', 'f', 'i', 's', 'z'], ['duration', 'float', 'int', 'string', 'bool'])
    const at = { sec: -5, ns: 123_456_789 }
    await rig.engine.write(
      'db',
      'rp',
      [new Point(series, shape, [90n * 10n ** 9n * 10n ** 9n, 1, 9007199254740993n, 'a\n"b', false], at.sec, at.ns)],
      64,
    )
    assert.deepEqual(types(rig.threads[0]!.got), ['start', 'points'])
    const text = (await rig.pool.task('t')!.route('out'))!
    assert.match(text, /9007199254740993/)
    assert.deepEqual(JSON.parse(text.replace('9007199254740993', '"whole"')), {
      series: [
        {
          name: 'm',
          tags: { k: 'a\nb,=c\\', 'tag ': 'v' },
          columns: ['time', 'd', 'f', 'i', 's', 'z'],
          values: [['1969-12-31T23:59:55.123456789Z', 90_000_000_000_000_000_000, 1, 'whole', 'a\n"b', false]],
        },
      ],
    })
  })
})

describe('a task on a worker', () => {
  it('runs bodies in the order in which they came, also many at once', async () => {
    const rig = poolRig(2)
    for (const id of ['a', 'b'])
      rig.start(id, `${FROM}|changeDetect('v')|eval(lambda: count()).as('n').keep('n', 'v')|httpOut('out')`)
    const writes: (Promise<void> | undefined)[] = []
    for (let i = 0; i < 200; i++) writes.push(write(rig, `m v=${i}i ${i}\nm v=${i}i ${i}`))
    await Promise.all(writes)
    for (const id of ['a', 'b']) assert.deepEqual(await rows(rig, id), [['1970-01-01T00:03:19Z', 200, 199]])
  })

  it('shows its figures when they are asked for, in one question a thread', async () => {
    const rig = poolRig(1)
    for (const id of ['a', 'b']) rig.start(id, `${FROM}|where(lambda: "v" > 1)|window().period(10s).every(10s)`)
    await write(rig, 'm v=1 10\nm v=2 11\nm v=3 12')
    const stats = () => [...rig.engine.tasks()].map((t) => t.stats()['node-stats']['window3']!['collected'])
    assert.deepEqual(stats(), [0, 0])
    await rig.engine.remotes.refresh()
    assert.deepEqual(stats(), [2, 2])
    const [a] = rig.engine.tasks()
    assert.equal(a!.heldPoints, 2)
    assert.deepEqual(
      a!.edges.map((e) => [e.parent, e.child, e.count]),
      [
        ['stream0', 'from1', 3],
        ['from1', 'where2', 3],
        ['where2', 'window3', 2],
      ],
    )
    assert.deepEqual(types(rig.threads[0]!.got), ['start', 'start', 'lines', 'figures'])
  })

  it('ends alone when one of its nodes fails', async () => {
    const rig = poolRig(1)
    rig.start('bad', `${FROM}.groupBy('host')|httpOut('out')`)
    rig.start('good', LATEST)
    await write(rig, ['a', 'b', 'c', 'd'].map((h) => `m,host=${h} v=1 10`).join('\n'))
    await settle()
    assert.equal(rig.failures.length, 1)
    assert.equal(rig.failures[0]![0], 'bad')
    assert.match(rig.failures[0]![1], /more than 3 groups/)
    assert.equal(rig.pool.task('bad'), undefined)
    await write(rig, 'm v=2 11')
    assert.deepEqual(await rows(rig, 'good'), [['1970-01-01T00:00:11Z', 2]])
    assert.equal(rig.failures.length, 1)
    assert.ok(rig.lines.some(([msg, fields]) => msg === 'task stopped: a node failed' && fields['task'] === 'bad'))
  })

  it('runs what it has been given before it ends, and takes no more', async () => {
    const rig = poolRig(1)
    rig.start('t', LATEST)
    rig.threads[0]!.hold()
    const done = write(rig, 'm v=1 10')
    const stopped = rig.pool.stop('t', 'drain')
    assert.equal(write(rig, 'm v=2 11'), undefined)
    rig.threads[0]!.resume()
    await Promise.all([done, stopped])
    assert.deepEqual(types(rig.threads[0]!.got), ['start', 'lines', 'stop'])
    assert.equal(rig.pool.task('t'), undefined)
    assert.deepEqual([...rig.engine.tasks()], [])
    rig.start('t', LATEST)
    await write(rig, 'm v=3 12')
    assert.deepEqual(await rows(rig, 't'), [['1970-01-01T00:00:12Z', 3]])
  })

  it('counts as behind while the engine closes, which waits for it', async () => {
    const rig = poolRig(1)
    rig.start('t', LATEST)
    const done = write(rig, 'm v=1 10')
    await rig.engine.close('drain')
    await done
    assert.throws(() => write(rig, 'm v=2 11'), { code: 'closed' })
  })
})

describe('a thread that ends by itself', () => {
  it('settles what was under way, and its tasks are started again once', async () => {
    const rig = poolRig(2)
    rig.start('a', `${FROM}|eval(lambda: count()).as('n')|httpOut('out')`)
    rig.start('b', LATEST)
    await write(rig, 'm v=1 10')
    rig.threads[0]!.hold()
    const under = write(rig, 'm v=2 11')
    const asked = rig.pool.task('a')!.refresh()
    await settle()
    rig.threads[0]!.die('out of memory')
    await under
    await asked
    assert.deepEqual(rig.failures, [
      ['a', 'worker thread 1 has ended: out of memory; the task was started again, without its state'],
    ])
    assert.equal(rig.threads.length, 3)
    await write(rig, 'm v=3 12')
    assert.deepEqual(await rows(rig, 'a'), [['1970-01-01T00:00:12Z', 1]])
    rig.threads[2]!.die('again')
    assert.deepEqual(rig.failures[1], ['a', 'worker thread 1 has ended: again'])
    assert.equal(rig.pool.task('a'), undefined)
    assert.equal(rig.pool.counts()[0]!.ended, 2)
    assert.equal(rig.threads.length, 3)
    await write(rig, 'm v=4 13')
    assert.deepEqual(await rows(rig, 'b'), [['1970-01-01T00:00:13Z', 4]])
    rig.start('a', LATEST)
    await write(rig, 'm v=5 14')
    assert.deepEqual(await rows(rig, 'a'), [['1970-01-01T00:00:14Z', 5]])
  })

  it('does not bring back a task that was about to end', async () => {
    const rig = poolRig(1)
    rig.start('t', LATEST)
    await settle()
    rig.threads[0]!.hold()
    const stopped = rig.pool.stop('t', 'drain')
    rig.threads[0]!.die('gone')
    await stopped
    assert.equal(rig.pool.task('t'), undefined)
    assert.equal(rig.threads.length, 1)
    assert.deepEqual(rig.failures, [])
  })

  it('says nothing when the pool is closed', async () => {
    const rig = poolRig(2)
    rig.start('t', LATEST)
    await write(rig, 'm v=1 10')
    await rig.pool.close()
    assert.deepEqual(rig.failures, [])
    await rig.engine.remotes.refresh()
    assert.equal(write(rig, 'm v=2 11'), undefined)
    assert.equal(rig.threads.length, 1)
  })
})
