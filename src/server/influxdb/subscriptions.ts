// The subscriptions by which InfluxDB clusters send their writes here: made, kept right and dropped, now and then and
// when it is asked for. By HTTP they come in as any write; for UDP there is a listener for each database.
import type { Clock } from '../../base/clock.ts'
import { Fault, messageOf } from '../../base/fault.ts'
import type { Logger } from '../../base/logger.ts'
import type { ServerInfo } from '../../flow/world.ts'
import { quoteAlways, quoteString } from '../../lang/influxql/keywords.ts'
import { SUBSCRIBER } from '../auth/credentials.ts'
import type { SubscriptionTokens } from '../auth/subscription-tokens.ts'
import type { Intake } from '../http/write-service.ts'
import { UdpListener } from '../inputs/udp-listener.ts'
import { REDACTED } from '../log/redact.ts'
import type { Cluster, InfluxClusters } from './influx-clusters.ts'
import { type DbRp, type Plan, planOf, type Subscription, wantedOf } from './subscription-plan.ts'

export interface SubscriptionsOptions {
  readonly clusters: InfluxClusters
  readonly server: ServerInfo
  readonly intake: Intake
  readonly clock: Clock
  readonly logger: Logger
  /** What writes by HTTP need; undefined where nobody has to sign in. */
  readonly tokens?: SubscriptionTokens | undefined
}

/** A cluster that does not answer is tried again so soon, and told of so often. */
const RETRY_MS = 10_000
const LOG_MS = 3_600_000

/** What stands at one cluster. */
interface Link {
  readonly cluster: Cluster
  readonly listeners: Map<string, UdpListener>
  /** What its subscriptions carry, by database and retention policy. */
  tokens: ReadonlyMap<string, string>
  count: number
  timer: NodeJS.Timeout | undefined
  /** The cluster is used no more, or not like this. */
  ended: boolean
}

export class Subscriptions {
  readonly #o: SubscriptionsOptions
  #links: readonly Link[] = []
  /** Undefined until it is started. */
  #port: number | undefined
  #linking: Promise<void> = Promise.resolve()

  constructor(o: SubscriptionsOptions) {
    this.#o = o
    this.update()
  }

  /** Takes the clusters as they stand now: links new ones, ends those that are gone. */
  update(): void {
    const before = new Map(this.#links.map((l) => [l.cluster, l]))
    const wanted = [...this.#o.clusters.all()].filter((c) => !c.config.disableSubscriptions)
    this.#links = wanted.map((cluster) => before.get(cluster) ?? newLink(cluster))
    for (const link of before.values()) if (!this.#links.includes(link)) this.#end(link)
    this.#o.tokens?.keepClusters(wanted.map((c) => c.config.name))
    if (this.#port === undefined) return
    for (const link of this.#links) if (!before.has(link.cluster)) this.#keep(link)
  }

  /** Links now, as soon as clusters answer, and from then on again and again. `port` is the API's own. */
  start(port: number): void {
    this.#port = port
    for (const link of this.#links) this.#keep(link)
  }

  #keep(link: Link): void {
    const { name, subscriptionsSyncInterval } = link.cluster.config
    const again = async (): Promise<void> => {
      let pause = Number(subscriptionsSyncInterval) / 1e6
      try {
        await this.#one(link)
      } catch (e) {
        if (link.ended) return
        pause = Math.min(pause, RETRY_MS)
        this.#log(link)
          .limited(`link ${name}`, LOG_MS)
          .warn('subscriptions can not be brought in order', { err: withoutTokens(messageOf(e)) })
      }
      if (link.ended) return
      link.timer = setTimeout(() => void again(), pause)
      link.timer.unref()
    }
    void again()
  }

  /** Resolves when nothing of the link is left here. */
  #end(link: Link): Promise<void> {
    link.ended = true
    clearTimeout(link.timer)
    const closed = this.#linking.then(async () => {
      await Promise.all([...link.listeners.values()].map((x) => x.close()))
      link.listeners.clear()
    })
    // Whoever comes next for the same cluster may want the listeners' addresses.
    this.#linking = closed.catch(() => {})
    return closed
  }

  /** Brings the subscriptions at all clusters in order. Rejects with a Fault that names the first that failed. */
  async link(): Promise<void> {
    for (const link of this.#links) {
      try {
        await this.#one(link)
      } catch (e) {
        const why = `failed to link subscriptions: linking cluster ${link.cluster.config.name}: ${withoutTokens(messageOf(e))}`
        throw new Fault('link-failed', why, { cause: e, retry: true })
      }
    }
  }

  /** Subscriptions that stand, by cluster. */
  counts(): ReadonlyMap<string, number> {
    return new Map(this.#links.map((l) => [l.cluster.config.name, l.count]))
  }

  /** The listeners for subscriptions by UDP. */
  *listeners(): Iterable<{ readonly cluster: string; readonly listener: UdpListener }> {
    for (const l of this.#links)
      for (const listener of l.listeners.values()) yield { cluster: l.cluster.config.name, listener }
  }

  /** Listens no more. What stands in InfluxDB is left: the next server goes on with it. */
  async close(): Promise<void> {
    await Promise.all(this.#links.map((l) => this.#end(l)))
  }

  /** One cluster after the other: two at the same time would undo each other's work. */
  #one(link: Link): Promise<void> {
    const done = this.#linking.then(() => this.#bring(link))
    this.#linking = done.catch(() => {})
    return done
  }

  async #bring(link: Link): Promise<void> {
    if (link.ended) return
    const { client, config } = link.cluster
    const { clusterId, serverId } = this.#o.server
    const there = await dbrpsAt(link.cluster)
    const wanted = wantedOf(there, config.subscriptions, config.excludedSubscriptions)
    if (config.subscriptionProtocol === 'udp') await this.#listen(link, wanted)
    const name = `kapacitor-${config.subscriptionMode === 'server' ? serverId : clusterId}`
    const existing = await subscriptionsAt(link.cluster)
    link.tokens = this.#tokensFor(link, name, wanted, existing)
    const plan = planOf({
      name,
      oldNames: ['kapacitor', clusterId],
      wanted,
      existing,
      destination: (x) => this.#destination(link, x),
    })
    await carryOut(plan, name, (text) => client.rows(text))
    this.#o.tokens?.keepOnly(config.name, link.tokens.values())
    link.count = wanted.length
    if (plan.drop.length > 0 || plan.create.length > 0)
      this.#log(link).info('brought subscriptions in order', {
        dropped: plan.drop.length,
        created: plan.create.length,
        subscriptions: wanted.length,
      })
  }

  #destination(link: Link, x: DbRp): string {
    const { config } = link.cluster
    const host = config.kapacitorHostname || this.#o.server.hostname
    const shown = host.includes(':') ? `[${host}]` : host
    if (config.subscriptionProtocol === 'udp') return `udp://${shown}:${link.listeners.get(keyOf(x))?.port ?? 0}`
    const port = config.httpPort === 0 ? (this.#port ?? 0) : config.httpPort
    const token = link.tokens.get(keyOf(x))
    const user = token === undefined ? '' : `${SUBSCRIBER}:${token}@`
    return `${config.subscriptionProtocol}://${user}${shown}:${port}${config.subscriptionPath}`
  }

  /**
   * A token for each wanted one: that which stands at InfluxDB already, or was made for an earlier try, or a new one.
   * Those of earlier tries are used again so that a cluster that refuses does not make them more and more.
   */
  #tokensFor(
    { cluster, tokens: before }: Link,
    name: string,
    wanted: readonly DbRp[],
    existing: readonly Subscription[],
  ): ReadonlyMap<string, string> {
    const { tokens } = this.#o
    const { name: at, subscriptionProtocol } = cluster.config
    if (!tokens || subscriptionProtocol === 'udp') return new Map()
    const standing = new Map(existing.filter((s) => s.name === name).map((s) => [keyOf(s), tokenIn(s.destinations[0])]))
    return new Map(
      wanted.map((x) => {
        const key = keyOf(x)
        const good = [standing.get(key), before.get(key)].find((t) => t !== undefined && tokens.isFor(t, at, x.db))
        return [key, good ?? tokens.issue(at, x.db)]
      }),
    )
  }

  /** Opens a listener for each wanted database, closes those of others. */
  async #listen(link: Link, wanted: readonly DbRp[]): Promise<void> {
    const { config } = link.cluster
    const keys = new Set(wanted.map(keyOf))
    for (const [key, listener] of link.listeners) {
      if (keys.has(key)) continue
      link.listeners.delete(key)
      await listener.close()
    }
    for (const x of wanted) {
      if (link.listeners.has(keyOf(x)) || link.ended) continue
      const listener = await UdpListener.open({
        host: config.udpBind,
        port: 0,
        db: x.db,
        rp: x.rp,
        readBuffer: config.udpReadBuffer,
        buffer: config.udpBuffer,
        intake: this.#o.intake,
        clock: this.#o.clock,
        logger: this.#log(link),
      })
      link.listeners.set(keyOf(x), listener)
    }
  }

  #log(link: Link): Logger {
    return this.#o.logger.with({ cluster: link.cluster.config.name })
  }
}

function newLink(cluster: Cluster): Link {
  return { cluster, listeners: new Map(), tokens: new Map(), count: 0, timer: undefined, ended: false }
}

/** The token in the address that a subscription leads to. */
function tokenIn(destination = ''): string | undefined {
  const url = URL.parse(destination)
  return url?.username === SUBSCRIBER && url.password !== '' ? url.password : undefined
}

/** InfluxDB may repeat the statement that it does not take. */
function withoutTokens(message: string): string {
  return message.replace(new RegExp(`${SUBSCRIBER}:[^@\\s]*@`, 'g'), `${SUBSCRIBER}:${REDACTED}@`)
}

function keyOf({ db, rp }: DbRp): string {
  return JSON.stringify([db, rp])
}

async function dbrpsAt({ client }: Cluster): Promise<readonly DbRp[]> {
  const all: DbRp[] = []
  for (const { cells } of await client.rows('SHOW DATABASES')) {
    const db = String(cells['name'])
    for (const policy of await client.rows(`SHOW RETENTION POLICIES ON ${quoteAlways(db)}`))
      all.push({ db, rp: String(policy.cells['name']) })
  }
  return all
}

async function subscriptionsAt({ client }: Cluster): Promise<readonly Subscription[]> {
  const rows = await client.rows('SHOW SUBSCRIPTIONS')
  return rows.map(({ series, cells }) => ({
    db: series,
    rp: String(cells['retention_policy']),
    name: String(cells['name']),
    mode: String(cells['mode']),
    destinations: JSON.parse(String(cells['destinations'] ?? '[]')) as string[],
  }))
}

async function carryOut(plan: Plan, name: string, run: (text: string) => Promise<unknown>): Promise<void> {
  const on = ({ db, rp }: DbRp): string => `ON ${quoteAlways(db)}.${quoteAlways(rp)}`
  for (const s of plan.drop) await run(`DROP SUBSCRIPTION ${quoteAlways(s.name)} ${on(s)}`)
  for (const x of plan.create)
    await run(`CREATE SUBSCRIPTION ${quoteAlways(name)} ${on(x)} DESTINATIONS ANY ${quoteString(x.destination)}`)
}
