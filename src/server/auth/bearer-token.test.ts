import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { describe, test } from 'node:test'
import { userOfToken } from './bearer-token.ts'

const SECRET = 'shared'
const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

function signed(claims: unknown, alg = 'HS256', secret = SECRET): string {
  const text = `${part({ alg, typ: 'JWT' })}.${part(claims)}`
  const hash = alg.replace('HS', 'sha')
  return `${text}.${createHmac(hash, secret).update(text).digest('base64url')}`
}

const read = (token: string, secret = SECRET): Promise<string> => userOfToken(token, secret, 1000)

async function refuses(token: string, message: string, secret = SECRET): Promise<void> {
  await assert.rejects(read(token, secret), (e: Error & { status?: number }) => {
    assert.deepEqual([e.status, e.message], [401, message])
    return true
  })
}

describe('a JSON web token', () => {
  test('names the user', async () => {
    for (const alg of ['HS256', 'HS384', 'HS512'])
      assert.equal(await read(signed({ username: 'ü', exp: 1000.5, more: 1 }, alg)), 'ü')
    assert.equal(await read(signed({ username: 'u', exp: 2000, nbf: 1000 })), 'u')
  })

  test('is refused when it is none, or signed otherwise', async () => {
    const good = { username: 'u', exp: 2000 }
    await refuses(signed(good, 'HS256', 'other'), 'invalid token: signature is invalid')
    const [head, , signature] = signed(good).split('.')
    await refuses(
      `${head}.${part({ username: 'root', exp: 2000 })}.${signature}`,
      'invalid token: signature is invalid',
    )
    await refuses('a.b', 'invalid token: token contains an invalid number of segments')
    await refuses('', 'invalid token: token contains an invalid number of segments')
    await refuses('a.b.c', 'invalid token: it can not be read')
    await refuses(`${part({ alg: 'none' })}.${part(good)}.`, 'invalid token: unexpected signing method: none')
    await refuses(`${part({ alg: 'RS256' })}.${part(good)}.AA`, 'invalid token: unexpected signing method: RS256')
    await refuses(`${part({})}.${part(good)}.AA`, 'invalid token: unexpected signing method: none')
    await refuses(signed([1]), 'invalid token: its claims are no JSON object')
  })

  test('needs a time to end and a user', async () => {
    await refuses(signed({ username: 'u', exp: 1000 }), 'invalid token: Token is expired')
    await refuses(signed({ username: 'u', exp: 2000, nbf: 1001 }), 'invalid token: Token is not valid yet')
    await refuses(signed({ username: 'u' }), 'token expiration required')
    await refuses(signed({ username: 'u', exp: '2000' }), 'token expiration required')
    await refuses(signed({ username: 'u', exp: 0 }), 'token expiration required')
    await refuses(signed({ exp: 2000 }), 'username in token must be a string')
    await refuses(signed({ username: 7, exp: 2000 }), 'username in token must be a string')
    await refuses(signed({ username: '', exp: 2000 }), 'token must contain a username')
  })

  test('is never taken without a secret, whatever it is signed with', async () => {
    const why = 'invalid token: there is no [http] shared-secret to check it with'
    await refuses(signed({ username: 'root', exp: 2000 }, 'HS256', ''), why, '')
  })
})
