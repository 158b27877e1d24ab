// One line of the log per request.
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Logger } from '../../base/logger.ts'
import { redactQuery } from '../log/redact.ts'

export interface AccessLog {
  readonly logger: Logger
}

/** The name in basic credentials or in the query; `-` without one. */
function userOf(request: FastifyRequest): string {
  const basic = /^Basic ([A-Za-z0-9+/=]+)$/.exec(request.headers.authorization ?? '')?.[1]
  if (basic !== undefined) return Buffer.from(basic, 'base64').toString('utf8').split(':')[0] || '-'
  return (request.query as { get(name: string): string }).get('u') || '-'
}

export function logRequest(log: AccessLog, request: FastifyRequest, reply: FastifyReply): void {
  const ms = reply.elapsedTime
  log.logger.info('http request', {
    host: request.socket.remoteAddress ?? '-',
    username: userOf(request),
    start: new Date(Date.now() - ms).toISOString(),
    method: request.method,
    uri: redactQuery(request.raw.url ?? '-'),
    protocol: `HTTP/${request.raw.httpVersion}`,
    status: reply.statusCode,
    referer: request.headers.referer ?? '-',
    'user-agent': request.headers['user-agent'] ?? '-',
    'request-id': reply.raw.getHeader('request-id'),
    duration: `${ms.toFixed(3)}ms`,
  })
}
