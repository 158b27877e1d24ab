// Notifications, handlers at work and dead letters as JSON.
import { alertJson } from '../../alert/alert-json.ts'
import type { HandlerView } from '../../alert/dispatcher.ts'
import { type Level, levelWord } from '../../alert/level.ts'
import type { Notification } from '../../alert/outbox.ts'
import { RawJson, type Writable } from '../../base/json-writer.ts'
import { type DeliveryView, handlerName, type LetterView } from '../delivery-service.ts'
import { formatLocalTime } from './local-time.ts'
import { selfLink } from './task-json.ts'

export const ALERTS = '/kapacitor/v1/alerts'

export function deliveryJson(d: DeliveryView): Writable {
  return {
    topic: d.topic,
    handler: handlerName(d),
    kind: d.kind,
    id: d.id,
    level: levelWord(d.level),
    key: d.key,
    state: d.state,
    at: formatLocalTime(d.at),
    attempts: d.attempts,
    answer: d.answer,
    'stands-for': d.standsFor,
    'next-try': d.due && formatLocalTime(d.due),
  }
}

export function handlerViewJson(h: HandlerView): Writable {
  return {
    topic: h.topic,
    handler: handlerName(h),
    kind: h.kind,
    waiting: h.waiting,
    'waiting-bytes': h.chars,
    delivered: h.delivered,
    retried: h.retried,
    dead: h.dead,
    superseded: h.superseded,
    silenced: h.silenced,
    'last-error': h.lastError,
    'last-error-at': h.lastErrorAt && formatLocalTime(h.lastErrorAt),
  }
}

export function letterJson(l: LetterView, n?: Notification): Writable {
  return {
    link: selfLink(`${ALERTS}/dead-letters/${l.number}`),
    id: l.number,
    topic: l.topic,
    handler: handlerName(l),
    kind: l.kind,
    event: l.id,
    level: levelWord(l.level as Level),
    key: l.key,
    at: formatLocalTime(l.at),
    attempts: l.attempts,
    reason: l.reason,
    'stands-for': l.standsFor,
    alert: n && new RawJson(alertJson(n.event)),
  }
}
