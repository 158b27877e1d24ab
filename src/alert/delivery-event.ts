// An event as a handler gets it: with its topic, the level before it there, and the key that tells a repeat from a
// new notification.
import type { Int } from '../base/int64.ts'
import type { Time } from '../base/time.ts'
import type { Tags } from '../base/value.ts'
import { alertJson } from './alert-json.ts'
import type { AlertData, AlertEvent, EventFields, NewAlertEvent } from './event.ts'
import type { Level } from './level.ts'

/** An event within one topic. */
export class TopicEvent implements AlertEvent {
  readonly of: NewAlertEvent
  readonly previousLevel: Level

  constructor(of: NewAlertEvent, previousLevel: Level) {
    this.of = of
    this.previousLevel = previousLevel
  }

  get id(): string {
    return this.of.id
  }
  get message(): string {
    return this.of.message
  }
  get details(): string {
    return this.of.details
  }
  get time(): Time {
    return this.of.time
  }
  get duration(): Int {
    return this.of.duration
  }
  get level(): Level {
    return this.of.level
  }
  get recoverable(): boolean {
    return this.of.recoverable
  }
  get name(): string {
    return this.of.name
  }
  get taskName(): string {
    return this.of.taskName
  }
  get group(): string {
    return this.of.group
  }
  get tags(): Tags {
    return this.of.tags
  }
  get fields(): EventFields {
    return this.of.fields
  }
  get category(): string {
    return this.of.category
  }
  get data(): AlertData {
    return this.of.data
  }
  get moreData(): readonly AlertData[] {
    return this.of.moreData ?? []
  }
}

/** An event on its way to one handler. */
export class DeliveryEvent extends TopicEvent {
  readonly topic: string
  /** Never the same for two notifications, always the same when one is repeated. */
  readonly key: string
  /** Where it stands in the outbox. */
  readonly number: number
  /** How many older events of the same id this one stands for, because the handler's room was full. */
  standsFor = 0
  #json: string | undefined

  constructor(event: AlertEvent, topic: string, key: string, number = 0) {
    super(event, event.previousLevel)
    this.topic = topic
    this.key = key
    this.number = number
  }

  /** The alert data JSON, without a newline at its end. */
  get json(): string {
    this.#json ??= alertJson(this)
    return this.#json
  }
}
