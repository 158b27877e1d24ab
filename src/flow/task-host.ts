// What stands on either side of a running task: the engine that it asks, and what it is started with.
import type { Logger } from '../base/logger.ts'
import type { CompiledTask } from './compile.ts'
import type { Given } from './edge.ts'
import type { Entry } from './entry.ts'
import type { TaskSnapshot } from './snapshot.ts'
import type { Task } from './task.ts'
import type { TaskLimits } from './task-limits.ts'
import type { World } from './world.ts'

/** What a task may ask of the engine that runs it. */
export interface TaskHost {
  readonly world: World
  readonly logger: Logger
  readonly limits: TaskLimits
  /** The task has something to do. */
  wake(task: Task): void
  /** Makes an entry of the task's own: for timers and answers. */
  ownEntry(): Entry
  /** One of those that waited for the entry has finished with it. */
  settled(entry: Entry): void
  /** A turn has ended, well or not; its entry is still open. */
  turned(): void
  /** Commits what the entry owes so far; it is still open. */
  commitEarly(entry: Entry): void
  failed(task: Task): void
  /** The earliest timer changed. */
  timersChanged(task: Task): void
}

export interface TaskOptions {
  readonly id: string
  readonly runId: string
  readonly compiled: CompiledTask
  readonly dbrps: readonly { readonly db: string; readonly rp: string }[]
  readonly restore?: TaskSnapshot | undefined
  /** Its sources ask for nothing: what they give is fed to them. */
  readonly fed?: boolean | undefined
  /** In place of the one in the limits. */
  readonly groupExpiryNs?: number | undefined
  /** Sees all that every node gives; for tests. */
  readonly tap?: ((node: string, given: Given) => void) | undefined
}
