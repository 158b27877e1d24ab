// The sensu handler: check results for a Sensu client, over a TCP connection of their own.
import type { Writable } from '../../base/json-writer.ts'
import { DeliveryFault } from '../delivery-fault.ts'
import type { HandlerIo } from '../io/handler-io.ts'
import { type Level, OK, parseLevel } from '../level.ts'
import { ENABLED } from './config-keys.ts'
import { type ConfigOf, config } from './config-section.ts'
import { defineHandler, type Receipt } from './define-handler.ts'
import { firstFlaw, OptionTemplates } from './handler-templates.ts'
import { option } from './option.ts'
import { either, jsonBody, mustBeEnabled, refusal } from './service-call.ts'
import { testOption } from './service-test.ts'

const TIMEOUT_MS = 30_000
const STATUSES = [0, 0, 1, 2] as const
const NAME = /^[\w.-]+$/

const fields = {
  ...ENABLED,
  addr: config.string('Address of the client.', '', { required: 'must specify client address' }),
  source: config.string('Source.', 'Kapacitor'),
  handlers: config.strings('Handlers.'),
}

interface CheckResult {
  readonly source: string
  readonly handlers: readonly string[]
  readonly metadata: Readonly<Record<string, unknown>>
  readonly name: string
  readonly output: string
  readonly level: Level
}

export const sensuHandler = defineHandler({
  kind: 'sensu',
  doc: 'Sends check results to a Sensu client. The alert id may only have letters, digits, `_`, `.` and `-`.',
  method: { name: 'sensu' },
  options: {
    source: option.string('The source; a template.'),
    handlers: option.strings('The handlers that Sensu calls.'),
    metadata: option.values('A further member.'),
  },
  config: { section: 'sensu', fields },
  limits: { timeoutMs: TIMEOUT_MS },
  check: ({ source }) => firstFlaw({ source }),
  send: async (event, options, c, io) => {
    const source = new OptionTemplates(options, event).render('source', options.source)
    return sendResult({ ...options, source, name: event.id, output: event.message, level: event.level }, c, io)
  },
  test: {
    options: (c) => ({
      name: testOption.string('testName'),
      source: testOption.string(either(c.source, 'Kapacitor')),
      output: testOption.string('testOutput'),
      handlers: testOption.strings([]),
      metadata: testOption.values(),
      level: testOption.level(),
    }),
    send: (o, c, io) => sendResult({ ...o, handlers: o.handlers ?? [], level: parseLevel(o.level) ?? OK }, c, io),
  },
})

async function sendResult(r: CheckResult, c: ConfigOf<typeof fields>, io: HandlerIo): Promise<Receipt> {
  mustBeEnabled(c)
  if (!NAME.test(r.name)) throw refusal(`invalid name "${r.name}" for sensu alert. Must match ^[\\w\\.-]+$`)
  const handlers = r.handlers.length === 0 ? c.handlers : r.handlers
  const members: Readonly<Record<string, Writable>> = {
    ...(r.metadata as Readonly<Record<string, Writable>>),
    handlers: handlers.length === 0 ? null : handlers,
    name: r.name,
    output: r.output,
    source: either(r.source, c.source),
    status: STATUSES[r.level],
  }
  const answer = (await io.exchange(c.addr, jsonBody(members), TIMEOUT_MS)).trim()
  if (answer === '')
    throw new DeliveryFault('sensu-silent', 'sensu socket error: it was closed without an answer', { retry: true })
  if (answer !== 'ok') throw refusal(`sensu socket error: ${answer}`)
  return { answer }
}
