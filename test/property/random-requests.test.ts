// Whatever bytes a client sends, the server answers with 2xx or 4xx or closes the connection, shows no stack trace, and a
// task beside sees no difference.
import assert from 'node:assert/strict'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { after, before, describe, it } from 'node:test'
import zlib from 'node:zlib'
import fc from 'fast-check'
import { loadConfig } from '../../src/server/config/load-config.ts'
import { Logging } from '../../src/server/log/logging.ts'
import { MemoryTarget } from '../../src/server/log/memory-target.ts'
import { type RunningServer, startServer } from '../../src/server/server.ts'
import { serverConfig } from '../server-config.ts'
import { SCRIPTS, spoiled, WRITES } from './corpus.ts'
import { type RequestParts, requestBytes, sendRaw } from './raw-http.ts'

const WITNESS = {
  id: 'witness',
  type: 'stream',
  status: 'enabled',
  dbrps: [{ db: 'witness', rp: 'rp' }],
  script: "stream|from().measurement('w')|eval(lambda: count(), lambda: \"v\").as('n', 'v')|httpOut('seen')",
}

const bytes = fc.uint8Array({ maxLength: 300 })
const textBytes = (text: fc.Arbitrary<string>): fc.Arbitrary<Uint8Array> => text.map((t) => Buffer.from(t, 'utf8'))
const anyValue = fc.jsonValue({ maxDepth: 3 })
const taskJson = fc
  .record(
    {
      id: fc.oneof(fc.string({ maxLength: 12 }), anyValue),
      type: fc.oneof(fc.constantFrom('stream', 'batch', ''), anyValue),
      dbrps: fc.oneof(fc.constant([{ db: 'fuzz', rp: 'rp' }]), anyValue),
      script: fc.oneof(spoiled(SCRIPTS), fc.string({ unit: 'binary', maxLength: 60 }), anyValue),
      vars: anyValue,
      // Nothing is started that the next case would have to stop again.
      status: fc.constantFrom('disabled', 'paused', 5, null),
      'template-id': anyValue,
    },
    { requiredKeys: [] },
  )
  .map((o) => JSON.stringify(o))
const body = fc.oneof(
  bytes,
  textBytes(spoiled(WRITES)),
  textBytes(taskJson),
  textBytes(taskJson.map((t) => t.slice(0, t.length >> 1))),
  textBytes(fc.string({ unit: 'binary', maxLength: 200 })),
  textBytes(spoiled(WRITES)).map((b) => zlib.gzipSync(b)),
  bytes.map((b) => zlib.gzipSync(b).subarray(0, 30)),
)

const token = fc.string({ unit: fc.constantFrom(..."abcXYZ019-_!#$%&'*+.^`|~"), minLength: 1, maxLength: 8 })
const headerText = fc.string({ unit: fc.constantFrom(...'abc019 ;,=/"\\\t\u00e9%-:()<>@'), maxLength: 20 })
const header = fc.oneof(
  fc.tuple(token, headerText),
  fc.tuple(
    fc.constantFrom(
      'Content-Encoding',
      'Content-Type',
      'Authorization',
      'Accept',
      'Expect',
      'Range',
      'Cookie',
      'Upgrade',
    ),
    fc.oneof(
      fc.constantFrom('gzip', 'deflate', 'identity', 'application/json', '100-continue', 'Basic Og=='),
      headerText,
    ),
  ),
  fc.tuple(
    fc.constantFrom('Content-Length', 'Transfer-Encoding', 'Host'),
    fc.constantFrom('0', '5', '-1', '9e9', 'chunked', 'x, chunked', ''),
  ),
)
const escaped = fc
  .string({ unit: fc.constantFrom(...'ab/%.?&=;+ \u00e9*[]\\'), maxLength: 12 })
  .map((t) => encodeURI(t))
const query = fc
  .array(
    fc.tuple(
      fc.constantFrom(
        'db',
        'rp',
        'precision',
        'pattern',
        'fields',
        'limit',
        'offset',
        'dot-view',
        'script-format',
        'u',
        'p',
        'x',
      ),
      fc.oneof(fc.constantFrom('fuzz', 'rp', 'ns', 's', '-1', '1e9', '%00', '%zz', 'link', ''), escaped),
    ),
    { maxLength: 4 },
  )
  .map((pairs) => (pairs.length === 0 ? '' : `?${pairs.map(([k, v]) => `${k}=${v}`).join('&')}`))

const V1 = '/kapacitor/v1'
const resource = fc.constantFrom(
  `${V1}/tasks`,
  `${V1}/templates`,
  `${V1}/recordings/stream`,
  `${V1}/recordings/batch`,
  `${V1}/replays`,
  `${V1}/alerts/topics`,
  `${V1}/alerts/topics/t/handlers`,
  `${V1}/service-tests`,
  `${V1}/config`,
  `${V1}/storage/stores`,
  `${V1}/loglevel`,
  `${V1}/ping`,
  `${V1}/debug/vars`,
  '/query',
  '',
)

function request(method: fc.Arbitrary<string>, target: fc.Arbitrary<string>): fc.Arbitrary<RequestParts> {
  return fc.record({ method, target, headers: fc.array(header, { maxLength: 3 }), body })
}

const write = request(
  fc.constant('POST'),
  fc.tuple(fc.constantFrom('/write', `${V1}/write`), query).map(([p, q]) => p + (q || '?db=fuzz&rp=rp')),
)
const define = request(
  fc.constantFrom('POST', 'PATCH'),
  fc.oneof(
    fc.constant(`${V1}/tasks`),
    escaped.map((id) => `${V1}/tasks/${id}`),
  ),
)
const anything = request(
  fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'BREW'),
  fc
    .tuple(
      resource,
      fc.oneof(
        fc.constant(''),
        escaped.map((e) => `/${e}`),
      ),
      query,
    )
    .map(([p, e, q]) => p + e + q || '/')
    // The witness itself must stay.
    .filter((t) => !t.includes('witness')),
)
const noRequest = fc.oneof(
  bytes,
  textBytes(fc.string({ unit: 'binary', maxLength: 120 })),
  define.map((r) => requestBytes(r).subarray(0, 60)),
)

describe('a server that is sent anything', { timeout: 120_000 }, () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'requests-'))
  const target = new MemoryTarget()
  let server: RunningServer
  let port = 0
  let written = 0

  before(async () => {
    const text = serverConfig(folder, { more: `[task]\ndir = "${folder}/tasks"\n` })
    const config = loadConfig({ file: { path: 'test.conf', text }, environment: {} })
    server = await startServer(config, new Logging({ target, level: 'info', format: 'logfmt' }))
    port = server.address.port
    const made = await fetch(`http://127.0.0.1:${port}${V1}/tasks`, { method: 'POST', body: JSON.stringify(WITNESS) })
    assert.equal(made.status, 200, await made.text())
  })
  after(async () => {
    await server.stop()
    fs.rmSync(folder, { recursive: true, force: true })
  })

  /** Writes a point to the witness and looks at what it has seen. */
  async function askWitness(): Promise<void> {
    written++
    const url = `http://127.0.0.1:${port}`
    const lines = `w v=${written}i ${written}`
    const wrote = await fetch(`${url}/write?db=witness&rp=rp`, { method: 'POST', body: lines })
    assert.equal(wrote.status, 204)
    const seen = (await (await fetch(`${url}${V1}/tasks/witness/seen`)).json()) as {
      series: { values: [string, number, number][] }[]
    }
    assert.deepEqual(seen.series[0]!.values[0]!.slice(1), [written, written])
  }

  async function answered(sent: Uint8Array): Promise<void> {
    const { status, text } = await sendRaw(port, sent)
    assert.ok(status < 500, text)
    assert.doesNotMatch(text, /\n\s+at .*\.[jt]s:\d+|node:internal|\/src\/server/)
  }

  const property = (what: fc.Arbitrary<RequestParts>, numRuns: number) => async (): Promise<void> => {
    const statuses = new Set<number>()
    await fc.assert(
      fc.asyncProperty(what, async (r) => {
        const { status, text } = await sendRaw(port, requestBytes(r))
        statuses.add(status)
        assert.ok(status < 500, `${status} ${text}`)
        assert.doesNotMatch(text, /\n\s+at .*\.[jt]s:\d+|node:internal|\/src\/server/)
        await askWitness()
      }),
      { numRuns },
    )
    assert.ok(statuses.size > 1, `statuses ${[...statuses]}`)
  }

  it('to be written', property(write, 150))
  it('as a task', property(define, 150))
  it('by any method to any path', property(anything, 150))

  it('that is no request', async () => {
    await fc.assert(
      fc.asyncProperty(noRequest, async (sent) => {
        await answered(sent)
        await askWitness()
      }),
      { numRuns: 80 },
    )
  })

  it('has logged nothing that nobody caught', () => {
    assert.deepEqual(
      target.lines.filter((l) => /uncaught|unhandled|stack=/.test(l)),
      [],
    )
  })
})
