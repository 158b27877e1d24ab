// Figures of the process and of its JavaScript engine, under the names that other Node servers use for them.
import { readdirSync } from 'node:fs'
import { getHeapStatistics } from 'node:v8'
import { type Family, labels, numberText, type Sample, single } from './metrics-text.ts'
import type { ProcessWatch } from './process-watch.ts'

const STARTED = performance.timeOrigin / 1000

export function* processFamilies(watch: ProcessWatch): Iterable<Family> {
  const cpu = process.cpuUsage()
  const seconds = (cpu.user + cpu.system) / 1e6
  yield single('process_cpu_seconds_total', 'counter', 'Processor time, in user and system mode.', seconds)
  yield single('process_start_time_seconds', 'gauge', 'When the process started, since 1970.', STARTED)
  const memory = process.memoryUsage()
  yield single('process_resident_memory_bytes', 'gauge', 'Memory of the process that is in RAM.', memory.rss)
  yield { name: 'process_open_fds', type: 'gauge', help: 'Open files and sockets.', samples: openFiles() }
  yield single('nodejs_heap_size_total_bytes', 'gauge', 'Memory that the heap has taken.', memory.heapTotal)
  yield single('nodejs_heap_size_used_bytes', 'gauge', 'Of the heap, what is in use.', memory.heapUsed)
  const limit = getHeapStatistics().heap_size_limit
  yield single('nodejs_heap_size_limit_bytes', 'gauge', 'What the heap may grow to before the process ends.', limit)
  yield single(
    'nodejs_external_memory_bytes',
    'gauge',
    'Memory outside of the heap that objects hold.',
    memory.external,
  )
  yield {
    name: 'nodejs_gc_duration_seconds',
    type: 'summary',
    help: 'Garbage collections, since the figures were first asked for.',
    samples: collections(watch),
  }
  yield {
    name: 'supercap_event_loop_lag_seconds',
    type: 'histogram',
    help: 'How late the event loop was, looked at ten times a second since the figures were first asked for.',
    samples: lags(watch),
  }
}

/** Nothing where the system does not tell. */
function openFiles(): Sample[] {
  try {
    return [{ value: readdirSync('/proc/self/fd').length }]
  } catch {
    return []
  }
}

function* collections(watch: ProcessWatch): Iterable<Sample> {
  for (const [kind, { count, seconds }] of watch.gc) {
    const of = labels({ kind })
    yield { labels: of, suffix: '_sum', value: seconds }
    yield { labels: of, suffix: '_count', value: count }
  }
}

function* lags({ lag }: ProcessWatch): Iterable<Sample> {
  let all = 0
  for (const [limit, count] of lag.cumulative()) {
    yield { labels: labels({ le: numberText(limit) }), suffix: '_bucket', value: count }
    all = count
  }
  yield { suffix: '_sum', value: lag.sum }
  yield { suffix: '_count', value: all }
}
