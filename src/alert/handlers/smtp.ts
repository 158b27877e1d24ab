// The smtp handler, `.email()` in scripts: a mail with the message as its subject and the details as its HTML body.
import type { DeliveryEvent } from '../delivery-event.ts'
import type { HandlerIo } from '../io/handler-io.ts'
import { ENABLED, GLOBAL_CHANGES } from './config-keys.ts'
import { type ConfigOf, config } from './config-section.ts'
import { defineHandler, type Receipt } from './define-handler.ts'
import { eventTemplateData, firstFlaw, OptionTemplates } from './handler-templates.ts'
import { option } from './option.ts'
import { mustBeEnabled, refusal } from './service-call.ts'
import { testOption } from './service-test.ts'

const TIMEOUT_MS = 60_000
const ADDRESS = /^(?:[^<>@\s]+@[^<>@\s]+|[^<>]*<[^<>@\s]+@[^<>@\s]+>)$/

const fields = {
  ...ENABLED,
  host: config.string('Mail server.', 'localhost', { required: 'host cannot be empty' }),
  port: config.int('Its port.', 25, { min: 1, max: 65535 }),
  username: config.string('User.'),
  password: config.secret('Password.'),
  from: config.string('Sender.', '', { required: "must provide a 'from' address" }),
  to: config.strings('Recipients when an alert names none.'),
  toTemplates: config.strings('Templates of recipients when an alert names none.', [], {
    key: 'toTemplates',
    aliases: ['to-templates'],
    overrideKey: 'to-templates',
  }),
  noVerify: config.bool('Takes any certificate.'),
  idleTimeout: config.duration('How long a connection is kept.', 30_000_000_000, { min: 1 }),
  ...GLOBAL_CHANGES,
}
type MailConfig = ConfigOf<typeof fields>

function checkAddresses(v: Readonly<Record<string, unknown>>): string | undefined {
  if (v['enabled'] !== true) return undefined
  if (!ADDRESS.test(String(v['from']))) return `invalid from email address: ${v['from']}`
  const wrong = (v['to'] as readonly string[]).find((to) => !ADDRESS.test(to))
  return wrong === undefined ? undefined : `invalid to email address: ${wrong}`
}

export const smtpHandler = defineHandler({
  kind: 'smtp',
  doc: 'Sends a mail.',
  method: { name: 'email', rest: 'to' },
  options: {
    to: option.moreStrings('Recipients.'),
    toTemplates: option.moreStrings('Templates of recipients.', { key: 'to-field' }),
  },
  config: { section: 'smtp', fields, check: checkAddresses },
  limits: { timeoutMs: TIMEOUT_MS },
  check: ({ toTemplates }) => firstFlaw({ toTemplates }),
  send: async (event, options, c, io) => {
    mustBeEnabled(c)
    const own = recipientsOf(event, options)
    const to = own.length > 0 ? own : recipientsOf(event, c)
    return sendMail(to, event.message, event.details, event.key, c, io)
  },
  test: {
    options: (c) => ({
      to: testOption.strings(c.to.length === 0 ? undefined : c.to),
      subject: testOption.string('test subject'),
      body: testOption.string('test body'),
    }),
    send: async (o, c, io) => {
      mustBeEnabled(c)
      return sendMail(o.to ?? [], o.subject, o.body, '', c, io)
    },
  },
})

interface Recipients {
  readonly to: readonly string[]
  readonly toTemplates: readonly string[]
}

function recipientsOf(event: DeliveryEvent, r: Recipients): readonly string[] {
  const rendered = new OptionTemplates(r, event, eventTemplateData).renderAll('toTemplates', r.toTemplates)
  return [...r.to, ...rendered].filter((address) => address.trim() !== '')
}

async function sendMail(
  to: readonly string[],
  subject: string,
  html: string,
  key: string,
  c: MailConfig,
  io: HandlerIo,
): Promise<Receipt> {
  if (to.length === 0) throw refusal('not sending email, no recipients defined')
  const { host, port, username, password, noVerify } = c
  const server = { host, port, username, password, skipVerify: noVerify, idleMs: Number(c.idleTimeout) / 1e6 }
  return { answer: await io.mail(server, { from: c.from, to, subject, html, key }, TIMEOUT_MS) }
}
