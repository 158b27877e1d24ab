// What is stored of a replay.
import type { Time } from '../../base/time.ts'
import type { RunningStats } from '../tasks/task-runtime.ts'

export type ReplayClockKind = 'fast' | 'real'
/** What becomes of what the task sends: it is sent, or only kept to be shown. */
export type ReplayOutputs = 'send' | 'collect'

/** What a replay would have sent. */
export interface Collected {
  /** How many there were. */
  readonly total: number
  /** The first of them, as JSON text. */
  readonly items: readonly string[]
}

export interface ReplayRecord {
  readonly id: string
  readonly task: string
  /** '' for one that reads InfluxDB. */
  readonly recording: string
  readonly recordingTime: boolean
  readonly clock: ReplayClockKind
  readonly outputs: ReplayOutputs
  /** When it began while it runs, then when it ended. */
  readonly date: Time
  readonly error: string
  readonly status: 'running' | 'finished' | 'failed'
  /** 0…1; 1 when it has ended. */
  readonly progress: number
  /** Undefined until it has ended. */
  readonly stats: RunningStats | undefined
  readonly collected: Collected | undefined
}
