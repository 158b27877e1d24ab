// HTTP for handlers, whose failures are logged, stored and shown: a receiver that repeats what it was sent must not give
// away what it was sent to know us by.
import type { IoReply } from '../../alert/io/handler-io.ts'
import { REDACTED } from '../../base/redact-url.ts'
import { isSecretKey } from '../log/redact.ts'
import type { OutgoingRequest } from './http-client.ts'

type Send = (request: OutgoingRequest) => Promise<IoReply>

/** The same, with answers that have no secrets in them: known ones (`redact`), and those of the request itself. */
export function discreetHttp(send: Send, redact: (text: string) => string): Send {
  return async (request) => {
    const reply = await send(request)
    if (reply.body === '') return reply
    let body = redact(reply.body)
    for (const secret of secretsOfRequest(request)) body = body.replaceAll(secret, REDACTED)
    return { ...reply, body }
  }
}

/** Values of headers and of query parameters whose names say that they are secret. */
function secretsOfRequest({ headers, url }: OutgoingRequest): string[] {
  // Without the word that says what kind of secret follows.
  const bare = Object.entries(headers).map(([name, value]) => [name, value.replace(/^\S+ +(?=\S)/, '')] as const)
  const given = [...bare, ...(URL.parse(url)?.searchParams ?? [])]
  return given.flatMap(([name, value]) => (isSecretKey(name) && value !== '' ? value : []))
}
