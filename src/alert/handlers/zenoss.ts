// The zenoss handler: events of Zenoss through its router, with a severity for each level and fields of the user's.
import { RawJson, type Writable } from '../../base/json-writer.ts'
import type { AlertEvent } from '../event.ts'
import type { HandlerIo } from '../io/handler-io.ts'
import { type Level, levelWord, OK, parseLevel } from '../level.ts'
import { GoDuration } from '../template/go-duration.ts'
import { structType } from '../template/go-struct.ts'
import { byteSlice } from '../template/go-utf8.ts'
import { goTime, tagMap } from '../template-data.ts'
import { ENABLED, GLOBAL_CHANGES } from './config-keys.ts'
import { type ConfigOf, config } from './config-section.ts'
import { defineHandler, type Receipt } from './define-handler.ts'
import { firstFlaw, OptionTemplates } from './handler-templates.ts'
import { option } from './option.ts'
import { basicAuthorization, callService, either, jsonBody, mustBeEnabled, SERVICE_TIMEOUT_MS } from './service-call.ts'
import { testOption } from './service-test.ts'

const SUMMARY_BYTES = 256
const MESSAGE_BYTES = 4096

const fields = {
  ...ENABLED,
  url: config.string('Address of the API.', 'https://tenant.zenoss.io:8080/zport/dmd/evconsole_router', {
    required: 'must specify events URL',
  }),
  username: config.string('User.'),
  password: config.secret('Password.'),
  action: config.string('Action.', 'EventsRouter'),
  method: config.string('Method.', 'add_event'),
  type: config.string('Type.', 'rpc'),
  tid: config.int('Transaction.', 1),
  collector: config.string('Collector.', 'Kapacitor'),
  severityMap: config.table('The severity of each level, a text or a number.', {
    ok: config.any('Of OK.', 'Clear', { key: 'OK', overrideKey: 'ok' }),
    info: config.any('Of INFO.', 'Info', { key: 'Info', overrideKey: 'info' }),
    warning: config.any('Of WARNING.', 'Warning', { key: 'Warning', overrideKey: 'warning' }),
    critical: config.any('Of CRITICAL.', 'Critical', { key: 'Critical', overrideKey: 'critical' }),
  }),
  ...GLOBAL_CHANGES,
}
type ZenossConfig = ConfigOf<typeof fields>

const SEVERITY_KEYS = ['ok', 'info', 'warning', 'critical'] as const

const eventInfo = structType<AlertEvent>('zenoss.eventData', [
  { name: 'Name', get: (e) => e.name },
  { name: 'TaskName', get: (e) => e.taskName },
  { name: 'ID', get: (e) => e.id },
  { name: 'Message', get: (e) => e.message },
  { name: 'Details', get: (e) => e.details },
  { name: 'Time', get: (e) => goTime(e.time) },
  { name: 'Duration', get: (e) => new GoDuration(e.duration) },
  { name: 'Level', get: (e) => levelWord(e.level) },
  { name: 'Recoverable', get: (e) => e.recoverable },
  { name: 'Tags', get: (e) => tagMap(e.tags) },
])

function checkSeverities(v: Readonly<Record<string, unknown>>): string | undefined {
  const map = v['severityMap'] as Readonly<Record<string, unknown>>
  return SEVERITY_KEYS.some((k) => map[k] === undefined || map[k] === '') ? 'invalid severity mapping' : undefined
}

interface Event {
  readonly action: string
  readonly method: string
  readonly type: string
  readonly tid: number
  readonly summary: string
  readonly device: string
  readonly component: string
  readonly eventClassKey: string
  readonly eventClass: string
  readonly collector: string
  readonly message: string
  readonly custom: Readonly<Record<string, Writable>>
  readonly level: Level
  readonly key?: string | undefined
}

export const zenossHandler = defineHandler({
  kind: 'zenoss',
  doc: 'Sends events to Zenoss.',
  method: { name: 'zenoss' },
  options: {
    action: option.string('The router.'),
    method: option.string('Its method.'),
    type: option.string('The type of the call.'),
    tid: option.int('The transaction.'),
    summary: option.string('A short text; a template. The message when not given.'),
    device: option.string('The device concerned; a template.'),
    component: option.string('Its component; a template.'),
    eventClassKey: option.string('The key of the class of the event.', { key: 'eventclasskey' }),
    eventClass: option.string('The class of the event.', { key: 'eventclass' }),
    collector: option.string('The collector.'),
    message: option.string('A long text; a template.'),
    customField: option.values('A further member; texts are templates, and JSON when they look like it.', {
      key: 'customField',
    }),
  },
  config: {
    section: 'zenoss',
    fields,
    check: checkSeverities,
  },
  limits: { timeoutMs: SERVICE_TIMEOUT_MS },
  check: ({ summary, device, component, eventClassKey, eventClass, message, customField }) =>
    firstFlaw({ summary, device, component, eventClassKey, eventClass, message, customField }),
  send: async (event, options, c, io) => {
    const t = new OptionTemplates(options, event, (e) => eventInfo.of(e))
    const custom = t.renderValues('customField', options.customField)
    return sendEvent(
      {
        ...options,
        summary: either(t.render('summary', options.summary), event.message),
        device: t.render('device', options.device),
        component: t.render('component', options.component),
        eventClassKey: t.render('eventClassKey', options.eventClassKey),
        eventClass: t.render('eventClass', options.eventClass),
        message: t.render('message', options.message),
        custom: Object.fromEntries(Object.entries(custom).map(([k, v]) => [k, embedded(v as Writable)])),
        level: event.level,
        key: event.key,
      },
      c,
      io,
    )
  },
  test: {
    options: (c) => ({
      alert_id: testOption.string('1001'),
      level: testOption.level(),
      message: testOption.string('test zenoss message'),
      action: testOption.string(c.action),
      method: testOption.string(c.method),
      type: testOption.string(c.type),
      tid: testOption.int(c.tid),
      summary: testOption.string(),
      device: testOption.string(),
      component: testOption.string(),
      eventclasskey: testOption.string(),
      eventclass: testOption.string(),
      collector: testOption.string(c.collector),
      custom_fields: testOption.values(),
    }),
    send: (o, c, io) =>
      sendEvent(
        {
          ...o,
          summary: either(o.summary, o.message),
          eventClassKey: o.eventclasskey,
          eventClass: o.eventclass,
          message: '',
          custom: o.custom_fields,
          level: parseLevel(o.level) ?? OK,
        },
        c,
        io,
      ),
  },
})

/** A text that is a JSON object or list is sent as one. */
function embedded(v: Writable): Writable {
  if (typeof v !== 'string' || !/^[{[]/.test(v)) return v
  try {
    JSON.parse(v)
    return new RawJson(v)
  } catch {
    return v
  }
}

async function sendEvent(e: Event, c: ZenossConfig, io: HandlerIo): Promise<Receipt> {
  mustBeEnabled(c)
  const collector = either(e.collector, c.collector)
  return callService(io, {
    url: c.url,
    headers: c.username === '' ? {} : { Authorization: basicAuthorization(c.username, c.password) },
    body: jsonBody({
      action: either(e.action, c.action),
      method: either(e.method, c.method),
      data: [
        {
          ...e.custom,
          summary: byteSlice(e.summary, 0, SUMMARY_BYTES),
          device: e.device,
          component: e.component,
          severity: c.severityMap[SEVERITY_KEYS[e.level]] as Writable,
          evclasskey: e.eventClassKey,
          evclass: e.eventClass,
          collector: collector === '' ? undefined : collector,
          message: e.message === '' ? undefined : byteSlice(e.message, 0, MESSAGE_BYTES),
        },
      ],
      type: either(e.type, c.type),
      tid: e.tid === 0 ? c.tid : e.tid,
    }),
    ok: [200],
    key: e.key,
  })
}
