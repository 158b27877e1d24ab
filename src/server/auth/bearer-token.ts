// JSON web tokens: whose request it is says whoever knows the shared secret. Only HMAC, so that no key of another kind
// can be taken for the secret.
import { Fault } from '../../base/fault.ts'

const ALGORITHMS = ['HS256', 'HS384', 'HS512']

const refused = (why: string): Fault => new Fault('bad-token', why, { status: 401 })

/** The name of the user. Rejects with a Fault (401) that says what is wrong with the token, never the token. */
export async function userOfToken(token: string, secret: string, nowSec: number): Promise<string> {
  const { compactVerify, decodeProtectedHeader } = await import('jose')
  // A signature by an empty key is one that everybody can make.
  if (secret === '') throw refused('invalid token: there is no [http] shared-secret to check it with')
  if (token.split('.').length !== 3) throw refused('invalid token: token contains an invalid number of segments')
  let payload: Uint8Array
  try {
    const { alg } = decodeProtectedHeader(token)
    if (!ALGORITHMS.includes(alg ?? '')) throw refused(`invalid token: unexpected signing method: ${alg ?? 'none'}`)
    payload = (await compactVerify(token, Buffer.from(secret, 'utf8'), { algorithms: ALGORITHMS })).payload
  } catch (e) {
    if (e instanceof Fault) throw e
    const forged = (e as { code?: string }).code === 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED'
    throw refused(`invalid token: ${forged ? 'signature is invalid' : 'it can not be read'}`)
  }
  const { exp, nbf, username } = claimsOf(payload)
  if (typeof exp === 'number' && exp !== 0 && nowSec >= exp) throw refused('invalid token: Token is expired')
  if (typeof nbf === 'number' && nowSec < nbf) throw refused('invalid token: Token is not valid yet')
  if (typeof exp !== 'number' || exp <= 0) throw refused('token expiration required')
  if (typeof username !== 'string') throw refused('username in token must be a string')
  if (username === '') throw refused('token must contain a username')
  return username
}

interface Claims {
  readonly exp?: unknown
  readonly nbf?: unknown
  readonly username?: unknown
}

function claimsOf(payload: Uint8Array): Claims {
  try {
    const claims = JSON.parse(Buffer.from(payload).toString('utf8')) as unknown
    if (typeof claims === 'object' && claims !== null && !Array.isArray(claims)) return claims
  } catch {
    // Told below.
  }
  throw refused('invalid token: its claims are no JSON object')
}
