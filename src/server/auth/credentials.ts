// What a request says of who sends it: read from its headers and query, believed by nobody yet.
import { isUtf8 } from 'node:buffer'

export type Credentials =
  | { readonly kind: 'password'; readonly name: string; readonly password: string }
  /** A JSON web token. */
  | { readonly kind: 'bearer'; readonly token: string }
  | { readonly kind: 'subscription'; readonly token: string }

/** The user's name by which InfluxDB sends what was subscribed to; the password is a token then. */
export const SUBSCRIBER = '~subscriber'

/** The first kind that is there; undefined: none can be read. */
export function readCredentials(
  authorization: string | undefined,
  query: { get(name: string): string },
): Credentials | undefined {
  if (authorization !== undefined) {
    const [word, token, ...more] = authorization.split(' ')
    if (word === 'Bearer' && token !== undefined && more.length === 0) return { kind: 'bearer', token }
    const basic = readBasic(authorization)
    if (basic?.name === SUBSCRIBER) return { kind: 'subscription', token: basic.password }
    if (basic) return { kind: 'password', ...basic }
  }
  const name = query.get('u')
  const password = query.get('p')
  return name !== '' && password !== '' ? { kind: 'password', name, password } : undefined
}

/** User and password of a Basic header; undefined: it is none. */
export function readBasic(authorization: string): { readonly name: string; readonly password: string } | undefined {
  const base64 = /^Basic ([A-Za-z0-9+/]+={0,2})$/i.exec(authorization)?.[1]
  if (base64 === undefined) return undefined
  const bytes = Buffer.from(base64, 'base64')
  // Bytes that are no text would all become the same character.
  if (!isUtf8(bytes)) return undefined
  const text = bytes.toString('utf8')
  const colon = text.indexOf(':')
  return colon < 0 ? undefined : { name: text.slice(0, colon), password: text.slice(colon + 1) }
}
