// Publishes to MQTT brokers, over one connection to each that is kept. Knows no event.
import type { MqttClient } from 'mqtt'
import { messageOf } from '../../base/fault.ts'
import { redactUrl } from '../../base/redact-url.ts'
import { DeliveryFault } from '../delivery-fault.ts'
import { inTime, KeptConnections } from './kept-connections.ts'
import type { MqttBroker, MqttMessage } from './messaging.ts'
import type { TlsFiles } from './tls-files.ts'

const IDLE_MS = 300_000
const CONNECT_MS = 10_000

export class MqttSender {
  readonly #tls: TlsFiles
  readonly #clients = new KeptConnections<MqttClient>({
    idleMs: IDLE_MS,
    close: (client) => client.endAsync(true),
  })

  constructor(tls: TlsFiles) {
    this.#tls = tls
  }

  /** Resolves once the broker has the message as its quality of service asks for. Rejects with a DeliveryFault. */
  async publish(broker: MqttBroker, message: MqttMessage, timeoutMs: number): Promise<void> {
    const what = `mqtt ${redactUrl(broker.url)}`
    const loaded = await this.#tls.load(broker.tls)
    const key = JSON.stringify([broker, loaded?.key])
    try {
      await this.#clients.use(
        key,
        async () => {
          const { connectAsync } = await import('mqtt')
          const { clientId, username, password } = broker
          return connectAsync(broker.url, {
            clientId,
            ...(username === '' ? {} : { username, password }),
            ...loaded?.options,
            clean: true,
            connectTimeout: CONNECT_MS,
            // Trying again is the queue's affair.
            reconnectPeriod: 0,
            queueQoSZero: false,
          })
        },
        async (client) => {
          const { topic, payload, qos, retained } = message
          const publish = () => client.publishAsync(topic, payload, { qos, retain: retained })
          await inTime(whileConnected(client, publish), timeoutMs, what)
        },
      )
    } catch (e) {
      if (e instanceof DeliveryFault) throw e
      throw new DeliveryFault('mqtt-failed', `${what}: ${reasonOf(e)}`, { retry: !isRefusal(e), cause: e })
    }
  }

  close(): Promise<void> {
    return this.#clients.close()
  }
}

/** The client itself would keep the message and wait for a connection. */
async function whileConnected(client: MqttClient, publish: () => Promise<unknown>): Promise<void> {
  const lost = new Error('the connection was lost')
  if (!client.connected) throw lost
  let onClose = (): void => {}
  const closed = new Promise<never>((_, reject) => {
    onClose = () => reject(lost)
    client.once('close', onClose)
  })
  try {
    await Promise.race([publish(), closed])
  } finally {
    client.off('close', onClose)
  }
}

/** Several attempts to connect come as one error without a text. */
function reasonOf(e: unknown): string {
  const first = (e as { errors?: readonly unknown[] }).errors?.[0]
  return messageOf(e) || (first === undefined ? 'it failed' : messageOf(first))
}

/** Wrong client id, user or password, or not allowed: return codes 2, 4 and 5 of CONNACK. */
function isRefusal(e: unknown): boolean {
  const code = (e as { code?: unknown }).code
  return code === 2 || code === 4 || code === 5
}
