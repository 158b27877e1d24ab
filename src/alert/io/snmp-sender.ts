// Sends SNMP v2c traps over UDP, through one socket for each receiver that is kept. Knows no event.
import { isIPv6 } from 'node:net'
import type { Session, Snmp, Varbind } from 'net-snmp'
import { messageOf } from '../../base/fault.ts'
import { DeliveryFault } from '../delivery-fault.ts'
import { inTime, KeptConnections } from './kept-connections.ts'
import type { SnmpTrap, SnmpVariable } from './messaging.ts'
import { parseAddress } from './parse-address.ts'

const IDLE_MS = 60_000
/** What the reference gives as the time that the system is up, in hundredths of a second. */
const UP_TIME = 1000

interface Kept {
  readonly snmp: Snmp
  readonly session: Session
}

export class SnmpSender {
  readonly #sessions = new KeptConnections<Kept>({ idleMs: IDLE_MS, close: ({ session }) => void session.close() })

  /** Resolves once the trap has left. Rejects with a DeliveryFault. */
  async send(trap: SnmpTrap, timeoutMs: number): Promise<void> {
    const { address, community, retries, oid, variables } = trap
    const { host, port } = parseAddress(address)
    const what = `snmp trap to ${address}`
    try {
      await this.#sessions.use(
        JSON.stringify([address, community, retries]),
        async () => {
          const { default: snmp } = await import('net-snmp')
          const session = snmp.createSession(host, community, {
            version: snmp.Version2c,
            trapPort: port,
            retries,
            timeout: timeoutMs,
            transport: isIPv6(host) ? 'udp6' : 'udp4',
          })
          // An answer to a trap, such as "port unreachable", is no trap's failure.
          session.on('error', () => {})
          return { snmp, session }
        },
        ({ snmp, session }) => {
          const varbinds = variables.map((v) => varbindOf(v, snmp))
          const sent = new Promise<void>((resolve, reject) => {
            session.trap(oid, varbinds, { upTime: UP_TIME }, (e) => (e ? reject(e) : resolve()))
          })
          return inTime(sent, timeoutMs, what)
        },
      )
    } catch (e) {
      if (e instanceof DeliveryFault) throw e
      throw new DeliveryFault('snmp-failed', `${what}: ${messageOf(e)}`, { retry: true, cause: e })
    }
  }

  close(): Promise<void> {
    return this.#sessions.close()
  }
}

function varbindOf({ oid, type, value }: SnmpVariable, { ObjectType }: Snmp): Varbind {
  switch (type) {
    case 'c':
      return { oid, type: ObjectType.Counter64, value: unsigned(BigInt(value)) }
    case 'i':
      return { oid, type: ObjectType.Integer, value: Number(value) }
    case 'n':
      return { oid, type: ObjectType.Null, value: null }
    case 's':
      return { oid, type: ObjectType.OctetString, value }
    case 't':
      return { oid, type: ObjectType.TimeTicks, value: Number(value) }
  }
}

/** The shortest bytes of the number, the highest bit of the first one clear. */
function unsigned(n: bigint): Buffer {
  let hex = n.toString(16)
  if (hex.length % 2 === 1) hex = `0${hex}`
  if (Number.parseInt(hex[0]!, 16) >= 8) hex = `00${hex}`
  return Buffer.from(hex, 'hex')
}
