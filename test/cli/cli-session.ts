// Runs the client's commands in process against a server in process, on a terminal or in a pipe, and gives what they
// print, with what differs from run to run made the same.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from '../../src/cli/client.ts'
import { COMMANDS } from '../../src/cli/command-list.ts'
import { Output } from '../../src/cli/output.ts'
import { runProgram } from '../../src/cli/program.ts'
import { loadConfig } from '../../src/server/config/load-config.ts'
import { Logging } from '../../src/server/log/logging.ts'
import { MemoryTarget } from '../../src/server/log/memory-target.ts'
import { startServer } from '../../src/server/server.ts'
import { serverConfig } from '../server-config.ts'

export interface CliServer {
  readonly url: string
  stop(): Promise<void>
}

/** A server with an empty store of its own. */
export async function startCliServer(more = ''): Promise<CliServer> {
  const folder = mkdtempSync(join(tmpdir(), 'cli-'))
  const text = serverConfig(folder, { http: 'log-enabled = false', more: `[task]\ndir = "${folder}/tasks"\n${more}` })
  const config = loadConfig({ file: { path: 'test.conf', text }, environment: {} })
  const logging = new Logging({ target: new MemoryTarget(), level: 'debug', format: 'logfmt' })
  const server = await startServer(config, logging)
  return {
    url: `http://127.0.0.1:${server.address.port}`,
    async stop() {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export interface SessionOptions {
  readonly url: string
  /** 80 columns wide, with colours; else a pipe. */
  readonly terminal: boolean
  readonly environment?: Readonly<Record<string, string>>
  readonly stdin?: string
  /** Called at each pause of a command, with the time that has passed in milliseconds. */
  readonly pause?: (now: number) => Promise<void>
}

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  /** Both as they would stand on one screen, standard error marked. */
  readonly screen: string
}

/** Milliseconds since 1970 when a session begins. */
export const SESSION_START = Date.UTC(2030, 0, 1)

export class CliSession {
  readonly #o: SessionOptions
  #now = SESSION_START
  readonly client: Client

  constructor(o: SessionOptions) {
    this.#o = o
    this.client = new Client({ url: o.url })
  }

  /** Milliseconds since 1970 on the clock of the session, which moves when a command pauses. */
  get now(): number {
    return this.#now
  }

  async run(words: readonly string[]): Promise<Ran> {
    const { terminal, url, stdin = '' } = this.#o
    const environment = { KAPACITOR_URL: url, ...this.#o.environment }
    const said = { stdout: '', stderr: '' }
    let screen = ''
    const stream = (name: 'stdout' | 'stderr') => ({
      isTTY: terminal,
      columns: 80,
      write(text: string) {
        said[name] += text
        screen += name === 'stderr' && !terminal ? text.replace(/^(?=.)/gm, '2> ') : text
      },
    })
    const out = new Output({ stdout: stream('stdout'), stderr: stream('stderr'), environment })
    const interruption = new AbortController()
    const world = {
      environment,
      stdin: async () => stdin,
      password: async () => stdin.split('\n')[0]!,
      now: () => this.#now,
      sleep: async (ms: number) => {
        this.#now += ms
        await this.#o.pause?.(this.#now)
      },
      interrupted: interruption.signal,
    }
    const code = await runProgram(words, { commands: COMMANDS, out, world })
    return { code, ...said, screen: settled(screen) }
  }
}

/** What stays on the screen of lines that were drawn anew. */
function settled(text: string): string {
  return text
    .split('\n')
    .map((line) => line.slice(line.lastIndexOf('\r\x1b[K') < 0 ? 0 : line.lastIndexOf('\r\x1b[K') + 4))
    .join('\n')
}

const DIGITS: readonly (readonly [RegExp, string])[] = [
  [/\d\d [A-Z][a-z]{2} (?!01 00:00)\d\d \d\d:\d\d UTC/g, 'dd Mmm yy hh:mm UTC'],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)/g, 'TIME'],
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '00000000-0000-0000-0000-000000000000'],
  // Compressed, and so of any size.
  [/"size": \d\d\b/g, '"size": 99'],
  [/(?<!\d)\d\d B /g, '99 B '],
  [/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT'],
  [/avg_exec_time_ns="[^"]*"/g, 'avg_exec_time_ns="0s"'],
  [/"avg_exec_time_ns": [\d.e+-]+/g, '"avg_exec_time_ns": 0'],
  [/throughput="[^"]*"/g, 'throughput="0.00 points/s"'],
  [/"throughput": [\d.e+-]+/g, '"throughput": 0'],
]

/** The text with times, ports and random ids replaced, and escapes made visible. */
export function steady(text: string): string {
  return DIGITS.reduce((t, [pattern, by]) => t.replace(pattern, by), text)
    .replaceAll('\x1b', '\\e')
    .replaceAll('\r', '\\r')
}
