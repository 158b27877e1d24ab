// The kafka handler: the event's JSON, or what a template makes of it, as a record of a topic. Its key is the alert id.
import { messageOf } from '../../base/fault.ts'
import type { DeliveryEvent } from '../delivery-event.ts'
import { DeliveryFault } from '../delivery-fault.ts'
import type { HandlerIo } from '../io/handler-io.ts'
import type { KafkaPartitioning, KafkaRecord } from '../io/messaging.ts'
import { templateFlaw, templateOf } from '../template-cache.ts'
import { alertTemplateData } from '../template-data.ts'
import { ENABLED, TLS } from './config-keys.ts'
import { config } from './config-section.ts'
import { defineHandler, type Receipt } from './define-handler.ts'
import { checkSasl, type KafkaConfig, kafkaCluster, SASL } from './kafka-cluster.ts'
import { option } from './option.ts'
import { either, refusal } from './service-call.ts'
import { testOption } from './service-test.ts'

const ALGORITHMS: readonly KafkaPartitioning[] = ['crc32', 'murmur2', 'murmur3', 'fnv-1a']

interface Options {
  readonly cluster: string
  readonly topic: string
  readonly disablePartitionById: boolean
  readonly partitionAlgorithm: string
  readonly template: string
}

const fields = {
  ...ENABLED,
  id: config.string('Its name.', 'default', { required: 'id must not be empty' }),
  brokers: config.strings('Brokers: host:port.', [], {
    required: 'no brokers specified, must provide at least one broker URL',
  }),
  timeout: config.duration('How long an answer may take.', 10_000_000_000),
  batchSize: config.int('Messages that are sent together at most.', 100),
  batchTimeout: config.duration('Accepted for compatibility: what waits is sent at once.', 1_000_000_000),
  useSsl: config.bool('Speaks TLS.'),
  ...TLS,
  ...SASL,
}

export const kafkaHandler = defineHandler({
  kind: 'kafka',
  doc: 'Sends each event to a Kafka topic.',
  method: { name: 'kafka' },
  options: {
    cluster: option.string('The configured cluster.'),
    topic: option.string('The topic.', { scriptName: 'kafkaTopic' }),
    disablePartitionById: option.flag('Spreads records evenly, in place of keeping an id in one partition.', {
      key: 'disablePartitionById',
    }),
    partitionAlgorithm: option.string('How the id chooses the partition: crc32, murmur2, murmur3 or fnv-1a.', {
      key: 'partitionAlgorithm',
      scriptName: 'partitionHashAlgorithm',
    }),
    template: option.string("Template of the record; the event's JSON when not given."),
  },
  config: {
    section: 'kafka',
    list: { key: 'id', prefilled: true, single: 'defaults' },
    fields,
    check: checkSasl,
  },
  limits: { timeoutMs: 60_000 },
  check: ({ cluster, partitionAlgorithm, template }, clusters) => {
    if (!findCluster(cluster, clusters)) return `unknown cluster "${cluster}"`
    if (partitionAlgorithm !== '' && !ALGORITHMS.includes(partitionAlgorithm as KafkaPartitioning))
      return `invalid partition algorithm "${partitionAlgorithm}": it must be one of ${ALGORITHMS.join(', ')}`
    return template === '' ? undefined : templateFlaw('template', template)
  },
  send: (event, options, clusters, io) => produce([event], options, clusters, io),
  sendMany: async (events, options, clusters, io) => {
    try {
      return await produce(events, options, clusters, io)
    } catch (e) {
      throw events.length > 1 ? eachAlone(e) : e
    }
  },
  test: {
    options: () => ({
      cluster: testOption.string('example'),
      topic: testOption.string('test'),
      key: testOption.string('key'),
      message: testOption.string('test kafka message'),
    }),
    send: (o, clusters, io) =>
      send([{ topic: o.topic, key: o.key, value: o.message, partitioning: 'crc32' }], o.cluster, clusters, io),
  },
})

/** One record that can't be taken must not cost the others of its batch: their next try is without it. */
function eachAlone(e: unknown): unknown {
  if (e instanceof DeliveryFault && e.retry) return e
  return new DeliveryFault('kafka-batch', messageOf(e), { retry: true, cause: e })
}

/** Clusters that are off count as not there. */
function findCluster(name: string, clusters: readonly KafkaConfig[]): KafkaConfig | undefined {
  const on = clusters.filter((c) => c.enabled)
  return on.find((c) => c.id === name) ?? (name === '' && on.length === 1 ? on[0] : undefined)
}

async function produce(
  events: readonly DeliveryEvent[],
  o: Options,
  clusters: readonly KafkaConfig[],
  io: HandlerIo,
): Promise<Receipt> {
  const template = o.template === '' ? undefined : templateOf(o, 'template', o.template)
  const algorithm = either(o.partitionAlgorithm, 'crc32') as KafkaPartitioning
  const records = events.map((event) => ({
    topic: o.topic,
    key: event.id,
    value: template ? template.render(alertTemplateData(event)) : event.json,
    partitioning: o.disablePartitionById ? 'none' : algorithm,
  }))
  return send(records, o.cluster, clusters, io)
}

async function send(
  records: readonly KafkaRecord[],
  name: string,
  clusters: readonly KafkaConfig[],
  io: HandlerIo,
): Promise<Receipt> {
  const c = findCluster(name, clusters)
  if (!c) throw refusal(`unknown cluster "${name}"`)
  if (records.some((r) => r.topic === '')) throw refusal('the topic must not be empty')
  const size = c.batchSize > 0 ? c.batchSize : records.length
  for (let i = 0; i < records.length; i += size) await io.kafka(kafkaCluster(c, io), records.slice(i, i + size))
  return {}
}
