// What all clients to the outside share: which hosts are this machine, and why a connection failed.

const LOCAL = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i

/** Whether a URL's host name is this machine: nobody proxies that. */
export function isLocalHost(hostname: string): boolean {
  return LOCAL.test(hostname)
}

/** The innermost cause tells most; several attempts to connect come as one error without a text. */
export function connectionReason(e: unknown): string {
  let last = e as { message?: string; cause?: unknown; errors?: unknown[] }
  while (last.cause instanceof Error) last = last.cause as typeof last
  const first = last.errors?.[0]
  return last.message || (first instanceof Error ? first.message : '') || String(e)
}
