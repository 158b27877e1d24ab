// What is stored of a recording. Its data is in a file of its own.
import type { Time } from '../../base/time.ts'
import type { TaskType } from '../tasks/task-record.ts'

export type RecordingStatus = 'running' | 'finished' | 'failed'

export interface RecordingRecord {
  readonly id: string
  readonly type: TaskType
  /** Bytes of the file; 0 while it is written. */
  readonly size: number
  /** When it began while it runs, then when it ended. */
  readonly date: Time
  readonly error: string
  readonly status: RecordingStatus
  /** 0…1; 1 when it has ended. */
  readonly progress: number
}

/** The error of what was under way when the server ended. */
export const SHUTDOWN = 'unexpected Kapacitor shutdown'
