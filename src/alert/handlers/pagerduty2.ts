// The pagerduty2 handler: the second version of PagerDuty's events, with links and the data of the alert.
import { parseTime, type Time, ZERO_TIME } from '../../base/time.ts'
import { arg, field } from '../../lang/fields.ts'
import type { HandlerIo } from '../io/handler-io.ts'
import { CRITICAL, type Level, OK, parseLevel, WARNING } from '../level.ts'
import { ENABLED, GLOBAL } from './config-keys.ts'
import { type ConfigOf, config } from './config-section.ts'
import { defineHandler, type Receipt } from './define-handler.ts'
import { type EventParts, eventDataOption, partsOf, partsOfTest } from './event-parts.ts'
import { firstFlaw, OptionTemplates } from './handler-templates.ts'
import { option } from './option.ts'
import { callService, either, jsonBody, mustBeEnabled, SERVICE_TIMEOUT_MS } from './service-call.ts'
import { testOption } from './service-test.ts'

const fields = {
  ...ENABLED,
  url: config.string('Address of the API.', 'https://events.pagerduty.com/v2/enqueue', {
    required: 'url cannot be empty',
  }),
  routingKey: config.secret('Key of the integration.'),
  ...GLOBAL,
}

interface Link {
  readonly href: string
  readonly text: string
}

interface Incident {
  readonly routingKey: string
  readonly links: readonly Link[]
  readonly id: string
  readonly message: string
  readonly level: Level
  readonly time: Time
  readonly parts: EventParts
  readonly key?: string | undefined
}

export const pagerduty2Handler = defineHandler({
  kind: 'pagerduty2',
  doc: 'Opens and resolves incidents of PagerDuty.',
  method: { name: 'pagerDuty2' },
  options: {
    routingKey: option.string('The key of the integration.'),
    serviceKey: option.string('Another name of `routingKey`.'),
    links: option.custom<readonly Link[]>('A link to show, and its text; templates.', {
      scriptName: 'link',
      initial: [],
      field: field.method<readonly Link[]>('A link to show, and its text; templates.', {
        args: [arg.string('The address.'), arg.string('The text; the address when not given.')],
        min: 1,
        initial: [],
        apply: (before, [href, text]) => [
          ...before,
          { href: href as string, text: (text as string | undefined) ?? '' },
        ],
        shape: 'calls',
        calls: (all) => all.map(({ href, text }) => (text === '' ? [href] : [href, text])),
      }),
      decode: decodeLinks,
    }),
  },
  config: { section: 'pagerduty2', fields },
  limits: { timeoutMs: SERVICE_TIMEOUT_MS },
  check: ({ links }) => firstFlaw({ href: links.map((l) => l.href), text: links.map((l) => l.text) }),
  send: async (event, options, c, io) => {
    const templates = new OptionTemplates(options, event)
    const hrefs = templates.renderAll(
      'href',
      options.links.map((l) => l.href),
    )
    const texts = templates.renderAll(
      'text',
      options.links.map((l) => l.text),
    )
    const { id, message, level, time, key } = event
    return sendIncident(
      {
        routingKey: either(options.routingKey, options.serviceKey),
        links: hrefs.map((href, i) => ({ href, text: either(texts[i]!, href) })),
        id,
        message,
        level,
        time,
        parts: partsOf(event),
        key,
      },
      c,
      io,
    )
  },
  test: {
    options: () => ({
      alert_id: testOption.string('testAlertID'),
      description: testOption.string('test pagerduty2 message'),
      level: testOption.level(),
      event_data: eventDataOption('testPagerDuty2'),
      timestamp: testOption.time('2014-11-12T11:45:26.371Z'),
      links: testOption.rows(
        ['href', 'text'],
        [
          { href: 'https://example.com/a', text: 'a' },
          { href: 'https://example.com/b', text: 'b' },
        ],
      ),
    }),
    send: (o, c, io) =>
      sendIncident(
        {
          routingKey: '',
          links: o.links.map(({ href, text }) => ({ href, text: either(text, href) })),
          id: o.alert_id,
          message: o.description,
          level: parseLevel(o.level) ?? OK,
          time: parseTime(o.timestamp) ?? ZERO_TIME,
          parts: partsOfTest(o.event_data),
        },
        c,
        io,
      ),
  },
})

function decodeLinks(json: unknown): readonly Link[] {
  const rows = Array.isArray(json) ? (json as unknown[]) : []
  const isLink = (row: unknown): row is Partial<Link> =>
    typeof row === 'object' && row !== null && Object.values(row).every((v) => typeof v === 'string')
  if (!Array.isArray(json) || !rows.every(isLink)) throw new Error('must be a list of links, each with href and text')
  return rows.map((row) => ({ href: row.href ?? '', text: row.text ?? '' }))
}

function severityOf(level: Level): string {
  if (level === CRITICAL) return 'critical'
  return level === WARNING ? 'warning' : 'info'
}

/** RFC 3339 with all nine digits of the fraction. */
function fullTime(t: Time): string {
  const seconds = new Date(t.sec * 1000).toISOString().slice(0, 19)
  return `${seconds}.${String(t.ns).padStart(9, '0')}Z`
}

async function sendIncident(i: Incident, c: ConfigOf<typeof fields>, io: HandlerIo): Promise<Receipt> {
  mustBeEnabled(c)
  const { parts } = i
  return callService(io, {
    url: c.url,
    headers: { Accept: 'application/vnd.pagerduty+json;version=2' },
    body: jsonBody({
      routing_key: either(i.routingKey, c.routingKey),
      event_action: i.level === OK ? 'resolve' : 'trigger',
      dedup_key: i.id,
      payload: {
        summary: i.message,
        source: either(parts.tags['host'] ?? '', 'unknown'),
        severity: severityOf(i.level),
        timestamp: fullTime(i.time),
        class: parts.taskName,
        component: '',
        group: '',
        custom_details: { result: parts.result },
      },
      images: null,
      links: i.links.length === 0 ? null : i.links.map(({ href, text }) => ({ href, text })),
      client: 'kapacitor',
      client_url: io.serverUrl,
    }),
    ok: [200, 202],
    key: i.key,
  })
}
