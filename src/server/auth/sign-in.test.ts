import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openMemoryStore } from '../../store/memory-store.ts'
import { PasswordHasher } from './password-hasher.ts'
import { UserSignIn } from './sign-in.ts'
import type { User, UserRecord } from './user.ts'
import { UserStore } from './user-store.ts'

/** Hashes are the passwords themselves; what is compared is remembered, and waits until it is let go. */
class SlowHasher extends PasswordHasher {
  readonly compared: [string, string | undefined][] = []
  readonly hashed: string[] = []
  goOn: () => void = () => {}
  slow = false

  constructor() {
    super(10)
  }

  override async matches(password: string, hash: string | undefined): Promise<boolean> {
    this.compared.push([password, hash])
    if (this.slow)
      await new Promise<void>((resolve) => {
        this.goOn = resolve
      })
    return hash === `$2b$10$${password}` || hash === `$2b$09$${password}`
  }

  override async hash(password: string): Promise<string> {
    this.hashed.push(password)
    return `$2b$10$${password}`
  }
}

function setUp(): {
  hasher: SlowHasher
  users: UserStore
  signIn: (name: string, password: string) => User | Promise<User>
} {
  const users = new UserStore(openMemoryStore(), { keepMs: 1000 })
  const hasher = new SlowHasher()
  const signing = new UserSignIn({ users, hasher, sharedSecret: '' })
  return { hasher, users, signIn: (name, password) => signing.signIn({ kind: 'password', name, password }) }
}

const record = (hash: string): UserRecord => ({ name: 'u', admin: false, permissions: [], databases: [], hash })
const refused = { status: 401, message: 'authorization failed' }

describe('a password', () => {
  test('that was right is taken at once from then on', async () => {
    const { hasher, users, signIn } = setUp()
    users.save(record('$2b$10$p'))
    assert.equal((await signIn('u', 'p')).name, 'u')
    const again = signIn('u', 'p')
    assert.ok(!(again instanceof Promise))
    await assert.rejects(async () => signIn('u', 'q'), refused)
    assert.equal(hasher.compared.length, 2)
  })

  test('is compared for those who are not there, too', async () => {
    const { hasher, signIn } = setUp()
    await assert.rejects(async () => signIn('nobody', 'p'), refused)
    assert.deepEqual(hasher.compared, [['p', undefined]])
  })

  test('of a crowd is compared once', async () => {
    const { hasher, users, signIn } = setUp()
    users.save(record('$2b$10$p'))
    const crowd = await Promise.all(Array.from({ length: 50 }, () => signIn('u', 'p')))
    assert.ok(crowd.every((u) => u.name === 'u'))
    assert.equal(hasher.compared.length, 1)
  })

  test('that is no more when the comparing ends is no way in', async () => {
    for (const change of ['remove', 'replace'] as const) {
      const { hasher, users, signIn } = setUp()
      users.save(record('$2b$10$p'))
      hasher.slow = true
      const entering = signIn('u', 'p')
      if (change === 'remove') users.remove('u')
      else users.save(record('$2b$10$other'))
      hasher.goOn()
      await assert.rejects(async () => entering, refused)
    }
  })

  test('whose hash has another cost is hashed anew when it is right', async () => {
    const { hasher, users, signIn } = setUp()
    users.save(record('$2b$09$p'))
    await assert.rejects(async () => signIn('u', 'q'), refused)
    assert.deepEqual(hasher.hashed, [])
    await signIn('u', 'p')
    assert.deepEqual(hasher.hashed, ['p'])
    await Promise.resolve()
    assert.equal(users.get('u')?.record.hash, '$2b$10$p')
    assert.equal((await signIn('u', 'p')).name, 'u')
  })
})
