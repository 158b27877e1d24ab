// The statistics of the server: what each is about stands in its tags. Read when somebody asks, never kept twice.
import type { Topics } from '../../alert/topics.ts'
import type { Writable } from '../../base/json-writer.ts'
import type { Engine } from '../../flow/engine.ts'

export interface Statistic {
  readonly name: string
  readonly tags: Readonly<Record<string, string>>
  readonly values: Readonly<Record<string, Writable>>
}

export interface StatisticParts {
  readonly engine: Engine
  readonly topics: Topics
  /** Statistics of further parts. */
  readonly more?: () => Iterable<Statistic>
}

export function* statistics({ engine, topics, more }: StatisticParts): Iterable<Statistic> {
  for (const c of engine.ingress()) {
    yield {
      name: 'ingress',
      tags: { task_master: 'main', database: c.db, retention_policy: c.rp, measurement: c.measurement },
      values: { points_received: c.received, points_unwanted: c.unwanted },
    }
  }
  for (const task of engine.tasks()) {
    const type = task.compiled.type
    const oldest = task.oldest
    const lagMs = oldest ? Math.max(0, Math.round((engine.clock.now().sec - oldest.at.sec) * 1000)) : 0
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
  if (more) yield* more()
  for (const t of topics.list('', 0)) yield { name: 'topics', tags: { id: t.id }, values: { collected: t.collected } }
}

/** Of the process, and of the server as a whole: only for those who read the statistics as points. */
export function* wholeStatistics(counts: Readonly<Record<string, number>>): Iterable<Statistic> {
  yield { name: 'kapacitor', tags: {}, values: counts }
  const m = process.memoryUsage()
  yield {
    name: 'runtime',
    tags: {},
    values: {
      Alloc: m.heapUsed,
      HeapAlloc: m.heapUsed,
      HeapIdle: m.heapTotal - m.heapUsed,
      HeapInUse: m.heapUsed,
      HeapSys: m.heapTotal,
      Sys: m.rss,
    },
  }
}
