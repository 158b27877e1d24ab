// Requests to the outside: one pool of connections, bounded answers, the proxies of the environment. Redirects are
// followed. Knows nothing of who asks.
import type { Readable } from 'node:stream'
import type { HandlerTls, IoRequest } from '../../alert/io/handler-io.ts'
import { type LoadedTls, TlsFiles } from '../../alert/io/tls-files.ts'
import { Fault } from '../../base/fault.ts'
import { redactUrl } from '../../base/redact-url.ts'
import type { HttpReply, HttpRequest } from '../../flow/world.ts'
import { type BlockedAddresses, isBlocked } from './blocked-addresses.ts'
import { connectionReason, isLocalHost } from './outside.ts'
import { type Dispatcher, undici } from './undici.ts'

/** Longer answers are cut. */
const MAX_REPLY_BYTES = 64 * 1024
const MAX_REDIRECTS = 10
const CONNECTIONS_PER_HOST = 64
/** Ways of securing connections that are kept ready. */
const MAX_SECURED = 64

const POOL = { connections: CONNECTIONS_PER_HOST, keepAliveTimeout: 30_000, connect: { timeout: 30_000 } }

export type OutgoingRequest = HttpRequest & Pick<IoRequest, 'tls' | 'isPathSecret'>

type Library = Awaited<ReturnType<typeof undici>>

export class HttpClient {
  /** For this machine, and for all others. */
  #open: { readonly direct: Dispatcher; readonly proxied: Dispatcher } | undefined
  /** Connections with certificates of their own, by what secures them. */
  readonly #secured = new Map<string, Dispatcher>()
  readonly #tlsFiles = new TlsFiles()
  readonly #userAgent: string

  readonly #blocked: BlockedAddresses | undefined

  /** `blocked`: where nothing may be sent. */
  constructor(userAgent: string, blocked?: BlockedAddresses) {
    this.#blocked = blocked
    this.#userAgent = userAgent
  }

  /** Any answer resolves. Rejects with a Fault: retryable when nobody answered, final when there is no such address. */
  async send(r: OutgoingRequest, maxReplyBytes = MAX_REPLY_BYTES): Promise<HttpReply> {
    const url = addressOf(r)
    const library = await undici()
    const dispatcher = await this.#dispatcher(library, url, r.tls)
    const timeout = AbortSignal.timeout(Math.max(1, Math.ceil(r.timeoutMs)))
    try {
      const reply = await library.request(url, {
        method: r.method,
        headers: { 'user-agent': this.#userAgent, ...signedIn(url, r.headers), ...r.headers },
        body: r.body === '' && r.method === 'GET' ? null : r.body,
        signal: r.signal ? AbortSignal.any([timeout, r.signal]) : timeout,
        dispatcher,
        headersTimeout: 0,
        bodyTimeout: 0,
      })
      return {
        status: reply.statusCode,
        headers: oneLine(reply.headers),
        body: await bounded(reply.body, maxReplyBytes),
      }
    } catch (e) {
      const reason = timeout.aborted ? `no answer within ${r.timeoutMs / 1000} s` : connectionReason(e)
      const where = r.isPathSecret ? url.origin : `${url.origin}${url.pathname}`
      throw new Fault('http-failed', `${r.method} ${where}: ${reason}`, {
        retry: !isBlocked(e),
        cause: e,
      })
    }
  }

  async close(): Promise<void> {
    const open = this.#open ? [this.#open.direct, this.#open.proxied] : []
    await Promise.allSettled([...open, ...this.#secured.values()].map((d) => d.destroy()))
  }

  async #dispatcher(library: Library, url: URL, tls: HandlerTls | undefined): Promise<Dispatcher> {
    // Nobody proxies what is on this machine.
    const isLocal = isLocalHost(url.hostname)
    const secured = tls && (await this.#tlsFiles.load(tls))
    if (!secured) {
      this.#open ??= { direct: this.#agent(library, true), proxied: this.#agent(library, false) }
      return isLocal ? this.#open.direct : this.#open.proxied
    }
    const key = `${isLocal} ${secured.key}`
    const known = this.#secured.get(key)
    if (known) return known
    const { options } = secured
    const dispatcher = this.#agent(library, isLocal, options)
    this.#secured.set(key, dispatcher)
    this.#letGoOfOldest()
    return dispatcher
  }

  #agent(library: Library, isLocal: boolean, tls?: LoadedTls['options']): Dispatcher {
    const follow = library.interceptors.redirect({ maxRedirections: MAX_REDIRECTS })
    const options = { ...POOL.connect, ...tls }
    const connect = this.#blocked?.connector(library.buildConnector, options) ?? options
    if (isLocal) return new library.Agent({ ...POOL, connect }).compose(follow)
    const agent = new library.EnvHttpProxyAgent({ ...POOL, connect, ...(tls ? { requestTls: tls } : {}) })
    return this.#blocked ? agent.compose(this.#blocked.interceptor, follow) : agent.compose(follow)
  }

  /** Certificates that were replaced leave their connections behind. */
  #letGoOfOldest(): void {
    if (this.#secured.size <= MAX_SECURED) return
    const [key, oldest] = this.#secured.entries().next().value!
    this.#secured.delete(key)
    void oldest.close()
  }
}

function addressOf({ url: text, isPathSecret }: OutgoingRequest): URL {
  const url = URL.parse(text)
  if (url && (url.protocol === 'http:' || url.protocol === 'https:')) return url
  throw new Fault(
    'bad-url',
    `${isPathSecret ? 'the configured address' : JSON.stringify(redactUrl(text, true))} is no http address`,
    { retry: false },
  )
}

/** User and password of a URL, sent as basic credentials unless the request brings others. */
function signedIn({ username, password }: URL, headers: HttpRequest['headers']): Readonly<Record<string, string>> {
  if (username === '' && password === '') return {}
  if (Object.keys(headers).some((name) => name.toLowerCase() === 'authorization')) return {}
  const pair = `${unescaped(username)}:${unescaped(password)}`
  return { authorization: `Basic ${Buffer.from(pair, 'utf8').toString('base64')}` }
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function oneLine(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const out: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers))
    if (value !== undefined) out[name] = Array.isArray(value) ? value.join(', ') : value
  return out
}

function bounded(body: Readable, max: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = []
    let size = 0
    const done = (): void => resolve(Buffer.concat(chunks).subarray(0, max).toString('utf8'))
    body.on('data', (chunk: Uint8Array) => {
      chunks.push(chunk)
      size += chunk.length
      if (size < max) return
      done()
      // Lets go of the connection.
      body.destroy()
    })
    body.on('end', done).on('error', reject)
  })
}
