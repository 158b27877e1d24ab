// Addresses that nothing may be sent to, and the guard that keeps connections away from them. It looks at the address
// that is connected to, not at names: a name that leads elsewhere the second time gets nowhere.
import { type LookupAddress, lookup as lookupName } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { Fault } from '../../base/fault.ts'
import type { buildConnector, Dispatcher } from './undici.ts'

/** What the word `private` stands for: loopback, link-local, private and unspecified addresses. */
const PRIVATE = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '::/128',
  '::1/128',
  'fc00::/7',
  'fe80::/10',
]

type ConnectOptions = Parameters<typeof buildConnector>[0]

export class BlockedAddresses {
  readonly #list = new BlockList()

  /** CIDRs with commas between them, among them perhaps the word `private`. Throws a Fault for what is none. */
  constructor(text: string) {
    const cidrs = text.split(',').map((c) => c.trim())
    for (const cidr of cidrs.flatMap((c) => (c === 'private' ? PRIVATE : c))) {
      if (cidr === '') continue
      const [address = '', bits = ''] = cidr.split('/')
      const version = isIP(address)
      if (version === 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > (version === 4 ? 32 : 128))
        throw new Fault('bad-cidr', `${JSON.stringify(cidr)} is no CIDR: write it like 10.0.0.0/8, or private`)
      this.#list.addSubnet(address, Number(bits), version === 4 ? 'ipv4' : 'ipv6')
    }
  }

  /** Whether nothing may be sent to this IP address. */
  has(address: string): boolean {
    const version = isIP(address)
    return version !== 0 && this.#list.check(address, version === 4 ? 'ipv4' : 'ipv6')
  }

  /** Makes connections by `build`, but not to these addresses. */
  connector(build: typeof buildConnector, options: ConnectOptions): buildConnector.connector {
    const connect = build({ ...options, lookup: this.#lookup } as ConnectOptions)
    return (to, done) => {
      // Numbers are not looked up.
      if (this.has(to.hostname.replace(/^\[|\]$/g, ''))) done(blocked(to.hostname), null)
      else connect(to, done)
    }
  }

  /** Refuses requests to these addresses before they are given to a proxy, which would connect for us. */
  readonly interceptor: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (options, handler) => {
    const hostname = hostOf(options.origin)
    lookupName(hostname, { all: true }, (e, found) => {
      // A name that only the proxy knows is the proxy's affair.
      const bad = e ? undefined : found.find((a) => this.has(a.address))
      if (bad) handler.onResponseError?.(null as never, blocked(hostname))
      else dispatch(options, handler)
    })
    return true
  }

  readonly #lookup: LookupFunction = (hostname, options, done) => {
    lookupName(hostname, { ...options, all: true }, (e, found: LookupAddress[]) => {
      if (e) return done(e, [])
      const open = found.filter((a) => !this.has(a.address))
      const first = open[0]
      if (!first) return done(blocked(hostname), [])
      if (options.all) done(null, open)
      else done(null, first.address, first.family)
    })
  }
}

function blocked(hostname: string): Error {
  return new Fault(
    'blocked-address',
    `nothing may be sent to ${hostname}: its address is on the list of -blacklist-cidrs`,
  )
}

/** Whether an error, or its cause, is that of a blocked address: trying again is of no use. */
export function isBlocked(e: unknown): boolean {
  if (e instanceof Fault && e.code === 'blocked-address') return true
  return e instanceof Error && e.cause !== undefined && isBlocked(e.cause)
}

function hostOf(origin: string | URL | undefined): string {
  const url = typeof origin === 'string' ? URL.parse(origin) : origin
  return url?.hostname.replace(/^\[|\]$/g, '') ?? ''
}
