// What a turn owes to the alert room's outside, as records: notifications on their way to one handler each, and the
// states of topics. Their text forms are what the store keeps. Knows no store and no queue.
import type { Plain } from '../base/plain.ts'
import { plainFromText, plainToText } from '../base/plain.ts'
import type { Point } from '../base/point.ts'
import type { Time } from '../base/time.ts'
import type { Tags } from '../base/value.ts'
import { type AlertData, type AlertEvent, type EventFields, type EventState, fieldsOf } from './event.ts'
import type { HandlerOptions } from './handler-set.ts'
import type { Level } from './level.ts'

/** Kind of owed records that are notifications. */
export const NOTIFY = 'notify'
/** Kind of owed records that are states of topics: not delivered, only kept. */
export const TOPIC_STATE = 'topic-state'

/** All that is needed to deliver an event to one handler, whatever becomes of task, topic and handler meanwhile. */
export interface Notification {
  /** Which queue: one for each handler of each topic. */
  readonly handler: string
  readonly kind: string
  readonly options: HandlerOptions
  readonly topic: string
  readonly event: AlertEvent
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

export interface DeadLetter {
  readonly record: OwedNotification
  readonly reason: string
  readonly attempts: number
  readonly at: Time
}

/** Where committed notifications stand until they are settled. */
export interface Outbox {
  /** The record has arrived, or is not wanted any more: it will not be sent again. */
  settle(record: OwedNotification): void
  /** The record will not be tried again by itself; kept for people. */
  bury(letter: DeadLetter): void
}

/** At most so many dead letters are kept; the oldest go first. */
export const MAX_DEAD_LETTERS = 10_000

/** An outbox without a store, for tests and runScript. */
export class MemoryOutbox implements Outbox {
  readonly settled: OwedNotification[] = []
  readonly dead: DeadLetter[] = []

  settle(record: OwedNotification): void {
    this.settled.push(record)
  }

  bury(letter: DeadLetter): void {
    this.dead.push(letter)
    if (this.dead.length > MAX_DEAD_LETTERS) this.dead.shift()
  }
}

/** The same options object belongs to all notifications of a handler. */
const optionTexts = new WeakMap<object, string>()

function optionsText(options: HandlerOptions): string {
  let text = optionTexts.get(options)
  if (text === undefined) {
    text = plainToText(options as Plain)
    optionTexts.set(options, text)
  }
  return text
}

const text = JSON.stringify

/** The text form of a notification. Details that can't be rendered become empty. */
export function notificationToText(n: Notification): string {
  const e = n.event
  const t = e.time
  let out = `{"handler":${text(n.handler)},"kind":${text(n.kind)},"options":${optionsText(n.options)},"topic":${text(n.topic)}`
  out += `,"id":${text(e.id)},"message":${text(e.message)},"details":${text(e.lazyDetails?.textOrEmpty ?? e.details)}`
  out += `,"sec":${t.sec},"ns":${t.ns},"duration":${plainToText(e.duration)},"level":${e.level},"previous":${e.previousLevel}`
  out += `,"recoverable":${e.recoverable},"name":${text(e.name)},"task":${text(e.taskName)},"group":${text(e.group)}`
  out += `,"tags":${text(e.tags)},"category":${text(e.category)},"data":${dataText(e.data)}`
  if (e.data.points.length !== 1) out += `,"fields":${plainToText(e.fields)}`
  if (e.moreData && e.moreData.length > 0) out += `,"more":[${e.moreData.map(dataText).join(',')}]`
  return `${out}}`
}

function dataText(d: AlertData): string {
  return `{"name":${text(d.name)},"tags":${text(d.tags)},"batch":${d.isBatch},"points":[${d.points.map(plainToText).join(',')}]}`
}

interface StoredData {
  readonly name: string
  readonly tags: Tags
  readonly batch: boolean
  readonly points: readonly Point[]
}

interface Stored {
  readonly handler: string
  readonly kind: string
  readonly options: HandlerOptions
  readonly topic: string
  readonly id: string
  readonly message: string
  readonly details: string
  readonly sec: number
  readonly ns: number
  readonly duration: number
  readonly level: Level
  readonly previous: Level
  readonly recoverable: boolean
  readonly name: string
  readonly task: string
  readonly group: string
  readonly tags: Tags
  readonly category: string
  readonly data: StoredData
  readonly fields?: EventFields
  readonly more?: readonly StoredData[]
}

function dataOf(d: StoredData): AlertData {
  return { name: d.name, tags: d.tags, points: d.points, isBatch: d.batch }
}

/** The notification of a text that `notificationToText` wrote. */
export function notificationFromText(source: string): Notification {
  const s = plainFromText(source) as unknown as Stored
  const data = dataOf(s.data)
  const event: AlertEvent = {
    id: s.id,
    message: s.message,
    details: s.details,
    time: { sec: s.sec, ns: s.ns },
    duration: s.duration,
    level: s.level,
    previousLevel: s.previous,
    recoverable: s.recoverable,
    name: s.name,
    taskName: s.task,
    group: s.group,
    tags: s.tags,
    category: s.category,
    data,
    fields: s.fields ?? fieldsOf(data.points[0]!),
    ...(s.more ? { moreData: s.more.map(dataOf) } : {}),
  }
  return { handler: s.handler, kind: s.kind, options: s.options, topic: s.topic, event }
}

/** The text form of an event's state; details that can't be rendered become empty. */
export function stateToText(s: EventState): string {
  return plainToText({
    level: s.level,
    message: s.message,
    details: s.details,
    sec: s.time.sec,
    ns: s.time.ns,
    duration: s.duration,
    task: s.task,
    name: s.name,
    group: s.group,
    tags: s.tags,
  })
}

export function stateFromText(source: string): EventState {
  const s = plainFromText(source) as unknown as Omit<EventState, 'time'> & Time
  return {
    level: s.level,
    message: s.message,
    details: s.details,
    time: { sec: s.sec, ns: s.ns },
    duration: s.duration,
    // Older servers kept none of these.
    task: s.task ?? '',
    name: s.name ?? '',
    group: s.group ?? '',
    tags: s.tags ?? {},
  }
}
