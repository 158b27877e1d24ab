// `|httpPost('url')`: posts each point or batch as JSON. Without codeField and captureResponse the data goes on at
// once; with them it waits for the answer. Either way the request is owed: it is on disk before the write is answered.

import { jsonFunctions } from '../alert/template/go-json.ts'
import { parseTemplate, type Template } from '../alert/template/template.ts'
import { rowTemplateData } from '../alert/template-data.ts'
import { Fault } from '../base/fault.ts'
import { type Point, withField } from '../base/point.ts'
import { type Row, rowJson, rowOfPoint } from '../base/row-json.ts'
import { PointRows } from '../base/rows.ts'
import {
  type Begin,
  type BorderHandle,
  type Ctx,
  defineNode,
  type Group,
  type Out,
  type Receiver,
  type Rows,
} from '../flow/contract.ts'
import type { HttpEndpoint } from '../flow/world.ts'
import { arg, field } from '../lang/fields.ts'

/** Milliseconds a request may take when the script says nothing; a dead receiver must not hold the task for ever. */
const DEFAULT_TIMEOUT_MS = 30_000
/** Points and batches that may wait for answers before the task waits. */
const MAX_WAITING = 1_000
/** The kind of owed record that an HTTP post is. */
export const HTTP_POST = 'http-post'

/** A request as it is owed. */
export type PostRequest = {
  url: string
  headers: Readonly<Record<string, string>>
  body: string
  timeoutMs: number
  capture: boolean
}

/** What the log says of an answer that is no 2xx; the answer's own text only when it was asked for. */
export function badAnswer(status: number, body: string, capture: boolean): string {
  const text = capture ? body : 'unknown error, use .captureResponse() to capture the HTTP response'
  return `POST returned non 2xx status code: ${status}: ${text}`
}

interface PostParams {
  readonly urls: readonly string[]
  readonly endpoints: readonly string[]
  readonly header: Readonly<Record<string, unknown>>
  readonly codeField: string
  readonly captureResponse: boolean
  readonly timeout: number | bigint
}

type Waiting = {
  request: PostRequest
  point: Point | null
  begin: { name: string; sec: number; ns: number } | null
  rows: PointRows | null
}
/** What data that waits needs of a reply. */
export type PostAnswer = { status: number; body: string }

class Posts {
  readonly #p: PostParams
  readonly #ctx: Ctx
  #url!: Template
  #row: Template | undefined
  #endpoint: HttpEndpoint | undefined

  constructor(p: PostParams, ctx: Ctx) {
    this.#p = p
    this.#ctx = ctx
    const name = p.endpoints[0]
    const endpoint = name === undefined ? undefined : ctx.world.httpEndpoint(name)
    if (name !== undefined && !endpoint)
      throw new Fault('no-endpoint', `endpoint '${name}' does not exist`, { status: 400 })
    this.#use(endpoint)
  }

  /** Throws what is wrong with a template. */
  #use(endpoint: HttpEndpoint | undefined): void {
    const functions = jsonFunctions('null')
    const row = endpoint?.rowTemplate
    this.#url = parseTemplate('url', endpoint?.url ?? this.#p.urls[0]!, { functions })
    this.#row = row ? parseTemplate('row', row, { functions }) : undefined
    this.#endpoint = endpoint
  }

  /** Endpoints may change while tasks run; one that is gone goes on as it was. */
  #refresh(): void {
    const name = this.#p.endpoints[0]
    const endpoint = name === undefined ? undefined : this.#ctx.world.httpEndpoint(name)
    if (endpoint && endpoint !== this.#endpoint) this.#use(endpoint)
  }

  request(row: Row): PostRequest {
    this.#refresh()
    const data = rowTemplateData(row)
    const headers: Record<string, string> = this.#row ? {} : { 'Content-Type': 'application/json' }
    for (const [k, v] of [...Object.entries(this.#endpoint?.headers ?? {}), ...Object.entries(this.#p.header)]) {
      for (const known of Object.keys(headers)) if (known.toLowerCase() === k.toLowerCase()) delete headers[known]
      headers[k] = v as string
    }
    return {
      url: this.#url.render(data),
      headers,
      body: this.#row ? this.#row.render(data) : `{"series":[${rowJson(row)}]}\n`,
      timeoutMs: this.#p.timeout === 0 ? DEFAULT_TIMEOUT_MS : Number(this.#p.timeout) / 1e6,
      capture: this.#p.captureResponse,
    }
  }

  /** The request of a row, or undefined when a template can't be rendered over it: counted, and the data goes on. */
  try(row: Row, p: Point | undefined): PostRequest | undefined {
    try {
      return this.request(row)
    } catch (e) {
      this.#ctx.error(e, p)
      return undefined
    }
  }
}

/** The data goes on at once, the request is owed. */
function owing(posts: Posts, ctx: Ctx): Receiver<null> {
  return {
    keeps: 'group',
    newState: () => null,
    point(p, _s, g, out) {
      const r = posts.try(rowOfPoint(p), p)
      if (r) ctx.owe(HTTP_POST, r)
      out.point(p, g)
    },
    batch(b, rows, _s, g, out) {
      const r = posts.try({ name: b.name, tags: g.tags, points: rows.toArray(), isBatch: true }, undefined)
      if (r) ctx.owe(HTTP_POST, r)
      out.batch(b, rows, g)
    },
  }
}

/** The data waits for the answer, in order. */
function waiting(posts: Posts, p: PostParams, ctx: Ctx): Receiver<null> {
  const code = (status: number, pt: Point): Point =>
    p.codeField === '' ? pt : withField(pt, p.codeField, 'int', status)
  const pass = (item: Waiting, status: number, g: Group, out: Out): void => {
    if (item.point) {
      out.point(code(status, item.point), g)
      return
    }
    const { name, sec, ns } = item.begin!
    const rows = p.codeField === '' ? item.rows! : new PointRows(item.rows!.toArray().map((x) => code(status, x)))
    out.batch({ name, tmax: { sec, ns }, size: rows.length }, rows, g)
  }
  const border: BorderHandle<Waiting> = ctx.border<Waiting, PostAnswer>({
    maxItems: MAX_WAITING,
    owes: ({ request }) => ({ kind: HTTP_POST, payload: request }),
    done(item, result, g, out) {
      if (result instanceof Fault) {
        ctx.error(`failed to POST data: ${result.message}`, item.point ?? undefined)
        pass(item, 0, g, out)
        return
      }
      if (result.status < 200 || result.status > 299)
        ctx.error(badAnswer(result.status, result.body, p.captureResponse), item.point ?? undefined)
      pass(item, result.status, g, out)
    },
  })
  const push = (row: Row, item: Omit<Waiting, 'request'>, g: Group, out: Out): void => {
    const request = posts.try(row, item.point ?? undefined)
    if (request) border.push({ ...item, request }, g)
    else pass({ ...item, request: { url: '', headers: {}, body: '', timeoutMs: 0, capture: false } }, 0, g, out)
  }
  return {
    keeps: 'group',
    newState: () => null,
    point: (pt, _s, g, out) => push(rowOfPoint(pt), { point: pt, begin: null, rows: null }, g, out),
    batch(b: Begin, rows: Rows, _s, g, out) {
      const begin = { name: b.name, sec: b.tmax.sec, ns: b.tmax.ns }
      push({ name: b.name, tags: g.tags, points: rows.toArray(), isBatch: true }, { point: null, begin, rows }, g, out)
    },
  }
}

export const httpPost = defineNode({
  name: 'httpPost',
  kind: 'http_post',
  typeName: 'HTTPPostNode',
  needs: 'main',
  wants: 'parent',
  provides: 'parent',
  doc: 'Posts each point or batch as JSON to a URL or a configured endpoint; data passes through. No post is lost once its write has been answered, also not by a crash: what had no answer is sent again at the next start. Data that waited for an answer when the server crashed does not go on, though.',
  rest: {
    name: 'urls',
    arg: arg.string('The URL, a template over name, tags and values. None when an endpoint is named.'),
  },
  restType: {} as { readonly urls: readonly string[] },
  fields: {
    endpoint: field.moreStrings('Name of an `[[httppost]]` section whose URL, headers and row template are used.'),
    header: field.map('Sets a header of the request.'),
    codeField: field.string(
      'Field that gets the status of the answer, 0 when there was none; the data then waits for the answer.',
    ),
    captureResponse: field.flag('Logs the body of an answer that is no 2xx; the data then waits for the answer.'),
    timeout: field.duration('How long a request may take; 30s when not given.'),
  },
  examples: ["stream\n    |from()\n        .measurement('cpu')\n    |httpPost('http://localhost:8080/points')"],
  check(p) {
    if (p.urls.length > 1) return `httpPost expects 0 or 1 arguments, got ${p.urls.length}`
    if (p.endpoint.length > 1) return `httpPost expects 0 or 1 endpoints, got ${p.endpoint.length}`
    if (p.urls.length === 0 && p.endpoint.length === 0) return 'must provide url or endpoint'
    if (p.urls.length > 0 && p.endpoint.length > 0) return 'only one endpoint and url may be specified'
    for (const k of Object.keys(p.header))
      if (k.toLowerCase() === 'authenticate') return "cannot set 'authenticate' header"
    if (p.timeout < 0) return 'timeout must not be negative'
    return undefined
  },
  run(p, ctx): Receiver<never> {
    const params = { ...p, endpoints: p.endpoint }
    const posts = new Posts(params, ctx)
    return (
      p.codeField === '' && !p.captureResponse ? owing(posts, ctx) : waiting(posts, params, ctx)
    ) as Receiver<never>
  },
})
