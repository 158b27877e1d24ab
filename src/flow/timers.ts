// The timers of one task, in the order (due, node, group key): a binary heap with lazy removal. No two timers are equal
// in that order, so that it does not depend on when they were armed.
import type { Int } from '../base/int64.ts'
import { lengthMark } from '../base/text-key.ts'
import { addTime, compareTime, subTime, type Time } from '../base/time.ts'
import type { TaskGroup } from './groups.ts'
import type { Operator } from './operator.ts'

export interface Timer {
  readonly due: Time
  readonly op: Operator
  readonly group: TaskGroup | undefined
  readonly name: string
  /** Nanoseconds between the ticks of the row that it is one of; undefined when it stands for itself. */
  readonly period: Int | undefined
  dead: boolean
}

function before(a: Timer, b: Timer): boolean {
  const c = compareTime(a.due, b.due)
  if (c !== 0) return c < 0
  if (a.op.index !== b.op.index) return a.op.index < b.op.index
  if (a.group !== b.group) {
    const x = a.group?.key ?? ''
    const y = b.group?.key ?? ''
    if (x !== y) return x < y
    return (a.group?.id ?? '') < (b.group?.id ?? '')
  }
  return a.name < b.name
}

export class Timers {
  /** Set when a timer was armed; the task looks at it after each turn. */
  changed = false
  readonly #heap: Timer[] = []
  readonly #known = new Map<string, Timer>()

  #key(op: Operator, group: TaskGroup | undefined, name: string): string {
    return `${op.index},${lengthMark(name)}${name}${group ? group.id : ''}`
  }

  get size(): number {
    return this.#known.size
  }

  /** What stays the same when a timer is set again. */
  keyOf(t: Timer): string {
    return this.#key(t.op, t.group, t.name)
  }

  find(key: string): Timer | undefined {
    return this.#known.get(key)
  }

  set(op: Operator, group: TaskGroup | undefined, name: string, due: Time, period?: Int): void {
    this.cancel(op, group, name)
    const timer: Timer = { due, op, group, name, period, dead: false }
    this.#known.set(this.#key(op, group, name), timer)
    this.changed = true
    const h = this.#heap
    h.push(timer)
    let i = h.length - 1
    while (i > 0) {
      const up = (i - 1) >> 1
      if (!before(h[i]!, h[up]!)) break
      const t = h[i]!
      h[i] = h[up]!
      h[up] = t
      i = up
    }
  }

  cancel(op: Operator, group: TaskGroup | undefined, name: string): void {
    const key = this.#key(op, group, name)
    const t = this.#known.get(key)
    if (!t) return
    t.dead = true
    this.#known.delete(key)
    // Dead entries leave when they reach the top; re-arming often must not fill the heap with them.
    if (this.#heap.length > 64 && this.#heap.length > this.#known.size * 4) this.#rebuild()
  }

  /** The earliest timer's due time. */
  next(): Time | undefined {
    this.#prune()
    return this.#heap[0]?.due
  }

  /** Takes the earliest timer when it is due at or before `t`. */
  take(t: Time): Timer | undefined {
    this.#prune()
    const top = this.#heap[0]
    if (!top || compareTime(top.due, t) > 0) return undefined
    this.#pop()
    this.#known.delete(this.#key(top.op, top.group, top.name))
    return top
  }

  /**
   * Of the ticks of a row that are due by `until` only the newest fires: when that is another one than `t`, which has just
   * been taken, the timer is set to it. Gives how many are left out.
   */
  skipMissed(t: Timer, until: Time): number {
    if (t.period === undefined || t.period <= 0) return 0
    const missed = BigInt(subTime(until, t.due)) / BigInt(t.period)
    if (missed > 0n) this.set(t.op, t.group, t.name, addTime(t.due, missed * BigInt(t.period)), t.period)
    return Number(missed)
  }

  live(): Iterable<Timer> {
    return this.#known.values()
  }

  #prune(): void {
    while (this.#heap[0]?.dead) this.#pop()
  }

  #pop(): void {
    const h = this.#heap
    const last = h.pop()!
    if (h.length === 0) return
    h[0] = last
    this.#sink(0)
  }

  #sink(at: number): void {
    const h = this.#heap
    let i = at
    for (;;) {
      let low = i
      const l = 2 * i + 1
      if (l < h.length && before(h[l]!, h[low]!)) low = l
      if (l + 1 < h.length && before(h[l + 1]!, h[low]!)) low = l + 1
      if (low === i) return
      const t = h[i]!
      h[i] = h[low]!
      h[low] = t
      i = low
    }
  }

  #rebuild(): void {
    const live = this.#heap.filter((t) => !t.dead)
    this.#heap.splice(0, this.#heap.length, ...live)
    for (let i = (live.length >> 1) - 1; i >= 0; i--) this.#sink(i)
  }
}
