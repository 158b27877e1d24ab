// The server beside a real InfluxDB 1.x: subscriptions by HTTP and UDP, batch tasks, writes. Without influxd these tests
// are skipped: apt-get install influxdb.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { eventually, Influxd, type Row, Supercapd } from './influxd.ts'
import { findProgram } from './outside-program.ts'

const influxd = findProgram('influxd')
const skip = influxd === undefined ? 'influxd is not installed' : false

interface Rows {
  readonly series: readonly Row[] | null
}

describe('beside a real InfluxDB', { timeout: 120_000, skip }, () => {
  let influx: Influxd
  let server: Supercapd
  const subscriptions = async (): Promise<readonly (readonly unknown[])[]> =>
    (await influx.query('SHOW SUBSCRIPTIONS')).flatMap((s) => s.values ?? [])

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

  it('subscribes to every database, to new ones when told, and drops what leads elsewhere', async () => {
    const [first] = await subscriptions()
    assert.equal(first?.[0], 'autogen')
    assert.match(String(first?.[1]), /^kapacitor-/)
    assert.deepEqual(first?.slice(2), ['ANY', [server.url]])
    await influx.query('CREATE DATABASE late')
    const name = String(first?.[1])
    await influx.query(`DROP SUBSCRIPTION "${name}" ON plant.autogen`)
    await influx.query(`CREATE SUBSCRIPTION "${name}" ON plant.autogen DESTINATIONS ANY 'http://127.0.0.1:1'`)
    await influx.query(`CREATE SUBSCRIPTION "kapacitor-gone" ON plant.autogen DESTINATIONS ANY '${server.url}'`)
    await influx.query(`CREATE SUBSCRIPTION "other" ON plant.autogen DESTINATIONS ANY 'http://127.0.0.1:2'`)
    await server.call('POST', '/subscriptions')
    const all = (await subscriptions()).map((s) => [s[1], ...(s[3] as string[])])
    assert.deepEqual(all.sort(), [
      [name, server.url],
      [name, server.url],
      ['other', 'http://127.0.0.1:2'],
    ])
    await influx.query('DROP SUBSCRIPTION "other" ON plant.autogen')
    await influx.query('DROP DATABASE late')
    const vars = (await server.call('GET', '/debug/vars')) as { num_subscriptions: number }
    assert.equal(vars.num_subscriptions, 2)
  })

  it('what is written to InfluxDB runs through a stream task and back into InfluxDB', async () => {
    await server.task(
      'doubled',
      'stream',
      'plant',
      `stream
         |from().measurement('tank').groupBy('site')
         |eval(lambda: "level" * 2.0, lambda: "n").as('twice', 'n')
         |influxDBOut().create().database('results').measurement('doubled').tag('by', 'task').flushInterval(50ms)`,
    )
    await influx.write(
      'plant',
      'tank,site=north level=1.5,n=9007199254740993i 1500000000123456789\ntank,site=south level=4,n=-1i 1500000000123456790',
    )
    const rows = await eventually(
      () => influx.query('SELECT * FROM results..doubled'),
      (r) => (r[0]?.values?.length ?? 0) >= 2,
    )
    assert.deepEqual(rows[0]?.columns, ['time', 'by', 'n', 'site', 'twice'])
    const text = await (
      await fetch(`${influx.url}/query?${new URLSearchParams({ q: 'SELECT * FROM results..doubled', epoch: 'ns' })}`)
    ).text()
    assert.match(text, /\[1500000000123456789,"task",9007199254740993,"north",3\]/)
    assert.match(text, /\[1500000000123456790,"task",-1,"south",8\]/)
    const stats = await eventually(
      () => server.stats('doubled', 'influxdb_out3'),
      (x) => x['points_written'] === 2,
    )
    assert.equal(stats['write_errors'], 0)
  })

  it('a batch task asks for its span of time, and times keep every digit', async () => {
    const now = BigInt(Date.now()) * 1_000_000n
    const times = [now - 3_000_000_001n, now - 2_000_000_002n, now - 1_000_000_003n]
    await influx.write('plant', times.map((t, i) => `pump,site=n flow=${i + 1}i,state="on" ${t}`).join('\n'))
    await server.task(
      'flows',
      'batch',
      'plant',
      `batch
         |query('SELECT flow, state FROM plant.autogen.pump').period(1m).every(300ms).groupBy(*)
         |httpOut('rows')
         |sum('flow')
         |httpOut('sum')`,
    )
    const { series } = await eventually(
      () => server.call('GET', '/tasks/flows/rows') as Promise<Rows>,
      (r) => (r.series?.[0]?.values?.length ?? 0) === 3,
    )
    assert.deepEqual(series![0]!.tags, { site: 'n' })
    assert.deepEqual(series![0]!.columns, ['time', 'flow', 'state'])
    const fraction = (t: bigint): string =>
      String(t % 1_000_000_000n)
        .padStart(9, '0')
        .replace(/0+$/, '')
    assert.deepEqual(
      series![0]!.values!.map((v) => [String(v[0]).replace(/^.*\.|Z$/g, ''), v[1], v[2]]),
      times.map((t, i) => [fraction(t), i + 1, 'on']),
    )
    const sum = (await server.call('GET', '/tasks/flows/sum')) as Rows
    assert.equal(sum.series![0]!.values![0]![1], 6)
  })

  it('an answer in many parts comes whole', async () => {
    const rows = 25_000
    let lines = ''
    for (let i = 0; i < rows; i++) lines += `many,k=${i % 2} v=${i} ${1_600_000_000_000_000_000n + BigInt(i)}\n`
    await influx.write('plant', lines)
    await server.task(
      'counted',
      'batch',
      'plant',
      `batch
         |query('SELECT v FROM plant.autogen.many WHERE time < 1600000001s').period(10000d).every(500ms).groupBy('k')
         |count('v')
         |httpOut('n')`,
    )
    const { series } = await eventually(
      () => server.call('GET', '/tasks/counted/n') as Promise<Rows>,
      (r) => r.series?.length === 2,
    )
    assert.deepEqual(
      series!.map((s) => [s.tags, s.values![0]![1]]),
      [
        [{ k: '0' }, rows / 2],
        [{ k: '1' }, rows / 2],
      ],
    )
  })

  it('a query that InfluxDB refuses is counted and told, and asked again', async () => {
    await server.task(
      'refused',
      'batch',
      'plant',
      `batch|query('SELECT nonsense(v) FROM plant.autogen.many').period(1m).every(100ms)|log()`,
    )
    await server.printed(/undefined function nonsense/)
    await eventually(
      () => server.stats('refused', 'query1'),
      (x) => (x['errors'] ?? 0) >= 2,
    )
    assert.equal(((await server.call('GET', '/tasks/refused')) as { executing: boolean }).executing, true)
    await server.call('DELETE', '/tasks/refused')
  })

  it('what InfluxDB refuses to write is counted, the rest is written', async () => {
    await influx.query('CREATE DATABASE typed')
    await influx.write('typed', 'm v="text" 1')
    await server.task(
      'clash',
      'stream',
      'plant',
      `stream|from().measurement('clash')|influxDBOut().database('typed').measurement('m').flushInterval(50ms)`,
    )
    await influx.write('plant', 'clash v=1 2\nclash w=1 3')
    const stats = await eventually(
      () => server.stats('clash', 'influxdb_out2'),
      (x) => x['write_errors'] === 1,
    )
    assert.equal(stats['points_written'], 1)
    assert.match(server.log, /failed to write points to InfluxDB: partial write/)
    assert.equal((await influx.query('SELECT w FROM typed..m'))[0]?.values?.length, 1)
  })
})

describe('a server with subscriptions by UDP', { timeout: 60_000, skip }, () => {
  let influx: Influxd
  let server: Supercapd
  before(async () => {
    influx = await Influxd.start(influxd!)
    await influx.query('CREATE DATABASE plant')
    server = await Supercapd.start(influx.url, 'subscription-protocol = "udp"\n  udp-bind = "127.0.0.1"')
    await server.printed(/brought subscriptions in order/)
  })
  after(async () => {
    await server?.stop()
    await influx?.stop()
  })

  it('gets what is written to InfluxDB', async () => {
    const all = (await influx.query('SHOW SUBSCRIPTIONS')).flatMap((x) => x.values ?? [])
    assert.match(String(all.map((s) => s[3])), /^udp:\/\/127\.0\.0\.1:\d+$/)
    await server.task('seen', 'stream', 'plant', `stream|from().measurement('m')|httpOut('last')`)
    await influx.write('plant', 'm v=7 1500000000000000001')
    const { series } = await eventually(
      () => server.call('GET', '/tasks/seen/last') as Promise<Rows>,
      (r) => (r.series?.length ?? 0) > 0,
    )
    assert.deepEqual(series![0]!.values, [['2017-07-14T02:40:00.000000001Z', 7]])
  })
})
