// Somebody beside the tasks who watches the input: a recording. It sees what a task with the same wishes would see,
// in the order of arrival, and may hold back the writer while it has no room.
import type { Point } from '../base/point.ts'
import type { Wanted } from './compile.ts'

export interface Subscription {
  readonly dbrps: readonly { readonly db: string; readonly rp: string }[]
  readonly wanted: Wanted
  /** Takes points of one body. The body waits for the promise, which never rejects; undefined when there is room. */
  take(db: string, rp: string, points: readonly Point[]): Promise<void> | undefined
}

/** Whether it watches what is written there. */
export function watches(s: Subscription, db: string, rp: string): boolean {
  return s.dbrps.some((d) => d.db === db && d.rp === rp)
}

/** Shows a body to a subscription. */
export function offer(s: Subscription, db: string, rp: string, points: readonly Point[]): Promise<void> | undefined {
  if (!watches(s, db, rp)) return undefined
  if (s.wanted.all) return s.take(db, rp, points)
  const { measurements } = s.wanted
  const taken = points.filter((p) => measurements.has(p.series.name))
  return taken.length === 0 ? undefined : s.take(db, rp, taken)
}
