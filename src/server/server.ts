// The server as a whole: makes its parts, joins them, starts them in order and stops them in the reverse. Every part is
// handed what it needs; none reaches for another.
import path from 'node:path'
import { globalHandlers } from '../alert/global-handlers.ts'
import { HandlerSet } from '../alert/handler-set.ts'
import { type LocalIo, localIo } from '../alert/io/local-io.ts'
import { messageOf } from '../base/fault.ts'
import { LineParser } from '../base/line-protocol/line-parser.ts'
import type { CompiledTask } from '../flow/compile.ts'
import { Engine, type EngineOptions } from '../flow/engine.ts'
import { HTTP_POST } from '../nodes/http-post.ts'
import { PostDelivery } from '../nodes/http-post-delivery.ts'
import { INFLUX_WRITE } from '../nodes/influxdb-out.ts'
import { WriteDelivery } from '../nodes/influxdb-out-delivery.ts'
import { type FileStore, openFileStore } from '../store/file-store.ts'
import { Alerting } from './alerting.ts'
import { createApp } from './api/app.ts'
import { ROUTES } from './api/routes.ts'
import { openAuth } from './auth/open-auth.ts'
import type { Config } from './config/load-config.ts'
import { engineRunner } from './engine-runner.ts'
import { Fences } from './fences.ts'
import type { BlockedAddresses } from './http/blocked-addresses.ts'
import { discreetHttp } from './http/discreet-http.ts'
import { HttpClient } from './http/http-client.ts'
import { WriteService } from './http/write-service.ts'
import { HttpEndpoints } from './http-endpoints.ts'
import { readIdentity } from './identity.ts'
import { InfluxClusters } from './influxdb/influx-clusters.ts'
import { Subscriptions } from './influxdb/subscriptions.ts'
import { openUdpInputs } from './inputs/udp-inputs.ts'
import type { UdpListener } from './inputs/udp-listener.ts'
import { Insight } from './insight.ts'
import {
  allowedOrigins,
  bodyLimits,
  closeApp,
  listen,
  makeListener,
  serverUrl,
  shownAddress,
  within,
} from './listening.ts'
import { LoadFolder } from './load/load-folder.ts'
import { LoadedStore } from './load/loaded-store.ts'
import type { Logging } from './log/logging.ts'
import { openLiveConfig } from './overrides/open-live-config.ts'
import { platformTests } from './platform-tests.ts'
import { recordingParts } from './recordings/recording-parts.ts'
import { replayParts } from './replays/replay-parts.ts'
import { serverScripts } from './script-environment.ts'
import { handlerTests, ServiceTests } from './service-tests.ts'
import { SideloadService } from './sideload/sideload-service.ts'
import { StorageService } from './storage-service.ts'
import { systemClock } from './system-clock.ts'
import { TaskService } from './tasks/task-service.ts'
import { TaskStore } from './tasks/task-store.ts'
import { TemplateService } from './templates/template-service.ts'
import { TemplateStore } from './templates/template-store.ts'
import { API_VERSION, VERSION } from './version.ts'
import { openWorkers } from './workers/worker-pool.ts'

/** Milliseconds for notifications that are on their way when the server stops; the rest is sent after the next start. */
const DELIVER_MS = 2_000
/** Milliseconds for tasks to run what they have taken in. */
const DRAIN_MS = 10_000

export interface RunningServer {
  /** Where it listens. */
  readonly address: { readonly host: string; readonly port: number }
  /** Reads the load folder and the sources of sideload nodes again. Never rejects: what goes wrong is logged. */
  reload(): Promise<void>
  /** Ends everything in order. What was answered with success is kept. */
  stop(): Promise<void>
}

/** What the command line asks for beyond the configuration. */
export interface ServerOptions {
  /** Kinds of topic handlers that do nothing; those in scripts are not meant. */
  readonly disabledHandlers?: ReadonlySet<string>
  /** Where nothing may be sent over HTTP. */
  readonly blocked?: BlockedAddresses
}

/** Starts a server. Throws a Fault that says what is in the way; then nothing of it is left. */
export async function startServer(
  config: Config,
  logging: Logging,
  options: ServerOptions = {},
): Promise<RunningServer> {
  const log = logging.logger
  for (const warning of config.warnings) log.warn(warning, { service: 'config' })
  const { storage } = config.server
  const files = await openFileStore({
    boltdb: storage.boltdb,
    sync: storage.sync === 'always' ? 'always' : 'kill-safe',
    maxBytes: Number(storage.maxSize),
    onFlushError: (e) => log.error(e.message, { service: 'store' }),
  })
  for (const warning of files.warnings) log.warn(warning, { service: 'store' })
  try {
    return await startParts(config, logging, files, options)
  } catch (e) {
    await files.close()
    throw e
  }
}

async function startParts(
  config: Config,
  logging: Logging,
  files: FileStore,
  options: ServerOptions,
): Promise<RunningServer> {
  const log = logging.logger
  const { root, http, task, alert } = config.server
  const fences = new Fences(config.server.security)
  fences.checkFunctions(config.server.udf.functions)
  const scripts = serverScripts(config.server.deadman, fences)
  const clock = systemClock
  const { store } = files
  const auth = openAuth(config.server, store, log.with({ service: 'auth' }))
  const identity = readIdentity(store, root.hostname)
  const client = new HttpClient(`supercap/${VERSION}`, options.blocked)
  const io = localIo({
    http: discreetHttp(
      (r) => client.send(r),
      (text) => logging.redact(text),
    ),
    publish: (topic, event, from) => alerting.publisher.publish(topic, event, from),
    serverUrl: serverUrl(config.server),
    fences,
  })
  const live = openLiveConfig(config, store, logging, () => alerting.handlers.retry())
  const elementsOf = (section: string) => live.elementsOf(section)
  const endpoints = new HttpEndpoints(fences.templates)
  live.use('httppost', (elements) => endpoints.update(elements))
  const clusters = new InfluxClusters([], {
    userAgent: `supercap/${VERSION}`,
    sharedSecret: http.sharedSecret,
    logger: log.with({ service: 'influxdb' }),
    dataDir: root.dataDir,
  })
  live.use('influxdb', (elements) => clusters.update(elements as typeof config.server.influxdb))
  const sideload = new SideloadService({
    http: (r, maxReplyBytes) => client.send(r, maxReplyBytes),
    endpoint: (name) => endpoints.get(name),
    fence: fences.sideload,
  })

  const handlers = new HandlerSet(scripts.environment.handlers, {
    of: (d) => {
      const section = d.config?.section ?? ''
      const elements = section === 'httppost' ? endpoints.elements : elementsOf(section)
      return d.config?.list ? elements : elements[0]
    },
  })
  const alerting: Alerting = new Alerting({
    store,
    clock,
    logger: log,
    handlers,
    io,
    disabledHandlers: options.disabledHandlers,
    settings: { ...alert, handlerRoom: Number(alert.handlerRoom) },
    global: globalHandlers(handlers),
    deliverOther(record) {
      if (record.kind === HTTP_POST) posts.deliver(record)
      else if (record.kind === INFLUX_WRITE) influxWrites.deliver(record)
      else return false
      return true
    },
  })
  const { outbox, topics } = alerting
  const posts: PostDelivery = new PostDelivery({
    http: (r) => client.send(r),
    clock,
    answered: (record, answer) => replays.answered(record, answer) || engine.answered(record, answer),
    settled: (record) => outbox.settleRecord(record),
    failed: (record, reason) => {
      if (!replays.deliveryFailed(record, reason)) engine.deliveryFailed(record, reason)
    },
  })
  const influxWrites: WriteDelivery = new WriteDelivery({
    write: (target, lines, signal) => clusters.write(target, lines, signal),
    create: (target, signal) => clusters.create(target, signal),
    clock,
    settled: (record) => outbox.settleRecord(record),
    failed: (record, reason) => {
      if (!replays.deliveryFailed(record, reason)) engine.deliveryFailed(record, reason)
    },
    counted: (record, stat, n) => {
      if (!replays.deliveryCounts(record, stat, n)) engine.deliveryCounts(record, stat, n)
    },
  })
  const limits = {
    maxGroups: Number(task.maxGroups),
    maxHeldPoints: Number(task.maxHeldPoints),
    maxPending: Number(task.maxPending),
    groupExpiryNs: Number(task.groupExpiry),
  }
  const world: EngineOptions['world'] = {
    logger: log,
    server: identity,
    alerts: topics,
    http: (r) => client.send(r),
    httpEndpoint: (name) => endpoints.get(name),
    influx: clusters,
    sideload: (source) => sideload.open(source),
  }
  const engine: Engine = new Engine({
    clock,
    logger: log.with({ service: 'engine' }),
    outbox,
    defer: setImmediate,
    firstSeq: outbox.firstSeq,
    ringBytes: Number(task.logRingBytes),
    limits,
    world,
    onTaskError(id, message) {
      topics.closeTask('main', id)
      influxWrites.flush(id)
      tasks.failed(id, message)
    },
  })
  const workers = openWorkers(task.workers, {
    engine,
    limits,
    world,
    clock,
    logger: log,
    failed: (...f) => tasks.failed(...f),
  })
  const runner = engineRunner(engine, (id) => topics.closeTask('main', id), workers)
  const taskStore = new TaskStore(store)
  const templateStore = new TemplateStore(store)
  const taskLog = log.with({ service: 'tasks' })
  const tasks: TaskService<CompiledTask> = new TaskService({
    store: taskStore,
    scripts,
    runner,
    clock,
    logger: taskLog,
    templates: templateStore,
    onGone: (id, why) => alerting.taskGone(id, why),
  })
  const templates = new TemplateService<CompiledTask>({
    store: templateStore,
    service: tasks,
    tasks: taskStore,
    scripts,
    runner,
    compileTemplate: scripts.compileTemplate,
    clock,
    logger: taskLog,
  })
  const { recordings, recorders } = recordingParts({
    store,
    folder: config.server.replay.dir,
    live: engine,
    influx: clusters,
    scripts,
    clock,
    logger: log.with({ service: 'replay' }),
  })
  const { replays, sources } = replayParts({
    store,
    scripts,
    recordings,
    recorders,
    dataDir: root.dataDir,
    topics,
    outbox,
    world,
    limits,
    nextSeq: () => engine.nextSeq,
    clock,
    logger: log.with({ service: 'replay' }),
  })
  const writes = new WriteService({
    parser: new LineParser(),
    intake: engine,
    clock,
    logger: log.with({ service: 'http' }),
    defaultRetentionPolicy: root.defaultRetentionPolicy,
    maxBodyBytes: Number(http.maxBodySize),
    tracing: http.writeTracing,
  })
  const subscriptions = new Subscriptions({
    clusters,
    server: identity,
    intake: engine,
    clock,
    logger: log.with({ service: 'influxdb' }),
    tokens: auth.tokens,
  })
  live.use('influxdb', () => subscriptions.update())
  const loading = new LoadFolder({
    dir: config.server.load.dir,
    tasks: tasks as unknown as TaskService<unknown>,
    templates: templates as unknown as TemplateService<unknown>,
    handlers: alerting.handlers,
    loaded: new LoadedStore(store),
    logger: log.with({ service: 'load' }),
  })
  const load = async (): Promise<void> => {
    if (config.server.load.enabled) await loading.load()
  }
  const reload = async (): Promise<void> => {
    listener.certificate?.reload()
    await load()
    try {
      await sideload.reload()
    } catch (e) {
      log.error('sideload sources can not be read again', { service: 'sideload', err: messageOf(e) })
    }
  }
  let udpInputs: readonly UdpListener[] = []
  const listener = makeListener(config.server, log.with({ service: 'http' }))
  const insight = new Insight({
    config: config.server,
    logging,
    clock,
    identity,
    engine,
    workers,
    alerting,
    posts,
    influxWrites,
    tasks,
    subscriptions,
    udpInputs: () => udpInputs,
    loading,
    sideload,
    store,
    listener,
    auth,
  })
  const app = await createApp({
    routes: ROUTES,
    services: {
      tasks: tasks as unknown as TaskService<unknown>,
      templates: templates as unknown as TemplateService<unknown>,
      recordings,
      recorders,
      replays,
      sources,
      writes,
      topics,
      topicHandlers: alerting.handlers,
      deliveries: alerting.deliveries,
      silences: alerting.silences,
      ...(config.server.configOverride.enabled ? { config: live } : {}),
      storage: new StorageService(store, path.join(files.folder, 'backups')),
      sideload,
      subscriptions,
      users: auth.users,
      serviceTests: new ServiceTests([
        ...handlerTests(scripts.environment.handlers, (d) => handlers.config(d), io),
        ...platformTests(elementsOf, (r) => client.send(r)),
      ]),
      ...insight.services,
    },
    apiVersion: API_VERSION,
    version: VERSION,
    logger: log.with({ service: 'http' }),
    limits: bodyLimits(config.server, listener),
    listener,
    origins: allowedOrigins(config.server),
    authorization: auth.authorization,
    answered: insight.answered,
    accessLog: http.logEnabled ? { logger: log.with({ service: 'http' }) } : undefined,
  })

  const stop = async (): Promise<void> => {
    insight.close()
    await closeApp(app, listener, Number(http.shutdownTimeout) / 1e6)
    await Promise.all([subscriptions.close(), ...udpInputs.map((l) => l.close())])
    await within(Promise.all([recordings.close(), replays.close()]), DRAIN_MS)
    await within(engine.close('drain'), DRAIN_MS)
    await workers?.close()
    await within(alerting.dispatcher.whenIdle(), DELIVER_MS)
    await within(influxWrites.whenIdle(), DELIVER_MS)
    posts.close()
    influxWrites.close()
    await alerting.close()
    await clusters.close()
    await closeOutside(io, client)
    await files.close()
  }
  try {
    const left = alerting.start()
    influxWrites.flush()
    if (left > 0) log.info('resumed deliveries', { service: 'outbox', records: left })
    recordings.resume()
    replays.resume()
    const began = performance.now()
    const { started, failed } = tasks.startAll()
    const tookMs = Math.round(performance.now() - began)
    log.info('started tasks', { service: 'tasks', started, failed, ms: tookMs })
    await load()
    const address = await listen(app, listener, http)
    log.info(`listening on ${shownAddress(address, http.httpsEnabled)}; [http] bind-address says where`, {
      service: 'http',
      'bind-address': http.bindAddress,
    })
    udpInputs = await openUdpInputs(config.server.udp, {
      intake: engine,
      clock,
      logger: log.with({ service: 'udp' }),
      defaultRetentionPolicy: root.defaultRetentionPolicy,
    })
    void clusters.greet()
    subscriptions.start(address.port)
    insight.start()
    return { address, reload, stop }
  } catch (e) {
    await stop().catch((x: unknown) => log.error('the server did not stop in order', { err: messageOf(x) }))
    throw e
  }
}

async function closeOutside(io: LocalIo, client: HttpClient): Promise<void> {
  await io.close()
  await client.close()
}
