// A server of its own for a test, started by its command over the same configuration as often as the test kills it.
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'

export class SpawnedServer {
  /** Where it listens, such as `http://127.0.0.1:40123`. */
  base = ''
  readonly #config: string
  #child: ChildProcess | undefined

  constructor(config: string) {
    this.#config = config
  }

  /** Resolves once it listens; rejects with its log when it ends before. */
  async boot(): Promise<void> {
    const child = spawn(join(import.meta.dirname, '../bin/supercapd'), ['-config', this.#config], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    this.#child = child
    let log = ''
    this.base = await new Promise((resolve, reject) => {
      child.stderr.setEncoding('utf8').on('data', (t: string) => {
        log += t
        const m = /listening on (http:\/\/127\.0\.0\.1:\d+)/.exec(log)
        if (m) resolve(m[1]!)
      })
      child.once('exit', () => reject(new Error(log)))
    })
  }

  /** Resolves once it is gone; at once when it does not run. */
  kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child
    this.#child = undefined
    if (!child || child.exitCode !== null) return Promise.resolve()
    return new Promise((resolve) => {
      child.once('exit', () => resolve())
      child.kill(signal)
    })
  }
}
