// MQTT through Debian's mosquitto.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { connectAsync } from 'mqtt'
import type { DeliveryFault } from '../../src/alert/delivery-fault.ts'
import type { MqttBroker, MqttMessage } from '../../src/alert/io/messaging.ts'
import { MqttSender } from '../../src/alert/io/mqtt-sender.ts'
import { TlsFiles } from '../../src/alert/io/tls-files.ts'
import { findProgram, freePort, makeCertificate, newFolder, OutsideProgram } from './outside-program.ts'

const mosquitto = findProgram('mosquitto')
const skip = mosquitto === undefined ? 'mosquitto is not installed' : false
const TIMEOUT_MS = 5_000
const NO_TLS = { ca: '', cert: '', key: '', skipVerify: false }

describe('mqtt', { skip, timeout: 60_000 }, () => {
  const folder = newFolder()
  const certificate = makeCertificate(folder.path)
  const sender = new MqttSender(new TlsFiles())
  let broker: OutsideProgram | undefined
  let plain = 0
  let secured = 0
  let closed = 0

  async function start(): Promise<void> {
    // Started by root it would turn into a user that may not read these files.
    const lines = [
      `user ${userInfo().username}`,
      'per_listener_settings true',
      `listener ${plain} 127.0.0.1`,
      'allow_anonymous true',
    ]
    if (certificate)
      lines.push(
        `listener ${secured} 127.0.0.1`,
        'allow_anonymous true',
        `certfile ${certificate.cert}`,
        `keyfile ${certificate.key}`,
      )
    lines.push(`listener ${closed} 127.0.0.1`, 'allow_anonymous false', `password_file ${join(folder.path, 'users')}`)
    const file = join(folder.path, 'mosquitto.conf')
    writeFileSync(join(folder.path, 'users'), '', { mode: 0o600 })
    writeFileSync(file, `${lines.join('\n')}\n`)
    broker = new OutsideProgram(mosquitto!, ['-c', file])
    await broker.listens(plain, TIMEOUT_MS)
  }

  before(async () => {
    plain = await freePort()
    secured = await freePort()
    closed = await freePort()
    await start()
  })
  after(async () => {
    await sender.close()
    await broker?.stop()
    folder.remove()
  })

  function at(url: string, changes: Partial<MqttBroker> = {}): MqttBroker {
    return { name: 'b', url, clientId: 'kap', username: '', password: '', tls: NO_TLS, ...changes }
  }
  const here = () => at(`tcp://127.0.0.1:${plain}`)
  const message = (changes: Partial<MqttMessage> = {}): MqttMessage => ({
    topic: 'alerts/oven',
    payload: 'hö',
    qos: 0,
    retained: false,
    ...changes,
  })

  /** Subscribes, does the work, and gives the first so many messages. */
  async function heard(count: number, work: () => Promise<unknown>): Promise<unknown[]> {
    const client = await connectAsync(`mqtt://127.0.0.1:${plain}`)
    const messages: unknown[] = []
    const all = new Promise<void>((resolve) => {
      client.on('message', (topic, payload, packet) => {
        messages.push([topic, payload.toString('utf8'), packet.qos, packet.retain])
        if (messages.length === count) resolve()
      })
    })
    await client.subscribeAsync('alerts/#', { qos: 2 })
    await work()
    await all
    await client.endAsync()
    return messages
  }

  async function faultOf(work: Promise<unknown>): Promise<DeliveryFault> {
    try {
      await work
    } catch (e) {
      return e as DeliveryFault
    }
    throw new Error('it arrived')
  }

  it('publishes at each quality of service', async () => {
    const messages = await heard(3, async () => {
      for (const qos of [0, 1, 2] as const) await sender.publish(here(), message({ qos }), TIMEOUT_MS)
    })
    assert.deepEqual(
      messages,
      [0, 1, 2].map((qos) => ['alerts/oven', 'hö', qos, false]),
    )
  })

  it('leaves a retained message for those who come later', async () => {
    await sender.publish(here(), message({ topic: 'alerts/kept', retained: true, qos: 1 }), TIMEOUT_MS)
    assert.deepEqual(await heard(1, async () => {}), [['alerts/kept', 'hö', 1, true]])
    await sender.publish(here(), message({ topic: 'alerts/kept', payload: '', retained: true, qos: 1 }), TIMEOUT_MS)
  })

  it('speaks TLS, and looks at the certificate', { skip: !certificate }, async () => {
    const url = `ssl://127.0.0.1:${secured}`
    const fault = await faultOf(sender.publish(at(url), message(), TIMEOUT_MS))
    assert.match(fault.message, /self-signed certificate/)
    const tls = { ...NO_TLS, ca: certificate!.cert }
    const messages = await heard(2, async () => {
      await sender.publish(at(url, { tls, clientId: 'a' }), message({ qos: 1 }), TIMEOUT_MS)
      await sender.publish(
        at(url, { tls: { ...NO_TLS, skipVerify: true }, clientId: 'c' }),
        message({ qos: 1 }),
        TIMEOUT_MS,
      )
    })
    assert.equal(messages.length, 2)
  })

  it('is refused for good where it may not sign in', async () => {
    const url = `tcp://127.0.0.1:${closed}`
    const fault = await faultOf(sender.publish(at(url, { username: 'u', password: 'p' }), message(), TIMEOUT_MS))
    assert.match(fault.message, /Not authorized/)
    assert.equal(fault.retry, false)
  })

  it('tries again while the broker is away, and connects anew when it is back', async () => {
    await sender.publish(here(), message({ qos: 1 }), TIMEOUT_MS)
    await broker!.stop()
    const fault = await faultOf(sender.publish(here(), message({ qos: 1 }), TIMEOUT_MS))
    assert.equal(fault.retry, true)
    const again = await faultOf(sender.publish(here(), message({ qos: 1 }), TIMEOUT_MS))
    assert.match(again.message, /ECONNREFUSED/)
    assert.equal(again.retry, true)
    await start()
    const messages = await heard(1, () => sender.publish(here(), message({ qos: 1 }), TIMEOUT_MS))
    assert.equal(messages.length, 1)
  })
})
