// The replays: starts them, keeps what is stored of them, shows and ends them. What runs is replay-run.ts; HTTP and
// JSON are the routes' affair.
import { randomUUID } from 'node:crypto'
import { quoteText } from '../../alert/template/go-quote.ts'
import type { Topics } from '../../alert/topics.ts'
import type { Clock } from '../../base/clock.ts'
import { Fault, messageOf } from '../../base/fault.ts'
import type { Logger } from '../../base/logger.ts'
import type { CompiledTask } from '../../flow/compile.ts'
import { executingDot } from '../../flow/dot.ts'
import type { EngineOptions } from '../../flow/engine.ts'
import type { OwedRecord } from '../../flow/entry.ts'
import type { PostAnswer } from '../../nodes/http-post.ts'
import type { DatedStore } from '../recordings/dated-store.ts'
import { SHUTDOWN } from '../recordings/recording-record.ts'
import { idFault, type TaskRecord } from '../tasks/task-record.ts'
import type { Running, RunningStats } from '../tasks/task-runtime.ts'
import { CollectedOutputs } from './collected-outputs.ts'
import type { ReplayClockKind, ReplayOutputs, ReplayRecord } from './replay-record.ts'
import { ReplayRun } from './replay-run.ts'
import type { OpenSource } from './replay-source.ts'

export interface ReplayServiceOptions {
  readonly store: DatedStore<ReplayRecord>
  readonly clock: Clock
  readonly logger: Logger
  /** Throws ScriptError. */
  readonly compile: (task: TaskRecord) => CompiledTask
  readonly topics: Topics
  readonly outbox: EngineOptions['outbox']
  /** The world of live tasks. */
  readonly world: EngineOptions['world']
  readonly limits: NonNullable<EngineOptions['limits']>
  /** The next number of the live log. */
  readonly nextSeq: () => number
}

/** What a request asks for. */
export interface ReplayWish {
  readonly id: string
  readonly task: TaskRecord
  readonly recording: string
  readonly recordingTime: boolean
  readonly clock: ReplayClockKind
  readonly outputs: ReplayOutputs
}

interface Active {
  readonly run: ReplayRun
  readonly collected: CollectedOutputs | undefined
  readonly done: Promise<void>
}

/** The run of live tasks: a replay of this name would take their topics for its own. */
const LIVE = 'main'

const refused = (code: string, message: string, status = 400): Fault => new Fault(code, message, { status })

export class ReplayService {
  readonly #o: ReplayServiceOptions
  readonly #active = new Map<string, Active>()
  #highestSeq = 0
  #closed = false

  constructor(o: ReplayServiceOptions) {
    this.#o = o
  }

  // ---- reading ----

  get(id: string): ReplayRecord | undefined {
    const record = this.#o.store.get(id)
    const active = this.#active.get(id)
    if (!record || !active || record.status !== 'running') return record
    return { ...record, progress: active.run.progress, collected: active.collected?.collected }
  }

  /** Newest first. */
  list(filter: (id: string) => boolean): ReplayRecord[] {
    return this.#o.store.newestFirst(filter).map((r) => this.get(r.id) ?? r)
  }

  /** Resolves when the replay does not run any more. */
  async whenEnded(id: string): Promise<void> {
    await this.#active.get(id)?.done
  }

  /** The task of a running replay; undefined when no such replay runs. */
  running(id: string): { readonly task: string; readonly running: Running } | undefined {
    const record = this.#o.store.get(id)
    const task = this.#active.get(id)?.run.task
    if (!record || !task || task.ended) return undefined
    return {
      task: record.task,
      running: {
        stats: () => task.stats(),
        dot: (view) => executingDot(task, view),
        route: (endpoint) => task.routes.get(endpoint)?.(),
      },
    }
  }

  /** What the newest running replay of a task serves under that name; undefined when none does. */
  endpoint(task: string, name: string): string | undefined | Promise<string | undefined> {
    for (const id of [...this.#active.keys()].reverse()) {
      const found = this.running(id)
      const shown = found?.task === task ? found.running.route(name) : undefined
      if (shown !== undefined) return shown
    }
    return undefined
  }

  // ---- changing ----

  /** The id of a new replay: the one asked for, or a random one. Throws Fault (400). */
  checkId(asked: string | undefined): string {
    const id = asked || randomUUID()
    const fault = idFault('replay', id, quoteText)
    if (fault !== undefined) throw refused('bad-id', fault)
    if (id === LIVE) throw refused('bad-id', `replay ID must not be ${quoteText(LIVE)}, the run of live tasks`)
    return id
  }

  /** For replays that must not take the place of another. Throws Fault (400). */
  checkFree(id: string): void {
    if (this.#o.store.get(id)) throw refused('replay-exists', 'replay already exists')
  }

  /**
   * Starts a replay, which goes on in the background. One that has ended and has the same id is forgotten for it.
   * Throws Fault (400).
   */
  start(wish: ReplayWish, open: OpenSource): ReplayRecord {
    const { store, clock, logger } = this.#o
    const { id, task } = wish
    if (this.#active.has(id)) throw refused('replay-exists', 'replay already exists')
    const record: ReplayRecord = {
      id,
      task: task.id,
      recording: wish.recording,
      recordingTime: wish.recordingTime,
      clock: wish.clock,
      outputs: wish.outputs,
      date: clock.now(),
      error: '',
      status: 'running',
      progress: 0,
      stats: undefined,
      collected: undefined,
    }
    const collected =
      wish.outputs === 'collect' ? new CollectedOutputs((r, answer) => run.answered(r, answer)) : undefined
    const run: ReplayRun = this.#run(wish, collected)
    store.put(record)
    logger.info('started replay', { replay: id, task: task.id, recording: wish.recording })
    const done = run.run(open).then(
      (stats) => this.#ended(record, run, collected, stats as RunningStats, ''),
      (e: unknown) => this.#ended(record, run, collected, run.task?.stats() as RunningStats | undefined, messageOf(e)),
    )
    this.#active.set(id, { run, collected, done })
    return record
  }

  /** Throws Fault (400) when the script doesn't compile any more. */
  #run({ id, task, clock, recordingTime }: ReplayWish, collected: CollectedOutputs | undefined): ReplayRun {
    const { world, outbox, limits, nextSeq, logger } = this.#o
    let compiled: CompiledTask
    try {
      compiled = this.#o.compile(task)
    } catch (e) {
      throw refused('bad-script', `task start: invalid TICKscript: ${messageOf(e)}`)
    }
    const { dbrps, groupExpiry } = task
    const plan = { id, task: task.id, dbrps, groupExpiry, compiled, clock, recordingTime }
    const common = { limits, wall: this.#o.clock, logger: logger.with({ replay: id }) }
    if (collected) {
      const private_ = { ...world, alerts: this.#o.topics.copy(), http: collected.http.bind(collected) }
      return new ReplayRun(plan, { ...common, world: private_, outbox: collected })
    }
    // Records of a run are told apart by their numbers, also when a later replay has the same id.
    const firstSeq = Math.max(nextSeq(), this.#highestSeq)
    return new ReplayRun(plan, { ...common, world, outbox, firstSeq })
  }

  #ended(
    begun: ReplayRecord,
    run: ReplayRun,
    collected: CollectedOutputs | undefined,
    stats: RunningStats | undefined,
    error: string,
  ): void {
    const { store, clock, logger, topics } = this.#o
    const { id, task } = begun
    this.#active.delete(id)
    this.#highestSeq = Math.max(this.#highestSeq, run.nextSeq)
    if (begun.outputs === 'send') {
      topics.closeTask(id, task)
      topics.deleteRun(id)
    }
    // Deleted meanwhile, or cut off by the end of the server: the next start tells of it.
    if (this.#closed || !store.get(id)) return
    const record: ReplayRecord = {
      ...begun,
      date: clock.now(),
      error,
      status: error === '' ? 'finished' : 'failed',
      progress: 1,
      stats,
      collected: collected?.collected,
    }
    try {
      store.put(record)
    } catch (e) {
      store.show(record)
      logger.error('the end of a replay can not be stored', { replay: id, err: messageOf(e) })
    }
    if (error === '') logger.info('finished replay', { replay: id, task })
    else logger.error('replay failed', { replay: id, task, err: error })
  }

  /** Forgets a replay; one that runs is ended. No error when there is none. */
  async delete(id: string): Promise<void> {
    if (!this.#o.store.get(id)) return
    this.#o.store.remove(id)
    const active = this.#active.get(id)
    active?.run.abort(new Fault('deleted', 'the replay was deleted'))
    await active?.done
  }

  /** The answer to a record of a running replay; false when nothing waits for it. */
  answered(record: OwedRecord, answer: PostAnswer | Fault): boolean {
    return this.#active.get(record.run)?.run.answered(record, answer) ?? false
  }

  /** Counts on a running replay that a record of its could not be delivered; false when there is no such replay. */
  deliveryFailed(record: OwedRecord, reason: string): boolean {
    const active = this.#active.get(record.run)
    active?.run.deliveryFailed(record, reason)
    return active !== undefined
  }

  /** Adds to a statistic of the node that owed a record; false when there is no such replay. */
  deliveryCounts(record: OwedRecord, stat: string, n: number): boolean {
    const active = this.#active.get(record.run)
    active?.run.deliveryCounts(record, stat, n)
    return active !== undefined
  }

  // ---- life ----

  /** Looks at what the last run of the server left: call it once, before anything else. */
  resume(): void {
    const { store, topics } = this.#o
    for (const r of [...store.all()]) {
      if (r.status !== 'running') continue
      store.put({ ...r, status: 'failed', error: SHUTDOWN })
      topics.deleteRun(r.id)
    }
  }

  /** Ends what is under way, as cut off. */
  async close(): Promise<void> {
    this.#closed = true
    const all = [...this.#active.values()]
    for (const { run } of all) run.abort(new Fault('closed', 'the server is shutting down'))
    await Promise.all(all.map((a) => a.done))
  }
}
