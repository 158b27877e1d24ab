// The opsgenie handler: the first version of Opsgenie's alerts.
import type { RawJson } from '../../base/json-writer.ts'
import type { HandlerIo } from '../io/handler-io.ts'
import { type Level, levelWord, OK, parseLevel } from '../level.ts'
import { ENABLED, GLOBAL } from './config-keys.ts'
import { type ConfigOf, config } from './config-section.ts'
import { defineHandler, type Receipt } from './define-handler.ts'
import { NO_RESULT, resultOf } from './event-parts.ts'
import { option } from './option.ts'
import { callService, joinUrl, jsonBody, mustBeEnabled, SERVICE_TIMEOUT_MS } from './service-call.ts'
import { testOption } from './service-test.ts'

const fields = {
  ...ENABLED,
  apiKey: config.secret('Key.', '', { required: 'api-key cannot be empty' }),
  teams: config.strings('Teams.'),
  recipients: config.strings('Recipients.'),
  url: config.string('Address of the API.', 'https://api.opsgenie.com/v1/json/alert', {
    required: 'url cannot be empty',
  }),
  recoveryUrl: config.string('Address for recoveries.', 'https://api.opsgenie.com/v1/json/alert/note', {
    key: 'recovery_url',
    required: 'recovery_url cannot be empty',
  }),
  ...GLOBAL,
}

interface Alert {
  readonly teams: readonly string[]
  readonly recipients: readonly string[]
  readonly id: string
  readonly message: string
  readonly level: Level
  readonly result: RawJson
  readonly key?: string | undefined
}

export const opsgenieHandler = defineHandler({
  kind: 'opsgenie',
  doc: 'Sends alerts to Opsgenie through its first API; a recovery adds a note.',
  method: { name: 'opsGenie' },
  options: {
    teams: option.strings('The teams.', { key: 'teams-list' }),
    recipients: option.strings('The recipients.', { key: 'recipients-list' }),
  },
  config: { section: 'opsgenie', fields },
  limits: { timeoutMs: SERVICE_TIMEOUT_MS },
  send: (event, options, c, io) => {
    const { id, message, level, key } = event
    return sendAlert({ ...options, id, message, level, result: resultOf(event), key }, c, io)
  },
  test: {
    options: (c) => ({
      teams: testOption.strings(some(c.teams)),
      recipients: testOption.strings(some(c.recipients)),
      'message-type': testOption.level(),
      message: testOption.string('test opsgenie message'),
      'entity-id': testOption.string('testEntityID'),
    }),
    send: (o, c, io) =>
      sendAlert(
        {
          teams: o.teams ?? [],
          recipients: o.recipients ?? [],
          id: o['entity-id'],
          message: o.message,
          level: parseLevel(o['message-type']) ?? OK,
          result: NO_RESULT,
        },
        c,
        io,
      ),
  },
})

function some(texts: readonly string[]): readonly string[] | undefined {
  return texts.length === 0 ? undefined : texts
}

async function sendAlert(a: Alert, c: ConfigOf<typeof fields>, io: HandlerIo): Promise<Receipt> {
  mustBeEnabled(c)
  const recovers = a.level === OK
  return callService(io, {
    url: `${joinUrl(recovers ? c.recoveryUrl : c.url)}/`,
    body: jsonBody({
      alias: a.id,
      apiKey: c.apiKey,
      description: a.result.text,
      details: { Level: recovers ? 'RECOVERY' : levelWord(a.level), 'Monitoring Tool': 'Kapacitor' },
      entity: a.id,
      message: a.message,
      monitoring_tool: 'kapacitor',
      note: recovers ? a.message : '',
      recipients: some(a.recipients) ?? some(c.recipients),
      teams: some(a.teams) ?? some(c.teams),
    }),
    ok: [200],
    key: a.key,
    prefix: 'opsgenie error: ',
  })
}
