// Lets a request pass to its route when whoever sends it may use that: signs in, checks the privilege, refuses. Runs
// before the body is read. Knows the paths and methods of routes, not what they do.
import type { FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify'
import { quoteText } from '../../alert/template/go-quote.ts'
import { Fault } from '../../base/fault.ts'
import { compactJson } from '../../base/json-writer.ts'
import type { Logger } from '../../base/logger.ts'
import { type Credentials, readCredentials } from '../auth/credentials.ts'
import type { SignIn } from '../auth/sign-in.ts'
import type { User } from '../auth/user.ts'
import type { Query } from './query.ts'
import type { Route } from './route.ts'

export interface AuthorizationOptions {
  readonly signIn: SignIn
  /** The pages about the process ask nobody who he is. */
  readonly openDebug: boolean
  readonly logger: Logger
}

const BASE = '/kapacitor/v1'
const LOG_EVERY_MS = 1_000
/** Of a name in the log. */
const SHOWN_NAME_LENGTH = 64

const PRIVILEGES: Readonly<Record<string, string>> = {
  GET: 'read',
  POST: 'write',
  PATCH: 'write',
  PUT: 'write',
  DELETE: 'delete',
}

/** Opened by no permission. */
const ADMINS_ONLY = ''

/**
 * Routes that are more than their path says. Clients of InfluxDB create the database before they write. A backup and the
 * heap hold every secret of the server.
 */
const OTHER_RESOURCE: Readonly<Record<string, string>> = {
  '/query': '/api/write',
  [`${BASE}/storage/backup`]: ADMINS_ONLY,
  [`${BASE}/debug/pprof/heap`]: ADMINS_ONLY,
}

type SendText = (reply: FastifyReply, status: number, text: string) => void

export class Authorization {
  readonly #o: AuthorizationOptions
  readonly #users = new WeakMap<FastifyRequest, User>()
  readonly #counts = { refused_without_credentials: 0, sign_ins_failed: 0, requests_denied: 0 }

  constructor(o: AuthorizationOptions) {
    this.#o = o
  }

  /** Who sent a request that has passed; undefined: it was not asked. */
  userOf(request: FastifyRequest): User | undefined {
    return this.#users.get(request)
  }

  statistics(): Readonly<Record<string, number>> {
    return this.#counts
  }

  /** The hook of a route; undefined: everybody may use it. */
  hook(route: Route, send: SendText): onRequestHookHandler | undefined {
    if (this.#o.openDebug && route.debug) return undefined
    const fixed = OTHER_RESOURCE[route.path]
    const prefix = `/api${withoutBase(route.path).replace('*', '')}`
    return (request, reply, done) => {
      const credentials = readCredentials(request.headers.authorization, request.query as Query)
      const refuse = (e: unknown): void => {
        if (!(e instanceof Fault)) {
          done(e as Error)
          return
        }
        this.#count(e, request, credentials)
        if (e.status === 503) reply.header('retry-after', '5')
        send(reply, e.status, compactJson({ error: e.message, message: e.message }))
      }
      const pass = (user: User): void => {
        // While the password was checked the client may have gone: nobody reads what is left of the request then.
        if (request.raw.socket.destroyed) return
        // The route's own path, so that no spelling of an address can make it look like another one.
        const rest = (request.params as { '*'?: string })['*'] ?? ''
        const resource = fixed ?? prefix + rest
        const privilege = PRIVILEGES[request.method]
        this.#users.set(request, user)
        if (privilege === undefined || user.mayUse(resource)) done()
        else refuse(denied(user, privilege, route.path, rest))
      }
      let found: User | Promise<User>
      try {
        if (!credentials)
          throw new Fault('no-credentials', 'unable to parse authentication credentials', { status: 401 })
        found = this.#o.signIn(credentials)
      } catch (e) {
        refuse(e)
        return
      }
      if (found instanceof Promise) found.then(pass, refuse)
      else pass(found)
    }
  }

  #count(e: Fault, request: FastifyRequest, credentials: Credentials | undefined): void {
    const counts = this.#counts
    if (e.status === 403) counts.requests_denied++
    else if (!credentials) counts.refused_without_credentials++
    else if (e.status === 401) {
      counts.sign_ins_failed++
      // The reason by its code: the message may repeat a token.
      this.#o.logger.limited('sign-in failed', LOG_EVERY_MS).warn('a sign-in failed', {
        reason: e.code,
        host: request.socket.remoteAddress,
        username: credentials.kind === 'password' ? credentials.name.slice(0, SHOWN_NAME_LENGTH) : undefined,
      })
    }
  }
}

function withoutBase(path: string): string {
  return path.replace(/^\/kapacitor\/v1(?:preview)?(?=\/)/, '')
}

function denied(user: User, privilege: string, route: string, rest: string): Fault {
  const path = route.replace('*', () => rest)
  const why = `user ${user.name} does not have "${privilege}" privilege for API endpoint ${quoteText(path)}`
  return new Fault('denied', why, { status: 403 })
}
