// The bigpanda handler: a flat object of the alert, its tags, its fields and attributes of the user's.
import { compactJson, type Writable } from '../../base/json-writer.ts'
import { parseTime } from '../../base/time.ts'
import type { HandlerIo } from '../io/handler-io.ts'
import { CRITICAL, type Level, OK, parseLevel, WARNING } from '../level.ts'
import { ENABLED, GLOBAL_CHANGES, SKIP_VERIFY, tlsOf } from './config-keys.ts'
import { type ConfigOf, config } from './config-section.ts'
import { defineHandler, type Receipt } from './define-handler.ts'
import { type EventParts, eventDataOption, partsOf, partsOfTest } from './event-parts.ts'
import { firstFlaw, OptionTemplates } from './handler-templates.ts'
import { option } from './option.ts'
import { callService, either, mustBeEnabled, SERVICE_TIMEOUT_MS } from './service-call.ts'
import { testOption } from './service-test.ts'

const fields = {
  ...ENABLED,
  appKey: config.string('Application.', '', { required: 'must specify BigPanda app-key' }),
  token: config.secret('Token.', '', { required: 'must specify BigPanda token' }),
  url: config.string('Address of the API.', 'https://api.bigpanda.io/data/v2/alerts', {
    required: 'must specify the BigPanda webhook URL',
  }),
  autoAttributes: config.string('What is sent along: tags, fields or both.', 'tags,fields'),
  ...GLOBAL_CHANGES,
  ...SKIP_VERIFY,
}

interface Alert {
  readonly appKey: string
  readonly url: string
  readonly host: string
  readonly primaryProperty: string
  readonly secondaryProperty: string
  readonly attributes: Readonly<Record<string, Writable>>
  readonly id: string
  readonly message: string
  readonly details: string
  readonly level: Level
  readonly seconds: number
  readonly parts: EventParts
  readonly key?: string | undefined
}

export const bigpandaHandler = defineHandler({
  kind: 'bigpanda',
  doc: 'Sends alerts to BigPanda, with tags and fields as attributes.',
  method: { name: 'bigPanda' },
  options: {
    appKey: option.string('The application.'),
    url: option.string('Where to send to.', { script: false }),
    host: option.string('The host; a template.'),
    primaryProperty: option.string('The attribute that incidents are told apart by.'),
    secondaryProperty: option.string('A second one.'),
    attributes: option.values('A further attribute; texts are templates.', { scriptName: 'attribute' }),
  },
  config: { section: 'bigpanda', fields },
  limits: { timeoutMs: SERVICE_TIMEOUT_MS },
  check: ({ host, attributes }) => firstFlaw({ host, attributes }),
  send: async (event, options, c, io) => {
    const t = new OptionTemplates(options, event)
    const { id, message, details, level, time, key } = event
    return sendAlert(
      {
        ...options,
        host: t.render('host', options.host),
        attributes: t.renderValues('attribute', options.attributes) as Record<string, Writable>,
        id,
        message,
        details,
        level,
        seconds: time.sec,
        parts: partsOf(event),
        key,
      },
      c,
      io,
    )
  },
  test: {
    options: () => ({
      app_key: testOption.string('012345'),
      message: testOption.string('test bigpanda message'),
      level: testOption.level(),
      event_data: eventDataOption('testBigPanda'),
      timestamp: testOption.time(new Date().toISOString()),
      host: testOption.string('serverA'),
      primary_property: testOption.string(),
      secondary_property: testOption.string(),
    }),
    send: (o, c, io) =>
      sendAlert(
        {
          appKey: o.app_key,
          url: '',
          host: o.host,
          primaryProperty: o.primary_property,
          secondaryProperty: o.secondary_property,
          attributes: {},
          id: '',
          message: o.message,
          details: '',
          level: parseLevel(o.level) ?? OK,
          seconds: parseTime(o.timestamp)?.sec ?? 0,
          parts: partsOfTest(o.event_data),
        },
        c,
        io,
      ),
  },
})

function statusOf(level: Level): string {
  if (level < WARNING) return 'ok'
  return level === CRITICAL ? 'critical' : 'warning'
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
}

/** Details are HTML; here they are plain text. */
function unescapeHtml(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-z]+));/g, (whole, decimal, hex, name) => {
    if (name !== undefined) return ENTITIES[name] ?? whole
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal)
    return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd'
  })
}

/** Later members take the place of earlier ones of their name. */
function membersOf(a: Alert, c: ConfigOf<typeof fields>): Map<string, Writable> {
  const { parts } = a
  const all = new Map<string, Writable>()
  const add = (members: Readonly<Record<string, Writable>>): void => {
    for (const [name, value] of Object.entries(members)) all.set(name, value)
  }
  add({ app_key: either(a.appKey, c.appKey), description: a.message })
  if (a.id !== '') all.set('check', a.id)
  const details = unescapeHtml(a.details)
  // The default details are all of the event once more.
  if (details !== '' && !details.startsWith('{')) all.set('details', details)
  add({ status: statusOf(a.level), task: `${parts.taskName}:${parts.name}`, timestamp: a.seconds })
  const automatic = c.autoAttributes.split(',').map((word) => word.trim())
  if (automatic.includes('tags')) add(parts.tags)
  if (automatic.includes('fields')) add(parts.fields)
  all.set('host', a.host)
  if (a.primaryProperty !== '') all.set('primary_property', a.primaryProperty)
  if (a.secondaryProperty !== '') all.set('secondary_property', a.secondaryProperty)
  for (const [name, value] of Object.entries(a.attributes))
    all.set(name, typeof value === 'string' ? value : compactJson(value))
  return all
}

async function sendAlert(a: Alert, c: ConfigOf<typeof fields>, io: HandlerIo): Promise<Receipt> {
  mustBeEnabled(c)
  return callService(io, {
    url: either(a.url, c.url),
    headers: { Authorization: `Bearer ${c.token}` },
    body: compactJson(membersOf(a, c)),
    ok: [201],
    tls: tlsOf(c),
    key: a.key,
  })
}
