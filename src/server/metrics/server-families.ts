// Figures of the server around the engine: its API, its log, its store and its sources.
import type { Engine } from '../../flow/engine.ts'
import type { ServerInfo } from '../../flow/world.ts'
import type { Store } from '../../store/store.ts'
import type { Listener } from '../api/listener.ts'
import type { ServerValues } from '../config/sections/server-sections.ts'
import type { ServerCounts } from '../debug-vars.ts'
import type { Subscriptions } from '../influxdb/subscriptions.ts'
import { inputStatistics } from '../inputs/input-statistics.ts'
import type { UdpListener } from '../inputs/udp-listener.ts'
import type { LogSessions } from '../log/log-sessions.ts'
import type { Logging } from '../log/logging.ts'
import type { SideloadService } from '../sideload/sideload-service.ts'
import { API_VERSION, VERSION } from '../version.ts'
import { each, type Family, labels, single } from './metrics-text.ts'
import type { RequestCounts } from './request-counts.ts'
import { type WorkerCounts, workerFamilies } from './worker-families.ts'

export interface ServerParts {
  readonly config: ServerValues
  readonly identity: ServerInfo
  readonly engine: Engine
  readonly workers: { counts(): readonly WorkerCounts[] } | undefined
  readonly logging: Logging
  readonly sessions: LogSessions
  readonly counts: ServerCounts
  readonly requests: RequestCounts
  readonly listener: Listener
  readonly store: Store
  readonly loading: { readonly errors: number }
  readonly sideload: SideloadService
  readonly subscriptions: Subscriptions
  readonly udpInputs: () => readonly UdpListener[]
  readonly posts: { readonly givenUp: number }
  readonly influxWrites: { readonly givenUp: number }
}

export function* serverFamilies(p: ServerParts): Iterable<Family> {
  const { hostname: host, clusterId: cluster_id, serverId: server_id } = p.identity
  const of = labels({ version: VERSION, api_version: API_VERSION, host, cluster_id, server_id })
  yield single('supercap_build_info', 'gauge', 'Which server this is; always 1.', 1, of)
  yield* taskCounts(p)
  yield* workerFamilies(p.workers?.counts() ?? [])
  yield* httpFamilies(p)
  yield* inputFamilies(p)
  yield* logFamilies(p)
  yield single('supercap_store_size_bytes', 'gauge', 'Size of the store on disk.', p.store.sizeBytes())
  const limit = Number(p.config.storage.maxSize)
  yield single(
    'supercap_store_limit_bytes',
    'gauge',
    'From this size on nothing more is written: [storage] max-size.',
    limit,
  )
  yield each(
    [
      ['post', p.posts.givenUp],
      ['write', p.influxWrites.givenUp],
    ] as const,
    'supercap_deliveries_given_up_total',
    'counter',
    'Posts of httpPost nodes and writes to InfluxDB that could not be delivered.',
    ([kind]) => labels({ kind }),
    ([, n]) => n,
  )
  yield single(
    'supercap_load_errors_total',
    'counter',
    'Files of the load folder that could not be loaded.',
    p.loading.errors,
  )
  const { sources, reloads, errors } = p.sideload.counts()
  yield single('supercap_sideload_sources', 'gauge', 'Sources that sideload nodes read from.', sources)
  yield single('supercap_sideload_reloads_total', 'counter', 'Times that a source was read again.', reloads)
  yield single('supercap_sideload_reload_errors_total', 'counter', 'Of these, times that it could not be read.', errors)
}

function* taskCounts({ counts, engine }: ServerParts): Iterable<Family> {
  const { num_tasks: tasks, num_enabled_tasks: enabled } = counts
  yield each(
    [
      ['enabled', enabled],
      ['disabled', tasks - enabled],
    ] as const,
    'supercap_tasks',
    'gauge',
    'Tasks that are defined, by status.',
    ([status]) => labels({ status }),
    ([, n]) => n,
  )
  let executing = 0
  for (const task of engine.tasks()) if (!task.ended) executing++
  yield single(
    'supercap_tasks_executing',
    'gauge',
    'Tasks that run; an enabled one that does not has failed.',
    executing,
  )
}

function* httpFamilies({ requests, listener }: ServerParts): Iterable<Family> {
  yield each(
    requests.byClass(),
    'supercap_http_requests_total',
    'counter',
    'Requests that were answered, by the class of the status.',
    ([code]) => labels({ code }),
    ([, n]) => n,
  )
  const { connections, ...refused } = listener.counts()
  yield single('supercap_http_connections', 'gauge', 'Open connections.', connections)
  yield each(
    Object.entries(refused),
    'supercap_http_refused_total',
    'counter',
    'Connections and requests that were turned away before they reached a route.',
    ([reason]) => labels({ reason }),
    ([, n]) => n,
  )
}

function* inputFamilies({ udpInputs, subscriptions, counts }: ServerParts): Iterable<Family> {
  yield single(
    'supercap_influxdb_subscriptions',
    'gauge',
    'Subscriptions that stand at InfluxDB.',
    counts.num_subscriptions,
  )
  yield {
    name: 'supercap_udp_events_total',
    type: 'counter',
    help: 'What came in by datagrams: bytes and points, and what failed.',
    samples: (function* () {
      for (const { tags, values } of inputStatistics(udpInputs(), subscriptions))
        for (const [event, n] of Object.entries(values)) yield { labels: labels({ ...tags, event }), value: Number(n) }
    })(),
  }
}

function* logFamilies({ logging, sessions }: ServerParts): Iterable<Family> {
  const { suppressed, ...lines } = logging.counts()
  yield each(
    Object.entries(lines),
    'supercap_log_lines_total',
    'counter',
    'Lines that were written to the log.',
    ([level]) => labels({ level }),
    ([, n]) => n,
  )
  yield single(
    'supercap_log_lines_suppressed_total',
    'counter',
    'Lines held back because they repeated others.',
    suppressed,
  )
  yield single('supercap_log_sessions', 'gauge', 'Who follows the log at the moment.', sessions.size)
}
