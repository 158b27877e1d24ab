// What a running task may use of the world around it. The server passes the real one, tests and runScript a recorded one.

import type { AlertSink } from '../alert/sink.ts'
import type { BatchFeed } from '../base/batch-feed.ts'
import type { Logger } from '../base/logger.ts'
import type { Point } from '../base/point.ts'
import type { Time } from '../base/time.ts'

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Milliseconds until the request is given up. */
  readonly timeoutMs: number
  readonly signal?: AbortSignal
}

export interface HttpReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** At most 64 kB; longer replies are cut. */
  readonly body: string
}

/** A configured `[[httppost]]` endpoint. */
export interface HttpEndpoint {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly rowTemplate: string
  readonly alertTemplate: string
}

export interface ServerInfo {
  readonly hostname: string
  readonly clusterId: string
  readonly serverId: string
}

/** A question to InfluxDB. */
export interface InfluxQuery {
  /** The configured cluster; the default one when empty. */
  readonly cluster: string
  readonly language: 'influxql' | 'flux'
  readonly text: string
  /** Whether the measurement is part of the groups of the batches. */
  readonly byName: boolean
  /** End of the span asked for: the time of batches that have no other. */
  readonly stop: Time
  /** The time of a batch is that of its newest row; else it is `stop`. */
  readonly rowTimes: boolean
  /** Flux only: organisation by name or id, and the query's own notion of the present. */
  readonly org?: string
  readonly orgId?: string
  readonly now?: Time
}

export interface Influx {
  /** The cluster's own name; throws a Fault when there is none of that name, or no default one for an empty name. */
  cluster(name: string): string
  /** Resolves when the answer is here whole. Rejects with a Fault: what InfluxDB said, or why it said nothing. */
  query(query: InfluxQuery, signal: AbortSignal): Promise<BatchFeed>
}

/** Values by the paths of files, or the keys of an address's answer. */
export type SideTable = ReadonlyMap<string, Readonly<Record<string, unknown>>>

/** What a sideload node reads from; shared by all that name the same source. */
export interface SideSource {
  /** Another one after each reload, between turns; undefined until it has been read for the first time. */
  readonly table: SideTable | undefined
  /** Resolves once there is a table. Rejects with a Fault when it can't be read. */
  ready(signal: AbortSignal): Promise<void>
  /** The node needs it no more. */
  close(): void
}

export interface World {
  readonly logger: Logger
  readonly server: ServerInfo
  /** Wall-clock seconds, for figures only. */
  nowSec(): number
  readonly alerts: AlertSink
  /** Rejects with a retryable Fault when nothing answered. */
  http(request: HttpRequest): Promise<HttpReply>
  httpEndpoint(name: string): HttpEndpoint | undefined
  /** Undefined when no cluster is configured. */
  readonly influx?: Influx | undefined
  /** Opens what a sideload node names as its source. Throws a Fault when it can't be; then the task does not start. */
  sideload?(source: string): SideSource
  /** Puts points back into the input as a new log entry; caused by the turn that runs now. */
  loopback(taskId: string, nodeName: string, db: string, rp: string, points: readonly Point[]): void
}
