// The figures of the server as /debug/vars shows them: read when somebody asks, never kept twice.
import { hash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { jsonString } from '../base/go-json.ts'
import { compactJson, type Writable } from '../base/json-writer.ts'
import { slicedText } from './http/sliced-text.ts'
import type { Statistic } from './own-statistics/statistics.ts'

export interface DebugVars {
  readonly apiVersion: string
  readonly version: string
  /** Tags of every statistic, and members of the whole. */
  readonly tags: Readonly<Record<string, string>>
  readonly counts: ServerCounts
  readonly statistics: Iterable<Statistic>
  /** Brings the statistics up to date, where that is needed. */
  readonly refresh: () => Promise<unknown> | undefined
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
  const h = hash('sha1', JSON.stringify([s.name, s.tags]))
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

/** The body: one member a line, in the order of their names. It is made in slices: others have their turn in between. */
export function debugVars(o: DebugVars): Readable {
  return slicedText(async () => {
    await o.refresh()
    return pieces(o)
  })
}

function* pieces(o: DebugVars): Iterable<string> {
  const members: Record<string, Writable> = {
    ...o.tags,
    cmdline: process.argv,
    kapacitor: undefined,
    memstats: memory(),
    ...o.counts,
    platform: 'OSS',
    product: 'kapacitor',
    supercap_version: o.version,
    version: o.apiVersion,
    ...o.more,
  }
  let before = '{\n'
  for (const name of Object.keys(members).sort()) {
    yield `${before}${jsonString(name)}: `
    if (name === 'kapacitor') yield* statisticPieces(o)
    else yield compactJson(members[name])
    before = ',\n'
  }
  yield '\n}\n'
}

function* statisticPieces({ statistics, tags }: DebugVars): Iterable<string> {
  // A task that is started anew between two slices comes up twice.
  const told = new Set<string>()
  let before = '{'
  for (const s of statistics) {
    const id = uuidOf(s)
    if (told.has(id)) continue
    told.add(id)
    yield `${before}"${id}":${compactJson({ name: s.name, tags: { ...s.tags, ...tags }, values: s.values })}`
    before = ','
  }
  yield told.size === 0 ? '{}' : '}'
}
