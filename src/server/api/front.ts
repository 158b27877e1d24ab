// What happens to a request before it is routed: headers that every answer carries, paths in unclean form, methods that
// no route has, the preview paths. Knows no route.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { goJson } from '../../base/json-writer.ts'
import { RequestIds } from './request-id.ts'

export interface FrontOptions {
  /** The version whose API is served. */
  readonly apiVersion: string
  /** Our own. */
  readonly version: string
  /** Pages of other origins are refused; undefined: none are. */
  readonly origins?: ReadonlySet<string> | undefined
  readonly next: (request: IncomingMessage, response: ServerResponse) => void
}

export const JSON_TYPE = 'application/json; charset=utf-8'

const ALLOW_METHODS = 'DELETE, GET, OPTIONS, POST, PATCH'
const ALLOW_HEADERS =
  'Accept, Accept-Encoding, Authorization, Content-Length, Content-Type, X-CSRF-Token, X-HTTP-Method-Override'
const ROUTED = new Set(['GET', 'POST', 'PATCH', 'PUT', 'DELETE', 'HEAD'])
const PREVIEW = '/kapacitor/v1preview/'
/** Preview paths that stand for no other. */
const PREVIEW_ONLY = /^\/kapacitor\/v1preview\/logs(?:\?|$)/

/** The body of an error: the text under both of its names. */
export function errorText(message: string): string {
  return goJson({ error: message, message })
}

/** The listener of the HTTP server. */
export function createFront(o: FrontOptions): (request: IncomingMessage, response: ServerResponse) => void {
  const ids = new RequestIds()
  return (request, response) => {
    response.setHeader('X-Kapacitor-Version', o.apiVersion)
    response.setHeader('X-Supercap-Version', o.version)
    response.setHeader('Request-Id', ids.next())
    const origin = request.headers.origin
    // A browser sends simple requests without asking first: that it may not read the answer would not be enough.
    if (origin !== undefined && o.origins?.has(origin) === false) {
      refuse(response, 403, `requests from pages of ${origin} are not allowed`)
      return
    }
    if (origin !== undefined) {
      response.setHeader('Access-Control-Allow-Origin', origin)
      response.setHeader('Access-Control-Allow-Methods', ALLOW_METHODS)
      response.setHeader('Access-Control-Allow-Headers', ALLOW_HEADERS)
    }
    const method = request.method ?? ''
    if (method === 'OPTIONS') {
      response.writeHead(200, { 'Content-Length': '0' }).end()
      return
    }
    const url = originForm(request.url ?? '/')
    const clean = cleanedUrl(url)
    if (clean !== undefined) {
      redirect(request, response, clean)
      return
    }
    response.setHeader('Content-Type', JSON_TYPE)
    if (!ROUTED.has(method)) {
      refuse(response, 404, 'Not Found')
      return
    }
    if (request.headers['accept-encoding']?.includes('gzip')) response.setHeader('Content-Encoding', 'gzip')
    const preview = url.startsWith(PREVIEW) && !PREVIEW_ONLY.test(url)
    request.url = preview ? `/kapacitor/v1/${url.slice(PREVIEW.length)}` : url
    // No route looks at the type of what is sent; neither shall the router.
    if (request.headers['content-type'] !== undefined) delete request.headers['content-type']
    o.next(request, response)
  }
}

function refuse(response: ServerResponse, status: number, message: string): void {
  const body = errorText(message)
  response.writeHead(status, { 'Content-Type': JSON_TYPE, 'Content-Length': Buffer.byteLength(body) }).end(body)
}

/** Proxies may send the whole address instead of the path. */
function originForm(url: string): string {
  if (url.startsWith('/')) return url
  const path = /^[a-zA-Z][a-zA-Z0-9+.-]*:\/\/[^/?]*(.*)$/.exec(url)?.[1]
  if (path === undefined) return url
  return path.startsWith('/') ? path : `/${path}`
}

/** An event's id may hold anything: escaped, it is one segment, whatever it would look like as a path. */
const EVENT = /^\/kapacitor\/v1(?:preview)?\/alerts\/topics\/[^/]+\/events\/(?!\.\.?$)[^/]+$/

/** The address without empty, `.` and `..` segments; undefined when it has none of them. */
function cleanedUrl(url: string): string | undefined {
  const question = url.indexOf('?')
  const raw = question < 0 ? url : url.slice(0, question)
  if (!/\/[/.]|%2[ef]/i.test(raw) || EVENT.test(raw)) return undefined
  let path: string
  try {
    path = decodeURIComponent(raw)
  } catch {
    return undefined
  }
  const kept: string[] = []
  for (const segment of path.split('/')) {
    if (segment === '..') kept.pop()
    else if (segment !== '' && segment !== '.') kept.push(segment)
  }
  let clean = `/${kept.join('/')}`
  if (path.endsWith('/') && clean !== '/') clean += '/'
  if (clean === path) return undefined
  const escaped = encodeURI(clean).replace(/[?#!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
  return question < 0 ? escaped : escaped + url.slice(question)
}

function redirect(request: IncomingMessage, response: ServerResponse, to: string): void {
  const shown = to.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;' })[c]!)
  const body = request.method === 'GET' ? `<a href="${shown}">Moved Permanently</a>.\n\n` : ''
  response.writeHead(301, {
    Location: to,
    'Content-Length': Buffer.byteLength(body),
    ...(request.method === 'GET' || request.method === 'HEAD' ? { 'Content-Type': 'text/html; charset=utf-8' } : {}),
  })
  response.end(body)
}
