// Batches that came whole from outside, such as the answer of a query: handed out piece by piece, so that a task can run
// them in short turns and they may lie on disk. Knows nothing of where they came from.
import type { Point } from './point.ts'
import type { Series } from './series.ts'
import type { Time } from './time.ts'

/** A batch in parts: one begin, any number of rows, one end. */
export type FeedPiece =
  | {
      readonly is: 'begin'
      /** Measurement and tags of the batch; its tags are its dimensions. */
      readonly series: Series
      /** Whether the measurement is part of the group. */
      readonly byName: boolean
      readonly tmax: Time
      readonly size: number
    }
  | { readonly is: 'rows'; readonly points: readonly Point[] }
  | { readonly is: 'end' }

/** Can be read once. */
export interface BatchFeed {
  readonly batches: number
  readonly points: number
  /**
   * The next piece, of at most 1,024 rows; undefined at the end. A promise when it has to be fetched first: then nothing
   * else may be asked until it has settled. It rejects when what was kept can't be read back.
   */
  next(): FeedPiece | undefined | Promise<FeedPiece | undefined>
  /** Lets go of what the batches lie on. May be called at any time, and more than once. */
  close(): void
}

/** Batches that are at hand; for tests and small answers. */
export function feedOf(pieces: readonly FeedPiece[]): BatchFeed {
  let at = 0
  let batches = 0
  let points = 0
  for (const p of pieces) {
    if (p.is === 'begin') batches++
    if (p.is === 'rows') points += p.points.length
  }
  return { batches, points, next: () => pieces[at++], close() {} }
}
