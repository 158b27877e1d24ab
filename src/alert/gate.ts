// What stands before a handler's queue: holds back what a silence takes or what comes while the handler is mute, the
// newest of each alert id only, and lets it go when that is over. Knows no queue, store or topic.
import type { Clock } from '../base/clock.ts'
import { compareTime, type Time } from '../base/time.ts'
import type { Item } from './delivery-item.ts'
import type { AlertEvent } from './event.ts'
import { OK } from './level.ts'
import { isMute, type MuteTime } from './mute-times.ts'
import type { Silence, Subject } from './silence.ts'
import type { Silences } from './silences.ts'

/** Why something is held back. */
export type HoldReason = { readonly by: 'silence'; readonly silence: Silence } | { readonly by: 'mute' }

export interface Held<L> {
  readonly line: L
  readonly item: Item
  readonly reason: HoldReason
}

export interface GateHost<L> {
  readonly clock: Clock
  readonly silences: Silences | undefined
  /** Times at which a handler is mute. */
  mutes(handler: string): readonly MuteTime[]
  /** Most characters that what is held back of one handler may take in the outbox. */
  readonly room: number
  /** The item goes on to its handler. */
  pass(line: L, item: Item): void
  /** The items are not sent at all. */
  dropped(line: L, items: readonly Item[], reason: HoldReason): void
  /** The item now stands for others. */
  stands(item: Item): void
  /** There was no room for the item. */
  gaveUp(line: L, item: Item, reason: string): void
}

interface OfHandler<L> {
  /** By alert id, in the order in which they came. */
  readonly items: Map<string, Held<L>>
  chars: number
}

export function subjectOf(topic: string, e: Omit<AlertEvent, 'previousLevel'>): Subject {
  return { topic, id: e.id, level: e.level, task: e.taskName, name: e.name, tags: e.tags }
}

export class Gate<L extends { readonly handler: string }> {
  readonly #host: GateHost<L>
  readonly #held = new Map<string, OfHandler<L>>()
  #alarm: { readonly due: Time; readonly cancel: () => void } | undefined

  constructor(host: GateHost<L>) {
    this.#host = host
    host.silences?.onChange(() => this.recheck())
  }

  /** Whether the item may go on; if not, it is held back. */
  admits(line: L, item: Item): boolean {
    const { silences } = this.#host
    silences?.look()
    const of = this.#held.get(line.handler)
    const older = of?.items.get(item.id)
    const reason = this.#reason(line, item)
    if (!reason) {
      if (older) this.#yield(older)
      return true
    }
    if (reason.by === 'silence' && !item.place.resumed) silences?.count(reason.silence.id)
    if (older) {
      item.standFor(older.item)
      this.#remove(older)
      this.#host.dropped(line, [older.item], older.reason)
      this.#host.stands(item)
    }
    this.#hold({ line, item, reason })
    return false
  }

  /** A newer one of its id goes by: what is still held back has nothing more to tell. */
  #yield(older: Held<L>): void {
    const reason = this.#reason(older.line, older.item)
    if (!reason) {
      this.#release(older)
      return
    }
    this.#remove(older)
    this.#host.dropped(older.line, [older.item], reason)
  }

  #hold(held: Held<L>): void {
    const { handler } = held.line
    let of = this.#held.get(handler)
    if (!of) this.#held.set(handler, (of = { items: new Map(), chars: 0 }))
    of.items.set(held.item.id, held)
    of.chars += held.item.place.size
    held.item.spill()
    while (of.chars > this.#host.room && of.items.size > 1) {
      const oldest = of.items.values().next().value!
      this.#remove(oldest)
      this.#host.gaveUp(oldest.line, oldest.item, 'the room for what is held back is full')
    }
    this.#arm()
  }

  #remove({ line: { handler }, item }: Held<L>): void {
    const of = this.#held.get(handler)!
    of.items.delete(item.id)
    of.chars -= item.place.size
    if (of.items.size === 0) this.#held.delete(handler)
  }

  /** Lets go what nothing holds back any more. */
  recheck(): void {
    for (const held of [...this.held()]) {
      const reason = this.#reason(held.line, held.item)
      if (!reason) this.#release(held)
      else if (reason.by !== held.reason.by || reason.by === 'silence')
        this.#held.get(held.line.handler)!.items.set(held.item.id, { ...held, reason })
    }
    this.#arm()
  }

  /** What began and ended while it was held back is not sent at all. */
  #release(held: Held<L>): void {
    const { line, item, reason } = held
    this.#remove(held)
    if (item.level === OK && item.levelBefore === OK) this.#host.dropped(line, [item], reason)
    else this.#host.pass(line, item)
  }

  #reason(line: L, item: Item): HoldReason | undefined {
    const { silences, clock } = this.#host
    if (silences?.any) {
      const silence = silences.holding(subjectOf(item.topic, item.notification.event))
      if (silence) return { by: 'silence', silence }
    }
    const mutes = this.#host.mutes(line.handler)
    return mutes.length > 0 && isMute(mutes, clock.now()) ? { by: 'mute' } : undefined
  }

  *held(): Iterable<Held<L>> {
    for (const of of this.#held.values()) yield* of.items.values()
  }

  close(): void {
    this.#alarm?.cancel()
  }

  /** Wakes when a silence begins or ends, and, while something waits for the end of a mute time, at the full minute. */
  #arm(): void {
    const { clock, silences } = this.#host
    const now = clock.now()
    let due = this.#held.size > 0 ? silences?.nextChange : undefined
    for (const { reason } of this.held()) {
      if (reason.by !== 'mute') continue
      const minute = { sec: (Math.floor(now.sec / 60) + 1) * 60, ns: 0 }
      if (!due || compareTime(minute, due) < 0) due = minute
      break
    }
    if (due && this.#alarm && compareTime(this.#alarm.due, due) === 0) return
    this.#alarm?.cancel()
    this.#alarm = undefined
    if (!due) return
    const cancel = clock.at(due, () => {
      this.#alarm = undefined
      silences?.look()
      this.recheck()
    })
    this.#alarm = { due, cancel }
  }
}
