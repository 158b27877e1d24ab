// Records the live stream: what the engine takes in for some databases and measurements, until a point that is later
// than the stop, or until the clock reaches the stop when that lay ahead.
import type { Clock } from '../../base/clock.ts'
import type { Point } from '../../base/point.ts'
import { compareTime, type Time } from '../../base/time.ts'
import type { Subscription } from '../../flow/subscription.ts'
import { StreamWriter } from './stream-writer.ts'

export interface StreamWish extends Pick<Subscription, 'dbrps' | 'wanted'> {
  /** The time of the last point that is recorded. */
  readonly stop: Time
}

export interface LiveStream {
  subscribe(s: Subscription): () => void
}

/** Resolves when the recording is on disk. Rejects when it can't be written, or with the signal's reason. */
export async function recordStream(
  live: LiveStream,
  clock: Clock,
  wish: StreamWish,
  path: Promise<string>,
  signal: AbortSignal,
): Promise<void> {
  const { dbrps, wanted, stop } = wish
  let ended = (_e?: unknown): void => {}
  const end = new Promise<void>((resolve, reject) => {
    ended = (e) => (e === undefined ? resolve() : reject(e))
  })
  // Whoever waits below sees the rejection; it must not count as unseen before that.
  end.catch(() => {})
  let open = true
  let writer: StreamWriter | undefined
  /** Points that came before the file was there. */
  const early: [string, string, readonly Point[]][] = []

  const put = (db: string, rp: string, points: readonly Point[]): Promise<void> | undefined => {
    if (!writer) {
      early.push([db, rp, points])
      return undefined
    }
    const room = writer.write(db, rp, points)
    if (writer.fault !== undefined) finish(writer.fault)
    return room
  }
  const finish = (e?: unknown): void => {
    open = false
    ended(e)
  }
  const take = (db: string, rp: string, points: readonly Point[]): Promise<void> | undefined => {
    if (!open) return undefined
    const last = points.findIndex((p) => compareTime(p, stop) > 0)
    let room: Promise<void> | undefined
    try {
      room = put(db, rp, last < 0 ? points : points.slice(0, last))
      if (last >= 0) finish()
    } catch (e) {
      finish(e)
    }
    return room
  }

  const unsubscribe = live.subscribe({ dbrps, wanted, take })
  const cancel = compareTime(stop, clock.now()) > 0 ? clock.at(stop, () => finish()) : undefined
  const onAbort = (): void => finish(signal.reason)
  signal.addEventListener('abort', onAbort)
  try {
    writer = new StreamWriter(await path)
    for (const args of early.splice(0)) put(...args)
    writer.whenFailed(finish)
    await end
    await writer.close()
  } catch (e) {
    await writer?.abort()
    throw e
  } finally {
    open = false
    unsubscribe()
    cancel?.()
    signal.removeEventListener('abort', onAbort)
  }
}
