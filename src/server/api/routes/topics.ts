// Routes of the alert topics: their levels, their events, and the handlers that users define for them.
import Type from 'typebox'
import { type Level, parseLevel } from '../../../alert/level.ts'
import { quoteText } from '../../../alert/template/go-quote.ts'
import { Fault, messageOf } from '../../../base/fault.ts'
import { readFirstJson } from '../../../base/json-reader.ts'
import { BadPattern } from '../../../base/path-match.ts'
import type { Query } from '../query.ts'
import { type ApiReply, type ApiRequest, defineBytesRoute, defineRoute, json, NO_CONTENT } from '../route.ts'
import { ErrorReply, Event, EventList, Handler, HandlerList, NoContent, Topic, TopicList } from '../schemas.ts'
import type { Services } from '../services.ts'
import { selfLink } from '../task-json.ts'
import { type EventOptions, eventJson, handlerJson, TOPICS, topicJson } from '../topic-json.ts'

const tag = 'topics'
const BELOW = `${TOPICS}/*`

/** What a path below the topics is about. */
interface Place {
  readonly topic: string
  readonly part: 'topic' | 'events' | 'handlers'
  /** Of the event or the handler; undefined when the path ends before it. */
  readonly id: string | undefined
}

/**
 * Topics and events may have slashes in their ids. Where a path can be read in several ways, the first one whose topic
 * there is counts, else the one with the shortest topic.
 */
function placeOf(s: Services, path: string): Place {
  const places: Place[] = []
  for (const m of path.matchAll(/\/(events|handlers)(?=\/|$)/g)) {
    const rest = path.slice(m.index + m[0].length)
    const id = rest === '' ? undefined : rest.slice(1)
    // No handler's id has a slash in it.
    if (m[1] === 'handlers' && id?.includes('/')) continue
    places.push({ topic: path.slice(0, m.index), part: m[1] as 'events' | 'handlers', id })
  }
  const whole: Place = { topic: path, part: 'topic', id: undefined }
  if (places.length === 0 || s.topics.get(path)) return whole
  return places.find((p) => s.topics.get(p.topic)) ?? places[0]!
}

function minLevel(query: Query): Level {
  const text = query.get('min-level')
  const level = parseLevel(text)
  if (level === undefined) throw new Fault('bad-level', `unknown alert level '${text.toUpperCase()}'`, { status: 400 })
  return level
}

/** A pattern that can't be read is the request's fault here. */
function matching<T>(list: () => T): T {
  try {
    return list()
  } catch (e) {
    if (!(e instanceof BadPattern)) throw e
    throw new Fault('bad-pattern', `invalid pattern: ${e.message}`, { status: 400 })
  }
}

function eventOptions(s: Services, query: Query): EventOptions {
  return query.get('show') === 'task' ? { isGone: (task) => s.tasks.get(task) === undefined } : {}
}

const levelParameter = {
  'min-level': Type.Optional(
    Type.String({ description: '`OK` (default), `INFO`, `WARNING` or `CRITICAL`, or a beginning of it.' }),
  ),
}
const pattern = Type.Optional(Type.String({ description: 'Shell pattern on the id.' }))
const show = Type.Optional(
  Type.Literal('task', { description: 'Adds to each event the task it came from, and whether that task is gone.' }),
)

export const listTopics = defineRoute({
  method: 'GET',
  path: TOPICS,
  summary: 'Topics in the order of their ids.',
  tag,
  query: Type.Object({ pattern, ...levelParameter }),
  replies: { 200: TopicList, 400: ErrorReply },
  handle(s, r) {
    const min = minLevel(r.query)
    const topics = matching(() => s.topics.list(r.query.get('pattern'), min))
    return json(200, { link: selfLink(r.uri), topics: topics.map(topicJson) })
  },
})

export const getTopic = defineRoute({
  method: 'GET',
  path: BELOW,
  shownPath: `${TOPICS}/{topic}`,
  summary:
    'A topic; its events with `/events` behind it, one of them with `/events/ID`; likewise `/handlers` and `/handlers/ID`.',
  tag,
  query: Type.Object({ pattern, show, ...levelParameter }),
  replies: {
    200: Type.Union([Topic, EventList, Event, HandlerList, Handler]),
    400: ErrorReply,
    404: ErrorReply,
    500: ErrorReply,
  },
  handle(s, r) {
    const { topic, part, id } = placeOf(s, r.rest)
    if (part === 'events') return id === undefined ? listEvents(s, r, topic) : getEvent(s, r, topic, id)
    if (part === 'handlers')
      return id === undefined ? listHandlers(s, r, topic) : json(200, handlerJson(s.topicHandlers.get(topic, id)))
    const found = s.topics.get(topic)
    if (!found) throw unknownTopic(topic)
    return json(200, topicJson(found))
  },
})

function listEvents(s: Services, r: ApiRequest<undefined>, topic: string): ApiReply {
  const min = minLevel(r.query)
  const events = s.topics.events(topic, min)
  if (!events)
    throw new Fault('no-topic', `failed to get topic events: unknown topic ${quoteText(topic)}`, { status: 404 })
  const options = eventOptions(s, r.query)
  return json(200, {
    link: selfLink(`${TOPICS}/${topic}/events`),
    topic,
    events: events.map(([id, state]) => eventJson(topic, id, state, options)),
  })
}

function getEvent(s: Services, r: ApiRequest<undefined>, topic: string, id: string): ApiReply {
  const state = s.topics.event(topic, id)
  if (!state) {
    const text = `unknown event ${quoteText(id)} in topic ${quoteText(topic)}`
    throw new Fault('no-event', text, { status: 404 })
  }
  return json(200, eventJson(topic, id, state, eventOptions(s, r.query)))
}

function listHandlers(s: Services, r: ApiRequest<undefined>, topic: string): ApiReply {
  const handlers = matching(() => s.topicHandlers.list(topic, r.query.get('pattern')))
  return json(200, { link: selfLink(r.uri), topic, handlers: handlers.map(handlerJson) })
}

function unknownTopic(topic: string): Fault {
  return new Fault('no-topic', `unknown topic: ${quoteText(topic)}`, { status: 404 })
}

export const deleteTopic = defineRoute({
  method: 'DELETE',
  path: BELOW,
  shownPath: `${TOPICS}/{topic}`,
  summary:
    'Forgets a topic with its events, its handlers stay; with `/events/ID` behind it only that event, with `/handlers/ID` the handler. No error when there is none.',
  tag,
  replies: { 204: NoContent, 404: ErrorReply },
  handle(s, r) {
    const { topic, part, id } = placeOf(s, r.rest)
    if (part === 'topic') s.topics.delete(topic)
    else if (id === undefined) throw notFound()
    else if (part === 'events') s.topics.forget(topic, id)
    else s.topicHandlers.remove(topic, id)
    return NO_CONTENT
  },
})

function notFound(): Fault {
  return new Fault('not-found', 'Not Found', { status: 404 })
}

/** The body's JSON. `says` begins the message when it is none. */
function bodyOf(r: ApiRequest<Buffer>, says: string): unknown {
  try {
    return readFirstJson(r.body.toString('utf8'))
  } catch (e) {
    throw new Fault('bad-body', `${says}: ${messageOf(e)}`, { status: 400 })
  }
}

const HandlerBody = Type.Object(
  {
    id: Type.String({ description: 'Letters, digits, `-`, `.` and `_`; unique in its topic.' }),
    kind: Type.String({ description: 'What the handler does: `slack`, `log`, `post` …' }),
    options: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: "The kind's own options." })),
    match: Type.Optional(
      Type.String({ description: 'An expression that says which events it takes; all when empty.' }),
    ),
  },
  { title: 'Handler definition' },
)

export const createHandler = defineBytesRoute({
  method: 'POST',
  path: BELOW,
  shownPath: `${TOPICS}/{topic}/handlers`,
  summary: 'Defines a handler: it gets the events of the topic from now on.',
  tag,
  body: HandlerBody,
  replies: { 200: Handler, 400: ErrorReply, 409: ErrorReply },
  handle(s, r) {
    const topic = r.rest.includes('/') ? r.rest.slice(0, r.rest.indexOf('/')) : r.rest
    return json(200, handlerJson(s.topicHandlers.create(topic, bodyOf(r, 'invalid handler json'))))
  },
})

function handlerPlace(s: Services, r: ApiRequest<Buffer>): { readonly topic: string; readonly id: string } {
  const { topic, part, id } = placeOf(s, r.rest)
  if (part !== 'handlers' || id === undefined) throw notFound()
  // Who names no handler is told so, whatever the body says.
  s.topicHandlers.get(topic, id)
  return { topic, id }
}

export const replaceHandler = defineBytesRoute({
  method: 'PUT',
  path: BELOW,
  shownPath: `${TOPICS}/{topic}/handlers/{id}`,
  summary: 'Replaces a handler as a whole; another id in the body renames it.',
  tag,
  body: HandlerBody,
  replies: { 200: Handler, 400: ErrorReply, 404: ErrorReply, 409: ErrorReply },
  handle(s, r) {
    const { topic, id } = handlerPlace(s, r)
    return json(200, handlerJson(s.topicHandlers.replace(topic, id, bodyOf(r, 'failed to unmarshal JSON'))))
  },
})

export const patchHandler = defineBytesRoute({
  method: 'PATCH',
  path: BELOW,
  shownPath: `${TOPICS}/{topic}/handlers/{id}`,
  summary: 'Changes a handler by a JSON Patch (RFC 6902) over its id, kind, options and match.',
  tag,
  body: Type.Array(
    Type.Object({
      op: Type.String({ description: '`add`, `remove`, `replace`, `move`, `copy` or `test`.' }),
      path: Type.String({ description: '`/match`, `/options/url` …' }),
      value: Type.Optional(Type.Unknown()),
      from: Type.Optional(Type.String({ description: 'Of `move` and `copy`.' })),
    }),
  ),
  replies: { 200: Handler, 400: ErrorReply, 404: ErrorReply, 409: ErrorReply },
  handle(s, r) {
    const { topic, id } = handlerPlace(s, r)
    return json(200, handlerJson(s.topicHandlers.patch(topic, id, bodyOf(r, 'invalid patch json'))))
  },
})
