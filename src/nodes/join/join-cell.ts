// What a join keeps for one group.
import type { Plain } from '../../base/plain.ts'
import type { Point } from '../../base/point.ts'
import { ZERO_TIME } from '../../base/time.ts'
import type { Group } from '../../flow/contract.ts'
import { newTimeList, type TimeList } from './time-list.ts'
import type { Waiting } from './time-slot.ts'

/** A message that waits for others of the same tags, with `on`: a point or batch of the finer grouping. */
export type Specific<P extends Plain> = {
  parent: number
  part: P
  group: Group
  /** Whether it is in its group's sets already, and only waits for further parents. */
  placed: boolean
  /** Parents whose message of its time it has met. */
  met: number[]
}
export type Specifics<P extends Plain> = { sec: number; ns: number; waiting: Specific<P>[] }
/** The messages of the coarser grouping that have one time. */
export type Matches<P extends Plain> = { sec: number; ns: number; found: { parent: number; part: P; used: boolean }[] }

/** Points that came while a parent had never sent anything of their group: who they are missed by, and how many. */
export type Strangers = {
  /** Whether a parent has ever sent something. */
  known: boolean[]
  /** How many parents have not. */
  unknown: number
  points: number
}

/** Buffers of `on`, for the group that the `on` tags make. */
export type OnBuffers<P extends Plain> = {
  /** Seconds and nanoseconds of each parent's last message here. */
  seen: number[]
  /** Whether a parent's last message was of the coarser grouping. */
  coarse: boolean[]
  specifics: TimeList<Specifics<P>>
  matches: TimeList<Matches<P>>
  strangers: Strangers
}

export type JoinCell<P extends Plain> = {
  /** Rounded time of each parent's last message or barrier: seconds and nanoseconds, one pair after the other. */
  heads: number[]
  /** Own time of each parent's last message that has gone out, in the same way. */
  gone: number[]
  strangers: Strangers
  slots: TimeList<Waiting<P>>
  /** How many messages stand in `slots` without one, and whose they are. */
  bare: number
  bareOf: number
  on: OnBuffers<P> | null
  /** Points held here. */
  pending: number
  /** Whether the group stands in the line of those that hold something. */
  queued: boolean
  /** The last point that was given: the next one takes over its series. */
  like: Point | null
}

/** Zero times of all parents. */
export function zeroTimes(parents: number): number[] {
  const times: number[] = []
  for (let i = 0; i < parents; i++) times.push(ZERO_TIME.sec, ZERO_TIME.ns)
  return times
}

export function newJoinCell<P extends Plain>(parents: number): JoinCell<P> {
  return {
    heads: zeroTimes(parents),
    gone: zeroTimes(parents),
    strangers: newStrangers(parents),
    slots: newTimeList(),
    bare: 0,
    bareOf: 0,
    on: null,
    pending: 0,
    queued: false,
    like: null,
  }
}

export function newOnBuffers<P extends Plain>(parents: number): OnBuffers<P> {
  return {
    seen: zeroTimes(parents),
    coarse: new Array<boolean>(parents).fill(false),
    specifics: newTimeList(),
    matches: newTimeList(),
    strangers: newStrangers(parents),
  }
}

function newStrangers(parents: number): Strangers {
  return { known: new Array<boolean>(parents).fill(false), unknown: parents, points: 0 }
}

/** Notes `n` points of a parent; gives by how many the points are more, or fewer, that others have never heard of. */
export function meet(s: Strangers, parent: number, n: number): number {
  if (!s.known[parent]) {
    s.known[parent] = true
    s.unknown--
  }
  const before = s.points
  s.points = s.unknown > 0 ? before + n : 0
  return s.points - before
}
