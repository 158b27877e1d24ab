// The telegram handler: a message to a chat through a bot.
import type { HandlerIo } from '../io/handler-io.ts'
import { ENABLED, GLOBAL_CHANGES } from './config-keys.ts'
import { type ConfigOf, config } from './config-section.ts'
import { defineHandler, type Receipt } from './define-handler.ts'
import { option } from './option.ts'
import { callService, either, joinUrl, jsonBody, mustBeEnabled, refusal, SERVICE_TIMEOUT_MS } from './service-call.ts'
import { testOption } from './service-test.ts'

const fields = {
  ...ENABLED,
  url: config.string('Address of the API.', 'https://api.telegram.org/bot', { required: 'must specify url' }),
  token: config.secret('Token of the bot.', '', { required: 'must specify token' }),
  chatId: config.string('Chat.'),
  parseMode: config.string('Markdown or HTML.'),
  disableWebPagePreview: config.bool('Shows no previews.'),
  disableNotification: config.bool('Makes no sound.'),
  ...GLOBAL_CHANGES,
}

interface Message {
  readonly chatId: string
  readonly parseMode: string
  readonly message: string
  readonly disableWebPagePreview: boolean
  readonly disableNotification: boolean
  readonly key?: string | undefined
}

export const telegramHandler = defineHandler({
  kind: 'telegram',
  doc: 'Sends a message to a Telegram chat.',
  method: { name: 'telegram' },
  options: {
    chatId: option.string('The chat, or a channel: `@name`.'),
    parseMode: option.string('How the message is formatted: Markdown or HTML.'),
    disableWebPagePreview: option.flag('Shows no previews of links.'),
    disableNotification: option.flag('Makes no sound.'),
  },
  config: { section: 'telegram', fields },
  limits: { timeoutMs: SERVICE_TIMEOUT_MS },
  send: (event, options, c, io) => sendTelegram({ ...options, message: event.message, key: event.key }, c, io),
  test: {
    options: (c) => ({
      'chat-id': testOption.string(c.chatId),
      'parse-mode': testOption.string(c.parseMode),
      message: testOption.string('test telegram message'),
      'disable-web-page-preview': testOption.bool(c.disableWebPagePreview),
      'disable-notification': testOption.bool(c.disableNotification),
    }),
    send: (o, c, io) =>
      sendTelegram(
        {
          chatId: o['chat-id'],
          parseMode: o['parse-mode'],
          message: o.message,
          disableWebPagePreview: o['disable-web-page-preview'],
          disableNotification: o['disable-notification'],
        },
        c,
        io,
      ),
  },
})

async function sendTelegram(m: Message, c: ConfigOf<typeof fields>, io: HandlerIo): Promise<Receipt> {
  mustBeEnabled(c)
  const parseMode = either(m.parseMode, c.parseMode)
  if (!/^(?:markdown|html)?$/i.test(parseMode))
    throw refusal(`parseMode ${parseMode} is not valid, please use 'Markdown' or 'HTML'`)
  return callService(io, {
    url: joinUrl(`${c.url}${c.token}`, 'sendMessage'),
    body: jsonBody({
      chat_id: either(m.chatId, c.chatId),
      disable_notification: m.disableNotification || c.disableNotification || undefined,
      disable_web_page_preview: m.disableWebPagePreview || c.disableWebPagePreview || undefined,
      parse_mode: parseMode === '' ? undefined : parseMode,
      text: m.message,
    }),
    ok: [200],
    key: m.key,
  })
}
