// Kafka through a broker of one node. Its jars come from Maven once and are kept; without Java, Maven or network the
// tests are skipped with the reason.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { Consumer, MessagesStreamModes, stringDeserializers } from '@platformatic/kafka'
import type { DeliveryFault } from '../../src/alert/delivery-fault.ts'
import { partitionNumber } from '../../src/alert/io/kafka-partition.ts'
import { KafkaSender } from '../../src/alert/io/kafka-sender.ts'
import type { KafkaCluster, KafkaRecord } from '../../src/alert/io/messaging.ts'
import { TlsFiles } from '../../src/alert/io/tls-files.ts'
import { findProgram, freePort, newFolder, OutsideProgram } from './outside-program.ts'

const VERSION = '4.1.1'
const PARTITIONS = 5
const CACHE = join(import.meta.dirname, '../../node_modules/.cache', `kafka-${VERSION}`)
/** Milliseconds that fetching the jars may take, and the broker to start. */
const FETCH_MS = 120_000
const START_MS = 60_000

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion><groupId>t</groupId><artifactId>t</artifactId><version>1</version>
  <dependencies><dependency>
    <groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${VERSION}</version>
  </dependency></dependencies>
</project>`

/** Why there is no broker to test with; false when its jars are there. */
function obstacle(): string | false {
  const jars = join(CACHE, 'lib')
  if (!findProgram('java')) return 'java is not installed'
  if (existsSync(join(CACHE, 'complete'))) return false
  if (!findProgram('mvn')) return `maven is not installed, and the jars of Kafka are not in ${jars}`
  try {
    mkdirSync(CACHE, { recursive: true })
    writeFileSync(join(CACHE, 'pom.xml'), POM)
    const goal = ['-q', '-B', 'dependency:copy-dependencies', `-DoutputDirectory=${jars}`]
    execFileSync('mvn', goal, { cwd: CACHE, timeout: FETCH_MS, stdio: 'ignore' })
    if (readdirSync(jars).length === 0) return 'Maven gave no jars of Kafka'
    writeFileSync(join(CACHE, 'complete'), '')
    return false
  } catch (e) {
    return `the jars of Kafka can't be fetched: ${(e as Error).message.split('\n')[0]}`
  }
}

const skip = obstacle()

describe('kafka', { skip, timeout: START_MS + 60_000 }, () => {
  const folder = newFolder()
  const sender = new KafkaSender(new TlsFiles())
  let broker: OutsideProgram
  let cluster: KafkaCluster
  let signedIn: KafkaCluster

  before(async () => {
    const [port, saslPort, controller] = [await freePort(), await freePort(), await freePort()]
    const file = join(folder.path, 'server.properties')
    const login = 'org.apache.kafka.common.security.plain.PlainLoginModule required user_me="secret";'
    writeFileSync(
      file,
      `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${controller}
listeners=PLAINTEXT://127.0.0.1:${port},SASL_PLAINTEXT://127.0.0.1:${saslPort},CONTROLLER://127.0.0.1:${controller}
advertised.listeners=PLAINTEXT://127.0.0.1:${port},SASL_PLAINTEXT://127.0.0.1:${saslPort}
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT
listener.name.sasl_plaintext.sasl.enabled.mechanisms=PLAIN
listener.name.sasl_plaintext.plain.sasl.jaas.config=${login}
sasl.enabled.mechanisms=PLAIN
log.dirs=${join(folder.path, 'data')}
num.partitions=${PARTITIONS}
message.max.bytes=100000
offsets.topic.replication.factor=1
group.initial.rebalance.delay.ms=0
`,
    )
    const java = ['-Xmx384m', '-cp', join(CACHE, 'lib', '*')]
    const format = [...java, 'kafka.tools.StorageTool', 'format', '-t', 'AAAAAAAAAAAAAAAAAAAAAA', '-c', file]
    execFileSync('java', format, { stdio: 'ignore', timeout: START_MS })
    broker = new OutsideProgram('java', [...java, 'kafka.Kafka', file])
    await broker.listens(port, START_MS)
    cluster = {
      id: 'test',
      brokers: [`127.0.0.1:${port}`],
      timeoutMs: 10_000,
      tls: undefined,
      mechanism: '',
      username: '',
      password: '',
      token: undefined,
      extensions: {},
    }
    const me = { mechanism: 'PLAIN', username: 'me', password: 'secret' } as const
    signedIn = { ...cluster, ...me, brokers: [`127.0.0.1:${saslPort}`] }
  })
  after(async () => {
    await sender.close()
    await broker?.stop()
    folder.remove()
  })

  const record = (changes: Partial<KafkaRecord> = {}): KafkaRecord => ({
    topic: 'alerts',
    key: 'oven',
    value: 'hö',
    partitioning: 'crc32',
    ...changes,
  })

  async function faultOf(work: Promise<unknown>): Promise<DeliveryFault> {
    try {
      await work
    } catch (e) {
      return e as DeliveryFault
    }
    throw new Error('it arrived')
  }

  /** So many different records of a topic: key, value, partition. A record may come twice: delivery is at least once. */
  async function heard(topic: string, count: number): Promise<[string, string, number][]> {
    const consumer = new Consumer({
      groupId: `test-${topic}`,
      clientId: 'test',
      bootstrapBrokers: [...cluster.brokers],
      deserializers: stringDeserializers,
    })
    const stream = await consumer.consume({ topics: [topic], mode: MessagesStreamModes.EARLIEST })
    const records = new Map<string, [string, string, number]>()
    for await (const m of stream) {
      records.set(JSON.stringify([m.key, m.value, m.partition]), [m.key, m.value, m.partition])
      if (records.size === count) break
    }
    await consumer.close(true)
    return [...records.values()]
  }

  it('makes the topic, and puts each record where its key belongs', async () => {
    const keys = ['a', 'oven', 'hö', 'a-little-bit-long-string']
    for (const partitioning of ['crc32', 'murmur2', 'murmur3', 'fnv-1a'] as const) {
      const topic = `by-${partitioning}`
      await sender.send(
        cluster,
        keys.map((key) => record({ topic, key, partitioning })),
      )
      const records = await heard(topic, keys.length)
      const expected = keys.map((key) => [key, 'hö', partitionNumber(partitioning, key, 0) % PARTITIONS])
      assert.deepEqual(records.sort(), expected.sort())
    }
  })

  it('spreads records whose key has no say', async () => {
    const records = Array.from({ length: 10 }, (_, i) =>
      record({ topic: 'spread', value: String(i), partitioning: 'none' }),
    )
    await sender.send(cluster, records)
    const partitions = new Set((await heard('spread', 10)).map(([, , partition]) => partition))
    assert.equal(partitions.size, PARTITIONS)
  })

  it('signs in, and is refused for good with a wrong password', async () => {
    await sender.send(signedIn, [record({ topic: 'signed', value: 'in' })])
    assert.deepEqual((await heard('signed', 1))[0]![1], 'in')
    const fault = await faultOf(sender.send({ ...signedIn, password: 'wrong' }, [record()]))
    assert.match(fault.message, /Authentication failed|SASL/i)
    assert.equal(fault.retry, false)
  })

  it('is refused for good with a record that is too large', async () => {
    const fault = await faultOf(sender.send(cluster, [record({ value: 'x'.repeat(200_000) })]))
    assert.match(fault.message, /larger/)
    assert.equal(fault.retry, false)
  })

  it('tries again when no broker answers', async () => {
    const nobody = { ...cluster, brokers: [`127.0.0.1:${await freePort()}`] }
    const fault = await faultOf(sender.send(nobody, [record()]))
    assert.match(fault.message, /ECONNREFUSED/)
    assert.equal(fault.retry, true)
  })
})
