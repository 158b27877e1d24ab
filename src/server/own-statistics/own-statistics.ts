// Writes the statistics of the server into its own streams at every interval, for tasks that want them. Makes only those
// that somebody takes, and nothing at all when nobody takes any.
import type { Clock } from '../../base/clock.ts'
import { messageOf } from '../../base/fault.ts'
import type { Logger } from '../../base/logger.ts'
import type { Point } from '../../base/point.ts'
import { addTime, compareTime, type Time } from '../../base/time.ts'
import type { Engine } from '../../flow/engine.ts'
import { statisticPoint } from './statistic-points.ts'
import type { Statistic } from './statistics.ts'

/** What a point counts for in the input log. */
const POINT_BYTES = 64
const LOG_EVERY_MS = 60_000

export interface OwnStatisticsOptions {
  readonly engine: Pick<Engine, 'wanted' | 'write'> & { readonly remotes?: Pick<Engine['remotes'], 'refresh'> }
  readonly clock: Clock
  readonly logger: Logger
  readonly database: string
  readonly retentionPolicy: string
  /** Nanoseconds. */
  readonly intervalNs: number
  readonly statistics: () => Iterable<Statistic>
  /** Tags of every point. */
  readonly tags: Readonly<Record<string, string>>
}

export class OwnStatistics {
  readonly #o: OwnStatisticsOptions
  #cancel: (() => void) | undefined
  #writing = false

  constructor(o: OwnStatisticsOptions) {
    this.#o = o
  }

  /** The first points come after one interval. */
  start(): void {
    this.#arm(addTime(this.#o.clock.now(), this.#o.intervalNs))
  }

  stop(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }

  #arm(due: Time): void {
    const { clock, intervalNs } = this.#o
    this.#cancel = clock.at(due, () => {
      const next = addTime(due, intervalNs)
      // What was slept over is not made up for.
      this.#arm(compareTime(next, clock.now()) > 0 ? next : addTime(clock.now(), intervalNs))
      void this.#fresh(due)
    })
  }

  /** Writes at once, unless figures have to be fetched first. */
  #fresh(at: Time): Promise<void> | undefined {
    const { engine, database, retentionPolicy } = this.#o
    const fetched = engine.wanted(database, retentionPolicy) && engine.remotes?.refresh()
    if (!fetched) {
      this.#write(at)
      return undefined
    }
    return fetched.then(() => {
      if (this.#cancel) this.#write(at)
    })
  }

  #write(at: Time): void {
    const { engine, database, retentionPolicy, statistics, tags } = this.#o
    const wanted = engine.wanted(database, retentionPolicy)
    // The points before are still waiting for room: more would only make it worse.
    if (!wanted || this.#writing) return
    const points: Point[] = []
    for (const s of statistics()) {
      if (!wanted.all && !wanted.measurements.has(s.name)) continue
      const point = statisticPoint(s, database, retentionPolicy, tags, at)
      if (point) points.push(point)
    }
    if (points.length === 0) return
    try {
      const written = engine.write(database, retentionPolicy, points, points.length * POINT_BYTES)
      if (!written) return
      this.#writing = true
      written
        .catch((e: unknown) => this.#lost(e))
        .finally(() => {
          this.#writing = false
        })
    } catch (e) {
      this.#lost(e)
    }
  }

  #lost(e: unknown): void {
    this.#o.logger
      .limited('own-statistics', LOG_EVERY_MS)
      .warn('statistics of the server were not written to its streams', { err: messageOf(e) })
  }
}
