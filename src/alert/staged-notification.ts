// A notification from the event that caused it until it is committed. When many come at once, each is written down at
// once and its event let go: a storm of alerts must not fill the memory with what will be text a moment later.
import type { AlertEvent } from './event.ts'
import type { HandlerOptions } from './handler-set.ts'
import { notificationFromText, notificationToText } from './notification-text.ts'
import type { Notification, NotificationHead } from './outbox.ts'

export class StagedNotification implements Notification {
  readonly handler: string
  readonly kind: string
  readonly options: HandlerOptions
  readonly topic: string
  readonly head: NotificationHead
  #event: AlertEvent | undefined
  #text: string | undefined

  constructor(handler: string, kind: string, options: HandlerOptions, topic: string, event: AlertEvent) {
    this.handler = handler
    this.kind = kind
    this.options = options
    this.topic = topic
    this.head = event
    this.#event = event
  }

  /** Made anew from the text when it was let go. */
  get event(): AlertEvent {
    return this.#event ?? notificationFromText(this.#text!).event
  }

  /** What is stored. Kept only when the event is not. */
  get text(): string {
    return this.#text ?? notificationToText(this)
  }

  /** Keeps the text instead of the event. */
  write(): void {
    if (!this.#event) return
    this.#text = notificationToText(this)
    const { id, level, previousLevel } = this.#event
    ;(this as { head: NotificationHead }).head = { id, level, previousLevel }
    this.#event = undefined
  }
}
