// One InfluxDB cluster: requests to its addresses in turn, with credentials, TLS and time limits; queries decoded as they
// come, writes packed. Knows nothing of tasks, and never tries anything twice.
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { Fault, messageOf } from '../../base/fault.ts'
import { AnnotatedCsvDecoder } from '../../base/influxdb/annotated-csv.ts'
import { JsonResultDecoder } from '../../base/influxdb/json-results.ts'
import type { ResultDecoder, ResultSink } from '../../base/influxdb/result-sink.ts'
import { redactUrl } from '../../base/redact-url.ts'
import type { SectionValue } from '../config/section.ts'
import type { influxdb } from '../config/sections/influxdb.ts'
import { connectionReason, isLocalHost } from '../http/outside.ts'
import { type Dispatcher, undici } from '../http/undici.ts'
import { type ResultRow, RowList } from './row-list.ts'
import { sharedSecretToken } from './shared-secret-token.ts'

export type InfluxConfig = SectionValue<typeof influxdb>[number]

export interface ClientOptions {
  readonly userAgent: string
  /** `[http] shared-secret`. */
  readonly sharedSecret: string
}

export interface WriteRequest {
  readonly db: string
  readonly rp: string
  readonly precision: string
  readonly consistency: string
  readonly lines: string
}

type Params = Readonly<Record<string, string>>
/** What a sink takes in is let out of memory now and then. */
export type SettlingSink = ResultSink & { settle(): Promise<void> }

/** Rows of one part of an answer. */
const CHUNK_ROWS = '10000'
/** Longer queries go into the body: addresses have bounds. */
const MAX_QUERY_IN_URL = 4_000
const MAX_ERROR_BYTES = 64 * 1024
const CONNECT_MS = 30_000
const PING_MS = 10_000

const packed = promisify(gzip)

export class InfluxClient {
  readonly name: string
  readonly #config: InfluxConfig
  readonly #o: ClientOptions
  readonly #tls: ReturnType<typeof tlsOf>
  /** For this machine, and for all others. */
  #open: { readonly direct: Dispatcher; readonly proxied: Dispatcher } | undefined
  readonly #urls: readonly URL[]
  #turn = 0

  /** Throws a Fault when the configuration can't be used. */
  constructor(config: InfluxConfig, o: ClientOptions) {
    this.name = config.name
    this.#config = config
    this.#o = o
    this.#urls = config.urls.map(addressOf)
    this.#tls = tlsOf(config)
  }

  #agents(library: Awaited<ReturnType<typeof undici>>): { readonly direct: Dispatcher; readonly proxied: Dispatcher } {
    const connect = { timeout: CONNECT_MS, ...this.#tls }
    const options = { keepAliveTimeout: 30_000, connect }
    this.#open ??= {
      direct: new library.Agent(options),
      proxied: new library.EnvHttpProxyAgent({ ...options, requestTls: connect }),
    }
    return this.#open
  }

  /** The version that the server tells. Rejects with a Fault. */
  async ping(): Promise<string> {
    const reply = await this.#send('GET', '/ping', {}, { timeoutMs: PING_MS })
    const header = reply.headers['x-influxdb-version']
    const text = await textOf(reply.body)
    if (typeof header === 'string') return header
    try {
      return String((JSON.parse(text) as { version?: unknown }).version ?? '')
    } catch {
      return ''
    }
  }

  /** Runs an InfluxQL query; its rows go to the sink as they come. Rejects with a Fault when any part of it failed. */
  async query(text: string, sink: SettlingSink, signal?: AbortSignal): Promise<void> {
    const params: Record<string, string> = { epoch: 'ns', chunked: 'true', chunk_size: CHUNK_ROWS }
    const long = text.length > MAX_QUERY_IN_URL
    if (!long) params['q'] = text
    const reply = await this.#send('POST', '/query', params, {
      body: long ? new URLSearchParams({ q: text }).toString() : '',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      signal,
    })
    await decode(reply, new JsonResultDecoder(sink), sink)
  }

  /** Runs a statement whose answer is small: databases, subscriptions. Rejects with a Fault. */
  async rows(text: string, signal?: AbortSignal): Promise<readonly ResultRow[]> {
    const sink = new RowList()
    await this.query(text, sink, signal)
    return sink.rows
  }

  /** Runs a Flux query; its rows go to the sink as they come. Rejects with a Fault when any part of it failed. */
  async flux(
    text: string,
    o: { readonly org: string; readonly orgId: string; readonly now: string },
    sink: SettlingSink,
    signal?: AbortSignal,
  ): Promise<void> {
    const params: Record<string, string> = {}
    if (o.org !== '') params['org'] = o.org
    if (o.orgId !== '') params['orgID'] = o.orgId
    const dialect = { annotations: ['datatype', 'group', 'default'], header: true, delimiter: ',' }
    const reply = await this.#send('POST', '/api/v2/query', params, {
      body: JSON.stringify({ query: text, type: 'flux', now: o.now, dialect }),
      headers: { 'content-type': 'application/json', accept: 'application/csv' },
      signal,
    })
    await decode(reply, new AnnotatedCsvDecoder(sink), sink)
  }

  /** Writes lines. Rejects with a Fault; its status is InfluxDB's own when there was an answer. */
  async write({ db, rp, precision, consistency, lines }: WriteRequest, signal?: AbortSignal): Promise<void> {
    const params: Record<string, string> = { db, rp, precision }
    if (consistency !== '') params['consistency'] = consistency
    const zip = this.#config.compression === 'gzip'
    const reply = await this.#send('POST', '/write', params, {
      body: zip ? await packed(lines) : lines,
      headers: { 'content-type': 'text/plain; charset=utf-8', ...(zip ? { 'content-encoding': 'gzip' } : {}) },
      signal,
    })
    await reply.body.dump()
  }

  /** Takes no more requests; those under way may end. */
  async retire(): Promise<void> {
    await Promise.allSettled([this.#open?.direct.close(), this.#open?.proxied.close()])
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.#open?.direct.destroy(), this.#open?.proxied.destroy()])
  }

  async #send(
    method: 'GET' | 'POST',
    path: string,
    params: Params,
    o: {
      readonly body?: string | Uint8Array
      readonly headers?: Params
      readonly signal?: AbortSignal | undefined
      readonly timeoutMs?: number
    },
  ): Promise<Dispatcher.ResponseData> {
    const base = this.#urls[this.#turn++ % this.#urls.length]!
    const url = new URL(base.pathname.replace(/\/$/, '') + path, base)
    url.search = new URLSearchParams(params).toString()
    const limit = o.timeoutMs ?? Number(this.#config.timeout) / 1e6
    const timeout = limit > 0 ? AbortSignal.timeout(Math.ceil(limit)) : undefined
    const signals = [o.signal, timeout].filter((s) => s !== undefined)
    const library = await undici()
    const { direct, proxied } = this.#agents(library)
    let reply: Dispatcher.ResponseData
    try {
      reply = await library.request(url, {
        method,
        headers: { 'user-agent': this.#o.userAgent, ...this.#credentials(), ...o.headers },
        body: o.body ?? null,
        signal: signals.length === 0 ? null : AbortSignal.any(signals),
        // Nobody proxies what is on this machine.
        dispatcher: isLocalHost(url.hostname) ? direct : proxied,
      })
    } catch (e) {
      const why = timeout?.aborted ? `no answer within ${limit / 1000} s` : connectionReason(e)
      throw new Fault('influx-unreachable', `InfluxDB at ${url.origin}: ${why}`, { retry: true, cause: e })
    }
    if (reply.statusCode >= 200 && reply.statusCode < 300) return reply
    throw await refusal(reply)
  }

  #credentials(): Params {
    const { token, username, password, httpSharedSecret } = this.#config
    if (token !== '') return { authorization: `Token ${token}` }
    if (httpSharedSecret) {
      const nowSec = Math.floor(Date.now() / 1000)
      return { authorization: `Bearer ${sharedSecretToken(username, this.#o.sharedSecret, nowSec)}` }
    }
    if (username === '') return {}
    return { authorization: `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}` }
  }
}

async function decode(reply: Dispatcher.ResponseData, decoder: ResultDecoder, sink: SettlingSink): Promise<void> {
  const chunks = reply.body[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>
  for (;;) {
    let next: IteratorResult<Uint8Array>
    try {
      next = await chunks.next()
    } catch (e) {
      throw new Fault('influx-broken', `InfluxDB's answer broke off: ${connectionReason(e)}`, { retry: true, cause: e })
    }
    if (next.done) break
    try {
      decoder.push(next.value)
      await sink.settle()
    } catch (e) {
      // The rest of the answer is of no use.
      reply.body.destroy()
      throw e
    }
  }
  decoder.end()
}

/** An answer that is none of success: with InfluxDB's own words, and whether the same request may work later. */
async function refusal(reply: Dispatcher.ResponseData): Promise<Fault> {
  const text = await textOf(reply.body).catch(() => '')
  let message = text.trim()
  try {
    const { error, message: said } = JSON.parse(text) as { error?: unknown; message?: unknown }
    message = String(error ?? said ?? message)
  } catch {
    // Not JSON: the text itself says it.
  }
  const status = reply.statusCode
  const retry = status >= 500 || status === 429 || status === 408
  return new Fault('influx-refused', message === '' ? `InfluxDB answered with status ${status}` : message, {
    status,
    retry,
  })
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of body) {
    parts.push(part)
    size += part.length
    if (size >= MAX_ERROR_BYTES) break
  }
  return Buffer.concat(parts).subarray(0, MAX_ERROR_BYTES).toString('utf8')
}

function addressOf(text: string): URL {
  const url = URL.parse(text)
  if (url && (url.protocol === 'http:' || url.protocol === 'https:')) return url
  throw new Fault('config-invalid', `influxdb: ${JSON.stringify(redactUrl(text))} is no http address`)
}

function tlsOf({ sslCa, sslCert, sslKey, insecureSkipVerify }: InfluxConfig): Record<string, unknown> {
  const read = (file: string): Buffer => {
    try {
      return readFileSync(file)
    } catch (e) {
      throw new Fault('config-invalid', `influxdb: can't read ${file}: ${messageOf(e)}`, { cause: e })
    }
  }
  return {
    ...(sslCa === '' ? {} : { ca: read(sslCa) }),
    ...(sslCert === '' ? {} : { cert: read(sslCert), key: read(sslKey) }),
    ...(insecureSkipVerify ? { rejectUnauthorized: false } : {}),
  }
}
