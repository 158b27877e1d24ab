// Every route of the server, whoever asks and whatever is sent: no answer is a failure of ours, nothing hangs, and who may
// not change anything changes nothing. New routes are walked by themselves; those that take a body or have a `*` in their
// path need a line in good-calls.ts.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { TSchema } from 'typebox'
import type { Method, Route } from '../../src/server/api/route.ts'
import { ROUTES, routes } from '../../src/server/api/routes.ts'
import { openUsers } from '../../src/server/auth/open-auth.ts'
import { anybody } from '../../src/server/auth/user.ts'
import { loadConfig } from '../../src/server/config/load-config.ts'
import { Logging } from '../../src/server/log/logging.ts'
import { MemoryTarget } from '../../src/server/log/memory-target.ts'
import { type RunningServer, startServer } from '../../src/server/server.ts'
import { openFileStore } from '../../src/store/file-store.ts'
import { serverConfig } from '../server-config.ts'
import { GOOD_CALLS, type GoodCall, SEEDS } from './good-calls.ts'

const API = '/kapacitor/v1'
/** Of one request; ten times what the slowest takes. */
const HANGS_MS = 15_000
const TEN_MB = 10 * 1024 * 1024
const AT_ONCE = 24

const folder = mkdtempSync(join(tmpdir(), 'walk-'))
const config = loadConfig({
  environment: {},
  file: {
    path: 'walk.conf',
    text: serverConfig(folder, { http: 'auth-enabled = true', more: '[auth]\nenabled = true\nbcrypt-cost = 4\n' }),
  },
})
const target = new MemoryTarget()
const logging = new Logging({ target, level: 'debug', format: 'json' })
let server: RunningServer
let port = 0
const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE })

type Who = 'nobody' | 'stranger' | 'powerless' | 'admin'
const basic = (name: string, password: string): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
})
const CREDENTIALS: Readonly<Record<Who, Record<string, string>>> = {
  nobody: {},
  stranger: basic('root', 'wrong-password'),
  powerless: basic('powerless', 'powerless-password'),
  admin: basic('root', 'root-password'),
}
const DENIED: readonly Who[] = ['nobody', 'stranger', 'powerless']

interface Answer {
  readonly status: number
  readonly text: string
}

/** One method of a route, and what is good to call it with. */
interface Call {
  readonly name: string
  readonly route: Route
  readonly method: Method
  readonly path: string
  readonly good: GoodCall
}

const calls: readonly Call[] = Object.entries(routes).flatMap(([name, route]: [string, Route]) => {
  const good: GoodCall = (GOOD_CALLS as Readonly<Record<string, GoodCall | undefined>>)[name] ?? {}
  const path = route.path.replace('*', good.rest ?? 'walk') + (good.query === undefined ? '' : `?${good.query}`)
  return route.methods.map((method) => ({ name, route, method, path, good }))
})

before(async () => {
  const files = await openFileStore({ boltdb: config.server.storage.boltdb })
  const { service } = openUsers(files.store, config.server.auth)
  await service.makeAdmin('root', 'root-password', anybody(''))
  await service.create('powerless', { password: 'powerless-password' }, anybody(''))
  await files.close()
  server = await startServer(config, logging)
  port = server.address.port
  for (const [method, path, body] of SEEDS) {
    const { status, text } = await call(method as Method, API + path, 'admin', bytesOf(body))
    assert.ok(status < 300, `${method} ${path}: ${status} ${text}`)
  }
  // A recording that still runs would change by itself.
  while ((await call('GET', `${API}/recordings/walk`, 'admin', Buffer.alloc(0))).status === 202);
})
after(async () => {
  agent.destroy()
  await server?.stop()
  logging.close()
  rmSync(folder, { recursive: true, force: true })
})

function bytesOf(body: unknown): Buffer {
  if (body === undefined) return Buffer.alloc(0)
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
}

/** The answer; of a stream without an announced end only its head. `rest` of a body that nobody waits for is not sent. */
function call(method: Method, path: string, who: Who, body: Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { ...CREDENTIALS[who], 'content-length': body.length }
    const signal = AbortSignal.timeout(HANGS_MS)
    const request = httpRequest({ host: '127.0.0.1', port, method, path, headers, agent, signal }, (response) => {
      const status = response.statusCode ?? 0
      const endless = response.headers['content-length'] === undefined && status !== 204 && method !== 'HEAD'
      let text = ''
      const done = (): void => {
        resolve({ status, text })
        if (endless || !request.writableFinished) request.destroy()
      }
      if (endless) {
        done()
        return
      }
      response.setEncoding('utf8').on('data', (t: string) => {
        text += t
      })
      response.on('end', done).on('error', reject)
    })
    request.on('error', (e) => reject(new Error(`${method} ${path} as ${who}: ${e.message}`, { cause: e })))
    request.end(body)
  })
}

/** Runs the work for all, so many at once. */
async function forAll<T>(all: readonly T[], atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  const left = all.values()
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const item of left) await work(item)
    }),
  )
}

/** Something of another type for each member that the schema knows. */
function wrongFor(schema: TSchema | undefined): unknown {
  const { properties } = (schema ?? {}) as { properties?: Readonly<Record<string, { type?: string }>> }
  if (!properties) return [[1], { a: null }]
  return Object.fromEntries(
    Object.entries(properties).map(([name, { type }]) => [
      name,
      type === 'string' || type === undefined ? [7] : 'wrong',
    ]),
  )
}

const BODIES: Readonly<Record<string, (c: Call) => Buffer>> = {
  good: (c) => bytesOf(c.good.body),
  empty: () => Buffer.alloc(0),
  'not JSON': () => Buffer.from('{"id": "walk", \u0000'),
  'wrong types': (c) => bytesOf(wrongFor(c.route.body)),
  '10 MB': () => TEN_MB_OF_JSON,
}
const TEN_MB_OF_JSON = Buffer.concat([Buffer.from('{"id":"'), Buffer.alloc(TEN_MB, 'x'), Buffer.from('"}')])

/** Wrong for every answer, whatever was asked. */
function checkAnswer(about: string, { route, good }: Call, { status, text }: Answer): void {
  assert.ok(status >= 200, about)
  assert.ok(status < 500 || (status === 501 && good.status === 501), `${about}: ${status} ${text.slice(0, 500)}`)
  assert.doesNotMatch(text.slice(0, 100_000), /\n\s+at .*:\d+:\d+/, about)
  if (status >= 400 && text !== '') assert.equal(typeof JSON.parse(text).error, 'string', about)
  assert.ok(route.summary)
}

/** What of the server could have been changed. */
async function dump(): Promise<Readonly<Record<string, unknown>>> {
  const read = async (path: string): Promise<unknown> => {
    const { status, text } = await call('GET', API + path, 'admin', Buffer.alloc(0))
    assert.equal(status, 200, `${path}: ${text}`)
    return JSON.parse(text)
  }
  const { topics } = (await read('/alerts/topics')) as { topics: { id: string; collected: number }[] }
  return {
    tasks: await read('/tasks?limit=-1&fields=script&fields=status&fields=dbrps&fields=vars&fields=modified'),
    templates: await read('/templates?limit=1000&fields=script&fields=modified'),
    topics,
    handlers: await Promise.all(topics.map((t) => read(`/alerts/topics/${t.id}/handlers`))),
    silences: await read('/alerts/silences'),
    recordings: await read('/recordings?limit=-1'),
    replays: await read('/replays?limit=-1'),
    users: await read('/users?limit=-1'),
    config: await read('/config'),
    level: logging.level,
  }
}

describe('every route', { timeout: 120_000 }, () => {
  it('has a good call to be walked with', () => {
    const missing = Object.entries(routes).filter(
      ([name, r]: [string, Route]) =>
        (r.bodyKind !== 'none' || r.path.includes('*')) && !Object.hasOwn(GOOD_CALLS, name),
    )
    assert.deepEqual(
      missing.map(([name]) => name),
      [],
    )
    assert.equal(
      calls.length,
      ROUTES.reduce((n, r) => n + r.methods.length, 0),
    )
  })

  it('tells who may not use it so, and does nothing', async () => {
    const before = await dump()
    const all = DENIED.flatMap((who) =>
      calls.flatMap((c) => Object.entries(BODIES).map(([kind, body]) => ({ who, c, kind, body: body(c) }))),
    )
    await forAll(all, AT_ONCE, async ({ who, c, kind, body }) => {
      const answer = await call(c.method, c.path, who, body)
      const about = `${c.method} ${c.path} as ${who}, ${kind}`
      checkAnswer(about, c, answer)
      const mayPing = who === 'powerless' && c.method === 'HEAD'
      if (!mayPing) assert.equal(answer.status, who === 'powerless' ? 403 : 401, `${about}: ${answer.text}`)
    })
    assert.deepEqual(await dump(), before)
  })

  it('tells so before the body has come, and takes a slow body from who may send it', async () => {
    const all = calls.flatMap((c) => (['nobody', 'stranger', 'powerless', 'admin'] as const).map((who) => ({ c, who })))
    const before = await dump()
    // As many at once as there are, so that none of them can be in the way of another.
    const clients = all.filter(({ who, c }) => who !== 'admin' || c.route.bodyKind !== 'none')
    await Promise.all(
      clients.map(async ({ c, who }) => {
        const about = `${c.method} ${c.path} as ${who}, slowly`
        const client = new SlowClient(c, who)
        // No route takes it: nothing is changed by an admin either.
        const answer = await (who === 'admin' ? client.sendAll() : client.answer)
        client.close()
        checkAnswer(about, c, answer)
        if (who === 'admin') assert.ok(answer.status < 500, about)
        else if (c.method !== 'HEAD') assert.equal(answer.status, who === 'powerless' ? 403 : 401, about)
      }),
    )
    assert.deepEqual(await dump(), before)
  })

  it('answers an admin whatever he sends', async () => {
    const takers = calls.filter((c) => c.route.bodyKind !== 'none')
    const kinds = ['empty', 'not JSON', 'wrong types', '10 MB'] as const
    const all = kinds.flatMap((kind) => takers.map((c) => ({ c, kind, body: BODIES[kind]!(c) })))
    await forAll(all, 4, async ({ c, kind, body }) => {
      checkAnswer(`${c.method} ${c.path}, ${kind}`, c, await call(c.method, c.path, 'admin', body))
    })
  })

  it('does what it is good for when an admin asks', async () => {
    // What is read and changed is there; what is made and removed comes last.
    const order: readonly Method[] = ['HEAD', 'PUT', 'PATCH', 'POST', 'GET', 'DELETE']
    const inOrder = [...calls].sort((a, b) => order.indexOf(a.method) - order.indexOf(b.method))
    for (const c of inOrder) {
      const answer = await call(c.method, c.path, 'admin', BODIES['good']!(c))
      const about = `${c.name}: ${c.method} ${c.path}`
      checkAnswer(about, c, answer)
      if (c.good.status === undefined) assert.ok(answer.status < 300, `${about}: ${answer.status} ${answer.text}`)
      else assert.equal(answer.status, c.good.status, `${about}: ${answer.text}`)
    }
  })

  it('leaves no error of ours and no password in the log', () => {
    const log = target.lines.join('')
    assert.doesNotMatch(log, /a request failed|uncaught|unhandled/)
    assert.doesNotMatch(log, /(?:wrong|powerless|root)-password|Basic [A-Za-z0-9+/=]{8}/)
    assert.match(log, /"username":"root"/)
  })
})

/** Sends the head of a request and half of a body that is no JSON; the rest byte by byte when it is told so. */
class SlowClient {
  readonly answer: Promise<Answer>
  readonly #socket
  readonly #rest: string

  constructor({ method, path }: Call, who: Who) {
    const body = '{"slow": "client", and no more'
    const half = body.length / 2
    this.#rest = body.slice(half)
    this.#socket = connect(port, '127.0.0.1')
    const head = Object.entries({ host: 'walk', ...CREDENTIALS[who], 'content-length': body.length })
    this.#socket.write(
      `${method} ${path} HTTP/1.1\r\n${head.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body.slice(0, half)}`,
    )
    this.answer = new Promise((resolve, reject) => {
      let text = ''
      const late = setTimeout(() => reject(new Error(`${method} ${path} as ${who}: no answer`)), HANGS_MS)
      const done = (): void => {
        const at = text.indexOf('\r\n\r\n')
        const length = /\r\ncontent-length: (\d+)/i.exec(text)?.[1]
        if (at < 0 || (length !== undefined && text.length < at + 4 + Number(length) && method !== 'HEAD')) return
        clearTimeout(late)
        resolve({ status: Number(text.slice(9, 12)), text: length === undefined ? '' : text.slice(at + 4) })
      }
      this.#socket.setEncoding('utf8').on('data', (t: string) => {
        text += t
        done()
      })
      this.#socket.on('error', reject)
    })
  }

  async sendAll(): Promise<Answer> {
    for (const byte of this.#rest) await new Promise((resolve) => this.#socket.write(byte, resolve))
    return this.answer
  }

  close(): void {
    this.#socket.destroy()
  }
}
