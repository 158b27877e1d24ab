// Joins the parts that replays consist of; the server's wiring calls it.

import type { CompiledTask } from '../../flow/compile.ts'
import type { Store } from '../../store/store.ts'
import { DatedStore } from '../recordings/dated-store.ts'
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
}

export interface ReplayParts {
  readonly replays: ReplayService
  readonly sources: ReplaySources
}

export function replayParts(o: ReplayPartsOptions): ReplayParts {
  const { scripts, recordings } = o
  const store = new DatedStore<ReplayRecord>(o.store, 'replays')
  const compile = (t: TaskRecord): CompiledTask => scripts.compile(t.script, t.type, t.vars, t.dbrps)
  return {
    replays: new ReplayService({ ...o, store, compile }),
    sources: new ReplaySources({ recordings }),
  }
}
