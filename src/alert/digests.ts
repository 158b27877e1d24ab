// Gathers the events of handlers that group them, and makes a digest of each group when it is due. What is gathered
// stays in the outbox until the digest takes its place there, in one commit. Knows no queue and no store.
import type { Clock } from '../base/clock.ts'
import { messageOf } from '../base/fault.ts'
import type { Logger } from '../base/logger.ts'
import type { Plain } from '../base/plain.ts'
import { addTime, compareTime, type Time } from '../base/time.ts'
import type { Tags } from '../base/value.ts'
import type { Item } from './delivery-item.ts'
import { type DigestGroup, digestEvent, groupKey, groupTags, later, type Member, memberOf } from './digest.ts'
import type { AlertData } from './event.ts'
import type { HandlerPolicies, PolicedHandler } from './handler-policies.ts'
import type { Grouping } from './handler-policy.ts'
import { type Level, OK } from './level.ts'
import { isMute } from './mute-times.ts'
import { NOTIFY, type Notification, type Outbox } from './outbox.ts'
import type { Silences } from './silences.ts'

/** Nanoseconds until a digest that could not be committed is tried again. */
const AGAIN_NS = 10e9
/** A digest carries the data of so many events at most. */
const MAX_DATA = 100
const MINUTE_SEC = 60

export interface DigestHost<L> {
  readonly clock: Clock
  readonly logger: Logger
  readonly outbox: Outbox
  readonly policies: HandlerPolicies
  readonly silences: Silences | undefined
  /** Never the same for two runs over one store: part of the idempotency keys. */
  readonly runId: string
  /** Most characters that what is gathered for one group may take in the outbox; beyond, its digest is made at once. */
  readonly room: number
  /** The handler groups no more: the item goes on by itself. */
  pass(line: L, item: Item): void
  /** The items need not be sent: a digest tells of them, or has told what they say. */
  gathered(line: L, items: readonly Item[], answer: string): void
}

interface Group<L> {
  readonly handler: string
  readonly key: string
  readonly tags: Tags
  readonly members: Map<string, Member>
  /** The newest item of each alert that no digest has told of. */
  pending: Map<string, { readonly line: L; readonly item: Item }>
  chars: number
  toldAt: Time | undefined
  level: Level
  due: Time | undefined
  cancel: (() => void) | undefined
  sending: boolean
}

/** What is gathered. */
export interface Gathered<L> {
  readonly line: L
  readonly item: Item
  readonly due: Time | undefined
}

export class Digests<L extends { readonly handler: string; readonly topic: string; readonly kind: string }> {
  readonly #host: DigestHost<L>
  /** By handler, then by key. */
  readonly #groups = new Map<string, Map<string, Group<L>>>()
  #ordinal = 0
  #closed = false

  constructor(host: DigestHost<L>) {
    this.#host = host
    host.policies.onChange((handler) => this.#changed(handler))
  }

  /** Takes up what a group remembered when the server ended. */
  restore(handler: string, key: string, g: DigestGroup): void {
    const group = this.#group(handler, key, g.tags)
    for (const m of g.members) group.members.set(m.id, m)
    group.toldAt = g.toldAt
    group.level = g.level
    this.#schedule(group)
  }

  /** Takes an item of a handler that groups. */
  add(line: L, item: Item, grouping: Grouping): void {
    const { event } = item.notification
    const tags = groupTags(grouping.by, event.tags)
    const group = this.#group(line.handler, groupKey(tags), tags)
    const older = group.pending.get(item.id)
    const member = memberOf(event, group.members.get(item.id), 1 + item.standsFor)
    const isNews = member.level !== member.told
    if (!older && !isNews) {
      if (member.level === OK) group.members.delete(item.id)
      else group.members.set(item.id, member)
      this.#host.gathered(line, [item], 'it repeats what the last digest told')
      this.#dropEmpty(group)
      return
    }
    group.members.set(item.id, member)
    if (older) {
      item.standFor(older.item)
      group.chars -= older.item.place.size
      this.#host.gathered(line, [older.item], `${item.key} goes into the digest in its place`)
      this.#host.outbox.keepStands(item.place.number, item.stands)
    }
    group.pending.set(item.id, { line, item })
    group.chars += item.place.size
    this.#schedule(group)
  }

  *gathered(): Iterable<Gathered<L>> {
    for (const groups of this.#groups.values())
      for (const { pending, due } of groups.values()) for (const p of pending.values()) yield { ...p, due }
  }

  close(): void {
    this.#closed = true
    for (const groups of this.#groups.values()) for (const g of groups.values()) g.cancel?.()
  }

  #group(handler: string, key: string, tags: Tags): Group<L> {
    let groups = this.#groups.get(handler)
    if (!groups) this.#groups.set(handler, (groups = new Map()))
    let group = groups.get(key)
    if (!group) {
      const times = { toldAt: undefined, due: undefined, cancel: undefined }
      group = {
        handler,
        key,
        tags,
        members: new Map(),
        pending: new Map(),
        chars: 0,
        level: OK,
        sending: false,
        ...times,
      }
      groups.set(key, group)
    }
    return group
  }

  #dropEmpty(group: Group<L>): void {
    if (group.members.size > 0 || group.pending.size > 0 || group.sending) return
    group.cancel?.()
    const groups = this.#groups.get(group.handler)
    if (groups?.get(group.key) !== group) return
    groups.delete(group.key)
    if (groups.size === 0) this.#groups.delete(group.handler)
  }

  /** Sees to it that the group's next digest is made in time. */
  #schedule(group: Group<L>): void {
    const grouping = this.#host.policies.of(group.handler)?.grouping
    if (!grouping || group.sending) return
    const now = this.#host.clock.now()
    const { toldAt } = group
    if (group.pending.size > 0) {
      const due = toldAt ? addTime(toldAt, grouping.intervalNs) : addTime(now, grouping.waitNs)
      this.#arm(group, group.chars > this.#host.room ? now : later(due, now))
    } else if (toldAt && grouping.repeatNs > 0 && [...group.members.values()].some((m) => m.level !== OK))
      this.#arm(group, later(addTime(toldAt, grouping.repeatNs), now))
  }

  /** At the earlier of this time and the one that is set already. */
  #arm(group: Group<L>, due: Time): void {
    if (this.#closed || (group.due && compareTime(group.due, due) <= 0)) return
    group.cancel?.()
    group.due = due
    group.cancel = this.#host.clock.at(due, () => {
      group.due = undefined
      group.cancel = undefined
      void this.#tell(group)
    })
  }

  async #tell(group: Group<L>): Promise<void> {
    const { clock, policies, outbox, logger } = this.#host
    const handler = policies.of(group.handler)
    const { grouping } = handler ?? {}
    if (!handler || !grouping || group.sending || this.#closed) return
    const now = clock.now()
    if (isMute(handler.mute, now)) {
      this.#arm(group, { sec: (Math.floor(now.sec / MINUTE_SEC) + 1) * MINUTE_SEC, ns: 0 })
      return
    }
    const members = [...group.members.values()].filter((m) => !this.#isSilenced(handler, m))
    const told = members.filter((m) => m.level !== OK || m.told !== OK)
    const taken = members.flatMap((m) => group.pending.get(m.id) ?? [])
    if (told.length === 0 && taken.length === 0) {
      // All of it is silenced: whether it still is will be seen at the next interval.
      if (group.pending.size > 0) this.#arm(group, addTime(now, pauseOf(grouping)))
      return
    }
    for (const { item } of taken) {
      group.pending.delete(item.id)
      group.chars -= item.place.size
    }
    group.sending = true
    try {
      const ids = new Set(told.map((m) => m.id))
      const data = taken
        .filter(({ item }) => ids.has(item.id))
        .slice(0, MAX_DATA)
        .flatMap(({ item }) => dataOf(item))
      const records = told.length > 0 ? [this.#record(group, handler, grouping, told, data)] : []
      const after = this.#after(group, told, now)
      await outbox.exchange({
        settles: taken.map(({ item }) => item.place.number),
        records,
        digest: { handler: group.handler, key: group.key, group: after },
      })
      this.#told(group, told, after)
      for (const line of new Set(taken.map((t) => t.line)))
        this.#host.gathered(
          line,
          taken.filter((t) => t.line === line).map((t) => t.item),
          records.length > 0 ? 'a digest tells of it' : 'it was over before the digest',
        )
    } catch (e) {
      logger.limited(`digest:${group.handler}`, 10_000).error('a digest can not be made', {
        handler: group.handler,
        group: group.key,
        err: messageOf(e),
      })
      this.#takeBack(group, taken)
      this.#arm(group, addTime(now, AGAIN_NS))
    }
    group.sending = false
    this.#schedule(group)
    this.#dropEmpty(group)
  }

  #isSilenced({ topic }: PolicedHandler, m: Member): boolean {
    const { id, level, task, name, tags } = m
    return this.#host.silences?.holding({ topic, id, level, task, name, tags }) !== undefined
  }

  #record(
    group: Group<L>,
    { topic, kind, options }: PolicedHandler,
    grouping: Grouping,
    members: readonly Member[],
    data: readonly AlertData[],
  ) {
    const { handler, tags, level: previousLevel } = group
    const name = handler.slice(topic.length + 1)
    const event = digestEvent({ topic, handler: name, grouping, tags, members, data, previousLevel })
    const payload: Notification = { handler, kind, options, topic, event, final: true }
    const ordinal = this.#ordinal++
    const { runId: run } = this.#host
    return { run, task: '', node: handler, seq: 0, ordinal, kind: NOTIFY, payload: payload as unknown as Plain }
  }

  /** What the group remembers once these have been told; undefined when there is nothing. */
  #after(group: Group<L>, told: readonly Member[], toldAt: Time): DigestGroup | undefined {
    const after = new Map([...group.members].filter(([, m]) => m.told !== OK))
    for (const m of told) {
      if (m.level === OK) after.delete(m.id)
      else after.set(m.id, { ...m, told: m.level, events: 0 })
    }
    if (after.size === 0) return undefined
    const level = Math.max(...told.map((m) => m.level), OK) as Level
    return { tags: group.tags, members: [...after.values()], toldAt, level }
  }

  /** Takes note of what a digest has told; what came meanwhile is new. */
  #told(group: Group<L>, told: readonly Member[], after: DigestGroup | undefined): void {
    group.toldAt = after?.toldAt
    group.level = after?.level ?? OK
    for (const was of told) {
      const now = group.members.get(was.id)!
      group.members.set(was.id, { ...now, told: was.level, events: now.events - was.events })
    }
    for (const [id, m] of group.members)
      if (m.level === OK && m.told === OK && !group.pending.has(id)) group.members.delete(id)
  }

  #takeBack(group: Group<L>, taken: readonly { readonly line: L; readonly item: Item }[]): void {
    for (const t of taken) {
      const newer = group.pending.get(t.item.id)
      if (newer) {
        newer.item.standFor(t.item)
        this.#host.gathered(t.line, [t.item], `${newer.item.key} goes into the digest in its place`)
        this.#host.outbox.keepStands(newer.item.place.number, newer.item.stands)
        continue
      }
      group.pending.set(t.item.id, t)
      group.chars += t.item.place.size
    }
  }

  /** A handler was changed or is gone: what was gathered for it goes its new way. */
  #changed(handler: string): void {
    const groups = this.#groups.get(handler)
    if (!groups) return
    this.#groups.delete(handler)
    const grouping = this.#host.policies.of(handler)?.grouping
    const items = [...groups.values()].flatMap((g) => [...g.pending.values()])
    for (const g of groups.values()) {
      g.cancel?.()
      const forget = { settles: [], records: [], digest: { handler, key: g.key, group: undefined } }
      this.#host.outbox.exchange(forget).catch((e: unknown) => {
        this.#host.logger.error('a group of a handler can not be forgotten', { handler, err: messageOf(e) })
      })
    }
    for (const { line, item } of items.sort((a, b) => a.item.place.number - b.item.place.number)) {
      if (grouping) this.add(line, item, grouping)
      else this.#host.pass(line, item)
    }
  }
}

/** At least a second, so that nothing turns in circles. */
function pauseOf({ intervalNs }: Grouping) {
  return intervalNs > 1e9 ? intervalNs : 1e9
}

function dataOf(item: Item): readonly AlertData[] {
  const { event } = item.notification
  return [event.data, ...(event.moreData ?? [])]
}
