// The HTTP client library, loaded when something is first sent: a server that sends nothing does without its memory.
export type { buildConnector, Dispatcher } from 'undici'

let loading: Promise<typeof import('undici')> | undefined

export function undici(): Promise<typeof import('undici')> {
  loading ??= import('undici')
  return loading
}
