// Joins the parts that recordings consist of; the server's wiring calls it.
import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/logger.ts'
import type { CompiledTask } from '../../flow/compile.ts'
import type { Influx } from '../../flow/world.ts'
import type { Store } from '../../store/store.ts'
import type { TaskRecord } from '../tasks/task-record.ts'
import type { Scripts } from '../tasks/task-runtime.ts'
import { DatedStore } from './dated-store.ts'
import type { LiveStream } from './record-stream.ts'
import { Recorders } from './recorders.ts'
import { RecordingFiles } from './recording-files.ts'
import type { RecordingRecord } from './recording-record.ts'
import { RecordingService } from './recording-service.ts'

export interface RecordingPartsOptions {
  readonly store: Store
  /** Of the files. */
  readonly folder: string
  readonly live: LiveStream
  readonly influx: Influx
  readonly scripts: Pick<Scripts<CompiledTask>, 'compile'>
  readonly clock: Clock
  readonly logger: Logger
}

export interface RecordingParts {
  readonly recordings: RecordingService
  readonly recorders: Recorders
}

export function recordingParts(o: RecordingPartsOptions): RecordingParts {
  const { clock, logger, live, influx, scripts } = o
  const store = new DatedStore<RecordingRecord>(o.store, 'recordings')
  const compile = (t: TaskRecord): CompiledTask => scripts.compile(t.script, t.type, t.vars, t.dbrps)
  return {
    recordings: new RecordingService({ store, files: new RecordingFiles(o.folder), clock, logger }),
    recorders: new Recorders({ live, influx, clock, compile }),
  }
}
