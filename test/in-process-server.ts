// A server in the test's own process, over a folder of its own: its configuration is given as text, its log is kept.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig, secretsOf } from '../src/server/config/load-config.ts'
import { Logging } from '../src/server/log/logging.ts'
import { MemoryTarget } from '../src/server/log/memory-target.ts'
import { type RunningServer, startServer } from '../src/server/server.ts'
import { type ServerText, serverConfig } from './server-config.ts'

export class InProcessServer {
  readonly folder: string
  readonly #server: RunningServer
  readonly #target: MemoryTarget

  /** Rejects with the server's own Fault when it does not start. */
  static async start(given: ServerText = {}): Promise<InProcessServer> {
    const folder = mkdtempSync(join(tmpdir(), 'server-'))
    const text = serverConfig(folder, given)
    const config = loadConfig({ file: { path: 'test.conf', text }, environment: {} })
    const target = new MemoryTarget()
    const logging = new Logging({ target, level: 'debug', format: 'logfmt' })
    logging.hide(...secretsOf(config))
    try {
      return new InProcessServer(folder, await startServer(config, logging), target)
    } catch (e) {
      rmSync(folder, { recursive: true, force: true })
      throw e
    }
  }

  private constructor(folder: string, server: RunningServer, target: MemoryTarget) {
    this.folder = folder
    this.#server = server
    this.#target = target
  }

  get port(): number {
    return this.#server.address.port
  }

  get logLines(): readonly string[] {
    return this.#target.lines
  }

  reload(): Promise<void> {
    return this.#server.reload()
  }

  /** A request to the API. `path` is what follows `/kapacitor/v1`. */
  async call(method: string, path: string, body?: string | object): Promise<{ status: number; text: string }> {
    const answer = await fetch(`http://127.0.0.1:${this.port}/kapacitor/v1${path}`, {
      method,
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    return { status: answer.status, text: await answer.text() }
  }

  async stop(): Promise<void> {
    await this.#server.stop()
    rmSync(this.folder, { recursive: true, force: true })
  }
}
