// One call of an endpoint: builds the address, sends credentials, reads the answer and turns an error status into a
// ClientError. Knows no endpoint.
import type { HttpAnswer, Transport } from './http-transport.ts'

/** The server answered, but not with a success. */
export class ClientError extends Error {
  /** HTTP status. */
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.name = 'ClientError'
    this.status = status
  }
}

/** The address of a server that can't be one. */
export class BadAddress extends Error {
  override readonly name = 'BadAddress'
}

export interface ClientOptions {
  /** `http(s)://[user:password@]host:port`; what follows is passed over. `http://localhost:9092` when not given. */
  readonly url?: string
  /** In place of a user and password: sent as bearer token. */
  readonly token?: string
  /** Takes any certificate. */
  readonly unsafeSsl?: boolean
  readonly userAgent?: string
  /** Sends the requests; Node's HTTP client when not given. */
  readonly transport?: Transport
}

export type QueryValues = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>

export interface Call {
  readonly method: string
  readonly path: string
  readonly query?: QueryValues | undefined
  readonly headers?: Readonly<Record<string, string>>
  /** Text and bytes are sent as they are, anything else as JSON. */
  readonly body?: unknown
  readonly signal?: AbortSignal | undefined
}

export const DEFAULT_URL = 'http://localhost:9092'

/** A server's address and who we are there. */
export class Server {
  readonly #base: URL
  readonly #headers: Readonly<Record<string, string>>
  readonly #transport: Transport

  /** Throws BadAddress. */
  constructor(options: ClientOptions & { readonly transport: Transport }) {
    const { url = DEFAULT_URL, token, userAgent = 'KapacitorClient' } = options
    this.#base = addressOf(url)
    this.#transport = options.transport
    const authorization = token ? `Bearer ${token}` : basic(this.#base)
    this.#headers = { 'user-agent': userAgent, ...(authorization ? { authorization } : {}) }
  }

  /** Where the server is, without credentials. */
  get origin(): string {
    return this.#base.origin
  }

  /** Throws ClientError when the answer is no success. */
  async send(call: Call): Promise<HttpAnswer> {
    const url = new URL(call.path, this.#base.origin)
    for (const [name, value] of Object.entries(call.query ?? {})) {
      if (value === undefined) continue
      for (const v of Array.isArray(value) ? value : [value]) url.searchParams.append(name, String(v))
    }
    const body = call.body === undefined ? undefined : bodyText(call.body)
    const answer = await this.#transport({
      method: call.method,
      url,
      headers: { ...this.#headers, ...call.headers },
      ...(body === undefined ? {} : { body }),
      ...(call.signal ? { signal: call.signal } : {}),
    })
    if (answer.status < 200 || answer.status > 299) throw await failureOf(answer)
    return answer
  }
}

function addressOf(text: string): URL {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase() ?? ''
  if (scheme !== 'http' && scheme !== 'https')
    throw new BadAddress(`Unsupported protocol scheme: ${scheme}, your address must start with http:// or https://`)
  const url = URL.parse(text)
  if (!url) throw new BadAddress(`${JSON.stringify(text)} is no address of a server`)
  return url
}

function basic(url: URL): string | undefined {
  if (url.username === '' && url.password === '') return undefined
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`
  return `Basic ${Buffer.from(pair).toString('base64')}`
}

function bodyText(body: unknown): string | Uint8Array {
  if (typeof body === 'string' || body instanceof Uint8Array) return body
  return JSON.stringify(body, (_, v: unknown) =>
    typeof v === 'bigint' ? (JSON as unknown as { rawJSON(t: string): unknown }).rawJSON(String(v)) : v,
  )
}

async function failureOf(answer: HttpAnswer): Promise<ClientError> {
  const text = await textOf(answer)
  let message: unknown
  try {
    const json = JSON.parse(text) as { error?: unknown; message?: unknown } | null
    message = json?.error || json?.message
  } catch {
    // Not JSON: told as it is.
  }
  if (typeof message === 'string' && message !== '') return new ClientError(answer.status, message)
  return new ClientError(answer.status, `invalid response: code ${answer.status}: body: ${text.trimEnd()}`)
}

/** The whole body as text. */
export async function textOf(answer: HttpAnswer): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of answer.body) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

/** A body of JSON; undefined when there is none. Integers beyond 53 bits become bigints. */
export async function jsonOf(answer: HttpAnswer): Promise<unknown> {
  const text = await textOf(answer)
  if (text === '') return undefined
  if (!/[0-9]{16}/.test(text)) return JSON.parse(text)
  const exact = (_: string, v: unknown, context?: { source?: string }): unknown =>
    typeof v === 'number' && !Number.isSafeInteger(v) && /^-?[0-9]+$/.test(context?.source ?? '')
      ? BigInt(context!.source!)
      : v
  return JSON.parse(text, exact as Parameters<typeof JSON.parse>[1])
}

/** An id in a path: slashes stay, they are part of the ids that have them. */
export function inPath(id: string): string {
  return id.split('/').map(encodeURIComponent).join('/')
}
