// The tokens by which InfluxDB sends here what was subscribed to. Each opens the writing of one database. Kept are only
// their hashes, as users: whoever reads the store or lists the users can't write with them.
import { createHash, randomBytes } from 'node:crypto'
import type { UserRecord } from './user.ts'
import type { UserStore } from './user-store.ts'

const PREFIX = '_sub:'
const RANDOM_BYTES = 64

/** The name of the user that a token stands for. */
export function subscriptionUserName(token: string): string {
  return PREFIX + createHash('sha256').update(token).digest('base64url')
}

export class SubscriptionTokens {
  readonly #users: UserStore

  constructor(users: UserStore) {
    this.#users = users
  }

  /** Whether the token is one of the cluster for the database. */
  isFor(token: string, cluster: string, db: string): boolean {
    const record = this.#users.get(subscriptionUserName(token))?.record
    return record?.cluster === cluster && record.databases[0] === db
  }

  /** A new token. It is kept when this returns. */
  issue(cluster: string, db: string): string {
    const token = Buffer.concat([Buffer.from(`${cluster};`), randomBytes(RANDOM_BYTES)]).toString('base64url')
    const name = subscriptionUserName(token)
    this.#users.save({ name, admin: false, permissions: [], databases: [db], hash: '', cluster })
    return token
  }

  /** Leaves the cluster these tokens only. */
  keepOnly(cluster: string, tokens: Iterable<string>): void {
    const kept = new Set([...tokens].map(subscriptionUserName))
    this.#remove((u) => u.cluster === cluster && !kept.has(u.name))
  }

  /** Leaves these clusters their tokens, all others none. */
  keepClusters(clusters: readonly string[]): void {
    this.#remove((u) => u.cluster !== undefined && !clusters.includes(u.cluster))
  }

  #remove(gone: (user: UserRecord) => boolean): void {
    const names = this.#users
      .all()
      .filter(gone)
      .map((u) => u.name)
    if (names.length > 0) this.#users.remove(...names)
  }
}
