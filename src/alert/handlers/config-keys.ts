// Configuration keys that several handlers have in the same form, and what is wrong with several elements of which one
// has to be the default. Data only.
import type { HandlerTls } from '../io/handler-io.ts'
import { config } from './config-section.ts'

export const ENABLED = { enabled: config.bool('Uses the handler.') }

export const GLOBAL = { global: config.bool('Every alert is sent here, unless it names this handler itself.') }

export const GLOBAL_CHANGES = {
  ...GLOBAL,
  stateChangesOnly: config.bool('With global: alerts are sent only when their level changes.'),
}

export const SKIP_VERIFY = { insecureSkipVerify: config.bool('Takes any certificate.') }

export const TLS = {
  sslCa: config.string('File of the certificate authority.'),
  sslCert: config.string('File of the certificate shown.'),
  sslKey: config.string('File of its key.'),
  ...SKIP_VERIFY,
}

/** Values of the keys of TLS, as effects take them. */
export function tlsOf(c: {
  readonly sslCa?: string
  readonly sslCert?: string
  readonly sslKey?: string
  readonly insecureSkipVerify: boolean
}): HandlerTls {
  return { ca: c.sslCa ?? '', cert: c.sslCert ?? '', key: c.sslKey ?? '', skipVerify: c.insecureSkipVerify }
}

type Elements = readonly Readonly<Record<string, unknown>>[]

/** Of several elements exactly one is the default. */
export function checkOneDefault(elements: Elements): string | undefined {
  if (elements.length < 2) return undefined
  const defaults = elements.filter((e) => e['default'] === true)
  if (defaults.length > 1) return 'more than one configuration is marked as the default'
  return defaults.length === 0 ? 'no configuration is marked as the default' : undefined
}

/** Of several workspaces each has a name, one is the default, and only that one may be global. */
export function checkWorkspaces(elements: Elements): string | undefined {
  if (elements.length < 2) return undefined
  if (elements.some((e) => e['workspace'] === '')) return 'id must not be empty'
  const problem = checkOneDefault(elements)
  if (problem !== undefined) return problem
  return elements.some((e) => e['global'] === true && e['default'] !== true)
    ? 'only the default configuration may be global'
    : undefined
}

/** The element that is meant when none is named: the one marked so, or the only one, or the only one that is on. */
export function defaultElement<E extends { readonly default: boolean; readonly enabled: boolean }>(
  elements: readonly E[],
): E | undefined {
  const marked = elements.find((e) => e.default)
  if (marked || elements.length < 2) return marked ?? elements[0]
  const on = elements.filter((e) => e.enabled)
  return on.length === 1 ? on[0] : undefined
}
