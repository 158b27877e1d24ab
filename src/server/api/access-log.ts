// One line of the log per request.
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from '../../base/logger.ts'
import { readBasic } from '../auth/credentials.ts'
import { redactQuery, redactUrl } from '../log/redact.ts'
import type { Query } from './query.ts'

export interface AccessLog {
  readonly logger: Logger
}

/** The name in the credentials that were sent, whether they are right or not; `-` without one. */
function claimedUser(request: FastifyRequest): string {
  const basic = readBasic(request.headers.authorization ?? '')
  return (basic?.name ?? (request.query as Query).get('u')) || '-'
}

/** `user`: who has signed in. */
export function logRequest(
  log: AccessLog,
  request: FastifyRequest,
  reply: FastifyReply,
  user = claimedUser(request),
): void {
  const ms = reply.elapsedTime
  log.logger.info('http request', {
    host: request.socket.remoteAddress ?? '-',
    username: user,
    start: new Date(Date.now() - ms).toISOString(),
    method: request.method,
    uri: redactQuery(request.raw.url ?? '-'),
    protocol: `HTTP/${request.raw.httpVersion}`,
    status: reply.statusCode,
    referer: redactQuery(redactUrl(request.headers.referer ?? '-')),
    'user-agent': request.headers['user-agent'] ?? '-',
    'request-id': reply.raw.getHeader('request-id'),
    duration: `${ms.toFixed(3)}ms`,
  })
}
