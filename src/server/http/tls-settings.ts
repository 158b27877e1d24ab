// What the [tls] section says, in OpenSSL's terms: ciphers under the names that Go and the RFCs give them, versions.
import { getCiphers, type SecureContextOptions, type SecureVersion } from 'node:tls'

export interface TlsSettings {
  /** Names such as `TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256`, or OpenSSL's own; none = what OpenSSL holds for safe. */
  readonly ciphers: readonly string[]
  /** `1.2` or `tls1.2`, in any case; empty for TLS 1.2. */
  readonly minVersion: string
  /** The same; empty for the newest. */
  readonly maxVersion: string
}

const DEFAULT_MIN: SecureVersion = 'TLSv1.2'
/** A list of older ciphers says nothing of TLS 1.3, which has only these. */
const NEWEST = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256']
const RFC_NAME = /^TLS_(?:(ECDHE)_)?(RSA|ECDSA)_WITH_(.+)$/

/** OpenSSL's name of a cipher. */
function opensslName(name: string): string {
  const upper = name.toUpperCase()
  const parts = RFC_NAME.exec(upper)
  if (!parts) return upper
  const [, exchange, signature, rest = ''] = parts
  const cipher = rest
    .replace(/^AES_(128|256)_(?:CBC_)?/, 'AES$1-')
    .replace(/^3DES_EDE_CBC_/, 'DES-CBC3-')
    .replace(/^RC4_128_/, 'RC4-')
    .replace(/^CHACHA20_POLY1305(?:_SHA256)?$/, 'CHACHA20-POLY1305')
    .replaceAll('_', '-')
  return exchange ? `${exchange}-${signature}-${cipher}` : cipher
}

function versionOf(text: string): SecureVersion | undefined {
  return text === '' ? undefined : (`TLSv${text.toLowerCase().replace('tls', '')}` as SecureVersion)
}

/** Reason why the settings can't be used. */
export function tlsProblem(s: TlsSettings): string | undefined {
  const min = versionOf(s.minVersion) ?? DEFAULT_MIN
  const max = versionOf(s.maxVersion)
  if (max !== undefined && max < min) return `max-version ${s.maxVersion} is older than min-version ${min.slice(4)}`
  if (s.ciphers.length === 0) return undefined
  const known = new Set(getCiphers().map((c) => c.toUpperCase()))
  const unknown = s.ciphers.find((c) => !known.has(opensslName(c)))
  return unknown === undefined ? undefined : `unknown cipher suite: ${JSON.stringify(unknown)}`
}

/** For settings without a problem. */
export function tlsOptions(s: TlsSettings): SecureContextOptions {
  const minVersion = versionOf(s.minVersion) ?? DEFAULT_MIN
  const maxVersion = versionOf(s.maxVersion)
  const names = s.ciphers.map(opensslName)
  const isForNewest = names.some((name) => name.startsWith('TLS_'))
  const all = names.length === 0 ? ['DEFAULT'] : isForNewest ? names : [...NEWEST, ...names]
  // OpenSSL takes versions before 1.2 only where it is told to take weak signatures.
  const isOld = minVersion < 'TLSv1.2'
  const ciphers = isOld ? [...all, '@SECLEVEL=0'] : names.length === 0 ? undefined : all
  return {
    minVersion,
    ...(maxVersion === undefined ? {} : { maxVersion }),
    ...(ciphers === undefined ? {} : { ciphers: ciphers.join(':') }),
  }
}
