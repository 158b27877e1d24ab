// Users as the API changes them: the rules for names, passwords and who may change whom. Statuses of HTTP are in the
// Faults. Knows nothing of requests.
import { quoteText } from '../../alert/template/go-quote.ts'
import { Fault } from '../../base/fault.ts'
import { MAX_PASSWORD_BYTES, type PasswordHasher } from './password-hasher.ts'
import type { Permission } from './permissions.ts'
import type { User, UserRecord } from './user.ts'
import type { UserStore } from './user-store.ts'

/** What of a user can be given; what is missing in a change stays as it is. */
export interface UserChange {
  /** Empty: none is given. */
  readonly password?: string
  readonly admin?: boolean
  readonly permissions?: readonly Permission[]
  readonly databases?: readonly string[]
}

export interface UserServiceOptions {
  readonly store: UserStore
  readonly hasher: Pick<PasswordHasher, 'hash'>
  readonly maxUsers: number
}

const NAME = /^[-._\p{L}0-9@]+$/u
const MAX_NAME_LENGTH = 255

/** Whether it could be the name of a user. */
export const isUserName = (text: string): boolean => NAME.test(text)

const noUser = (): Fault => new Fault('no-user', 'no user exists', { status: 404 })
const invalid = (why: string): Fault => new Fault('bad-user', why, { status: 400 })

export class UserService {
  readonly #o: UserServiceOptions

  constructor(o: UserServiceOptions) {
    this.#o = o
  }

  /** All, in the order of their names; tokens of subscriptions among them. */
  list(): readonly UserRecord[] {
    return this.#o.store.all()
  }

  /** Throws a Fault (404). */
  get(name: string): UserRecord {
    const user = this.#o.store.get(name)
    if (!user) throw noUser()
    return user.record
  }

  /** Undefined when there is one of that name: it stays as it is. Throws or rejects with a Fault (400, 403, 503). */
  async create(name: string, given: UserChange, actor: User): Promise<UserRecord | undefined> {
    if (name === '') throw invalid('username is required')
    if (!isUserName(name)) {
      const rule = "username must contain only letters, numbers, '-', '.', '@' and '_'."
      throw invalid(`${rule} ${quoteText(name)}`)
    }
    if (name.length > MAX_NAME_LENGTH) throw invalid(`username must have at most ${MAX_NAME_LENGTH} characters`)
    const { password = '' } = given
    if (password === '') throw invalid('password is required')
    const blank: UserRecord = { name, admin: false, permissions: [], databases: [], hash: '' }
    const record = changed(blank, given)
    requireCover(actor, record)
    if (this.#o.store.get(name)) return undefined
    this.#requireRoom()
    const hash = await this.#hash(password)
    // Another request may have made it meanwhile.
    if (this.#o.store.get(name)) return undefined
    this.#requireRoom()
    const made = { ...record, hash }
    this.#o.store.save(made)
    return made
  }

  /** Throws or rejects with a Fault (400, 403, 404, 503). */
  async update(name: string, given: UserChange, actor: User): Promise<UserRecord> {
    this.#changeable(name, given, actor)
    const { password = '' } = given
    const hash = password === '' ? undefined : await this.#hash(password)
    // Read anew: another request may have changed it meanwhile.
    const record = this.#changeable(name, given, actor)
    const made = hash === undefined ? record : { ...record, hash }
    this.#o.store.save(made)
    return made
  }

  /** No error when there is none. Throws a Fault (403). */
  remove(name: string, actor: User): void {
    const user = this.#o.store.get(name)
    if (!user) return
    requireCover(actor, user.record)
    this.#o.store.remove(name)
  }

  /** Makes the user an admin with this password, whether there was one or not. Rejects with a Fault (400). */
  async makeAdmin(name: string, password: string, actor: User): Promise<void> {
    const made = await this.create(name, { password, admin: true }, actor)
    if (!made) await this.update(name, { password, admin: true }, actor)
  }

  #requireRoom(): void {
    const { store, maxUsers } = this.#o
    if (store.size < maxUsers) return
    const people = store.all().filter((u) => u.cluster === undefined).length
    if (people < maxUsers) return
    const why = `there are ${maxUsers} users already; [auth] max-users says how many there may be`
    throw invalid(`failed to create user: ${why}`)
  }

  /** The record as it is to be. */
  #changeable(name: string, given: UserChange, actor: User): UserRecord {
    const user = this.#o.store.get(name)
    if (!user) throw noUser()
    if (user.record.cluster !== undefined) throw invalid('the token of a subscription can only be deleted')
    requireCover(actor, user.record)
    const record = changed(user.record, given)
    requireCover(actor, record)
    return record
  }

  #hash(password: string): Promise<string> {
    if (Buffer.byteLength(password) > MAX_PASSWORD_BYTES)
      throw invalid(`failed to create user: the password has more than ${MAX_PASSWORD_BYTES} bytes`)
    return this.#o.hasher.hash(password)
  }
}

/** The record with what is given. Who becomes an admin has no permissions of his own any more. */
function changed(record: UserRecord, given: UserChange): UserRecord {
  const { admin = record.admin, permissions = record.permissions, databases = record.databases } = given
  return { ...record, admin, permissions: admin ? [] : permissions, databases: admin ? [] : databases }
}

function requireCover(actor: User, record: UserRecord): void {
  if (actor.covers(record)) return
  throw new Fault('not-covered', `user ${actor.name} may do less than user ${record.name}, and so not change it`, {
    status: 403,
  })
}
