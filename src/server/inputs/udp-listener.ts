// Line protocol in datagrams: each is taken or dropped as a whole, and nobody is told but the log. Knows one database and
// retention policy, that of its points.
import { createSocket, type Socket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import type { Clock } from '../../base/clock.ts'
import { Fault, messageOf } from '../../base/fault.ts'
import { formatErrors } from '../../base/line-protocol/line-error.ts'
import { LineParser } from '../../base/line-protocol/line-parser.ts'
import type { Logger } from '../../base/logger.ts'
import type { Intake } from '../http/write-service.ts'

export interface UdpOptions {
  readonly host: string
  /** 0: the system chooses one. */
  readonly port: number
  readonly db: string
  readonly rp: string
  /** Bytes of the system's buffer; 0 leaves it. */
  readonly readBuffer: number
  /** Datagrams that may wait for room in the input log; further ones are dropped. */
  readonly buffer: number
  readonly intake: Intake
  readonly clock: Clock
  readonly logger: Logger
}

/** As statistics name them. */
export interface UdpStats {
  bytes_rx: number
  points_rx: number
  points_tx: number
  points_parse_fail: number
  read_fail: number
  tx_fail: number
}

const LOG_MS = 10_000

export class UdpListener {
  readonly stats: UdpStats = { bytes_rx: 0, points_rx: 0, points_tx: 0, points_parse_fail: 0, read_fail: 0, tx_fail: 0 }
  readonly #o: UdpOptions
  readonly #socket: Socket
  readonly #parser = new LineParser()
  #waiting = 0

  private constructor(o: UdpOptions, socket: Socket) {
    this.#o = o
    this.#socket = socket
  }

  /** Rejects with a Fault when it can't listen there. */
  static async open(o: UdpOptions): Promise<UdpListener> {
    const socket = createSocket({ type: isIPv6(o.host) ? 'udp6' : 'udp4' })
    await new Promise<void>((resolve, reject) => {
      const failed = (e: Error): void => {
        const where = `${o.host}:${o.port}`
        reject(new Fault('udp-listen', `can't listen for datagrams on ${where}: ${messageOf(e)}`, { cause: e }))
      }
      socket.once('error', failed)
      socket.bind(o.port, o.host === '' ? undefined : o.host, () => {
        socket.off('error', failed)
        resolve()
      })
    })
    if (o.readBuffer > 0) socket.setRecvBufferSize(o.readBuffer)
    const listener = new UdpListener(o, socket)
    socket.on('message', (bytes) => listener.#take(bytes))
    socket.on('error', (e) => {
      listener.stats.read_fail++
      listener.#log('datagrams can not be read', { err: messageOf(e) })
    })
    return listener
  }

  get db(): string {
    return this.#o.db
  }

  get rp(): string {
    return this.#o.rp
  }

  get port(): number {
    return this.#socket.address().port
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#socket.close(() => resolve())
    })
  }

  #take(bytes: Buffer): void {
    const { db, rp, clock, intake, buffer } = this.#o
    const { stats } = this
    stats.bytes_rx += bytes.length
    const now = clock.now()
    const parsed = this.#parser.parse(bytes, db, rp, 'n', now, intake.reads?.(db, rp, bytes.length))
    if (!parsed.ok) {
      stats.points_parse_fail++
      this.#log('a datagram is dropped: it can not be read', { err: formatErrors(parsed.errors) })
      return
    }
    const count = parsed.points.length
    stats.points_rx += count
    if (count === 0) return
    if (this.#waiting >= buffer) {
      this.#failed('too many datagrams wait')
      return
    }
    try {
      const done = intake.write(db, rp, parsed.points, bytes.length, { bytes, precision: 'n', now })
      stats.points_tx += count
      if (!done) return
      this.#waiting++
      done.then(
        () => {
          this.#waiting--
        },
        (e: unknown) => {
          this.#waiting--
          stats.points_tx -= count
          this.#failed(messageOf(e))
        },
      )
    } catch (e) {
      this.#failed(messageOf(e))
    }
  }

  #failed(err: string): void {
    this.stats.tx_fail++
    this.#log('a datagram is dropped', { err })
  }

  #log(msg: string, fields: Readonly<Record<string, unknown>>): void {
    const { db, rp, logger } = this.#o
    logger.limited(`udp ${db} ${rp} ${msg}`, LOG_MS).error(msg, { db, rp, ...fields })
  }
}
