// What the main thread and its workers say to each other: plain messages that structured cloning takes. A task goes over as
// text and settings, a body as the bytes that were sent. Nothing else is shared.
import type { Int } from '../../base/int64.ts'
import type { LogFields, LogLevel } from '../../base/logger.ts'
import type { Time } from '../../base/time.ts'
import type { TaskStats } from '../../flow/stats.ts'
import type { TaskLimits } from '../../flow/task-limits.ts'
import type { ServerInfo } from '../../flow/world.ts'
import type { GivenVars } from '../../lang/vars.ts'

/** What a worker is made with. */
export interface WorkerSettings {
  readonly limits: TaskLimits
  readonly server: ServerInfo
}

/** A stream task as it goes over. */
export interface TaskText {
  readonly id: string
  readonly script: string
  readonly vars: GivenVars
  readonly dbrps: readonly { readonly db: string; readonly rp: string }[]
  /** As in StartOptions. */
  readonly groupExpiry: Int | undefined
}

/** Messages that have their place among each other: what a task sees follows from it. */
export type Ordered =
  | { readonly type: 'start'; readonly task: TaskText }
  | { readonly type: 'stop'; readonly call: number; readonly id: string; readonly why: 'drain' | 'handover' }
  /** Line protocol; it has been read without a fault before. */
  | {
      readonly type: 'lines'
      readonly body: number
      readonly db: string
      readonly rp: string
      readonly bytes: Uint8Array
      readonly precision: string
      readonly now: Time
    }
  /** Points that no lines were read for, in the text of plain data: it loses nothing. */
  | { readonly type: 'points'; readonly body: number; readonly db: string; readonly rp: string; readonly text: string }

/** Questions, which wait for nothing. */
export type Question =
  | { readonly type: 'figures'; readonly call: number; readonly ids: readonly string[] }
  | { readonly type: 'route'; readonly call: number; readonly id: string; readonly endpoint: string }

export type ToWorker = Ordered | Question

/** What a task shows at one moment. */
export interface TaskFigures {
  readonly id: string
  readonly heldPoints: number
  readonly stats: TaskStats
  /** Messages by edge, in the order of the task's edges. */
  readonly edges: readonly number[]
}

export type FromWorker =
  /** All tasks of the worker have run the body. */
  | { readonly type: 'done'; readonly body: number }
  | { readonly type: 'answer'; readonly call: number; readonly answer: Answer }
  /** A task has ended because a node failed, or could not be started. */
  | { readonly type: 'failed'; readonly id: string; readonly reason: string }
  | {
      readonly type: 'log'
      readonly level: LogLevel
      readonly msg: string
      readonly fields: LogFields
      /** How often such a line may come has been seen to. */
      readonly limited: boolean
    }

/** Of `figures`: those of the tasks that run. Of `route`: JSON text, null when the task serves no such endpoint. Of `stop`: null. */
export type Answer = readonly TaskFigures[] | string | null | { readonly fault: string }
