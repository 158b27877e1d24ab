// Routes of the users: define, change, read, list and remove them. Served only where users are kept.
import Type, { type Static } from 'typebox'
import { Fault } from '../../../base/fault.ts'
import type { Writable } from '../../../base/json-writer.ts'
import { namesOf, PERMISSION_NAMES, permissionsOf } from '../../auth/permissions.ts'
import { anybody, type User, type UserRecord } from '../../auth/user.ts'
import type { UserChange, UserService } from '../../auth/user-service.ts'
import { readPage, takePage } from '../page.ts'
import { pickFields } from '../pick-fields.ts'
import { type ApiRequest, type Decoded, defineJsonRoute, defineRoute, json, NO_CONTENT } from '../route.ts'
import { ErrorReply, Link, NoContent, PageQuery } from '../schemas.ts'
import type { Services } from '../services.ts'
import { selfLink } from '../task-json.ts'

const tag = 'users'
const BASE = '/kapacitor/v1/users'

const UserType = Type.Union([Type.Literal('normal'), Type.Literal('admin')], {
  description: 'An admin may do everything.',
})
const Permissions = Type.Array(
  Type.Unsafe<(typeof PERMISSION_NAMES)[number]>(Type.Union(PERMISSION_NAMES.map((p) => Type.Literal(p)))),
  {
    description:
      '`api`: all but writing and the configuration; `config_api`: the configuration; `write_points`: the write endpoint; `all`: these three; `none`.',
  },
)
const Databases = Type.Array(Type.String(), {
  description: 'Those that the user may write, besides the permission `write_points`; `*` stands for all.',
})

const ChangeRequest = Type.Object({
  password: Type.Optional(Type.String({ description: 'At most 72 bytes.' })),
  type: Type.Optional(UserType),
  permissions: Type.Optional(Permissions),
  databases: Type.Optional(Databases),
})
const UserRequest = Type.Object({
  name: Type.Optional(Type.String({ description: 'Letters, digits, `-`, `.`, `@` and `_`.' })),
  ...ChangeRequest.properties,
})
const UserReply = Type.Object(
  {
    link: Link,
    name: Type.String({ description: '`_sub:…` stands for the token of an InfluxDB subscription.' }),
    type: UserType,
    permissions: Permissions,
    databases: Type.Optional(Type.Union([Databases], { description: 'Only where there are any.' })),
  },
  { title: 'User' },
)

const FIELDS: Readonly<Record<string, (u: UserRecord) => Writable>> = {
  link: (u) => selfLink(`${BASE}/${u.name}`),
  name: (u) => u.name,
  type: (u) => (u.admin ? 'admin' : 'normal'),
  permissions: (u) => [...namesOf(u.permissions)],
  databases: (u) => (u.databases.length === 0 ? undefined : [...u.databases]),
}

const shown = (u: UserRecord): Writable => Object.fromEntries(Object.entries(FIELDS).map(([name, of]) => [name, of(u)]))

/** What is told of a user that could not be made since there is one of that name: nothing. */
const NOBODY: UserRecord = { name: '', admin: false, permissions: [], databases: [], hash: '' }

const served = (s: Pick<Services, 'users'>): boolean => s.users !== undefined
const users = (s: Services): UserService => s.users!

const actor = (r: ApiRequest<unknown>): User => r.user ?? anybody('')

function nameIn(r: ApiRequest<unknown>): string {
  if (r.rest !== '') return r.rest
  throw new Fault('no-name', 'must specify username on path', { status: 400 })
}

function changeOf({ password, type, permissions, databases }: Decoded<Static<typeof ChangeRequest>>): UserChange {
  return {
    ...(password === undefined ? {} : { password }),
    ...(type === undefined ? {} : { admin: type === 'admin' }),
    ...(permissions === undefined ? {} : { permissions: permissionsOf(permissions) }),
    ...(databases === undefined ? {} : { databases }),
  }
}

export const listUsers = defineRoute({
  method: 'GET',
  path: BASE,
  summary: 'Users in the order of their names.',
  tag,
  served,
  query: Type.Object({
    pattern: Type.Optional(Type.String({ description: 'Shell pattern on the name.' })),
    fields: Type.Optional(
      Type.Array(Type.String(), { description: 'Field to return; `name` and `link` are always there.' }),
    ),
    offset: PageQuery.offset,
    limit: PageQuery.limit,
  }),
  replies: {
    200: Type.Object({ users: Type.Array(Type.Partial(UserReply, { title: 'User' })) }),
    400: ErrorReply,
    404: ErrorReply,
  },
  handle(s, r) {
    const all = users(s).list()
    const page = readPage(r.query)
    const found = all.filter((u) => page.matches(u.name))
    const fields = r.query.all('fields')
    return json(200, { users: takePage(page, found).map((u) => pickFields(FIELDS, u, fields, ['name', 'link'])) })
  },
})

export const getUser = defineRoute({
  method: 'GET',
  path: `${BASE}/*`,
  shownPath: `${BASE}/{name}`,
  summary: 'A user.',
  tag,
  served,
  replies: { 200: UserReply, 400: ErrorReply, 404: ErrorReply },
  handle: (s, r) => json(200, shown(users(s).get(nameIn(r)))),
})

export const createUser = defineJsonRoute({
  method: 'POST',
  path: BASE,
  summary: 'Defines a user. One of that name is left as it is, and the answer has an empty name.',
  tag,
  served,
  body: UserRequest,
  badBody: () => 'invalid JSON',
  replies: { 200: UserReply, 400: ErrorReply, 403: ErrorReply, 404: ErrorReply, 503: ErrorReply },
  async handle(s, r) {
    const made = await users(s).create(r.body.name ?? '', changeOf(r.body), actor(r))
    return json(200, shown(made ?? NOBODY))
  },
})

export const updateUser = defineJsonRoute({
  method: 'PATCH',
  path: `${BASE}/*`,
  shownPath: `${BASE}/{name}`,
  summary: 'Changes a user; what is missing stays as it is. It counts from the next request on.',
  tag,
  served,
  body: ChangeRequest,
  badBody: () => 'invalid JSON',
  replies: { 200: UserReply, 400: ErrorReply, 403: ErrorReply, 404: ErrorReply, 503: ErrorReply },
  handle: async (s, r) => json(200, shown(await users(s).update(nameIn(r), changeOf(r.body), actor(r)))),
})

export const deleteUser = defineRoute({
  method: 'DELETE',
  path: `${BASE}/*`,
  shownPath: `${BASE}/{name}`,
  summary: 'Removes a user; no error when there is none. The user of a subscription takes its token with it.',
  tag,
  served,
  replies: { 204: NoContent, 400: ErrorReply, 403: ErrorReply, 404: ErrorReply },
  handle(s, r) {
    users(s).remove(nameIn(r), actor(r))
    return NO_CONTENT
  },
})
