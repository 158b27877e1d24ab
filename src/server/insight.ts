// What lets people see into the server: its log as it is written, profiles, figures, and statistics for its own tasks. Joins
// the parts that show something with those that have it. Changes nothing but the level of the log.
import type { Readable } from 'node:stream'
import type { Clock } from '../base/clock.ts'
import type { Engine } from '../flow/engine.ts'
import type { ServerInfo } from '../flow/world.ts'
import type { PostDelivery } from '../nodes/http-post-delivery.ts'
import type { WriteDelivery } from '../nodes/influxdb-out-delivery.ts'
import type { Store } from '../store/store.ts'
import type { Alerting } from './alerting.ts'
import type { Listener } from './api/listener.ts'
import type { Services } from './api/services.ts'
import type { ServerValues } from './config/sections/server-sections.ts'
import { debugVars, type ServerCounts } from './debug-vars.ts'
import type { Subscriptions } from './influxdb/subscriptions.ts'
import { inputStatistics } from './inputs/input-statistics.ts'
import type { UdpListener } from './inputs/udp-listener.ts'
import type { LoadFolder } from './load/load-folder.ts'
import { parseLevel } from './log/log-record.ts'
import { LogSessions } from './log/log-sessions.ts'
import type { Logging } from './log/logging.ts'
import { Metrics } from './metrics/metrics.ts'
import { ProcessWatch } from './metrics/process-watch.ts'
import { RequestCounts } from './metrics/request-counts.ts'
import { serverFamilies } from './metrics/server-families.ts'
import { OwnStatistics } from './own-statistics/own-statistics.ts'
import { type Statistic, statistics, wholeStatistics } from './own-statistics/statistics.ts'
import { Profiles } from './profiles/profiles.ts'
import type { SideloadService } from './sideload/sideload-service.ts'
import { API_VERSION, VERSION } from './version.ts'
import type { WorkerPool } from './workers/worker-pool.ts'

/** Levels that the API takes; the configuration knows more. */
const API_LEVELS = /^(?:debug|info|error)$/i

export interface InsightParts {
  readonly config: ServerValues
  readonly logging: Logging
  readonly clock: Clock
  readonly identity: ServerInfo
  readonly engine: Engine
  readonly workers: WorkerPool | undefined
  readonly alerting: Alerting
  readonly posts: PostDelivery
  readonly influxWrites: WriteDelivery
  readonly tasks: { counts(): { readonly tasks: number; readonly enabled: number } }
  readonly subscriptions: Subscriptions
  readonly udpInputs: () => readonly UdpListener[]
  readonly loading: LoadFolder
  readonly sideload: SideloadService
  readonly store: Store
  readonly listener: Listener
  readonly auth: { statistics(): Iterable<Statistic> }
}

export class Insight {
  readonly services: Pick<Services, 'log' | 'debug' | 'logs' | 'profiles' | 'metrics'>
  /** Is told of every answer of a route. */
  readonly answered: (status: number) => void
  readonly #sessions: LogSessions
  readonly #profiles: Profiles
  readonly #watch = new ProcessWatch()
  readonly #own: OwnStatistics | undefined

  constructor(p: InsightParts) {
    const { logging, engine, alerting } = p
    const { topics, dispatcher, outbox } = alerting
    this.#profiles = new Profiles(p.config.root.dataDir)
    const requests = new RequestCounts()
    this.answered = (status) => requests.add(status)
    this.#sessions = new LogSessions(logging)
    const all = (): Iterable<Statistic> => statistics({ engine, topics, more: () => partStatistics(p) })
    this.#own = ownStatistics(p, all)
    const metrics = new Metrics({
      watch: this.#watch,
      engine,
      ringBytes: Number(p.config.task.logRingBytes),
      alerts: { topics, dispatcher, outbox },
      more: () => serverFamilies({ ...p, counts: countsOf(p), requests, sessions: this.#sessions }),
    })
    this.services = {
      log: { setLevel: (level) => setLevel(logging, level) },
      debug: { vars: () => vars(p, all()) },
      logs: this.#sessions,
      profiles: this.#profiles,
      metrics,
    }
  }

  start(): void {
    this.#own?.start()
  }

  /** Ends everything that somebody is watching; call it before the API is closed. */
  close(): void {
    this.#own?.stop()
    this.#sessions.close()
    this.#profiles.close()
    this.#watch.stop()
  }
}

function setLevel(logging: Logging, text: string): boolean {
  const level = API_LEVELS.test(text) ? parseLevel(text) : undefined
  if (level === undefined) return false
  logging.level = level
  return true
}

function ownTags({ hostname, clusterId, serverId }: ServerInfo): Readonly<Record<string, string>> {
  return { cluster_id: clusterId, host: hostname, server_id: serverId }
}

function countsOf({ tasks, subscriptions }: InsightParts): ServerCounts {
  const counts = tasks.counts()
  const linked = [...subscriptions.counts().values()].reduce((sum, n) => sum + n, 0)
  return { num_tasks: counts.tasks, num_enabled_tasks: counts.enabled, num_subscriptions: linked }
}

function* partStatistics({ udpInputs, subscriptions, loading, auth }: InsightParts): Iterable<Statistic> {
  yield* inputStatistics(udpInputs(), subscriptions)
  yield* auth.statistics()
  yield { name: 'load', tags: {}, values: { errors: loading.errors } }
}

function ownStatistics(p: InsightParts, all: () => Iterable<Statistic>): OwnStatistics | undefined {
  const { enabled, statsInterval, database, retentionPolicy } = p.config.stats
  if (!enabled) return undefined
  return new OwnStatistics({
    engine: p.engine,
    clock: p.clock,
    logger: p.logging.logger.with({ service: 'stats' }),
    database,
    retentionPolicy,
    intervalNs: Number(statsInterval),
    tags: ownTags(p.identity),
    *statistics() {
      yield* all()
      yield* wholeStatistics({ ...countsOf(p), uptime: process.uptime() })
    },
  })
}

function vars(p: InsightParts, all: Iterable<Statistic>): Readable {
  const { engine, alerting, posts, influxWrites } = p
  return debugVars({
    apiVersion: API_VERSION,
    version: VERSION,
    tags: ownTags(p.identity),
    counts: countsOf(p),
    statistics: all,
    refresh: () => engine.remotes.refresh(),
    more: {
      alerts: { ...alerting.dispatcher.stats() },
      http: { ...p.listener.counts() },
      log: { held_bytes: engine.heldBytes, next_seq: engine.nextSeq, looped_points: engine.loopedPoints },
      outbox: {
        waiting: alerting.outbox.waiting,
        posts_given_up: posts.givenUp,
        writes_given_up: influxWrites.givenUp,
      },
      store: { size_bytes: p.store.sizeBytes() },
    },
  })
}
