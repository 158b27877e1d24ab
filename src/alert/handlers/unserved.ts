// Handlers whose scripts can be read but which can't send yet: a script that names one is refused with its name.
// Each leaves this file when it gets one of its own.
import { arg, field } from '../../lang/fields.ts'
import { DeliveryFault } from '../delivery-fault.ts'
import type { HandlerDeclaration, ScriptMethod } from './define-handler.ts'
import { type OptionSpec, option } from './option.ts'

const text = option.string('')
const flag = option.flag('')
const truth = option.bool('')
const count = option.int('')
const texts = option.strings('')
const moreTexts = option.moreStrings('')
const map = option.map('')
const duration = option.duration('')

/** `.name('a', 'b')` any number of times, with this many arguments at least. */
function calls(min: number, max: number): OptionSpec<readonly unknown[]> {
  const args = Array.from({ length: max }, () => arg.string(''))
  const method = field.method<readonly unknown[]>('', {
    args,
    min,
    initial: [],
    apply: (before, given) => [...before, given],
  })
  return option.custom<readonly unknown[]>('', { initial: [], field: method, decode: () => [] })
}

function unserved(
  kind: string,
  method: ScriptMethod | undefined,
  options: Readonly<Record<string, OptionSpec<never>>>,
): HandlerDeclaration {
  const missing = `the alert handler "${method?.name ?? kind}" is not served yet`
  return {
    kind,
    doc: '',
    ...(method ? { method } : {}),
    options,
    limits: { timeoutMs: 0 },
    missing,
    send: () => Promise.reject(new DeliveryFault('handler-not-served', missing)),
  }
}

const table = (o: Readonly<Record<string, unknown>>) => o as Readonly<Record<string, OptionSpec<never>>>

export const unservedHandlers: readonly HandlerDeclaration[] = [
  unserved('smtp', { name: 'email', rest: 'to' }, table({ to: moreTexts, toTemplates: moreTexts })),
  unserved('slack', { name: 'slack' }, table({ workspace: text, channel: text, username: text, iconEmoji: text })),
  unserved(
    'discord',
    { name: 'discord' },
    table({ workspace: text, username: text, avatarURL: text, embedTitle: text }),
  ),
  unserved(
    'telegram',
    { name: 'telegram' },
    table({ chatId: text, parseMode: text, disableWebPagePreview: flag, disableNotification: flag }),
  ),
  unserved('hipchat', { name: 'hipChat' }, table({ room: text, token: text })),
  unserved(
    'kafka',
    { name: 'kafka' },
    table({
      cluster: text,
      kafkaTopic: text,
      disablePartitionById: flag,
      partitionHashAlgorithm: text,
      template: text,
    }),
  ),
  unserved('mqtt', { name: 'mqtt', args: ['topic'] }, table({ brokerName: text, qos: count, retained: truth })),
  unserved('pagerduty', { name: 'pagerDuty' }, table({ serviceKey: text })),
  unserved('pagerduty2', { name: 'pagerDuty2' }, table({ routingKey: text, serviceKey: text, link: calls(1, 2) })),
  unserved('opsgenie', { name: 'opsGenie' }, table({ teams: texts, recipients: texts })),
  unserved(
    'opsgenie2',
    { name: 'opsGenie2' },
    table({ teams: texts, recipients: texts, recoveryAction: text, details: flag }),
  ),
  unserved('victorops', { name: 'victorOps' }, table({ routingKey: text })),
  unserved(
    'pushover',
    { name: 'pushover' },
    table({ userKey: text, device: text, title: text, uRL: text, uRLTitle: text, sound: text }),
  ),
  unserved('sensu', { name: 'sensu' }, table({ source: text, handlers: texts, metadata: map })),
  unserved(
    'alerta',
    { name: 'alerta' },
    table({
      token: text,
      resource: text,
      event: text,
      environment: text,
      group: text,
      value: text,
      origin: text,
      services: texts,
      correlated: texts,
      attribute: map,
      timeout: duration,
    }),
  ),
  unserved('snmptrap', { name: 'snmpTrap', args: ['trapOid'] }, table({ data: calls(3, 3) })),
  unserved(
    'bigpanda',
    { name: 'bigPanda' },
    table({ appKey: text, host: text, primaryProperty: text, secondaryProperty: text, attribute: map }),
  ),
  unserved('teams', { name: 'teams' }, table({ channelURL: text })),
  unserved(
    'servicenow',
    { name: 'serviceNow' },
    table({
      uRL: text,
      source: text,
      node: text,
      type: text,
      resource: text,
      metricName: text,
      messageKey: text,
      additionalInfo: map,
    }),
  ),
  unserved(
    'zenoss',
    { name: 'zenoss' },
    table({
      action: text,
      method: text,
      type: text,
      tid: count,
      collector: text,
      summary: text,
      device: text,
      component: text,
      eventClassKey: text,
      eventClass: text,
      message: text,
      customField: map,
    }),
  ),
  unserved('talk', { name: 'talk' }, {}),
]
