// Sends records to Kafka, through one producer for each cluster that is kept. Knows no event.
import type { Producer, ProducerOptions } from '@platformatic/kafka'
import { messageOf } from '../../base/fault.ts'
import { DeliveryFault } from '../delivery-fault.ts'
import { partitionNumber } from './kafka-partition.ts'
import { inTime, KeptConnections } from './kept-connections.ts'
import type { KafkaCluster, KafkaPartitioning, KafkaRecord } from './messaging.ts'
import type { LoadedTls, TlsFiles } from './tls-files.ts'

const IDLE_MS = 300_000

type Client = Producer<string, string, string, string>
type ClientOptions = ProducerOptions<string, string, string, string>

export class KafkaSender {
  readonly #tls: TlsFiles
  readonly #producers = new KeptConnections<Client>({
    idleMs: IDLE_MS,
    close: (producer) => producer.close(true),
  })
  #turn = 0

  constructor(tls: TlsFiles) {
    this.#tls = tls
  }

  /** Resolves once all in-sync replicas have the records. Rejects with a DeliveryFault. */
  async send(cluster: KafkaCluster, records: readonly KafkaRecord[]): Promise<void> {
    const what = `kafka ${cluster.id} (${cluster.brokers.join(', ')})`
    const loaded = cluster.tls && (await this.#tls.load(cluster.tls))
    const { token: _, ...settings } = cluster
    const key = JSON.stringify([settings, loaded?.key])
    // Connecting and asking who leads the partition come before the sending itself.
    const limitMs = 3 * cluster.timeoutMs
    try {
      await this.#producers.use(
        key,
        () => openProducer(cluster, loaded),
        (producer) => inTime(this.#produce(producer, records), limitMs, what),
      )
    } catch (e) {
      if (e instanceof DeliveryFault) throw e
      throw new DeliveryFault('kafka-failed', `${what}: ${reasonOf(e)}`, { retry: !isRefusal(e), cause: e })
    }
  }

  close(): Promise<void> {
    return this.#producers.close()
  }

  async #produce(producer: Client, records: readonly KafkaRecord[]): Promise<void> {
    const partitionings = new Map<string, KafkaPartitioning>(records.map((r) => [r.topic, r.partitioning]))
    await producer.send({
      messages: records.map(({ topic, key, value }) => ({ topic, key, value })),
      acks: -1,
      autocreateTopics: true,
      partitioner: ({ topic, key }) =>
        partitionNumber(partitionings.get(topic) ?? 'crc32', key ?? '', (this.#turn = (this.#turn + 1) % 0x7fffffff)),
    })
  }
}

async function openProducer(cluster: KafkaCluster, tls: LoadedTls | undefined): Promise<Client> {
  const { Producer: Kafka, stringSerializers } = await import('@platformatic/kafka')
  const { id, brokers, timeoutMs, mechanism, username, password, token, extensions } = cluster
  const signIn =
    mechanism === ''
      ? {}
      : {
          sasl: {
            mechanism,
            ...(token ? { token, oauthBearerExtensions: { ...extensions } } : { username, password }),
          },
        }
  return new Kafka<string, string, string, string>({
    clientId: id,
    bootstrapBrokers: [...brokers],
    serializers: stringSerializers,
    // A topic that is made by being written to takes a moment. All else tried again is the queue's affair.
    retries: 3,
    retryDelay: 300,
    timeout: timeoutMs,
    connectTimeout: timeoutMs,
    requestTimeout: timeoutMs,
    autocreateTopics: true,
    ...(cluster.tls ? { tls: { ...tls?.options } } : {}),
    ...signIn,
  } as ClientOptions)
}

interface KafkaError {
  readonly code?: string
  readonly canRetry?: boolean
  readonly errors?: readonly unknown[]
  readonly cause?: unknown
}

/** Errors within errors, the innermost first. */
function innermost(e: unknown): readonly unknown[] {
  const { errors = [], cause } = (e ?? {}) as KafkaError
  return [...errors.flatMap(innermost), ...(cause ? innermost(cause) : []), e]
}

function reasonOf(e: unknown): string {
  return [...new Set(innermost(e).map(messageOf))]
    .filter((text) => text !== '')
    .slice(0, 3)
    .join(': ')
}

/** What the client or the broker holds to be final: wrong credentials, no rights, a record that is too large. */
function isRefusal(e: unknown): boolean {
  return innermost(e).some((x) => {
    const { code, canRetry } = (x ?? {}) as KafkaError
    if (code === 'PLT_KFK_USER') return !/unknown topic/i.test(messageOf(x))
    return code === 'PLT_KFK_AUTHENTICATION' || (code === 'PLT_KFK_PROTOCOL' && canRetry === false)
  })
}
