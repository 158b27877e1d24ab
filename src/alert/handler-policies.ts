// Which topic handlers have a policy of their own, for those who deliver: kept by whoever defines handlers.

import type { HandlerPolicy } from './handler-policy.ts'
import type { HandlerOptions } from './handler-set.ts'

/** A topic handler with its policy, and what is needed to send it something that nobody has owed yet. */
export interface PolicedHandler extends HandlerPolicy {
  readonly topic: string
  readonly kind: string
  readonly options: HandlerOptions
}

export class HandlerPolicies {
  readonly #handlers = new Map<string, PolicedHandler>()
  readonly #listeners: ((handler: string) => void)[] = []

  /** `handler` is `TOPIC/HANDLER`. */
  of(handler: string): PolicedHandler | undefined {
    return this.#handlers.get(handler)
  }

  /** Called with a handler whose policy has changed, or that has none any more. */
  onChange(listener: (handler: string) => void): void {
    this.#listeners.push(listener)
  }

  set(handler: string, policed: PolicedHandler | undefined): void {
    const before = this.#handlers.get(handler)
    const isSame = JSON.stringify(policyOf(before)) === JSON.stringify(policyOf(policed))
    if (policed) this.#handlers.set(handler, policed)
    else this.#handlers.delete(handler)
    if (!isSame) for (const listener of this.#listeners) listener(handler)
  }
}

function policyOf(p: PolicedHandler | undefined): unknown {
  return p && [p.kind, p.mute, p.grouping]
}
