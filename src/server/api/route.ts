// A route is a value: method, path, schemas, and a handler that calls a service and returns a reply. Nothing here knows
// of Fastify; app.ts registers the values.
import type { Readable } from 'node:stream'
import type { Static, TObject, TSchema } from 'typebox'
import type { Json } from '../../base/json-reader.ts'
import { goJson, RawJson, type Writable } from '../../base/json-writer.ts'
import type { User } from '../auth/user.ts'
import type { BodyWatcher } from '../http/early-lines.ts'
import type { Query as QueryParameters } from './query.ts'
import type { Services } from './services.ts'

export type Method = 'GET' | 'HEAD' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'

/** What a handler gets. */
export interface ApiRequest<B> {
  /** Path and query as they were sent. */
  readonly uri: string
  readonly query: QueryParameters
  /** What the path's `*` stands for, decoded; '' without one. */
  readonly rest: string
  readonly body: B
  /** Gives the memory of a body of bytes back; nothing may look at it afterwards. */
  readonly release: () => void
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** What the route's `watch` gave for this request. */
  readonly watcher?: BodyWatcher | undefined
  /** Who sent it; undefined where nobody has to sign in. */
  readonly user?: User | undefined
}

/** What a handler answers. */
export interface ApiReply {
  readonly status: number
  /** The whole body as text; undefined for none. */
  readonly text: string | undefined
  /** What the text is; JSON when not given. */
  readonly type?: string
  /** What comes bit by bit, in place of text. */
  readonly stream?: StreamReply
}

/** A body that is sent as it comes, each bit at once. The stream is destroyed when the client goes. */
export interface StreamReply {
  readonly stream: Readable
  /** The content type; any bytes when not given. */
  readonly type?: string
  /** The name of the file that the client is to keep it as. */
  readonly name?: string
  /** Its length, if it is known. */
  readonly bytes?: number
  /** Packed when the client takes that: for what does not wait for anything. */
  readonly packed?: boolean
}

/** How the request's body is read. */
export type BodyKind =
  /** Not at all. */
  | 'none'
  /** The first JSON value, decoded by the schema. */
  | 'json'
  /** As bytes. */
  | 'bytes'

export interface Route {
  readonly methods: readonly Method[]
  /** A `*` at the end stands for any rest. */
  readonly path: string
  /** The path in the API's description, when it differs: `/kapacitor/v1/tasks/{id}`. */
  readonly shownPath?: string
  readonly summary: string
  readonly tag: string
  /** Left out of the description. */
  readonly hidden?: boolean
  /** Parameters of the query, for the description; handlers read them from Query. */
  readonly query?: TObject
  readonly bodyKind: BodyKind
  readonly body?: TSchema
  /** The message for a body that cannot be decoded. */
  readonly badBody?: (reason: string) => string
  /** Schemas of the answers by status. */
  readonly replies: Readonly<Record<number, TSchema>>
  /** Sees the body while it arrives. */
  readonly watch?: (
    services: Services,
    request: Pick<ApiRequest<unknown>, 'query' | 'headers'>,
  ) => BodyWatcher | undefined
  /** Tells about the server itself: open to everybody with `[http] pprof-enabled`. */
  readonly debug?: boolean
  /** False: as if there were no such route. */
  readonly served?: (services: Omit<Services, 'api'>) => boolean
  handle(services: Services, request: ApiRequest<unknown>): ApiReply | Promise<ApiReply>
}

/** A route that still knows its types; those of clients come from them. `Reply` is the body of a success. */
export interface TypedRoute<Query, Body, Reply> extends Route {
  /** Never there: it only carries the types. */
  readonly types?: { readonly query: Query; readonly body: Body; readonly reply: Reply }
}

type Replies = Readonly<Record<number, TSchema>>

/** What a success answers, of the schemas by status; undefined when it has no body. */
type Success<R extends Replies, S extends keyof R = keyof R & (200 | 201 | 202)> = [S] extends [never]
  ? undefined
  : { [K in S]: R[K] extends TSchema ? Static<R[K]> : never }[S]

interface RouteCommon<Q extends TObject, R extends Replies> {
  readonly method: Method | readonly Method[]
  readonly path: string
  readonly shownPath?: string
  readonly summary: string
  readonly tag: string
  readonly hidden?: boolean
  readonly debug?: boolean
  readonly served?: NonNullable<Route['served']>
  readonly query?: Q
  readonly replies: R
}

type Query<Q extends TObject> = TObject extends Q ? Readonly<Record<string, never>> : Static<Q>

/** A route without a body. */
export function defineRoute<Q extends TObject, R extends Replies>(
  r: RouteCommon<Q, R> & { handle(services: Services, request: ApiRequest<undefined>): ApiReply | Promise<ApiReply> },
): TypedRoute<Query<Q>, undefined, Success<R>> {
  return { ...r, methods: methodsOf(r.method), bodyKind: 'none', handle: r.handle as Route['handle'] }
}

/** A route that takes a JSON body; the handler's type of it follows from the schema. */
export function defineJsonRoute<B extends TSchema, Q extends TObject, R extends Replies>(
  r: RouteCommon<Q, R> & {
    readonly body: B
    readonly badBody: (reason: string) => string
    handle(services: Services, request: ApiRequest<Decoded<Static<B>>>): ApiReply | Promise<ApiReply>
  },
): TypedRoute<Query<Q>, Static<B>, Success<R>> {
  return { ...r, methods: methodsOf(r.method), bodyKind: 'json', handle: r.handle as Route['handle'] }
}

/** A route that takes bytes; a schema only describes them. */
export function defineBytesRoute<B extends TSchema, Q extends TObject, R extends Replies>(
  r: RouteCommon<Q, R> & {
    readonly body?: B
    readonly watch?: NonNullable<Route['watch']>
    handle(services: Services, request: ApiRequest<Buffer>): ApiReply | Promise<ApiReply>
  },
): TypedRoute<Query<Q>, TSchema extends B ? Uint8Array | string : Static<B>, Success<R>> {
  return { ...r, methods: methodsOf(r.method), bodyKind: 'bytes', handle: r.handle as Route['handle'] }
}

/** A decoded body: where the schema leaves the value open, JSON with exact numbers. */
export type Decoded<T> = unknown extends T
  ? Json
  : T extends readonly (infer E)[]
    ? Decoded<E>[]
    : T extends object
      ? { [K in keyof T]: Decoded<T[K]> }
      : T

function methodsOf(m: Method | readonly Method[]): readonly Method[] {
  return typeof m === 'string' ? [m] : m
}

export const NO_CONTENT: ApiReply = { status: 204, text: undefined }

export function text(status: number, type: string, body: string): ApiReply {
  return { status, text: body, type }
}

export function streamed(stream: StreamReply): ApiReply {
  return { status: 200, text: undefined, stream }
}

/** A reply of JSON, indented. Raw text is sent as it is. */
export function json(status: number, body: Writable): ApiReply {
  return { status, text: body instanceof RawJson ? body.text : goJson(body) }
}
