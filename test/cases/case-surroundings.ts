// What a case in process runs in: engines one after another with all that they sent out, in one list each. A new engine
// takes over from the one before by snapshots of its tasks, as after a restart; what the old one had to deliver, it
// still delivers.
import assert from 'node:assert/strict'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { Fault } from '../../src/base/fault.ts'
import { addTime, type Time } from '../../src/base/time.ts'
import type { EdgeType } from '../../src/flow/contract.ts'
import type { Given } from '../../src/flow/edge.ts'
import type { TaskSnapshot } from '../../src/flow/snapshot.ts'
import type { HttpReply, HttpRequest } from '../../src/flow/world.ts'
import { Sandbox } from '../../src/nodes/run-script.ts'
import { scriptEnvironment } from '../../src/server/script-environment.ts'
import { SideloadService } from '../../src/server/sideload/sideload-service.ts'

/** Requests to this address reach a sink; nobody answers at any other. */
export const SINK = 'http://sink'
const SERVER = {
  hostname: 'localhost',
  clusterId: '11111111-2222-4333-8444-555555555555',
  serverId: '66666666-7777-4888-9999-000000000000',
}
const NOTHING = '{"results":[{"statement_id":0}]}'
const START: Time = { sec: 1_600_000_000, ns: 0 }

interface Definition {
  readonly script: string
  readonly type: EdgeType
  readonly dbrps: readonly { readonly db: string; readonly rp: string }[]
}

/** All that came out, in order. */
export interface Sent {
  readonly requests: { readonly url: string; readonly body: string }[]
  readonly files: Record<string, string>
  readonly tcp: string[]
  /** Texts of queries to InfluxDB. */
  readonly queries: string[]
  /** Lines written to InfluxDB, each with its place and precision: `db.rp ns line`. */
  readonly written: string[]
  /** What each node of each task gave, as text. */
  readonly given: Record<string, string[]>
}

export class Surroundings {
  readonly sent: Sent = { requests: [], files: {}, tcp: [], queries: [], written: [], given: {} }
  readonly #tasks = new Map<string, Definition>()
  readonly #replies: { readonly path: string; readonly status: number; readonly body: string }[] = []
  readonly #answers: { readonly needle: string; readonly body: string }[] = []
  readonly #boxes: Sandbox[] = []
  readonly #sides = new SideloadService({
    http: async ({ url }) => this.#replyTo(url),
    endpoint: () => undefined,
  })
  /** A folder for the files that the case makes; there once it has made one. Cases run one after another. */
  readonly folder = path.join(os.tmpdir(), `case-${process.pid}`)
  #now = START
  /** Names of the nodes whose state a new engine took over. */
  readonly handedOver = new Set<string>()

  constructor() {
    this.#open()
  }

  get #box(): Sandbox {
    return this.#boxes.at(-1)!
  }

  #open(before?: Sandbox): Sandbox {
    const box = new Sandbox(scriptEnvironment, {
      start: this.#now,
      server: SERVER,
      http: (r) => this.#answer(r),
      influx: ({ text }) => this.#answers.findLast((a) => text.includes(a.needle))?.body ?? NOTHING,
      sideload: (source) => this.#sides.open(source),
      saved: before?.savedStates(),
      owed: before?.unsettledWrites(),
    })
    this.#boxes.push(box)
    return box
  }

  #answer(r: HttpRequest): HttpReply {
    if (!r.url.startsWith(`${SINK}/`)) throw new Fault('no-answer', 'connection refused', { retry: true })
    this.sent.requests.push({ url: r.url, body: r.body })
    return this.#replyTo(r.url)
  }

  #replyTo(url: string): HttpReply {
    const reply = this.#replies.findLast((x) => url.slice(SINK.length).startsWith(x.path))
    return { status: reply?.status ?? 200, headers: {}, body: reply?.body ?? '{}' }
  }

  reply(path: string, status: number, body: string): void {
    this.#replies.push({ path, status, body })
  }

  /** What InfluxDB answers to queries that contain the text. */
  influxAnswer(needle: string, body: string): void {
    this.#answers.push({ needle, body })
  }

  make(name: string, text: string): void {
    fs.mkdirSync(this.folder, { recursive: true })
    fs.writeFileSync(path.join(this.folder, name), `${text}\n`)
  }

  async start(id: string, definition: Definition): Promise<void> {
    this.#tasks.set(id, definition)
    this.#start(this.#box, id, definition, undefined)
    await this.#box.settle()
  }

  #start(box: Sandbox, id: string, definition: Definition, restore: TaskSnapshot | undefined): void {
    box.start(id, { ...definition, restore }, (node, given) => {
      const list = (this.sent.given[`${id}/${node}`] ??= [])
      list.push(givenText(given))
    })
  }

  async write(db: string, rp: string, lines: readonly string[], precision: string): Promise<void> {
    await this.#box.write(db, rp, lines.join('\n'), precision)
    this.#collect()
  }

  async pass(ms: number): Promise<void> {
    this.#now = addTime(this.#now, ms * 1e6)
    for (const box of this.#boxes) await box.advance(this.#now)
    this.#collect()
  }

  /** Each box has its own lists; what is new in them goes to the common ones. */
  #collect(): void {
    for (const box of this.#boxes) {
      this.sent.tcp.push(...box.tcp.splice(0))
      this.sent.queries.push(...box.influx.asked.splice(0).map((q) => q.text))
      for (const { db, rp, precision, lines } of box.influx.written.splice(0))
        this.sent.written.push(...linesOf(lines).map((line) => `${db}.${rp} ${precision} ${line}`))
      for (const [path, text] of Object.entries(box.files)) {
        this.sent.files[path] = (this.sent.files[path] ?? '') + text
        delete box.files[path]
      }
    }
  }

  /** Hands all tasks over to a new engine; false when one of them can't be written down at this moment. */
  async restart(): Promise<boolean> {
    const old = this.#box
    const saved: [string, Definition, TaskSnapshot][] = []
    for (const [id, definition] of this.#tasks) {
      const task = old.engine.task(id)
      // A task that a node stopped stays stopped.
      if (!task) continue
      try {
        for (const op of task.operators) this.handedOver.add(op.declaration.name)
        saved.push([id, definition, JSON.parse(JSON.stringify(task.snapshot())) as TaskSnapshot])
      } catch (e) {
        if (e instanceof Fault && e.code === 'border-busy') return false
        throw e
      }
    }
    for (const [id] of saved) await old.engine.stop(id, 'handover')
    await old.settle()
    this.#collect()
    const box = this.#open(old)
    // What it owes InfluxDB is the new one's now.
    old.dropWrites()
    for (const [id, definition, snapshot] of saved) this.#start(box, id, definition, snapshot)
    await box.settle()
    this.#collect()
    return true
  }

  /** The live result at a task's endpoint. */
  live(task: string, endpoint: string): string {
    return this.#box.engine.task(task)?.routes.get(endpoint)?.() ?? ''
  }

  async close(): Promise<void> {
    for (const box of this.#boxes) await box.close()
    fs.rmSync(this.folder, { recursive: true, force: true })
  }
}

const linesOf = (text: string): string[] => text.split('\n').filter((l) => l !== '')

function givenText(given: Given): string {
  const g = given.group
  const group = [g.byName, g.name, g.dims.map((d) => [d, g.tags[d]])]
  assert.ok(g.slot >= 0, 'a group that is at work has its place')
  if (given.is === 'point') return JSON.stringify(['point', group, pointOf(given.point)])
  if (given.is === 'batch') {
    const { name, tmax } = given.begin
    return JSON.stringify(['batch', group, name, tmax.sec, tmax.ns, given.points.map(pointOf)])
  }
  return JSON.stringify([given.is, group, given.time?.sec, given.time?.ns])
}

function pointOf(p: Extract<Given, { is: 'point' }>['point']): unknown[] {
  const { series: s, shape } = p
  const values = p.values.map((v) => (typeof v === 'string' || typeof v === 'boolean' || v === null ? v : `${v}`))
  return [s.db, s.rp, s.name, s.keys, s.vals, shape.names, shape.kinds, values, p.sec, p.ns]
}
