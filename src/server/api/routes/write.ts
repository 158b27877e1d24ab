// Routes that take data in: the write endpoint, its alias, and what InfluxDB clients ask before they write.
import Type from 'typebox'
import { quoteText } from '../../../alert/template/go-quote.ts'
import { Fault } from '../../../base/fault.ts'
import { RawJson } from '../../../base/json-writer.ts'
import type { User } from '../../auth/user.ts'
import { Query } from '../query.ts'
import { type ApiReply, type ApiRequest, defineBytesRoute, json, NO_CONTENT } from '../route.ts'
import { ErrorReply, NoContent } from '../schemas.ts'
import type { Services } from '../services.ts'

const tag = 'data'

function write(s: Services, r: ApiRequest<Buffer>): ApiReply | Promise<ApiReply> {
  const gzip = r.headers['content-encoding'] === 'gzip'
  const done = s.writes.write({
    db: r.query.get('db'),
    rp: r.query.get('rp'),
    precision: r.query.get('precision'),
    gzip,
    body: r.body,
    early: r.watcher,
    check: r.user && mayWrite(r.user),
  })
  // What is not packed has been read by now.
  if (!gzip) r.release()
  return done ? done.then(() => NO_CONTENT) : NO_CONTENT
}

/** Refuses databases that the user may not write: in InfluxDB's words, and with its status. */
function mayWrite(user: User): (db: string) => void {
  return (db) => {
    if (user.mayWrite(db)) return
    const why = `${quoteText(user.name)} user is not authorized to write to database ${quoteText(db)}`
    throw new Fault('write-denied', why, { status: 401 })
  }
}

const writing = {
  method: 'POST',
  summary: 'Takes line protocol; 204 when every task has run it.',
  tag,
  query: Type.Object({
    db: Type.String({ description: 'Database.' }),
    rp: Type.Optional(Type.String({ description: 'Retention policy; the configured default when not given.' })),
    precision: Type.Optional(
      Type.String({ description: 'Of the timestamps: `n` (default), `u`, `ms`, `s`, `m`, `h`.' }),
    ),
  }),
  replies: { 204: NoContent, 400: ErrorReply, 401: ErrorReply, 413: ErrorReply, 503: ErrorReply },
  watch: (s, { query, headers }) =>
    headers['content-encoding'] === undefined
      ? s.writes.watch(query.get('db'), query.get('rp'), query.get('precision'))
      : undefined,
  handle: write,
} satisfies Partial<Parameters<typeof defineBytesRoute>[0]>

export const writePoints = defineBytesRoute({ ...writing, path: '/kapacitor/v1/write' })
export const writePointsAtRoot = defineBytesRoute({ ...writing, path: '/write' })

/** Clients made for InfluxDB create their database before they write; here every database exists. */
export const influxQuery = defineBytesRoute({
  method: ['GET', 'POST'],
  path: '/query',
  summary: 'Takes CREATE DATABASE as done, so that InfluxDB clients can write; any other query is not found.',
  tag,
  query: Type.Object({ q: Type.Optional(Type.String({ description: 'The query; may stand in a form body.' })) }),
  replies: {
    200: Type.Object({ results: Type.Array(Type.Object({ statement_id: Type.Integer() })) }),
    404: ErrorReply,
  },
  handle(_s, r) {
    const q = r.query.get('q') || new Query(r.body.toString('utf8').trim()).get('q')
    if (!/^\s*create\s+database\s/i.test(q)) throw new Fault('not-found', 'Not Found', { status: 404 })
    return json(200, new RawJson('{"results":[{"statement_id":0}]}\n'))
  },
})
