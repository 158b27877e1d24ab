// Where the server's API is reached: makes the listener that the configuration asks for, binds its address, and closes it
// in order. Knows nothing of routes.
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { Fault, messageOf } from '../base/fault.ts'
import type { Int } from '../base/int64.ts'
import type { Logger } from '../base/logger.ts'
import { Listener } from './api/listener.ts'
import { splitBindAddress, unixSocket } from './config/sections/server.ts'
import type { ServerValues } from './config/sections/server-sections.ts'
import type { BodyLimits } from './http/read-body.ts'
import { ServerCertificate } from './http/server-certificate.ts'
import { tlsOptions } from './http/tls-settings.ts'

/** Bodies under way at once, as a multiple of the largest one. */
const PENDING_BODIES = 8
const NS_PER_MS = 1e6

export interface BoundAddress {
  readonly host: string
  readonly port: number
}

/** Throws a Fault when the certificate can't be used. */
export function makeListener({ http, tls }: Pick<ServerValues, 'http' | 'tls'>, logger: Logger): Listener {
  const limits = {
    maxConnections: http.maxConnectionLimit,
    maxHeaderBytes: Number(http.maxHeaderSize),
    headersTimeoutMs: msOf(http.headerTimeout),
    requestTimeoutMs: msOf(http.requestTimeout),
    keepAliveMs: msOf(http.keepAliveTimeout),
  }
  if (!http.httpsEnabled) return new Listener(limits)
  const files = { certificate: http.httpsCertificate, privateKey: http.httpsPrivateKey }
  return new Listener(limits, new ServerCertificate(files, tlsOptions(tls), logger))
}

/** Whole milliseconds; 0 stays what it is. */
function msOf(ns: Int): number {
  return Math.ceil(Number(ns) / NS_PER_MS)
}

/** What bodies may take; the listener counts those that are refused. */
export function bodyLimits({ http }: Pick<ServerValues, 'http'>, listener: Listener): BodyLimits {
  const maxBodyBytes = Number(http.maxBodySize)
  const maxPendingBytes = Number(http.maxPendingBodySize) || PENDING_BODIES * maxBodyBytes
  return { maxBodyBytes, maxPendingBytes, onRefused: () => listener.bodyRefused() }
}

/** Whose pages may send requests; undefined: everybody's. */
export function allowedOrigins({ http }: Pick<ServerValues, 'http'>): ReadonlySet<string> | undefined {
  return http.allowedOrigins.length === 0 ? undefined : new Set(http.allowedOrigins)
}

/** The server's API as others reach it: `https://host:9092/kapacitor/v1`. */
export function serverUrl({ http, root }: Pick<ServerValues, 'http' | 'root'>): string {
  const scheme = http.httpsEnabled ? 'https' : 'http'
  return `${scheme}://${root.hostname}:${splitBindAddress(http.bindAddress)?.port ?? 0}/kapacitor/v1`
}

/** Opens all that the configuration asks for. Rejects with a Fault that says what is in the way. */
export async function listen(
  app: FastifyInstance,
  listener: Listener,
  http: ServerValues['http'],
): Promise<BoundAddress> {
  const address = await bind(app, http.bindAddress)
  if (http.unixSocketEnabled) await listener.openSocket(unixSocket(http))
  return address
}

async function bind(app: FastifyInstance, bindAddress: string): Promise<BoundAddress> {
  const { host, port } = splitBindAddress(bindAddress) ?? { host: '', port: 0 }
  try {
    await app.listen({ host: host === '' ? '::' : host, port })
  } catch (e) {
    // Machines without IPv6 listen on all of IPv4.
    if (host === '' && (e as { code?: string }).code === 'EAFNOSUPPORT') await app.listen({ host: '0.0.0.0', port })
    else throw listenFault(e, bindAddress)
  }
  const bound = app.server.address() as AddressInfo
  return { host: bound.address, port: bound.port }
}

function listenFault(e: unknown, bindAddress: string): Fault {
  const code = (e as { code?: string }).code
  const why =
    code === 'EADDRINUSE'
      ? 'the port is in use: stop what listens there, or choose another with [http] bind-address'
      : code === 'EACCES'
        ? 'this user may not listen there: choose another port with [http] bind-address'
        : messageOf(e)
  return new Fault('listen-failed', `can't listen on ${bindAddress}: ${why}`, { cause: e })
}

export function shownAddress(a: BoundAddress, isSecure: boolean): string {
  return `${isSecure ? 'https' : 'http'}://${a.host.includes(':') ? `[${a.host}]` : a.host}:${a.port}`
}

/** Between two looks for connections that have become idle while the server ends. */
const SWEEP_MS = 20

/** Takes no new connections, lets open requests finish, then ends what is left. */
export async function closeApp(app: FastifyInstance, listener: Listener, timeoutMs: number): Promise<void> {
  const closed = Promise.all([app.close(), listener.closeSocket()])
  // Clients keep a connection for the next request, which is not to come.
  const sweep = (): void => {
    app.server.closeIdleConnections()
    listener.closeIdle()
  }
  sweep()
  const sweeping = setInterval(sweep, SWEEP_MS)
  await within(closed, timeoutMs)
  clearInterval(sweeping)
  app.server.closeAllConnections()
  listener.cutSocket()
  await closed
}

/** Resolves when the work is done or the time is over. */
export async function within(work: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  try {
    await Promise.race([work, over])
  } finally {
    clearTimeout(timer)
  }
}
