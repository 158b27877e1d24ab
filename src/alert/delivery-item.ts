// One notification in the queue of its handler: what the queue goes by, and the notification itself, which stands in the
// outbox and is read from there again when the queue has let go of it. Knows nothing of queues.
import { DeliveryEvent } from './delivery-event.ts'
import type { Level } from './level.ts'
import { idempotencyKey, type Notification, type OwedNotification, type Place, type Stands } from './outbox.ts'

/** Reads a notification of the outbox. Throws Fault when it can't be read. */
export type LoadNotification = (number: number) => Notification

export class Item {
  readonly place: Place
  readonly topic: string
  /** The alert id. */
  readonly id: string
  readonly level: Level
  readonly previousLevel: Level
  /** Never the same for two notifications, always the same when one is repeated. */
  readonly key: string
  attempts = 0
  /** Why the last try failed. */
  error = ''
  /** Older notifications of the same id that it stands for. */
  standsFor: number
  /** The level in the topic before the oldest of them. */
  levelBefore: Level
  #oldest: number
  #notification: Notification | undefined
  #event: DeliveryEvent | undefined
  readonly #load: LoadNotification

  constructor(record: OwedNotification, place: Place, load: LoadNotification) {
    const n = record.payload
    this.place = place
    this.topic = n.topic
    const head = n.head ?? n.event
    this.id = head.id
    this.level = head.level
    this.previousLevel = head.previousLevel
    this.key = idempotencyKey(record)
    this.standsFor = place.stands?.count ?? 0
    this.levelBefore = place.stands?.before ?? this.previousLevel
    this.#oldest = place.stands?.oldest ?? place.number
    this.#notification = n
    this.#load = load
  }

  /** Throws Fault when it has been let go of and can't be read again. */
  get notification(): Notification {
    this.#notification ??= this.#load(this.place.number)
    return this.#notification
  }

  get event(): DeliveryEvent {
    if (!this.#event) {
      const n = this.notification
      this.#event = new DeliveryEvent(n.event, n.topic, this.key, this.place.number)
    }
    this.#event.standsFor = this.standsFor
    return this.#event
  }

  /** Lets go of the notification until it is asked for. */
  spill(): void {
    this.#notification = undefined
    this.#event = undefined
  }

  /** Whether it only repeats what an older one of its id has told: the same level, and none other in between. */
  repeats(older: Item): boolean {
    return this.level === older.level && this.previousLevel === this.level
  }

  /** Takes the place of an older one of the same id. */
  standFor(older: Item): void {
    this.standsFor += 1 + older.standsFor
    if (older.#oldest > this.#oldest) return
    this.#oldest = older.#oldest
    this.levelBefore = older.levelBefore
  }

  /** Those it stands for, as the outbox keeps it. */
  get stands(): Stands {
    return { count: this.standsFor, before: this.levelBefore, oldest: this.#oldest }
  }
}
