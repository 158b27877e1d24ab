// Fault drill of alert delivery: writes events while the receivers fail in turn and the server is killed again and again,
// then looks at what arrived. Nothing acknowledged may be missing, a repeat must carry the key of the first, and the
// order of each alert id must be kept. Exits with 1 and says what is wrong.
//
//   node test/drill/delivery-drill.ts [--events 2000] [--kills 10] [--port 9365] [--seed 1] [--keep]
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Arrival, FailingSink, HANDLERS } from './failing-sink.ts'
import { judge } from './judge.ts'

const { values: args } = parseArgs({
  options: {
    events: { type: 'string', default: '2000' },
    kills: { type: 'string', default: '10' },
    port: { type: 'string', default: '9365' },
    seed: { type: 'string', default: '1' },
    keep: { type: 'boolean', default: false },
  },
})
const EVENTS = Number(args.events)
const KILLS = Number(args.kills)
const PORT = Number(args.port)
/** Alert ids; each batch has an event of each. */
const IDS = 20
/** Milliseconds for what waits to arrive once the receivers are well again. */
const PATIENCE_MS = 60_000
const API = `http://127.0.0.1:${PORT}/kapacitor/v1`

let seed = Number(args.seed)
function random(): number {
  seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff
  return seed / 0x7fffffff
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

class Server {
  readonly #conf: string
  readonly #log: number
  #child: ChildProcess | undefined
  starts = 0

  constructor(dir: string) {
    this.#conf = join(dir, 'server.toml')
    this.#log = openSync(join(dir, 'log'), 'a')
    writeFileSync(
      this.#conf,
      `hostname = "localhost"
data_dir = "${dir}"
[http]
  bind-address = "127.0.0.1:${PORT}"
  log-enabled = false
[replay]
  dir = "${dir}/replay"
[storage]
  boltdb = "${dir}/kapacitor.db"
[logging]
  file = "STDERR"
  level = "INFO"
[stats]
  enabled = false
[[influxdb]]
  enabled = false
`,
    )
  }

  async start(): Promise<void> {
    this.starts++
    const command = new URL('../../bin/supercapd', import.meta.url).pathname
    const child = spawn(command, ['-config', this.#conf], { stdio: ['ignore', this.#log, this.#log] })
    this.#child = child
    for (;;) {
      if (child.exitCode !== null) throw new Error('the server does not start')
      const up = await fetch(`${API}/ping`).then(
        (r) => r.status === 204,
        () => false,
      )
      if (up) return
      await sleep(20)
    }
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill(signal)
    await ended
  }
}

async function call(method: string, path: string, body?: string): Promise<Record<string, unknown>> {
  const r = await fetch(API + path, { method, ...(body === undefined ? {} : { body }) })
  const text = await r.text()
  if (!r.ok) throw new Error(`${method} ${path}: ${r.status} ${text}`)
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
}

/** Every point is an event: the level goes to and fro. `n` counts the points of an id, `attempt` the writes of a batch. */
function taskOf(sink: FailingSink): string {
  const posts = HANDLERS.map((h) => `.post('${sink.url}/${h}').timeout(1s)`)
  return JSON.stringify({
    id: 'drill',
    type: 'stream',
    dbrps: [{ db: 'drill', rp: 'rp' }],
    status: 'enabled',
    script: `stream|from().measurement('m').groupBy('id')
      |alert().warn(lambda: "n" % 2 == 0).crit(lambda: "n" % 2 == 1)
        .id('{{ index .Tags "id" }}').message('{{ index .Fields "n" }}/{{ index .Fields "attempt" }}').details('')
        ${posts.join('\n        ')}`,
  })
}

interface Written {
  /** Events that the server has answered for, by id: `N/ATTEMPT`. */
  readonly acknowledged: Map<string, string[]>
  /** How often a write got no answer. */
  unanswered: number
}

async function writeAll(server: Server, sink: FailingSink): Promise<Written> {
  const written: Written = { acknowledged: new Map(), unanswered: 0 }
  const batches = Math.ceil(EVENTS / IDS)
  let kills = 0
  for (let n = 0; n < batches; n++) {
    let dying: Promise<void> | undefined
    // Spread over the run; the blow falls somewhere around this write.
    if (kills < KILLS && n >= ((kills + 1) * batches) / (KILLS + 2)) {
      kills++
      dying = sleep(random() * 8).then(() => server.end('SIGKILL'))
    }
    for (let attempt = 1; ; attempt++) {
      const lines = Array.from(
        { length: IDS },
        (_, i) => `m,id=id${i} n=${n}i,attempt=${attempt}i ${n * 1000 + attempt}`,
      )
      try {
        await call('POST', '/write?db=drill&rp=rp&precision=ms', lines.join('\n'))
        for (let i = 0; i < IDS; i++) {
          const events = written.acknowledged.get(`id${i}`)
          if (events) events.push(`${n}/${attempt}`)
          else written.acknowledged.set(`id${i}`, [`${n}/${attempt}`])
        }
        break
      } catch (e) {
        if (!dying) throw e
        written.unanswered++
        await dying
        await server.start()
        sink.next()
      }
    }
    if (dying) {
      await dying
      if (
        await fetch(`${API}/ping`).then(
          () => false,
          () => true,
        )
      ) {
        await server.start()
        sink.next()
      }
    }
    if (n % Math.ceil(batches / 20) === 0) sink.next()
    await sleep(10)
  }
  return written
}

async function arrived(sink: FailingSink, written: Written): Promise<void> {
  const until = performance.now() + PATIENCE_MS
  const wanted = [...written.acknowledged.values()].reduce((sum, events) => sum + events.length, 0) * HANDLERS.length
  for (;;) {
    const waiting = (await call('GET', '/alerts/deliveries?state=waiting&limit=1'))['deliveries'] as unknown[]
    if (waiting.length === 0 && sink.taken >= wanted) return
    if (performance.now() > until) {
      console.error(`gave up waiting: ${sink.taken} of ${wanted} arrived, ${waiting.length > 0 ? 'some' : 'none'} wait`)
      return
    }
    await sleep(100)
  }
}

async function drill(dir: string): Promise<string[]> {
  const began = performance.now()
  const sink = await FailingSink.start()
  const server = new Server(dir)
  try {
    await server.start()
    await call('POST', '/tasks', taskOf(sink))
    const written = await writeAll(server, sink)
    sink.well()
    await arrived(sink, written)
    const letters = (await call('GET', '/alerts/dead-letters?limit=-1'))['dead-letters'] as unknown[]
    const handlers = (await call('GET', '/alerts/deliveries/handlers'))['handlers'] as Record<string, number>[]
    await server.end('SIGTERM')
    const report = judge(written.acknowledged, sink.arrivals as readonly Arrival[])
    console.log(
      `${report.acknowledged} events acknowledged, to ${HANDLERS.length} handlers each; server killed ${server.starts - 1} times, ` +
        `${written.unanswered} writes unanswered; ${report.requests} requests (${sink.summary()}), ` +
        `${report.repeats} repeats; ${((performance.now() - began) / 1000).toFixed(0)} s`,
    )
    const faults = [...report.faults]
    if (server.starts - 1 !== KILLS) faults.push(`the server was killed ${server.starts - 1} times, not ${KILLS}`)
    if (letters.length > 0) faults.push(`${letters.length} dead letters`)
    for (const h of handlers) if (h['superseded']) faults.push(`handler ${h['handler']} left out ${h['superseded']}`)
    return faults
  } finally {
    await server.end('SIGKILL')
    await sink.close()
  }
}

const dir = mkdtempSync(join(tmpdir(), 'delivery-drill-'))
const faults = await drill(dir).catch((e: unknown) => [
  String(e instanceof Error ? e.stack : e),
  readFileSync(join(dir, 'log'), 'utf8').slice(-2000),
])
for (const fault of faults.slice(0, 20)) console.error(fault)
if (faults.length > 20) console.error(`… and ${faults.length - 20} more`)
if (args.keep) console.log(`kept ${dir}`)
else rmSync(dir, { recursive: true, force: true })
const passed = faults.length === 0
if (passed) console.log('nothing missing, repeats with their key only, order kept')
console.log(passed ? '1 passed, 0 failed' : '0 passed, 1 failed')
process.exit(passed ? 0 : 1)
