// Brings committed notifications to their handlers: a queue for each handler of each topic, so that a slow one delays
// nobody else. Tells the outbox what has been settled. Knows no store, topic or task.
import type { Clock } from '../base/clock.ts'
import { messageOf } from '../base/fault.ts'
import type { Logger } from '../base/logger.ts'
import type { Time } from '../base/time.ts'
import { DeliveryEvent } from './delivery-event.ts'
import { DeliveryQueue, type Item } from './delivery-queue.ts'
import type { HandlerSet } from './handler-set.ts'
import type { Receipt } from './handlers/define-handler.ts'
import type { HandlerIo } from './io/handler-io.ts'
import { idempotencyKey, type Notification, type Outbox, type OwedNotification } from './outbox.ts'

/** Most notifications that wait for one handler. */
export const QUEUE_BOUND = 100_000
const RETRY_FOR_MS = 3_600_000
/** At most so many receipts are remembered; the oldest go first. */
export const MAX_RECEIPTS = 10_000
const LOG_EVERY_MS = 10_000

/** What became of one notification. */
export interface DeliveryReceipt {
  readonly handler: string
  readonly topic: string
  readonly id: string
  readonly key: string
  readonly at: Time
  readonly attempts: number
  readonly delivered: boolean
  /** What the receiver answered, or why it was given up. */
  readonly answer: string
}

export interface DispatcherOptions {
  readonly handlers: HandlerSet
  readonly io: HandlerIo
  readonly outbox: Outbox
  readonly clock: Clock
  readonly logger: Logger
  /** Gives 0 ≤ x < 1; Math.random when not given. */
  readonly random?: () => number
  readonly queueBound?: number
}

export interface DispatcherStats {
  readonly waiting: number
  readonly delivered: number
  readonly retried: number
  readonly dead: number
  readonly superseded: number
}

export class Dispatcher {
  readonly #o: DispatcherOptions
  readonly #queues = new Map<string, DeliveryQueue>()
  readonly #receipts: DeliveryReceipt[] = []
  readonly #counts = { delivered: 0, retried: 0, dead: 0, superseded: 0 }
  #closed = false

  constructor(o: DispatcherOptions) {
    this.#o = o
  }

  /** Takes a committed notification; never waits and never throws. */
  deliver(record: OwedNotification): void {
    if (this.#closed) return
    const n = record.payload
    const event = new DeliveryEvent(n.event, n.topic, idempotencyKey(record))
    this.#queue(n).push({ record, event, since: this.#o.clock.now(), attempts: 0 })
  }

  stats(): DispatcherStats {
    let waiting = 0
    for (const q of this.#queues.values()) waiting += q.size
    return { waiting, ...this.#counts }
  }

  /** What became of the latest notifications, newest first. */
  receipts(limit = 100): readonly DeliveryReceipt[] {
    return this.#receipts.slice(-limit).reverse()
  }

  /** Resolves when nothing is ready or under way; what failed and waits for its next try does not count. */
  async whenIdle(): Promise<void> {
    await Promise.all([...this.#queues.values()].map((q) => q.whenIdle()))
  }

  /** Takes nothing more and tries nothing more; what was not settled stays in the outbox. */
  async close(): Promise<void> {
    this.#closed = true
    await Promise.all([...this.#queues.values()].map((q) => q.close()))
  }

  #queue({ handler, kind, options }: Notification): DeliveryQueue {
    // A handler that was replaced by one of another kind has a queue of its own for what is left.
    const name = `${handler}\u0000${kind}`
    let queue = this.#queues.get(name)
    if (queue) return queue
    // Queues of handlers that are gone are let go when there is something new anyway.
    if (this.#queues.size % 256 === 255) this.#tidy()
    const { clock, handlers, random, queueBound } = this.#o
    let declaration: ReturnType<HandlerSet['declaration']> | undefined
    try {
      declaration = handlers.declaration(kind)
    } catch {
      // A leftover of a kind that this server does not have: each of its notifications becomes a dead letter.
    }
    queue = new DeliveryQueue(
      {
        clock,
        random: random ?? Math.random,
        send: (items) => this.#send(items),
        delivered: (item, receipt) => this.#delivered(item, receipt),
        failed: (item, error, waitMs) => this.#failed(item, error, waitMs),
        gaveUp: (item, reason) => this.#gaveUp(item, reason),
        superseded: (item) => {
          this.#counts.superseded++
          this.#o.outbox.settle(item.record)
        },
      },
      {
        many: declaration?.sendMany !== undefined,
        gatherMs: declaration?.gatherMs?.(options) ?? 0,
        retryForMs: declaration?.limits.retryForMs ?? RETRY_FOR_MS,
        bound: queueBound ?? QUEUE_BOUND,
      },
    )
    this.#queues.set(name, queue)
    return queue
  }

  #tidy(): void {
    for (const [name, queue] of this.#queues) if (queue.size === 0) this.#queues.delete(name)
  }

  async #send(items: readonly Item[]): Promise<Receipt> {
    const { handlers, io } = this.#o
    const first = items[0]!
    const { kind, options } = first.record.payload
    const d = handlers.declaration(kind)
    const config = handlers.config(d)
    if (!d.sendMany) return d.send(first.event, options, config, io)
    const sameOptions = items.every((i) => i.record.payload.options === options)
    if (sameOptions)
      return d.sendMany(
        items.map((i) => i.event),
        options,
        config,
        io,
      )
    // The handler was replaced while older notifications waited: each goes with the options it was owed with.
    for (const i of items) await d.sendMany([i.event], i.record.payload.options, config, io)
    return {}
  }

  #delivered(item: Item, receipt: Receipt): void {
    this.#counts.delivered++
    this.#o.outbox.settle(item.record)
    this.#remember(item, true, receipt.answer ?? '')
  }

  #failed(item: Item, error: unknown, waitMs: number): void {
    this.#counts.retried++
    const { handler } = item.record.payload
    this.#o.logger
      .limited(`alert-retry:${handler}`, LOG_EVERY_MS)
      .warn('failed to handle event, it will be tried again', {
        handler,
        event: item.event.id,
        attempt: item.attempts,
        wait: `${Math.ceil(waitMs)}ms`,
        err: messageOf(error),
      })
  }

  #gaveUp(item: Item, reason: string): void {
    this.#counts.dead++
    const { clock, logger, outbox } = this.#o
    const { handler } = item.record.payload
    logger.limited(`alert-dead:${handler}`, LOG_EVERY_MS).error('failed to handle event', {
      handler,
      event: item.event.id,
      attempts: item.attempts,
      err: reason,
    })
    outbox.bury({ record: item.record, reason, attempts: item.attempts, at: clock.now() })
    this.#remember(item, false, reason)
  }

  #remember(item: Item, delivered: boolean, answer: string): void {
    const { handler, topic } = item.record.payload
    const { id, key } = item.event
    const at = this.#o.clock.now()
    this.#receipts.push({ handler, topic, id, key, at, attempts: item.attempts, delivered, answer })
    if (this.#receipts.length > MAX_RECEIPTS * 1.1) this.#receipts.splice(0, this.#receipts.length - MAX_RECEIPTS)
  }
}
