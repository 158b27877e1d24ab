// A digest: one event that tells of all alerts of a group, and what a group remembers of each between two digests.
// Knows no queue and no clock.
import { compareInt, type Int } from '../base/int64.ts'
import { compareTime, type Time, ZERO_TIME } from '../base/time.ts'
import type { Tags } from '../base/value.ts'
import type { AlertData, AlertEvent, NewAlertEvent } from './event.ts'
import type { Grouping } from './handler-policy.ts'
import { type Level, levelWord, OK } from './level.ts'
import { GoDuration } from './template/go-duration.ts'
import { structType } from './template/go-struct.ts'
import { GoInt, GoSlice } from './template/go-value.ts'
import { templateOf } from './template-cache.ts'
import { goTime, tagMap } from './template-data.ts'

/** An alert of a group as its last event left it. */
export interface Member {
  readonly id: string
  readonly level: Level
  readonly message: string
  readonly time: Time
  readonly duration: Int
  readonly name: string
  readonly task: string
  readonly tags: Tags
  /** The level that the last digest told; OK when none told of it. */
  readonly told: Level
  /** Events since then. */
  readonly events: number
}

/** What a group keeps over a restart. */
export interface DigestGroup {
  readonly tags: Tags
  readonly members: readonly Member[]
  /** When the last digest was made; undefined before the first. */
  readonly toldAt: Time | undefined
  /** The level that it had. */
  readonly level: Level
}

export function memberOf(e: AlertEvent, before: Member | undefined, events: number): Member {
  const { id, level, message, time, duration, name, taskName: task, tags } = e
  const told = before?.told ?? OK
  return { id, level, message, time, duration, name, task, tags, told, events: (before?.events ?? 0) + events }
}

/** The tags by which events belong together, and their values. */
export function groupTags(by: readonly string[], tags: Tags): Tags {
  const names = by.includes('*') ? Object.keys(tags) : by
  const found: Record<string, string> = Object.create(null)
  for (const name of [...names].sort()) found[name] = Object.hasOwn(tags, name) ? tags[name]! : ''
  return found
}

/** `host=a,room=b`; two groups of a handler never share it. */
export function groupKey(tags: Tags): string {
  const quoted = (text: string): string => text.replace(/[\\,=]/g, (c) => `\\${c}`)
  return Object.entries(tags)
    .map(([name, value]) => `${quoted(name)}=${quoted(value)}`)
    .join(',')
}

interface DigestData {
  readonly id: string
  readonly topic: string
  readonly handler: string
  readonly level: Level
  readonly time: Time
  readonly duration: Int
  readonly tags: Tags
  readonly members: readonly Member[]
}

const memberInfo = structType<Member>('alert.digestEvent', [
  { name: 'ID', get: (m) => m.id },
  { name: 'Level', get: (m) => levelWord(m.level) },
  { name: 'PreviousLevel', get: (m) => levelWord(m.told) },
  { name: 'Message', get: (m) => m.message },
  { name: 'Time', get: (m) => goTime(m.time) },
  { name: 'Duration', get: (m) => new GoDuration(m.duration) },
  { name: 'Name', get: (m) => m.name },
  { name: 'TaskName', get: (m) => m.task },
  { name: 'Tags', get: (m) => tagMap(m.tags) },
  { name: 'Events', get: (m) => new GoInt(m.events) },
])

const digestInfo = structType<DigestData>('alert.digest', [
  { name: 'ID', get: (d) => d.id },
  { name: 'Topic', get: (d) => d.topic },
  { name: 'Handler', get: (d) => d.handler },
  { name: 'Level', get: (d) => levelWord(d.level) },
  { name: 'Time', get: (d) => goTime(d.time) },
  { name: 'Duration', get: (d) => new GoDuration(d.duration) },
  { name: 'Tags', get: (d) => tagMap(d.tags) },
  { name: 'Count', get: (d) => new GoInt(d.members.length) },
  { name: 'Active', get: (d) => new GoInt(d.members.filter((m) => m.level !== OK).length) },
  { name: 'Recovered', get: (d) => new GoInt(d.members.filter((m) => m.level === OK).length) },
  {
    name: 'Events',
    get: (d) =>
      new GoSlice(
        'alert.digestEvent',
        d.members.map((m) => memberInfo.of(m)),
      ),
  },
])

const NO_DATA: AlertData = { name: '', tags: {}, points: [], isBatch: false }

export interface DigestSource {
  readonly topic: string
  /** The handler's name in its topic. */
  readonly handler: string
  readonly grouping: Grouping
  readonly tags: Tags
  /** Whom it tells of: all that are not OK, and those that have recovered since the last one. */
  readonly members: readonly Member[]
  /** What triggered the events that are new. */
  readonly data: readonly AlertData[]
  /** Of the digest before. */
  readonly previousLevel: Level
}

/** The most urgent first, then by id. */
function byUrgency(a: Member, b: Member): number {
  return b.level - a.level || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
}

function common<T>(values: readonly T[], otherwise: T): T {
  return values.length > 0 && values.every((v) => v === values[0]) ? values[0]! : otherwise
}

/** The digest as an event. Its id is the same for all digests of a group. Throws TemplateError. */
export function digestEvent(s: DigestSource): AlertEvent {
  const members = s.members.toSorted(byUrgency)
  let time: Time = ZERO_TIME
  let duration: Int = 0
  for (const m of members) {
    if (compareTime(m.time, time) > 0) time = m.time
    if (compareInt(m.duration, duration) > 0) duration = m.duration
  }
  const level = members[0]?.level ?? OK
  const key = groupKey(s.tags)
  const id = `${s.topic}:${s.handler}${key === '' ? '' : `:${key}`}`
  const { topic, handler, tags } = s
  const seen = digestInfo.of({ id, topic, handler, level, time, duration, tags, members })
  const text = (name: 'message' | 'details'): string => templateOf(s.grouping, name, s.grouping[name]).render(seen)
  const event: NewAlertEvent = {
    id,
    message: text('message'),
    details: text('details'),
    time,
    duration,
    level,
    recoverable: true,
    name: common(
      members.map((m) => m.name),
      '',
    ),
    taskName: common(
      members.map((m) => m.task),
      '',
    ),
    group: key,
    tags,
    fields: {},
    category: '',
    data: s.data[0] ?? NO_DATA,
    moreData: s.data.slice(1),
  }
  return { ...event, previousLevel: s.previousLevel }
}

/** The later of two times. */
export function later(a: Time, b: Time): Time {
  return compareTime(a, b) >= 0 ? a : b
}
