// Runs a script in process, without server, socket, file or real time: points in, what every node gave, every event
// and every request out. The same graph, engine, log and borders as in the server, on a clock that stands still
// until the input moves it.
import { Dispatcher } from '../alert/dispatcher.ts'
import { HandlerSet } from '../alert/handler-set.ts'
import type { HandlerDeclaration } from '../alert/handlers/define-handler.ts'
import type { HandlerIo } from '../alert/io/handler-io.ts'
import { MemoryOutbox, NOTIFY, type Notification, type OwedNotification } from '../alert/outbox.ts'
import { Topics } from '../alert/topics.ts'
import { messageOf } from '../base/fault.ts'
import { formatErrors } from '../base/line-protocol/line-error.ts'
import { LineParser } from '../base/line-protocol/line-parser.ts'
import type { LogFields, Logger, LogLevel } from '../base/logger.ts'
import { formatTime, type Time } from '../base/time.ts'
import { type CompiledTask, compileTask } from '../flow/compile.ts'
import type { EdgeType, NodeDeclaration } from '../flow/contract.ts'
import type { Given } from '../flow/edge.ts'
import { Engine } from '../flow/engine.ts'
import type { OwedRecord } from '../flow/entry.ts'
import type { TaskSnapshot } from '../flow/snapshot.ts'
import type { TaskStats } from '../flow/stats.ts'
import { VirtualClock } from '../flow/virtual-clock.ts'
import type { HttpEndpoint, HttpReply, HttpRequest } from '../flow/world.ts'
import type { EvaluateOptions } from '../lang/evaluate/evaluate-script.ts'
import { HTTP_POST } from './http-post.ts'
import { PostDelivery } from './http-post-delivery.ts'

/** What scripts may use: the server's own registries, or a test's. */
export interface ScriptEnvironment
  extends Pick<EvaluateOptions<NodeDeclaration>, 'registry' | 'evaluateConstant' | 'validateRegex'> {
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
const turn = (): Promise<void> => new Promise((resolve) => queueMicrotask(resolve))

/** Throws ScriptError when the script can't be, Fault when it can't start; anything later shows in the outcome. */
export async function runScript(env: ScriptEnvironment, o: ScriptRun): Promise<ScriptOutcome> {
  const compiled: CompiledTask = compileTask({
    source: o.script,
    type: o.type ?? 'stream',
    mode: 'task',
    registry: env.registry,
    evaluateConstant: env.evaluateConstant,
    validateRegex: env.validateRegex,
    vars: o.vars,
    taskDbrps: o.dbrps,
  })
  const id = o.id ?? 'task'
  const lines: LogLine[] = []
  const logger = new MemoryLogger(lines, {})
  const clock = new VirtualClock(o.start ?? { sec: 946684800, ns: 0 })
  const requests: SentRequest[] = []
  const files: Record<string, string> = {}
  const tcp: string[] = []
  const notifications: Notification[] = []
  const nodes: Record<string, Given[]> = {}

  const http = async (r: HttpRequest): Promise<HttpReply> => {
    requests.push({ method: r.method, url: r.url, headers: r.headers, body: r.body })
    return o.http ? o.http(r) : OK
  }
  const io: HandlerIo = {
    now: () => clock.now(),
    http,
    tcp: async (_address, text) => {
      tcp.push(text)
    },
    exec: async () => ({ code: 0, signal: undefined, output: '' }),
    append: async (path, _mode, text) => {
      files[path] = (files[path] ?? '') + text
    },
  }
  const handlers = new HandlerSet(env.handlers)
  const outbox = new MemoryOutbox()
  const topics = new Topics({ handlers, logger })
  const dispatcher = new Dispatcher({ handlers, io, outbox, clock, logger })
  const posts = new PostDelivery({
    http,
    clock,
    settled: () => {},
    failed: (r, reason) => engine.deliveryFailed(r, reason),
  })
  const engine: Engine = new Engine({
    clock,
    logger,
    defer: (run) => queueMicrotask(run),
    outbox: {
      commit: async (records: readonly OwedRecord[]) => {
        for (const r of records) {
          if (r.kind === HTTP_POST) posts.deliver(r)
          if (r.kind !== NOTIFY) continue
          const n = r as unknown as OwedNotification
          notifications.push(n.payload)
          dispatcher.deliver(n)
        }
      },
    },
    world: {
      logger,
      server: { hostname: 'localhost', clusterId: '', serverId: '' },
      alerts: topics,
      http,
      httpEndpoint: (name) => o.endpoints?.[name],
    },
  })
  let error = ''
  const task = engine.start(id, compiled, o.dbrps, {
    tap: (node, given) => (nodes[node] ??= []).push(given),
    restore: o.restore,
  })
  const parser = new LineParser()
  const snapshots: TaskSnapshot[] = []
  const settle = async (): Promise<void> => {
    // Answers, commits and deliveries are all microtasks here; a bounded number of rounds lets each have its turn.
    for (let i = 0; i < 50; i++) await turn()
    await dispatcher.whenIdle()
  }

  let n = 0
  for (const input of o.input ?? []) {
    if (o.snapshotAt?.includes(n)) snapshots.push(task.snapshot())
    n++
    if (input.at) clock.advance(input.at)
    await settle()
    if (!('lines' in input)) continue
    const parsed = parser.parse(
      new TextEncoder().encode(input.lines),
      input.db,
      input.rp,
      input.precision ?? 'ns',
      clock.now(),
    )
    if (!parsed.ok) throw new Error(formatErrors(parsed.errors))
    try {
      await engine.write(input.db, input.rp, parsed.points, input.lines.length)
    } catch (e) {
      logger.error('write refused', { err: messageOf(e), at: formatTime(clock.now()) })
    }
    await settle()
  }
  if (o.snapshotAt?.includes(n)) snapshots.push(task.snapshot())
  error = task.error
  const stats = task.stats()
  const routes: Record<string, string> = {}
  for (const [name, body] of task.routes) routes[name] = body()
  if (o.finish === 'drain') {
    await engine.stop(id, 'drain')
    await settle()
  }
  await dispatcher.close()
  posts.close()
  return { nodes, requests, notifications, files, tcp, logs: lines, stats, routes, error, snapshots }
}
