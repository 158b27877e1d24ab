// A feed of batches, moved in time.
import type { BatchFeed, FeedPiece } from '../../base/batch-feed.ts'
import type { TimeShift } from './time-shift.ts'

export class ShiftedFeed implements BatchFeed {
  readonly #feed: BatchFeed
  readonly #shift: TimeShift

  constructor(feed: BatchFeed, shift: TimeShift) {
    this.#feed = feed
    this.#shift = shift
  }

  get batches(): number {
    return this.#feed.batches
  }

  get points(): number {
    return this.#feed.points
  }

  next(): ReturnType<BatchFeed['next']> {
    const piece = this.#feed.next()
    return piece instanceof Promise ? piece.then((p) => this.#moved(p)) : this.#moved(piece)
  }

  #moved(piece: FeedPiece | undefined): FeedPiece | undefined {
    if (piece?.is === 'begin') return { ...piece, tmax: this.#shift.of(piece.tmax) }
    if (piece?.is === 'rows') return { ...piece, points: piece.points.map((p) => this.#shift.point(p)) }
    return piece
  }

  close(): void {
    this.#feed.close()
  }
}
