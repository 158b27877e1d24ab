// Runs a script in process, without server, socket, file or real time: points in, what every node gave, every event
// and every request out. The same graph, engine, log and borders as in the server, on a clock that stands still
// until the input moves it.
import { Dispatcher } from '../alert/dispatcher.ts'
import { HandlerSet } from '../alert/handler-set.ts'
import type { HandlerDeclaration } from '../alert/handlers/define-handler.ts'
import type { HandlerIo } from '../alert/io/handler-io.ts'
import { NO_MESSAGING } from '../alert/io/messaging.ts'
import { MemoryOutbox } from '../alert/memory-outbox.ts'
import { stateFromText, stateToText } from '../alert/notification-text.ts'
import {
  NOTIFY,
  type Notification,
  type OwedNotification,
  TOPIC_STATE,
  type TopicStateChange,
} from '../alert/outbox.ts'
import { Publisher } from '../alert/publisher.ts'
import { type SavedState, Topics } from '../alert/topics.ts'
import { formatErrors } from '../base/line-protocol/line-error.ts'
import { LineParser } from '../base/line-protocol/line-parser.ts'
import type { LogFields, Logger, LogLevel } from '../base/logger.ts'
import { keyOf } from '../base/text-key.ts'
import type { Time } from '../base/time.ts'
import { compileTask } from '../flow/compile.ts'
import type { EdgeType, NodeDeclaration } from '../flow/contract.ts'
import type { Given } from '../flow/edge.ts'
import { Engine } from '../flow/engine.ts'
import type { OwedRecord } from '../flow/entry.ts'
import type { TaskSnapshot } from '../flow/snapshot.ts'
import type { TaskStats } from '../flow/stats.ts'
import type { Task } from '../flow/task.ts'
import type { TaskLimits } from '../flow/task-limits.ts'
import { VirtualClock } from '../flow/virtual-clock.ts'
import type { HttpEndpoint, HttpReply, HttpRequest, ServerInfo, World } from '../flow/world.ts'
import type { EvaluateOptions } from '../lang/evaluate/evaluate-script.ts'
import { type AnswerQuery, CannedInflux, type WrittenLines } from './canned-influx.ts'
import { HTTP_POST } from './http-post.ts'
import { PostDelivery } from './http-post-delivery.ts'
import { INFLUX_WRITE } from './influxdb-out.ts'
import { WriteDelivery } from './influxdb-out-delivery.ts'

/** What scripts may use: the server's own registries, or a test's. */
export interface ScriptEnvironment
  extends Pick<EvaluateOptions<NodeDeclaration>, 'registry' | 'extend' | 'evaluateConstant' | 'validateRegex'> {
  readonly handlers: readonly HandlerDeclaration[]
}

export type ScriptInput =
  | {
      readonly at?: Time
      readonly db: string
      readonly rp: string
      readonly lines: string
      readonly precision?: string
    }
  /** Moves the clock on, so that timers fire. */
  | { readonly at: Time; readonly advance: true }

export interface ScriptRun {
  readonly script: string
  readonly type?: EdgeType
  readonly id?: string
  readonly dbrps: readonly { readonly db: string; readonly rp: string }[]
  readonly vars?: EvaluateOptions<NodeDeclaration>['vars']
  readonly input?: readonly ScriptInput[]
  /** Answers requests; 200 with an empty object when not given. */
  readonly http?: (request: HttpRequest) => HttpReply | Promise<HttpReply>
  readonly endpoints?: Readonly<Record<string, HttpEndpoint>>
  /** Answers queries to InfluxDB; with nothing when not given. */
  readonly influx?: AnswerQuery
  /** Opens the sources of sideload nodes; without it there are none. */
  readonly sideload?: SandboxOptions['sideload']
  /** Where the clock stands at the start; 2000-01-01T00:00:00Z when not given. */
  readonly start?: Time
  readonly finish?: 'drain' | 'none'
  /** Numbers of inputs before which a snapshot is taken. */
  readonly snapshotAt?: readonly number[]
  readonly restore?: TaskSnapshot
}

export interface SentRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface LogLine {
  readonly level: LogLevel
  readonly msg: string
  readonly fields: LogFields
}

export interface ScriptOutcome {
  /** What each node gave, in order. */
  readonly nodes: Readonly<Record<string, readonly Given[]>>
  readonly requests: readonly SentRequest[]
  /** Notifications that were owed, in order. */
  readonly notifications: readonly Notification[]
  /** Lines that handlers appended to files, by path. */
  readonly files: Readonly<Record<string, string>>
  /** Texts that handlers sent over TCP. */
  readonly tcp: readonly string[]
  /** Texts of the queries that InfluxDB was asked. */
  readonly queries: readonly string[]
  /** What InfluxDB was given to write, a request each. */
  readonly written: readonly WrittenLines[]
  readonly logs: readonly LogLine[]
  readonly stats: TaskStats
  /** The live results that the task served at the end, by endpoint. */
  readonly routes: Readonly<Record<string, string>>
  /** Why the task stopped; empty while it runs. */
  readonly error: string
  readonly snapshots: readonly TaskSnapshot[]
}

class MemoryLogger implements Logger {
  readonly lines: LogLine[]
  readonly #fields: LogFields
  constructor(lines: LogLine[], fields: LogFields) {
    this.lines = lines
    this.#fields = fields
  }
  #add(level: LogLevel, msg: string, fields: LogFields | undefined): void {
    this.lines.push({ level, msg, fields: { ...this.#fields, ...fields } })
  }
  debug(msg: string, fields?: LogFields): void {
    this.#add('debug', msg, fields)
  }
  info(msg: string, fields?: LogFields): void {
    this.#add('info', msg, fields)
  }
  warn(msg: string, fields?: LogFields): void {
    this.#add('warn', msg, fields)
  }
  error(msg: string, fields?: LogFields): void {
    this.#add('error', msg, fields)
  }
  enabled(): boolean {
    return true
  }
  with(fields: LogFields): Logger {
    return new MemoryLogger(this.lines, { ...this.#fields, ...fields })
  }
  limited(): Logger {
    return this
  }
}

const OK: HttpReply = { status: 200, headers: {}, body: '{}' }
/** One for all sandboxes: its tables are large, and what it gives does not depend on what it has read before. */
const PARSER = new LineParser()
const DEFAULT_START: Time = { sec: 946684800, ns: 0 }

export interface SandboxOptions {
  readonly http?: ((request: HttpRequest) => HttpReply | Promise<HttpReply>) | undefined
  readonly endpoints?: Readonly<Record<string, HttpEndpoint>> | undefined
  readonly influx?: AnswerQuery | undefined
  /** Takes writes to InfluxDB; throws a Fault to refuse one. */
  readonly influxWrite?: ((lines: WrittenLines) => void | Promise<void>) | undefined
  readonly start?: Time | undefined
  readonly server?: ServerInfo | undefined
  /** States of topics from an earlier run; what `savedStates` gave. */
  readonly saved?: Iterable<SavedState> | undefined
  /** Writes to InfluxDB that an earlier run owed and did not settle; what `unsettledWrites` gave. */
  readonly owed?: readonly OwedRecord[] | undefined
  readonly limits?: TaskLimits | undefined
  /** Opens the sources of sideload nodes; without it there are none. */
  readonly sideload?: World['sideload'] | undefined
  /** Points have all of their fields, also those that no task reads: for who looks at what passes between nodes. */
  readonly whole?: boolean
}

export interface SandboxTask {
  readonly script: string
  readonly type?: EdgeType | undefined
  readonly dbrps: readonly { readonly db: string; readonly rp: string }[]
  readonly vars?: EvaluateOptions<NodeDeclaration>['vars']
  readonly restore?: TaskSnapshot | undefined
}

/** An engine with recorded surroundings, for any number of tasks. */
export class Sandbox {
  readonly clock: VirtualClock
  readonly engine: Engine
  readonly requests: SentRequest[] = []
  readonly notifications: Notification[] = []
  readonly files: Record<string, string> = {}
  readonly tcp: string[] = []
  readonly logs: LogLine[] = []
  readonly influx: CannedInflux
  readonly #env: ScriptEnvironment
  readonly #outbox = new MemoryOutbox()
  readonly #dispatcher: Dispatcher
  readonly #posts: PostDelivery
  readonly #unsettled = new Set<OwedRecord>()
  readonly #writes: WriteDelivery
  readonly #whole: boolean
  /** The states that topics want to be kept, as text. */
  readonly #states = new Map<string, { readonly topic: string; readonly id: string; readonly text: string }>()

  constructor(env: ScriptEnvironment, o: SandboxOptions = {}) {
    this.#env = env
    this.#whole = o.whole ?? false
    const logger = new MemoryLogger(this.logs, {})
    const clock = new VirtualClock(o.start ?? DEFAULT_START)
    this.clock = clock
    const http = async (r: HttpRequest): Promise<HttpReply> => {
      this.requests.push({ method: r.method, url: r.url, headers: r.headers, body: r.body })
      return o.http ? o.http(r) : OK
    }
    const io: HandlerIo = {
      ...NO_MESSAGING,
      serverUrl: 'http://localhost:9092/kapacitor/v1',
      now: () => clock.now(),
      http,
      tcp: async (_address, text) => {
        this.tcp.push(text)
      },
      exchange: async (_address, text) => {
        this.tcp.push(text)
        return 'ok'
      },
      exec: async () => ({ code: 0, signal: undefined, output: '' }),
      append: async (path, _mode, text) => {
        this.files[path] = (this.files[path] ?? '') + text
      },
      publish: (topic, event, from) => publisher.publish(topic, event, from),
    }
    const handlers = new HandlerSet(env.handlers)
    const saved = [...(o.saved ?? [])]
    for (const { topic, id, state } of saved) this.#keep({ topic, id, state })
    const topics = new Topics({ handlers, logger, saved })
    const outbox = this.#outbox
    outbox.commit = async (r) => this.#deliver(r)
    const publisher = new Publisher({ topics, outbox, runId: 'publish' })
    this.#dispatcher = new Dispatcher({ handlers, io, outbox, clock, logger })
    this.#posts = new PostDelivery({
      http,
      clock,
      answered: (r, answer) => this.engine.answered(r, answer),
      settled: () => {},
      failed: (r, reason) => this.engine.deliveryFailed(r, reason),
    })
    const influx = new CannedInflux(o.influx, o.influxWrite)
    this.influx = influx
    this.#writes = new WriteDelivery({
      write: (target, lines) => influx.write(target, lines),
      create: (target) => influx.create(target),
      clock,
      settled: (r) => this.#unsettled.delete(r),
      failed: (r, reason) => this.engine.deliveryFailed(r, reason),
      counted: (r, stat, count) => this.engine.deliveryCounts(r, stat, count),
    })
    this.engine = new Engine({
      clock,
      logger,
      defer: (run) => queueMicrotask(run),
      ...(o.limits ? { limits: o.limits } : {}),
      outbox: { commit: async (records) => this.#deliver(records) },
      world: {
        logger,
        server: o.server ?? { hostname: 'localhost', clusterId: '', serverId: '' },
        alerts: topics,
        http,
        httpEndpoint: (name) => o.endpoints?.[name],
        influx,
        ...(o.sideload ? { sideload: o.sideload } : {}),
      },
    })
    if (o.owed) this.#deliver(o.owed)
  }

  #deliver(records: readonly OwedRecord[]): void {
    for (const r of records) {
      if (r.kind === HTTP_POST) this.#posts.deliver(r)
      if (r.kind === INFLUX_WRITE) {
        this.#unsettled.add(r)
        this.#writes.deliver(r)
      }
      if (r.kind === TOPIC_STATE) this.#keep(r.payload as unknown as TopicStateChange)
      if (r.kind !== NOTIFY) continue
      const n = r as unknown as OwedNotification
      this.notifications.push(n.payload)
      this.#dispatcher.deliver(n, this.#outbox.place(n, this.clock.now()))
    }
  }

  #keep({ topic, id, state }: Omit<TopicStateChange, 'of'>): void {
    const key = keyOf([topic, id])
    if (state) this.#states.set(key, { topic, id, text: stateToText(state) })
    else this.#states.delete(key)
  }

  /** Writes to InfluxDB that have not been taken yet, in order. */
  unsettledWrites(): OwedRecord[] {
    return [...this.#unsettled]
  }

  /** Writes nothing more to InfluxDB: a later run has taken over what is owed. */
  dropWrites(): void {
    this.#unsettled.clear()
    this.#writes.close()
  }

  /** The states of topics, as a store would keep them for the next run. */
  savedStates(): SavedState[] {
    return [...this.#states.values()].map(({ topic, id, text }) => ({ topic, id, state: stateFromText(text) }))
  }

  /** Throws ScriptError when the script can't be, Fault when it can't start. */
  start(id: string, o: SandboxTask, tap?: (node: string, given: Given) => void): Task {
    const { handlers: _, ...common } = this.#env
    const compiled = compileTask({
      ...common,
      source: o.script,
      type: o.type ?? 'stream',
      mode: 'task',
      vars: o.vars,
      taskDbrps: o.dbrps,
    })
    return this.engine.start(id, compiled, o.dbrps, { tap, restore: o.restore })
  }

  /** Writes a body as the write endpoint would; throws Error with the compatible text when a line can't be read. */
  async write(db: string, rp: string, lines: string, precision = 'ns'): Promise<void> {
    const reads = this.#whole ? undefined : this.engine.reads(db, rp, lines.length)
    const parsed = PARSER.parse(new TextEncoder().encode(lines), db, rp, precision, this.clock.now(), reads)
    if (!parsed.ok) throw new Error(formatErrors(parsed.errors))
    await this.engine.write(db, rp, parsed.points, lines.length)
    await this.settle()
  }

  /** Moves the clock, so that timers fire. */
  async advance(to: Time): Promise<void> {
    this.clock.advance(to)
    await this.settle()
  }

  /** Lets answers, commits and deliveries through: all of them are microtasks here, which are through before the next event. */
  async settle(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
    await this.#dispatcher.whenIdle()
  }

  async close(): Promise<void> {
    await this.#dispatcher.close()
    this.#posts.close()
    this.#writes.close()
  }
}

/** Throws ScriptError when the script can't be, Fault when it can't start; anything later shows in the outcome. */
export async function runScript(env: ScriptEnvironment, o: ScriptRun): Promise<ScriptOutcome> {
  const id = o.id ?? 'task'
  const nodes: Record<string, Given[]> = {}
  const box = new Sandbox(env, {
    http: o.http,
    endpoints: o.endpoints,
    influx: o.influx,
    sideload: o.sideload,
    start: o.start,
    whole: true,
  })
  const task = box.start(id, o, (node, given) => (nodes[node] ??= []).push(given))
  const snapshots: TaskSnapshot[] = []
  let n = 0
  for (const input of o.input ?? []) {
    if (o.snapshotAt?.includes(n)) snapshots.push(task.snapshot())
    n++
    if (input.at) await box.advance(input.at)
    if ('lines' in input) await box.write(input.db, input.rp, input.lines, input.precision)
  }
  if (o.snapshotAt?.includes(n)) snapshots.push(task.snapshot())
  const { error } = task
  const stats = task.stats()
  const routes: Record<string, string> = {}
  for (const [name, body] of task.routes) routes[name] = body()
  if (o.finish === 'drain') {
    await box.engine.stop(id, 'drain')
    await box.settle()
  }
  await box.close()
  const { requests, notifications, files, tcp, logs } = box
  const queries = box.influx.asked.map((q) => q.text)
  const { written } = box.influx
  return { nodes, requests, notifications, files, tcp, queries, written, logs, stats, routes, error, snapshots }
}
