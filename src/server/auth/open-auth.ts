// The parts by which the server knows its users, made as the configuration says: who is kept, who is asked, which tokens
// subscriptions carry.
import type { Logger } from '../../base/logger.ts'
import type { Store } from '../../store/store.ts'
import { Authorization } from '../api/authorize.ts'
import type { ServerValues } from '../config/sections/server-sections.ts'
import { PasswordHasher } from './password-hasher.ts'
import { signInAnybody, UserSignIn } from './sign-in.ts'
import { SubscriptionTokens } from './subscription-tokens.ts'
import { UserService } from './user-service.ts'
import { UserStore } from './user-store.ts'

export interface Auth {
  /** Undefined where no users are kept. */
  readonly users: UserService | undefined
  /** Undefined where nobody has to sign in. */
  readonly authorization: Authorization | undefined
  /** Undefined where subscriptions need none. */
  readonly tokens: SubscriptionTokens | undefined
  statistics(): Iterable<{
    readonly name: string
    readonly tags: Readonly<Record<string, string>>
    readonly values: Readonly<Record<string, number>>
  }>
}

/** The store of the users, and the service over it. */
export function openUsers(
  store: Store,
  auth: ServerValues['auth'],
): { readonly users: UserStore; readonly hasher: PasswordHasher; readonly service: UserService } {
  const users = new UserStore(store, { keepMs: Number(auth.cacheExpiration) / 1e6 })
  const hasher = new PasswordHasher(auth.bcryptCost)
  return { users, hasher, service: new UserService({ store: users, hasher, maxUsers: auth.maxUsers }) }
}

export function openAuth({ auth, http }: Pick<ServerValues, 'auth' | 'http'>, store: Store, logger: Logger): Auth {
  const { users, hasher, service } = openUsers(store, auth)
  const people = new UserSignIn({ users, hasher, sharedSecret: http.sharedSecret })
  if (http.authEnabled && !auth.enabled)
    logger.warn('every user name and password is taken as an admin: set [auth] enabled to keep users')
  if (http.authEnabled && auth.enabled && !users.all().some((u) => u.admin))
    logger.warn('there is no admin: make one with supercapd create-admin while the server is stopped')
  const authorization = http.authEnabled
    ? new Authorization({
        signIn: auth.enabled ? people.signIn : signInAnybody(http.sharedSecret),
        openDebug: http.pprofEnabled,
        logger,
      })
    : undefined
  return {
    users: auth.enabled ? service : undefined,
    authorization,
    tokens: http.authEnabled ? new SubscriptionTokens(users) : undefined,
    *statistics() {
      if (authorization)
        yield { name: 'auth', tags: {}, values: { ...authorization.statistics(), ...people.statistics() } }
    },
  }
}
