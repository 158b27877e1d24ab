import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openMemoryStore } from '../../store/memory-store.ts'
import type { UserRecord } from './user.ts'
import { UserStore } from './user-store.ts'

const record = (name: string, hash = 'h'): UserRecord => ({ name, admin: false, permissions: [], databases: [], hash })

test('users stay in memory for a while; a change counts at once', () => {
  let now = 0
  const users = new UserStore(openMemoryStore(), { keepMs: 100, now: () => now })
  users.save(record('a'), record('ä'))
  const first = users.get('a')!
  assert.equal(users.get('a'), first)
  now = 100
  assert.notEqual(users.get('a'), first)
  users.get('a')
  users.save(record('a', 'other'))
  assert.equal(users.get('a')?.record.hash, 'other')
  users.remove('a', 'nobody')
  assert.equal(users.get('a'), undefined)
  assert.deepEqual(
    users.all().map((u) => u.name),
    ['ä'],
  )
  assert.equal(users.size, 1)
})

test('no more than 4,096 are in memory, and who is not there is none of them', () => {
  const users = new UserStore(openMemoryStore(), { keepMs: 1000 })
  users.save(...Array.from({ length: 5000 }, (_, i) => record(`u${i}`)))
  for (let i = 0; i < 5000; i++) assert.ok(users.get(`u${i}`))
  for (let i = 0; i < 5000; i++) assert.equal(users.get(`x${i}`), undefined)
  assert.equal(users.inMemory, 4096)
})
