import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PasswordHasher } from './password-hasher.ts'

test('a hash is that of its password alone', async () => {
  const hasher = new PasswordHasher(4)
  const hash = await hasher.hash('größe\0x')
  assert.match(hash, /^\$2b\$04\$/)
  assert.ok(await hasher.matches('größe\0x', hash))
  assert.ok(!(await hasher.matches('größe\0y', hash)))
  assert.ok(!(await hasher.matches('größe', hash)))
  assert.ok(!(await hasher.matches('', undefined)))
  // Hashes that Go's library wrote begin otherwise.
  assert.ok(await hasher.matches('größe\0x', hash.replace('$2b$', '$2a$')))
  assert.ok(!hasher.isOfOtherCost(hash))
  assert.ok(new PasswordHasher(5).isOfOtherCost(hash))
})

test('what bcrypt does not look at is not taken for a part of the password', async () => {
  const hasher = new PasswordHasher(4)
  const hash = await hasher.hash('x'.repeat(72))
  assert.ok(await hasher.matches('x'.repeat(72), hash))
  assert.ok(!(await hasher.matches('x'.repeat(73), hash)))
})

test('only so many wait, the others are refused', async () => {
  const hasher = new PasswordHasher(4)
  const hash = await hasher.hash('p')
  const all = await Promise.allSettled(Array.from({ length: 300 }, () => hasher.matches('p', hash)))
  const refused = all.filter((r) => r.status === 'rejected')
  assert.equal(refused.length, 300 - 256 - 2)
  assert.equal((refused[0]!.reason as { status: number }).status, 503)
  assert.equal(hasher.refused, refused.length)
  assert.ok(all.every((r) => r.status === 'rejected' || r.value))
  assert.equal(hasher.waiting, 0)
  assert.ok(await hasher.matches('p', hash))
})
