// A server while it runs: its configuration changed through the API, its definitions loaded again by a signal, its store
// copied under load and put back.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, describe, test } from 'node:test'

type Json = { readonly [key: string]: unknown }

const API = '/kapacitor/v1'
const command = join(import.meta.dirname, '../bin/supercapd')
const root = mkdtempSync(join(tmpdir(), 'live-'))
const running = new Set<ChildProcess>()
let folders = 0

/** What came in at the sink, as `method path body`; those who wait for something are told. */
const arrived: string[] = []
let tell = (): void => {}
const sink = createServer((incoming, response) => {
  let body = ''
  incoming.setEncoding('utf8').on('data', (t: string) => {
    body += t
  })
  incoming.on('end', () => {
    arrived.push(`${incoming.method} ${incoming.url} ${body}`)
    response.setHeader('x-influxdb-version', '1.8.10').writeHead(204).end()
    tell()
  })
})
let sinkUrl = ''

before(async () => {
  await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve))
  sinkUrl = `http://127.0.0.1:${(sink.address() as AddressInfo).port}`
})
afterEach(() => {
  for (const child of running) child.kill('SIGKILL')
  arrived.length = 0
})
after(() => {
  sink.close()
  sink.closeAllConnections()
  rmSync(root, { recursive: true, force: true })
})

async function arrives(what: RegExp): Promise<string> {
  for (;;) {
    const found = arrived.find((a) => what.test(a))
    if (found !== undefined) return found
    await new Promise<void>((resolve) => {
      tell = resolve
    })
  }
}

class Server {
  readonly folder = join(root, String(folders++))
  readonly config = `${this.folder}.conf`
  #child: ChildProcess | undefined
  #log = ''
  #told = (): void => {}
  base = ''

  constructor(more = '') {
    writeFileSync(
      this.config,
      `data_dir = "${this.folder}"
[http]
bind-address = "127.0.0.1:0"
log-enabled = false
[logging]
level = "INFO"
[storage]
boltdb = "${this.folder}/kapacitor.db"
[replay]
dir = "${this.folder}/replay"
${more.replaceAll('FOLDER', this.folder)}`,
    )
  }

  async start(): Promise<this> {
    const child = spawn(command, ['-config', this.config], { stdio: ['ignore', 'ignore', 'pipe'] })
    running.add(child)
    this.#child = child
    this.#log = ''
    child.stderr.setEncoding('utf8').on('data', (t: string) => {
      this.#log += t
      this.#told()
    })
    child.once('exit', () => {
      running.delete(child)
      this.#told()
    })
    this.base = (await this.says(/listening on (http:\/\/127\.0\.0\.1:\d+)/))[1]!
    return this
  }

  async says(what: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const m = what.exec(this.#log)
      if (m) return m
      if (this.#child?.exitCode !== null) throw new Error(`the server has ended: ${this.#log}`)
      await new Promise<void>((resolve) => {
        this.#told = resolve
      })
    }
  }

  get log(): string {
    return this.#log
  }

  hangUp(): void {
    this.#log = ''
    this.#child!.kill('SIGHUP')
  }

  async kill(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const child = this.#child!
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill(signal)
    await ended
  }

  async call(method: string, path: string, body?: unknown): Promise<{ status: number; json: Json }> {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const response = await fetch(this.base + API + path, { method, ...(text === undefined ? {} : { body: text }) })
    const answer = await response.text()
    return { status: response.status, json: answer === '' ? {} : (JSON.parse(answer) as Json) }
  }

  async does(method: string, path: string, body?: unknown): Promise<Json> {
    const { status, json } = await this.call(method, path, body)
    assert.ok(status < 300, `${method} ${path}: ${status} ${JSON.stringify(json)}`)
    return json
  }
}

describe('a configuration that is changed', () => {
  test('is used at once, also by tasks that run: clusters, endpoints', async () => {
    const s = await new Server('[[influxdb]]\nenabled = false\n').start()
    assert.equal(
      (await s.call('POST', '/config/httppost', { add: { endpoint: 'e', url: `${sinkUrl}/a` } })).status,
      204,
    )
    const cluster = { name: 'added', enabled: true, default: true, urls: [sinkUrl], 'disable-subscriptions': true }
    await s.does('POST', '/config/influxdb', { add: cluster })
    await s.says(/connected to InfluxDB.*added/)
    await s.does('POST', '/tasks', {
      id: 't',
      status: 'enabled',
      script: `dbrp "d"."r"
var data = stream|from().measurement('m')
data|httpPost().endpoint('e')
data|influxDBOut().cluster('added').database('out').buffer(1)`,
    })
    await s.does('POST', '/write?db=d&rp=r&precision=s', 'm v=1 1\n')
    await arrives(/^POST \/a .*"values":\[\["1970-01-01T00:00:01Z",1\]\]/)
    await arrives(/^POST \/write\?.*db=out/)
    await s.does('POST', '/config/httppost/e', { set: { url: `${sinkUrl}/b` } })
    await s.does('POST', '/config/influxdb/added', { set: { urls: [`${sinkUrl}/moved`] } })
    await s.does('POST', '/write?db=d&rp=r&precision=s', 'm v=2 2\n')
    await arrives(/^POST \/b .*"values":\[\["1970-01-01T00:00:02Z",2\]\]/)
    await arrives(/^POST \/moved\/write\?.*db=out/)
  })

  test('is refused when it can not work, and never keeps the server from starting', async () => {
    const s = new Server('[[influxdb]]\nenabled = false\n[[httppost]]\nendpoint = "own"\nurl = "http://own"\n')
    const template = join(root, 'row.tmpl')
    await s.start()
    const wrong = await s.call('POST', '/config/httppost/own', { set: { 'row-template-file': template } })
    assert.equal(wrong.status, 500)
    assert.match(String(wrong.json['error']), /^failed to update configuration httppost\/own: .*row\.tmpl/)
    writeFileSync(template, '{{ .Name }}')
    await s.does('POST', '/config/httppost/own', { set: { 'row-template-file': template } })
    await s.does('POST', '/config/slack', { add: { workspace: 'w', enabled: true, url: 'http://secret-place' } })
    await s.kill('SIGKILL')
    rmSync(template)
    await s.start()
    await s.says(/an override is kept but not used.*row\.tmpl/)
    const own = await s.does('GET', '/config/httppost/own')
    assert.equal((own['options'] as Json)['row-template-file'], '')
    assert.equal(((await s.does('GET', '/config/slack/w'))['options'] as Json)['url'], true)
    assert.doesNotMatch(s.log, /secret-place/)
  })

  test('wakes handlers that could not work without it', async () => {
    const s = await new Server('[[influxdb]]\nenabled = false\n').start()
    const endpoint = { add: { endpoint: 'e', url: `${sinkUrl}/woken` } }
    await s.does('POST', '/config/httppost', endpoint)
    await s.does('POST', '/alerts/topics/top/handlers', { id: 'h', kind: 'post', options: { endpoint: 'e' } })
    await s.does('POST', '/config/httppost', { remove: ['e'] })
    await s.kill()
    await s.start()
    await s.says(/a stored handler can not work/)
    await s.does('POST', '/config/httppost', endpoint)
    await s.does('POST', '/tasks', {
      id: 't',
      status: 'enabled',
      script: `dbrp "d"."r"\nstream|from()|alert().crit(lambda: TRUE).topic('top')`,
    })
    await s.does('POST', '/write?db=d&rp=r&precision=s', 'm v=1 1\n')
    await arrives(/^POST \/woken /)
  })

  test('may be forbidden, and what is stored left out', async () => {
    const s = await new Server().start()
    await s.does('POST', '/config/smtp/', { set: { host: 'other' } })
    await s.kill()
    const text = readFileSync(s.config, 'utf8')
    writeFileSync(s.config, `skip-config-overrides = true\n${text}`)
    await s.start()
    assert.equal(((await s.does('GET', '/config/smtp/'))['options'] as Json)['host'], 'localhost')
    await s.kill()
    writeFileSync(s.config, `${text}\n[config-override]\nenabled = false\n`)
    await s.start()
    for (const [method, path] of [
      ['GET', '/config'],
      ['GET', '/config/smtp/'],
      ['POST', '/config/smtp/'],
    ] as const) {
      const { status, json } = await s.call(method, path, method === 'GET' ? undefined : {})
      assert.equal(status, 403)
      assert.equal(json['error'], 'config override service is not enabled')
    }
  })
})

describe('the load folder', () => {
  test('is read at the start and at SIGHUP', async () => {
    const s = new Server('[[influxdb]]\nenabled = false\n[load]\nenabled = true\ndir = "FOLDER.load"\n')
    const tasks = `${s.folder}.load/tasks`
    mkdirSync(tasks, { recursive: true })
    const script = 'dbrp "d"."r"\nstream|from()'
    writeFileSync(join(tasks, 'one.tick'), script)
    writeFileSync(join(tasks, 'bad.tick'), 'stream|')
    await s.start()
    await s.says(/a file can not be loaded.*bad\.tick/)
    const ids = async (): Promise<unknown[]> =>
      ((await s.does('GET', '/tasks?fields=status'))['tasks'] as Json[]).map((t) => t['id'])
    assert.deepEqual(await ids(), ['one'])
    rmSync(join(tasks, 'one.tick'))
    writeFileSync(join(tasks, 'bad.tick'), script)
    s.hangUp()
    await s.says(/loaded the load folder/)
    assert.deepEqual(await ids(), ['bad'])
  })
})

describe('a backup', () => {
  const get = (url: string): Promise<{ headers: IncomingMessage['headers']; body: Buffer }> =>
    new Promise((resolve, reject) => {
      const asked = request(url, { headers: { 'accept-encoding': 'gzip' } }, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (c: Buffer) => chunks.push(c))
        response.on('end', () => resolve({ headers: response.headers, body: Buffer.concat(chunks) }))
      })
      asked.on('error', reject).end()
    })

  test('that is taken under load restores to a server that answers the same', async () => {
    const s = await new Server('[[influxdb]]\nenabled = false\n').start()
    const script = `dbrp "d"."r"\nstream|from().measurement('m')|alert().crit(lambda: TRUE).topic('top')`
    for (const id of ['a', 'b']) await s.does('POST', '/tasks', { id, script, status: 'enabled' })
    await s.does('POST', '/templates', { id: 'tpl', type: 'stream', script: 'stream|from()' })
    await s.does('POST', '/alerts/topics/top/handlers', { id: 'h', kind: 'log', options: { path: `${s.folder}.log` } })
    await s.does('POST', '/config/smtp/', { set: { host: 'other' } })
    const recording = await s.does('POST', '/recordings/stream', { id: 'rec', task: 'a', stop: '1970-01-01T00:00:03Z' })
    assert.equal(recording['id'], 'rec')
    for (const t of [1, 2, 3, 4]) await s.does('POST', '/write?db=d&rp=r&precision=s', `m v=${t} ${t}\n`)
    for (;;) if ((await s.does('GET', '/recordings/rec'))['status'] !== 'running') break
    const lists = ['/tasks?fields=script&fields=status', '/templates', '/alerts/topics/top/handlers', '/recordings']
    const answers = async (): Promise<unknown[]> => [
      ...(await Promise.all(lists.map((path) => s.does('GET', path)))),
      ((await s.does('GET', '/alerts/topics'))['topics'] as Json[]).map((t) => [t['id'], t['level']]),
      (await s.does('GET', '/config/smtp/'))['options'],
    ]
    const wanted = await answers()

    let writing = true
    let t = 4
    const load = (async () => {
      while (writing) await s.does('POST', '/write?db=other&rp=r&precision=s', `m v=${++t} ${t}\n`)
    })()
    const { headers, body } = await get(`${s.base}${API}/storage/backup`)
    writing = false
    await load
    assert.equal(headers['content-encoding'], undefined)
    assert.equal(headers['content-type'], 'application/octet-stream')
    assert.equal(headers['content-disposition'], 'attachment; filename="kapacitor.db"')
    assert.equal(Number(headers['content-length']), body.length)

    const file = join(root, 'backup')
    writeFileSync(file, body)
    const restore = () => spawnSync(command, ['restore', '-config', s.config, file], { encoding: 'utf8' })
    const early = restore()
    assert.equal(early.status, 1)
    assert.match(early.stderr, /the store is in use/)
    for (const id of ['a', 'b']) await s.does('DELETE', `/tasks/${id}`)
    await s.does('DELETE', '/templates/tpl')
    await s.kill()
    const restored = restore()
    assert.equal(restored.stderr, '')
    assert.match(restored.stdout, /^restored .*\nthe store that was there is .*before-restore/)
    await s.start()
    assert.deepEqual(await answers(), wanted)
  })
})
