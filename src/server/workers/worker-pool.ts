// The workers and the tasks on them: which tasks may leave the main thread, where each goes, and what becomes of them when
// a thread ends. A task is compiled and tried on the main thread first, so that starting it succeeds or fails at once.
import type { Clock } from '../../base/clock.ts'
import { Fault } from '../../base/fault.ts'
import type { Logger } from '../../base/logger.ts'
import type { CompiledTask } from '../../flow/compile.ts'
import { Engine, type EngineOptions } from '../../flow/engine.ts'
import type { Entry } from '../../flow/entry.ts'
import type { RemoteTasks } from '../../flow/remote-tasks.ts'
import type { SeenTask } from '../../flow/seen-task.ts'
import type { TaskLimits } from '../../flow/task-limits.ts'
import type { WorkerCounts } from '../metrics/worker-families.ts'
import type { Dbrp } from '../tasks/task-record.ts'
import type { TaskSettings } from '../tasks/task-runtime.ts'
import { logMessage } from './message-logger.ts'
import type { FromWorker, TaskText } from './messages.ts'
import { PlacedTask } from './placed-task.ts'
import { spawnThread, type Thread, WorkerLink } from './worker-link.ts'

export interface WorkerPoolOptions {
  /** Threads at the most; each is made when the first task comes to it. */
  readonly count: number
  /** The engine that bodies come to. */
  readonly engine: { readonly remotes: RemoteTasks }
  readonly limits: TaskLimits
  readonly world: EngineOptions['world']
  readonly clock: Clock
  readonly logger: Logger
  /** A task has ended by itself, or was started anew because its thread had ended. */
  readonly failed: (id: string, reason: string) => void
  /** Makes a thread; for tests. */
  readonly spawn?: (name: string) => Thread
}

interface Place {
  readonly name: string
  readonly link: WorkerLink
  readonly tasks: Map<string, PlacedTask>
  /** How often the thread has ended by itself. */
  ended: number
}

/** Whether a task can leave the main thread: none of its nodes has anything to do with what stands there. */
export function canLeave(compiled: CompiledTask): boolean {
  return compiled.type === 'stream' && compiled.nodes.every((n) => n.declaration.needs !== 'main')
}

/** Undefined for no threads. */
export function openWorkers(count: number, o: Omit<WorkerPoolOptions, 'count'>): WorkerPool | undefined {
  return count > 0 ? new WorkerPool({ ...o, count }) : undefined
}

export class WorkerPool {
  readonly #o: WorkerPoolOptions
  readonly #places: readonly Place[]

  constructor(o: WorkerPoolOptions) {
    this.#o = o
    this.#places = Array.from({ length: o.count }, (_, i) => this.#place(`worker thread ${i + 1}`))
  }

  task(id: string): PlacedTask | undefined {
    return this.#of(id)?.tasks.get(id)
  }

  /**
   * Starts a task on the thread that has the fewest. Throws Fault when it can't be started, and then nothing of it is
   * left. Its nodes' start is tried here, on an engine that is thrown away: they do nothing there but look at their
   * parameters, and asking the thread instead would mean to stand still until it has run what waits there.
   */
  start(id: string, compiled: CompiledTask, dbrps: readonly Dbrp[], settings: TaskSettings): void {
    if (this.task(id)) throw new Fault('task-running', `task ${id} is running already`)
    const dry = this.#try(id, compiled, dbrps)
    const place = this.#places.reduce((least, p) => (p.tasks.size < least.tasks.size ? p : least))
    const { script, vars, groupExpiry } = settings
    const text: TaskText = { id, script, vars, dbrps: dbrps.map(({ db, rp }) => ({ db, rp })), groupExpiry }
    const task = new PlacedTask(text, compiled, dry, {
      link: place.link,
      thread: place.name,
      stop: (why) => this.stop(id, why),
    })
    place.link.post({ type: 'start', task: text })
    place.tasks.set(id, task)
    this.#o.engine.remotes.add(task)
  }

  #try(id: string, compiled: CompiledTask, dbrps: readonly Dbrp[]): SeenTask {
    const { clock, logger, limits, world } = this.#o
    const engine = new Engine({
      clock: { now: () => clock.now(), at: () => () => {} },
      logger,
      outbox: { commit: () => Promise.resolve() },
      defer: () => {},
      limits,
      world,
    })
    return engine.start(id, compiled, dbrps)
  }

  /** Lets the task run what has been written for it, then ends it. No error when it does not run. */
  async stop(id: string, why: 'drain' | 'handover'): Promise<void> {
    const place = this.#of(id)
    const task = place?.tasks.get(id)
    if (!place || !task) return
    task.stopping = true
    this.#o.engine.remotes.remove(task)
    await place.link.stop(id, why)
    this.#forget(place, task)
  }

  /** A line for each thread. */
  counts(): readonly WorkerCounts[] {
    return this.#places.map(({ name, link, tasks, ended }) => ({ name, tasks: tasks.size, behind: link.behind, ended }))
  }

  /** Ends all threads; tasks that still run are lost. */
  async close(): Promise<void> {
    await Promise.all(this.#places.map((p) => p.link.close()))
  }

  #of(id: string): Place | undefined {
    return this.#places.find((p) => p.tasks.has(id))
  }

  #forget(place: Place, task: PlacedTask): void {
    task.ended = true
    if (place.tasks.get(task.id) === task) place.tasks.delete(task.id)
    this.#o.engine.remotes.remove(task)
  }

  #place(name: string): Place {
    const tasks = new Map<string, PlacedTask>()
    const link = new WorkerLink({
      spawn: () => this.#o.spawn?.(name) ?? spawnThread({ limits: this.#o.limits, server: this.#o.world.server }, name),
      heard: (m) => this.#heard(place, m),
      settled: (entry: Entry) => this.#o.engine.remotes.settled(entry),
      died: (reason) => this.#died(place, reason),
    })
    const place: Place = { name, link, tasks, ended: 0 }
    return place
  }

  #heard(place: Place, m: FromWorker & { readonly type: 'failed' | 'log' }): void {
    if (m.type === 'log') {
      logMessage(this.#o.logger, m)
      return
    }
    const task = place.tasks.get(m.id)
    if (!task) return
    this.#forget(place, task)
    this.#o.failed(m.id, m.reason)
  }

  /**
   * Which task was to blame is not known: each gets one more chance, without the state that it had, and those that had it
   * before are ended. So a task that kills its thread takes others down twice at the most.
   */
  #died(place: Place, why: string): void {
    place.ended++
    this.#o.logger.error('a worker thread has ended', { thread: place.name, tasks: place.tasks.size, err: why })
    for (const task of [...place.tasks.values()]) {
      if (task.stopping) continue
      const reason = `${place.name} has ended: ${why}`
      if (task.startedAgain) {
        this.#forget(place, task)
        this.#o.failed(task.id, reason)
      } else {
        task.startedAgain = true
        place.link.post({ type: 'start', task: task.text })
        this.#o.failed(task.id, `${reason}; the task was started again, without its state`)
      }
    }
  }
}
