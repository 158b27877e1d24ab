// Where a replay's data comes from: runs of points, or batches for the sources of a batch task.
import type { BatchFeed } from '../../base/batch-feed.ts'
import type { Time } from '../../base/time.ts'
import type { PointRun } from '../recordings/stream-reader.ts'

/** One batch for one source, with the times that a replay goes by. */
export interface SourceBatch {
  /** Number of the source in the order of the task. */
  readonly source: number
  readonly feed: BatchFeed
  /** Of its first point. */
  readonly first: Time
  /** Of its last point. */
  readonly last: Time
  /** The share of the data that was read with it, 0…1. */
  readonly progress: number
}

export type ReplaySource =
  | { readonly type: 'stream'; runs(): AsyncIterable<PointRun>; close(): Promise<void> }
  | {
      readonly type: 'batch'
      /** How many sources the data is for. */
      readonly sources: number
      /** In the order of their times, over all sources. */
      batches(): AsyncIterable<SourceBatch>
      close(): Promise<void>
    }
