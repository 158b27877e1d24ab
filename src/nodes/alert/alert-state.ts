// The state of one group of an alert node, and how it moves: level, history, flapping, first and last trigger.
// Plain data, so that it survives a restart. Knows nothing of expressions, events or topics.
import type { Level } from '../../alert/level.ts'
import { OK } from '../../alert/level.ts'
import type { Int } from '../../base/int64.ts'
import { subTime, type Time, ZERO_TIME } from '../../base/time.ts'
import type { LambdaState } from '../../lang/lambda/function.ts'

export type AlertState = {
  level: Level
  /** Whether the topics have been asked for a level from before. */
  restored: boolean
  /** Ring of the latest levels; empty where flapping is not watched. */
  history: Level[]
  /** Slot of the newest level in the ring. */
  newest: number
  flapping: boolean
  /** The first trigger since the group was last OK, and the last one; both Go's zero time before any. */
  firstSec: number
  firstNs: number
  lastSec: number
  lastNs: number
  /** Whether the group holds back other alerts. */
  inhibits: boolean
  /** State of each level's and each reset's expression. */
  readonly lambdas: LambdaState[]
}

export function newAlertState(historyLength: number, lambdas: LambdaState[]): AlertState {
  return {
    level: OK,
    restored: false,
    history: new Array<Level>(historyLength).fill(OK),
    newest: 0,
    flapping: false,
    firstSec: ZERO_TIME.sec,
    firstNs: 0,
    lastSec: ZERO_TIME.sec,
    lastNs: 0,
    inhibits: false,
    lambdas,
  }
}

export interface Flapping {
  readonly low: number
  readonly high: number
}

/** Enters the next level; true when it differs from the one before. */
export function pushLevel(s: AlertState, level: Level, flapping: Flapping | undefined): boolean {
  const changed = level !== s.level
  s.level = level
  if (flapping) {
    const n = s.history.length
    s.newest = (s.newest + 1) % n
    s.history[s.newest] = level
    const share = changeShare(s.history, s.newest)
    if (share > flapping.high) s.flapping = true
    else if (share < flapping.low) s.flapping = false
  }
  return changed
}

const LIGHTEST = 0.8
const HEAVIEST = 1.2

/**
 * The weighted share of changes in the history. The walk starts at the newest slot and goes around the ring, each
 * slot against the one before it: so the newest pair weighs least, the oldest level is compared with the newest, and
 * the last pair is left out. The timing of flapping follows from just this.
 */
export function changeShare(history: readonly Level[], newest: number): number {
  const n = history.length
  // These very numbers, added up step by step: thresholds are met or missed by the last bit.
  let weight = LIGHTEST
  const step = (HEAVIEST - LIGHTEST) / (n - 1)
  let sum = 0
  for (let i = 0; i < n - 1; i++) {
    const at = (newest + i) % n
    if (history[at] !== history[(at + n - 1) % n]) sum += weight
    weight += step
  }
  return sum / (n - 1)
}

/** Whether the last trigger lies at least `interval` (nanoseconds, > 0) before `t`. */
export function isExpired(s: AlertState, t: Time, interval: Int): boolean {
  return subTime(t, { sec: s.lastSec, ns: s.lastNs }) >= interval
}

/** Records a trigger; `before` is the level before this message. */
export function trigger(s: AlertState, before: Level, t: Time): void {
  s.lastSec = t.sec
  s.lastNs = t.ns
  if (before === OK) {
    s.firstSec = t.sec
    s.firstNs = t.ns
  }
}

/** Nanoseconds from the first trigger to the last. */
export function durationOf(s: AlertState): Int {
  return subTime({ sec: s.lastSec, ns: s.lastNs }, { sec: s.firstSec, ns: s.firstNs })
}

/** Takes over a level from before: from a topic that remembers it. */
export function restoreLevel(s: AlertState, level: Level, t: Time, flapping: Flapping | undefined): void {
  if (level === OK) return
  pushLevel(s, level, flapping)
  trigger(s, OK, t)
}
