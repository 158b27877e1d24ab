// Joins the parts that replays consist of; the server's wiring calls it.
import { join } from 'node:path'
import type { SpoolFile } from '../../base/influxdb/result-spool.ts'

import type { CompiledTask } from '../../flow/compile.ts'
import type { Store } from '../../store/store.ts'
import { TemporarySpool } from '../influxdb/spool-file.ts'
import { DatedStore } from '../recordings/dated-store.ts'
import type { Recorders } from '../recordings/recorders.ts'
import type { RecordingService } from '../recordings/recording-service.ts'
import type { TaskRecord } from '../tasks/task-record.ts'
import type { Scripts } from '../tasks/task-runtime.ts'
import type { ReplayRecord } from './replay-record.ts'
import { ReplayService, type ReplayServiceOptions } from './replay-service.ts'
import { ReplaySources } from './replay-sources.ts'

export interface ReplayPartsOptions extends Omit<ReplayServiceOptions, 'store' | 'compile'> {
  readonly store: Store
  readonly scripts: Pick<Scripts<CompiledTask>, 'compile'>
  readonly recordings: RecordingService
  readonly recorders: Recorders
  /** Where large batches lie until they are used. */
  readonly dataDir: string
}

export interface ReplayParts {
  readonly replays: ReplayService
  readonly sources: ReplaySources
}

export function replayParts(o: ReplayPartsOptions): ReplayParts {
  const { scripts, recordings, recorders, dataDir } = o
  const spool = (): SpoolFile => new TemporarySpool(join(dataDir, 'spool'))
  const store = new DatedStore<ReplayRecord>(o.store, 'replays')
  const compile = (t: TaskRecord): CompiledTask => scripts.compile(t.script, t.type, t.vars, t.dbrps)
  return {
    replays: new ReplayService({ ...o, store, compile }),
    sources: new ReplaySources({ recordings, recorders, spool }),
  }
}
