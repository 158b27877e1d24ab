// The HTTP application: registers the routes in Fastify, turns their replies and Faults into responses, and describes
// them. Knows nothing of what the routes do.

import type { IncomingMessage } from 'node:http'
import { pipeline } from 'node:stream'
import { promisify } from 'node:util'
import { createGzip, gzip, gzipSync } from 'node:zlib'
import swagger from '@fastify/swagger'
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify'
import { Fault, messageOf } from '../../base/fault.ts'
import { goJson, type Writable } from '../../base/json-writer.ts'
import type { Logger } from '../../base/logger.ts'
import type { BodyWatcher } from '../http/early-lines.ts'
import { type BodyLimits, BodyReader } from '../http/read-body.ts'
import { redactQuery } from '../log/redact.ts'
import { type AccessLog, logRequest } from './access-log.ts'
import type { Authorization } from './authorize.ts'
import { BodyDecoder } from './decode-body.ts'
import { createFront, errorText, JSON_TYPE } from './front.ts'
import { Listener } from './listener.ts'
import { Query } from './query.ts'
import type { ApiReply, ApiRequest, Route, StreamReply } from './route.ts'
import type { ApiInfo, Services } from './services.ts'

export interface AppOptions {
  readonly routes: readonly Route[]
  readonly services: Omit<Services, 'api'>
  readonly apiVersion: string
  readonly version: string
  readonly logger: Logger
  readonly limits: BodyLimits
  /** Without TLS and with the usual limits when not given. */
  readonly listener?: Listener
  /** Of pages in browsers that may send requests; every one when not given. */
  readonly origins?: ReadonlySet<string> | undefined
  /** One line per request; undefined for none. */
  readonly accessLog: AccessLog | undefined
  /** Undefined: everybody may do everything. */
  readonly authorization?: Authorization | undefined
  /** Told of every answer of a route. */
  readonly answered?: (status: number) => void
}

/** Smaller answers are packed at once. */
const PACK_AT_ONCE = 64 * 1024
/** A silent connection with a stream on it is asked so often whether it is still there. */
const KEEP_ALIVE_MS = 60_000
const EMPTY = Buffer.alloc(0)

const gzipLater = promisify(gzip)

/** The application, ready to listen. */
export async function createApp(o: AppOptions): Promise<FastifyInstance> {
  const { listener = new Listener() } = o
  const app = fastify({
    logger: false,
    exposeHeadRoutes: false,
    return503OnClosing: false,
    forceCloseConnections: false,
    routerOptions: { maxParamLength: 100_000, querystringParser: (text) => new Query(text) as never },
    requestIdHeader: false,
    frameworkErrors: (e, _request, reply) => void fail(o.logger, reply, e),
    clientErrorHandler: listener.answerBroken,
    serverFactory: (next) => listener.create(createFront({ ...o, next: next as never })),
  })
  const bodies = new BodyReader(o.limits)
  // Not in a WeakMap: minor collections take its values for alive, and with each the points of a body.
  app.decorateRequest('watcher')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (request, payload, done) => {
    const { watch } = request.routeOptions.config as Partial<RouteConfig>
    const watcher = watch?.({ query: request.query as Query, headers: request.headers })
    request.watcher = watcher
    bodies.read(payload as IncomingMessage, done, watcher)
  })
  app.setSerializerCompiler(() => (value) => goJson(value as Writable))
  app.setValidatorCompiler(() => () => true)
  app.setNotFoundHandler((_request, reply) => void send(reply, 404, errorText('Not Found')))
  app.setErrorHandler((e, _request, reply) => void fail(o.logger, reply, e))
  const { accessLog, answered, authorization } = o
  if (accessLog || answered) {
    app.addHook('onResponse', (request, reply, done) => {
      answered?.(reply.statusCode)
      if (accessLog) logRequest(accessLog, request, reply, authorization?.userOf(request)?.name)
      done()
    })
  }
  await app.register(swagger, {
    openapi: { openapi: '3.1.0', info: { title: 'Supercap', version: o.version } },
    transform: ({ schema, url, route }) => ({ schema, url: (route.config as RouteConfig | undefined)?.shown ?? url }),
  })
  const routes = o.routes.filter((r) => r.served?.(o.services) !== false)
  const services: Services = { ...o.services, api: describe(app, routes) }
  for (const route of routes) register(app, route, services, bodies, o)
  await app.ready()
  return app
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Who watches the body, if anybody does. */
    watcher: BodyWatcher | undefined
  }
}

interface RouteConfig {
  readonly shown: string
  readonly watch: ((request: Parameters<NonNullable<Route['watch']>>[1]) => BodyWatcher | undefined) | undefined
}

function register(
  app: FastifyInstance,
  route: Route,
  services: Services,
  bodies: BodyReader,
  { logger, authorization }: AppOptions,
): void {
  const decoder = route.bodyKind === 'json' && route.body ? new BodyDecoder(route.body) : undefined
  const shown = (route.shownPath ?? route.path).replaceAll('{', ':').replaceAll('}', '')
  const authorize = authorization?.hook(route, send)
  app.route({
    method: [...route.methods],
    url: route.path.replace('/:', '/::'),
    config: { shown, watch: route.watch && ((r) => route.watch?.(services, r)) } satisfies RouteConfig as never,
    schema: {
      summary: route.summary,
      tags: [route.tag],
      hide: route.hidden === true,
      ...(route.query ? { querystring: route.query } : {}),
      ...(route.body ? { body: route.body } : {}),
      response: route.replies,
    } as never,
    ...(authorize ? { onRequest: authorize } : {}),
    handler: (request, reply) => {
      try {
        const body = bodyOf(route, decoder, request)
        const answer = route.handle(services, {
          uri: authorization ? redactQuery(request.raw.url ?? '') : (request.raw.url ?? ''),
          query: request.query as Query,
          rest: (request.params as { '*'?: string })['*'] ?? '',
          body,
          release: () => bodies.release(body as Buffer),
          headers: request.headers,
          watcher: request.watcher,
          user: authorization?.userOf(request),
        } satisfies ApiRequest<unknown>)
        if (answer instanceof Promise) {
          answer.then(
            (a) => sendReply(reply, a),
            (e: unknown) => fail(logger, reply, e),
          )
        } else sendReply(reply, answer)
      } catch (e) {
        fail(logger, reply, e)
      }
    },
  })
}

function bodyOf(route: Route, decoder: BodyDecoder | undefined, request: FastifyRequest): unknown {
  if (route.bodyKind === 'none') return undefined
  const bytes = (request.body as Buffer | undefined) ?? EMPTY
  if (!decoder) return bytes
  const decoded = decoder.decode(bytes)
  if ('value' in decoded) return decoded.value
  throw new Fault('bad-body', route.badBody?.(decoded.reason) ?? decoded.reason, { status: 400 })
}

function sendReply(reply: FastifyReply, answer: ApiReply): void {
  if (answer.stream) sendStream(reply, answer.stream)
  else if (answer.text === undefined) reply.code(answer.status).send()
  else void send(reply, answer.status, answer.text, answer.type)
}

function sendStream(reply: FastifyReply, { stream, type, name, bytes, packed = false }: StreamReply): void {
  const pack = packed && reply.raw.getHeader('content-encoding') === 'gzip'
  if (!pack) reply.raw.removeHeader('content-encoding')
  reply.code(200).header('content-type', type ?? 'application/octet-stream')
  if (name !== undefined) reply.header('content-disposition', `attachment; filename="${name}"`)
  if (bytes !== undefined) reply.header('content-length', bytes)
  // Whoever broke off knows; the pipeline has ended both sides then.
  reply.send(pack ? pipeline(stream, createGzip(), () => {}) : stream)
  // The first bit may be long in coming, and so may the word that the client is gone.
  reply.raw.flushHeaders()
  reply.raw.socket?.setKeepAlive(true, KEEP_ALIVE_MS)
}

/** Sends text, packed when the front has announced so. */
async function send(reply: FastifyReply, status: number, text: string, type = JSON_TYPE): Promise<void> {
  const packed = reply.raw.getHeader('content-encoding') === 'gzip'
  const body = packed ? (text.length <= PACK_AT_ONCE ? gzipSync(text) : await gzipLater(text)) : text
  reply.code(status).header('content-type', type).send(body)
}

function fail(logger: Logger, reply: FastifyReply, e: unknown): void {
  const status = statusOf(e)
  if (status === 503) reply.header('retry-after', '5')
  if (status >= 500 && !(e instanceof Fault)) {
    logger.error('a request failed', { err: messageOf(e), stack: e instanceof Error ? e.stack : undefined })
  }
  void send(reply, status, errorText(messageOf(e)))
}

function statusOf(e: unknown): number {
  if (e instanceof Fault) return e.status
  const status = (e as { statusCode?: unknown } | null)?.statusCode
  return typeof status === 'number' && status >= 400 && status < 600 ? status : 500
}

function describe(app: FastifyInstance, routes: readonly Route[]): ApiInfo {
  let document: string | undefined
  return {
    routes() {
      const all = new Map<string, string[]>()
      for (const r of routes) {
        const path = r.path.replace('*', '')
        all.set(path, [...(all.get(path) ?? []), ...r.methods])
      }
      return all
    },
    openapi: () => (document ??= goJson(app.swagger() as unknown as Writable)),
  }
}
