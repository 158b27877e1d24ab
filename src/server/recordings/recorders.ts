// The ways to record: each gives the work that writes a recording. Joins the live stream, tasks and InfluxDB.
import type { Clock } from '../../base/clock.ts'
import { Fault, messageOf } from '../../base/fault.ts'
import type { Time } from '../../base/time.ts'
import { type CompiledTask, wantedOf } from '../../flow/compile.ts'
import type { TaskRecord, TaskType } from '../tasks/task-record.ts'
import { type LiveStream, recordStream } from './record-stream.ts'
import type { RecordingWork } from './recording-service.ts'

export interface RecordersOptions {
  readonly live: LiveStream
  readonly clock: Clock
  /** Throws ScriptError. */
  readonly compile: (task: TaskRecord) => CompiledTask
}

export class Recorders {
  readonly #o: RecordersOptions

  constructor(o: RecordersOptions) {
    this.#o = o
  }

  /** The live stream, for the databases and measurements of the task. Throws Fault (400). */
  stream(task: TaskRecord, stop: Time): RecordingWork {
    const wanted = wantedOf(this.#compile(task))
    // A batch task names no measurements: all of its databases.
    const all = wanted.all || wanted.measurements.size === 0
    const wish = { dbrps: task.dbrps, wanted: { ...wanted, all }, stop }
    return (path, { signal }) => recordStream(this.#o.live, this.#o.clock, wish, path, signal)
  }

  batch(_task: TaskRecord, _start: Time, _stop: Time | undefined, _cluster: string): RecordingWork {
    throw new Fault('not-served', 'recordings of batch tasks are not served yet', { status: 400 })
  }

  query(_type: TaskType, _query: string, _cluster: string): RecordingWork {
    throw new Fault('not-served', 'recordings of queries are not served yet', { status: 400 })
  }

  #compile(task: TaskRecord): CompiledTask {
    try {
      return this.#o.compile(task)
    } catch (e) {
      throw new Fault('bad-script', `invalid TICKscript: ${messageOf(e)}`, { status: 400, cause: e })
    }
  }
}
