// The figures of the server as /debug/vars shows them: read when somebody asks, never kept twice.
import { createHash } from 'node:crypto'
import { jsonString } from '../base/go-json.ts'
import { compactJson, type Writable } from '../base/json-writer.ts'
import type { Statistic } from './own-statistics/statistics.ts'

export interface DebugVars {
  readonly apiVersion: string
  readonly version: string
  /** Tags of every statistic, and members of the whole. */
  readonly tags: Readonly<Record<string, string>>
  readonly counts: ServerCounts
  readonly statistics: Iterable<Statistic>
  /** Further figures of the server as a whole, by name. */
  readonly more: Readonly<Record<string, Writable>>
}

// In the words of the API.
export interface ServerCounts {
  readonly num_tasks: number
  readonly num_enabled_tasks: number
  /** Subscriptions that stand at InfluxDB. */
  readonly num_subscriptions: number
}

/** A name for the statistic that stays the same as long as it is about the same. */
function uuidOf(s: Statistic): string {
  const h = createHash('sha1')
    .update(JSON.stringify([s.name, s.tags]))
    .digest('hex')
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-5${h.slice(13, 16)}-8${h.slice(17, 20)}-${h.slice(20, 32)}`
}

function memory(): Writable {
  const m = process.memoryUsage()
  return {
    Alloc: m.heapUsed,
    ArrayBuffers: m.arrayBuffers,
    External: m.external,
    HeapAlloc: m.heapUsed,
    HeapInuse: m.heapUsed,
    HeapSys: m.heapTotal,
    Sys: m.rss,
  }
}

/** The body: one member a line, in the order of their names. */
export function debugVarsText(o: DebugVars): string {
  const all = new Map<string, Writable>()
  for (const s of o.statistics) all.set(uuidOf(s), { name: s.name, tags: { ...s.tags, ...o.tags }, values: s.values })
  const members: Record<string, Writable> = {
    ...o.tags,
    cmdline: process.argv,
    kapacitor: all,
    memstats: memory(),
    ...o.counts,
    platform: 'OSS',
    product: 'kapacitor',
    supercap_version: o.version,
    version: o.apiVersion,
    ...o.more,
  }
  const lines = Object.keys(members)
    .sort()
    .map((name) => `${jsonString(name)}: ${compactJson(members[name])}`)
  return `{\n${lines.join(',\n')}\n}\n`
}
