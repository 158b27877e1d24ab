// The ways to record: each gives the work that writes a recording. Joins the live stream, tasks and InfluxDB. What can't
// be recorded makes the work fail: a recording's error is in the recording.
import type { Clock } from '../../base/clock.ts'
import { Fault, messageOf } from '../../base/fault.ts'
import type { Time } from '../../base/time.ts'
import { type CompiledTask, wantedOf } from '../../flow/compile.ts'
import type { Influx } from '../../flow/world.ts'
import { batchSources } from '../../nodes/batch-sources.ts'
import type { TaskRecord, TaskType } from '../tasks/task-record.ts'
import { recordedQuery, recordQueryBatches, recordQueryStream, recordSources } from './record-queries.ts'
import { type LiveStream, recordStream } from './record-stream.ts'
import type { RecordingWork } from './recording-service.ts'

export interface RecordersOptions {
  readonly live: LiveStream
  readonly influx: Influx
  readonly clock: Clock
  /** Throws ScriptError. */
  readonly compile: (task: TaskRecord) => CompiledTask
}

export class Recorders {
  readonly #o: RecordersOptions

  constructor(o: RecordersOptions) {
    this.#o = o
  }

  /** The live stream, for the databases and measurements of the task. */
  stream(task: TaskRecord, stop: Time): RecordingWork {
    return async (path, { signal }) => {
      const wanted = wantedOf(this.#compile(task))
      // A batch task names no measurements: all of its databases.
      const all = wanted.all || wanted.measurements.size === 0
      const wish = { dbrps: task.dbrps, wanted: { ...wanted, all }, stop }
      await recordStream(this.#o.live, this.#o.clock, wish, path, signal)
    }
  }

  /** What the queries of the task would have been answered; `stop` is now when not given. */
  batch(task: TaskRecord, start: Time, stop: Time | undefined, cluster: string): RecordingWork {
    const span = { start, stop: stop ?? this.#o.clock.now(), cluster }
    return async (path, job) => {
      if (task.type !== 'batch') throw new Fault('wrong-type', `task ${task.id} is no batch task: it has no queries`)
      const sources = batchSources(this.#compile(task), task.dbrps)
      await recordSources(this.#o.influx, sources, span, await path, job)
    }
  }

  /** What one query is answered. */
  query(type: TaskType, text: string, cluster: string): RecordingWork {
    const record = type === 'stream' ? recordQueryStream : recordQueryBatches
    return async (path, { signal }) => record(this.#o.influx, recordedQuery(text, cluster), await path, signal)
  }

  #compile(task: TaskRecord): CompiledTask {
    try {
      return this.#o.compile(task)
    } catch (e) {
      throw new Fault('bad-script', `invalid TICKscript: ${messageOf(e)}`, { status: 400, cause: e })
    }
  }
}
