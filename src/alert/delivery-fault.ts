// Why a notification did not arrive, and what that means for the next try. Handlers throw it; queues read it.
import { Fault } from '../base/fault.ts'

export interface DeliveryOptions {
  /** Whether the same attempt may work later. */
  readonly retry?: boolean
  /** The receiver asked to be left alone for so long. */
  readonly retryAfterMs?: number | undefined
  /**
   * False when the receiver is up and refused just this one: what comes later of the same alert id need not wait.
   * True (the default) when nothing else would get through either.
   */
  readonly holds?: boolean
  readonly cause?: unknown
}

export class DeliveryFault extends Fault {
  readonly retryAfterMs: number | undefined
  readonly holds: boolean

  constructor(code: string, message: string, options: DeliveryOptions = {}) {
    super(code, message, { retry: options.retry ?? false, cause: options.cause })
    this.retryAfterMs = options.retryAfterMs
    this.holds = options.holds ?? true
  }
}

/** Milliseconds that a Retry-After header asks for: seconds or an HTTP date; undefined when it says neither. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined
  const text = header.trim()
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000
  const at = Date.parse(text)
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs)
}

/**
 * What an HTTP answer means for a notification: undefined when it was taken (`ok`, by default every 2xx).
 * Overload and gateways in trouble (408, 425, 429, 502, 503, 504) are worth a retry and hold back what follows; a 500 is worth
 * one too but holds nothing, since the receiver itself answered; any other status is final.
 */
export function faultOfReply(
  reply: { readonly status: number; readonly headers: Readonly<Record<string, string>> },
  detail: string,
  nowMs: number,
  ok: (status: number) => boolean = (status) => status >= 200 && status < 300,
): DeliveryFault | undefined {
  const { status } = reply
  if (ok(status)) return undefined
  const busy = status === 408 || status === 425 || status === 429 || (status > 501 && status < 505)
  return new DeliveryFault('http-status', `unexpected status code ${status}: ${detail}`, {
    retry: busy || status === 500,
    holds: busy,
    retryAfterMs: busy ? retryAfterMs(reply.headers['retry-after'], nowMs) : undefined,
  })
}
