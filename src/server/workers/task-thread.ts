// A worker's own part: an engine with the tasks that were placed here, which runs what comes over in the order in which it
// was sent. Bodies wait as bytes; only as many are read ahead as keep the tasks busy. Questions are answered at once.
import { messageOf } from '../../base/fault.ts'
import { LineParser } from '../../base/line-protocol/line-parser.ts'
import type { Logger } from '../../base/logger.ts'
import { plainFromText } from '../../base/plain.ts'
import type { Point } from '../../base/point.ts'
import type { CompiledTask } from '../../flow/compile.ts'
import { Engine } from '../../flow/engine.ts'
import type { Task } from '../../flow/task.ts'
import type { GivenVars } from '../../lang/vars.ts'
import { systemClock } from '../system-clock.ts'
import { MessageLogger } from './message-logger.ts'
import type { Answer, FromWorker, Ordered, TaskFigures, TaskText, ToWorker, WorkerSettings } from './messages.ts'
import { NO_OUTBOX, noOutside } from './no-outside.ts'

/** Bytes of bodies that are read though the tasks have not finished with those before. */
const AHEAD_BYTES = 1024 * 1024
/** Milliseconds of messages before the event loop gets its turn. */
const SLICE_MS = 5

export interface TaskThreadOptions extends WorkerSettings {
  readonly send: (message: FromWorker) => void
  readonly compile: (source: string, vars: GivenVars, dbrps: TaskText['dbrps']) => CompiledTask
}

export class TaskThread {
  readonly #send: (message: FromWorker) => void
  readonly #compile: TaskThreadOptions['compile']
  readonly #logger: Logger
  readonly #engine: Engine
  readonly #parser = new LineParser()
  /** What has its place and has not had its turn. */
  readonly #waiting: Ordered[] = []
  /** Tasks that run what they have been given, and then end. */
  readonly #stopping = new Set<string>()
  #aheadBytes = 0
  #deferred = false

  constructor(o: TaskThreadOptions) {
    this.#send = o.send
    this.#compile = o.compile
    const logger = new MessageLogger(o.send)
    this.#logger = logger.with({ service: 'engine' })
    this.#engine = new Engine({
      clock: systemClock,
      logger: this.#logger,
      outbox: NO_OUTBOX,
      defer: setImmediate,
      limits: o.limits,
      // The main thread bounds what is under way.
      ringBytes: Number.POSITIVE_INFINITY,
      part: true,
      world: noOutside(logger, o.server),
      onTaskError: (id, reason) => this.#send({ type: 'failed', id, reason }),
    })
  }

  take(m: ToWorker): void {
    switch (m.type) {
      case 'figures':
        this.#answer(m.call, () => m.ids.flatMap((id) => this.#figures(id)))
        return
      case 'route':
        this.#answer(m.call, () => this.#engine.task(m.id)?.routes.get(m.endpoint)?.() ?? null)
        return
      default:
        this.#waiting.push(m)
        this.#run()
    }
  }

  #answer(call: number, make: () => Answer): void {
    let answer: Answer
    try {
      answer = make()
    } catch (e) {
      answer = { fault: messageOf(e) }
    }
    this.#send({ type: 'answer', call, answer })
  }

  #figures(id: string): TaskFigures[] {
    const task: Task | undefined = this.#engine.task(id)
    if (!task) return []
    return [{ id, heldPoints: task.heldPoints, stats: task.stats(), edges: task.edges.map((e) => e.count) }]
  }

  #run(): void {
    if (this.#deferred) return
    const began = performance.now()
    while (this.#waiting.length > 0 && this.#aheadBytes < AHEAD_BYTES) {
      if (performance.now() - began > SLICE_MS) {
        this.#later()
        return
      }
      const next = this.#waiting[0]!
      // It takes the place of one that has not ended yet.
      if (next.type === 'start' && this.#stopping.has(next.task.id)) return
      this.#waiting.shift()
      this.#ordered(next)
    }
  }

  #later(): void {
    this.#deferred = true
    setImmediate(() => {
      this.#deferred = false
      this.#run()
    })
  }

  #ordered(m: Ordered): void {
    switch (m.type) {
      case 'start':
        this.#start(m.task)
        return
      case 'stop':
        void this.#stop(m)
        return
      case 'lines':
        this.#write(m, m.bytes.length, () => {
          const { db, rp, precision, now } = m
          const body = Buffer.from(m.bytes.buffer)
          const parsed = this.#parser.parse(body, db, rp, precision, now, this.#engine.reads(db, rp, body.length))
          if (parsed.ok) return parsed.points
          throw new Error('lines that the main thread could read are refused here')
        })
        return
      case 'points':
        this.#write(m, m.text.length, () => plainFromText(m.text) as unknown as Point[])
    }
  }

  async #stop({ id, why, call }: Ordered & { readonly type: 'stop' }): Promise<void> {
    this.#stopping.add(id)
    await this.#engine.stop(id, why)
    this.#stopping.delete(id)
    this.#answer(call, () => null)
    this.#run()
  }

  #start({ id, script, vars, dbrps, groupExpiry }: TaskText): void {
    try {
      const compiled = this.#compile(script, vars, dbrps)
      this.#engine.start(id, compiled, dbrps, groupExpiry === undefined ? {} : { groupExpiryNs: Number(groupExpiry) })
    } catch (e) {
      this.#send({ type: 'failed', id, reason: messageOf(e) })
    }
  }

  #write(
    m: { readonly body: number; readonly db: string; readonly rp: string },
    bytes: number,
    read: () => Point[],
  ): void {
    let running: Promise<void> | undefined
    try {
      running = this.#engine.write(m.db, m.rp, read(), bytes)
    } catch (e) {
      this.#logger.error('a body is lost', { err: messageOf(e), db: m.db, rp: m.rp })
    }
    if (!running) {
      this.#send({ type: 'done', body: m.body })
      return
    }
    this.#aheadBytes += bytes
    void running.then(() => {
      this.#aheadBytes -= bytes
      this.#send({ type: 'done', body: m.body })
      this.#run()
    })
  }
}
