// A server of its own, started by bin/supercapd over a folder of its own, and what it takes of the machine: for
// benchmarks that need the whole of it. Linux only.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'

export interface ServerOptions {
  /** Put behind the rest of the configuration. */
  readonly config?: string
  readonly env?: Readonly<Record<string, string>>
}

const COMMAND = path.join(import.meta.dirname, '../bin/supercapd')
const API = '/kapacitor/v1'

export interface Answer {
  readonly status: number
  readonly body: string
}

export class RunningServer {
  readonly folder: string
  readonly #child: ChildProcess
  readonly #port: number
  readonly #agent = new Agent({ keepAlive: true })

  private constructor(folder: string, child: ChildProcess, port: number) {
    this.folder = folder
    this.#child = child
    this.#port = port
  }

  /** Resolves once it listens; rejects with its log when it ends before. */
  static async start(o: ServerOptions = {}): Promise<RunningServer> {
    const folder = mkdtempSync(path.join(tmpdir(), 'bench-'))
    const config = path.join(folder, 'server.conf')
    writeFileSync(
      config,
      `hostname = "localhost"
data_dir = "${folder}/data"
[http]
  bind-address = "127.0.0.1:0"
  log-enabled = false
[storage]
  boltdb = "${folder}/data/store.db"
[replay]
  dir = "${folder}/data/replay"
[load]
  dir = "${folder}/data/load"
[logging]
  file = "STDERR"
  level = "INFO"
${o.config ?? ''}`,
    )
    const child = spawn(COMMAND, ['-config', config], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, ...o.env },
    })
    let log = ''
    const port = await new Promise<number>((resolve, reject) => {
      child.stderr.setEncoding('utf8').on('data', (t: string) => {
        if (log.length < 1e6) log += t
        const found = /listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(log)
        if (found) resolve(Number(found[1]))
      })
      child.once('exit', () => reject(new Error(log)))
    })
    return new RunningServer(folder, child, port)
  }

  /** Sends a request under `/kapacitor/v1`; rejects when it is refused. */
  send(method: string, at: string, body?: string | Uint8Array): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const headers = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }
      const options = { host: '127.0.0.1', port: this.#port, method, path: API + at, agent: this.#agent, headers }
      const asked = request(options, (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (t: string) => {
          text += t
        })
        response.once('error', reject).once('end', () => {
          const status = response.statusCode ?? 0
          if (status < 300) resolve({ status, body: text })
          else reject(new Error(`${method} ${at}: ${status} ${text}`))
        })
      })
      asked.once('error', reject).end(body)
    })
  }

  async startTask(id: string, script: string, type: 'stream' | 'batch' = 'stream'): Promise<void> {
    const task = { id, type, dbrps: [{ db: 'd', rp: 'r' }], script, status: 'enabled' }
    await this.send('POST', '/tasks', JSON.stringify(task))
  }

  /** Writes line protocol with times in nanoseconds; resolves when the tasks have run it. */
  async write(lines: Uint8Array): Promise<void> {
    await this.send('POST', '/write?db=d&rp=r&precision=ns', lines)
  }

  /** What an endpoint of a task shows now. */
  async shown<T>(task: string, endpoint: string): Promise<T> {
    return JSON.parse((await this.send('GET', `/tasks/${task}/${endpoint}`)).body) as T
  }

  /** Points that the task's node of this kind has been given. */
  async taken(task: string, kind: string): Promise<number> {
    const { stats } = JSON.parse((await this.send('GET', `/tasks/${task}`)).body) as {
      stats: { 'node-stats': Record<string, { collected: number }> }
    }
    return Object.entries(stats['node-stats']).find(([name]) => name.replace(/\d+$/, '') === kind)![1].collected
  }

  /** Megabytes that it has resident now, or had at most. */
  memory(line: 'VmHWM' | 'VmRSS'): number {
    const text = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8')
    return Number(new RegExp(`^${line}:\\s+(\\d+)`, 'm').exec(text)?.[1]) / 1024
  }

  /** CPU milliseconds of its main thread so far; Linux counts in steps of 4 while a thread runs. */
  mainCpuMs(): number {
    return this.threadCpuMs().get(String(this.#child.pid))!
  }

  /** CPU milliseconds so far by the number of the thread. */
  threadCpuMs(): ReadonlyMap<string, number> {
    const base = `/proc/${this.#child.pid}/task`
    const ms = (t: string): number => Number(readFileSync(`${base}/${t}/schedstat`, 'utf8').split(' ')[0]) / 1e6
    return new Map(readdirSync(base).map((t) => [t, ms(t)]))
  }

  /** Ends it, and removes its folder once it is gone. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    this.#agent.destroy()
    if (this.#child.exitCode === null) {
      const gone = new Promise((resolve) => this.#child.once('exit', resolve))
      this.#child.kill(signal)
      await gone
    }
    rmSync(this.folder, { recursive: true, force: true })
  }
}
