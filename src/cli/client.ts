// The client of the API, for this package's own commands and for others: one method for each thing that can be done,
// its types those of the server's routes. Knows nothing of terminals.
import type { Static } from 'typebox'
import { routes } from '../server/api/routes.ts'
import type * as schemas from '../server/api/schemas.ts'
import { type ClientOptions, inPath, jsonOf, type QueryValues, Server, textOf } from './call-endpoint.ts'
import type { BodyOf, Endpoint, QueryOf, ReplyOf } from './endpoint.ts'
import { httpTransport } from './http-transport.ts'

/** All routes of the server by name, for `Client.call`. */
export { routes } from '../server/api/routes.ts'
export { BadAddress, ClientError, type ClientOptions } from './call-endpoint.ts'
export { endpoint } from './endpoint.ts'
export type { HttpAnswer, HttpCall, Transport } from './http-transport.ts'

export type Task = Static<typeof schemas.Task>
export type TaskRequest = Static<typeof schemas.TaskRequest>
export type Template = Static<typeof schemas.Template>
export type TemplateRequest = Static<typeof schemas.TemplateRequest>
export type Recording = Static<typeof schemas.Recording>
export type Replay = Static<typeof schemas.Replay>
export type ServiceTest = NonNullable<ReplyOf<typeof routes.listServiceTests>['services']>[number]
export type ServiceTestResult = ReplyOf<typeof routes.runServiceTest>
export type Topic = Static<typeof schemas.Topic>
export type TopicEvent = Static<typeof schemas.Event>
export type TopicHandler = Static<typeof schemas.Handler>
export type HandlerRequest = Omit<TopicHandler, 'link' | 'options' | 'match'> & Partial<TopicHandler>
export type Vars = Task['vars']

/** What is to be changed in a section of the configuration: options of an element, or elements of a list. */
export type ConfigChange =
  | { readonly set?: Readonly<Record<string, unknown>>; readonly delete?: readonly string[] }
  | { readonly add?: Readonly<Record<string, unknown>>; readonly remove?: readonly string[] }

/** Of lists: the shell pattern on the id and the fields that are wanted; all when not given. */
export interface ListOptions {
  readonly pattern?: string
  readonly fields?: readonly string[]
}

const LOGS_PATH = '/kapacitor/v1preview/logs'

/** So many items are asked for at once. */
const PAGE = 100

interface Input<Q, B> {
  /** What the path's `*` stands for: an id, or several with what stands between them. */
  readonly rest?: string
  readonly query?: Q
  readonly body?: B
  readonly signal?: AbortSignal
}

/**
 * A server, seen from outside. Every method rejects with ClientError when the server refuses, and with another Error
 * when it can't be reached.
 */
export class Client {
  readonly #server: Server

  /** Throws BadAddress when the URL is none. */
  constructor(options: ClientOptions = {}) {
    const { transport = httpTransport(options.unsafeSsl === undefined ? {} : { unsafeSsl: options.unsafeSsl }) } =
      options
    this.#server = new Server({ ...options, transport })
  }

  /** Where the server is, without credentials. */
  get origin(): string {
    return this.#server.origin
  }

  /** Calls any endpoint: a route value of the server, or one that `endpoint` makes. */
  async call<Q, B, R>(route: Endpoint<Q, B, R>, input: Input<Q, B> = {}): Promise<R> {
    const path = route.path.replace('*', inPath(input.rest ?? ''))
    const { query, body, signal } = input
    const method = route.methods[0]!
    const answer = await this.#server.send({ method, path, query: query as QueryValues | undefined, body, signal })
    return (await jsonOf(answer)) as R
  }

  /** The version of the API that the server speaks. */
  async ping(): Promise<string> {
    const answer = await this.#server.send({ method: 'GET', path: routes.ping.path })
    const version = answer.headers['x-kapacitor-version']
    await textOf(answer)
    return typeof version === 'string' ? version : ''
  }

  createTask(body: TaskRequest): Promise<Task> {
    return this.call(routes.createTask, { body })
  }

  /** What is missing in `body` stays as it is; another id renames the task. */
  updateTask(id: string, body: TaskRequest): Promise<Task> {
    return this.call(routes.updateTask, { rest: id, body })
  }

  getTask(id: string, query: QueryOf<typeof routes.getTask> = {}): Promise<Task> {
    return this.call(routes.getTask, { rest: id, query })
  }

  /** No error when there is none. */
  async deleteTask(id: string): Promise<void> {
    await this.call(routes.deleteTask, { rest: id })
  }

  /** All tasks in the order of their ids. */
  listTasks(o: ListOptions = {}): Promise<Partial<Task>[]> {
    return this.#all(o, (query) => this.call(routes.listTasks, { query }).then((r) => r.tasks))
  }

  createTemplate(body: TemplateRequest): Promise<Template> {
    return this.call(routes.createTemplate, { body })
  }

  /** Its tasks follow, and those that run start anew. */
  updateTemplate(id: string, body: TemplateRequest): Promise<Template> {
    return this.call(routes.updateTemplate, { rest: id, body })
  }

  getTemplate(id: string, query: QueryOf<typeof routes.getTemplate> = {}): Promise<Template> {
    return this.call(routes.getTemplate, { rest: id, query })
  }

  /** No error when there is none. */
  async deleteTemplate(id: string): Promise<void> {
    await this.call(routes.deleteTemplate, { rest: id })
  }

  /** All templates in the order of their ids; their vars only when the fields name them. */
  listTemplates(o: ListOptions = {}): Promise<Partial<Template>[]> {
    return this.#all(o, (query) => this.call(routes.listTemplates, { query }).then((r) => r.templates))
  }

  /** Starts a recording of the live stream; it ends with the first point later than `stop`. */
  recordStream(body: BodyOf<typeof routes.recordStream>): Promise<Recording> {
    return this.call(routes.recordStream, { body })
  }

  /** Starts a recording of a batch task's queries. */
  recordBatch(body: BodyOf<typeof routes.recordBatch>): Promise<Recording> {
    return this.call(routes.recordBatch, { body })
  }

  /** Starts a recording of one query. */
  recordQuery(body: BodyOf<typeof routes.recordQuery>): Promise<Recording> {
    return this.call(routes.recordQuery, { body })
  }

  getRecording(id: string): Promise<Recording> {
    return this.call(routes.getRecording, { rest: id })
  }

  /** No error when there is none. */
  async deleteRecording(id: string): Promise<void> {
    await this.call(routes.deleteRecording, { rest: id })
  }

  /** All recordings, the newest first. */
  listRecordings(o: ListOptions = {}): Promise<Partial<Recording>[]> {
    return this.#all(o, (query) => this.call(routes.listRecordings, { query }).then((r) => r.recordings))
  }

  /** Starts a replay of a recording. */
  startReplay(body: BodyOf<typeof routes.startReplay>): Promise<Replay> {
    return this.call(routes.startReplay, { body })
  }

  /** Starts a replay of a batch task's queries, without a recording. */
  replayBatch(body: BodyOf<typeof routes.replayBatch>): Promise<Replay> {
    return this.call(routes.replayBatch, { body })
  }

  /** Starts a replay of a query, without a recording. */
  replayQuery(body: BodyOf<typeof routes.replayQuery>): Promise<Replay> {
    return this.call(routes.replayQuery, { body })
  }

  getReplay(id: string): Promise<Replay> {
    return this.call(routes.getReplay, { rest: id })
  }

  /** No error when there is none. */
  async deleteReplay(id: string): Promise<void> {
    await this.call(routes.deleteReplay, { rest: id })
  }

  /** All replays, the newest first. */
  listReplays(o: ListOptions = {}): Promise<Partial<Replay>[]> {
    return this.#all(o, (query) => this.call(routes.listReplays, { query }).then((r) => r.replays))
  }

  async listTopics(query: QueryOf<typeof routes.listTopics> = {}): Promise<Topic[]> {
    return (await this.call(routes.listTopics, { query })).topics
  }

  getTopic(id: string): Promise<Topic> {
    return this.call(routes.getTopic, { rest: id }) as Promise<Topic>
  }

  /** Forgets the topic's events; its handlers stay. No error when there is none. */
  async deleteTopic(id: string): Promise<void> {
    await this.call(routes.deleteTopic, { rest: id })
  }

  async listEvents(topic: string): Promise<TopicEvent[]> {
    const list = await this.call(routes.getTopic, { rest: `${topic}/events` })
    return (list as Static<typeof schemas.EventList>).events
  }

  /** In the order of their ids; none for a topic that nobody knows. */
  async listHandlers(topic: string, pattern?: string): Promise<TopicHandler[]> {
    const query = pattern === undefined ? {} : { pattern }
    const list = await this.call(routes.getTopic, { rest: `${topic}/handlers`, query })
    return (list as Static<typeof schemas.HandlerList>).handlers
  }

  getHandler(topic: string, id: string): Promise<TopicHandler> {
    return this.call(routes.getTopic, { rest: `${topic}/handlers/${id}` }) as Promise<TopicHandler>
  }

  createHandler(topic: string, body: HandlerRequest): Promise<TopicHandler> {
    return this.call(routes.createHandler, { rest: `${topic}/handlers`, body: body as never })
  }

  replaceHandler(topic: string, id: string, body: HandlerRequest): Promise<TopicHandler> {
    return this.call(routes.replaceHandler, { rest: `${topic}/handlers/${id}`, body: body as never })
  }

  /** No error when there is none. */
  async deleteHandler(topic: string, id: string): Promise<void> {
    await this.call(routes.deleteTopic, { rest: `${topic}/handlers/${id}` })
  }

  /** Services that can be tested, in the order of their names. */
  async listServiceTests(pattern?: string): Promise<ServiceTest[]> {
    const query = pattern === undefined ? {} : { pattern }
    return (await this.call(routes.listServiceTests, { query })).services ?? []
  }

  /** Tests a service; options that are not given are those of `listServiceTests`. */
  testService(name: string, options: Readonly<Record<string, unknown>> = {}): Promise<ServiceTestResult> {
    return this.call(routes.runServiceTest, { rest: name, body: options })
  }

  /** `debug`, `info` or `error`, until the server's next start. */
  async setLogLevel(level: string): Promise<void> {
    await this.call(routes.setLogLevel, { body: { level } })
  }

  /** The body of `/debug/vars` as it came. */
  async debugVarsText(): Promise<string> {
    return textOf(await this.#server.send({ method: 'GET', path: routes.debugVars.path }))
  }

  /** Takes line protocol; resolves when every task has run it. */
  async write(
    query: { readonly db: string; readonly rp?: string; readonly precision?: string },
    lines: string | Uint8Array,
  ): Promise<void> {
    await this.call(routes.writePoints, { query, body: lines })
  }

  /** Lines of the server's log from now on, as they come; filters are `key=value`, `lvl=info+` means that level and above. */
  async *logs(
    filters: Readonly<Record<string, string>>,
    o: { readonly json?: boolean; readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<string> {
    const headers = o.json ? { accept: 'application/json' } : {}
    const call = { method: 'GET', path: LOGS_PATH, query: filters, headers, signal: o.signal }
    let rest = ''
    const decoder = new TextDecoder()
    for await (const chunk of (await this.#server.send(call)).body) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
      rest = lines.pop()!
      yield* lines
    }
    if (rest !== '') yield rest
  }

  /** The parts of the store. */
  async listStores(): Promise<string[]> {
    return (await this.call(routes.listStores)).storage.map((s) => s.name)
  }

  /** Reads all of a part of the store; rejects when something of it can't be read. */
  async rebuildStore(name: string): Promise<void> {
    await this.call(routes.actOnStore, { rest: `stores/${name}`, body: { action: 'rebuild' } as never })
  }

  /** All sections of the configuration that may be changed. */
  readConfig(): Promise<ReplyOf<typeof routes.readConfig>> {
    return this.call(routes.readConfig)
  }

  /** Changes a section, or an element of it: `slack`, `slack/workspace`; `smtp/` for one that is no list. */
  async changeConfig(section: string, change: ConfigChange): Promise<void> {
    await this.call(routes.changeSection, { rest: section, body: change as never })
  }

  /** A consistent copy of the database while the server goes on, with its size in bytes if the server tells it. */
  async backup(): Promise<{ readonly size: number | undefined; readonly bytes: AsyncIterable<Uint8Array> }> {
    const answer = await this.#server.send({ method: 'GET', path: '/kapacitor/v1/storage/backup' })
    const length = answer.headers['content-length']
    return { size: typeof length === 'string' ? Number(length) : undefined, bytes: answer.body }
  }

  async #all<T>(o: ListOptions, page: (query: Record<string, never>) => Promise<T[]>): Promise<T[]> {
    const all: T[] = []
    for (;;) {
      const query = { ...o, offset: all.length, limit: PAGE } as unknown as Record<string, never>
      const items = await page(query)
      all.push(...items)
      if (items.length < PAGE) return all
    }
  }
}

/** What a route takes and gives, for callers of `Client.call`. */
export type { BodyOf, Endpoint, QueryOf, ReplyOf }
