// Subscriptions of a real InfluxDB 1.x where everybody has to sign in. Without influxd this test is skipped.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { eventually, Influxd, Supercapd } from './influxd.ts'
import { findProgram } from './outside-program.ts'

const influxd = findProgram('influxd')
const skip = influxd === undefined ? 'influxd is not installed' : false
const root = { authorization: `Basic ${Buffer.from('root:pw').toString('base64')}` }

describe('subscriptions of a real InfluxDB, signed in', { timeout: 120_000, skip }, () => {
  let influx: Influxd
  let server: Supercapd
  const destinations = async (): Promise<readonly string[]> =>
    (await influx.query('SHOW SUBSCRIPTIONS')).flatMap((s) => s.values ?? []).flatMap((v) => v[3] as string[])
  const get = async (path: string): Promise<string> =>
    (await fetch(`${server.url}/kapacitor/v1${path}`, { headers: root })).text()
  const arrives = async (value: number): Promise<void> => {
    await influx.write('plant', `m v=${value}`)
    const shows = (text: string): boolean => text.includes(`,${value}]`)
    await eventually(() => get('/tasks/seen/last'), shows)
  }

  before(async () => {
    influx = await Influxd.start(influxd!)
    await influx.query('CREATE DATABASE plant')
    server = await Supercapd.start(influx.url, '[auth]\n  enabled = true\n  bcrypt-cost = 4')
    await server.printed(/brought subscriptions in order/)
    await server.call('POST', '/users', { name: 'root', password: 'pw', type: 'admin' })
    await server.task('seen', 'stream', 'plant', `stream|from().measurement('m')|httpOut('last')`)
    // From now on everybody has to sign in.
    process.env['KAPACITOR_HTTP_AUTH_ENABLED'] = 'true'
    await server.crash()
    await server.printed(/brought subscriptions in order/)
  })
  after(async () => {
    await server?.stop()
    await influx?.stop()
  })

  it('carry tokens that open the writing of their database, also after a crash', async () => {
    const stood = await destinations()
    assert.match(stood.join(' '), /^http:\/\/~subscriber:[\w-]+@127\.0\.0\.1:\d+$/)
    await arrives(1)
    await server.crash()
    await arrives(2)
    assert.deepEqual(await destinations(), stood)
    const { username, password } = new URL(stood[0]!)
    const headers = { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` }
    const write = async (db: string): Promise<number> =>
      (await fetch(`${server.url}/write?db=${db}`, { method: 'POST', body: 'm v=1', headers })).status
    assert.equal(await write('plant'), 204)
    assert.equal(await write('other'), 401)
    await influx.query('DROP DATABASE plant')
    const linked = await fetch(`${server.url}/kapacitor/v1/subscriptions`, { method: 'POST', headers: root })
    assert.equal(linked.status, 204)
    assert.equal(await write('plant'), 401)
    assert.ok(!server.log.includes(password))
  })
})
