// The hipchat handler: a coloured message in a room.
import type { HandlerIo } from '../io/handler-io.ts'
import { type Level, OK, parseLevel, WARNING } from '../level.ts'
import { ENABLED, GLOBAL_CHANGES } from './config-keys.ts'
import { type ConfigOf, config } from './config-section.ts'
import { defineHandler, type Receipt } from './define-handler.ts'
import { option } from './option.ts'
import { callService, either, joinUrl, jsonBody, mustBeEnabled, SERVICE_TIMEOUT_MS, withQuery } from './service-call.ts'
import { testOption } from './service-test.ts'

const fields = {
  ...ENABLED,
  url: config.string('Address of the API.', '', { required: 'must specify url' }),
  token: config.secret('Token.'),
  room: config.string('Room.'),
  ...GLOBAL_CHANGES,
}

export const hipchatHandler = defineHandler({
  kind: 'hipchat',
  doc: 'Sends a message to a HipChat room.',
  method: { name: 'hipChat' },
  options: {
    room: option.string('The room.'),
    token: option.string('The token to sign in with.'),
  },
  config: { section: 'hipchat', fields },
  limits: { timeoutMs: SERVICE_TIMEOUT_MS },
  send: (event, { room, token }, c, io) => sendHipchat(room, token, event.message, event.level, event.key, c, io),
  test: {
    options: (c) => ({
      room: testOption.string(c.room),
      message: testOption.string('test hipchat message'),
      level: testOption.level(),
    }),
    send: (o, c, io) => sendHipchat(o.room, '', o.message, parseLevel(o.level) ?? OK, undefined, c, io),
  },
})

function colorOf(level: Level): string {
  if (level < WARNING) return 'green'
  return level === WARNING ? 'yellow' : 'red'
}

async function sendHipchat(
  room: string,
  token: string,
  message: string,
  level: Level,
  key: string | undefined,
  c: ConfigOf<typeof fields>,
  io: HandlerIo,
): Promise<Receipt> {
  mustBeEnabled(c)
  const url = joinUrl(c.url, either(room, c.room), 'notification')
  return callService(io, {
    url: withQuery(url, 'auth_token', either(token, c.token)),
    body: jsonBody({ color: colorOf(level), from: 'kapacitor', message, notify: true }),
    ok: [200, 204],
    key,
  })
}
