// Keeps rare work out of hot functions. What a hot function has called in one of its first few calls V8 inlines into it,
// with all that that calls in turn, and then needs tens of milliseconds of a second core to compile it.

/** Does the work in a generator: what is in one V8 never inlines. */
export function uninlined<T>(work: () => T): T {
  return steps(work).next().value as T
}

// biome-ignore lint/correctness/useYield: it is a generator for V8's sake alone
function* steps<T>(work: () => T): Generator<never, T> {
  return work()
}
