// One alert event: what happened, to which id, at which level. Texts that cost something are made when first read.
import type { Int } from '../base/int64.ts'
import type { Point } from '../base/point.ts'
import type { Time } from '../base/time.ts'
import type { Kind, Tags, Value } from '../base/value.ts'
import type { LazyText } from './lazy-text.ts'
import type { Level } from './level.ts'

export type EventFields = Readonly<Record<string, { readonly kind: Kind; readonly value: Value }>>

export interface AlertEvent {
  readonly id: string
  readonly message: string
  /** May be a getter: rendered on first read from the event's own copy. */
  readonly details: string
  /** The details as what keeps them without the rest of the event; absent when they are plain text already. */
  readonly lazyDetails?: LazyText
  readonly time: Time
  /** Nanoseconds since the first alert of this run of non-OK levels. */
  readonly duration: Int
  readonly level: Level
  /** Level of the topic's stored state for this id before this event. Set by the topic. */
  readonly previousLevel: Level
  /** False when the alert never sends recoveries. */
  readonly recoverable: boolean
  readonly name: string
  readonly taskName: string
  /** Raw group id, empty when ungrouped. */
  readonly group: string
  readonly tags: Tags
  readonly fields: EventFields
  readonly category: string
  readonly data: AlertData
  /** Data of further series, when the event stands for several (aggregate). */
  readonly moreData?: readonly AlertData[]
}

/** An event before a topic has told what came before it. */
export type NewAlertEvent = Omit<AlertEvent, 'previousLevel'>

/** What triggered the event: one point, or a whole batch. */
export interface AlertData {
  readonly name: string
  readonly tags: Tags
  readonly points: readonly Point[]
  readonly isBatch: boolean
}

/** What a topic keeps of an event: not its data. */
export interface EventState {
  readonly level: Level
  readonly message: string
  readonly details: string
  readonly time: Time
  readonly duration: Int
  /** Id of the task that it came from; empty when it came from none. */
  readonly task: string
  readonly name: string
  readonly group: string
  readonly tags: Tags
  /** False when its alert never sends recoveries. */
  readonly recoverable: boolean
}

/** A point's fields by name. */
export function fieldsOf(p: Point): EventFields {
  const fields: Record<string, { kind: Kind; value: Value }> = Object.create(null)
  const { names, kinds } = p.shape
  for (let i = 0; i < names.length; i++) fields[names[i]!] = { kind: kinds[i]!, value: p.values[i]! }
  return fields
}
