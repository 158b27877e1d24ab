// Routes of delivery: what became of notifications, the handlers at work, and the dead letters with what can be done
// about them.
import Type from 'typebox'
import { WAITING_STATES } from '../../../alert/dispatcher.ts'
import { DELIVERY_STATES } from '../../../alert/outbox.ts'
import { quoteText } from '../../../alert/template/go-quote.ts'
import { Fault } from '../../../base/fault.ts'
import type { LetterFilter } from '../../dead-letters.ts'
import type { DeliveryFilter } from '../../delivery-service.ts'
import { ALERTS, deliveryJson, handlerViewJson, letterJson } from '../delivery-json.ts'
import { readPage, takePage } from '../page.ts'
import type { Query } from '../query.ts'
import { defineRoute, json, NO_CONTENT } from '../route.ts'
import { ErrorReply, LevelName, Link, NoContent, oneOf, PageQuery } from '../schemas.ts'
import { selfLink } from '../task-json.ts'

const tag = 'delivery'
const LETTERS = `${ALERTS}/dead-letters`
const STATES = [...WAITING_STATES, ...DELIVERY_STATES] as const

const filterParameters = {
  topic: Type.Optional(Type.String({ description: 'Only of this topic.' })),
  handler: Type.Optional(
    Type.String({ description: "Only of handlers of this id; a script's own are `#0`, `#1` … in their topic." }),
  ),
  id: Type.Optional(Type.String({ description: 'Only of this alert id.' })),
}
const pageParameters = { offset: PageQuery.offset, limit: PageQuery.limit }

function textFilter(query: Query): LetterFilter {
  const given = (name: string): string | undefined => (query.has(name) ? query.get(name) : undefined)
  return { topic: given('topic'), handler: given('handler'), id: given('id') }
}

function stateOf(query: Query): DeliveryFilter['state'] {
  const text = query.get('state')
  if (text === '') return undefined
  const state = STATES.find((s) => s === text)
  if (!state)
    throw new Fault('bad-state', `unknown state ${quoteText(text)}: it is one of ${STATES.join(', ')}`, { status: 400 })
  return state
}

const Delivery = Type.Object(
  {
    topic: Type.String(),
    handler: Type.String({ description: 'Its id in the topic; `#0`, `#1` … for the handlers of a script.' }),
    kind: Type.String({ description: 'What the handler does: `slack`, `post` …' }),
    id: Type.String({ description: 'The alert id.' }),
    level: LevelName,
    key: Type.String({ description: 'The same for every try, and for no other notification.' }),
    state: oneOf(STATES),
    at: Type.String({ format: 'date-time', description: 'When it came to this; since when it waits.' }),
    attempts: Type.Integer({ description: 'Tries so far.' }),
    answer: Type.String({ description: 'What the receiver answered, or why it did not arrive.' }),
    'stands-for': Type.Integer({ description: 'Older notifications of the same alert that it was sent for.' }),
    'next-try': Type.Optional(Type.String({ format: 'date-time', description: 'While it waits for one.' })),
  },
  { title: 'Delivery' },
)

export const listDeliveries = defineRoute({
  method: 'GET',
  path: `${ALERTS}/deliveries`,
  summary: 'Notifications with what became of them: first what waits, then what is done with, newest first.',
  tag,
  query: Type.Object({
    ...filterParameters,
    state: Type.Optional(oneOf(STATES, { description: 'Only in this state.' })),
    ...pageParameters,
  }),
  replies: { 200: Type.Object({ link: Link, deliveries: Type.Array(Delivery) }), 400: ErrorReply },
  handle(s, r) {
    const found = s.deliveries.list({ ...textFilter(r.query), state: stateOf(r.query) })
    return json(200, { link: selfLink(r.uri), deliveries: takePage(readPage(r.query), found).map(deliveryJson) })
  },
})

const HandlerState = Type.Object(
  {
    topic: Type.String(),
    handler: Type.String(),
    kind: Type.String(),
    waiting: Type.Integer(),
    'waiting-bytes': Type.Integer({ description: 'Room that what waits takes on disk.' }),
    delivered: Type.Integer(),
    retried: Type.Integer(),
    dead: Type.Integer(),
    superseded: Type.Integer({ description: 'Not sent because a newer one of the same alert went in their place.' }),
    silenced: Type.Integer({ description: 'Not sent because of a silence or a mute time.' }),
    'last-error': Type.String({ description: 'Empty when the last try went well.' }),
    'last-error-at': Type.Optional(Type.String({ format: 'date-time' })),
  },
  { title: 'Handler at work' },
)

export const listDeliveryHandlers = defineRoute({
  method: 'GET',
  path: `${ALERTS}/deliveries/handlers`,
  summary: 'The handlers that had something to send since the start, with what waits for them and how it went.',
  tag,
  query: Type.Object({ topic: filterParameters.topic, handler: filterParameters.handler }),
  replies: { 200: Type.Object({ link: Link, handlers: Type.Array(HandlerState) }) },
  handle(s, r) {
    const handlers = s.deliveries.handlers(textFilter(r.query))
    return json(200, { link: selfLink(r.uri), handlers: handlers.map(handlerViewJson) })
  },
})

const DeadLetter = Type.Object(
  {
    link: Link,
    id: Type.Integer(),
    topic: Type.String(),
    handler: Type.String(),
    kind: Type.String(),
    event: Type.String({ description: 'The alert id.' }),
    level: LevelName,
    key: Type.String(),
    at: Type.String({ format: 'date-time' }),
    attempts: Type.Integer(),
    reason: Type.String({ description: 'Why it could not be delivered.' }),
    'stands-for': Type.Integer(),
    alert: Type.Optional(Type.Unknown({ description: 'What was to be sent, as alert data; not in lists.' })),
  },
  { title: 'Dead letter' },
)

export const listDeadLetters = defineRoute({
  method: 'GET',
  path: LETTERS,
  summary: 'Notifications that could not be delivered, newest first.',
  tag,
  query: Type.Object({ ...filterParameters, ...pageParameters }),
  replies: { 200: Type.Object({ link: Link, 'dead-letters': Type.Array(DeadLetter) }), 400: ErrorReply },
  handle(s, r) {
    const found = takePage(readPage(r.query), s.deliveries.letters(textFilter(r.query)))
    return json(200, { link: selfLink(r.uri), 'dead-letters': found.map((l) => letterJson(l)) })
  },
})

function numberOf(text: string): number {
  if (!/^[0-9]{1,15}$/.test(text)) throw new Fault('no-letter', `there is no dead letter ${text}`, { status: 404 })
  return Number(text)
}

export const getDeadLetter = defineRoute({
  method: 'GET',
  path: `${LETTERS}/*`,
  shownPath: `${LETTERS}/{id}`,
  summary: 'A dead letter with the alert that it tells of.',
  tag,
  replies: { 200: DeadLetter, 404: ErrorReply },
  handle(s, r) {
    const { letter, notification } = s.deliveries.letter(numberOf(r.rest))
    return json(200, letterJson(letter, notification))
  },
})

const Resent = Type.Object({ resent: Type.Integer({ description: 'How many.' }) })
const Cleared = Type.Object({ cleared: Type.Integer({ description: 'How many.' }) })

export const resendDeadLetters = defineRoute({
  method: 'POST',
  path: `${LETTERS}/resend`,
  summary: 'Sends again the dead letters that fit the parameters, oldest first; all of them when there is none.',
  tag,
  query: Type.Object(filterParameters),
  replies: { 200: Resent },
  handle: (s, r) => json(200, { resent: s.deliveries.resend(textFilter(r.query)) }),
})

export const resendDeadLetter = defineRoute({
  method: 'POST',
  path: `${LETTERS}/*`,
  shownPath: `${LETTERS}/{id}/resend`,
  summary: 'Sends a dead letter again, under its old key, with the options that its handler has now.',
  tag,
  replies: { 200: Resent, 404: ErrorReply },
  handle(s, r) {
    const id = /^(.*)\/resend$/.exec(r.rest)?.[1]
    if (id === undefined) throw new Fault('not-found', 'Not Found', { status: 404 })
    return json(200, { resent: s.deliveries.resend(numberOf(id)) })
  },
})

export const clearDeadLetters = defineRoute({
  method: 'DELETE',
  path: LETTERS,
  summary: 'Forgets the dead letters that fit the parameters; all of them when there is none.',
  tag,
  query: Type.Object(filterParameters),
  replies: { 200: Cleared },
  handle: (s, r) => json(200, { cleared: s.deliveries.clear(textFilter(r.query)) }),
})

export const clearDeadLetter = defineRoute({
  method: 'DELETE',
  path: `${LETTERS}/*`,
  shownPath: `${LETTERS}/{id}`,
  summary: 'Forgets a dead letter; no error when there is none.',
  tag,
  replies: { 204: NoContent, 404: ErrorReply },
  handle(s, r) {
    s.deliveries.clear(numberOf(r.rest))
    return NO_CONTENT
  },
})
