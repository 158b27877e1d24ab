// One HTTP call to a service: which answers mean that the notification was taken, which mean another try. Knows no
// single service.
import { compactJson, type Writable } from '../../base/json-writer.ts'
import { DeliveryFault, faultOfReply } from '../delivery-fault.ts'
import type { HandlerIo, HandlerTls, IoReply } from '../io/handler-io.ts'
import type { Receipt } from './define-handler.ts'

/** Milliseconds until a service's answer is no longer waited for. */
export const SERVICE_TIMEOUT_MS = 30_000
const MAX_SHOWN = 1_000

export interface ServiceCall {
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string
  /** `application/json` when not given. */
  readonly contentType?: string
  /** Status codes of success. */
  readonly ok: readonly number[]
  readonly tls?: HandlerTls
  /** The same for each repeat of a notification; undefined for a test. */
  readonly key: string | undefined
  /** Put before the reason of a failure. */
  readonly prefix?: string
  /** A reason of its own for an answer, in place of the general one. */
  readonly explain?: (reply: IoReply) => string | undefined
  /** What the body of a successful answer has against the notification after all. */
  readonly refused?: ((body: string) => DeliveryFault | undefined) | undefined
}

/** The body that services get: JSON on one line, with a newline. */
export function jsonBody(v: Writable): string {
  return `${compactJson(v)}\n`
}

/** Resolves when the service took the notification. Rejects with a DeliveryFault. */
export async function callService(io: HandlerIo, call: ServiceCall): Promise<Receipt> {
  const reply = await io.http({
    method: 'POST',
    url: call.url,
    headers: {
      'Content-Type': call.contentType ?? 'application/json',
      ...(call.key === undefined ? {} : { 'Idempotency-Key': call.key }),
      ...call.headers,
    },
    body: call.body,
    timeoutMs: SERVICE_TIMEOUT_MS,
    // Webhooks and APIs with a token in their path: none of them says so.
    isPathSecret: true,
    ...(call.tls ? { tls: call.tls } : {}),
  })
  const { sec, ns } = io.now()
  const detail = reply.body.trim().slice(0, MAX_SHOWN) || 'the answer says no more'
  const fault = faultOfReply(reply, detail, sec * 1000 + ns / 1e6, (status) => call.ok.includes(status))
  if (!fault) {
    const refused = call.refused?.(reply.body)
    if (refused) throw refused
    return { answer: `status ${reply.status}` }
  }
  const reason = call.explain?.(reply) ?? fault.message
  const { code, retry, holds, retryAfterMs } = fault
  throw new DeliveryFault(code, `${call.prefix ?? ''}${reason}`, { retry, holds, retryAfterMs })
}

/** Throws when the section is off. */
export function mustBeEnabled(config: { readonly enabled: boolean }): void {
  if (!config.enabled) throw refusal('service is not enabled')
}

/** A fault that no repeat mends and that holds back nothing else. */
export function refusal(reason: string): DeliveryFault {
  return new DeliveryFault('refused', reason, { holds: false })
}

/** What stands of the named value, the option's or else the configuration's. */
export function either(option: string, fallback: string): string {
  return option === '' ? fallback : option
}

export function basicAuthorization(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`
}

/** What Go's URLs leave unescaped in a path, beside what encodeURIComponent leaves. */
const PLAIN_IN_PATH = /%(24|26|2B|2C|2F|3A|3B|3D|40)/g

function escapePath(path: string): string {
  return encodeURIComponent(path.toWellFormed())
    .replace(PLAIN_IN_PATH, (escaped) => decodeURIComponent(escaped))
    .replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
}

/** The URL with more segments at the end of its path; a query stays where it is. Slashes are never doubled. */
export function joinUrl(url: string, ...segments: readonly string[]): string {
  const at = url.search(/[?#]/)
  const [base, rest] = at < 0 ? [url, ''] : [url.slice(0, at), url.slice(at)]
  const path = segments.filter((s) => s !== '').map(escapePath)
  return `${[base.replace(/\/+$/, ''), ...path].join('/')}${rest}`
}

/** The URL with a parameter added to its query. */
export function withQuery(url: string, name: string, value: string): string {
  const escaped = encodeURIComponent(value.toWellFormed()).replace(/%20/g, '+')
  return `${url}${url.includes('?') ? '&' : '?'}${name}=${escaped}`
}
