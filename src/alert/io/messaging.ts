// What handlers can send over protocols that keep connections: mail, Kafka, MQTT, SNMP. The shapes of what is sent and
// where to; who really sends it is another file's affair.
import { DeliveryFault } from '../delivery-fault.ts'
import type { HandlerTls } from './handler-io.ts'

export interface MailServer {
  readonly host: string
  readonly port: number
  /** Empty: no signing in. */
  readonly username: string
  readonly password: string
  /** Takes any certificate when the connection becomes a TLS one. */
  readonly skipVerify: boolean
  /** Milliseconds that an unused connection is kept. */
  readonly idleMs: number
}

export interface Mail {
  readonly from: string
  readonly to: readonly string[]
  readonly subject: string
  readonly html: string
  /** The same for each repeat of one mail. */
  readonly key: string
}

export type KafkaMechanism = '' | 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512' | 'OAUTHBEARER'

export interface KafkaCluster {
  readonly id: string
  readonly brokers: readonly string[]
  readonly timeoutMs: number
  /** Undefined: without TLS. */
  readonly tls: HandlerTls | undefined
  readonly mechanism: KafkaMechanism
  readonly username: string
  readonly password: string
  /** Gives the token of OAUTHBEARER. */
  readonly token: (() => Promise<string>) | undefined
  readonly extensions: Readonly<Record<string, string>>
}

/** How a record's key chooses its partition; `none` leaves it to the client. */
export type KafkaPartitioning = 'crc32' | 'murmur2' | 'murmur3' | 'fnv-1a' | 'none'

export interface KafkaRecord {
  readonly topic: string
  readonly key: string
  readonly value: string
  readonly partitioning: KafkaPartitioning
}

export interface MqttBroker {
  readonly name: string
  /** `tcp://`, `ssl://`, `ws://` or `wss://`. */
  readonly url: string
  readonly clientId: string
  readonly username: string
  readonly password: string
  readonly tls: HandlerTls
}

export type Qos = 0 | 1 | 2

export interface MqttMessage {
  readonly topic: string
  readonly payload: string
  readonly qos: Qos
  readonly retained: boolean
}

export type SnmpType = 'c' | 'i' | 'n' | 's' | 't'

export interface SnmpVariable {
  readonly oid: string
  /** Counter64, Integer32, Null, octet string, TimeTicks. */
  readonly type: SnmpType
  readonly value: string
}

export interface SnmpTrap {
  /** `host:port` */
  readonly address: string
  readonly community: string
  readonly retries: number
  readonly oid: string
  readonly variables: readonly SnmpVariable[]
}

/** Each rejects with a Fault that says whether a retry helps. */
export interface Messaging {
  /** Resolves with the server's answer once it has taken the mail. */
  mail(server: MailServer, mail: Mail, timeoutMs: number): Promise<string>
  /** Resolves once all records are acknowledged. */
  kafka(cluster: KafkaCluster, records: readonly KafkaRecord[]): Promise<void>
  /** Resolves once the broker has taken the message, as its quality of service asks for. */
  mqtt(broker: MqttBroker, message: MqttMessage, timeoutMs: number): Promise<void>
  /** Resolves once the trap has left; nobody acknowledges it. */
  snmpTrap(trap: SnmpTrap, timeoutMs: number): Promise<void>
}

const nowhere = () => Promise.reject(new DeliveryFault('not-connected', 'there is no network here'))

/** For places without a network. */
export const NO_MESSAGING: Messaging = { mail: nowhere, kafka: nowhere, mqtt: nowhere, snmpTrap: nowhere }
