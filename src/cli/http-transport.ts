// Sends one HTTP request and gives the answer as it comes in. Knows nothing of the API; follows no redirects, takes no
// proxy: the server is a neighbour.
import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http'
import { Agent as HttpsAgent, request as requestHttps } from 'node:https'

export interface HttpCall {
  readonly method: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** Ends the request, also while the answer is read. */
  readonly signal?: AbortSignal
}

export interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: AsyncIterable<Uint8Array>
}

/** Rejects when there is no answer at all; an error status is an answer. */
export type Transport = (call: HttpCall) => Promise<HttpAnswer>

/** `unsafeSsl`: takes any certificate. */
export function httpTransport(options: { readonly unsafeSsl?: boolean } = {}): Transport {
  const agents = {
    'http:': new HttpAgent({ keepAlive: true }),
    'https:': new HttpsAgent({ keepAlive: true, rejectUnauthorized: options.unsafeSsl !== true }),
  }
  return ({ method, url, headers, body, signal }) =>
    new Promise((resolve, reject) => {
      const secure = url.protocol === 'https:'
      const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
      const o = {
        method,
        headers: { ...headers, ...length },
        agent: agents[secure ? 'https:' : 'http:'],
        ...(signal ? { signal } : {}),
      }
      const answered = (answer: IncomingMessage): void =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: answer })
      const request = secure ? requestHttps(url, o, answered) : requestHttp(url, o, answered)
      request.on('error', (e) => reject(unreachable(url, e)))
      request.end(body)
    })
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there: is the server running?',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the name of the host could not be looked up',
  ECONNRESET: 'the connection was closed before the answer',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed: -skipVerify takes it all the same',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is self-signed: -skipVerify takes it all the same',
}

function unreachable(url: URL, e: Error & { code?: string; errors?: (Error & { code?: string })[] }): Error {
  if (e.name === 'AbortError') return e
  // Several addresses were tried: they come as one error without a text.
  const first = e.errors?.[0] ?? e
  const why = REASONS[first.code ?? ''] ?? (first.message || String(first))
  return new Error(`can't reach ${url.protocol}//${url.host}: ${why}`, { cause: e })
}
