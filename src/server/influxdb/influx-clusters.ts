// The configured InfluxDB clusters by name, as tasks see them: which one a name means, and answers to their questions.
import path from 'node:path'
import type { BatchFeed } from '../../base/batch-feed.ts'
import { Fault, messageOf } from '../../base/fault.ts'
import { ResultSpool } from '../../base/influxdb/result-spool.ts'
import type { Logger } from '../../base/logger.ts'
import { formatTime } from '../../base/time.ts'
import type { Influx, InfluxQuery } from '../../flow/world.ts'
import { quoteName } from '../../lang/influxql/keywords.ts'
import type { WriteTarget } from '../../nodes/influxdb-out.ts'
import { type ClientOptions, InfluxClient, type InfluxConfig } from './influx-client.ts'
import { TemporarySpool } from './spool-file.ts'

export interface ClustersOptions extends ClientOptions {
  readonly logger: Logger
  /** Where answers lie that are too large for the memory. */
  readonly dataDir: string
  /** Bytes of an answer in memory; the default when not given. */
  readonly maxSpoolBytes?: number
}

const FIRST_PAUSE_MS = 500
const LONGEST_PAUSE_MS = 30_000

export interface Cluster {
  readonly config: InfluxConfig
  readonly client: InfluxClient
}

export class InfluxClusters implements Influx {
  readonly #o: ClustersOptions
  #clusters: ReadonlyMap<string, Cluster> = new Map()
  #default: string | undefined
  #greets = false
  readonly #abort = new AbortController()

  /** Throws a Fault when a cluster's configuration can't be used. */
  constructor(configs: readonly InfluxConfig[], o: ClustersOptions) {
    this.#o = o
    this.update(configs)
  }

  /**
   * Goes on with these clusters; those whose configuration is the same object stay as they are. What is under way at
   * others may end. Throws a Fault when a configuration can't be used; then nothing changes.
   */
  update(configs: readonly InfluxConfig[]): void {
    const before = this.#clusters
    const enabled = configs.filter((c) => c.enabled)
    const clusters = new Map<string, Cluster>()
    for (const config of enabled) {
      const known = before.get(config.name)
      clusters.set(
        config.name,
        known?.config === config ? known : { config, client: new InfluxClient(config, this.#o) },
      )
    }
    this.#clusters = clusters
    this.#default = (enabled.length === 1 ? enabled[0] : enabled.find((c) => c.default))?.name
    for (const [name, cluster] of before) if (clusters.get(name) !== cluster) void cluster.client.retire()
    if (!this.#greets) return
    for (const [name, cluster] of clusters) if (before.get(name) !== cluster) void this.#greet(cluster)
  }

  /** The enabled ones. */
  all(): Iterable<Cluster> {
    return this.#clusters.values()
  }

  cluster(name: string): string {
    return this.client(name).name
  }

  /** The default one for an empty name. Throws a Fault when there is none. */
  client(name: string): InfluxClient {
    const found = this.#clusters.get(name === '' ? (this.#default ?? '') : name)
    if (found) return found.client
    throw new Fault('no-cluster', name === '' ? 'no InfluxDB cluster configured' : `no such InfluxDB config ${name}`, {
      status: 400,
    })
  }

  async query(query: InfluxQuery, signal?: AbortSignal): Promise<BatchFeed> {
    const client = this.client(query.cluster)
    const { byName, stop, rowTimes, text } = query
    const spool = new ResultSpool({
      byName,
      stop,
      rowTimes,
      file: () => new TemporarySpool(path.join(this.#o.dataDir, 'spool')),
      ...(this.#o.maxSpoolBytes === undefined ? {} : { maxBytes: this.#o.maxSpoolBytes }),
    })
    try {
      if (query.language === 'influxql') await client.query(text, spool, signal)
      else {
        const { org = '', orgId = '', now = stop } = query
        await client.flux(text, { org, orgId, now: formatTime(now) }, spool, signal)
      }
      return spool
    } catch (e) {
      spool.close()
      throw e
    }
  }

  async write(target: WriteTarget, lines: string, signal?: AbortSignal): Promise<void> {
    await this.client(target.cluster).write({ ...target, lines }, signal)
  }

  /** Makes the database, with its retention policy when one is named; nothing happens when it is there. */
  async create({ cluster, db, rp }: WriteTarget, signal?: AbortSignal): Promise<void> {
    const policy = rp === '' ? '' : ` WITH NAME ${quoteName(rp)}`
    await this.client(cluster).rows(`CREATE DATABASE ${quoteName(db)}${policy}`, signal)
  }

  /**
   * Waits, beside everything else, until each cluster answers, and tells the log; also when one does not within its
   * `startup-timeout`. It is then still tried whenever somebody needs it.
   */
  async greet(): Promise<void> {
    this.#greets = true
    await Promise.all([...this.#clusters.values()].map((c) => this.#greet(c)))
  }

  async #greet({ config, client }: Cluster): Promise<void> {
    const log = this.#o.logger
    const until = performance.now() + Number(config.startupTimeout) / 1e6
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      try {
        const version = await client.ping()
        log.info('connected to InfluxDB', { cluster: config.name, version })
        return
      } catch (e) {
        if (this.#abort.signal.aborted || this.#clusters.get(config.name)?.client !== client) return
        if (performance.now() + pause > until) {
          const err = `failed to connect to InfluxDB, retry limit reached: ${messageOf(e)}`
          log.error(err, { cluster: config.name, urls: config.urls.join(' ') })
          return
        }
        if (pause === FIRST_PAUSE_MS)
          log.warn('InfluxDB does not answer yet', { cluster: config.name, err: messageOf(e) })
      }
      await this.#pause(pause)
      if (this.#abort.signal.aborted) return
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const { signal } = this.#abort
      const over = (): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', over)
        resolve()
      }
      const timer = setTimeout(over, ms)
      signal.addEventListener('abort', over)
    })
  }

  async close(): Promise<void> {
    this.#abort.abort()
    await Promise.all([...this.#clusters.values()].map(({ client }) => client.close()))
  }
}
