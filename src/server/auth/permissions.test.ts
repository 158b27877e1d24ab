import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { grantsOf, namesOf, opens, type PermissionName, permissionsOf } from './permissions.ts'
import { anybody, User } from './user.ts'

const may = (names: readonly PermissionName[], resource: string): boolean =>
  opens(grantsOf(permissionsOf(names)), resource)

describe('permissions', () => {
  test('open what their names say, and the nearest of what is said decides', () => {
    const resources = ['/api/tasks/x', '/api/ping', '/api/write', '/api/config', '/api/config/smtp/', '/api/configx']
    const open = (names: readonly PermissionName[]): string[] => resources.filter((r) => may(names, r))
    assert.deepEqual(open([]), [])
    assert.deepEqual(open(['none']), [])
    assert.deepEqual(open(['api']), ['/api/tasks/x', '/api/ping', '/api/configx'])
    assert.deepEqual(open(['config_api']), ['/api/ping', '/api/config', '/api/config/smtp/'])
    assert.deepEqual(open(['write_points']), ['/api/ping', '/api/write'])
    assert.deepEqual(open(['write_points', 'api']), ['/api/tasks/x', '/api/ping', '/api/write', '/api/configx'])
    assert.deepEqual(open(['all']), resources)
    assert.equal(may(['all'], ''), false)
    assert.equal(may(['all'], '/database/x'), false)
  })

  test('are read back by what they come to', () => {
    const back = (names: readonly PermissionName[]): readonly string[] => namesOf(permissionsOf(names))
    assert.deepEqual(back(['write_points', 'none', 'api', 'api']), ['api', 'write_points'])
    assert.deepEqual(back(['config_api', 'write_points', 'api']), ['all'])
    assert.deepEqual(back(['all']), ['all'])
    assert.deepEqual(back(['none']), [])
  })
})

describe('a user', () => {
  const user = (names: readonly PermissionName[], databases: readonly string[] = [], admin = false): User =>
    new User({ name: 'u', admin, permissions: permissionsOf(names), databases, hash: 'h' })

  test('writes the databases that it is given, and no other', () => {
    assert.equal(user(['write_points']).mayWrite('a'), false)
    assert.equal(user(['write_points'], ['a']).mayWrite('a'), true)
    assert.equal(user(['write_points'], ['a']).mayWrite('a/b'), false)
    assert.equal(user([], ['*']).mayWrite('anything'), true)
    assert.equal(anybody('').mayWrite('anything'), true)
  })

  test('covers who may do no more than itself', () => {
    const covers = (a: User, b: User): boolean => a.covers(b.record)
    assert.ok(covers(user(['all'], ['a', 'b']), user(['api'], ['a'])))
    assert.ok(covers(user(['api']), user([])))
    assert.ok(covers(user([], ['*']), user([], ['a', '*'])))
    assert.ok(!covers(user(['all']), user([], [], true)))
    assert.ok(!covers(user(['all']), user([], ['a'])))
    assert.ok(!covers(user(['api']), user(['config_api'])))
    assert.ok(!covers(user([], ['a']), user([], ['*'])))
    assert.ok(covers(anybody(''), user([], [], true)))
  })
})
