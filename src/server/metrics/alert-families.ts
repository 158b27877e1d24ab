// Figures of topics, handlers and of what is owed to the outside.
import type { DeliveryCounts, Dispatcher, HandlerView } from '../../alert/dispatcher.ts'
import type { Topics } from '../../alert/topics.ts'
import { handlerName } from '../delivery-service.ts'
import type { StoredOutbox } from '../outbox.ts'
import { each, type Family, labels, single } from './metrics-text.ts'

/** Topics, and handlers, that are told by name. */
export const MAX_NAMES = 2_000

export interface AlertParts {
  readonly topics: Topics
  readonly dispatcher: Dispatcher
  readonly outbox: StoredOutbox
}

const COUNTS: readonly (readonly [keyof DeliveryCounts, suffix: string, help: string])[] = [
  ['delivered', 'delivered_total', 'Notifications that arrived.'],
  ['retried', 'retries_total', 'Tries that failed and will be made again.'],
  ['dead', 'dead_total', 'Notifications that were given up: they are dead letters now.'],
  ['superseded', 'superseded_total', 'Notifications in whose place a newer one of the same alert went.'],
  ['silenced', 'silenced_total', 'Notifications that were not sent because of a silence or mute time.'],
]

export function* alertFamilies({ topics, dispatcher, outbox }: AlertParts): Iterable<Family> {
  const allTopics = topics.list('', 0)
  const shown = allTopics.slice(0, MAX_NAMES)
  const ofTopic = (t: { readonly id: string }): string => labels({ topic: t.id })
  yield each(
    shown,
    'supercap_topic_events_total',
    'counter',
    'Events that the topic took.',
    ofTopic,
    (t) => t.collected,
  )
  yield each(
    shown,
    'supercap_topic_level',
    'gauge',
    'The highest level of its events: 0 OK, 1 INFO, 2 WARNING, 3 CRITICAL.',
    ofTopic,
    (t) => t.level,
  )
  const stats = dispatcher.stats()
  for (const [key, suffix, help] of COUNTS)
    yield single(`supercap_notifications_${suffix}`, 'counter', `${help} Of all handlers.`, stats[key])
  yield single('supercap_notifications_waiting', 'gauge', 'Notifications that wait for their handlers.', stats.waiting)

  const allHandlers = dispatcher.handlers()
  const handlers = allHandlers.slice(0, MAX_NAMES)
  const of = (h: HandlerView): string => labels({ topic: h.topic, handler: handlerName(h), kind: h.kind })
  for (const [key, suffix, help] of COUNTS)
    yield each(handlers, `supercap_handler_${suffix}`, 'counter', `${help} Of one handler.`, of, (h) => h[key])
  yield each(
    handlers,
    'supercap_handler_waiting',
    'gauge',
    'Notifications that wait for the handler.',
    of,
    (h) => h.waiting,
  )
  yield each(
    handlers,
    'supercap_handler_failing',
    'gauge',
    'Whether the last try of the handler failed: 1 or 0.',
    of,
    (h) => (h.lastError === '' ? 0 : 1),
  )
  const leftOut = { topics: allTopics.length - shown.length, handlers: allHandlers.length - handlers.length }
  yield each(
    Object.entries(leftOut),
    'supercap_metrics_left_out',
    'gauge',
    'How many are not told by name here, because there are too many.',
    ([what]) => labels({ what }),
    ([, n]) => n,
  )
  yield single('supercap_dead_letters', 'gauge', 'Dead letters that are kept.', outbox.letters.size)
  yield single(
    'supercap_dead_letters_dropped_total',
    'counter',
    'Dead letters that had to go because their handler had too many.',
    outbox.letters.dropped,
  )
  yield single(
    'supercap_outbox_records',
    'gauge',
    'Records on disk that are owed to the outside: notifications, posts, lines for InfluxDB.',
    outbox.waiting,
  )
}
