// All topics of a server: takes events in, keeps their states, and says which handler is owed what. State changes
// and notifications go through the same stage, so that they are committed together. Knows no store, queue or clock.

import { addInt, type Int } from '../base/int64.ts'
import type { Logger } from '../base/logger.ts'
import { PathPattern } from '../base/path-match.ts'
import type { Plain } from '../base/plain.ts'
import { compareTime, subTime, type Time } from '../base/time.ts'
import type { Tags } from '../base/value.ts'
import { TopicEvent } from './delivery-event.ts'
import type { AlertEvent, EventState, NewAlertEvent } from './event.ts'
import type { HandlerSet, ReadyHandler } from './handler-set.ts'
import { Inhibitors } from './inhibitors.ts'
import type { LazyText } from './lazy-text.ts'
import { type Level, OK } from './level.ts'
import { NOTIFY, TOPIC_STATE, type TopicStateChange } from './outbox.ts'
import type { AlertSink, InlineHandler, Stage } from './sink.ts'
import { StagedNotification } from './staged-notification.ts'
import { Topic } from './topic.ts'

/** Publishing goes at most so many topics deep. */
const MAX_PUBLISH_DEPTH = 16
/** From so many notifications in one go on, they are kept as text. */
const MANY = 32

/** A handler of a topic, as collect sees it. */
export interface AttachedHandler {
  /** Unique in its topic: the name of its queue within the topic. */
  readonly name: string
  readonly handler: ReadyHandler
  /** Whether the handler takes the event; all when not given. Errors are its own affair: it answers false. */
  readonly match?: ((event: AlertEvent) => boolean) | undefined
  /** Topics that take the event too, at once, instead of a notification. */
  readonly publish?: readonly string[] | undefined
  /** Takes the event itself, instead of a notification. */
  readonly take?: ((event: AlertEvent, stage: Stage) => void) | undefined
}

export interface SavedState {
  readonly topic: string
  readonly id: string
  readonly state: EventState
}

/** Removes saved states outside of any turn. */
export interface SavedStates {
  removeTopic(topic: string): void
  removeEvent(topic: string, id: string): void
}

export interface TopicsOptions {
  readonly handlers: HandlerSet
  readonly logger: Logger
  /** States from an earlier run of the server. */
  readonly saved?: Iterable<SavedState>
  readonly store?: SavedStates
  /** Handlers that every alert node gets which has none of their kind, and whether it sends state changes only. */
  readonly global?: AlertSink['global']
}

export interface TopicSummary {
  readonly id: string
  readonly level: Level
  readonly collected: number
}

/** `RUN:TASK:NODE` */
const INLINE_TOPIC = /^[^:]+:[^:]+:[a-z_]+\d+$/
const NO_STATES: ReadonlyMap<string, EventState> = new Map()

export class Topics implements AlertSink {
  readonly #o: TopicsOptions
  readonly #live = new Map<string, Topic>()
  /** States of topics that are closed: shown nowhere, found again by the next run. */
  readonly #closed = new Map<string, ReadonlyMap<string, EventState>>()
  /** Handlers of scripts, by topic. */
  readonly #inline = new Map<string, readonly AttachedHandler[]>()
  /** The same of topics that are closed, for recoveries of their events. */
  readonly #resting = new Map<string, readonly AttachedHandler[]>()
  /** Handlers that were defined for a topic by name. */
  readonly #defined = new Map<string, readonly AttachedHandler[]>()
  readonly #inhibitors = new Inhibitors()
  /** Notifications that were staged in one go. */
  #staged = 0

  constructor(o: TopicsOptions) {
    this.#o = o
    for (const { topic, id, state } of o.saved ?? []) {
      // Inline topics stay hidden until their task opens them.
      if (INLINE_TOPIC.test(topic)) {
        const states = (this.#closed.get(topic) as Map<string, EventState> | undefined) ?? new Map()
        this.#closed.set(topic, states.set(id, state))
      } else this.#topic(topic).set(id, state)
    }
  }

  // ---- the alert nodes' side ----

  open(topic: string, _taskId: string, handlers: readonly InlineHandler[]): void {
    const ready = handlers.map((h, i): AttachedHandler => {
      const handler = this.#o.handlers.ofScript(h)
      return { name: `#${i}`, handler }
    })
    this.#inline.set(topic, ready)
    this.#resting.delete(topic)
    this.#topic(topic)
  }

  close(topic: string): void {
    const inline = this.#inline.get(topic)
    if (inline) this.#resting.set(topic, inline)
    this.#inline.delete(topic)
    const live = this.#live.get(topic)
    if (!live || this.#defined.has(topic)) return
    this.#live.delete(topic)
    if (live.saved.size > 0) this.#closed.set(topic, live.saved)
  }

  /** Closes what a task has open, for a task that ended without doing so. */
  closeTask(runId: string, taskId: string): void {
    const prefix = `${runId}:${taskId}:`
    for (const topic of [...this.#inline.keys()]) if (topic.startsWith(prefix)) this.close(topic)
    this.#inhibitors.release(prefix)
  }

  collect(topics: readonly string[], event: NewAlertEvent, stage: Stage): void {
    for (let i = 0; i < topics.length; i++) this.#collect(topics[i]!, event, stage, 0)
  }

  state(topic: string, id: string): EventState | undefined {
    return this.#live.get(topic)?.state(id) ?? this.#closed.get(topic)?.get(id)
  }

  restore(topic: string, id: string, state: EventState, stage: Stage): void {
    const live = this.#topic(topic)
    const before = live.levelOf(id)
    live.set(id, state)
    stageState(live, id, state, before, stage)
  }

  global(inline: readonly InlineHandler[]): ReturnType<AlertSink['global']> {
    return this.#o.global?.(inline) ?? { handlers: [], stateChangesOnly: false }
  }

  inhibit(owner: string, category: string, tags: Tags, on: boolean): void {
    this.#inhibitors.set(owner, category, tags, on)
  }

  inhibited(category: string, tags: Tags): boolean {
    return this.#inhibitors.holds(category, tags)
  }

  releaseInhibitors(ownerPrefix: string): void {
    this.#inhibitors.release(ownerPrefix)
  }

  // ---- the API's side ----

  /** Topics in order of their ids. Throws BadPattern. */
  list(pattern: string, min: Level): TopicSummary[] {
    const wanted = pattern === '' ? undefined : new PathPattern(pattern)
    return [...this.#live.values()]
      .filter((t) => t.level >= min && (wanted?.matches(t.id) ?? true))
      .map(summaryOf)
      .sort((a, b) => (a.id < b.id ? -1 : 1))
  }

  get(topic: string): TopicSummary | undefined {
    const live = this.#live.get(topic)
    return live && summaryOf(live)
  }

  /** Events at or above a level; undefined when there is no such topic. */
  events(topic: string, min: Level): readonly (readonly [string, EventState])[] | undefined {
    return this.#live.get(topic)?.events(min)
  }

  event(topic: string, id: string): EventState | undefined {
    return this.#live.get(topic)?.state(id)
  }

  /** Forgets a topic's events, also on disk. Its handlers stay and get what comes next. */
  delete(topic: string): void {
    const live = this.#live.get(topic)
    if (live) live.gone = true
    this.#live.delete(topic)
    this.#closed.delete(topic)
    this.#o.store?.removeTopic(topic)
  }

  /** Forgets one event of a topic, also on disk, without telling anybody. */
  forget(topic: string, id: string): void {
    if (this.#live.get(topic)?.forget(id)) this.#o.store?.removeEvent(topic, id)
  }

  /** Gives a recovery to every event of a task that is not OK: the task is to be deleted. Returns how many. */
  recoverTask(runId: string, taskId: string, now: Time, stage: Stage): number {
    let n = 0
    for (const [id, handlers] of this.#resting) {
      if (!id.startsWith(`${runId}:${taskId}:`)) continue
      this.#resting.delete(id)
      this.#inline.set(id, handlers)
    }
    for (const id of [...this.#live.keys(), ...this.#closed.keys()]) {
      const states = this.#live.get(id)?.saved ?? this.#closed.get(id)!
      for (const [event, state] of [...states]) {
        if (state.task !== taskId || !state.recoverable) continue
        this.#collect(id, recoveryOf(event, state, now), stage, 0)
        n++
      }
    }
    return n
  }

  /** Forgets all inline topics of a task: it was deleted. */
  deleteTask(runId: string, taskId: string): void {
    this.#deleteAll(`${runId}:${taskId}:`)
  }

  /** Forgets all inline topics of a run: a replay has ended. */
  deleteRun(runId: string): void {
    this.#deleteAll(`${runId}:`)
  }

  /** A handler that gets the events of a topic now, by its name there. */
  handler(topic: string, name: string): ReadyHandler | undefined {
    const all = [...(this.#inline.get(topic) ?? []), ...(this.#defined.get(topic) ?? [])]
    return all.find((h) => h.name === name)?.handler
  }

  /** Handlers that were defined for a topic, in the order they are asked. An empty list takes them all away. */
  attach(topic: string, handlers: readonly AttachedHandler[]): void {
    if (handlers.length === 0) this.#defined.delete(topic)
    else {
      this.#defined.set(topic, handlers)
      this.#topic(topic)
    }
  }

  /**
   * The same topics for a run that must leave these alone: with their states and handlers as they are now, stored
   * nowhere. Handlers that take events themselves have a state of their own and are left out.
   */
  copy(): Topics {
    const { handlers, logger, global } = this.#o
    const copy = new Topics({ handlers, logger, ...(global ? { global } : {}) })
    for (const live of this.#live.values()) {
      const topic = copy.#topic(live.id)
      for (const [id, state] of live.saved) topic.set(id, state)
    }
    for (const [topic, attached] of this.#defined)
      copy.attach(
        topic,
        attached.filter((h) => !h.take),
      )
    return copy
  }

  #deleteAll(prefix: string): void {
    const known = [this.#live, this.#closed, this.#inline, this.#resting].flatMap((map) => [...map.keys()])
    for (const topic of new Set(known)) {
      if (!topic.startsWith(prefix)) continue
      this.#inline.delete(topic)
      this.#resting.delete(topic)
      this.delete(topic)
    }
  }

  #topic(id: string): Topic {
    let topic = this.#live.get(id)
    if (!topic) {
      topic = new Topic(id)
      for (const [event, state] of this.#closed.get(id) ?? NO_STATES) topic.set(event, state)
      this.#closed.delete(id)
      this.#live.set(id, topic)
    }
    return topic
  }

  #collect(id: string, event: NewAlertEvent, stage: Stage, depth: number): void {
    const topic = this.#topic(id)
    const previous = topic.levelOf(event.id)
    topic.collected++
    const state = new KeptState(event)
    topic.set(event.id, state)
    stageState(topic, event.id, state, previous, stage)
    const inline = this.#inline.get(id)
    const defined = this.#defined.get(id)
    if (!inline && !defined) return
    const within = new TopicEvent(event, previous)
    if (inline) for (const h of inline) this.#hand(id, h, within, stage, depth)
    if (defined) for (const h of defined) this.#hand(id, h, within, stage, depth)
  }

  #hand(topic: string, h: AttachedHandler, event: TopicEvent, stage: Stage, depth: number): void {
    if (h.match && !h.match(event)) return
    if (h.publish) {
      if (depth < MAX_PUBLISH_DEPTH) for (const t of h.publish) this.#collect(t, event.of, stage, depth + 1)
      else this.#o.logger.error('topics publish to each other in a circle', { topic, event: event.id })
      return
    }
    if (h.take) {
      h.take(event, stage)
      return
    }
    // Whoever has handlers wants to know now when the details can't be rendered.
    event.of.lazyDetails?.text
    const { declaration, options } = h.handler
    const n = new StagedNotification(`${topic}/${h.name}`, declaration.kind, options, topic, event)
    if (++this.#staged === 1) queueMicrotask(() => (this.#staged = 0))
    else if (this.#staged > MANY) n.write()
    stage.owe(NOTIFY, n as unknown as Plain)
  }
}

function recoveryOf(id: string, s: EventState, now: Time): NewAlertEvent {
  const time = compareTime(now, s.time) > 0 ? now : s.time
  return {
    id,
    message: `${id} is OK: task ${s.task} was deleted`,
    details: '',
    time,
    duration: addInt(s.duration, subTime(time, s.time)),
    level: OK,
    recoverable: true,
    name: s.name,
    taskName: s.task,
    group: s.group,
    tags: s.tags,
    fields: {},
    category: '',
    data: { name: s.name, tags: s.tags, points: [], isBatch: false },
  }
}

function summaryOf(t: Topic): TopicSummary {
  return { id: t.id, level: t.level, collected: t.collected }
}

/** OK states need not be kept; what was OK and stays so changes nothing. */
function stageState(topic: Topic, id: string, state: EventState, before: Level, stage: Stage): void {
  if (state.level === OK && before === OK) return
  const change: TopicStateChange = { topic: topic.id, of: topic, id, state: state.level === OK ? undefined : state }
  stage.owe(TOPIC_STATE, change as unknown as Plain)
}

/** Details are rendered only when somebody looks. */
class KeptState implements EventState {
  readonly level: Level
  readonly message: string
  readonly time: Time
  readonly duration: Int
  readonly task: string
  readonly name: string
  readonly group: string
  readonly tags: Tags
  readonly recoverable: boolean
  readonly #details: LazyText | string

  constructor(e: NewAlertEvent) {
    this.level = e.level
    this.message = e.message
    this.time = e.time
    this.duration = e.duration
    this.task = e.taskName
    this.name = e.name
    this.group = e.group
    this.tags = e.tags
    this.recoverable = e.recoverable
    this.#details = e.lazyDetails ?? e.details
  }

  get details(): string {
    return typeof this.#details === 'string' ? this.#details : this.#details.textOrEmpty
  }
}
