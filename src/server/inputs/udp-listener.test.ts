import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { after, describe, test } from 'node:test'
import { Fault } from '../../base/fault.ts'
import type { Logger } from '../../base/logger.ts'
import type { Point } from '../../base/point.ts'
import { VirtualClock } from '../../flow/virtual-clock.ts'
import { openUdpInputs, type UdpConfig } from './udp-inputs.ts'
import { UdpListener, type UdpOptions } from './udp-listener.ts'

const errors: string[] = []
const logger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error: (msg, fields) => void errors.push(`${msg}: ${String(fields?.['err'])}`),
  enabled: () => true,
  with: () => logger,
  limited: () => logger,
}
const sender = createSocket('udp4')
const opened: UdpListener[] = []
after(async () => {
  sender.close()
  await Promise.all(opened.map((l) => l.close().catch(() => {})))
})

interface Taken {
  readonly db: string
  readonly rp: string
  readonly points: readonly Point[]
}

/** A listener whose intake answers as told; `next` resolves with what it is given. */
async function listen(answer: () => Promise<void> | undefined = () => undefined, buffer = 2) {
  const taken: Taken[] = []
  const waiting: ((t: Taken) => void)[] = []
  const o: UdpOptions = {
    host: '127.0.0.1',
    port: 0,
    db: 'd',
    rp: 'r',
    readBuffer: 65_536,
    buffer,
    intake: {
      write(db, rp, points) {
        const t = { db, rp, points }
        taken.push(t)
        waiting.shift()?.(t)
        return answer()
      },
    },
    clock: new VirtualClock({ sec: 7, ns: 0 }),
    logger,
  }
  const listener = await UdpListener.open(o)
  opened.push(listener)
  const next = (): Promise<Taken> => new Promise((resolve) => void waiting.push(resolve))
  const send = (text: string): void => sender.send(text, listener.port, '127.0.0.1')
  return { listener, taken, next, send }
}

describe('datagrams', () => {
  test('are line protocol in nanoseconds for one database', async () => {
    const { listener, next, send } = await listen()
    const first = next()
    send('m,a=b v=1 1000000001\nm v=2i')
    const { db, rp, points } = await first
    assert.deepEqual([db, rp], ['d', 'r'])
    assert.deepEqual(
      points.map((p) => [p.sec, p.ns, p.values[0]]),
      [
        [1, 1, 1],
        [7, 0, 2],
      ],
    )
    assert.deepEqual(listener.stats, {
      bytes_rx: 27,
      points_rx: 2,
      points_tx: 2,
      points_parse_fail: 0,
      read_fail: 0,
      tx_fail: 0,
    })
  })

  test('that can not be read are dropped whole, and told', async () => {
    errors.length = 0
    const { listener, taken, next, send } = await listen()
    const good = next()
    send('m v=1 1\nbad\nm v=2 2')
    send('m v=3 3')
    await good
    assert.equal(taken.length, 1)
    assert.equal(listener.stats.points_parse_fail, 1)
    assert.match(errors[0]!, /a datagram is dropped: it can not be read: unable to parse/)
  })

  test('that find no room wait, but not too many of them', async () => {
    errors.length = 0
    let fail = (_e: unknown): void => {}
    const { listener, taken, next, send } = await listen(() => new Promise((_, reject) => (fail = reject)), 1)
    const first = next()
    send('m v=1 1')
    await first
    send('m v=2 2')
    send('x')
    // The last one can't be read: once it has been seen, the one before has been, too.
    while (listener.stats.points_parse_fail === 0) await new Promise((resolve) => setImmediate(resolve))
    assert.equal(taken.length, 1)
    assert.equal(listener.stats.tx_fail, 1)
    fail(new Fault('log-full', 'no room'))
    await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual([listener.stats.tx_fail, listener.stats.points_tx], [2, 0])
    assert.ok(errors.includes('a datagram is dropped: too many datagrams wait'))
    assert.ok(errors.includes('a datagram is dropped: no room'))
  })
})

describe('the inputs of the configuration', () => {
  const config = (c: Partial<UdpConfig>): UdpConfig =>
    ({
      enabled: true,
      bindAddress: '127.0.0.1:0',
      readBuffer: 0,
      buffer: 1000,
      database: 'd',
      retentionPolicy: '',
      ...c,
    }) as UdpConfig
  const options = {
    intake: { write: () => undefined },
    clock: new VirtualClock({ sec: 0, ns: 0 }),
    logger,
    defaultRetentionPolicy: 'week',
  }

  test('are opened when they are enabled', async () => {
    const open = await openUdpInputs(
      [config({}), config({ enabled: false }), config({ retentionPolicy: 'x' })],
      options,
    )
    assert.deepEqual(
      open.map((l) => [l.db, l.rp, l.port > 0]),
      [
        ['d', 'week', true],
        ['d', 'x', true],
      ],
    )
    const taken = open[0]!.port
    await assert.rejects(openUdpInputs([config({}), config({ bindAddress: `127.0.0.1:${taken}` })], options), {
      code: 'udp-listen',
      message: new RegExp(`can't listen for datagrams on 127.0.0.1:${taken}`),
    })
    opened.push(...open)
    await assert.rejects(openUdpInputs([config({ bindAddress: 'nowhere' })], options), { code: 'config-invalid' })
  })
})
