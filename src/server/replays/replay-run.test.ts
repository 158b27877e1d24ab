// A replay is the task as it would have run live: the same data, live, replayed fast and replayed at its pace, gives the
// same outputs. And what is a replay's own: moved times, gaps, its end, its faults.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { HandlerSet } from '../../alert/handler-set.ts'
import { Topics } from '../../alert/topics.ts'
import type { BatchFeed } from '../../base/batch-feed.ts'
import { feedOf } from '../../base/batch-feed.ts'
import { Fault } from '../../base/fault.ts'
import { formatLine } from '../../base/line-protocol/format-line.ts'
import { Point } from '../../base/point.ts'
import { seriesOf } from '../../base/series.ts'
import { makeShape } from '../../base/shape.ts'
import { formatTime, type Time } from '../../base/time.ts'
import type { OwedRecord } from '../../flow/entry.ts'
import type { TaskStats } from '../../flow/stats.ts'
import { VirtualClock } from '../../flow/virtual-clock.ts'
import type { HttpReply } from '../../flow/world.ts'
import { DEADMAN_DEFAULTS } from '../../nodes/deadman.ts'
import { Sandbox } from '../../nodes/run-script.ts'
import { silentLogger } from '../api/test-app.ts'
import type { ReadBatch } from '../recordings/batch-reader.ts'
import { scriptEnvironment, serverScripts } from '../script-environment.ts'
import { ReplayRun } from './replay-run.ts'
import type { ReplaySource } from './replay-source.ts'

const dbrps = [{ db: 'd', rp: 'r' }]
const shape = makeShape(['v'], ['float'])
const scripts = serverScripts(DEADMAN_DEFAULTS)
const START = 1_600_000_000

const at = (sec: number, v = 1, host = 'a', m = 'm'): Point => {
  const whole = Math.floor(sec)
  return new Point(seriesOf('d', 'r', m, { host }), shape, [v], START + whole, Math.round((sec - whole) * 1e9))
}

/** The points as a source, so many in a run. */
function streamOf(points: readonly Point[], runLength = 3): ReplaySource {
  return {
    type: 'stream',
    async *runs() {
      for (let i = 0; i < points.length; i += runLength) {
        const part = points.slice(i, i + runLength)
        yield { db: 'd', rp: 'r', points: part, bytes: 0, progress: Math.min(1, (i + runLength) / points.length) }
      }
    },
    async close() {},
  }
}

interface Options {
  readonly clock?: 'fast' | 'real'
  readonly recordingTime?: boolean
  readonly type?: 'stream' | 'batch'
  readonly wall?: VirtualClock
  readonly http?: () => Promise<HttpReply>
  readonly commit?: (records: readonly OwedRecord[]) => Promise<void>
}

interface Replayed {
  readonly run: ReplayRun
  readonly records: OwedRecord[]
  /** Bodies of owed posts. */
  readonly bodies: () => string[]
  readonly done: Promise<TaskStats>
}

function replay(script: string, source: ReplaySource | (() => Promise<ReplaySource>), o: Options = {}): Replayed {
  const {
    type = 'stream',
    clock = 'fast',
    recordingTime = true,
    wall = new VirtualClock({ sec: 2_000_000_000, ns: 5 }),
  } = o
  const compiled = scripts.compile(script, type, {}, dbrps)
  const topics = new Topics({ handlers: new HandlerSet(scripts.environment.handlers), logger: silentLogger })
  const records: OwedRecord[] = []
  const run = new ReplayRun(
    { id: 'p', task: 't', dbrps, compiled, clock, recordingTime },
    {
      wall,
      logger: silentLogger,
      outbox: { commit: o.commit ?? (async (r) => void records.push(...r)) },
      world: {
        logger: silentLogger,
        server: { hostname: 'localhost', clusterId: '', serverId: '' },
        alerts: topics,
        http: o.http ?? (async () => ({ status: 200, headers: {}, body: '' })),
        httpEndpoint: () => undefined,
      },
    },
  )
  const bodies = (): string[] =>
    records.filter((r) => r.kind === 'http-post').map((r) => (r.payload as { readonly body: string }).body)
  const open = typeof source === 'function' ? source : async (): Promise<ReplaySource> => source
  return { run, records, bodies, done: run.run(open) }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Lets the wall clock go from alarm to alarm until the replay is over. */
async function pass(r: Replayed, wall: VirtualClock): Promise<TaskStats> {
  let over = false
  const done = r.done.finally(() => {
    over = true
  })
  done.catch(() => {})
  while (!over) {
    for (let i = 0; i < 5; i++) await turn()
    const next = wall.next()
    if (next) wall.advance(next)
  }
  return done
}

/** What the task posts when the points arrive live, each at its own time. */
async function live(script: string, points: readonly Point[]): Promise<string[]> {
  const box = new Sandbox(scriptEnvironment, { start: points[0]! })
  box.start('t', { script, dbrps })
  for (const p of points) {
    await box.advance(p)
    await box.write('d', 'r', formatLine(p))
  }
  await box.engine.stop('t', 'drain')
  await box.settle()
  await box.close()
  return box.requests.map((r) => r.body)
}

const TIMED = `
  var in = stream|from().measurement('m').groupBy('host')
  in|stats(7s).align()|httpPost('http://x/stats')
  in|stats(4s)|derivative('emitted').unit(4s)|httpPost('http://x/rate')
  in|barrier().idle(9s)|window().period(5s).every(5s)|count('v')|httpPost('http://x/windows')
  in|deadman(0.0, 6s)|httpPost('http://x/dead')
  in|union(in)|httpPost('http://x/all')`

/** Each node posts on its own: the order among them is no promise. */
const sorted = (bodies: readonly string[]): string[] => [...bodies].sort()

describe('the same data', () => {
  it('live, replayed fast and replayed at its pace, gives the same', async () => {
    const points = fc
      .array(fc.record({ gap: fc.integer({ min: 1, max: 90 }), host: fc.constantFrom('a', 'b') }), {
        minLength: 1,
        maxLength: 25,
      })
      .map((steps) => {
        let tenths = 0
        return steps.map(({ gap, host }, i) => at((tenths += gap) / 10, i, host))
      })
    await fc.assert(
      fc.asyncProperty(points, fc.integer({ min: 1, max: 9 }), async (given, runLength) => {
        const want = sorted(await live(TIMED, given))
        const fast = replay(TIMED, streamOf(given, runLength))
        await fast.done
        assert.deepEqual(sorted(fast.bodies()), want, 'fast')
        const wall = new VirtualClock({ sec: 2_000_000_000, ns: 0 })
        const real = replay(TIMED, streamOf(given, runLength), { clock: 'real', wall })
        await pass(real, wall)
        assert.deepEqual(sorted(real.bodies()), want, 'real')
      }),
      { numRuns: 40 },
    )
  })

  it('takes its time when it is to', async () => {
    const wall = new VirtualClock({ sec: 2_000_000_000, ns: 0 })
    const seen: string[] = []
    const commit = async (records: readonly OwedRecord[]): Promise<void> => {
      for (const _ of records) seen.push(formatTime(wall.now()))
    }
    const points = [at(1), at(2.2), at(2.2), at(1.5), at(30)]
    const r = replay("stream|from()|httpPost('http://x')", streamOf(points), { clock: 'real', wall, commit })
    await pass(r, wall)
    assert.deepEqual(seen, [
      '2033-05-18T03:33:20Z',
      ...Array.from({ length: 3 }, () => '2033-05-18T03:33:21.2Z'),
      '2033-05-18T03:33:49Z',
    ])
  })
})

describe('times', () => {
  it('begin now, unless they are to stay', async () => {
    const wall = new VirtualClock({ sec: 2_000_000_000, ns: 5 })
    const points = [at(0.9, 1), at(0.2, 2), at(61.5, 3)]
    const moved = replay("stream|from()|httpPost('http://x')", streamOf(points), { recordingTime: false, wall })
    await moved.done
    const times = (r: Replayed): unknown[] =>
      r.bodies().map((b) => (JSON.parse(b) as { series: { values: unknown[][] }[] }).series[0]!.values[0]![0])
    assert.deepEqual(times(moved), [
      '2033-05-18T03:33:20.000000005Z',
      '2033-05-18T03:33:19.300000005Z',
      '2033-05-18T03:34:20.600000005Z',
    ])
    const kept = replay("stream|from()|httpPost('http://x')", streamOf(points))
    await kept.done
    assert.deepEqual(
      times(kept),
      points.map((p) => formatTime(p)),
    )
  })

  it('now() of lambdas is that of the data', async () => {
    const script = "stream|from()|eval(lambda: unixNano(now()) - unixNano(\"time\")).as('late')|httpPost('http://x')"
    const r = replay(script, streamOf([at(1), at(5), at(3), at(9)], 4))
    await r.done
    assert.deepEqual(
      r.bodies().map((b) => /\d+(?=\]\]\}\]\})/.exec(b)![0]),
      ['0', '0', '2000000000', '0'],
    )
  })

  it('in a gap of years a timer has its ticks and no more, and goes on in step', async () => {
    const year = 365 * 86400
    const script = "stream|from()|stats(10s).align()|httpPost('http://x')"
    const r = replay(script, streamOf([at(1), at(year), at(year + 25)], 1))
    const stats = await r.done
    const ticks = stats['node-stats']['stats2']!
    const between = Math.floor((START + year) / 10) - Math.floor((START + 1) / 10)
    assert.equal(r.bodies().length, 10_000 + 2)
    assert.equal(ticks['ticks_skipped'], between - 10_000)
    assert.match(r.bodies().at(-1)!, new RegExp(formatTime({ sec: Math.floor((START + year + 25) / 10) * 10, ns: 0 })))
  })

  it('pass with points that the task does not take, but not beyond the last', async () => {
    const script = "stream|from().measurement('m')|stats(10s)|httpPost('http://x')"
    const r = replay(script, streamOf([at(1), at(12, 1, 'a', 'other'), at(29, 1, 'a', 'other')]))
    await r.done
    assert.equal(r.bodies().length, 2)
  })
})

describe('the end', () => {
  it('lets the task finish before its statistics are taken', async () => {
    const script = `
      var a = stream|from().measurement('m').where(lambda: "v" < 2.0)
      var b = stream|from().measurement('m').where(lambda: "v" > 1.0)
      a|union(b)|httpPost('http://x/u')`
    const r = replay(script, streamOf([at(1, 1), at(2, 2)]))
    const stats = await r.done
    assert.equal(r.bodies().length, 2)
    const last = Object.entries(stats['node-stats']).find(([node]) => node.startsWith('http_post'))!
    assert.equal(last[1]['collected'], 2)
    assert.equal(r.run.progress, 1)
  })

  it('waits for answers that the data waits for', async () => {
    let asked = 0
    const kept: OwedRecord[] = []
    const commit = async (records: readonly OwedRecord[]): Promise<void> => {
      kept.push(...records)
      for (const record of records) {
        void turn().then(() => {
          if (r.run.answered(record, { status: 201, body: '' })) asked++
        })
      }
    }
    const script = "stream|from()|httpPost('http://ask').codeField('code')|httpPost('http://x')"
    const wall = new VirtualClock({ sec: 2_000_000_000, ns: 0 })
    const r = replay(script, streamOf([at(1), at(2), at(3), at(4)]), { commit, wall })
    await pass(r, wall)
    assert.equal(asked, 4)
    const bodies = kept.map((k) => k.payload as { readonly url: string; readonly body: string })
    assert.deepEqual(
      bodies.filter((b) => b.url === 'http://x').map((b) => /"code"/.test(b.body) && /201/.test(b.body)),
      [true, true, true, true],
    )
  })

  it('comes without data, too', async () => {
    const stats = await replay("stream|from()|httpOut('x')", streamOf([])).done
    assert.equal(stats['node-stats']['from1']!['collected'], 0)
  })

  it('waits for a disk that is full', async () => {
    let full = 2
    const kept: OwedRecord[] = []
    const commit = async (records: readonly OwedRecord[]): Promise<void> => {
      if (full-- > 0) throw new Error('no space left')
      kept.push(...records)
    }
    const wall = new VirtualClock({ sec: 2_000_000_000, ns: 0 })
    const script = "stream|from()|httpPost('http://x')"
    const r = replay(script, streamOf([at(1), at(2), at(3), at(4)], 1), { commit, wall })
    await pass(r, wall)
    assert.deepEqual(
      kept.map((k) => (k.payload as { readonly body: string }).body.match(/00:\d\d/)?.[0]),
      kept.map((k) => (k.payload as { readonly body: string }).body.match(/00:\d\d/)?.[0]).sort(),
    )
    assert.equal(kept.length, 4)
    assert.equal(new Set(kept.map((k) => `${k.seq}/${k.ordinal}`)).size, 4)
  })
})

describe('what goes wrong', () => {
  const fails = (r: Replayed, message: string): Promise<void> => assert.rejects(r.done, { message })

  it('says in which stage', async () => {
    const missing = async (): Promise<ReplaySource> => {
      throw new Fault('no-file', 'no such file')
    }
    await fails(replay("stream|from()|httpOut('x')", missing), 'running replay: data source open: no such file')
    const broken: ReplaySource = {
      type: 'stream',
      async *runs() {
        yield { db: 'd', rp: 'r', points: [at(1)], bytes: 0, progress: 0.5 }
        throw new Error('unexpected end of file')
      },
      async close() {},
    }
    await fails(replay("stream|from()|httpOut('x')", broken), 'running replay: unexpected end of file')
    const twice = "stream|from()|httpOut('x')|httpOut('x')"
    const message = 'task start: http: multiple registrations for /kapacitor/v1/tasks/t/x'
    await fails(replay(twice, streamOf([at(1)])), message)
  })

  it('closes its source, whatever happens', async () => {
    let closed = 0
    const counting = (points: readonly Point[]): ReplaySource => ({
      ...(streamOf(points) as ReplaySource & { readonly type: 'stream' }),
      async close() {
        closed++
      },
    })
    await replay("stream|from()|httpOut('x')", counting([at(1)])).done
    await assert.rejects(replay("stream|from()|httpOut('x')|httpOut('x')", counting([at(1)])).done)
    assert.equal(closed, 2)
  })

  it('can be ended while it waits', async () => {
    const wall = new VirtualClock({ sec: 2_000_000_000, ns: 0 })
    const r = replay("stream|from()|httpPost('http://x')", streamOf([at(1), at(1000)]), { clock: 'real', wall })
    for (let i = 0; i < 10; i++) await turn()
    assert.equal(r.bodies().length, 1)
    assert.ok(r.run.progress > 0.4 && r.run.progress < 0.6, `${r.run.progress}`)
    r.run.abort(new Fault('deleted', 'the replay was deleted'))
    await fails(r, 'the replay was deleted')
    assert.equal(r.bodies().length, 1)
  })
})

describe('batches', () => {
  const rows = (name: string, secs: readonly number[]): { feed: BatchFeed; first: Time; last: Time } => {
    const points = secs.map((s) => at(s, s, 'a', name))
    const last = points.at(-1)!
    const series = seriesOf('', '', name, { host: 'a' })
    const feed = feedOf([
      { is: 'begin', series, byName: false, tmax: last, size: points.length },
      { is: 'rows', points },
      { is: 'end' },
    ])
    return { feed, first: points[0]!, last }
  }
  const batchesOf = (sources: readonly (readonly ReadBatch[])[]): ReplaySource => ({
    type: 'batch',
    sources: sources.length,
    async *batches(i) {
      yield* sources[i]!
    },
    progress: () => 0.5,
    async close() {},
  })
  const TWO = `
    var a = batch|query('SELECT v FROM d.r.a').period(10s).every(10s)
    var b = batch|query('SELECT v FROM d.r.b').period(10s).every(10s)
    a|httpPost('http://x/a')
    b|httpPost('http://x/b')`
  const names = (r: Replayed): string[] =>
    r.bodies().map((body) => {
      const s = (JSON.parse(body) as { series: { name: string; values: [string, number][] }[] }).series[0]!
      return `${s.name} ${s.values.map((v) => v[0]).join(' ')}`
    })

  it('come in the order of their times, over all sources', async () => {
    const source = (): ReplaySource =>
      batchesOf([
        [rows('a', [1, 9]), rows('a', [11, 29])],
        [rows('b', [3]), rows('b', [12, 15]), rows('b', [40])],
      ])
    const r = replay(TWO, source(), { type: 'batch' })
    await r.done
    const t = (sec: number): string => formatTime({ sec: START + sec, ns: 0 })
    assert.deepEqual(names(r), [
      `b ${t(3)}`,
      `a ${t(1)} ${t(9)}`,
      `b ${t(12)} ${t(15)}`,
      `a ${t(11)} ${t(29)}`,
      `b ${t(40)}`,
    ])
  })

  it('begin now, each source for itself, and keep their pace', async () => {
    const wall = new VirtualClock({ sec: 2_000_000_000, ns: 0 })
    const seen: number[] = []
    const records: OwedRecord[] = []
    const commit = async (given: readonly OwedRecord[]): Promise<void> => {
      seen.push(...given.map(() => wall.now().sec - 2_000_000_000))
      records.push(...given)
    }
    const source = batchesOf([[rows('a', [100, 103])], [rows('b', [500]), rows('b', [501, 507])]])
    const r = replay(TWO, source, { type: 'batch', clock: 'real', recordingTime: false, wall, commit })
    await pass(r, wall)
    assert.deepEqual(seen, [0, 3, 7])
    assert.deepEqual(
      records.map((x) => x.node),
      ['http_post4', 'http_post3', 'http_post4'],
    )
  })

  it('must be for as many sources as the task has', async () => {
    const r = replay(TWO, batchesOf([[rows('a', [1])]]), { type: 'batch' })
    await assert.rejects(r.done, { message: 'running replay: unexpected number of batch collectors. exp 1 got 2' })
  })
})
