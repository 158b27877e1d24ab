// Brings committed notifications to their handlers: a queue for each handler of each topic, so that a slow one delays
// nobody else. Tells the outbox what has become of them. Knows no store, topic or task.
import type { Clock } from '../base/clock.ts'
import { messageOf } from '../base/fault.ts'
import type { Logger } from '../base/logger.ts'
import type { Time } from '../base/time.ts'
import { Item } from './delivery-item.ts'
import { DeliveryQueue, type QueueHost, type Waiting } from './delivery-queue.ts'
import type { DigestGroup } from './digest.ts'
import { Digests } from './digests.ts'
import { Gate, type HoldReason } from './gate.ts'
import { HandlerPolicies } from './handler-policies.ts'
import type { HandlerSet } from './handler-set.ts'
import type { HandlerDeclaration, Receipt } from './handlers/define-handler.ts'
import type { HandlerIo } from './io/handler-io.ts'
import type { MuteTime } from './mute-times.ts'
import type { DeliveryState, Notification, Outbox, Outcome, OwedNotification, Place } from './outbox.ts'
import type { Silences } from './silences.ts'

/** Notifications of one handler that are held in memory; further ones are read again when their turn comes. */
export const DEFAULT_MEMORY = 5_000
/** Characters that the notifications of one handler may take in the outbox. */
export const DEFAULT_ROOM = 64 * 1024 ** 2
const NO_TIMES: readonly MuteTime[] = []
const BATCH = 1_024
const BATCH_CHARS = 512 * 1024
const RETRY_FOR_MS = 3_600_000
const LOG_EVERY_MS = 10_000

export interface DispatcherOptions {
  readonly handlers: HandlerSet
  readonly io: HandlerIo
  readonly outbox: Outbox
  readonly clock: Clock
  readonly logger: Logger
  /** Gives 0 ≤ x < 1; Math.random when not given. */
  readonly random?: () => number
  readonly memory?: number
  readonly room?: number
  readonly silences?: Silences
  /** Grouping and mute times of handlers. */
  readonly policies?: HandlerPolicies
  /** Never the same for two runs over one store: part of the keys of digests. */
  readonly runId?: string
}

export interface DeliveryCounts {
  readonly delivered: number
  readonly retried: number
  readonly dead: number
  readonly superseded: number
  /** Not sent at all: what they told began and ended in a silence or mute time, or was overtaken there. */
  readonly silenced: number
}

/** One handler of one topic, as its queue sees it. */
export interface HandlerView extends DeliveryCounts {
  readonly handler: string
  readonly topic: string
  readonly kind: string
  readonly waiting: number
  /** Characters that what waits takes in the outbox. */
  readonly chars: number
  /** Why the last failed try failed; empty when the last one did not. */
  readonly lastError: string
  readonly lastErrorAt: Time | undefined
}

/** Where a notification waits: for its turn or next try, for the end of a silence or mute time, or for its digest. */
export const WAITING_STATES = ['waiting', 'held', 'gathering'] as const
export type WaitingState = (typeof WAITING_STATES)[number]

/** A notification that waits. */
export interface WaitingView extends Waiting {
  readonly handler: string
  readonly kind: string
  readonly state: WaitingState
  /** Why it is held back. */
  readonly reason?: HoldReason
}

interface Line {
  readonly handler: string
  readonly topic: string
  readonly kind: string
  readonly queue: DeliveryQueue
  readonly gatherMs: HandlerDeclaration['gatherMs']
  readonly counts: { -readonly [K in keyof DeliveryCounts]: number }
  lastError: string
  lastErrorAt: Time | undefined
}

export class Dispatcher {
  readonly #o: DispatcherOptions
  readonly #lines = new Map<string, Line>()
  readonly #counts = { delivered: 0, retried: 0, dead: 0, superseded: 0, silenced: 0 }
  readonly #load = (number: number): Notification => this.#o.outbox.load(number)
  readonly #policies: HandlerPolicies
  readonly #gate: Gate<Line>
  readonly #digests: Digests<Line>
  #closed = false

  constructor(o: DispatcherOptions) {
    this.#o = o
    const { clock, outbox, logger, silences, policies = new HandlerPolicies(), room = DEFAULT_ROOM } = o
    this.#policies = policies
    this.#gate = new Gate<Line>({
      clock,
      silences,
      room,
      mutes: (handler) => policies.of(handler)?.mute ?? NO_TIMES,
      pass: (line, item) => this.#pass(line, item),
      stands: (item) => outbox.keepStands(item.place.number, item.stands),
      gaveUp: (line, item, reason) => this.#gaveUp(line, item, reason),
      dropped: (line, items, reason) => {
        this.#count(line, 'silenced', items.length)
        const muted = reason.by === 'mute'
        this.#settle(
          line,
          muted ? 'muted' : 'silenced',
          items,
          muted ? 'the handler was mute' : `silence ${reason.silence.id}`,
        )
      },
    })
    policies.onChange(() => this.#gate.recheck())
    this.#digests = new Digests<Line>({
      clock,
      logger,
      outbox,
      policies,
      silences,
      room,
      runId: o.runId ?? 'digest',
      pass: (line, item) => line.queue.push(item),
      gathered: (line, items, answer) => this.#settle(line, 'grouped', items, answer),
    })
  }

  /** Takes a committed notification; never waits and never throws. */
  deliver(record: OwedNotification, place: Place): void {
    if (this.#closed) return
    const line = this.#line(record.payload)
    const item = new Item(record, place, this.#load)
    // Who gathers may have been given another interval since.
    if (line.gatherMs) line.queue.gatherMs = line.gatherMs(record.payload.options)
    if (record.payload.final) line.queue.push(item)
    else if (this.#gate.admits(line, item)) this.#pass(line, item)
  }

  #pass(line: Line, item: Item): void {
    const grouping = this.#policies.of(line.handler)?.grouping
    if (grouping) this.#digests.add(line, item, grouping)
    else line.queue.push(item)
  }

  /** Takes up what groups of handlers remembered; call it before notifications come. */
  restoreDigests(groups: Iterable<readonly [handler: string, key: string, group: DigestGroup]>): void {
    for (const [handler, key, group] of groups) this.#digests.restore(handler, key, group)
  }

  stats(): DeliveryCounts & { readonly waiting: number } {
    let waiting = 0
    for (const { queue } of this.#lines.values()) waiting += queue.size
    return { waiting, ...this.#counts }
  }

  /** Every handler that has had something to send since the start. */
  handlers(): HandlerView[] {
    return [...this.#lines.values()].map(({ queue, counts, gatherMs: _, ...line }) => ({
      ...line,
      ...counts,
      waiting: queue.size,
      chars: queue.chars,
    }))
  }

  /** All that waits, by handler. */
  *waiting(): Iterable<WaitingView> {
    for (const { handler, kind, queue } of this.#lines.values())
      for (const w of queue.waiting()) yield { ...w, handler, kind, state: 'waiting' }
    for (const { line, item, reason } of this.#gate.held())
      yield { handler: line.handler, kind: line.kind, item, due: undefined, state: 'held', reason }
    for (const { line, item, due } of this.#digests.gathered())
      yield { handler: line.handler, kind: line.kind, item, due, state: 'gathering' }
  }

  /** Resolves when nothing is ready or under way; what failed and waits for its next try does not count. */
  async whenIdle(): Promise<void> {
    await Promise.all([...this.#lines.values()].map(({ queue }) => queue.whenIdle()))
  }

  /** Takes nothing more and tries nothing more; what was not settled stays in the outbox. */
  async close(): Promise<void> {
    this.#closed = true
    this.#gate.close()
    this.#digests.close()
    await Promise.all([...this.#lines.values()].map(({ queue }) => queue.close()))
  }

  #line({ handler, topic, kind }: Notification): Line {
    const known = this.#lines.get(handler)
    if (known?.kind === kind) return known
    // A handler that was replaced by one of another kind has a queue of its own for what is left.
    const name = known ? `${handler}\u0000${kind}` : handler
    let line = known && this.#lines.get(name)
    if (line) return line
    // Queues of handlers that are gone are let go when there is something new anyway.
    if (this.#lines.size % 256 === 255) this.#tidy()
    const { handlers, memory, room } = this.#o
    let declaration: HandlerDeclaration | undefined
    try {
      declaration = handlers.declaration(kind)
    } catch {
      // A leftover of a kind that this server does not have: each of its notifications becomes a dead letter.
    }
    const queue = new DeliveryQueue(
      this.#host(() => line!),
      {
        batch: declaration?.sendMany ? (declaration.limits.batch ?? BATCH) : 1,
        batchChars: declaration?.limits.batchChars ?? BATCH_CHARS,
        retryForMs: declaration?.limits.retryForMs ?? RETRY_FOR_MS,
        memory: memory ?? DEFAULT_MEMORY,
        room: room ?? DEFAULT_ROOM,
      },
    )
    const counts = { delivered: 0, retried: 0, dead: 0, superseded: 0, silenced: 0 }
    line = {
      handler,
      topic,
      kind,
      queue,
      gatherMs: declaration?.gatherMs,
      counts,
      lastError: '',
      lastErrorAt: undefined,
    }
    this.#lines.set(name, line)
    return line
  }

  #tidy(): void {
    const busy = new Set<Line>()
    for (const { line } of this.#gate.held()) busy.add(line)
    for (const { line } of this.#digests.gathered()) busy.add(line)
    for (const [name, line] of this.#lines) if (line.queue.size === 0 && !busy.has(line)) this.#lines.delete(name)
  }

  #host(line: () => Line): QueueHost {
    return {
      clock: this.#o.clock,
      random: this.#o.random ?? Math.random,
      send: (items) => this.#send(items),
      delivered: (items, receipt) => this.#delivered(line(), items, receipt),
      failed: (item, error, waitMs) => this.#failed(line(), item, error, waitMs),
      gaveUp: (item, reason) => this.#gaveUp(line(), item, reason),
      superseded: (items, by) => {
        this.#count(line(), 'superseded', items.length)
        this.#o.outbox.keepStands(by.place.number, by.stands)
        this.#settle(line(), 'superseded', items, `the room of the handler was full: ${by.key} went in its place`)
      },
      overtaken: (items, by) => {
        this.#count(line(), 'superseded', items.length)
        this.#settle(line(), 'overtaken', items, `${by.key} says the same and arrived`)
      },
    }
  }

  #count(line: Line, what: keyof DeliveryCounts, n: number): void {
    line.counts[what] += n
    this.#counts[what] += n
  }

  async #send(items: readonly Item[]): Promise<Receipt> {
    const { handlers, io } = this.#o
    const first = items[0]!
    const { kind, options } = first.notification
    const d = handlers.declaration(kind)
    const config = handlers.config(d)
    if (!d.sendMany) return d.send(first.event, options, config, io)
    const sameOptions = items.every((i) => i.notification.options === options)
    if (sameOptions)
      return d.sendMany(
        items.map((i) => i.event),
        options,
        config,
        io,
      )
    // The handler was replaced while older notifications waited: each goes with the options it was owed with.
    for (const i of items) await d.sendMany([i.event], i.notification.options, config, io)
    return {}
  }

  #delivered(line: Line, items: readonly Item[], receipt: Receipt): void {
    this.#count(line, 'delivered', items.length)
    line.lastError = ''
    line.lastErrorAt = undefined
    this.#settle(line, 'delivered', items, receipt.answer ?? '')
  }

  #failed(line: Line, item: Item, error: unknown, waitMs: number): void {
    this.#count(line, 'retried', 1)
    this.#blame(line, messageOf(error))
    const { handler } = line
    this.#o.logger
      .limited(`alert-retry:${handler}`, LOG_EVERY_MS)
      .warn('failed to handle event, it will be tried again', {
        handler,
        event: item.id,
        attempt: item.attempts,
        wait: `${Math.ceil(waitMs)}ms`,
        err: messageOf(error),
      })
  }

  #gaveUp(line: Line, item: Item, reason: string): void {
    this.#count(line, 'dead', 1)
    this.#blame(line, reason)
    const { handler } = line
    const { id: event, attempts } = item
    this.#o.logger
      .limited(`alert-dead:${handler}`, LOG_EVERY_MS)
      .error('failed to handle event', { handler, event, attempts, err: reason })
    this.#o.outbox.bury(item.place.number, this.#outcome(line, 'dead', [item], reason))
  }

  #blame(line: Line, error: string): void {
    line.lastError = error
    line.lastErrorAt = this.#o.clock.now()
  }

  #settle(line: Line, state: DeliveryState, items: readonly Item[], answer: string): void {
    this.#o.outbox.settle(this.#outcome(line, state, items, answer))
  }

  #outcome({ handler, topic, kind }: Line, state: DeliveryState, items: readonly Item[], answer: string): Outcome {
    const events = items.map(({ place: { number }, id, level, key, attempts, standsFor }) => ({
      number,
      id,
      level,
      key,
      attempts,
      standsFor,
    }))
    return { handler, topic, kind, state, at: this.#o.clock.now(), answer, events }
  }
}
