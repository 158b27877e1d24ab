// Functions that give a result with each point: elapsed, difference, movingAverage, cumulativeSum.
import { addInt, divInt, type Int, intToFloat, subInt } from '../../base/int64.ts'
import type { Plain } from '../../base/plain.ts'
import type { Point } from '../../base/point.ts'
import { sameTime, subTime } from '../../base/time.ts'
import type { Kind, Value } from '../../base/value.ts'
import type { Accepts } from './aggregate.ts'

/** A running function; `next` gives undefined where there is no result yet. */
export interface Transform<A extends Plain = Plain> {
  readonly accepts: Accepts
  out(kind: Kind): Kind
  start(kind: Kind): A
  next(acc: A, value: Value, p: Point): Value | undefined
}

type Instant = { sec: number; ns: number }
type Elapsed = { last: Instant | null }
/** Whole units since the point before. */
export function elapsed(unit: Int): Transform<Elapsed> {
  return {
    accepts: 'any',
    out: () => 'int',
    start: () => ({ last: null }),
    next(a, _v, p) {
      const last = a.last
      a.last = { sec: p.sec, ns: p.ns }
      return last ? divInt(subTime(p, last), unit) : undefined
    },
  }
}

type Difference = { last: Value; at: Instant | null; int: boolean }
/** The change since the point before; a point of the same time as that one is passed over. */
export const difference: Transform<Difference> = {
  accepts: 'number',
  out: (kind) => kind,
  start: (kind) => ({ last: null, at: null, int: kind === 'int' }),
  next(a, v, p) {
    if (a.at && sameTime(a.at, p)) return undefined
    const last = a.last
    const had = a.at !== null
    a.last = v
    a.at = { sec: p.sec, ns: p.ns }
    if (!had) return undefined
    return a.int ? subInt(v as Int, last as Int) : (v as number) - (last as number)
  },
}

type Moving = { ring: Value[]; at: number; sum: number | bigint; int: boolean }
/** The mean of the last n values, once there are n. */
export function movingAverage(n: number): Transform<Moving> {
  return {
    accepts: 'number',
    out: () => 'float',
    start: (kind) => ({ ring: [], at: 0, sum: 0, int: kind === 'int' }),
    next(a, v) {
      const old = a.ring[a.at]
      if (a.int) {
        a.sum = addInt(a.sum, v as Int)
        if (old !== undefined) a.sum = subInt(a.sum, old as Int)
      } else a.sum = (a.sum as number) + (v as number) - ((old as number | undefined) ?? 0)
      if (a.ring.length < n) {
        a.ring.push(v)
        a.at = a.ring.length % n
      } else {
        a.ring[a.at] = v
        a.at = (a.at + 1) % n
      }
      // An infinity that has left the window must not stay in the sum.
      if (!a.int && !Number.isFinite(a.sum as number)) a.sum = (a.ring as number[]).reduce((x, y) => x + y, 0)
      return a.ring.length < n ? undefined : intToFloat(a.sum) / n
    },
  }
}

type Running = { sum: number | bigint; int: boolean }
export const cumulativeSum: Transform<Running> = {
  accepts: 'number',
  out: (kind) => kind,
  start: (kind) => ({ sum: 0, int: kind === 'int' }),
  next(a, v) {
    a.sum = a.int ? addInt(a.sum, v as Int) : (a.sum as number) + (v as number)
    return a.sum
  },
}
