// Figures of what comes in and of what tasks make of it.
import type { Engine } from '../../flow/engine.ts'
import type { IngressCount } from '../../flow/ingress.ts'
import type { SeenTask } from '../../flow/seen-task.ts'
import type { NodeStats } from '../../flow/stats.ts'
import { each, type Family, labels, single, withLabel } from './metrics-text.ts'

/** Measurements that are told by name; the rest counts together. */
export const MAX_MEASUREMENTS = 1_000

/** What one task shows at one moment. */
export interface TaskRow {
  readonly labels: string
  readonly lagEntries: number
  readonly lagSeconds: number
  readonly heldPoints: number
  readonly nodes: readonly NodeRow[]
  readonly edges: readonly EdgeRow[]
}

interface NodeRow {
  readonly labels: string
  readonly stats: NodeStats
  /** Statistics that only this kind of node has. */
  readonly own: readonly (readonly [string, number])[]
}

interface EdgeRow {
  readonly labels: string
  readonly count: number
}

const COMMON = new Set(['avg_exec_time_ns', 'collected', 'emitted', 'errors', 'working_cardinality', 'missing'])

export function taskRow(task: SeenTask, nowSec: number): TaskRow {
  const { type } = task.compiled
  const stats = task.stats()['node-stats']
  const { oldest } = task
  return {
    labels: labels({ task: task.id, type }),
    lagEntries: task.lag,
    lagSeconds: oldest ? Math.max(0, nowSec - oldest.at.sec) : 0,
    heldPoints: task.heldPoints,
    nodes: task.operators.map((op) => {
      const of = stats[op.name]!
      const kind = op.declaration.kind ?? op.declaration.name
      return {
        labels: labels({ task: task.id, node: op.name, kind }),
        stats: of,
        own: Object.entries(of).filter((s): s is [string, number] => !COMMON.has(s[0]) && typeof s[1] === 'number'),
      }
    }),
    edges: task.edges.map((e) => ({
      labels: labels({ task: task.id, parent: e.parent, child: e.child, type: e.type }),
      count: e.count,
    })),
  }
}

export function* taskFamilies(rows: readonly TaskRow[]): Iterable<Family> {
  const ofTask = (r: TaskRow): string => r.labels
  yield each(
    rows,
    'supercap_task_lag_entries',
    'gauge',
    'Entries of the input log that the task has not run yet.',
    ofTask,
    (r) => r.lagEntries,
  )
  yield each(rows, 'supercap_task_lag_seconds', 'gauge', 'The age of the oldest of them.', ofTask, (r) => r.lagSeconds)
  yield each(
    rows,
    'supercap_task_held_points',
    'gauge',
    'Points that the task holds in windows, joins and the like.',
    ofTask,
    (r) => r.heldPoints,
  )
  const nodes = rows.flatMap((r) => r.nodes)
  const ofNode = (r: NodeRow): string => r.labels
  const stat = (r: NodeRow, name: string): number => r.stats[name] as number
  yield each(
    nodes,
    'supercap_node_collected_total',
    'counter',
    'Points, or batches, that the node has taken in.',
    ofNode,
    (r) => stat(r, 'collected'),
  )
  yield each(
    nodes,
    'supercap_node_emitted_total',
    'counter',
    'Points, or batches, that the node has given to its children, each counted for itself.',
    ofNode,
    (r) => stat(r, 'emitted'),
  )
  yield each(
    nodes,
    'supercap_node_errors_total',
    'counter',
    'Points that the node could not work on, and deliveries of it that failed.',
    ofNode,
    (r) => stat(r, 'errors'),
  )
  yield each(
    nodes,
    'supercap_node_average_exec_seconds',
    'gauge',
    'Time that a point, or batch, takes in the node alone, on average since the task began.',
    ofNode,
    (r) => stat(r, 'avg_exec_time_ns') / 1e9,
  )
  yield each(
    nodes,
    'supercap_node_working_cardinality',
    'gauge',
    'Groups that the node keeps something for.',
    ofNode,
    (r) => stat(r, 'working_cardinality'),
  )
  yield {
    name: 'supercap_node_events_total',
    type: 'counter',
    help: 'What only some kinds of nodes count, by the name of the statistic.',
    samples: (function* () {
      for (const r of nodes)
        for (const [name, value] of r.own) yield { labels: withLabel(r.labels, 'event', name), value }
    })(),
  }
  yield each(
    rows.flatMap((r) => r.edges),
    'supercap_edge_messages_total',
    'counter',
    'Points, or batches, that went from a node to one of its children.',
    (r) => r.labels,
    (r) => r.count,
  )
}

export function* engineFamilies(engine: Engine, ringBytes: number): Iterable<Family> {
  const counts = bounded(engine.ingress())
  const of = (c: IngressCount): string => labels({ database: c.db, retention_policy: c.rp, measurement: c.measurement })
  yield each(counts, 'supercap_ingress_points_total', 'counter', 'Points that came in.', of, (c) => c.received)
  yield each(
    counts,
    'supercap_ingress_unwanted_points_total',
    'counter',
    'Of these, points that no task takes.',
    of,
    (c) => c.unwanted,
  )
  yield single(
    'supercap_input_log_held_bytes',
    'gauge',
    'Bytes of written bodies that tasks have not finished with.',
    engine.heldBytes,
  )
  yield single(
    'supercap_input_log_limit_bytes',
    'gauge',
    'What that may grow to before writers wait: [task] log-ring-bytes.',
    ringBytes,
  )
  yield single(
    'supercap_input_log_next_entry',
    'gauge',
    'Number of the next entry of the input log; never used twice, also over restarts.',
    engine.nextSeq,
  )
  yield single(
    'supercap_loopback_refused_points_total',
    'counter',
    'Points that loopback refused because they went round in circles.',
    engine.loopedPoints,
  )
}

/** The first ones by name, in the order in which they came up, and the rest as one: so no sum ever goes back. */
function bounded(all: Iterable<IngressCount>): IngressCount[] {
  const named: IngressCount[] = []
  const rest: IngressCount = { db: '*', rp: '*', measurement: '*', received: 0, unwanted: 0 }
  let over = false
  for (const c of all) {
    // What the engine itself counts together has the same name.
    const more = c.measurement === '*' && c.db === '*' && c.rp === '*'
    if (!more && named.length < MAX_MEASUREMENTS) named.push(c)
    else {
      rest.received += c.received
      rest.unwanted += c.unwanted
      over = true
    }
  }
  return over ? [...named, rest] : named
}
