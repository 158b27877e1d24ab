// From credentials to the user they belong to. The users of the store, or, where none are kept, anybody as admin.
import { quoteText } from '../../alert/template/go-quote.ts'
import { Fault } from '../../base/fault.ts'
import { userOfToken } from './bearer-token.ts'
import { CheckedPasswords } from './checked-passwords.ts'
import { type Credentials, SUBSCRIBER } from './credentials.ts'
import type { PasswordHasher } from './password-hasher.ts'
import { subscriptionUserName } from './subscription-tokens.ts'
import { anybody, type User } from './user.ts'
import { isUserName } from './user-service.ts'
import type { UserStore } from './user-store.ts'

/** Throws or rejects with a Fault: 401, or 503 when too many are being checked. What was checked before comes at once. */
export type SignIn = (credentials: Credentials) => User | Promise<User>

const refused = (code: string, why: string): Fault => new Fault(code, why, { status: 401 })

export interface UserSignInOptions {
  readonly users: UserStore
  readonly hasher: PasswordHasher
  /** Of JSON web tokens; empty: none are taken. */
  readonly sharedSecret: string
}

export class UserSignIn {
  readonly #o: UserSignInOptions
  readonly #checked = new CheckedPasswords()
  /** Checks under way, so that a crowd with the same password costs one. */
  readonly #underWay = new Map<string, Promise<User>>()

  constructor(o: UserSignInOptions) {
    this.#o = o
  }

  readonly signIn: SignIn = (c) => {
    if (c.kind === 'password') return this.#byPassword(c.name, c.password)
    return c.kind === 'bearer' ? this.#byToken(c.token) : this.#bySubscription(c.token)
  }

  statistics(): Readonly<Record<string, number>> {
    const { hasher, users } = this.#o
    return {
      users: users.size,
      users_in_memory: users.inMemory,
      passwords_remembered: this.#checked.size,
      passwords_forgotten: this.#checked.forgotten,
      checks_waiting: hasher.waiting,
      checks_refused: hasher.refused,
    }
  }

  #byPassword(name: string, password: string): User | Promise<User> {
    if (name === '') throw refused('no-username', 'username required')
    const user = this.#person(name)
    const digest = this.#checked.digest(name, password)
    if (user && this.#checked.has(name, digest, user.record.hash)) return user
    const key = digest.toString('base64')
    const known = this.#underWay.get(key)
    if (known) return known
    const checking = this.#check(name, password, digest).finally(() => this.#underWay.delete(key))
    this.#underWay.set(key, checking)
    return checking
  }

  async #check(name: string, password: string, digest: Buffer): Promise<User> {
    const { hasher } = this.#o
    const hash = this.#person(name)?.record.hash
    const right = await hasher.matches(password, hash)
    // The user as it is now: it may have been deleted, or have another password, since the check began.
    const user = this.#person(name)
    if (!right || hash === undefined || user?.record.hash !== hash)
      throw refused('bad-password', 'authorization failed')
    this.#checked.add(name, digest, hash)
    if (hasher.isOfOtherCost(hash)) this.#hashAnew(user, password).catch(() => {})
    return user
  }

  async #hashAnew(user: User, password: string): Promise<void> {
    const hash = await this.#o.hasher.hash(password)
    const now = this.#person(user.name)
    if (now?.record.hash === user.record.hash) this.#o.users.save({ ...now.record, hash })
  }

  async #byToken(token: string): Promise<User> {
    const name = await userOfToken(token, this.#o.sharedSecret, Date.now() / 1000)
    const user = this.#person(name)
    if (user) return user
    throw refused('bad-token', `retrieving user ${quoteText(name)} from store: no user exists`)
  }

  #bySubscription(token: string): User {
    if (!isUserName(token))
      throw refused('bad-subscription-token', `token must be a valid username: ${quoteText(token)}`)
    const user = this.#o.users.get(subscriptionUserName(token))
    if (user) return user
    throw refused('bad-subscription-token', 'invalid subscription token')
  }

  /** One that has a password. */
  #person(name: string): User | undefined {
    const user = this.#o.users.get(name)
    return user?.record.cluster === undefined ? user : undefined
  }
}

/**
 * Takes every name and password as an admin's: something in front of the server has checked them. A JSON web token says
 * itself whether it is right.
 */
export function signInAnybody(sharedSecret: string): SignIn {
  return (c) => {
    if (c.kind === 'bearer') return userOfToken(c.token, sharedSecret, Date.now() / 1000).then(anybody)
    if (c.kind === 'subscription') return anybody(SUBSCRIBER)
    if (c.name === '') throw refused('no-username', 'username required')
    return anybody(c.name)
  }
}
