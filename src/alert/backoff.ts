// How long to wait before the next try: exponentially longer, with jitter so that many do not come back at once.

const FIRST_MS = 500
const LONGEST_MS = 60_000
/** A receiver that answered with an error of its own is left alone for longer. */
const FIRST_AFTER_ERROR_MS = 10_000

/**
 * Milliseconds before try `attempt` + 1, `attempt` ≥ 1 being the tries so far. `random` gives 0 ≤ x < 1; the wait lies
 * between one half and the whole of the exponential bound. What the receiver asked for is the least.
 */
export function backoffMs(
  attempt: number,
  random: () => number,
  o: { readonly afterError?: boolean; readonly retryAfterMs?: number | undefined } = {},
): number {
  const first = o.afterError ? FIRST_AFTER_ERROR_MS : FIRST_MS
  const bound = Math.min(LONGEST_MS, first * 2 ** Math.min(attempt - 1, 20))
  const wait = bound / 2 + (random() * bound) / 2
  return o.retryAfterMs === undefined ? wait : Math.max(o.retryAfterMs, wait)
}
