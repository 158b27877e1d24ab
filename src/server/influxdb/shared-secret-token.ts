// The token by which InfluxDB knows a user when both share a secret: a JSON web token, signed with HMAC-SHA256.
import { createHmac } from 'node:crypto'

/** Seconds that a token is good for. */
const VALID_SEC = 600

export function sharedSecretToken(username: string, secret: string, nowSec: number): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const claims = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ exp: nowSec + VALID_SEC, username })}`
  return `${claims}.${createHmac('sha256', secret).update(claims).digest('base64url')}`
}
