// The text forms in which notifications and the states of topics are kept. Knows nothing of where.

import { flat } from '../base/flat-text.ts'
import type { Int } from '../base/int64.ts'
import { type Plain, plainFromText, plainToText } from '../base/plain.ts'
import type { Point } from '../base/point.ts'
import type { Series } from '../base/series.ts'
import type { Shape } from '../base/shape.ts'
import type { Time } from '../base/time.ts'
import type { Tags, Value } from '../base/value.ts'
import { type AlertData, type AlertEvent, type EventFields, type EventState, fieldsOf } from './event.ts'
import type { HandlerOptions } from './handler-set.ts'
import type { Level } from './level.ts'
import type { Notification } from './outbox.ts'

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

/** Keys that begin with `$` get one more, as in all plain data. */
function makeTagsText(tags: Tags): string {
  let out = ''
  for (const [key, value] of Object.entries(tags))
    out += `${out === '' ? '' : ','}${text(key.startsWith('$') ? `$${key}` : key)}:${text(value)}`
  return `{${out}}`
}

const tagTexts = new WeakMap<Tags, string>()
function tagsText(tags: Tags): string {
  return cached(tagTexts, tags, makeTagsText)
}

/** Texts that events have in common are made once, for as long as what they are made of lives. */
function cached<K extends object>(texts: WeakMap<K, string>, key: K, make: (key: K) => string): string {
  let found = texts.get(key)
  if (found === undefined) {
    found = make(key)
    texts.set(key, found)
  }
  return found
}

const seriesTexts = new WeakMap<Series, string>()
const shapeTexts = new WeakMap<Shape, string>()
const seriesText = (s: Series): string => `${text(s.db)},${text(s.rp)},${text(s.name)},${text(s.tags)}`
const shapeText = (s: Shape): string => `${text(s.names)},${text(s.kinds)}`

/** What plainToText gives, with what points share written once. */
function pointText(p: Point): string {
  let values = ''
  for (let i = 0; i < p.values.length; i++) values += (i > 0 ? ',' : '') + valueText(p.values[i]!)
  return `{"$p":[${cached(seriesTexts, p.series, seriesText)},${cached(shapeTexts, p.shape, shapeText)},[${values}],${p.sec},${p.ns}]}`
}

function valueText(v: Value): string {
  switch (typeof v) {
    case 'string':
      return text(v)
    case 'number':
      return Number.isFinite(v) && v !== 0 ? String(v) : plainToText(v)
    default:
      return plainToText(v)
  }
}

function intText(n: Int): string {
  return typeof n === 'number' ? String(n) : plainToText(n)
}

/** The text form of a notification. Details that can't be rendered become empty. */
export function notificationToText(n: Notification): string {
  const e = n.event
  const t = e.time
  let out = `{"handler":${text(n.handler)},"kind":${text(n.kind)},"options":${optionsText(n.options)},"topic":${text(n.topic)}`
  if (n.final) out += ',"final":true'
  out += `,"id":${text(e.id)},"message":${text(e.message)},"details":${text(e.lazyDetails?.textOrEmpty ?? e.details)}`
  out += `,"sec":${t.sec},"ns":${t.ns},"duration":${intText(e.duration)},"level":${e.level},"previous":${e.previousLevel}`
  out += `,"recoverable":${e.recoverable},"name":${text(e.name)},"task":${text(e.taskName)},"group":${text(e.group)}`
  out += `,"tags":${tagsText(e.tags)},"category":${text(e.category)},"data":${dataText(e.data)}`
  if (e.data.points.length !== 1) out += `,"fields":${plainToText(e.fields)}`
  if (e.moreData && e.moreData.length > 0) out += `,"more":[${e.moreData.map(dataText).join(',')}]`
  return flat(`${out}}`)
}

function dataText(d: AlertData): string {
  return `{"name":${text(d.name)},"tags":${tagsText(d.tags)},"batch":${d.isBatch},"points":[${d.points.map(pointText).join(',')}]}`
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
  readonly final?: boolean
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
  const { handler, kind, options, topic } = s
  return { handler, kind, options, topic, event, ...(s.final ? { final: true } : {}) }
}

/** The text form of an event's state; details that can't be rendered become empty. */
export function stateToText(s: EventState): string {
  const { sec, ns } = s.time
  let out = `{"level":${s.level},"message":${text(s.message)},"details":${text(s.details)},"sec":${sec},"ns":${ns}`
  out += `,"duration":${intText(s.duration)},"task":${text(s.task)},"name":${text(s.name)},"group":${text(s.group)}`
  return `${out},"tags":${tagsText(s.tags)},"recoverable":${s.recoverable}}`
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
    recoverable: s.recoverable ?? true,
  }
}
