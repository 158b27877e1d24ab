// Topics, their events and their handlers as JSON, in the API's fixed order.
import type { EventState } from '../../alert/event.ts'
import { levelWord } from '../../alert/level.ts'
import type { HandlerSpec } from '../../alert/topic-handlers.ts'
import type { TopicSummary } from '../../alert/topics.ts'
import { formatGoDuration } from '../../base/duration.ts'
import type { Writable } from '../../base/json-writer.ts'
import { formatTime } from '../../base/time.ts'
import { selfLink } from './task-json.ts'

export const TOPICS = '/kapacitor/v1/alerts/topics'

export function topicJson(t: TopicSummary): Writable {
  const path = `${TOPICS}/${t.id}`
  return {
    link: selfLink(path),
    id: t.id,
    level: levelWord(t.level),
    collected: t.collected,
    'events-link': { rel: 'events', href: `${path}/events` },
    'handlers-link': { rel: 'handlers', href: `${path}/handlers` },
  }
}

/** Where an event is found. The id stands in it as it is, but for one that would not survive as a path. */
function eventPath(topic: string, id: string): string {
  const broken = id.split('/').some((segment) => segment === '' || segment === '.' || segment === '..')
  return `${TOPICS}/${topic}/events/${broken ? encodeURIComponent(id) : id}`
}

export interface EventOptions {
  /** Whether a task is gone; given when it is to be shown whose events they are. */
  readonly isGone?: ((task: string) => boolean) | undefined
}

export function eventJson(topic: string, id: string, s: EventState, o: EventOptions): Writable {
  return {
    link: selfLink(eventPath(topic, id)),
    id,
    state: {
      message: s.message,
      details: s.details,
      time: formatTime(s.time),
      duration: formatGoDuration(s.duration),
      level: levelWord(s.level),
      ...(o.isGone ? { task: s.task, 'task-gone': s.task !== '' && o.isGone(s.task) } : {}),
    },
  }
}

export function handlerJson(h: HandlerSpec): Writable {
  return {
    link: selfLink(`${TOPICS}/${h.topic}/handlers/${h.id}`),
    id: h.id,
    kind: h.kind,
    options: h.options as Writable,
    match: h.match,
  }
}
