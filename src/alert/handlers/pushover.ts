// The pushover handler: a message to a person's devices.
import type { HandlerIo } from '../io/handler-io.ts'
import { type Level, OK, parseLevel } from '../level.ts'
import { escapeQuery } from '../template/template-functions.ts'
import { ENABLED } from './config-keys.ts'
import { type ConfigOf, config } from './config-section.ts'
import { defineHandler, type Receipt } from './define-handler.ts'
import { option } from './option.ts'
import { callService, either, mustBeEnabled, SERVICE_TIMEOUT_MS } from './service-call.ts'
import { testOption } from './service-test.ts'

const PRIORITIES = ['-2', '-1', '0', '1'] as const

const fields = {
  ...ENABLED,
  token: config.secret('Token.', '', { required: 'must specify token' }),
  userKey: config.secret('User.', '', { required: 'must specify user key' }),
  url: config.string('Address of the API.', 'https://api.pushover.net/1/messages.json', {
    required: 'must specify url',
  }),
}

interface Message {
  readonly userKey: string
  readonly message: string
  readonly device: string
  readonly title: string
  readonly url: string
  readonly urlTitle: string
  readonly sound: string
  readonly level: Level
  readonly key?: string | undefined
}

export const pushoverHandler = defineHandler({
  kind: 'pushover',
  doc: 'Sends a message through Pushover.',
  method: { name: 'pushover' },
  options: {
    userKey: option.string('The person or group.'),
    device: option.string('The device; all of them when not given.'),
    title: option.string('The title.'),
    url: option.string('An address to show.', { scriptName: 'uRL' }),
    urlTitle: option.string('The title of that address.', { scriptName: 'uRLTitle' }),
    sound: option.string('The sound.'),
  },
  config: { section: 'pushover', fields },
  limits: { timeoutMs: SERVICE_TIMEOUT_MS },
  send: (event, options, c, io) =>
    sendPushover({ ...options, message: event.message, level: event.level, key: event.key }, c, io),
  test: {
    options: (c) => ({
      'user-key': testOption.string(c.userKey),
      message: testOption.string('test pushover message'),
      device: testOption.string(),
      title: testOption.string(),
      url: testOption.string(),
      'url-title': testOption.string(),
      sound: testOption.string(),
      level: testOption.level(),
    }),
    send: (o, c, io) =>
      sendPushover({ ...o, userKey: o['user-key'], urlTitle: o['url-title'], level: parseLevel(o.level) ?? OK }, c, io),
  },
})

async function sendPushover(m: Message, c: ConfigOf<typeof fields>, io: HandlerIo): Promise<Receipt> {
  mustBeEnabled(c)
  const form = {
    device: m.device,
    message: m.message,
    priority: PRIORITIES[m.level],
    sound: m.sound,
    title: m.title,
    token: c.token,
    url: m.url,
    url_title: m.urlTitle,
    user: either(m.userKey, c.userKey),
  }
  const always = ['message', 'priority', 'token', 'user']
  return callService(io, {
    url: c.url,
    contentType: 'application/x-www-form-urlencoded',
    body: Object.entries(form)
      .filter(([name, value]) => value !== '' || always.includes(name))
      .map(([name, value]) => `${name}=${escapeQuery(value)}`)
      .join('&'),
    ok: [200],
    key: m.key,
  })
}
