// The addresses of TCP and UDP receivers: `host:port`, `[::1]:port` or `:port`.
import { DeliveryFault } from '../delivery-fault.ts'

/** Throws a DeliveryFault that is final. */
export function parseAddress(address: string): { readonly host: string; readonly port: number } {
  const m = /^(?:\[([^\]]*)\]|([^:]*)):(\d+)$/.exec(address)
  const port = Number(m?.[3])
  if (!m || port > 65_535) throw new DeliveryFault('bad-address', `${address} is no host:port`)
  return { host: m[1] ?? (m[2] || '127.0.0.1'), port }
}
