// Recordings and replays beside a real InfluxDB 1.x: the live stream of a subscription, the queries of a batch task, one
// query; replayed into tasks that write back. Without influxd these tests are skipped: apt-get install influxdb.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { eventually, Influxd, type Row, Supercapd } from './influxd.ts'
import { findProgram } from './outside-program.ts'

const influxd = findProgram('influxd')
const skip = influxd === undefined ? 'influxd is not installed' : false
/** More than fits one answer of InfluxDB. */
const MANY = 25_000

type Json = Readonly<Record<string, unknown>>

describe('recordings and replays beside a real InfluxDB', { timeout: 120_000, skip }, () => {
  let influx: Influxd
  let server: Supercapd
  const get = (path: string): Promise<Json> => server.call('GET', path) as Promise<Json>
  const ended = (path: string): Promise<Json> =>
    eventually(
      () => get(path),
      (r) => r['status'] !== 'running',
    )
  const finished = async (path: string): Promise<Json> => {
    const r = await ended(path)
    assert.deepEqual([r['status'], r['error'], r['progress']], ['finished', '', 1])
    return r
  }
  /** Values of a measurement by time, the time in nanoseconds. */
  const rows = async (measurement: string): Promise<readonly Row[]> =>
    influx.query(`SELECT * FROM plant.autogen.${measurement} GROUP BY *`)
  const written = (measurement: string, count: number): Promise<readonly Row[]> =>
    eventually(
      () => rows(measurement),
      (r) => r.reduce((n, s) => n + (s.values?.length ?? 0), 0) >= count,
    )
  const disabled = (id: string, type: 'stream' | 'batch', script: string): Promise<unknown> =>
    server.call('POST', '/tasks', { id, type, dbrps: [{ db: 'plant', rp: 'autogen' }], script, status: 'disabled' })

  before(async () => {
    influx = await Influxd.start(influxd!)
    await influx.query('CREATE DATABASE plant')
    server = await Supercapd.start(influx.url, 'subscription-mode = "cluster"')
    await server.printed(/brought subscriptions in order/)
  })
  after(async () => {
    await server?.stop()
    await influx?.stop()
  })

  it('records what the subscription brings, integers as integers, and writes it back from a replay', async () => {
    await disabled(
      'copy',
      'stream',
      "stream|from().measurement('live')|eval(lambda: \"n\" + 1).as('n').keep()|influxDBOut().database('plant').measurement('copied')",
    )
    await server.call('POST', '/recordings/stream', { id: 'live', task: 'copy', stop: '2001-09-09T01:46:45Z' })
    await influx.write(
      'plant',
      'live,host=a n=9007199254740993i,s="x y" 1000000001000000007\nlive,host=b n=2i 1000000002000000000',
    )
    await influx.write('plant', 'live,host=a n=0i 1000000006000000000')
    await finished('/recordings/live')
    await server.call('POST', '/replays', { id: 'live', task: 'copy', recording: 'live', 'recording-time': true })
    await finished('/replays/live')
    await written('copied', 2)
    const [more] = await influx.query('SELECT n FROM plant.autogen.copied WHERE n = 9007199254740994')
    assert.equal(more?.values?.length, 1)
  })

  it('records the queries of a batch task and replays them', async () => {
    const lines = Array.from(
      { length: 6 },
      (_, i) => `tank,site=${i % 2 ? 'b' : 'a'} level=${i}i ${1_500_000_000 + i * 10}000000000`,
    )
    await influx.write('plant', lines.join('\n'))
    await disabled(
      'tanks',
      'batch',
      "batch|query('SELECT level FROM plant.autogen.tank').period(20s).every(20s).groupBy('site')|mean('level')|eval(lambda: \"mean\" / 2.0).as('half')|influxDBOut().database('plant').measurement('halves')",
    )
    const span = { start: '2017-07-14T02:40:00Z', stop: '2017-07-14T02:41:00Z' }
    await server.call('POST', '/recordings/batch', { id: 'tanks', task: 'tanks', ...span })
    const recording = await finished('/recordings/tanks')
    assert.equal(recording['type'], 'batch')
    await server.call('POST', '/replays', { id: 'tanks', task: 'tanks', recording: 'tanks', 'recording-time': true })
    await finished('/replays/tanks')
    const halves = await written('halves', 6)
    assert.deepEqual(
      halves.map((s) => [s.tags?.['site'], s.values?.map((v) => v[1])]),
      [
        ['a', [0, 1, 2]],
        ['b', [0.5, 1.5, 2.5]],
      ],
    )
    await server.call('POST', '/replays/batch', { id: 'direct', task: 'tanks', ...span, outputs: 'collect' })
    const direct = await finished('/replays/direct')
    const { items } = direct['collected'] as { readonly items: readonly Json[] }
    assert.equal(
      items.flatMap((i) => String(i['lines']).trim().split('\n')).filter((l) => l.startsWith('halves,site=')).length,
      6,
    )
  })

  it('records a large query as a stream, in the order of the times over all series', async () => {
    const lines = Array.from(
      { length: MANY },
      (_, i) => `many,host=h${i % 7} v=${i}i ${1_600_000_000_000 + ((i * 7919) % MANY)}000000`,
    )
    for (let i = 0; i < MANY; i += 5_000) await influx.write('plant', lines.slice(i, i + 5_000).join('\n'))
    const query = 'SELECT v FROM "plant"."autogen"."many" GROUP BY host'
    await server.call('POST', '/recordings/query', { id: 'many', type: 'stream', query })
    await finished('/recordings/many')
    const script = "stream|from().measurement('many')|elapsed('v', 1ms)|where(lambda: \"elapsed\" < 0)|httpOut('back')"
    await disabled('order', 'stream', script)
    await server.call('POST', '/replays', { id: 'many', task: 'order', recording: 'many', 'recording-time': true })
    const stats = (await finished('/replays/many'))['stats'] as { 'node-stats': Record<string, Record<string, number>> }
    assert.equal(stats['node-stats']['from1']!['collected'], MANY)
    assert.equal(stats['node-stats']['where3']!['emitted'], 0)
    await server.call('POST', '/replays/query', { id: 'again', task: 'order', query })
    const again = (await finished('/replays/again'))['stats'] as typeof stats
    assert.equal(again['node-stats']['from1']!['collected'], MANY)
  })

  it('a query that InfluxDB refuses ends in the recording', async () => {
    const query = 'SELECT nothing(v) FROM "plant"."autogen"."many"'
    await server.call('POST', '/recordings/query', { id: 'refused', type: 'batch', query })
    const r = await ended('/recordings/refused')
    assert.equal(r['status'], 'failed')
    assert.match(String(r['error']), /undefined function nothing/)
    await server.call('POST', '/recordings/query', { id: 'vague', type: 'stream', query: 'SELECT v FROM many' })
    assert.match(
      String((await ended('/recordings/vague'))['error']),
      /could not determine database and retention policy/,
    )
  })
})
