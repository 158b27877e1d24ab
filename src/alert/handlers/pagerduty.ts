// The pagerduty handler: the first version of PagerDuty's events. It has no INFO.
import type { HandlerIo } from '../io/handler-io.ts'
import { INFO, type Level, OK, parseLevel } from '../level.ts'
import { ENABLED, GLOBAL } from './config-keys.ts'
import { type ConfigOf, config } from './config-section.ts'
import { defineHandler, type Receipt } from './define-handler.ts'
import { option } from './option.ts'
import { callService, either, jsonBody, mustBeEnabled, refusal, SERVICE_TIMEOUT_MS } from './service-call.ts'
import { testOption } from './service-test.ts'

const fields = {
  ...ENABLED,
  url: config.string('Address of the API.', 'https://events.pagerduty.com/generic/2010-04-15/create_event.json', {
    required: 'url cannot be empty',
  }),
  serviceKey: config.secret('Key of the service.'),
  ...GLOBAL,
}

interface Incident {
  readonly serviceKey: string
  readonly id: string
  readonly message: string
  readonly details: string
  readonly level: Level
  readonly key?: string | undefined
}

export const pagerdutyHandler = defineHandler({
  kind: 'pagerduty',
  doc: 'Opens and resolves incidents of PagerDuty through its first API. INFO events are refused.',
  method: { name: 'pagerDuty' },
  options: { serviceKey: option.string('The key of the service.') },
  config: { section: 'pagerduty', fields },
  limits: { timeoutMs: SERVICE_TIMEOUT_MS },
  send: (event, { serviceKey }, c, io) => {
    const { id, message, details, level, key } = event
    return sendIncident({ serviceKey, id, message, details, level, key }, c, io)
  },
  test: {
    options: () => ({
      'incident-key': testOption.string('testIncidentKey'),
      description: testOption.string('test pagerduty message'),
      level: testOption.level(),
      details: testOption.string(),
    }),
    send: (o, c, io) =>
      sendIncident(
        {
          serviceKey: '',
          id: o['incident-key'],
          message: o.description,
          details: o.details,
          level: parseLevel(o.level) ?? OK,
        },
        c,
        io,
      ),
  },
})

async function sendIncident(i: Incident, c: ConfigOf<typeof fields>, io: HandlerIo): Promise<Receipt> {
  mustBeEnabled(c)
  if (i.level === INFO) throw refusal("AlertLevel 'info' is currently ignored by the PagerDuty service")
  return callService(io, {
    url: c.url,
    body: jsonBody({
      client: 'kapacitor',
      client_url: io.serverUrl,
      description: i.message,
      details: i.details,
      event_type: i.level === OK ? 'resolve' : 'trigger',
      incident_key: i.id,
      service_key: either(i.serviceKey, c.serviceKey),
    }),
    ok: [200],
    key: i.key,
  })
}
