// Loaded into a server beside its own code (`--import`): counts the pauses that garbage collection makes in each of its
// threads, and keeps a file for each of them in the folder that GC_PAUSES names.
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { constants, PerformanceObserver } from 'node:perf_hooks'
import { threadId } from 'node:worker_threads'

export interface Pauses {
  count: number
  /** Milliseconds. */
  longest: number
  total: number
  /** Seconds of the thread at the longest. */
  at: number
}

const KINDS: Readonly<Record<number, string>> = {
  [constants.NODE_PERFORMANCE_GC_MINOR]: 'scavenge',
  [constants.NODE_PERFORMANCE_GC_MAJOR]: 'mark-compact',
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL]: 'incremental marking',
  [constants.NODE_PERFORMANCE_GC_WEAKCB]: 'weak callbacks',
}

const folder = process.env['GC_PAUSES']
if (folder !== undefined) {
  const found: Record<string, Pauses> = {}
  new PerformanceObserver((list) => {
    for (const e of list.getEntries()) {
      const { kind } = (e as unknown as { readonly detail: { readonly kind: number } }).detail
      const p = (found[KINDS[kind] ?? 'other'] ??= { count: 0, longest: 0, total: 0, at: 0 })
      p.count++
      p.total += e.duration
      if (e.duration > p.longest) {
        p.longest = e.duration
        p.at = e.startTime / 1000
      }
    }
  }).observe({ entryTypes: ['gc'] })
  const write = (): void => writeFileSync(path.join(folder, `${threadId}.json`), JSON.stringify(found))
  process.on('exit', write)
  // A worker may be ended without a word.
  if (threadId !== 0) setInterval(write, 1_000).unref()
}
