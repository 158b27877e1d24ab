// Who a request acts for, and what that one may do.
import { type Grants, grantsOf, opens, type Permission } from './permissions.ts'

/** What is kept of a user. */
export interface UserRecord {
  readonly name: string
  /** May do everything; has no permissions of its own then. */
  readonly admin: boolean
  readonly permissions: readonly Permission[]
  /** Databases that may be written, besides the permission to write; `*` for all. */
  readonly databases: readonly string[]
  /** Of the password, by bcrypt; empty for the token of a subscription. */
  readonly hash: string
  /** The InfluxDB cluster whose subscription this is. */
  readonly cluster?: string
}

const EVERY_DATABASE = '*'
const SUBSCRIPTION_GRANTS: Grants = new Map([['/api/write', true]])

export class User {
  readonly record: UserRecord
  readonly #grants: Grants

  constructor(record: UserRecord) {
    this.record = record
    this.#grants = record.cluster === undefined ? grantsOf(record.permissions) : SUBSCRIPTION_GRANTS
  }

  get name(): string {
    return this.record.name
  }

  /** Whether a part of the API, `/api/tasks/x`, is open to it. */
  mayUse(resource: string): boolean {
    return this.record.admin || opens(this.#grants, resource)
  }

  mayWrite(db: string): boolean {
    const { admin, databases } = this.record
    return admin || databases.includes(db) || databases.includes(EVERY_DATABASE)
  }

  /** Whether it may do all that the other one may: nobody gives, takes over or takes away more than he has. */
  covers(other: Pick<UserRecord, 'admin' | 'permissions' | 'databases'>): boolean {
    const { admin, permissions } = this.record
    if (admin) return true
    if (other.admin) return false
    return other.permissions.every((p) => permissions.includes(p)) && other.databases.every((db) => this.mayWrite(db))
  }
}

/** One that may do everything and is kept nowhere: everybody, where nobody has to sign in. */
export function anybody(name: string): User {
  return new User({ name, admin: true, permissions: [], databases: [], hash: '' })
}
