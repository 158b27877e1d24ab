// Clusters that come, change and go while the server runs, and their subscriptions.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { silentLogger } from '../api/test-app.ts'
import { initialValues } from '../config/field.ts'
import { influxdb } from '../config/sections/influxdb.ts'
import { systemClock } from '../system-clock.ts'
import type { InfluxConfig } from './influx-client.ts'
import { InfluxClusters } from './influx-clusters.ts'
import { Subscriptions } from './subscriptions.ts'

/** What clusters were asked, as `path query`; those who wait are told. */
const asked: string[] = []
let tell = (): void => {}
const rows = (columns: readonly string[], ...values: readonly (readonly unknown[])[]): string =>
  JSON.stringify({ results: [{ statement_id: 0, series: [{ name: 'x', columns, values }] }] })
const server = createServer((request, response) => {
  let body = ''
  request.setEncoding('utf8').on('data', (t: string) => {
    body += t
  })
  request.on('end', () => {
    const url = new URL(request.url ?? '', 'http://x')
    const text = url.searchParams.get('q') ?? new URLSearchParams(body).get('q') ?? ''
    asked.push(`${url.pathname} ${text}`)
    if (text === 'SHOW DATABASES') response.end(rows(['name'], ['db']))
    else if (text.startsWith('SHOW RETENTION')) response.end(rows(['name'], ['rp']))
    else response.end('{"results":[{"statement_id":0}]}')
    tell()
  })
})
let base = ''

before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
after(() => {
  server.close()
  server.closeAllConnections()
})

async function comes(what: RegExp): Promise<void> {
  while (!asked.some((a) => what.test(a))) {
    await new Promise<void>((resolve) => {
      tell = resolve
    })
  }
}

function config(name: string, more: Partial<InfluxConfig> = {}): InfluxConfig {
  return { ...(initialValues(influxdb.fields) as InfluxConfig), name, urls: [`${base}/${name}`], ...more }
}

function clustersOf(...configs: readonly InfluxConfig[]): InfluxClusters {
  return new InfluxClusters(configs, { userAgent: 'test', sharedSecret: '', logger: silentLogger, dataDir: '/none' })
}

describe('clusters', () => {
  test('that do not change keep their connections; names mean what the newest configuration says', async () => {
    const a = config('a', { default: true })
    const clusters = clustersOf(a, config('b'))
    const first = clusters.client('a')
    const b = clusters.client('b')
    clusters.update([a, config('b', { urls: [`${base}/moved`] }), config('c')])
    assert.equal(clusters.client('a'), first)
    assert.notEqual(clusters.client('b'), b)
    assert.equal(clusters.cluster(''), 'a')
    await clusters.client('b').rows('ONE')
    assert.equal(asked.at(-1), '/moved/query ONE')
    clusters.update([config('c')])
    assert.equal(clusters.cluster(''), 'c')
    assert.throws(() => clusters.client('a'), /no such InfluxDB config a/)
    clusters.update([])
    assert.throws(() => clusters.client(''), /no InfluxDB cluster configured/)
    await clusters.close()
  })

  test('stay as they are when one of the new ones can not be used', async () => {
    const clusters = clustersOf(config('a'))
    const first = clusters.client('a')
    assert.throws(() => clusters.update([config('b'), config('c', { sslCa: '/none/ca.pem' })]), /ca\.pem/)
    assert.equal(clusters.client(''), first)
    await clusters.close()
  })

  test('end what is under way before their connections close', async () => {
    const clusters = clustersOf(config('a'))
    const answer = clusters.client('a').rows('LAST')
    clusters.update([])
    assert.deepEqual(await answer, [])
    await clusters.close()
  })
})

describe('subscriptions', () => {
  test('follow the clusters', async () => {
    const clusters = clustersOf()
    const subscriptions = new Subscriptions({
      clusters,
      server: { hostname: 'here', clusterId: 'cluster', serverId: 'server' } as never,
      intake: { write: () => undefined },
      clock: systemClock,
      logger: silentLogger,
    })
    const update = (...configs: InfluxConfig[]): void => {
      clusters.update(configs)
      subscriptions.update()
    }
    update(config('early'))
    subscriptions.start(1234)
    await comes(/^\/early\/query CREATE SUBSCRIPTION .* DESTINATIONS ANY 'http:\/\/here:1234'/)
    const second = config('second')
    update(second)
    await comes(/^\/second\/query CREATE SUBSCRIPTION/)
    asked.length = 0
    await subscriptions.link()
    assert.ok(
      asked.every((a) => a.startsWith('/second/')),
      asked.join('\n'),
    )
    assert.deepEqual([...subscriptions.counts().keys()], ['second'])
    update(config('second', { disableSubscriptions: true }))
    asked.length = 0
    await subscriptions.link()
    assert.deepEqual(asked, [])
    await subscriptions.close()
    await clusters.close()
  })
})
