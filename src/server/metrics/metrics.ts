// The figures of the server as text for Prometheus, made when somebody asks and in slices, so that a thousand tasks hold up
// nothing. Collects families; what they are of stands beside it.
import type { Readable } from 'node:stream'
import { setImmediate as breathe } from 'node:timers/promises'
import { Fault } from '../../base/fault.ts'
import type { Engine } from '../../flow/engine.ts'
import { slicedText } from '../http/sliced-text.ts'
import { type AlertParts, alertFamilies } from './alert-families.ts'
import { engineFamilies, type TaskRow, taskFamilies, taskRow } from './engine-families.ts'
import { type Family, familyLines } from './metrics-text.ts'
import { processFamilies } from './process-families.ts'
import type { ProcessWatch } from './process-watch.ts'

/** Answers under way at once; further ones are refused. */
const MAX_SCRAPES = 8
/** Tasks between two pauses. */
const TASKS = 50

export interface MetricsOptions {
  readonly watch: ProcessWatch
  readonly engine: Engine
  readonly ringBytes: number
  readonly alerts: AlertParts
  /** Of further parts. */
  readonly more: () => Iterable<Family>
}

export class Metrics {
  readonly #o: MetricsOptions
  #underWay = 0

  constructor(o: MetricsOptions) {
    this.#o = o
  }

  /** Throws a Fault (503) when too many ask at once. */
  text(): Readable {
    if (this.#underWay >= MAX_SCRAPES)
      throw new Fault('too-many-scrapes', `${MAX_SCRAPES} answers are under way already`, { status: 503, retry: true })
    this.#o.watch.start()
    this.#underWay++
    return slicedText(async () => this.#lines(await this.#rows())).once('close', () => this.#underWay--)
  }

  *#lines(rows: readonly TaskRow[]): Iterable<string> {
    for (const family of this.#families(rows)) yield* familyLines(family)
  }

  *#families(rows: readonly TaskRow[]): Iterable<Family> {
    const { watch, engine, ringBytes, alerts, more } = this.#o
    yield* processFamilies(watch)
    yield* more()
    yield* engineFamilies(engine, ringBytes)
    yield* alertFamilies(alerts)
    yield* taskFamilies(rows)
  }

  /** By task: one that is started anew meanwhile counts once. */
  async #rows(): Promise<TaskRow[]> {
    const { engine } = this.#o
    await engine.remotes.refresh()
    const rows = new Map<string, TaskRow>()
    const { sec } = engine.clock.now()
    let left = TASKS
    for (const task of [...engine.tasks()]) {
      if (!task.ended) rows.set(task.id, taskRow(task, sec))
      if (--left > 0) continue
      left = TASKS
      await breathe()
    }
    return [...rows.values()]
  }
}
