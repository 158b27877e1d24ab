// For tests of the workers: threads that run in the test's own thread, with messages that are cloned as between real ones,
// and a pool over an engine whose tasks' failures are kept.
import { setImmediate as breathe } from 'node:timers/promises'
import type { LogFields } from '../../base/logger.ts'
import type { CompiledTask } from '../../flow/compile.ts'
import { Engine } from '../../flow/engine.ts'
import { DBRPS, memoryLogger } from '../../flow/testdata-rig.ts'
import { DEADMAN_DEFAULTS } from '../../nodes/deadman.ts'
import { serverScripts } from '../script-environment.ts'
import { systemClock } from '../system-clock.ts'
import type { FromWorker, ToWorker } from './messages.ts'
import { noOutside } from './no-outside.ts'
import { TaskThread } from './task-thread.ts'
import type { Thread } from './worker-link.ts'
import { WorkerPool } from './worker-pool.ts'

export const scripts = serverScripts(DEADMAN_DEFAULTS)
export const limits = { maxGroups: 3, maxHeldPoints: 0, maxPending: 1_000, groupExpiryNs: 0 }
const server = { hostname: 'h', clusterId: 'c', serverId: 's' }

export class FakeThread implements Thread {
  readonly got: ToWorker[] = []
  readonly #listeners = new Map<string, ((x: never) => void)[]>()
  readonly #thread: TaskThread
  readonly #queue: ToWorker[] = []
  #held = false
  #gone = false

  constructor() {
    this.#thread = new TaskThread({
      limits,
      server,
      compile: (source, vars, dbrps) => scripts.compile(source, 'stream', vars, dbrps),
      send: (m) => {
        const clone: FromWorker = structuredClone(m)
        setImmediate(() => {
          if (!this.#gone) this.#emit('message', clone)
        })
      },
    })
  }

  on(event: 'message' | 'error' | 'exit', run: (x: never) => void): unknown {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), run])
    return this
  }

  #emit(event: string, x: unknown): void {
    for (const run of this.#listeners.get(event) ?? []) (run as (x: unknown) => void)(x)
  }

  postMessage(message: ToWorker, transfer: readonly ArrayBuffer[] = []): void {
    const clone = structuredClone(message, { transfer: [...transfer] })
    this.got.push(clone)
    this.#queue.push(clone)
    setImmediate(() => this.#takeAll())
  }

  /** Lets what comes wait. */
  hold(): void {
    this.#held = true
  }

  resume(): void {
    this.#held = false
    this.#takeAll()
  }

  #takeAll(): void {
    while (!this.#held && !this.#gone && this.#queue.length > 0) this.#thread.take(this.#queue.shift()!)
  }

  /** Ends as a thread does that runs out of memory. */
  die(reason: string): void {
    this.#gone = true
    this.#emit('error', new Error(reason))
    this.#emit('exit', 1)
  }

  terminate(): Promise<void> {
    this.#gone = true
    this.#emit('exit', 1)
    return Promise.resolve()
  }
}

export interface PoolRig {
  readonly engine: Engine
  readonly pool: WorkerPool
  /** In the order in which they were made. */
  readonly threads: FakeThread[]
  readonly lines: readonly (readonly [string, LogFields])[]
  /** id and reason. */
  readonly failures: (readonly [string, string])[]
  compile(script: string): CompiledTask
  start(id: string, script: string): void
}

export function poolRig(count: number, { ringBytes = 1_000_000 } = {}): PoolRig {
  const lines: [string, LogFields][] = []
  const logger = memoryLogger(lines)
  const threads: FakeThread[] = []
  const failures: (readonly [string, string])[] = []
  const world = noOutside(logger, server)
  const engine = new Engine({
    clock: systemClock,
    logger,
    outbox: { commit: () => Promise.resolve() },
    defer: setImmediate,
    limits,
    ringBytes,
    world,
  })
  const pool = new WorkerPool({
    count,
    engine,
    limits,
    world,
    clock: systemClock,
    logger,
    failed: (id, reason) => failures.push([id, reason]),
    spawn() {
      const thread = new FakeThread()
      threads.push(thread)
      return thread
    },
  })
  const compile = (script: string): CompiledTask => scripts.compile(script, 'stream', {}, DBRPS)
  return {
    engine,
    pool,
    threads,
    failures,
    lines,
    compile,
    start: (id, script) => pool.start(id, compile(script), DBRPS, { script, vars: {} }),
  }
}

/** Lets all messages that are on their way arrive. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 10; i++) await breathe()
}
