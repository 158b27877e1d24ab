// A task on a worker, as the main thread has it: where it is, how to start it again, and the figures it had when they were
// last asked for.
import { Fault } from '../../base/fault.ts'
import type { Point } from '../../base/point.ts'
import type { CompiledTask } from '../../flow/compile.ts'
import type { Entry } from '../../flow/entry.ts'
import type { RemoteTask, WholeBody } from '../../flow/remote-tasks.ts'
import type { SeenTask } from '../../flow/seen-task.ts'
import type { TaskStats } from '../../flow/stats.ts'
import type { TaskText } from './messages.ts'
import type { WorkerLink } from './worker-link.ts'

export class PlacedTask implements RemoteTask {
  readonly takesWhole = true
  readonly id: string
  readonly compiled: CompiledTask
  readonly dbrps: TaskText['dbrps']
  readonly text: TaskText
  readonly thread: string
  readonly operators: SeenTask['operators']
  /** It has been started again once because its thread had ended. */
  startedAgain = false
  /** It runs what it has been given, and then no more. */
  stopping = false
  ended = false
  heldPoints = 0
  edges: SeenTask['edges']
  readonly #link: WorkerLink
  readonly #stop: (why: 'drain' | 'handover') => Promise<void>
  #stats: TaskStats

  /** `dry`: the task as it was when it was tried on the main thread. */
  constructor(
    text: TaskText,
    compiled: CompiledTask,
    dry: SeenTask,
    at: {
      readonly link: WorkerLink
      readonly thread: string
      stop(why: 'drain' | 'handover'): Promise<void>
    },
  ) {
    this.id = text.id
    this.compiled = compiled
    this.dbrps = text.dbrps
    this.text = text
    this.thread = at.thread
    this.operators = dry.operators.map(({ name, declaration }) => ({ name, declaration }))
    this.edges = dry.edges.map(({ parent, child, type }) => ({ parent, child, type, count: 0 }))
    this.#stats = dry.stats()
    this.#link = at.link
    this.#stop = (why) => at.stop(why)
  }

  /** Of all tasks of the thread: they share the bodies. */
  get lag(): number {
    return this.#link.behind
  }

  get oldest(): Entry | undefined {
    return this.#link.oldest
  }

  enqueue(entry: Entry, _points: readonly Point[], _ownTimes: boolean, body: WholeBody | undefined): void {
    if (body) this.#link.give(entry, body)
  }

  stats(): TaskStats {
    return this.#stats
  }

  async refresh(): Promise<void> {
    const figures = await this.#link.figures(this.id)
    if (!figures) return
    this.#stats = figures.stats
    this.heldPoints = figures.heldPoints
    this.edges = this.edges.map((e, i) => ({ ...e, count: figures.edges[i] ?? 0 }))
  }

  /** JSON text of an endpoint; undefined when the task serves none of that name. Rejects with a Fault. */
  async route(endpoint: string): Promise<string | undefined> {
    const answer = await this.#link.call((call) => ({ type: 'route', call, id: this.id, endpoint }))
    if (answer === undefined)
      throw new Fault('no-answer', `${this.thread} does not answer`, { status: 503, retry: true })
    if (typeof answer === 'object' && answer !== null && 'fault' in answer) throw new Fault('endpoint', answer.fault)
    return typeof answer === 'string' ? answer : undefined
  }

  stop(why: 'drain' | 'handover'): Promise<void> {
    return this.#stop(why)
  }
}
