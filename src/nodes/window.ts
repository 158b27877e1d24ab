// `|window()`: points of a stream into overlapping or adjoining batches, by time or by count.
// The buffer is an array that only grows at its end, with a head that moves; a batch is a view of it, and what has
// gone out is never written again.
import { negInt } from '../base/int64.ts'
import type { Point } from '../base/point.ts'
import { PointRows } from '../base/rows.ts'
import { addTime, compareTime, type Time, truncateTime } from '../base/time.ts'
import { type Ctx, defineNode, type Group, type Out, type Receiver } from '../flow/contract.ts'
import { field } from '../lang/fields.ts'
import { nameFrom } from './dimensions.ts'

/** The head's dead points are left behind in the array until there are so many, and more than live ones. */
const COMPACT_AT = 64

type Buffer = {
  name: string
  buf: Point[]
  head: number
}

function compact(s: Buffer): void {
  const { buf, head } = s
  if (head < buf.length && (head < COMPACT_AT || head * 2 < buf.length)) return
  s.buf = head < buf.length ? buf.slice(head) : []
  s.head = 0
}

function emit(s: Buffer, tmax: Time, g: Group, out: Out): void {
  const size = s.buf.length - s.head
  out.batch({ name: s.name, tmax, size }, new PointRows(s.buf, s.head, s.buf.length), g)
}

type TimeState = Buffer & {
  /** When the next batch goes out; null before the first point. */
  next: { sec: number; ns: number } | null
}

interface TimeParams {
  readonly period: number | bigint
  readonly every: number | bigint
  readonly align: boolean
  readonly fillPeriod: boolean
}

function byTime(p: TimeParams, ctx: Ctx): Receiver<TimeState> {
  const back = negInt(p.period)
  const right = p.every === 0
  /** Under a limit it shows which point is one too many. */
  const alone = right || ctx.limits.maxHeldPoints > 0
  const aligned = (t: Time): Time => (p.align ? truncateTime(t, p.every) : t)
  const copy = (t: Time): { sec: number; ns: number } => ({ sec: t.sec, ns: t.ns })
  const isDue = (t: Time, next: Time): boolean => t.sec > next.sec || (t.sec === next.sec && t.ns >= next.ns)

  const first = (t: Time): Time => {
    if (!p.fillPeriod) return aligned(addTime(t, p.every))
    const full = addTime(t, p.period)
    if (!p.align) return full
    const e = truncateTime(full, p.every)
    return compareTime(e, full) > 0 ? e : addTime(e, p.every)
  }
  /** Drops from the old end up to the first point that stays. */
  const purge = (s: TimeState, limit: Time, inclusive: boolean): void => {
    const { buf } = s
    const n = buf.length
    let h = s.head
    while (h < n) {
      const c = compareTime(buf[h]!, limit)
      if (c > 0 || (c === 0 && !inclusive)) break
      h++
    }
    if (h > s.head) {
      ctx.held(s.head - h)
      s.head = h
    }
  }
  const flushRight = (s: TimeState, t: Time, g: Group, out: Out): void => {
    purge(s, addTime(t, back), true)
    s.next = copy(t)
    emit(s, t, g, out)
    compact(s)
  }
  const flushLeft = (s: TimeState, t: Time, g: Group, out: Out): void => {
    const at = s.next!
    purge(s, addTime(at, back), false)
    s.next = copy(aligned(addTime(t, p.every)))
    emit(s, at, g, out)
    // What the next batch does not reach back to is let go at once.
    purge(s, addTime(s.next, back), false)
    compact(s)
  }

  const take = (pt: Point, s: TimeState, g: Group, out: Out): void => {
    if (s.next === null) s.next = copy(right && !p.fillPeriod ? pt : first(pt))
    const due = isDue(pt, s.next)
    if (right) {
      s.buf.push(pt)
      ctx.held(1)
      if (due) flushRight(s, pt, g, out)
    } else {
      if (due) flushLeft(s, pt, g, out)
      s.buf.push(pt)
      ctx.held(1)
    }
  }

  return {
    keeps: 'group',
    newState: (_g, series) => ({ name: nameFrom(series), buf: [], head: 0, next: null }),
    point: take,
    points(run, from, to, s, g, out) {
      const { points } = run
      let i = from
      while (i < to) {
        run.at = i
        const pt = points[i]!
        if (alone || s.next === null) {
          take(pt, s, g, out)
          i++
          continue
        }
        if (isDue(pt, s.next)) flushLeft(s, pt, g, out)
        const start = i++
        const { buf, next } = s
        while (i < to && !isDue(points[i]!, next)) i++
        if (buf.length === 0) s.buf = points.slice(start, i)
        else for (let k = start; k < i; k++) buf.push(points[k]!)
        ctx.held(i - start)
      }
    },
    barrier(t, s, g, out) {
      s.next ??= copy(right && !p.fillPeriod ? t : first(t))
      if (compareTime(t, s.next) >= 0) {
        if (right) flushRight(s, t, g, out)
        else flushLeft(s, t, g, out)
      }
      return 'consume'
    },
    dropped: (s) => ctx.held(s.head - s.buf.length),
  }
}

type CountState = Buffer & {
  seen: number
  /** The number of the point that lets the next batch go. */
  next: number
}

function byCount(periodCount: number, everyCount: number, fillPeriod: boolean, ctx: Ctx): Receiver<CountState> {
  return {
    keeps: 'group',
    newState: (_g, series) => ({
      name: nameFrom(series),
      buf: [],
      head: 0,
      seen: 0,
      next: fillPeriod ? periodCount : everyCount,
    }),
    point(pt, s, g, out) {
      s.buf.push(pt)
      if (s.buf.length - s.head > periodCount) s.head++
      else ctx.held(1)
      if (++s.seen >= s.next) {
        s.next = s.seen + everyCount
        emit(s, { sec: pt.sec, ns: pt.ns }, g, out)
      }
      compact(s)
    },
    dropped: (s) => ctx.held(s.head - s.buf.length),
  }
}

export const window = defineNode({
  name: 'window',
  typeName: 'WindowNode',
  wants: 'stream',
  provides: 'batch',
  doc: 'Collects the points of each group into batches that cover a period and go out at every interval, by time or by number of points.',
  fields: {
    period: field.duration('How far back a batch reaches.'),
    every: field.duration('How often a batch goes out; 0 sends one with every point.'),
    align: field.flag('Puts the bounds of the batches on multiples of `every`.'),
    fillPeriod: field.flag('Sends no batch before a whole period of data is there.'),
    periodCount: field.int('How many points a batch holds.'),
    everyCount: field.int('After how many further points a batch goes out.'),
  },
  examples: [
    "stream\n    |from()\n        .measurement('cpu')\n    |window()\n        .period(10m)\n        .every(5m)\n    |mean('usage_idle')",
  ],
  onCall: (info) => (info.parents[0]?.edge === 'batch' ? 'cannot Window batch edge' : undefined),
  check(p) {
    if (p.periodCount !== 0 && p.period !== 0) return 'cannot specify both period and periodCount'
    if (p.align && p.periodCount !== 0) return 'can only align windows based off time, not count'
    if (p.periodCount !== 0 && p.everyCount <= 0) return 'everyCount must be greater than zero'
    if (p.periodCount < 0) return 'periodCount must be greater than zero'
    if (p.period < 0) return 'period must be greater than zero'
    if (p.every < 0) return 'every must not be negative'
    return undefined
  },
  reads: (_, below) => below,
  run(p, ctx): Receiver<never> {
    if (p.period === 0 && p.periodCount === 0)
      throw new Error('window node must have either a non zero period or non zero period count')
    return (
      p.period !== 0 ? byTime(p, ctx) : byCount(p.periodCount, p.everyCount, p.fillPeriod, ctx)
    ) as Receiver<never>
  },
})
