// The victorops handler: incidents by routing key, with the alert's data as text or as an object.
import type { RawJson } from '../../base/json-writer.ts'
import type { HandlerIo } from '../io/handler-io.ts'
import { type Level, levelWord, OK, parseLevel } from '../level.ts'
import { ENABLED, GLOBAL } from './config-keys.ts'
import { type ConfigOf, config } from './config-section.ts'
import { defineHandler, type Receipt } from './define-handler.ts'
import { NO_RESULT, resultOf } from './event-parts.ts'
import { option } from './option.ts'
import { callService, either, joinUrl, jsonBody, mustBeEnabled, SERVICE_TIMEOUT_MS } from './service-call.ts'
import { testOption } from './service-test.ts'

const fields = {
  ...ENABLED,
  apiKey: config.secret('Key.'),
  routingKey: config.string('Routing key.'),
  url: config.string('Address of the API.', 'https://alert.victorops.com/integrations/generic/20131114/alert', {
    required: 'url cannot be empty',
  }),
  ...GLOBAL,
  jsonData: config.bool('Sends the data as an object and not as text.'),
}

interface Incident {
  readonly routingKey: string
  readonly id: string
  readonly message: string
  readonly level: Level
  readonly seconds: number
  readonly result: RawJson
  readonly key?: string | undefined
}

export const victoropsHandler = defineHandler({
  kind: 'victorops',
  doc: 'Sends incidents to VictorOps (Splunk On-Call).',
  method: { name: 'victorOps' },
  options: { routingKey: option.string('The routing key.') },
  config: { section: 'victorops', fields },
  limits: { timeoutMs: SERVICE_TIMEOUT_MS },
  send: (event, { routingKey }, c, io) => {
    const { id, message, level, time, key } = event
    return sendIncident({ routingKey, id, message, level, seconds: time.sec, result: resultOf(event), key }, c, io)
  },
  test: {
    options: (c) => ({
      routingKey: testOption.string(c.routingKey),
      messageType: testOption.level(),
      message: testOption.string('test victorops message'),
      entityID: testOption.string('testEntityID'),
    }),
    send: (o, c, io) =>
      sendIncident(
        {
          routingKey: o.routingKey,
          id: o.entityID,
          message: o.message,
          level: parseLevel(o.messageType) ?? OK,
          seconds: io.now().sec,
          result: NO_RESULT,
        },
        c,
        io,
      ),
  },
})

async function sendIncident(i: Incident, c: ConfigOf<typeof fields>, io: HandlerIo): Promise<Receipt> {
  mustBeEnabled(c)
  return callService(io, {
    url: joinUrl(c.url, c.apiKey, either(i.routingKey, c.routingKey)),
    body: jsonBody({
      data: c.jsonData ? i.result : i.result.text,
      entity_id: i.id,
      message_type: i.level === OK ? 'RECOVERY' : levelWord(i.level),
      monitoring_tool: 'kapacitor',
      state_message: i.message,
      timestamp: i.seconds,
    }),
    ok: [200],
    key: i.key,
    explain: (reply) => (reply.status === 404 ? 'URL or API key not found: 404' : undefined),
  })
}
