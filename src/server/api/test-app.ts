// For tests: the application over real HTTP with a store in memory, the real language, and a runner that only remembers.

import { request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { HandlerSet } from '../../alert/handler-set.ts'
import { ALERT_HANDLERS } from '../../alert/handlers/handler-list.ts'
import { RecordedIo } from '../../alert/io/recorded-io.ts'
import { Fault } from '../../base/fault.ts'
import type { Int } from '../../base/int64.ts'
import { LineParser } from '../../base/line-protocol/line-parser.ts'
import type { Logger } from '../../base/logger.ts'
import type { Point } from '../../base/point.ts'
import { format } from '../../lang/formatter.ts'
import { parseOrThrow } from '../../lang/parser.ts'
import type { GivenVars } from '../../lang/vars.ts'
import { openMemoryStore } from '../../store/memory-store.ts'
import type { Store } from '../../store/store.ts'
import { Alerting } from '../alerting.ts'
import { type Auth, openAuth } from '../auth/open-auth.ts'
import type { ServerValues } from '../config/sections/server-sections.ts'
import { WriteService } from '../http/write-service.ts'
import { compileTemplate } from '../script-environment.ts'
import { ServiceTests } from '../service-tests.ts'
import { systemClock } from '../system-clock.ts'
import type { Dbrp, TaskType } from '../tasks/task-record.ts'
import type { Runner, Running, Scripts, TaskSettings } from '../tasks/task-runtime.ts'
import { TaskService } from '../tasks/task-service.ts'
import { TaskStore } from '../tasks/task-store.ts'
import { TemplateService } from '../templates/template-service.ts'
import { TemplateStore } from '../templates/template-store.ts'
import { createApp } from './app.ts'
import { ROUTES } from './routes.ts'

export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  enabled: () => false,
  with: () => silentLogger,
  limited: () => silentLogger,
}

interface FakeRun {
  readonly task: FakeTask
  readonly dbrps: readonly Dbrp[]
  readonly groupExpiry: Int | undefined
}

interface FakeTask {
  readonly source: string
  readonly type: TaskType
  readonly vars: GivenVars
}

/** Runs nothing. A script with the word `nostart` can't be started, one with `nocompile` can't be compiled. */
export class FakeRunner implements Runner<FakeTask>, Scripts<FakeTask> {
  readonly tasks = new Map<string, FakeRun>()
  readonly calls: string[] = []
  readonly parse = parseOrThrow
  readonly format = format

  compile(source: string, type: TaskType, vars: GivenVars, _dbrps: readonly Dbrp[]): FakeTask {
    if (source.includes('nocompile')) throw new Error('line 1 char 1: nocompile')
    return { source, type, vars }
  }

  dot(_task: FakeTask, id: string): string {
    return `digraph ${id} {\n}`
  }

  start(id: string, task: FakeTask, dbrps: readonly Dbrp[], { groupExpiry }: TaskSettings): void {
    if (task.source.includes('nostart')) throw new Fault('nostart', 'it does not start')
    if (this.tasks.has(id)) throw new Error(`${id} runs already`)
    this.tasks.set(id, { task, dbrps, groupExpiry })
    this.calls.push(`start ${id}`)
  }

  async stop(id: string): Promise<void> {
    if (this.tasks.delete(id)) this.calls.push(`stop ${id}`)
  }

  running(id: string): Running | undefined {
    const task = this.tasks.get(id)?.task
    if (!task) return undefined
    return {
      stats: () => ({ 'task-stats': { throughput: 0 }, 'node-stats': {} }),
      dot: (view) => `digraph ${id} {\n${view}\n}`,
      route: (endpoint) => (endpoint === 'out/put' ? '{"series":null}' : undefined),
    }
  }
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly bytes: Buffer
  readonly text: string
  /** The body as JSON. */
  readonly json: () => unknown
}

export interface TestApp {
  /** What `auth` of the options came to. */
  readonly auth: Auth | undefined
  readonly alerting: Alerting
  /** What handlers reach. */
  readonly io: RecordedIo
  readonly port: number
  readonly runner: FakeRunner
  readonly service: TaskService<FakeTask>
  readonly written: { readonly db: string; readonly rp: string; readonly points: readonly Point[] }[]
  /** What the intake gives for the next write. */
  intake: () => Promise<void> | undefined
  readonly level: () => string
  call(method: string, path: string, body?: string | Buffer, headers?: Record<string, string>): Promise<Answer>
  close(): Promise<void>
}

export interface TestAppOptions {
  readonly store?: Store
  readonly maxBodyBytes?: number
  readonly defaultRetentionPolicy?: string
  /** Whether users are kept and asked for; neither when not given. */
  readonly auth?: Pick<ServerValues, 'auth' | 'http'>
  readonly logger?: Logger
}

export async function startTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const runner = new FakeRunner()
  const disk = options.store ?? openMemoryStore()
  const store = new TaskStore(disk)
  const templateStore = new TemplateStore(disk)
  const logger = options.logger ?? silentLogger
  const common = { scripts: runner, runner, clock: systemClock, logger }
  const service = new TaskService<FakeTask>({ ...common, store, templates: templateStore })
  const templates = new TemplateService<FakeTask>({
    ...common,
    store: templateStore,
    service,
    tasks: store,
    compileTemplate,
  })
  service.startAll()
  const maxBodyBytes = options.maxBodyBytes ?? 1024 * 1024
  const written: { db: string; rp: string; points: readonly Point[] }[] = []
  let level = 'INFO'
  const handlers = new HandlerSet(ALERT_HANDLERS)
  const io = new RecordedIo()
  const alerting = new Alerting({
    store: disk,
    clock: systemClock,
    logger,
    handlers,
    io,
    settings: { persistTopics: true, topicBufferLength: 5000, handlerRoom: 1024 ** 2, recoverOnDelete: false },
    deliverOther: () => false,
  })
  alerting.start()
  const writes = new WriteService({
    parser: new LineParser(),
    intake: {
      write(db, rp, points) {
        written.push({ db, rp, points })
        return test.intake()
      },
    },
    clock: systemClock,
    logger,
    defaultRetentionPolicy: options.defaultRetentionPolicy ?? '',
    maxBodyBytes,
    tracing: false,
  })
  const auth = options.auth && openAuth(options.auth, disk, logger)
  const app = await createApp({
    routes: ROUTES,
    services: {
      tasks: service as unknown as TaskService<unknown>,
      templates: templates as unknown as TemplateService<unknown>,
      // Their tests run a whole server.
      recordings: undefined as never,
      recorders: undefined as never,
      replays: { running: () => undefined, endpoint: () => undefined } as never,
      sources: undefined as never,
      writes,
      topics: alerting.topics,
      topicHandlers: alerting.handlers,
      deliveries: alerting.deliveries,
      silences: alerting.silences,
      serviceTests: new ServiceTests([]),
      users: auth?.users,
      log: {
        setLevel(text) {
          if (!/^(debug|info|error)$/i.test(text)) return false
          level = text
          return true
        },
      },
      debug: undefined as never,
      logs: undefined as never,
      profiles: undefined as never,
      metrics: undefined as never,
    },
    apiVersion: '1.8.3',
    version: '0.0.0',
    logger,
    limits: { maxBodyBytes, maxPendingBytes: 4 * maxBodyBytes },
    accessLog: options.logger && { logger },
    authorization: auth?.authorization,
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const port = (app.server.address() as AddressInfo).port
  const test: TestApp = {
    auth,
    port,
    alerting,
    io,
    runner,
    service,
    written,
    intake: () => undefined,
    level: () => level,
    call: (method, path, body, headers) => call(port, method, path, body, headers ?? {}),
    async close() {
      app.server.closeAllConnections()
      await app.close()
      await alerting.close()
    },
  }
  return test
}

function call(
  port: number,
  method: string,
  path: string,
  body: string | Buffer | undefined,
  headers: Record<string, string>,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length =
      body === undefined || headers['transfer-encoding'] ? {} : { 'content-length': Buffer.byteLength(body) }
    const options = { host: '127.0.0.1', port, method, path, headers: { ...length, ...headers }, agent: false }
    const request = httpRequest(options, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (c: Buffer) => chunks.push(c)).on('error', reject)
      response.on('end', () => {
        const bytes = Buffer.concat(chunks)
        const text = bytes.toString('utf8')
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          bytes,
          text,
          json: () => JSON.parse(text),
        })
      })
    })
    request.on('error', reject)
    request.end(body)
  })
}
