// What became of notifications, for people: receipts, what still waits, handlers with their queues, dead letters and
// what can be done with them. Speaks in views and Faults; HTTP and JSON are the routes' affair.
import { type Dispatcher, type HandlerView, WAITING_STATES, type WaitingState } from '../alert/dispatcher.ts'
import type { HoldReason } from '../alert/gate.ts'
import { notificationFromText } from '../alert/notification-text.ts'
import type { DeliveryState, Notification } from '../alert/outbox.ts'
import type { Topics } from '../alert/topics.ts'
import { Fault } from '../base/fault.ts'
import type { Time } from '../base/time.ts'
import type { Letter, LetterFilter } from './dead-letters.ts'
import type { StoredOutbox } from './outbox.ts'
import type { ReceiptFilter, ReceiptView } from './receipts.ts'

export interface DeliveryFilter extends Omit<ReceiptFilter, 'state'> {
  readonly state?: DeliveryState | WaitingState | undefined
}

/** A notification with what became of it. */
export interface DeliveryView extends Omit<ReceiptView, 'state'> {
  readonly state: DeliveryState | WaitingState
  /** When it is tried again. */
  readonly due?: Time | undefined
}

export interface LetterView extends Omit<Letter, 'record'> {
  readonly number: number
}

export interface DeliveryServiceOptions {
  readonly dispatcher: Dispatcher
  readonly outbox: StoredOutbox
  readonly topics: Topics
}

export class DeliveryService {
  readonly #o: DeliveryServiceOptions

  constructor(o: DeliveryServiceOptions) {
    this.#o = o
  }

  /** First what waits, then what is done with, newest first. */
  *list(f: DeliveryFilter): Iterable<DeliveryView> {
    const { state } = f
    if (state === undefined || isWaiting(state)) yield* this.#waiting(f)
    if (state === undefined || !isWaiting(state)) yield* this.#o.outbox.receipts.list({ ...f, state })
  }

  #waiting(f: DeliveryFilter): DeliveryView[] {
    const found: DeliveryView[] = []
    const numbers = new Map<DeliveryView, number>()
    for (const { handler, kind, item, due, state, reason } of this.#o.dispatcher.waiting()) {
      const { topic, id, level, key, attempts, standsFor } = item
      if (f.state !== undefined && f.state !== state) continue
      if (f.topic !== undefined && f.topic !== topic) continue
      if (f.handler !== undefined && `${topic}/${f.handler}` !== handler) continue
      if (f.id !== undefined && f.id !== id) continue
      const at = item.place.since
      const answer = reason ? whyHeld(reason) : item.error
      const view = {
        handler,
        topic,
        kind,
        state,
        at,
        answer,
        id,
        level,
        key,
        attempts,
        standsFor,
        due,
      }
      found.push(view as DeliveryView)
      numbers.set(view as DeliveryView, item.place.number)
    }
    return found.sort((a, b) => numbers.get(b)! - numbers.get(a)!)
  }

  /** What a silence holds back now. */
  *heldBy(silence: string): Iterable<DeliveryView> {
    for (const view of this.#waiting({ state: 'held' })) if (view.answer === heldBy(silence)) yield view
  }

  /** Handlers that had something to send since the start, by name. */
  handlers(f: Pick<ReceiptFilter, 'topic' | 'handler'> = {}): readonly HandlerView[] {
    return this.#o.dispatcher
      .handlers()
      .filter((h) => f.topic === undefined || f.topic === h.topic)
      .filter((h) => f.handler === undefined || f.handler === handlerName(h))
      .sort((a, b) => (a.handler < b.handler ? -1 : 1))
  }

  // ---- dead letters ----

  *letters(f: LetterFilter): Iterable<LetterView> {
    for (const [number, { record: _, ...letter }] of this.#o.outbox.letters.list(f)) yield { number, ...letter }
  }

  /** A letter with what it says. Throws Fault 404. */
  letter(number: number): { readonly letter: LetterView; readonly notification: Notification } {
    const found = this.#o.outbox.letters.get(number)
    if (!found) throw noLetter(number)
    const { record, ...letter } = found
    return { letter: { number, ...letter }, notification: notificationFromText(record.text) }
  }

  /** Sends letters again, with the options that their handlers have now. Returns how many. */
  resend(f: LetterFilter | number): number {
    const n = this.#o.outbox.resend(f, (notification) => this.#upToDate(notification))
    if (typeof f === 'number' && n === 0) throw noLetter(f)
    return n
  }

  #upToDate(n: Notification): Notification {
    const now = this.#o.topics.handler(n.topic, n.handler.slice(n.topic.length + 1))
    return now?.declaration.kind === n.kind ? { ...n, options: now.options } : n
  }

  /** Forgets letters. Returns how many. */
  clear(f: LetterFilter | number): number {
    return this.#o.outbox.clear(f)
  }
}

function isWaiting(state: DeliveryState | WaitingState): state is WaitingState {
  return (WAITING_STATES as readonly string[]).includes(state)
}

function whyHeld(reason: HoldReason): string {
  return reason.by === 'silence' ? heldBy(reason.silence.id) : 'the handler is mute'
}

function heldBy(silence: string): string {
  return `silence ${silence}`
}

function noLetter(number: number): Fault {
  return new Fault('no-letter', `there is no dead letter ${number}`, { status: 404 })
}

/** The handler's name in its topic. */
export function handlerName(v: { readonly handler: string; readonly topic: string }): string {
  return v.handler.slice(v.topic.length + 1)
}
