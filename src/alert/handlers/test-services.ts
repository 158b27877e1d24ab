// For tests of handlers: services that are configured and on, the same ones off, and how an event is sent to one.
import assert from 'node:assert/strict'
import { DeliveryEvent } from '../delivery-event.ts'
import { DeliveryFault } from '../delivery-fault.ts'
import type { AlertEvent } from '../event.ts'
import { HandlerSet } from '../handler-set.ts'
import type { IoReply } from '../io/handler-io.ts'
import { RecordedIo } from '../io/recorded-io.ts'
import { testEvent } from '../test-event.ts'
import { initialConfig } from './config-section.ts'
import { ALERT_HANDLERS } from './handler-list.ts'

export type Values = Readonly<Record<string, unknown>>

/** The configuration of each section: the defaults, switched on, with this on top. */
export const CONFIGS: Readonly<Record<string, Values | readonly Values[]>> = {
  alerta: { url: 'http://a/base?x=1', token: 't', environment: 'Production', origin: 'here' },
  bigpanda: { url: 'http://b', token: 't', appKey: 'app' },
  discord: [{ url: 'http://d', workspace: 'main', username: 'kap', timestamp: true }],
  hipchat: { url: 'http://h/v2/room/', token: 't/o', room: 'a room' },
  opsgenie: { url: 'http://o/', recoveryUrl: 'http://o/note', apiKey: 'k', teams: ['ops'], recipients: [] },
  opsgenie2: { url: 'http://o2/alerts', apiKey: 'k', teams: ['ops'], recipients: ['jo'] },
  pagerduty: { url: 'http://p', serviceKey: 'k' },
  pagerduty2: { url: 'http://p2', routingKey: 'k' },
  pushover: { url: 'http://po', token: 't', userKey: 'u' },
  sensu: { addr: 's:1', source: 'Kapacitor', handlers: ['all'] },
  servicenow: { url: 'http://sn', source: 'src', username: 'u', password: 'p' },
  slack: [
    { url: 'http://s', workspace: 'main', channel: '#c', username: '', default: true },
    { url: 'http://s2', workspace: 'other', token: 'xoxb', channel: '#o', username: 'o', default: false },
  ],
  talk: { url: 'http://t', authorName: 'me' },
  teams: { channelUrl: 'http://te' },
  telegram: { url: 'http://tg/bot', token: 't', chatId: '1' },
  victorops: { url: 'http://v/alert', apiKey: 'a', routingKey: 'all of them' },
  zenoss: { url: 'http://z', username: 'u', password: 'p' },
}

export const on = new HandlerSet(ALERT_HANDLERS, {
  of(d) {
    const own = CONFIGS[d.kind]
    if (!d.config || !own) return undefined
    const whole = (values: Values): Values => ({ ...initialConfig(d.config!.fields), enabled: true, ...values })
    return Array.isArray(own) ? own.map(whole) : whole(own as Values)
  },
})
/** Everything as it is when no file says anything: off. */
export const off = new HandlerSet(ALERT_HANDLERS, {
  of: (d) => (d.config?.list ? [initialConfig(d.config.fields)] : d.config && initialConfig(d.config.fields)),
})

const OK_STATUS: Readonly<Record<string, number>> = { alerta: 201, bigpanda: 201, discord: 204, opsgenie2: 202 }

export function eventOf(changes: Partial<AlertEvent>): DeliveryEvent {
  return new DeliveryEvent(testEvent(changes), 'topic', 'key-1')
}

export async function send(
  kind: string,
  json: unknown,
  event: DeliveryEvent,
  reply: Partial<IoReply> = {},
): Promise<RecordedIo> {
  const io = new RecordedIo()
  io.reply = { status: OK_STATUS[kind] ?? 200, headers: {}, body: '', ...reply }
  const { declaration, options } = on.ofSpec(kind, json)
  await declaration.send(event, options, on.config(declaration), io)
  return io
}

export async function faultOf(work: Promise<unknown>): Promise<DeliveryFault> {
  try {
    await work
  } catch (e) {
    assert.ok(e instanceof DeliveryFault, String(e))
    return e
  }
  throw new Error('it arrived')
}
