// The teams handler: a card in a channel of Microsoft Teams.
import { compactJson } from '../../base/json-writer.ts'
import type { HandlerIo } from '../io/handler-io.ts'
import { CRITICAL, type Level, levelWord, OK, parseLevel, WARNING } from '../level.ts'
import { byteSlice } from '../template/go-utf8.ts'
import { ENABLED, GLOBAL_CHANGES } from './config-keys.ts'
import { type ConfigOf, config } from './config-section.ts'
import { defineHandler, type Receipt } from './define-handler.ts'
import { option } from './option.ts'
import { callService, either, mustBeEnabled, SERVICE_TIMEOUT_MS } from './service-call.ts'
import { testOption } from './service-test.ts'

const SUMMARY_BYTES = 70

const fields = {
  ...ENABLED,
  channelUrl: config.string('Webhook of the channel.', '', { required: 'must specify Teams channel webhook URL' }),
  ...GLOBAL_CHANGES,
}

interface Card {
  readonly channelUrl: string
  readonly topic: string
  readonly id: string
  readonly message: string
  readonly level: Level
  readonly key?: string | undefined
}

export const teamsHandler = defineHandler({
  kind: 'teams',
  doc: 'Sends a card to a channel of Microsoft Teams.',
  method: { name: 'teams' },
  options: { channelUrl: option.string('The webhook of the channel.', { scriptName: 'channelURL' }) },
  config: { section: 'teams', fields },
  limits: { timeoutMs: SERVICE_TIMEOUT_MS },
  send: (event, { channelUrl }, c, io) => {
    const { topic, id, message, level, key } = event
    return sendCard({ channelUrl, topic, id, message, level, key }, c, io)
  },
  test: {
    options: (c) => ({
      channel_url: testOption.string(c.channelUrl),
      alert_topic: testOption.string('test kapacitor alert topic'),
      alert_id: testOption.string('foo/bar/bat'),
      message: testOption.string('test teams message'),
      level: testOption.level(),
    }),
    send: (o, c, io) =>
      sendCard(
        {
          channelUrl: o.channel_url,
          topic: o.alert_topic,
          id: o.alert_id,
          message: o.message,
          level: parseLevel(o.level) ?? OK,
        },
        c,
        io,
      ),
  },
})

function colorOf(level: Level): string {
  if (level === CRITICAL) return 'CC4A31'
  return level === WARNING ? 'FFA533' : '34CC25'
}

async function sendCard(card: Card, c: ConfigOf<typeof fields>, io: HandlerIo): Promise<Receipt> {
  mustBeEnabled(c)
  const word = levelWord(card.level)
  const name = either(card.id, card.topic)
  const title = name === '' ? word : `${word}: [${name}]`
  const summary = `${title}${name === '' ? ': ' : ' - '}${card.message}`
  return callService(io, {
    url: either(card.channelUrl, c.channelUrl),
    body: compactJson({
      '@type': 'MessageCard',
      '@context': 'http://schema.org/extensions',
      title,
      text: card.message,
      summary: `${byteSlice(summary, 0, SUMMARY_BYTES)}...`,
      themeColor: colorOf(card.level),
    }),
    ok: [200, 204],
    key: card.key,
  })
}
