// Batch tasks in process: when they ask, what they ask, and what becomes of the answer.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Fault } from '../base/fault.ts'
import type { Given } from '../flow/edge.ts'
import type { InfluxQuery } from '../flow/world.ts'
import { scriptEnvironment } from '../server/script-environment.ts'
import { batchSources } from './batch-sources.ts'
import { Sandbox, type SandboxOptions } from './run-script.ts'
import { givenText } from './testdata-given.ts'

const DBRPS = [{ db: 'd', rp: 'r' }]
const sec = (s: number): { sec: number; ns: number } => ({ sec: s, ns: 0 })

interface Rig {
  readonly box: Sandbox
  /** What the watched node gave, as text. */
  readonly gave: string[]
  advance(to: number): Promise<void>
  stat(node: string, name: string): unknown
  error(): string
}

function rig(script: string, watched: string, o: Partial<SandboxOptions> = {}): Rig {
  const box = new Sandbox(scriptEnvironment, { start: sec(100), ...o })
  const gave: string[] = []
  const task = box.start('t', { script, type: 'batch', dbrps: DBRPS }, (node, g: Given) => {
    if (node === watched) gave.push(givenText(g))
  })
  return {
    box,
    gave,
    advance: (to) => box.advance(sec(to)),
    stat: (node, name) => task.stats()['node-stats'][node]![name],
    error: () => task.error,
  }
}

function answer(...rows: readonly (readonly [number, unknown])[]): string {
  const values = rows.map(([t, v]) => [t * 1e9, v])
  return JSON.stringify({ results: [{ series: [{ name: 'm', tags: { k: 'a' }, columns: ['time', 'v'], values }] }] })
}

const Q = `batch|query('SELECT v FROM d.r.m').period(20s).every(10s)`
const spanOf = (q: InfluxQuery): string => q.text.replace(/^.*WHERE time >= '(.*)' AND time < '(.*?)'.*$/, '$1 $2')

describe('a query', () => {
  test('is asked at every tick for its period, and its rows come as floats', async () => {
    const r = rig(`${Q}.groupBy('k')`, 'query1', { influx: () => answer([90, 7], [95, 'x'], [99, null]) })
    await r.advance(109)
    assert.deepEqual(r.box.influx.asked, [])
    await r.advance(120)
    assert.deepEqual(r.box.influx.asked.map(spanOf), [
      '1970-01-01T00:01:30Z 1970-01-01T00:01:50Z',
      '1970-01-01T00:01:40Z 1970-01-01T00:02:00Z',
    ])
    assert.deepEqual(r.gave, ['[k=a] m@110: m,k=a v=7 90; m,k=a v=x 95', '[k=a] m@120: m,k=a v=7 90; m,k=a v=x 95'])
    assert.equal(r.stat('query1', 'batches_queried'), 2)
    assert.equal(r.stat('query1', 'points_queried'), 4)
    assert.equal(r.stat('query1', 'collected'), 2)
    assert.equal(r.stat('batch0', 'emitted'), 2)
  })

  test('grouped by time, its batches have the time of their newest row', async () => {
    const r = rig(`${Q}.groupBy(time(5s))`, 'query1', { influx: () => answer([90, 1], [80, 2]) })
    await r.advance(110)
    assert.deepEqual(r.gave, ['[k=a] m@90: m,k=a v=1 90; m,k=a v=2 80'])
  })

  test('by measurement, with an offset and aligned', async () => {
    const r = rig(`${Q}.offset(3s).align().groupByMeasurement()`, 'query1', {
      influx: () => answer([90, 1]),
      start: sec(104),
    })
    await r.advance(110)
    assert.deepEqual(r.box.influx.asked.map(spanOf), ['1970-01-01T00:01:27Z 1970-01-01T00:01:47Z'])
    assert.deepEqual(r.gave, ['[m/k=a] m@107: m,k=a v=1 90'])
  })

  test('that fails is counted and told, and asked again at its next time', async () => {
    let calls = 0
    const r = rig(`${Q}|count('v')`, 'count2', {
      influx: () => {
        calls++
        if (calls === 1) throw new Fault('influx-unreachable', 'nobody there', { retry: true })
        return calls === 2 ? '{"results":[{"error":"database not found: d"}]}' : answer([90, 1])
      },
    })
    for (const t of [110, 120, 130]) await r.advance(t)
    assert.deepEqual(r.gave, ['[k=a] m,k=a count=1i 130'])
    assert.equal(r.stat('query1', 'errors'), 2)
    assert.equal(r.stat('query1', 'batches_queried'), 1)
    assert.deepEqual(
      r.box.logs.filter((l) => l.level === 'error').map((l) => l.fields['err']),
      ['nobody there', 'database not found: d'],
    )
    assert.equal(r.error(), '')
  })

  test('an answer that breaks off gives nothing at all', async () => {
    const whole = answer([90, 1], [91, 2])
    const r = rig(Q, 'query1', { influx: () => whole.slice(0, -3) })
    await r.advance(110)
    assert.deepEqual(r.gave, [])
    assert.equal(r.stat('query1', 'errors'), 1)
  })

  test('ticks that come while it is asked wait, the newest of them; the others count as missed', async () => {
    const replies: ((body: string) => void)[] = []
    const r = rig(Q, 'query1', { influx: () => new Promise((resolve) => replies.push(resolve)) })
    await r.advance(145)
    assert.equal(replies.length, 1)
    assert.equal(r.stat('query1', 'ticks_missed'), 2)
    replies[0]!(answer([1, 1]))
    await r.box.settle()
    assert.equal(replies.length, 2)
    assert.deepEqual(r.box.influx.asked.map(spanOf), [
      '1970-01-01T00:01:30Z 1970-01-01T00:01:50Z',
      '1970-01-01T00:02:00Z 1970-01-01T00:02:20Z',
    ])
    replies[1]!(answer())
    await r.advance(150)
    assert.equal(replies.length, 3)
  })

  test('a process that slept asks once', async () => {
    const r = rig(Q, 'query1', { influx: () => answer() })
    r.box.clock.sleep(sec(1_000))
    await r.box.settle()
    assert.deepEqual(r.box.influx.asked.map(spanOf), ['1970-01-01T00:16:20Z 1970-01-01T00:16:40Z'])
    assert.equal(r.stat('query1', 'ticks_missed'), 89)
    await r.advance(1_010)
    assert.equal(r.box.influx.asked.length, 2)
  })

  test('that was asked when the state was written down is asked again for the same span', async () => {
    const r = rig(Q, 'query1', { influx: () => new Promise(() => {}) })
    await r.advance(110)
    const restore = r.box.engine.task('t')!.snapshot()
    const next = new Sandbox(scriptEnvironment, { start: sec(115), influx: () => answer([1, 1]) })
    const gave: string[] = []
    next.start('t', { script: Q, type: 'batch', dbrps: DBRPS, restore }, (n, g) => {
      if (n === 'query1') gave.push(givenText(g))
    })
    await next.settle()
    assert.deepEqual(gave, ['[k=a] m@110: m,k=a v=1 1'])
    await next.advance(sec(120))
    assert.deepEqual(next.influx.asked.map(spanOf), [
      '1970-01-01T00:01:30Z 1970-01-01T00:01:50Z',
      '1970-01-01T00:01:40Z 1970-01-01T00:02:00Z',
    ])
  })

  test('is called off with its task', async () => {
    const r = rig(Q, 'query1', { influx: async () => answer([1, 1]) })
    r.box.clock.advance(sec(110))
    await r.box.engine.stop('t', 'drain')
    await r.box.settle()
    assert.deepEqual(r.gave, [])
    await r.advance(200)
    assert.equal(r.box.influx.asked.length, 1)
  })

  const refused: readonly (readonly [string, string | RegExp])[] = [
    [`batch|query('SELECT FROM').period(1m).every(1m)`, /^failed to parse InfluxQL query/],
    [`batch|query('SELECT v FROM e.r.m').every(1m)`, 'batch query is not allowed to request data from "e"."r"'],
    [`batch|query('SELECT v FROM (SELECT v FROM d.s.m)').every(1m)`, /request data from "d"\."s"/],
    [`batch|query('SELECT v FROM d.r.m')`, "must define one of 'every' or 'cron'"],
    [`batch|query('SELECT v FROM d.r.m').every(1m).fill('zero')`, 'unexpected fill option zero'],
    [`batch|query('SELECT v FROM d.r.m').every(1m).groupBy(1m, time(2m))`, /more than one time dimension/],
    [`batch|query('SELECT v FROM d.r.m').every(1m).groupBy(1)`, /^invalid dimension type:int64/],
  ]
  for (const [script, message] of refused)
    test(`${script} does not start`, () =>
      assert.throws(() => rig(script, ''), { name: 'Fault', message, status: 400 }))
})

describe('the batch source', () => {
  test('has no other children than queries', () => {
    assert.throws(() => rig(`batch|log()`, ''), /no method or property "log" on \*pipeline.BatchNode/)
    assert.throws(() => rig(`${Q}|query('SELECT v FROM d.r.m').every(1m)`, ''), /no method or property "query"/)
  })

  test('is not drawn', () => {
    const r = rig(`${Q}|log()`, '')
    assert.equal(r.box.engine.task('t')!.compiled.script.pipeline.dot('t'), 'digraph t {\nquery1 -> log2;\n}')
  })
})

describe('the questions of a time that has passed', () => {
  test('are those of every tick, for each source', () => {
    const box = new Sandbox(scriptEnvironment)
    const script = `${Q}|log()
      batch|queryFlux('from(bucket: "b")').every(20s).offset(1s).org('o')|log()`
    const { compiled } = box.start('t', { script, type: 'batch', dbrps: DBRPS })
    const sources = batchSources(compiled, DBRPS)
    assert.deepEqual(
      sources.map((s) => s.name),
      ['query1', 'queryFlux3'],
    )
    const asked = sources.map((s) => [...s.questions(sec(0), sec(40))])
    assert.deepEqual(
      asked[0]!.map(({ tick, query }) => [tick.sec, spanOf(query)]),
      [10, 20, 30, 40].map((t) => {
        const time = (s: number): string => new Date(s * 1000).toISOString().replace('.000', '')
        return [t, `${time(t - 20)} ${time(t)}`]
      }),
    )
    assert.deepEqual(
      asked[1]!.map(({ query }) => [query.language, query.text, query.now?.sec, query.stop.sec, query.org]),
      [
        ['flux', 'from(bucket: "b")', 19, 20, 'o'],
        ['flux', 'from(bucket: "b")', 39, 40, 'o'],
      ],
    )
    assert.throws(() => batchSources(compiled, [{ db: 'x', rp: 'r' }]), /not allowed to request data/)
  })
})

test('queryFlux gives a batch for each table', async () => {
  const csv = [
    '#datatype,string,long,dateTime:RFC3339,double,string,string,string',
    '#group,false,false,false,false,true,true,true',
    '#default,_result,,,,,,',
    ',result,table,_time,_value,_field,_measurement,host',
    ',,0,1970-01-01T00:01:00Z,1.5,usage,cpu,a',
    ',,1,1970-01-01T00:01:01Z,2,usage,cpu,b',
    '',
  ].join('\r\n')
  const r = rig(`batch|queryFlux('from(bucket: "b")').every(10s).offset(2s)`, 'queryFlux1', { influx: () => csv })
  await r.advance(110)
  assert.deepEqual(r.gave, ['[host=a] cpu@60: cpu,host=a usage=1.5 60', '[host=b] cpu@61: cpu,host=b usage=2 61'])
  assert.deepEqual(
    r.box.influx.asked.map((q) => [q.language, q.now]),
    [['flux', sec(108)]],
  )
})
