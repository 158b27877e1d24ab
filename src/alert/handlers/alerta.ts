// The alerta handler: events of Alerta, nearly all of whose members are templates.
import { formatGoDuration, HOUR, parseGoDuration, SECOND } from '../../base/duration.ts'
import type { Int } from '../../base/int64.ts'
import type { RawJson, Writable } from '../../base/json-writer.ts'
import type { HandlerIo } from '../io/handler-io.ts'
import { ENABLED, SKIP_VERIFY, tlsOf } from './config-keys.ts'
import { type ConfigOf, config } from './config-section.ts'
import { defineHandler, type Receipt } from './define-handler.ts'
import { NO_RESULT, resultOf } from './event-parts.ts'
import { alertaEventData, firstFlaw, OptionTemplates } from './handler-templates.ts'
import { option } from './option.ts'
import { callService, either, joinUrl, jsonBody, mustBeEnabled, refusal, SERVICE_TIMEOUT_MS } from './service-call.ts'
import { testOption } from './service-test.ts'

const SEVERITIES = ['ok', 'informational', 'warning', 'critical'] as const
const TIMEOUT = 24 * HOUR

const fields = {
  ...ENABLED,
  url: config.string('Address of the API.', '', { required: 'must specify url' }),
  ...SKIP_VERIFY,
  token: config.secret('Token.'),
  tokenPrefix: config.string('Word before the token; Bearer when empty.'),
  environment: config.string('Environment.'),
  origin: config.string('Origin.'),
  timeout: config.duration('How long an alert stands.'),
}

interface Alert {
  readonly token: string
  readonly tokenPrefix: string
  readonly resource: string
  readonly event: string
  readonly environment: string
  readonly group: string
  readonly value: string
  readonly origin: string
  readonly service: readonly string[]
  readonly correlate: readonly string[]
  readonly attributes: Readonly<Record<string, Writable>>
  /** Nanoseconds; 0 for what the configuration says. */
  readonly timeout: Int
  readonly severity: string
  readonly message: string
  readonly tags: readonly string[]
  readonly result: RawJson
  readonly key?: string | undefined
}

export const alertaHandler = defineHandler({
  kind: 'alerta',
  doc: 'Sends alerts to Alerta.',
  method: { name: 'alerta' },
  options: {
    token: option.string('The token to sign in with.'),
    tokenPrefix: option.string('The word before the token.', { script: false }),
    resource: option.string('What the alert is about; a template.', { initial: '{{ .Name }}' }),
    event: option.string('The name of the event; a template over ID, Name, TaskName, Group and Tags.', {
      initial: '{{ .ID }}',
    }),
    environment: option.string('The environment; a template.'),
    group: option.string('The group; a template.', { initial: '{{ .Group }}' }),
    value: option.string('The value; a template.'),
    origin: option.string('The origin.'),
    service: option.strings('The services concerned; templates. The measurement when not given.', {
      scriptName: 'services',
    }),
    correlate: option.strings('The events that this one replaces; templates. The measurement when not given.', {
      scriptName: 'correlated',
    }),
    attributes: option.values('A further attribute; texts are templates.', { scriptName: 'attribute' }),
    timeout: option.duration('How long the alert stands.'),
  },
  config: { section: 'alerta', fields },
  limits: { timeoutMs: SERVICE_TIMEOUT_MS },
  check: ({ resource, event, environment, group, value, service, correlate, attributes }) =>
    firstFlaw({ resource, event, environment, group, value, service, correlate, attributes }),
  send: async (event, options, c, io) => {
    const t = new OptionTemplates(options, event)
    return sendAlerta(
      {
        ...options,
        resource: t.render('resource', options.resource),
        event: new OptionTemplates(options, event, alertaEventData).render('event', options.event),
        environment: t.render('environment', options.environment),
        group: t.render('group', options.group),
        value: t.render('value', options.value),
        service: options.service.length === 0 ? [event.name] : t.renderAll('service', options.service),
        correlate: options.correlate.length === 0 ? [event.name] : t.renderAll('correlate', options.correlate),
        attributes: t.renderValues('attribute', options.attributes) as Record<string, Writable>,
        severity: SEVERITIES[event.level],
        message: event.message,
        tags: Object.entries(event.tags).map(([k, v]) => `${k}=${v}`),
        result: resultOf(event),
        key: event.key,
      },
      c,
      io,
    )
  },
  test: {
    options: (c) => ({
      resource: testOption.string('testResource'),
      event: testOption.string('testEvent'),
      environment: testOption.string(c.environment),
      severity: testOption.string('critical'),
      group: testOption.string('testGroup'),
      value: testOption.string('testValue'),
      message: testOption.string('test alerta message'),
      origin: testOption.string(c.origin),
      service: testOption.strings(['testServiceA', 'testServiceB']),
      correlate: testOption.strings(['testServiceX', 'testServiceY']),
      attributes: testOption.values({ testAttributeA: 'A', testAttributeB: true, testAttributeC: 9001 }),
      timeout: testOption.duration(formatGoDuration(TIMEOUT)),
    }),
    send: (o, c, io) =>
      sendAlerta(
        {
          ...o,
          token: '',
          tokenPrefix: '',
          service: o.service ?? [],
          correlate: o.correlate ?? [],
          timeout: parseGoDuration(o.timeout) ?? 0,
          tags: [],
          result: NO_RESULT,
        },
        c,
        io,
      ),
  },
})

async function sendAlerta(a: Alert, c: ConfigOf<typeof fields>, io: HandlerIo): Promise<Receipt> {
  mustBeEnabled(c)
  if (a.resource === '') throw refusal('Resource cannot be empty, required.')
  if (a.event === '') throw refusal('Event cannot be empty, required.')
  const timeout = a.timeout || c.timeout || TIMEOUT
  const prefix = either(either(a.tokenPrefix, c.tokenPrefix), 'Bearer')
  return callService(io, {
    url: joinUrl(c.url, 'alert'),
    headers: { Authorization: `${prefix} ${either(a.token, c.token)}` },
    body: jsonBody({
      attributes: Object.keys(a.attributes).length === 0 ? undefined : a.attributes,
      correlate: a.correlate,
      environment: either(a.environment, c.environment),
      event: a.event,
      group: a.group,
      origin: either(a.origin, c.origin),
      rawData: a.result,
      resource: a.resource,
      service: a.service,
      severity: a.severity,
      tags: a.tags,
      text: a.message,
      timeout: Math.trunc(Number(timeout) / SECOND),
      value: a.value,
    }),
    ok: [201],
    tls: tlsOf(c),
    key: a.key,
  })
}
