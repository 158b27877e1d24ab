// The talk handler: a message with the alert's id as its title.
import type { HandlerIo } from '../io/handler-io.ts'
import { ENABLED } from './config-keys.ts'
import { type ConfigOf, config } from './config-section.ts'
import { defineHandler, type Receipt } from './define-handler.ts'
import { callService, jsonBody, mustBeEnabled, SERVICE_TIMEOUT_MS } from './service-call.ts'
import { testOption } from './service-test.ts'

const fields = {
  ...ENABLED,
  url: config.secret('Webhook.', '', { required: 'must specify url' }),
  authorName: config.string('Name of the sender.', '', { key: 'author_name' }),
}

export const talkHandler = defineHandler({
  kind: 'talk',
  doc: 'Sends a message to Talk.',
  method: { name: 'talk' },
  options: {},
  ignoresOptions: true,
  config: { section: 'talk', fields },
  limits: { timeoutMs: SERVICE_TIMEOUT_MS },
  send: (event, _options, c, io) => sendTalk(event.id, event.message, event.key, c, io),
  test: {
    options: () => ({ title: testOption.string('testTitle'), text: testOption.string('test talk text') }),
    send: (o, c, io) => sendTalk(o.title, o.text, undefined, c, io),
  },
})

async function sendTalk(
  title: string,
  text: string,
  key: string | undefined,
  c: ConfigOf<typeof fields>,
  io: HandlerIo,
): Promise<Receipt> {
  mustBeEnabled(c)
  return callService(io, {
    url: c.url,
    body: jsonBody({ authorName: c.authorName, text, title }),
    ok: [200],
    key,
  })
}
