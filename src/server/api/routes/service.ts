// Routes about the server itself: ping, statistics, the log's level, and the description of the API.
import Type from 'typebox'
import { Fault } from '../../../base/fault.ts'
import { RawJson } from '../../../base/json-writer.ts'
import { JSON_TYPE } from '../front.ts'
import { defineJsonRoute, defineRoute, json, NO_CONTENT, streamed } from '../route.ts'
import { ErrorReply, NoContent } from '../schemas.ts'

const tag = 'service'

const pinging = {
  method: ['GET', 'HEAD'],
  summary: 'Tells that the server answers; the version is in the header X-Kapacitor-Version.',
  tag,
  replies: { 204: NoContent },
  handle: () => NO_CONTENT,
} as const

export const ping = defineRoute({ ...pinging, path: '/kapacitor/v1/ping' })
export const pingAtRoot = defineRoute({ ...pinging, path: '/ping' })

export const debugVars = defineRoute({
  method: 'GET',
  path: '/kapacitor/v1/debug/vars',
  summary: 'Statistics of the server, of its tasks and of what comes in.',
  tag,
  debug: true,
  replies: { 200: Type.Record(Type.String(), Type.Unknown()) },
  handle: (s) => streamed({ type: JSON_TYPE, stream: s.debug.vars(), packed: true }),
})

export const setLogLevel = defineJsonRoute({
  method: 'POST',
  path: '/kapacitor/v1/loglevel',
  summary: 'Sets the level of the log until the next start.',
  tag,
  body: Type.Object({ level: Type.Optional(Type.String({ description: '`debug`, `info` or `error`.' })) }),
  badBody: (reason) => `invalid json: ${reason}`,
  replies: { 204: NoContent, 400: ErrorReply },
  handle(s, r) {
    if (!s.log.setLevel(r.body.level ?? '')) throw new Fault('bad-level', 'invalid log level', { status: 400 })
    return NO_CONTENT
  },
})

export const listRoutes = defineRoute({
  method: 'GET',
  path: '/kapacitor/v1/:routes',
  summary: 'Methods by path.',
  tag,
  hidden: true,
  replies: { 200: Type.Record(Type.String(), Type.Array(Type.String())) },
  handle: (s) => json(200, s.api.routes()),
})

export const openapi = defineRoute({
  method: 'GET',
  path: '/kapacitor/v1/openapi.json',
  summary: 'This description.',
  tag,
  replies: { 200: Type.Record(Type.String(), Type.Unknown()) },
  handle: (s) => json(200, new RawJson(s.api.openapi())),
})
