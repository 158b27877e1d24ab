// Routes of the silences: define, change, read, list and remove them, and see what they hold back.
import Type from 'typebox'
import { MATCHER_OPERATORS, MATCHER_PARTS, type Silence, silenceState } from '../../../alert/silence.ts'
import { quoteText } from '../../../alert/template/go-quote.ts'
import { Fault, messageOf } from '../../../base/fault.ts'
import { readFirstJson } from '../../../base/json-reader.ts'
import type { Writable } from '../../../base/json-writer.ts'
import { systemClock } from '../../system-clock.ts'
import { type ApiRequest, defineBytesRoute, defineRoute, json, NO_CONTENT } from '../route.ts'
import { ErrorReply, Link, NoContent, oneOf } from '../schemas.ts'
import type { Services } from '../services.ts'
import { SILENCES, silenceJson } from '../silence-json.ts'
import { selfLink } from '../task-json.ts'

const tag = 'silences'
const STATES = ['pending', 'active', 'expired'] as const

const Matcher = Type.Object({
  on: oneOf(MATCHER_PARTS, { description: 'What of the notification is looked at.' }),
  tag: Type.Optional(Type.String({ description: "The tag's name, when `on` is `tag`." })),
  op: Type.Optional(
    oneOf(MATCHER_OPERATORS, { description: '`=` when not given. `<`, `<=`, `>`, `>=` are for levels.' }),
  ),
  value: Type.String({ description: 'A text, a regular expression, or a level.' }),
})

const time = (description: string) => Type.Optional(Type.String({ format: 'date-time', description }))

const SilenceRequest = Type.Object({
  id: Type.Optional(Type.String({ description: 'A random one when not given.' })),
  matchers: Type.Array(Matcher, { description: 'All of them must take a notification.' }),
  start: time('Now when not given.'),
  end: time('When it is over.'),
  author: Type.Optional(Type.String({ description: 'Who made it.' })),
  comment: Type.Optional(Type.String({ description: 'Why.' })),
})

const SilenceReply = Type.Object(
  {
    link: Link,
    id: Type.String(),
    state: oneOf(STATES, { description: 'Not begun, at work, or over.' }),
    matchers: Type.Array(Matcher),
    start: Type.String({ format: 'date-time' }),
    end: Type.String({ format: 'date-time' }),
    author: Type.String(),
    comment: Type.String(),
    created: Type.String({ format: 'date-time' }),
    'held-back': Type.Integer({ description: 'Notifications that it has held back so far.' }),
    holding: Type.Unknown({ description: 'What it holds back now, the newest of each alert; in lists only how much.' }),
  },
  { title: 'Silence' },
)

function shown(s: Services, silence: Silence, all: boolean): Writable {
  const holding = [...s.deliveries.heldBy(silence.id)]
  const heldBack = s.silences.heldBack(silence.id)
  return silenceJson(silence, { now: systemClock.now(), heldBack, holding, all })
}

function bodyOf(r: ApiRequest<Buffer>): unknown {
  try {
    return readFirstJson(r.body.toString('utf8'))
  } catch (e) {
    throw new Fault('bad-body', `invalid silence json: ${messageOf(e)}`, { status: 400 })
  }
}

export const listSilences = defineRoute({
  method: 'GET',
  path: SILENCES,
  summary: 'Silences in the order of their start; those that are over stay listed for five days.',
  tag,
  query: Type.Object({
    state: Type.Optional(oneOf(STATES, { description: 'Only in this state.' })),
  }),
  replies: { 200: Type.Object({ link: Link, silences: Type.Array(SilenceReply) }), 400: ErrorReply },
  handle(s, r) {
    const state = r.query.get('state')
    if (state !== '' && !STATES.some((x) => x === state))
      throw new Fault('bad-state', `unknown state ${quoteText(state)}: it is one of ${STATES.join(', ')}`, {
        status: 400,
      })
    const now = systemClock.now()
    const found = s.silences.list().filter((x) => state === '' || silenceState(x, now) === state)
    return json(200, { link: selfLink(r.uri), silences: found.map((x) => shown(s, x, false)) })
  },
})

export const getSilence = defineRoute({
  method: 'GET',
  path: `${SILENCES}/*`,
  shownPath: `${SILENCES}/{id}`,
  summary: 'A silence with what it holds back.',
  tag,
  replies: { 200: SilenceReply, 404: ErrorReply },
  handle: (s, r) => json(200, shown(s, s.silences.get(r.rest), true)),
})

export const createSilence = defineBytesRoute({
  method: 'POST',
  path: SILENCES,
  summary: 'Defines a silence: while it lasts, notifications that it takes are held back.',
  tag,
  body: SilenceRequest,
  replies: { 200: SilenceReply, 400: ErrorReply, 409: ErrorReply },
  handle: (s, r) => json(200, shown(s, s.silences.create(bodyOf(r)), true)),
})

export const updateSilence = defineBytesRoute({
  method: 'PATCH',
  path: `${SILENCES}/*`,
  shownPath: `${SILENCES}/{id}`,
  summary: 'Changes a silence; what is missing stays as it is.',
  tag,
  body: Type.Partial(SilenceRequest),
  replies: { 200: SilenceReply, 400: ErrorReply, 404: ErrorReply },
  handle: (s, r) => json(200, shown(s, s.silences.update(r.rest, bodyOf(r)), true)),
})

export const deleteSilence = defineRoute({
  method: 'DELETE',
  path: `${SILENCES}/*`,
  shownPath: `${SILENCES}/{id}`,
  summary: 'Removes a silence, what it held back goes out; no error when there is none.',
  tag,
  replies: { 204: NoContent },
  handle(s, r) {
    s.silences.remove(r.rest)
    return NO_CONTENT
  },
})
