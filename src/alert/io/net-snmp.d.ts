// The part of net-snmp that is used here; the package has no types of its own.
declare module 'net-snmp' {
  export interface Varbind {
    readonly oid: string
    readonly type: number
    readonly value: string | number | Buffer | null
  }

  export interface SessionOptions {
    readonly version: number
    readonly trapPort: number
    readonly retries: number
    /** Milliseconds. */
    readonly timeout: number
    readonly transport: 'udp4' | 'udp6'
  }

  export interface Session {
    on(event: 'error', listener: (e: Error) => void): this
    trap(
      oid: string,
      varbinds: readonly Varbind[],
      options: { readonly upTime: number },
      done: (e: Error | null) => void,
    ): void
    close(): this
  }

  export interface Snmp {
    readonly Version2c: number
    readonly ObjectType: Readonly<Record<'Counter64' | 'Integer' | 'Null' | 'OctetString' | 'TimeTicks', number>>
    createSession(target: string, community: string, options: SessionOptions): Session
  }

  const snmp: Snmp
  export default snmp
}
