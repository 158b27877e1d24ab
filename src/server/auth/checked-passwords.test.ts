import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CheckedPasswords } from './checked-passwords.ts'

test('a checked password is taken for an hour, as long as the user has it', () => {
  let now = 0
  const checked = new CheckedPasswords(() => now)
  const digest = checked.digest('u', 'p')
  assert.ok(!checked.has('u', digest, 'h'))
  checked.add('u', digest, 'h')
  assert.ok(checked.has('u', checked.digest('u', 'p'), 'h'))
  assert.ok(!checked.has('u', checked.digest('u', 'q'), 'h'))
  assert.ok(!checked.has('v', digest, 'h'))
  now = 3_599_999
  assert.ok(checked.has('u', digest, 'h'))
  now = 3_600_000
  assert.ok(!checked.has('u', digest, 'h'))
  checked.add('u', digest, 'h')
  assert.ok(!checked.has('u', digest, 'of another password'))
  assert.ok(!checked.has('u', digest, 'h'))
})

test('names and passwords that make the same text together are told apart', () => {
  const checked = new CheckedPasswords()
  assert.notDeepEqual(checked.digest('a', 'bc'), checked.digest('ab', 'c'))
  assert.notDeepEqual(checked.digest('1', ':a'), new CheckedPasswords().digest('1', ':a'))
})

test('no more than 4,096 are remembered', () => {
  const checked = new CheckedPasswords()
  for (let i = 0; i < 5000; i++) checked.add(`u${i}`, checked.digest(`u${i}`, 'p'), 'h')
  assert.equal(checked.size, 4096)
  assert.equal(checked.forgotten, 904)
  assert.ok(!checked.has('u0', checked.digest('u0', 'p'), 'h'))
  assert.ok(checked.has('u4999', checked.digest('u4999', 'p'), 'h'))
})
