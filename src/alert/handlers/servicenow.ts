// The servicenow handler: events of ServiceNow, whose members are templates and have to be short.
import { compactJson } from '../../base/json-writer.ts'
import type { AlertEvent } from '../event.ts'
import type { HandlerIo } from '../io/handler-io.ts'
import { CRITICAL, type Level, OK, parseLevel, WARNING } from '../level.ts'
import { structType } from '../template/go-struct.ts'
import { byteSlice } from '../template/go-utf8.ts'
import { fieldMap, tagMap } from '../template-data.ts'
import { ENABLED, GLOBAL_CHANGES } from './config-keys.ts'
import { type ConfigOf, config } from './config-section.ts'
import { defineHandler, type Receipt } from './define-handler.ts'
import { firstFlaw, OptionTemplates } from './handler-templates.ts'
import { option } from './option.ts'
import { basicAuthorization, callService, either, jsonBody, mustBeEnabled, SERVICE_TIMEOUT_MS } from './service-call.ts'
import { testOption } from './service-test.ts'

const MAX_BYTES = 100
const MAX_KEY_BYTES = 1024
const MAX_DESCRIPTION_BYTES = 4000

const fields = {
  ...ENABLED,
  url: config.string('Address of the API.', 'https://instance.service-now.com/api/global/em/jsonv2', {
    required: 'must specify events URL',
  }),
  source: config.string('Source.'),
  username: config.string('User.'),
  password: config.secret('Password.'),
  ...GLOBAL_CHANGES,
}

const eventInfo = structType<AlertEvent>('servicenow.eventData', [
  { name: 'ID', get: (e) => e.id },
  { name: 'Name', get: (e) => e.name },
  { name: 'TaskName', get: (e) => e.taskName },
  { name: 'Fields', get: (e) => fieldMap(e.fields) },
  { name: 'Tags', get: (e) => tagMap(e.tags) },
])

interface Event {
  readonly url: string
  readonly source: string
  readonly node: string
  readonly type: string
  readonly resource: string
  readonly metricName: string
  readonly messageKey: string
  readonly additionalInfo: Readonly<Record<string, unknown>>
  readonly id: string
  readonly message: string
  readonly level: Level
  readonly key?: string | undefined
}

export const servicenowHandler = defineHandler({
  kind: 'servicenow',
  doc: 'Sends events to ServiceNow.',
  method: { name: 'serviceNow' },
  options: {
    url: option.string('Where to send to.', { scriptName: 'uRL' }),
    source: option.string('The source of the event.'),
    node: option.string('The node concerned; a template.'),
    type: option.string('The type of the metric; a template.'),
    resource: option.string('The resource concerned; a template.'),
    metricName: option.string('The metric; a template.', { key: 'metricname' }),
    messageKey: option.string('What tells events apart; a template. The alert id when not given.', {
      key: 'messagekey',
    }),
    additionalInfo: option.values('A further member; texts are templates.', { key: 'additional_info' }),
    username: option.string('Accepted for compatibility.', { script: false }),
    password: option.string('Accepted for compatibility.', { script: false }),
  },
  config: { section: 'servicenow', fields },
  limits: { timeoutMs: SERVICE_TIMEOUT_MS },
  check: ({ source, node, type, resource, metricName, messageKey, additionalInfo }) =>
    firstFlaw({ source, node, type, resource, metricName, messageKey, additionalInfo }),
  send: async (event, options, c, io) => {
    const t = new OptionTemplates(options, event, (e) => eventInfo.of(e))
    const { id, message, level, key } = event
    return sendEvent(
      {
        url: options.url,
        source: t.render('source', options.source),
        node: t.render('node', options.node),
        type: t.render('type', options.type),
        resource: t.render('resource', options.resource),
        metricName: t.render('metricName', options.metricName),
        messageKey: t.render('messageKey', options.messageKey),
        additionalInfo: t.renderValues('additionalInfo', options.additionalInfo),
        id,
        message,
        level,
        key,
      },
      c,
      io,
    )
  },
  test: {
    options: (c) => ({
      alert_id: testOption.string('1001'),
      message: testOption.string('test servicenow message'),
      level: testOption.level(),
      source: testOption.string(c.source),
      node: testOption.string(),
      type: testOption.string(),
      resource: testOption.string(),
      metric_name: testOption.string(),
      message_key: testOption.string(),
      additional_info: testOption.values(),
    }),
    send: (o, c, io) =>
      sendEvent(
        {
          ...o,
          url: '',
          metricName: o.metric_name,
          messageKey: o.message_key,
          additionalInfo: o.additional_info,
          id: o.alert_id,
          level: parseLevel(o.level) ?? OK,
        },
        c,
        io,
      ),
  },
})

function severityOf(level: Level): string {
  if (level < WARNING) return '5'
  return level === CRITICAL ? '1' : '4'
}

const cut = (text: string, bytes: number): string => byteSlice(text, 0, bytes)
/** Empty members are left out. */
const short = (text: string): string | undefined => (text === '' ? undefined : cut(text, MAX_BYTES))

async function sendEvent(e: Event, c: ConfigOf<typeof fields>, io: HandlerIo): Promise<Receipt> {
  mustBeEnabled(c)
  const info = new Map(Object.entries(e.additionalInfo).map(([k, v]) => [k, String(v)]))
  const messageKey = either(e.messageKey, e.id)
  return callService(io, {
    url: either(e.url, c.url),
    headers: c.username === '' ? {} : { Authorization: basicAuthorization(c.username, c.password) },
    body: jsonBody({
      records: [
        {
          source: cut(either(e.source, c.source), MAX_BYTES),
          node: short(e.node),
          type: short(e.type),
          resource: short(e.resource),
          metric_name: short(e.metricName),
          message_key: messageKey === '' ? undefined : cut(messageKey, MAX_KEY_BYTES),
          severity: severityOf(e.level),
          description: e.message === '' ? undefined : cut(e.message, MAX_DESCRIPTION_BYTES),
          additional_info: info.size === 0 ? undefined : compactJson(info),
        },
      ],
    }),
    ok: [200],
    key: e.key,
  })
}
