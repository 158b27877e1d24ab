// The `[[udp]]` inputs of the configuration.
import type { Clock } from '../../base/clock.ts'
import { Fault } from '../../base/fault.ts'
import type { Logger } from '../../base/logger.ts'
import type { SectionValue } from '../config/section.ts'
import type { udp } from '../config/sections/inputs.ts'
import { splitBindAddress } from '../config/sections/server.ts'
import type { Intake } from '../http/write-service.ts'
import { UdpListener } from './udp-listener.ts'

export type UdpConfig = SectionValue<typeof udp>[number]

export interface UdpInputOptions {
  readonly intake: Intake
  readonly clock: Clock
  readonly logger: Logger
  readonly defaultRetentionPolicy: string
}

/** Opens all that are enabled. Rejects with a Fault when one can't be; then none is open. */
export async function openUdpInputs(
  configs: readonly UdpConfig[],
  o: UdpInputOptions,
): Promise<readonly UdpListener[]> {
  const open: UdpListener[] = []
  try {
    for (const c of configs) {
      if (!c.enabled) continue
      const address = splitBindAddress(c.bindAddress)
      if (!address) throw new Fault('config-invalid', `udp: invalid bind address ${JSON.stringify(c.bindAddress)}`)
      const listener = await UdpListener.open({
        ...address,
        db: c.database,
        rp: c.retentionPolicy === '' ? o.defaultRetentionPolicy : c.retentionPolicy,
        readBuffer: c.readBuffer,
        buffer: c.buffer,
        intake: o.intake,
        clock: o.clock,
        logger: o.logger,
      })
      open.push(listener)
      o.logger.info('listening for datagrams', { 'bind-address': c.bindAddress, db: c.database })
    }
  } catch (e) {
    await Promise.all(open.map((l) => l.close()))
    throw e
  }
  return open
}
