// The figures of the server as /debug/vars shows them: read when somebody asks, never kept twice.
import { createHash } from 'node:crypto'
import type { Topics } from '../alert/topics.ts'
import { jsonString } from '../base/go-json.ts'
import { compactJson, type Writable } from '../base/json-writer.ts'
import type { Engine } from '../flow/engine.ts'
import type { ServerInfo } from '../flow/world.ts'

/** One statistic: what it is about stands in its tags. */
export interface Statistic {
  readonly name: string
  readonly tags: Readonly<Record<string, string>>
  readonly values: Readonly<Record<string, Writable>>
}

export interface DebugVarsOptions {
  readonly server: ServerInfo
  readonly apiVersion: string
  readonly version: string
  readonly engine: Engine
  readonly topics: Topics
  readonly counts: () => { readonly tasks: number; readonly enabled: number }
  /** Subscriptions that stand at InfluxDB. */
  readonly subscriptions?: () => number
  /** Statistics of further parts. */
  readonly statistics?: () => Iterable<Statistic>
  /** Further figures of the server as a whole, by name. */
  readonly more: () => Readonly<Record<string, Writable>>
}

/** A name for the statistic that stays the same as long as it is about the same. */
function uuidOf(s: Statistic): string {
  const h = createHash('sha1')
    .update(JSON.stringify([s.name, s.tags]))
    .digest('hex')
  return `${h.slice(0, 8)}-${h.slice(8, 12)}-5${h.slice(13, 16)}-8${h.slice(17, 20)}-${h.slice(20, 32)}`
}

function* statistics(o: DebugVarsOptions): Iterable<Statistic> {
  for (const c of o.engine.ingress()) {
    yield {
      name: 'ingress',
      tags: { task_master: 'main', database: c.db, retention_policy: c.rp, measurement: c.measurement },
      values: { points_received: c.received, points_unwanted: c.unwanted },
    }
  }
  for (const task of o.engine.tasks()) {
    const type = task.compiled.type
    const oldest = task.oldest
    const lagMs = oldest ? Math.max(0, Math.round((o.engine.clock.now().sec - oldest.at.sec) * 1000)) : 0
    yield { name: 'tasks', tags: { task: task.id, type }, values: { lag_entries: task.lag, lag_ms: lagMs } }
    const stats = task.stats()['node-stats']
    for (const op of task.operators) {
      const kind = op.declaration.kind ?? op.declaration.name
      yield { name: 'nodes', tags: { task: task.id, node: op.name, type, kind }, values: { ...stats[op.name] } }
    }
    for (const e of task.edges) {
      yield {
        name: 'edges',
        tags: { task: task.id, parent: e.parent, child: e.child, type: e.type },
        values: { collected: e.count, emitted: e.count },
      }
    }
  }
  if (o.statistics) yield* o.statistics()
  for (const t of o.topics.list('', 0)) yield { name: 'topics', tags: { id: t.id }, values: { collected: t.collected } }
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
export function debugVarsText(o: DebugVarsOptions): string {
  const { hostname, clusterId, serverId } = o.server
  const own = { cluster_id: clusterId, host: hostname, server_id: serverId }
  const all = new Map<string, Writable>()
  for (const s of statistics(o)) all.set(uuidOf(s), { name: s.name, tags: { ...s.tags, ...own }, values: s.values })
  const { tasks, enabled } = o.counts()
  const members: Record<string, Writable> = {
    cluster_id: clusterId,
    cmdline: process.argv,
    host: hostname,
    kapacitor: all,
    memstats: memory(),
    num_enabled_tasks: enabled,
    num_subscriptions: o.subscriptions?.() ?? 0,
    num_tasks: tasks,
    platform: 'OSS',
    product: 'kapacitor',
    server_id: serverId,
    supercap_version: o.version,
    version: o.apiVersion,
    ...o.more(),
  }
  const lines = Object.keys(members)
    .sort()
    .map((name) => `${jsonString(name)}: ${compactJson(members[name])}`)
  return `{\n${lines.join(',\n')}\n}\n`
}
