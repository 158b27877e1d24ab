// The alert room of a server: makes its parts, joins them with the store, and starts and stops them in order.
import { randomUUID } from 'node:crypto'
import { DEFAULT_MEMORY, Dispatcher } from '../alert/dispatcher.ts'
import { HandlerPolicies } from '../alert/handler-policies.ts'
import type { HandlerSet } from '../alert/handler-set.ts'
import type { HandlerIo } from '../alert/io/handler-io.ts'
import { NOTIFY, type OwedNotification } from '../alert/outbox.ts'
import { Publisher } from '../alert/publisher.ts'
import { Silences } from '../alert/silences.ts'
import type { AlertSink } from '../alert/sink.ts'
import { TopicHandlers } from '../alert/topic-handlers.ts'
import { Topics } from '../alert/topics.ts'
import type { Clock } from '../base/clock.ts'
import { messageOf } from '../base/fault.ts'
import type { Logger } from '../base/logger.ts'
import type { OwedRecord } from '../flow/entry.ts'
import type { Store } from '../store/store.ts'
import { LETTERS_PER_HANDLER } from './dead-letters.ts'
import { DeliveryService } from './delivery-service.ts'
import { StoredHandlerSpecs } from './handler-spec-store.ts'
import { StoredOutbox } from './outbox.ts'
import { StoredSilences } from './silence-store.ts'

/** Shorter buffers of handlers are taken for none given, as in the reference. */
const LEAST_BUFFER = 1_000

export interface AlertSettings {
  readonly persistTopics: boolean
  readonly topicBufferLength: number
  /** Bytes on disk for what waits for one handler, and as much for its dead letters. */
  readonly handlerRoom: number
  readonly recoverOnDelete: boolean
}

export interface AlertingOptions {
  readonly store: Store
  readonly clock: Clock
  readonly logger: Logger
  readonly handlers: HandlerSet
  /** Its `publish` leads back here. */
  readonly io: HandlerIo
  readonly settings: AlertSettings
  /** Kinds of topic handlers that do nothing. */
  readonly disabledHandlers?: ReadonlySet<string> | undefined
  readonly global?: AlertSink['global'] | undefined
  /** Takes committed records that are no notifications; false when nobody wants them. */
  readonly deliverOther: (record: OwedRecord) => boolean
}

export class Alerting {
  readonly outbox: StoredOutbox
  readonly topics: Topics
  readonly handlers: TopicHandlers
  readonly dispatcher: Dispatcher
  readonly silences: Silences
  readonly publisher: Publisher
  readonly deliveries: DeliveryService
  readonly #o: AlertingOptions

  constructor(o: AlertingOptions) {
    this.#o = o
    const { store, clock, handlers, io, settings } = o
    const logger = o.logger.with({ service: 'alert' })
    const outbox: StoredOutbox = new StoredOutbox({
      store,
      logger: o.logger.with({ service: 'outbox' }),
      clock,
      persistTopics: settings.persistTopics,
      letters: { perHandler: LETTERS_PER_HANDLER, room: settings.handlerRoom },
      deliver: (record, place) => {
        if (record.kind === NOTIFY) this.dispatcher.deliver(record as unknown as OwedNotification, place)
        else if (!o.deliverOther(record)) outbox.settleRecord(record)
      },
    })
    this.outbox = outbox
    this.silences = new Silences({ store: new StoredSilences(store), clock })
    const policies = new HandlerPolicies()
    this.dispatcher = new Dispatcher({
      handlers,
      io,
      outbox,
      clock,
      logger,
      memory: settings.topicBufferLength < LEAST_BUFFER ? DEFAULT_MEMORY : settings.topicBufferLength,
      room: settings.handlerRoom,
      silences: this.silences,
      policies,
      runId: `digest-${randomUUID()}`,
    })
    const topics = new Topics({
      handlers,
      logger,
      saved: outbox.savedStates(),
      store: outbox,
      ...(o.global ? { global: o.global } : {}),
    })
    this.topics = topics
    this.handlers = new TopicHandlers({
      topics,
      handlers,
      store: new StoredHandlerSpecs(store),
      logger,
      policies,
      ...(o.disabledHandlers ? { disabled: o.disabledHandlers } : {}),
    })
    this.publisher = new Publisher({ topics, outbox, runId: `publish-${randomUUID()}` })
    this.deliveries = new DeliveryService({ dispatcher: this.dispatcher, outbox, topics })
  }

  /** Takes up what is stored; call it before tasks start. Returns how many records an earlier run left to be delivered. */
  start(): number {
    this.handlers.load()
    this.dispatcher.restoreDigests(this.outbox.digestGroups())
    return this.outbox.resume()
  }

  /** A task is gone, or has another id now. */
  async taskGone(task: string, why: 'deleted' | 'renamed'): Promise<void> {
    if (why === 'deleted' && this.#o.settings.recoverOnDelete) await this.#recover(task)
    this.topics.deleteTask('main', task)
  }

  /** The task is gone, whether or not its recoveries could be stored. */
  async #recover(task: string): Promise<void> {
    const { clock, logger } = this.#o
    try {
      const events = await this.publisher.recoverTask('main', task, clock.now())
      if (events > 0) logger.info('sent recoveries of a deleted task', { task, events })
    } catch (e) {
      logger.error('recoveries of a deleted task can not be sent', { task, err: messageOf(e) })
    }
  }

  /** Resolves when nothing is being sent. What was not settled stays in the outbox. */
  async close(): Promise<void> {
    await this.dispatcher.close()
    this.silences.saveCounts()
    await this.outbox.flush()
  }
}
