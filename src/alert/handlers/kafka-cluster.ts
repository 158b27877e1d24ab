// A Kafka cluster of the configuration: how to sign in to it, and what is wrong with saying so. Tokens of OAuth are
// fetched and kept until shortly before their end.
import { redactUrl } from '../../base/redact-url.ts'
import type { HandlerIo } from '../io/handler-io.ts'
import type { KafkaCluster, KafkaMechanism } from '../io/messaging.ts'
import { escapeQuery } from '../template/template-functions.ts'
import { tlsOf } from './config-keys.ts'
import { config } from './config-section.ts'
import { either, refusal, SERVICE_TIMEOUT_MS } from './service-call.ts'

const o = { extraUnderscore: true }

export const SASL = {
  saslUsername: config.string('User.', '', o),
  saslPassword: config.secret('Password.', '', o),
  saslExtensions: config.map('Extensions of OAUTHBEARER.', {
    ...o,
    key: 'sasl_extensions',
    aliases: ['sasl-extensions'],
  }),
  saslMechanism: config.string('How to sign in.', '', {
    ...o,
    oneOf: ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512', 'GSSAPI', 'OAUTHBEARER'],
  }),
  saslVersion: config.string('Version of the handshake; found out by itself.', '', o),
  saslGssapiServiceName: config.string('Kerberos service.', '', o),
  saslGssapiAuthType: config.string('Kerberos authentication.', '', o),
  saslGssapiDisablePafxfast: config.bool('Leaves out a pre-authentication.', false, o),
  saslGssapiKerberosConfigPath: config.string('Kerberos configuration.', '', o),
  saslGssapiKeyTabPath: config.string('Kerberos key table.', '', o),
  saslGssapiRealm: config.string('Kerberos realm.', '', o),
  saslOauthService: config.string('Who gives tokens: custom, auth0 or azuread.', '', o),
  saslOauthClientId: config.string('Client.', '', o),
  saslOauthClientSecret: config.secret("The client's secret.", '', o),
  saslOauthTokenUrl: config.string('Where tokens come from.', '', o),
  saslOauthScopes: config.strings('Scopes.', [], o),
  saslOauthParameters: config.map('Further parameters.', o),
  saslOauthTokenExpiryMargin: config.duration('How long before its end a token is renewed.', 10_000_000_000, o),
  saslOauthTenantId: config.string('Tenant.', '', o),
  saslAccessToken: config.secret('A token that stays.', '', o),
}

export interface KafkaConfig {
  readonly enabled: boolean
  readonly id: string
  readonly brokers: readonly string[]
  readonly timeout: number | bigint
  readonly batchSize: number
  readonly useSsl: boolean
  readonly sslCa: string
  readonly sslCert: string
  readonly sslKey: string
  readonly insecureSkipVerify: boolean
  readonly saslUsername: string
  readonly saslPassword: string
  readonly saslExtensions: Readonly<Record<string, string>>
  readonly saslMechanism: string
  readonly saslOauthService: string
  readonly saslOauthClientId: string
  readonly saslOauthClientSecret: string
  readonly saslOauthTokenUrl: string
  readonly saslOauthScopes: readonly string[]
  readonly saslOauthParameters: Readonly<Record<string, string>>
  readonly saslOauthTokenExpiryMargin: number | bigint
  readonly saslOauthTenantId: string
  readonly saslAccessToken: string
}

/** What is wrong with the way to sign in. */
export function checkSasl(v: Readonly<Record<string, unknown>>): string | undefined {
  const c = v as unknown as KafkaConfig
  if (!c.enabled) return undefined
  if (c.saslMechanism === 'GSSAPI') return 'sasl-mechanism GSSAPI (Kerberos) is not served'
  if (c.saslMechanism !== 'OAUTHBEARER' || c.saslAccessToken !== '') return undefined
  const missing = (key: string) => `sasl-${key} is required by sasl-oauth-service "${c.saslOauthService}"`
  switch (c.saslOauthService.toLowerCase()) {
    case '':
      return 'OAUTHBEARER needs sasl-access-token or sasl-oauth-service'
    case 'custom':
    case 'auth0':
    case 'azuread':
      if (c.saslOauthClientId === '') return missing('oauth-client-id')
      if (c.saslOauthClientSecret === '') return missing('oauth-client-secret')
      if (c.saslOauthService.toLowerCase() === 'azuread')
        return c.saslOauthTenantId === '' ? missing('oauth-tenant-id') : undefined
      return c.saslOauthTokenUrl === '' ? missing('oauth-token-url') : undefined
    default:
      return `unsupported sasl-oauth-service "${c.saslOauthService}": it must be custom, auth0 or azuread`
  }
}

/** The cluster as the effect takes it. */
export function kafkaCluster(c: KafkaConfig, io: HandlerIo): KafkaCluster {
  // A user name alone means PLAIN.
  const mechanism = either(c.saslMechanism, c.saslUsername === '' ? '' : 'PLAIN') as KafkaMechanism
  return {
    id: c.id,
    brokers: c.brokers,
    timeoutMs: Number(c.timeout) / 1e6,
    tls: c.useSsl ? tlsOf(c) : undefined,
    mechanism,
    username: c.saslUsername,
    password: c.saslPassword,
    token: mechanism === 'OAUTHBEARER' ? () => tokenOf(c, io) : undefined,
    extensions: c.saslExtensions,
  }
}

interface Token {
  readonly text: string
  /** Seconds since 1970 from which on it is not used any more. */
  readonly until: number
}

const tokens = new WeakMap<KafkaConfig, Token>()

async function tokenOf(c: KafkaConfig, io: HandlerIo): Promise<string> {
  if (c.saslAccessToken !== '') return c.saslAccessToken
  const known = tokens.get(c)
  if (known && io.now().sec < known.until) return known.text
  const token = await fetchToken(c, io)
  tokens.set(c, token)
  return token.text
}

/** The grant of client credentials, RFC 6749 section 4.4. */
async function fetchToken(c: KafkaConfig, io: HandlerIo): Promise<Token> {
  const tenant = encodeURIComponent(c.saslOauthTenantId)
  const isAzure = c.saslOauthService.toLowerCase() === 'azuread'
  const url = either(
    c.saslOauthTokenUrl,
    isAzure ? `https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token` : '',
  )
  const form = {
    grant_type: 'client_credentials',
    client_id: c.saslOauthClientId,
    client_secret: c.saslOauthClientSecret,
    ...(c.saslOauthScopes.length === 0 ? {} : { scope: c.saslOauthScopes.join(' ') }),
    ...c.saslOauthParameters,
  }
  const reply = await io.http({
    method: 'POST',
    url,
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'application/json' },
    body: Object.entries(form)
      .map(([k, v]) => `${escapeQuery(k)}=${escapeQuery(v)}`)
      .join('&'),
    timeoutMs: SERVICE_TIMEOUT_MS,
  })
  const answer = reply.status === 200 ? (parsed(reply.body) as { access_token?: unknown; expires_in?: unknown }) : {}
  if (typeof answer.access_token !== 'string')
    throw refusal(`${redactUrl(url, true)} gave no token: status ${reply.status}`)
  const seconds = Number(answer.expires_in ?? 3600)
  const margin = Number(c.saslOauthTokenExpiryMargin) / 1e9
  return { text: answer.access_token, until: io.now().sec + seconds - margin }
}

function parsed(text: string): object {
  try {
    return (JSON.parse(text) as object | null) ?? {}
  } catch {
    return {}
  }
}
