// The log as it is written, for whoever follows it.
import Type from 'typebox'
import { Fault } from '../../../base/fault.ts'
import type { Query } from '../query.ts'
import { defineRoute, streamed } from '../route.ts'
import { ErrorReply } from '../schemas.ts'

export const followLog = defineRoute({
  method: 'GET',
  path: '/kapacitor/v1preview/logs',
  summary:
    'Lines of the log from now on, until the client goes. Every parameter is a filter `key=value`: `msg`, `lvl` (`info+` is that level and above), or a field such as `service`, `task`, `node`.',
  tag: 'service',
  query: Type.Object({ lvl: Type.Optional(Type.String({ description: '`debug`, `info`, `warn` or `error`.' })) }),
  replies: {
    200: Type.String({ description: 'logfmt, or JSON lines with `Accept: application/json`.' }),
    400: ErrorReply,
    503: ErrorReply,
  },
  handle(s, r) {
    const format = r.headers['accept'] === 'application/json' ? 'json' : 'logfmt'
    return streamed({ type: `application/${format}`, stream: s.logs.open(filtersOf(r.query), format) })
  },
})

function filtersOf(query: Query): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>()
  for (const [key, values] of query.entries()) {
    if (values.length > 1)
      throw new Fault('bad-filter', 'query params cannot contain duplicate params', { status: 400 })
    pairs.set(key, values[0]!)
  }
  // Together they are credentials.
  if (pairs.has('u') && pairs.has('p')) for (const key of ['u', 'p']) pairs.delete(key)
  return pairs
}
