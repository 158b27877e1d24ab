// Where a replay's data comes from: runs of points, or batches for the sources of a batch task.
import type { ReadBatch } from '../recordings/batch-reader.ts'
import type { PointRun } from '../recordings/stream-reader.ts'

export type ReplaySource =
  | { readonly type: 'stream'; runs(): AsyncIterable<PointRun>; close(): Promise<void> }
  | {
      readonly type: 'batch'
      /** How many sources the data is for. */
      readonly sources: number
      /** The batches of one source, in the order of their times. */
      batches(source: number): AsyncIterable<ReadBatch>
      /** The share of the data that was read, 0…1. */
      progress(): number
      close(): Promise<void>
    }

/** Rejects with a Fault, or with the signal's reason. */
export type OpenSource = (signal: AbortSignal) => Promise<ReplaySource>
