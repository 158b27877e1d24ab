// What a running server lets people see: its log as it is written, also by the client's commands, profiles, metrics and
// statistics.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { get, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { after, before, describe, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { readMetrics } from '../src/server/metrics/testdata-strict-reader.ts'
import { InProcessServer } from './in-process-server.ts'

const CLIENT = join(import.meta.dirname, '../bin/supercap')
const LOGS = '/kapacitor/v1preview/logs'
const PPROF = '/kapacitor/v1/debug/pprof/'

const SCRIPT = `stream
    |from()
        .measurement('cpu')
        .groupBy('host')
    |log()
        .level('DEBUG')
        .prefix('seen')
    |alert()
        .id('{{ .Group }}')
        .crit(lambda: "value" > 10)
        .log('/dev/null')
        .topic('to"pic')`

let server: InProcessServer

before(async () => {
  server = await InProcessServer.start({ more: '[stats]\nstats-interval = "20ms"\n[logging]\nlevel = "ERROR"\n' })
  await define('watched', SCRIPT)
})
after(() => server.stop())

async function define(id: string, script: string, dbrps = [{ db: 'db', rp: 'rp' }]): Promise<void> {
  const { status, text } = await server.call('POST', '/tasks', { id, type: 'stream', dbrps, script, status: 'enabled' })
  assert.equal(status, 200, text)
}

async function write(lines: string): Promise<void> {
  const { status, text } = await server.call('POST', '/write?db=db&rp=rp', lines)
  assert.equal(status, 204, text)
}

function open(path: string, headers: Readonly<Record<string, string>> = {}): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port: server.port, path, headers, agent: false }, resolve).on('error', reject)
  })
}

async function whole(path: string, headers?: Readonly<Record<string, string>>) {
  const answer = await open(path, headers)
  const chunks: Buffer[] = []
  for await (const c of answer) chunks.push(c as Buffer)
  const bytes = Buffer.concat(chunks)
  return { status: answer.statusCode, headers: answer.headers, bytes, text: bytes.toString() }
}

/** The lines of a stream, one by one. */
function linesOf(stream: Readable): () => Promise<string> {
  const lines = createInterface({ input: stream })[Symbol.asyncIterator]()
  return async () => String((await lines.next()).value)
}

describe('the log over HTTP', () => {
  test('is logfmt that is never packed, and begins with the session itself', async () => {
    const answer = await open(LOGS, { 'accept-encoding': 'gzip' })
    const { headers } = answer
    assert.equal(answer.statusCode, 200)
    assert.equal(headers['content-type'], 'application/logfmt')
    assert.equal(headers['transfer-encoding'], 'chunked')
    assert.equal(headers['content-encoding'], undefined)
    const next = linesOf(answer)
    assert.match(await next(), /^ts=\S+ lvl=info msg="created log session" service=sessions /)
    answer.destroy()
  })

  test('is JSON for exactly that', async () => {
    const json = await open(`${LOGS}?service=sessions`, { accept: 'application/json' })
    assert.equal(json.headers['content-type'], 'application/json')
    const line = JSON.parse(await linesOf(json)()) as Record<string, unknown>
    assert.deepEqual([line['lvl'], line['msg']], ['info', 'created log session'])
    assert.match(String(line['ts']), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d$/)
    json.destroy()
    const other = await open(LOGS, { accept: 'application/json, */*' })
    assert.equal(other.headers['content-type'], 'application/logfmt')
    other.destroy()
  })

  test('its head comes at once, also when no line fits the filter', async () => {
    const answer = await open(`${LOGS}?task=none`)
    assert.equal(answer.statusCode, 200)
    answer.destroy()
  })

  test('lines of a task have its name and that of the node, in order, each at once', async () => {
    const answer = await open(`${LOGS}?task=watched&node=log2`)
    const next = linesOf(answer)
    for (const value of [1, 2]) {
      await write(`cpu,host=a value=${value}`)
      const line = await next()
      assert.match(line, /^ts=\S+ lvl=debug msg=point task=watched node=log2 prefix=seen /)
      assert.ok(line.includes(`\\"value\\":${value}`), line)
    }
    answer.destroy()
  })

  test('errors of a node, too', async () => {
    const answer = await open(`${LOGS}?task=watched&lvl=error`)
    const next = linesOf(answer)
    await write('cpu,host=a value="text"')
    assert.match(await next(), /^ts=\S+ lvl=error msg="node error" .*task=watched node=alert3 /)
    answer.destroy()
  })

  test('a filter twice, or a level that is none, is refused', async () => {
    const twice = await whole(`${LOGS}?task=a&task=b`)
    assert.equal(twice.status, 400)
    assert.equal(JSON.parse(twice.text).error, 'query params cannot contain duplicate params')
    assert.equal((await whole(`${LOGS}?lvl=loud`)).status, 400)
  })

  test('is only there as a preview', async () => {
    assert.equal((await whole('/kapacitor/v1/logs')).status, 404)
    assert.equal((await whole('/kapacitor/v1preview/ping')).status, 204)
  })

  test('ends when the server stops', async () => {
    const own = await InProcessServer.start()
    const answer = await new Promise<IncomingMessage>((resolve) =>
      get({ host: '127.0.0.1', port: own.port, path: LOGS, agent: false }, resolve),
    )
    const text = (async () => {
      let all = ''
      for await (const c of answer) all += String(c)
      return all
    })()
    await own.stop()
    assert.match(await text, /created log session/)
  })
})

describe("the client's commands", () => {
  /** Runs a command until it has printed a line, then interrupts it. `then` is run when it follows the log. */
  async function firstLine(args: readonly string[], then = async (): Promise<void> => {}) {
    const sessions = await open(`${LOGS}?msg=created+log+session`)
    const next = linesOf(sessions)
    await next()
    const child: ChildProcess = spawn(CLIENT, ['-url', `http://127.0.0.1:${server.port}`, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const code = new Promise<number | null>((resolve) => child.once('exit', resolve))
    await next()
    sessions.destroy()
    await then()
    const line = await linesOf(child.stdout!)()
    child.kill('SIGINT')
    return { line, code: await code }
  }

  test('logs prints them until it is interrupted', async () => {
    const { line, code } = await firstLine(['logs', 'service=sessions', 'lvl=info+'])
    assert.match(line, /msg="created log session" .*tags="\{\\"service\\":\\"sessions\\"/)
    assert.equal(code, 0)
  })

  test('watch prints those of a task', async () => {
    const { line, code } = await firstLine(['watch', 'watched', 'node=log2'], () => write('cpu,host=b value=3'))
    assert.match(line, /msg=point task=watched node=log2 /)
    assert.equal(code, 0)
  })
})

describe('profiles', () => {
  test('are listed on a page', async () => {
    const { status, headers, text } = await whole(PPROF)
    assert.deepEqual([status, headers['content-type']], [200, 'text/html; charset=utf-8'])
    for (const name of ['profile', 'allocs', 'heap', 'goroutine', 'cmdline', 'symbol'])
      assert.match(text, new RegExp(`href="${name}"`))
  })

  test('come as files for the tools of V8, one at a time', async () => {
    // It has begun when its head is there.
    const first = await open(`${PPROF}profile?seconds=1`)
    assert.equal(first.statusCode, 200)
    assert.match(String(first.headers['content-disposition']), /supercap\.cpuprofile/)
    assert.equal((await whole(`${PPROF}allocs?seconds=1`)).status, 409)
    let text = ''
    for await (const c of first) text += String(c)
    assert.ok(Array.isArray(JSON.parse(text).nodes))
    assert.ok(JSON.parse((await whole(`${PPROF}allocs?seconds=1`)).text).head)
  })

  test('of the heap are a snapshot whose length is told', async () => {
    const { status, headers, bytes } = await whole(`${PPROF}heap`, { 'accept-encoding': 'gzip' })
    assert.equal(status, 200)
    assert.equal(headers['content-length'], String(bytes.length))
    assert.match(bytes.subarray(0, 40).toString(), /^\{"snapshot":\{/)
  })

  test('want a sensible time', async () => {
    for (const seconds of ['0', '301', '1.5', 'x', '-1'])
      assert.equal((await whole(`${PPROF}profile?seconds=${seconds}`)).status, 400, seconds)
  })

  test('that are none say so', async () => {
    const { status, text } = await whole(`${PPROF}trace?seconds=1`)
    assert.equal(status, 501)
    assert.match(JSON.parse(text).error, /take a CPU profile/)
    assert.equal((await whole(`${PPROF}mutex`)).status, 404)
    assert.match((await whole(`${PPROF}goroutine`)).text, /^active resources: total \d+\n\d+ \w+\n/)
    assert.equal((await whole(`${PPROF}symbol`)).text, 'num_symbols: 0\n')
    assert.ok((await whole(`${PPROF}cmdline`)).text.includes('\0'))
  })
})

describe('metrics', () => {
  test('are what the format allows, and tell of tasks, nodes, edges, topics and handlers', async () => {
    await write('cpu,host=a value=99\ncpu,host=b value=1\nmem v=1')
    const { status, headers, text } = await whole('/metrics')
    assert.equal(status, 200)
    assert.equal(headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8')
    const families = readMetrics(text)
    const figure = (name: string): number | undefined =>
      [...families.values()].map((f) => f.figures.get(name)).find((n) => n !== undefined)
    assert.ok(figure('supercap_ingress_points_total{database="db",retention_policy="rp",measurement="cpu"}')! >= 2)
    assert.equal(
      figure('supercap_ingress_unwanted_points_total{database="db",retention_policy="rp",measurement="mem"}'),
      1,
    )
    const node = '{task="watched",node="log2",kind="log"}'
    assert.equal(figure(`supercap_node_collected_total${node}`), figure(`supercap_node_emitted_total${node}`))
    assert.ok(figure('supercap_edge_messages_total{task="watched",parent="from1",child="log2",type="stream"}')! >= 2)
    assert.equal(figure('supercap_topic_level{topic="to\\"pic"}'), 3)
    assert.ok(
      figure('supercap_node_events_total{task="watched",node="alert3",kind="alert",event="crits_triggered"}')! > 0,
    )
    assert.ok(figure('supercap_node_errors_total{task="watched",node="alert3",kind="alert"}')! >= 0)
    assert.equal(figure('supercap_tasks{status="enabled"}'), figure('supercap_tasks_executing'))
    for (const name of families.keys())
      assert.match(name, /^(supercap|process|nodejs)_.*(_total|_seconds|_bytes|[a-z]+)$/)
  })

  test('are all explained', async () => {
    const page = readFileSync(join(import.meta.dirname, '../docs/operating.md'), 'utf8')
    const families = [...readMetrics((await whole('/metrics')).text).keys()]
    assert.deepEqual(
      families.filter((name) => !page.includes(`\`${name}\``)),
      [],
    )
    const known = page.match(/(?<=`)(?:supercap|process|nodejs)_[a-z_]+(?=`)/g)!
    // Listeners for datagrams and workers are there only when they are configured.
    const workers = ['tasks', 'lag_entries', 'ended_total'].map((name) => `supercap_worker_${name}`)
    const absent = new Set(['supercap_udp_events_total', ...workers])
    assert.deepEqual(
      known.filter((name) => !families.includes(name) && !absent.has(name)),
      [],
    )
  })

  test('are packed for who takes that', async () => {
    const { headers, bytes } = await whole('/metrics', { 'accept-encoding': 'gzip' })
    assert.equal(headers['content-encoding'], 'gzip')
    readMetrics(gunzipSync(bytes).toString())
  })

  test('only grow where they are counters', async () => {
    const before = readMetrics((await whole('/metrics')).text)
    await write('cpu,host=a value=100')
    const after = readMetrics((await whole('/metrics')).text)
    for (const [name, { type, figures }] of before)
      if (type === 'counter')
        for (const [key, value] of figures) assert.ok(after.get(name)!.figures.get(key)! >= value, key)
    const requests = 'supercap_http_requests_total'
    const ok = `${requests}{code="2xx"}`
    assert.ok(after.get(requests)!.figures.get(ok)! > before.get(requests)!.figures.get(ok)!)
  })
})

describe('statistics', () => {
  test('of the server come to a task of its own', async () => {
    await define('self', `stream|from().measurement('kapacitor')|httpOut('last')`, [
      { db: '_kapacitor', rp: 'autogen' },
    ])
    let text = ''
    while (!text.includes('uptime')) text = (await server.call('GET', '/tasks/self/last')).text
    const { columns, name } = (JSON.parse(text) as { series: { columns: string[]; name: string }[] }).series[0]!
    assert.equal(name, 'kapacitor')
    for (const c of ['num_tasks', 'num_enabled_tasks', 'num_subscriptions', 'uptime']) assert.ok(columns.includes(c), c)
  })

  test('are a member a line, sorted', async () => {
    const { text } = await server.call('GET', '/debug/vars')
    const lines = text.split('\n').slice(1, -2)
    const names = lines.map((l) => /^"(\w+)": /.exec(l)?.[1])
    assert.deepEqual(names, [...names].sort())
    const vars = JSON.parse(text) as { kapacitor: Record<string, { name: string; tags: Record<string, string> }> }
    for (const [id, { tags }] of Object.entries(vars.kapacitor)) {
      assert.match(id, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
      for (const tag of ['cluster_id', 'server_id', 'host']) assert.ok(tags[tag] !== undefined, tag)
    }
    const kinds = new Set(Object.values(vars.kapacitor).map((s) => s.name))
    for (const kind of ['ingress', 'nodes', 'edges', 'topics', 'load']) assert.ok(kinds.has(kind), kind)
  })
})

describe('where users sign in', () => {
  async function statuses(http: string): Promise<Readonly<Record<string, number>>> {
    const own = await InProcessServer.start({ http })
    try {
      const asked = ['/metrics', '/kapacitor/v1/debug/vars', `${PPROF}cmdline`, `${PPROF}heap`, LOGS]
      const answers = asked.map(async (path) => {
        const answer = await fetch(`http://127.0.0.1:${own.port}${path}`)
        await answer.body?.cancel()
        return [path.split('/').at(-1), answer.status] as const
      })
      return Object.fromEntries(await Promise.all(answers))
    } finally {
      await own.stop()
    }
  }

  test('they do here, too', async () => {
    const all = await statuses('auth-enabled = true')
    assert.deepEqual(all, { metrics: 401, vars: 401, cmdline: 401, heap: 401, logs: 401 })
  })

  test('pprof-enabled opens all but the log and the heap', async () => {
    const all = await statuses('auth-enabled = true\npprof-enabled = true')
    assert.deepEqual(all, { metrics: 200, vars: 200, cmdline: 200, heap: 401, logs: 401 })
  })
})
