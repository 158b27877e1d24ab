// Loaded into a server beside its own code (`--import`): counts the pauses that garbage collection makes in its main
// thread and writes them, when the process ends, to the file that GC_PAUSES names.
import { writeFileSync } from 'node:fs'
import { constants, PerformanceObserver } from 'node:perf_hooks'
import { isMainThread } from 'node:worker_threads'

export interface Pauses {
  count: number
  /** Milliseconds. */
  longest: number
  total: number
  /** Seconds of the process at the longest. */
  at: number
}

const KINDS: Readonly<Record<number, string>> = {
  [constants.NODE_PERFORMANCE_GC_MINOR]: 'scavenge',
  [constants.NODE_PERFORMANCE_GC_MAJOR]: 'mark-compact',
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL]: 'incremental marking',
  [constants.NODE_PERFORMANCE_GC_WEAKCB]: 'weak callbacks',
}

const file = process.env['GC_PAUSES']
if (file !== undefined && isMainThread) {
  const found: Record<string, Pauses> = {}
  new PerformanceObserver((list) => {
    for (const e of list.getEntries()) {
      const kind = KINDS[(e as unknown as { readonly detail: { readonly kind: number } }).detail.kind] ?? 'other'
      const p = (found[kind] ??= { count: 0, longest: 0, total: 0, at: 0 })
      p.count++
      p.total += e.duration
      if (e.duration > p.longest) {
        p.longest = e.duration
        p.at = e.startTime / 1000
      }
    }
  }).observe({ entryTypes: ['gc'] })
  process.on('exit', () => writeFileSync(file, JSON.stringify(found)))
}
