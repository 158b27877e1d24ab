// Receipts: what became of the latest notifications of each handler, on disk. One row for what went together. What is too
// old goes, each handler by itself, so that a busy one leaves the others theirs. Knows nothing of delivery.
import type { DeliveryState, Outcome, OutcomeEvent } from '../alert/outbox.ts'
import type { Time } from '../base/time.ts'
import type { Writer } from '../store/batch.ts'
import { type Codec, typed } from '../store/codec.ts'
import type { Collection } from '../store/collection.ts'
import type { Store } from '../store/store.ts'

/** At least so many of the latest notifications of each handler have their receipt. */
export const RECEIPTS_PER_HANDLER = 1_000
/** And at most so many of all handlers together. */
export const MAX_RECEIPTS = 100_000

export interface ReceiptFilter {
  readonly topic?: string | undefined
  /** The handler's name in its topic. */
  readonly handler?: string | undefined
  /** The alert id. */
  readonly id?: string | undefined
  readonly state?: DeliveryState | undefined
}

/** What became of one notification. */
export interface ReceiptView extends Omit<OutcomeEvent, 'number'> {
  readonly handler: string
  readonly topic: string
  readonly kind: string
  readonly state: DeliveryState
  readonly at: Time
  readonly answer: string
}

type StoredEvent = [id: string, level: number, key: string, attempts: number, standsFor: number]

interface StoredReceipt {
  readonly handler: string
  readonly topic: string
  readonly kind: string
  readonly state: DeliveryState
  readonly sec: number
  readonly ns: number
  readonly answer: string
  readonly events: readonly StoredEvent[]
}

interface Row {
  readonly handler: string
  readonly events: number
}

interface Kept {
  readonly rows: number[]
  events: number
}

export interface ReceiptLimits {
  readonly perHandler: number
  readonly inAll: number
}

export class Receipts {
  readonly #receipts: Collection<StoredReceipt>
  readonly #limits: ReceiptLimits
  /** All rows by number, the oldest first. */
  readonly #rows = new Map<number, Row>()
  readonly #handlers = new Map<string, Kept>()
  #events = 0
  #next = 1

  constructor(store: Store, limits: ReceiptLimits = { perHandler: RECEIPTS_PER_HANDLER, inAll: MAX_RECEIPTS }) {
    this.#limits = limits
    this.#receipts = store.collection('receipts', typed<StoredReceipt>() as Codec<StoredReceipt>)
    for (const [[number], { handler, events }] of this.#receipts.scan()) this.#count(number as number, handler, events)
  }

  /** How many notifications have a receipt. */
  get size(): number {
    return this.#events
  }

  /** Stages a receipt, and the removal of what is too old. */
  add(w: Writer, o: Outcome): void {
    const { handler, topic, kind, state, at, answer } = o
    const events = o.events.map((e): StoredEvent => [e.id, e.level, e.key, e.attempts, e.standsFor])
    const number = this.#next
    this.#count(number, handler, events)
    w.put(this.#receipts, [number], { handler, topic, kind, state, sec: at.sec, ns: at.ns, answer, events })
    const kept = this.#handlers.get(handler)!
    while (kept.rows.length > 1 && kept.events - this.#rows.get(kept.rows[0]!)!.events >= this.#limits.perHandler)
      this.#drop(w, kept.rows[0]!)
    while (this.#events > this.#limits.inAll) this.#drop(w, this.#rows.keys().next().value!)
  }

  #count(number: number, handler: string, events: readonly StoredEvent[]): void {
    this.#next = number + 1
    this.#rows.set(number, { handler, events: events.length })
    this.#events += events.length
    const kept = this.#handlers.get(handler)
    if (kept) {
      kept.rows.push(number)
      kept.events += events.length
    } else this.#handlers.set(handler, { rows: [number], events: events.length })
  }

  #drop(w: Writer, number: number): void {
    const { handler, events } = this.#rows.get(number)!
    const kept = this.#handlers.get(handler)!
    this.#rows.delete(number)
    kept.rows.shift()
    kept.events -= events
    this.#events -= events
    if (kept.rows.length === 0) this.#handlers.delete(handler)
    w.remove(this.#receipts, [number])
  }

  /** The receipts that the filter takes, newest first. */
  *list(f: ReceiptFilter): Iterable<ReceiptView> {
    const numbers = [...this.#rows.keys()].reverse()
    for (const number of numbers) {
      const row = this.#receipts.get([number])
      if (!row) continue
      const { handler, topic, kind, state, sec, ns, answer } = row
      if (f.topic !== undefined && f.topic !== topic) continue
      if (f.handler !== undefined && `${topic}/${f.handler}` !== handler) continue
      if (f.state !== undefined && f.state !== state) continue
      for (const [id, level, key, attempts, standsFor] of row.events.toReversed()) {
        if (f.id !== undefined && f.id !== id) continue
        const at = { sec, ns }
        yield { handler, topic, kind, state, at, answer, id, level: level as 0, key, attempts, standsFor }
      }
    }
  }
}
