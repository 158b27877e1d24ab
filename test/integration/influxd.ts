// A real InfluxDB 1.x and a server beside it, each with a folder and ports of its own.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort, newFolder, OutsideProgram } from './outside-program.ts'

const START_MS = 30_000
const WAIT_MS = 20_000

export interface Row {
  readonly name: string
  readonly tags?: Readonly<Record<string, string>>
  readonly columns: readonly string[]
  readonly values?: readonly (readonly unknown[])[]
}

export class Influxd {
  readonly url: string
  readonly #program: OutsideProgram
  readonly #folder: { readonly path: string; remove(): void }

  private constructor(url: string, program: OutsideProgram, folder: { readonly path: string; remove(): void }) {
    this.url = url
    this.#program = program
    this.#folder = folder
  }

  static async start(program: string): Promise<Influxd> {
    const folder = newFolder()
    const port = await freePort()
    const rpc = await freePort()
    for (const d of ['meta', 'data', 'wal']) mkdirSync(join(folder.path, d))
    const config = join(folder.path, 'influxdb.conf')
    writeFileSync(
      config,
      `reporting-disabled = true
bind-address = "127.0.0.1:${rpc}"
[meta]
  dir = "${folder.path}/meta"
[data]
  dir = "${folder.path}/data"
  wal-dir = "${folder.path}/wal"
  query-log-enabled = false
[http]
  bind-address = "127.0.0.1:${port}"
  log-enabled = false
[subscriber]
  enabled = true
[monitor]
  store-enabled = false
[continuous_queries]
  enabled = false
`,
    )
    const running = new OutsideProgram(program, ['-config', config])
    try {
      await running.listens(port, START_MS)
    } catch (e) {
      await running.stop()
      folder.remove()
      throw e
    }
    return new Influxd(`http://127.0.0.1:${port}`, running, folder)
  }

  async query(q: string): Promise<readonly Row[]> {
    const reply = await fetch(`${this.url}/query?${new URLSearchParams({ q, epoch: 'ns' })}`, { method: 'POST' })
    const body = (await reply.json()) as { results?: { series?: Row[]; error?: string }[]; error?: string }
    const error = body.error ?? body.results?.find((r) => r.error)?.error
    if (error) throw new Error(error)
    return body.results?.flatMap((r) => r.series ?? []) ?? []
  }

  async write(db: string, lines: string): Promise<void> {
    const reply = await fetch(`${this.url}/write?db=${db}`, { method: 'POST', body: lines })
    if (reply.status !== 204) throw new Error(`${reply.status} ${await reply.text()}`)
  }

  async stop(): Promise<void> {
    await this.#program.stop()
    this.#folder.remove()
  }
}

export class Supercapd {
  readonly url: string
  readonly #port: number
  readonly #folder: { readonly path: string; remove(): void }
  #program: OutsideProgram

  private constructor(port: number, program: OutsideProgram, folder: { readonly path: string; remove(): void }) {
    this.url = `http://127.0.0.1:${port}`
    this.#port = port
    this.#program = program
    this.#folder = folder
  }

  /** `influxdb`: further lines of its `[[influxdb]]` section. */
  static async start(influx: string, influxdb = ''): Promise<Supercapd> {
    const folder = newFolder()
    const port = await freePort()
    const config = join(folder.path, 'server.conf')
    writeFileSync(
      config,
      `hostname = "127.0.0.1"
data_dir = "${folder.path}/data"
[http]
  bind-address = "127.0.0.1:${port}"
  log-enabled = false
[storage]
  boltdb = "${folder.path}/data/store.db"
[replay]
  dir = "${folder.path}/data/replay"
[task]
  dir = "${folder.path}/data/tasks"
[load]
  dir = "${folder.path}/data/load"
[logging]
  file = "STDERR"
  level = "INFO"
[[influxdb]]
  enabled = true
  name = "real"
  urls = ["${influx}"]
  ${influxdb}
`,
    )
    const server = new Supercapd(port, run(config), folder)
    try {
      await server.#program.listens(port, START_MS)
    } catch (e) {
      await server.stop()
      throw e
    }
    return server
  }

  /** Ends it at once, as a power cut would, and starts it again over the same data. */
  async crash(): Promise<void> {
    await this.#program.stop()
    this.#program = run(join(this.#folder.path, 'server.conf'))
    await this.#program.listens(this.#port, START_MS)
  }

  get log(): string {
    return this.#program.output
  }

  printed(pattern: RegExp): Promise<RegExpExecArray> {
    return this.#program.printed(pattern, WAIT_MS)
  }

  /** Writes lines with times in nanoseconds; resolves once they have been taken. */
  async write(db: string, lines: string): Promise<void> {
    const reply = await fetch(`${this.url}/write?db=${db}&rp=autogen`, { method: 'POST', body: lines })
    if (reply.status !== 204) throw new Error(`${reply.status} ${await reply.text()}`)
  }

  async call(method: string, path: string, body?: unknown): Promise<unknown> {
    const init = body === undefined ? {} : { body: JSON.stringify(body) }
    const reply = await fetch(`${this.url}/kapacitor/v1${path}`, { method, ...init })
    const text = await reply.text()
    if (reply.status >= 300) throw new Error(`${method} ${path}: ${reply.status} ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }

  task(id: string, type: 'stream' | 'batch', db: string, script: string): Promise<unknown> {
    return this.call('POST', '/tasks', { id, type, dbrps: [{ db, rp: 'autogen' }], script, status: 'enabled' })
  }

  /** The statistics of one node of a running task. */
  async stats(task: string, node: string): Promise<Readonly<Record<string, number>>> {
    const { stats } = (await this.call('GET', `/tasks/${task}`)) as {
      readonly stats: { readonly 'node-stats'?: Readonly<Record<string, Readonly<Record<string, number>>>> }
    }
    return stats['node-stats']?.[node] ?? {}
  }

  async stop(): Promise<void> {
    await this.#program.stop()
    this.#folder.remove()
  }
}

function run(config: string): OutsideProgram {
  return new OutsideProgram(process.execPath, [
    join(import.meta.dirname, '../../src/cli/supercapd.ts'),
    '-config',
    config,
  ])
}

/** Asks until the answer will do; fails with the last one after a while. */
export async function eventually<T>(ask: () => Promise<T>, will: (answer: T) => boolean): Promise<T> {
  const end = performance.now() + WAIT_MS
  for (;;) {
    const answer = await ask()
    if (will(answer)) return answer
    if (performance.now() > end) throw new Error(`still ${JSON.stringify(answer)} after ${WAIT_MS} ms`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
