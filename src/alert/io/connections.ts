// The real senders of mail, Kafka records, MQTT messages and SNMP traps together. The libraries are loaded when the
// first message needs them.
import { KafkaSender } from './kafka-sender.ts'
import { MailSender } from './mail-sender.ts'
import type { Messaging } from './messaging.ts'
import { MqttSender } from './mqtt-sender.ts'
import { SnmpSender } from './snmp-sender.ts'
import { TlsFiles } from './tls-files.ts'

export interface Connections extends Messaging {
  close(): Promise<void>
}

export function connections(): Connections {
  const tls = new TlsFiles()
  const mail = new MailSender()
  const kafka = new KafkaSender(tls)
  const mqtt = new MqttSender(tls)
  const snmp = new SnmpSender()
  return {
    mail: (server, m, timeoutMs) => mail.send(server, m, timeoutMs),
    kafka: (cluster, records) => kafka.send(cluster, records),
    mqtt: (broker, message, timeoutMs) => mqtt.publish(broker, message, timeoutMs),
    snmpTrap: (trap, timeoutMs) => snmp.send(trap, timeoutMs),
    close: async () => {
      await Promise.all([mail.close(), kafka.close(), mqtt.close(), snmp.close()])
    },
  }
}
