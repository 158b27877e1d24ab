import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Query } from '../api/query.ts'
import { readCredentials } from './credentials.ts'

const basic = (text: string | Buffer): string => `Basic ${Buffer.from(text as string).toString('base64')}`
const read = (authorization: string | undefined, query = ''): unknown =>
  readCredentials(authorization, new Query(query))
const password = (name: string, word: string): object => ({ kind: 'password', name, password: word })

test('credentials are read in their order', () => {
  assert.deepEqual(read('Bearer abc', 'u=a&p=b'), { kind: 'bearer', token: 'abc' })
  assert.deepEqual(read(basic('~subscriber:tok:en'), 'u=a&p=b'), { kind: 'subscription', token: 'tok:en' })
  assert.deepEqual(read(basic('ann:p:w'), 'u=a&p=b'), password('ann', 'p:w'))
  assert.deepEqual(read(basic('jürgen:größe').replace('Basic', 'bAsIc')), password('jürgen', 'größe'))
  assert.deepEqual(read(basic(':p')), password('', 'p'))
  assert.deepEqual(read(undefined, 'u=a+b&p=%26'), password('a b', '&'))
  assert.deepEqual(read('Digest x', 'u=~subscriber&p=t'), password('~subscriber', 't'))
})

test('what is no credentials is none', () => {
  for (const text of ['bearer abc', 'Bearer a b', 'Bearer', 'Token u:p', 'Basic', 'Basic !!!!', basic('nocolon'), ''])
    assert.equal(read(text), undefined, text)
  // Bytes that are no text.
  assert.equal(read(basic(Buffer.from([0x61, 0x3a, 0xff]))), undefined)
  assert.equal(read(undefined, 'u=a'), undefined)
  assert.equal(read(undefined, 'u=&p=b'), undefined)
})
