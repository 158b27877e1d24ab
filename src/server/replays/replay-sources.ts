// Opens what is to be replayed: a recording's file, or what InfluxDB answers now, which is kept in a file until it has
// been replayed.
import { rm } from 'node:fs/promises'
import { Fault } from '../../base/fault.ts'
import type { SpoolFile } from '../../base/influxdb/result-spool.ts'
import type { Time } from '../../base/time.ts'
import { BatchReader } from '../recordings/batch-reader.ts'
import type { Recorders } from '../recordings/recorders.ts'
import type { RecordingRecord } from '../recordings/recording-record.ts'
import type { RecordingService, RecordingWork } from '../recordings/recording-service.ts'
import { StreamReader } from '../recordings/stream-reader.ts'
import type { TaskRecord, TaskType } from '../tasks/task-record.ts'
import type { OpenSource, ReplaySource } from './replay-source.ts'

export interface ReplaySourcesOptions {
  readonly recordings: Pick<RecordingService, 'path' | 'temporary'>
  readonly recorders: Recorders
  /** Where large batches lie until they are used. */
  readonly spool: () => SpoolFile
}

export class ReplaySources {
  readonly #o: ReplaySourcesOptions

  constructor(o: ReplaySourcesOptions) {
    this.#o = o
  }

  /** A recording, for a task of its type. */
  recording(r: RecordingRecord, task: TaskRecord): OpenSource {
    return async () => {
      if (r.type !== task.type)
        throw new Fault('wrong-type', `recording ${r.id} is of type ${r.type}, task ${task.id} of type ${task.type}`)
      if (r.status === 'running') throw new Fault('not-finished', `recording ${r.id} is still running`)
      if (r.status === 'failed') throw new Fault('no-data', `recording ${r.id} has failed: ${r.error}`)
      return this.#open(this.#o.recordings.path(r), r.type, false)
    }
  }

  /** What the queries of a batch task would have been answered; `stop` is now when not given. */
  batch(replay: string, task: TaskRecord, start: Time, stop: Time | undefined, cluster: string): OpenSource {
    return this.#live(replay, 'batch', this.#o.recorders.batch(task, start, stop, cluster))
  }

  /** What one query is answered, for a task of either type. */
  query(replay: string, task: TaskRecord, query: string, cluster: string): OpenSource {
    return this.#live(replay, task.type, this.#o.recorders.query(task.type, query, cluster))
  }

  #live(replay: string, type: TaskType, record: RecordingWork): OpenSource {
    return async (signal) => {
      const path = await this.#o.recordings.temporary(`${replay}.replay`)
      try {
        await record(Promise.resolve(path), { signal, progress() {} })
        const source = await this.#open(path, type, true)
        const close = async (): Promise<void> => {
          await source.close()
          await rm(path, { force: true })
        }
        return { ...source, close }
      } catch (e) {
        await rm(path, { force: true })
        throw e
      }
    }
  }

  async #open(path: string, type: TaskType, keepEmpty: boolean): Promise<ReplaySource> {
    if (type === 'stream') {
      const reader = await StreamReader.open(path)
      return { type, runs: () => reader.runs(), close: () => reader.close() }
    }
    const reader = await BatchReader.open(path, { spool: this.#o.spool, keepEmpty })
    return {
      type,
      sources: reader.sources,
      batches: (source) => reader.batches(source),
      progress: () => reader.progress,
      close: () => reader.close(),
    }
  }
}
