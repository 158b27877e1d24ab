// Takes the connections of HTTP clients, over TLS if there is a certificate, under limits that keep any client from holding
// what others need. Counts whom it turns away. Knows nothing of what requests are about.
import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { Socket } from 'node:net'
import type { ServerCertificate } from '../http/server-certificate.ts'
import { listenOnSocket, type UnixSocketSettings } from '../http/unix-socket.ts'
import { API_VERSION } from '../version.ts'
import { errorText, JSON_TYPE } from './front.ts'

/** 0 is no limit. */
export interface ListenerLimits {
  /** Open at once. */
  readonly maxConnections: number
  readonly maxHeaderBytes: number
  /** From the connection, or the end of the request before, to the end of the headers; never more than a whole request may take. */
  readonly headersTimeoutMs: number
  /** From the first byte of a request to its last. */
  readonly requestTimeoutMs: number
  /** Between two requests. */
  readonly keepAliveMs: number
}

export const DEFAULT_LIMITS: ListenerLimits = {
  maxConnections: 10_000,
  maxHeaderBytes: 64 * 1024,
  headersTimeoutMs: 30_000,
  requestTimeoutMs: 300_000,
  keepAliveMs: 120_000,
}

/** Between two looks for requests that take too long. */
const MIN_CHECK_MS = 10
const MAX_CHECK_MS = 5_000

/** Counts since the start; `connections` are those that are open now. */
export interface ListenerCounts {
  readonly connections: number
  readonly connections_refused: number
  readonly slow_requests_ended: number
  readonly headers_refused: number
  readonly malformed_requests: number
  readonly bodies_refused: number
  readonly handshakes_failed: number
  /** Until the certificate ends; negative when it has. */
  readonly certificate_seconds_left?: number
}

type Front = (request: IncomingMessage, response: ServerResponse) => void

export class Listener {
  readonly #limits: ListenerLimits
  readonly certificate: ServerCertificate | undefined
  #front: Front | undefined
  #socket: Server | undefined
  #open = 0
  #refused = 0
  #slow = 0
  #bigHeaders = 0
  #malformed = 0
  #bodies = 0
  #handshakes = 0

  /** With a certificate it speaks TLS only. */
  constructor(limits: ListenerLimits = DEFAULT_LIMITS, certificate?: ServerCertificate) {
    this.#limits = limits
    this.certificate = certificate
  }

  /** A server that does not listen yet. Whoever makes it gives its `clientError` events to `answerBroken`. */
  create(front: Front): Server {
    this.#front = front
    const { certificate } = this
    if (!certificate) return this.#limited(createServer(this.#options(), front))
    const options = this.#options()
    const handshakeTimeout = options.headersTimeout || DEFAULT_LIMITS.headersTimeoutMs
    const server = createSecureServer({ ...options, ...certificate.options, handshakeTimeout }, front)
    // Before it becomes a `clientError`: over what is no connection yet nothing can be answered.
    server.prependListener('tlsClientError', (_e, socket) => {
      this.#handshakes++
      socket.destroy()
    })
    certificate.keepFresh(server)
    return this.#limited(server)
  }

  /** Also takes requests at a socket in the file system, without TLS. Rejects with a Fault. */
  async openSocket(settings: UnixSocketSettings): Promise<void> {
    this.#socket = this.#limited(createServer(this.#options(), this.#front))
    this.#socket.on('clientError', this.answerBroken)
    await listenOnSocket(this.#socket, settings)
  }

  /** Takes no more requests at that socket, and resolves when those under way are answered. */
  async closeSocket(): Promise<void> {
    const socket = this.#socket
    if (!socket?.listening) return
    await new Promise((resolve) => socket.close(resolve))
  }

  /** Ends the connections to that socket that wait for a request. */
  closeIdle(): void {
    this.#socket?.closeIdleConnections()
  }

  /** Ends what is under way at that socket. */
  cutSocket(): void {
    this.#socket?.closeAllConnections()
  }

  #options(): ServerOptions {
    const { headersTimeoutMs, requestTimeoutMs } = this.#limits
    const headersTimeout = Math.min(headersTimeoutMs || requestTimeoutMs, requestTimeoutMs || headersTimeoutMs)
    return {
      headersTimeout,
      requestTimeout: requestTimeoutMs,
      keepAliveTimeout: this.#limits.keepAliveMs,
      connectionsCheckingInterval: Math.max(MIN_CHECK_MS, Math.min(MAX_CHECK_MS, headersTimeout / 2 || MAX_CHECK_MS)),
      maxHeaderSize: this.#limits.maxHeaderBytes,
      noDelay: true,
    }
  }

  #limited<S extends Server>(server: S): S {
    if (this.#limits.maxConnections > 0) server.maxConnections = this.#limits.maxConnections
    server.on('drop', () => this.#refused++)
    server.on('connection', (socket: Socket) => {
      this.#open++
      socket.once('close', () => this.#open--)
    })
    server.on('connect', (_request, socket: Socket) => socket.end(rawAnswer(404, 'Not Found', 'Not Found')))
    return server
  }

  /** Answers what is no HTTP request, when nothing has been answered yet. */
  readonly answerBroken = (e: Error & { code?: string }, socket: Socket): void => {
    if (socket.destroyed) return
    if (e.code === 'ERR_HTTP_REQUEST_TIMEOUT') this.#slow++
    else if (e.code === 'HPE_HEADER_OVERFLOW') this.#bigHeaders++
    else if (!LEFT.has(e.code ?? '')) this.#malformed++
    if (e.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy()
      return
    }
    const [status, reason, message] = BROKEN[e.code ?? ''] ?? [400, 'Bad Request', 'malformed HTTP request']
    socket.end(rawAnswer(status, reason, message))
  }

  /** A request's body was turned away for its size, or for what others are sending. */
  bodyRefused(): void {
    this.#bodies++
  }

  counts(): ListenerCounts {
    return {
      connections: this.#open,
      connections_refused: this.#refused,
      slow_requests_ended: this.#slow,
      headers_refused: this.#bigHeaders,
      malformed_requests: this.#malformed,
      bodies_refused: this.#bodies,
      handshakes_failed: this.#handshakes,
      ...(this.certificate && { certificate_seconds_left: this.certificate.secondsLeft }),
    }
  }
}

/** The client has gone in the middle of a request. */
const LEFT = new Set(['ECONNRESET', 'EPIPE', 'HPE_INVALID_EOF_STATE'])

const BROKEN: Readonly<Record<string, readonly [number, string, string]>> = {
  HPE_INVALID_METHOD: [404, 'Not Found', 'Not Found'],
  HPE_HEADER_OVERFLOW: [431, 'Request Header Fields Too Large', 'request header fields too large'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout', 'the request took too long'],
}

function rawAnswer(status: number, reason: string, message: string): string {
  const body = errorText(message)
  const length = Buffer.byteLength(body)
  const head = [
    `HTTP/1.1 ${status} ${reason}`,
    `X-Kapacitor-Version: ${API_VERSION}`,
    `Content-Type: ${JSON_TYPE}`,
    `Content-Length: ${length}`,
    'Connection: close',
  ]
  return `${head.join('\r\n')}\r\n\r\n${body}`
}
