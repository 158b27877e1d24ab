// What can be known of the process only by watching it: how late the event loop is, and what garbage collection takes.
// Watching costs a little, so it begins when somebody asks for the first time.
import { type NodeGCPerformanceDetail, PerformanceObserver } from 'node:perf_hooks'

/** Milliseconds between two looks at the event loop: what blocks it for longer is always seen. */
const LOOK_MS = 100
/** Seconds. */
export const LAG_BUCKETS: readonly number[] = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]
const GC_KINDS: Readonly<Record<number, string>> = {
  1: 'minor',
  2: 'minor',
  4: 'major',
  8: 'incremental',
  16: 'weakcb',
}

/** How late something was, as counts by size. */
export class LagHistogram {
  /** At most LAG_BUCKETS[i] seconds, and more than the one before; the last is for all beyond. */
  readonly #counts: number[] = Array(LAG_BUCKETS.length + 1).fill(0)
  sum = 0

  add(seconds: number): void {
    let i = 0
    while (i < LAG_BUCKETS.length && seconds > LAG_BUCKETS[i]!) i++
    this.#counts[i]!++
    this.sum += seconds
  }

  /** Pairs of a limit and how many were not above it; the last limit is infinite. */
  *cumulative(): Iterable<readonly [limit: number, count: number]> {
    let n = 0
    for (let i = 0; i < this.#counts.length; i++) {
      n += this.#counts[i]!
      yield [LAG_BUCKETS[i] ?? Number.POSITIVE_INFINITY, n]
    }
  }
}

export interface GcCount {
  count: number
  seconds: number
}

export class ProcessWatch {
  readonly lag = new LagHistogram()
  /** By kind of collection. */
  readonly gc = new Map<string, GcCount>(
    ['minor', 'major', 'incremental'].map((kind) => [kind, { count: 0, seconds: 0 }]),
  )
  #looking: NodeJS.Timeout | undefined
  #observer: PerformanceObserver | undefined

  /** Begins to watch; does nothing when it does so already. */
  start(): void {
    if (this.#looking) return
    let last = performance.now()
    this.#looking = setInterval(() => {
      const now = performance.now()
      this.lag.add(Math.max(0, now - last - LOOK_MS) / 1000)
      last = now
    }, LOOK_MS)
    this.#looking.unref()
    this.#observer = new PerformanceObserver((list) => {
      for (const e of list.getEntries()) {
        const { kind = 0 } = (e as unknown as { readonly detail: NodeGCPerformanceDetail }).detail
        const name = GC_KINDS[kind] ?? 'other'
        const known = this.gc.get(name) ?? { count: 0, seconds: 0 }
        known.count++
        known.seconds += e.duration / 1000
        this.gc.set(name, known)
      }
    })
    this.#observer.observe({ entryTypes: ['gc'] })
  }

  stop(): void {
    clearInterval(this.#looking)
    this.#observer?.disconnect()
    this.#looking = undefined
    this.#observer = undefined
  }
}
