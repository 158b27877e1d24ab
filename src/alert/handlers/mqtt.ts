// The mqtt handler: the message, published to a topic of one of several brokers.
import { field } from '../../lang/fields.ts'
import type { HandlerIo } from '../io/handler-io.ts'
import type { MqttMessage, Qos } from '../io/messaging.ts'
import { checkOneDefault, defaultElement, ENABLED, TLS, tlsOf } from './config-keys.ts'
import { type ConfigOf, config } from './config-section.ts'
import { defineHandler, type Receipt } from './define-handler.ts'
import { firstFlaw, OptionTemplates } from './handler-templates.ts'
import { option } from './option.ts'
import { either, mustBeEnabled, refusal } from './service-call.ts'
import { mismatch, testOption } from './service-test.ts'

const TIMEOUT_MS = 30_000
const QOS_WORDS: Readonly<Record<string, Qos>> = {
  'at-most-once': 0,
  'at-least-once': 1,
  'exactly-once': 2,
  // The reference reads this and writes the one above.
  'exactly-one': 2,
}

const brokerFields = {
  ...ENABLED,
  name: config.string('Its name.', 'default', { required: 'must specify a name for the mqtt broker' }),
  default: config.bool('The broker that alerts mean when they name none.'),
  url: config.string('Address: tcp://, ws:// or ssl://.', '', { required: 'must specify a url for mqtt service' }),
  ...TLS,
  clientId: config.string('Name at the broker; its name here when empty.'),
  username: config.string('User.'),
  password: config.secret('Password.'),
}
type Broker = ConfigOf<typeof brokerFields>

export const mqttHandler = defineHandler({
  kind: 'mqtt',
  doc: 'Publishes the message to an MQTT topic.',
  method: { name: 'mqtt', args: ['topic'] },
  options: {
    topic: option.string('The topic; a template.', { script: false }),
    brokerName: option.string('The configured broker; the default one when not given.'),
    qos: option.custom<Qos>('The quality of service, 0 to 2.', {
      initial: 0,
      field: field.int('The quality of service, 0 to 2.', 0, { min: 0, max: 2 }),
      decode: decodeQos,
    }),
    retained: option.bool('Whether the broker keeps the message for later subscribers.'),
  },
  config: {
    section: 'mqtt',
    list: { key: 'name', prefilled: true, single: 'defaults' },
    fields: brokerFields,
    checkAll: checkOneDefault,
  },
  limits: { timeoutMs: TIMEOUT_MS },
  check: ({ topic }) => firstFlaw({ topic }),
  send: async (event, options, brokers, io) => {
    const topic = new OptionTemplates(options, event).render('topic', options.topic)
    const { qos, retained } = options
    return publish(options.brokerName, { topic, payload: event.message, qos, retained }, brokers, io)
  },
  test: {
    options: (brokers) => ({
      'broker-name': testOption.string(defaultElement(brokers)?.name),
      topic: testOption.string(),
      message: testOption.string('test MQTT message'),
      qos: testOption.custom('at-most-once', (json, _, where) => {
        if (typeof json !== 'string') throw mismatch(json, where, 'mqtt.QoSLevel')
        if (QOS_WORDS[json] === undefined) throw new Error(`unknown QoS level '${json}'`)
        return json
      }),
      retained: testOption.bool(),
    }),
    send: async (o, brokers, io) => {
      const message = { topic: o.topic, payload: o.message, qos: QOS_WORDS[o.qos] ?? 0, retained: o.retained }
      return publish(o['broker-name'], message, brokers, io)
    },
  },
})

function decodeQos(json: unknown): Qos {
  const qos = typeof json === 'string' ? QOS_WORDS[json] : json
  if (qos === 0 || qos === 1 || qos === 2) return qos
  throw new Error('must be at-most-once, at-least-once or exactly-once')
}

async function publish(
  name: string,
  message: MqttMessage,
  brokers: readonly Broker[],
  io: HandlerIo,
): Promise<Receipt> {
  const b = name === '' ? defaultElement(brokers) : brokers.find((each) => each.name === name)
  if (!b) throw refusal(`unknown MQTT broker "${name}"`)
  mustBeEnabled(b)
  if (message.topic === '') throw refusal('missing MQTT topic')
  const { url, username, password } = b
  const clientId = either(b.clientId, b.name)
  await io.mqtt({ name: b.name, url, clientId, username, password, tls: tlsOf(b) }, message, TIMEOUT_MS)
  return {}
}
