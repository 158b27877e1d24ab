// What a turn owes to the alert room's outside, as records: notifications on their way to one handler each, and the
// states of topics. What the alert room asks of the store that keeps them. Knows no store and no queue.
import type { Plain } from '../base/plain.ts'
import type { Time } from '../base/time.ts'
import type { DigestGroup } from './digest.ts'
import type { AlertEvent, EventState } from './event.ts'
import type { HandlerOptions } from './handler-set.ts'
import type { Level } from './level.ts'

/** Kind of owed records that are notifications. */
export const NOTIFY = 'notify'
/** Kind of owed records that are states of topics: not delivered, only kept. */
export const TOPIC_STATE = 'topic-state'

/** All that is needed to deliver an event to one handler, whatever becomes of task, topic and handler meanwhile. */
export interface Notification {
  /** Which queue: one for each handler of each topic, `TOPIC/HANDLER`. */
  readonly handler: string
  readonly kind: string
  readonly options: HandlerOptions
  readonly topic: string
  readonly event: AlertEvent
  /** What is asked of the event without making it, where that costs something. */
  readonly head?: NotificationHead
  /** It goes out as it is: neither silences nor grouping have a say any more. */
  readonly final?: boolean
}

export interface NotificationHead {
  readonly id: string
  readonly level: Level
  readonly previousLevel: Level
}

/** The new state of one event of a topic; undefined when it is OK again and need not be kept. */
export interface TopicStateChange {
  readonly topic: string
  readonly id: string
  readonly state: EventState | undefined
  /** The topic itself, which may have been deleted since: then nothing of it is kept. */
  readonly of: { readonly gone: boolean }
}

/** A committed notification. (run, task, node, seq, ordinal) is its idempotency key and never repeats. */
export interface OwedNotification {
  readonly run: string
  readonly task: string
  readonly node: string
  readonly seq: number
  readonly ordinal: number
  readonly payload: Notification
}

export function idempotencyKey(r: Omit<OwedNotification, 'payload'>): string {
  return `${r.run}/${r.task}/${r.node}/${r.seq}/${r.ordinal}`
}

/** The older notifications that one stands for. */
export interface Stands {
  readonly count: number
  /** The level in the topic before the oldest of them. */
  readonly before: Level
  /** Number of the oldest of them. */
  readonly oldest: number
}

/** Where a committed notification stands. */
export interface Place {
  /** Its number in the outbox: grows with every record. */
  readonly number: number
  /** Characters that it takes there. */
  readonly size: number
  /** When it was committed: its deadline counts from there. */
  readonly since: Time
  readonly stands?: Stands | undefined
  /** It was committed before this start of the server. */
  readonly resumed?: boolean
}

/** `overtaken`, `superseded`: a newer one of its id went in its place. */
export const DELIVERY_STATES = ['delivered', 'dead', 'overtaken', 'superseded', 'silenced', 'muted', 'grouped'] as const
export type DeliveryState = (typeof DELIVERY_STATES)[number]

/** What became of notifications of one handler that went together. */
export interface Outcome {
  readonly handler: string
  readonly topic: string
  readonly kind: string
  readonly state: DeliveryState
  readonly at: Time
  /** What the receiver answered, or why nothing was sent. */
  readonly answer: string
  readonly events: readonly OutcomeEvent[]
}

export interface OutcomeEvent {
  readonly number: number
  readonly id: string
  readonly level: Level
  readonly key: string
  readonly attempts: number
  readonly standsFor: number
}

/** What is committed in place of notifications. */
export interface Exchange {
  /** These will not be sent again. */
  readonly settles: readonly number[]
  /** Their receipt; without one they are settled once more by whoever has them. */
  readonly outcome?: Outcome | undefined
  readonly records: readonly StagedRecord[]
  /** What a group of a handler remembers from now on; nothing when undefined. */
  readonly digest?: { readonly handler: string; readonly key: string; readonly group: DigestGroup | undefined }
}

/** A record before it is committed; the same shape as what tasks owe. */
export interface StagedRecord {
  readonly run: string
  readonly task: string
  readonly node: string
  readonly seq: number
  readonly ordinal: number
  readonly kind: string
  readonly payload: Plain
}

/** Where committed notifications stand until they are settled. */
export interface Outbox {
  /** These will not be sent again; the outcome is their receipt. */
  settle(outcome: Outcome): void
  /** This one will not be tried again by itself: kept for people, with the outcome as its receipt. */
  bury(number: number, outcome: Outcome): void
  /** Keeps for how many others a notification stands, with the same commit that settles those. */
  keepStands(number: number, stands: Stands): void
  /** A notification that is not settled. Throws Fault when it can't be read. */
  load(number: number): Notification
  /** Settles notifications and commits records in one; resolves when both are on disk. */
  exchange(x: Exchange): Promise<void>
}
