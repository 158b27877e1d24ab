import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, beforeEach, describe, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import type { BatchFeed } from '../../base/batch-feed.ts'
import type { LogFields, Logger } from '../../base/logger.ts'
import type { InfluxQuery } from '../../flow/world.ts'
import { defaultElement } from '../config/section.ts'
import { influxdb } from '../config/sections/influxdb.ts'
import { InfluxClient, type InfluxConfig } from './influx-client.ts'
import { InfluxClusters } from './influx-clusters.ts'

interface Asked {
  readonly method: string
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

const asked: Asked[] = []
let respond: (response: ServerResponse, request: Asked) => void = (response) => response.end()
const server = createServer((request, response) => {
  const parts: Buffer[] = []
  request.on('data', (part: Buffer) => parts.push(part))
  request.on('end', () => {
    const url = new URL(request.url!, 'http://x')
    const { method = '', headers } = request
    const a = {
      method,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers,
      body: Buffer.concat(parts),
    }
    asked.push(a)
    respond(response, a)
  })
})
let base = ''
const dataDir = mkdtempSync(join(tmpdir(), 'influx-client-'))
before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
after(() => {
  server.closeAllConnections()
  server.close()
  rmSync(dataDir, { recursive: true, force: true })
})
beforeEach(() => {
  asked.length = 0
  respond = (response) => response.end()
})

const logs: { msg: string; fields: LogFields | undefined }[] = []
const logger: Logger = {
  debug: (msg, fields) => void logs.push({ msg, fields }),
  info: (msg, fields) => void logs.push({ msg, fields }),
  warn: (msg, fields) => void logs.push({ msg, fields }),
  error: (msg, fields) => void logs.push({ msg, fields }),
  enabled: () => true,
  with: () => logger,
  limited: () => logger,
}

function configOf(c: Partial<InfluxConfig> = {}): InfluxConfig {
  return { ...(defaultElement(influxdb) as unknown as InfluxConfig), name: 'main', urls: [base], ...c }
}

const OPTIONS = { userAgent: 'test/1', sharedSecret: 'secret' }

async function withClient<T>(c: Partial<InfluxConfig>, run: (client: InfluxClient) => Promise<T>): Promise<T> {
  const client = new InfluxClient(configOf(c), OPTIONS)
  try {
    return await run(client)
  } finally {
    await client.close()
  }
}

async function withClusters<T>(
  configs: readonly InfluxConfig[],
  run: (c: InfluxClusters) => Promise<T>,
  more: { readonly maxSpoolBytes?: number } = {},
): Promise<T> {
  const clusters = new InfluxClusters(configs, { ...OPTIONS, logger, dataDir, ...more })
  try {
    return await run(clusters)
  } finally {
    await clusters.close()
  }
}

const QUERY: InfluxQuery = {
  cluster: '',
  language: 'influxql',
  text: 'SELECT v FROM d.r.m',
  byName: false,
  stop: { sec: 9, ns: 0 },
  rowTimes: false,
}

async function rowsOf(feed: BatchFeed): Promise<unknown[]> {
  const rows: unknown[] = []
  for (let p = await feed.next(); p; p = await feed.next())
    if (p.is === 'rows') for (const x of p.points) rows.push([x.sec, x.ns, ...x.values])
  feed.close()
  return rows
}

const part = (rows: string, partial: boolean): string =>
  `{"results":[{"series":[{"name":"m","columns":["time","v"],"values":[${rows}]${partial ? ',"partial":true' : ''}}]}]}\n`

describe('a query', () => {
  test('asks for nanoseconds in parts, and gives all of them together', async () => {
    respond = (response) => {
      response.write(part('[1,1],[2,2]', true))
      setImmediate(() => response.end(part('[3,3]', false)))
    }
    const rows = await withClusters([configOf()], async (c) => rowsOf(await c.query(QUERY)))
    assert.deepEqual(rows, [
      [0, 1, 1],
      [0, 2, 2],
      [0, 3, 3],
    ])
    const [a] = asked
    assert.deepEqual([a!.method, a!.path, a!.body.length], ['POST', '/query', 0])
    assert.deepEqual(a!.query, { q: 'SELECT v FROM d.r.m', epoch: 'ns', chunked: 'true', chunk_size: '10000' })
    assert.equal(a!.headers['user-agent'], 'test/1')
    assert.equal(a!.headers.authorization, undefined)
  })

  test('that is very long goes into the body', async () => {
    respond = (response) => response.end('{"results":[{}]}')
    const text = `SELECT v FROM d.r.m WHERE ${Array.from({ length: 1_000 }, (_, i) => `a = 'ü ${i}'`).join(' OR ')}`
    await withClusters([configOf()], (c) => c.query({ ...QUERY, text }))
    assert.equal(asked[0]!.query['q'], undefined)
    assert.equal(new URLSearchParams(asked[0]!.body.toString()).get('q'), text)
  })

  test('that fails says what InfluxDB says', async () => {
    for (const [status, body, message, retry] of [
      [200, '{"results":[{"error":"database not found: d"}]}', 'database not found: d', true],
      [400, '{"error":"error parsing query: found FROM"}', 'error parsing query: found FROM', false],
      [401, '{"code":"unauthorized","message":"unauthorized access"}', 'unauthorized access', false],
      [503, 'down for a while\n', 'down for a while', true],
      [429, '', 'InfluxDB answered with status 429', true],
      [200, '<html>', /^failed to understand query result/, true],
      [200, part('[1,1]', false).slice(0, -5), /^failed to understand query result: the answer breaks off/, true],
    ] as const) {
      respond = (response) => response.writeHead(status).end(body)
      await withClusters([configOf()], (c) => assert.rejects(c.query(QUERY), { name: 'Fault', message, retry }))
    }
  })

  test('whose answer is cut off gives nothing', async () => {
    respond = (response) => {
      response.write(part('[1,1]', true))
      setImmediate(() => response.destroy())
    }
    await withClusters([configOf()], (c) => assert.rejects(c.query(QUERY), { code: 'influx-broken', retry: true }))
  })

  test('that is called off lets go of the connection', async () => {
    const abort = new AbortController()
    let closed = (): void => {}
    const gone = new Promise<void>((resolve) => (closed = resolve))
    respond = (response) => {
      response.on('close', closed)
      response.write(part('[1,1]', true))
      abort.abort()
    }
    await withClusters([configOf()], (c) => assert.rejects(c.query(QUERY, abort.signal)))
    await gone
  })

  test('takes no longer than the configured time', async () => {
    respond = () => {}
    await withClusters([configOf({ timeout: 50_000_000 })], (c) =>
      assert.rejects(c.query(QUERY), { code: 'influx-unreachable', message: /no answer within 0.05 s$/ }),
    )
  })

  test('of more than fits into memory lies in a file that nobody sees', async () => {
    const rows = Array.from({ length: 30_000 }, (_, i) => `[${i},"${'x'.repeat(70)}${i}"]`)
    respond = (response) => response.end(part(rows.join(), false))
    const read = async (c: InfluxClusters): Promise<void> => {
      const feed = await c.query(QUERY)
      assert.deepEqual(readdirSync(join(dataDir, 'spool')), [])
      const got = (await rowsOf(feed)) as [number, number, string][]
      assert.equal(got.length, 30_000)
      assert.ok(got.every((r, i) => r[1] === i && r[2] === `${'x'.repeat(70)}${i}`))
    }
    await withClusters([configOf()], read, { maxSpoolBytes: 1_000_000 })
  })
})

describe('a Flux query', () => {
  test('is posted with its present, and its tables come as batches', async () => {
    respond = (response) =>
      response.end(
        '#datatype,string,long,dateTime:RFC3339,double,string\r\n#group,false,false,false,false,true\r\n#default,_result,,,,\r\n' +
          ',result,table,_time,v,_measurement\r\n,,0,1970-01-01T00:00:01Z,2,m\r\n\r\n',
      )
    const query = { ...QUERY, language: 'flux' as const, text: 'from()', org: 'o', orgId: 'i', now: { sec: 60, ns: 1 } }
    const rows = await withClusters([configOf({ token: 't' })], async (c) => rowsOf(await c.query(query)))
    assert.deepEqual(rows, [[1, 0, 2]])
    const [a] = asked
    assert.deepEqual([a!.method, a!.path, a!.query], ['POST', '/api/v2/query', { org: 'o', orgID: 'i' }])
    assert.equal(a!.headers.authorization, 'Token t')
    const body = JSON.parse(a!.body.toString()) as Record<string, unknown>
    assert.deepEqual([body['query'], body['type'], body['now']], ['from()', 'flux', '1970-01-01T00:01:00.000000001Z'])
  })
})

describe('a write', () => {
  const target = { db: 'd', rp: 'r', precision: 'ns', consistency: '', lines: 'm v=1 1\nm v=2 2' }

  test('is packed when that is configured', async () => {
    respond = (response) => response.writeHead(204).end()
    await withClient({}, (c) => c.write(target))
    assert.deepEqual([asked[0]!.path, asked[0]!.query], ['/write', { db: 'd', rp: 'r', precision: 'ns' }])
    assert.equal(asked[0]!.headers['content-encoding'], 'gzip')
    assert.equal(gunzipSync(asked[0]!.body).toString(), target.lines)
    await withClient({ compression: 'none' }, (c) => c.write({ ...target, consistency: 'quorum' }))
    assert.equal(asked[1]!.headers['content-encoding'], undefined)
    assert.equal(asked[1]!.body.toString(), target.lines)
    assert.equal(asked[1]!.query['consistency'], 'quorum')
  })

  test('that is refused says why, and whether it may work later', async () => {
    for (const [status, retry] of [
      [400, false],
      [404, false],
      [500, true],
      [503, true],
    ] as const) {
      respond = (response) => response.writeHead(status).end('{"error":"no"}')
      await withClient({}, (c) => assert.rejects(c.write(target), { message: 'no', status, retry }))
    }
  })
})

describe('a client', () => {
  test('shows who it is: by token, shared secret or password', async () => {
    respond = (response) => response.writeHead(204, { 'x-influxdb-version': '1.8.10' }).end()
    const header = async (c: Partial<InfluxConfig>): Promise<string> => {
      assert.equal(await withClient(c, (client) => client.ping()), '1.8.10')
      return asked.at(-1)!.headers.authorization ?? ''
    }
    assert.equal(await header({ username: 'u', password: 'p:ä' }), `Basic ${Buffer.from('u:p:ä').toString('base64')}`)
    assert.equal(await header({ username: 'u', password: 'p', token: 't' }), 'Token t')
    const bearer = await header({ username: 'u', httpSharedSecret: true })
    const [head, claims, signature] = bearer.replace('Bearer ', '').split('.')
    const read = (text: string): unknown => JSON.parse(Buffer.from(text, 'base64url').toString())
    assert.deepEqual(read(head!), { alg: 'HS256', typ: 'JWT' })
    const { username, exp } = read(claims!) as { username: string; exp: number }
    assert.equal(username, 'u')
    assert.ok(Math.abs(exp - Date.now() / 1000 - 600) < 60)
    assert.equal(signature, createHmac('sha256', 'secret').update(`${head}.${claims}`).digest('base64url'))
  })

  test('goes round its addresses', async () => {
    respond = (response) => response.writeHead(204).end()
    await withClient({ urls: [`${base}/one/`, `${base}/two`] }, async (c) => {
      for (let i = 0; i < 3; i++) await c.ping()
    })
    assert.deepEqual(
      asked.map((a) => a.path),
      ['/one/ping', '/two/ping', '/one/ping'],
    )
  })

  test('tells that nobody is there', async () => {
    await withClient({ urls: ['http://127.0.0.1:1'] }, (c) =>
      assert.rejects(c.ping(), {
        code: 'influx-unreachable',
        message: /^InfluxDB at http:\/\/127\.0\.0\.1:1: .+/,
        retry: true,
      }),
    )
  })

  test('reads small answers as objects, lists as their text', async () => {
    respond = (response) =>
      response.end(
        '{"results":[{"series":[{"name":"d","columns":["name","destinations"],"values":[["a",["http://x"]],["b",[]]]}]}]}',
      )
    assert.deepEqual(await withClient({}, (c) => c.rows('SHOW SUBSCRIPTIONS')), [
      { series: 'd', cells: { name: 'a', destinations: '["http://x"]' } },
      { series: 'd', cells: { name: 'b', destinations: '[]' } },
    ])
  })

  test('can not be made with what can not be', () => {
    for (const [c, message] of [
      [{ urls: ['ftp://x'] }, /"ftp:\/\/x" is no http address/],
      [{ sslCa: '/no/such/file' }, /can't read \/no\/such\/file/],
    ] as const)
      assert.throws(() => new InfluxClient(configOf(c), OPTIONS), { code: 'config-invalid', message })
  })
})

describe('clusters', () => {
  test('are found by name; the default one is marked, or the only one', async () => {
    const names = (c: InfluxClusters): string[] => [c.cluster(''), c.cluster('b')]
    await withClusters([configOf({ name: 'a' }), configOf({ name: 'b', default: true })], async (c) =>
      assert.deepEqual(names(c), ['b', 'b']),
    )
    await withClusters([configOf({ name: 'a', enabled: false }), configOf({ name: 'b' })], async (c) => {
      assert.deepEqual(names(c), ['b', 'b'])
      assert.throws(() => c.cluster('a'), { message: 'no such InfluxDB config a', status: 400 })
    })
    await withClusters([], async (c) => {
      assert.throws(() => c.cluster(''), { message: 'no InfluxDB cluster configured' })
      await assert.rejects(c.query(QUERY), { message: 'no InfluxDB cluster configured' })
    })
  })

  test('make databases', async () => {
    respond = (response) => response.end('{"results":[{}]}')
    const target = { cluster: '', precision: 'ns', consistency: '' }
    await withClusters([configOf()], async (c) => {
      await c.create({ ...target, db: 'a b', rp: 'week' })
      await c.create({ ...target, db: 'd', rp: '' })
    })
    assert.deepEqual(
      asked.map((a) => a.query['q']),
      ['CREATE DATABASE "a b" WITH NAME week', 'CREATE DATABASE d'],
    )
  })

  test('are greeted beside everything else; one that does not answer is told of', async () => {
    respond = (response) => response.writeHead(204, { 'x-influxdb-version': '1.6.7' }).end()
    logs.length = 0
    await withClusters(
      [
        configOf({ name: 'a', default: true }),
        configOf({ name: 'b', urls: ['http://127.0.0.1:1'], startupTimeout: 0 }),
      ],
      (c) => c.greet(),
    )
    assert.deepEqual(logs.map((l) => l.msg.replace(/: InfluxDB at.*/, '')).sort(), [
      'connected to InfluxDB',
      'failed to connect to InfluxDB, retry limit reached',
    ])
  })
})
