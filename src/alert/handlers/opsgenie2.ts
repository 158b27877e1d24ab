// The opsgenie2 handler: the second version of Opsgenie's alerts, with priorities and responders; a recovery adds a
// note or closes the alert.
import type { RawJson, Writable } from '../../base/json-writer.ts'
import type { HandlerIo } from '../io/handler-io.ts'
import { type Level, levelWord, OK, parseLevel } from '../level.ts'
import { ENABLED, GLOBAL } from './config-keys.ts'
import { type ConfigOf, config } from './config-section.ts'
import { defineHandler, type Receipt } from './define-handler.ts'
import { NO_RESULT, resultOf } from './event-parts.ts'
import { option } from './option.ts'
import { callService, joinUrl, jsonBody, mustBeEnabled, SERVICE_TIMEOUT_MS, withQuery } from './service-call.ts'
import { testOption } from './service-test.ts'

const PRIORITIES = ['', 'P5', 'P3', 'P1'] as const

const fields = {
  ...ENABLED,
  apiKey: config.secret('Key.', '', { required: 'api-key cannot be empty' }),
  teams: config.strings('Teams.'),
  recipients: config.strings('Recipients.'),
  url: config.string('Address of the API.', 'https://api.opsgenie.com/v2/alerts', { required: 'url cannot be empty' }),
  recoveryAction: config.string('What a recovery does: notes or close.', 'notes', {
    key: 'recovery_action',
    required: 'recovery_action cannot be empty',
  }),
  details: config.bool("Sends the alert's details as the description."),
  ...GLOBAL,
}
type OpsgenieConfig = ConfigOf<typeof fields>

interface Alert {
  readonly teams: readonly string[]
  readonly recipients: readonly string[]
  readonly recoveryAction: string
  readonly id: string
  readonly message: string
  readonly details: string
  readonly level: Level
  readonly result: RawJson
  /** Of the first row; undefined without data. */
  readonly series: { readonly name: string; readonly tags: Readonly<Record<string, string>> } | undefined
  readonly key?: string | undefined
}

export const opsgenie2Handler = defineHandler({
  kind: 'opsgenie2',
  doc: 'Sends alerts to Opsgenie; a recovery adds a note or closes the alert.',
  method: { name: 'opsGenie2' },
  options: {
    teams: option.strings('The teams.', { key: 'teams-list' }),
    recipients: option.strings('The recipients.', { key: 'recipients-list' }),
    recoveryAction: option.string('What a recovery does: `notes` or `close`.', { key: 'recovery_action' }),
    details: option.flag('Accepted for compatibility; the configuration decides.'),
  },
  config: { section: 'opsgenie2', fields },
  limits: { timeoutMs: SERVICE_TIMEOUT_MS },
  send: (event, options, c, io) => {
    const { id, message, details, level, key, data } = event
    return sendAlert({ ...options, id, message, details, level, result: resultOf(event), series: data, key }, c, io)
  },
  test: {
    options: (c) => ({
      teams: testOption.strings(some(c.teams)),
      recipients: testOption.strings(some(c.recipients)),
      'message-type': testOption.level(),
      message: testOption.string('test opsgenie message'),
      'entity-id': testOption.string('testEntityID'),
      recovery_action: testOption.string(c.recoveryAction),
    }),
    send: (o, c, io) =>
      sendAlert(
        {
          teams: o.teams ?? [],
          recipients: o.recipients ?? [],
          recoveryAction: o.recovery_action,
          id: o['entity-id'],
          message: o.message,
          details: '',
          level: parseLevel(o['message-type']) ?? OK,
          result: NO_RESULT,
          series: undefined,
        },
        c,
        io,
      ),
  },
})

function some(texts: readonly string[]): readonly string[] | undefined {
  return texts.length === 0 ? undefined : texts
}

function actionOf(a: Alert, c: OpsgenieConfig): string {
  return [a.recoveryAction, c.recoveryAction].find((action) => action === 'notes' || action === 'close') ?? 'notes'
}

function detailsOf(a: Alert): Record<string, string> {
  return {
    'Monitoring Tool': 'Kapacitor',
    Level: levelWord(a.level),
    ...a.series?.tags,
    ...(a.series ? { 'Kapacitor Task Name': a.series.name } : {}),
  }
}

function respondersOf(a: Alert, c: OpsgenieConfig): Writable {
  const responders = [
    ...(some(a.teams) ?? c.teams).map((name) => ({ name, type: 'team' })),
    ...(some(a.recipients) ?? c.recipients).map((username) => ({ type: 'user', username })),
  ]
  return responders.length === 0 ? undefined : responders
}

async function sendAlert(a: Alert, c: OpsgenieConfig, io: HandlerIo): Promise<Receipt> {
  mustBeEnabled(c)
  const alias = Buffer.from(a.id, 'utf8').toString('base64').replaceAll('+', '-').replaceAll('/', '_')
  const call = {
    headers: { Authorization: `GenieKey ${c.apiKey}` },
    ok: [202],
    key: a.key,
    prefix: 'opsgenie error: ',
  }
  if (a.level === OK) {
    const url = withQuery(joinUrl(c.url, alias, actionOf(a, c)), 'identifierType', 'alias')
    return callService(io, { ...call, url, body: jsonBody({ note: a.message }) })
  }
  return callService(io, {
    ...call,
    url: c.url,
    body: jsonBody({
      alias,
      description: c.details && a.details !== '' ? a.details : a.result.text,
      details: detailsOf(a),
      entity: a.id,
      message: a.message,
      note: '',
      priority: PRIORITIES[a.level],
      responders: respondersOf(a, c),
    }),
  })
}
