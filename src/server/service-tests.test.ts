import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { initialConfig } from '../alert/handlers/config-section.ts'
import type { HandlerDeclaration } from '../alert/handlers/define-handler.ts'
import { ALERT_HANDLERS } from '../alert/handlers/handler-list.ts'
import { RecordedIo } from '../alert/io/recorded-io.ts'
import { Fault } from '../base/fault.ts'
import type { Json } from '../base/json-reader.ts'
import { platformTests } from './platform-tests.ts'
import { handlerTests, ServiceTests } from './service-tests.ts'

type Values = Readonly<Record<string, unknown>>

function services(on: boolean, values: Values = {}): { tests: ServiceTests; io: RecordedIo } {
  const io = new RecordedIo()
  const configOf = (d: HandlerDeclaration): unknown => {
    const element = { ...initialConfig(d.config!.fields), ...(on ? { enabled: true } : {}), ...values }
    return d.config!.list ? [element] : element
  }
  const elements = [{ name: 'main', enabled: true, urls: ['http://influx:8086/'], sslCa: '', sslCert: '', sslKey: '' }]
  const platforms = platformTests(
    (section) => (section === 'influxdb' ? elements : []),
    (r) => io.http(r),
  )
  return { tests: new ServiceTests([...handlerTests(ALERT_HANDLERS, configOf, io), ...platforms]), io }
}

const NAMES =
  'alerta azure bigpanda consul discord dns ec2 file-discovery gce hipchat httppost influxdb kafka kubernetes marathon mqtt nerve opsgenie opsgenie2 pagerduty pagerduty2 pushover scraper sensu serverset servicenow slack smtp snmptrap static-discovery swarm talk teams telegram triton victorops zenoss'

describe('service tests', () => {
  it('are there for every service, in order', () => {
    const { tests } = services(false)
    assert.equal(
      tests
        .list('')
        .map((t) => t.name)
        .join(' '),
      NAMES,
    )
    assert.deepEqual(
      tests.list('pager*').map((t) => t.name),
      ['pagerduty', 'pagerduty2'],
    )
  })

  it('take back the options that they show', async () => {
    for (const on of [true, false]) {
      const { tests } = services(on)
      for (const { name, options } of tests.list('')) await tests.run(name, options as unknown as Json)
    }
  })

  it('of services that are off say so, and nothing leaves', async () => {
    const { tests, io } = services(false)
    const sections = ALERT_HANDLERS.flatMap((d) => (d.test && 'enabled' in d.config!.fields ? d.config!.section : []))
    for (const name of sections) {
      const { success, message } = await tests.run(name, {})
      assert.equal(success, false, name)
      assert.match(message, name === 'kafka' ? /unknown cluster "example"/ : /^service is not enabled$/, name)
    }
    assert.equal(io.requests.length + io.sent.length, 0)
  })

  it('of services that are on send something', async () => {
    const status: Readonly<Record<string, number>> = { alerta: 201, bigpanda: 201, discord: 204, opsgenie2: 202 }
    for (const d of ALERT_HANDLERS.filter((x) => x.test)) {
      const { section } = d.config!
      const { tests, io } = services(true, { id: 'example', to: ['a@b.c'] })
      io.reply = { status: status[section] ?? 200, headers: {}, body: '' }
      const outcome = await tests.run(section, section === 'mqtt' ? { topic: 't' } : {})
      assert.deepEqual([section, outcome], [section, { success: true, message: '' }])
      assert.equal(io.requests.length + io.sent.length, 1, section)
    }
  })

  it('add to maps, replace lists, keep what is null and pass over what they do not know', async () => {
    const { tests, io } = services(true)
    const json = { headers: { More: 'x' }, url: 'http://there/', endpoint: null, colour: 'red', TIMEOUT: 5e9 }
    assert.deepEqual(await tests.run('httppost', json), { success: true, message: '' })
    const [request] = io.requests
    assert.deepEqual(request!.headers, { 'Content-Type': 'application/json', Auth: 'secret', More: 'x' })
    assert.equal(request!.timeoutMs, 5000)
    await tests.run('sensu', { handlers: ['a'], metadata: { n: 1 } })
    assert.equal(
      (io.sent as string[][])[0]![1],
      '{"n":1,"handlers":["a"],"name":"testName","output":"testOutput","source":"Kapacitor","status":2}\n',
    )
  })

  for (const [name, json, message] of [
    ['slack', { channel: 5 }, /json: cannot unmarshal number into Go struct field testOptions\.channel of type string/],
    ['slack', { level: 'LOUD' }, /unknown alert level 'LOUD'/],
    ['slack', { level: 2 }, /cannot unmarshal number into Go struct field testOptions\.level of type alert\.Level/],
    ['slack', [], /json: cannot unmarshal array into Go value of type testOptions/],
    ['telegram', { 'disable-notification': 'x' }, /of type bool/],
    ['opsgenie', { teams: 'x' }, /of type \[\]string/],
    ['zenoss', { tid: 1.5 }, /of type int64/],
    ['pagerduty2', { timestamp: 'now' }, /parsing time "now"/],
    ['pagerduty2', { event_data: { Tags: { a: 1 } } }, /testOptions\.event_data\.Tags of type string/],
    ['mqtt', { qos: 'twice' }, /unknown QoS level 'twice'/],
    ['alerta', { timeout: '3 days' }, /invalid duration/],
  ] as const)
    it(`refuse ${name} ${JSON.stringify(json)}`, async () => {
      await assert.rejects(services(true).tests.run(name, json as unknown as Json), (e) => {
        assert.ok(e instanceof Fault)
        assert.equal(e.status, 400)
        assert.match(e.message, /^failed to decode JSON body:/)
        assert.match(e.message, message)
        return true
      })
    })

  it('of unknown services are not found', async () => {
    const { tests } = services(true)
    assert.throws(() => tests.get('nope'), { status: 404, message: 'service "nope" not found' })
    await assert.rejects(tests.run('nope', {}), { status: 404 })
  })

  it('ping InfluxDB', async () => {
    const { tests, io } = services(true)
    assert.equal((await tests.run('influxdb', { cluster: 'main' })).success, true)
    assert.equal(io.requests[0]!.url, 'http://influx:8086/ping')
    io.reply = { status: 503, headers: {}, body: '' }
    assert.match((await tests.run('influxdb', { cluster: 'main' })).message, /answered its ping with status 503/)
    assert.match((await tests.run('influxdb', {})).message, /cluster "" is not enabled or does not exist/)
  })

  it('of platforms know no element', async () => {
    const { tests } = services(true)
    assert.deepEqual(await tests.run('kubernetes', { id: 'k' }), {
      success: false,
      message: 'unknown kubernetes cluster "k"',
    })
    assert.equal((await tests.run('swarm', {})).message, 'unknown swarm cluster ""')
    assert.equal((await tests.run('scraper', {})).success, true)
  })
})
