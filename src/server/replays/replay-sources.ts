// Opens what is to be replayed: a recording's file, or what InfluxDB answers now.
import { Fault } from '../../base/fault.ts'
import type { Time } from '../../base/time.ts'
import type { RecordingRecord } from '../recordings/recording-record.ts'
import type { RecordingService } from '../recordings/recording-service.ts'
import { StreamReader } from '../recordings/stream-reader.ts'
import type { TaskRecord } from '../tasks/task-record.ts'
import type { ReplaySource } from './replay-source.ts'

type Open = () => Promise<ReplaySource>

export interface ReplaySourcesOptions {
  readonly recordings: Pick<RecordingService, 'path'>
}

export class ReplaySources {
  readonly #o: ReplaySourcesOptions

  constructor(o: ReplaySourcesOptions) {
    this.#o = o
  }

  /** A recording, for a task of its type. */
  recording(r: RecordingRecord, task: TaskRecord): Open {
    return async () => {
      if (r.type !== task.type)
        throw new Fault('wrong-type', `recording ${r.id} is of type ${r.type}, task ${task.id} of type ${task.type}`)
      if (r.status === 'running') throw new Fault('not-finished', `recording ${r.id} is still running`)
      if (r.status === 'failed') throw new Fault('no-data', `recording ${r.id} has failed: ${r.error}`)
      if (r.type === 'batch') throw new Fault('not-served', 'batch recordings are not served yet')
      const reader = await StreamReader.open(this.#o.recordings.path(r))
      return { type: 'stream', runs: () => reader.runs(), close: () => reader.close() }
    }
  }

  batch(_task: TaskRecord, _start: Time, _stop: Time | undefined, _cluster: string): Open {
    throw new Fault('not-served', 'replays of batch tasks without a recording are not served yet', { status: 400 })
  }

  query(_task: TaskRecord, _query: string, _cluster: string): Open {
    throw new Fault('not-served', 'replays of queries are not served yet', { status: 400 })
  }
}
