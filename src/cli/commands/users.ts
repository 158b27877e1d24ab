// users: who may use the server: list, show, create, change and delete them.
import { PERMISSION_NAMES } from '../../server/auth/permissions.ts'
import { type BodyOf, type QueryOf, type ReplyOf, routes } from '../client.ts'
import { type Column, printTable } from '../columns.ts'
import { CommandFailed, type Context, defineCommand, defineGroup, flag } from '../command.ts'

type User = ReplyOf<typeof routes.getUser>
type Change = BodyOf<typeof routes.updateUser>

const TYPES = ['normal', 'admin'] as const

const COLUMNS: readonly Column<Partial<User>>[] = [
  { header: 'Name', width: 'fit', value: (u) => u.name ?? '' },
  { header: 'Type', width: 10, value: (u) => u.type ?? '', style: (u) => (u.type === 'admin' ? 'yellow' : undefined) },
  { header: 'Permissions', width: 'fit', value: (u) => (u.permissions ?? []).join(',') },
  { header: 'Databases', width: 'rest', value: (u) => (u.databases ?? []).join(',') },
]

const list = defineCommand({
  name: 'list',
  summary: 'Lists users in the order of their names.',
  args: [{ name: 'PATTERN', optional: true, many: true, doc: 'Names, or shell patterns of them.', completes: 'users' }],
  async run({ client, out, json }, patterns) {
    const users = await found({ client }, patterns.length === 0 ? [''] : patterns)
    if (json) out.json(users)
    else printTable(out, COLUMNS, users)
  },
})

/** Each once, pattern by pattern. */
async function found({ client }: Pick<Context, 'client'>, patterns: readonly string[]): Promise<Partial<User>[]> {
  const users = new Map<string, Partial<User>>()
  for (const pattern of patterns)
    for (let offset = 0, page = PAGE; page === PAGE; offset += page) {
      const query: QueryOf<typeof routes.listUsers> = { pattern, offset, limit: PAGE }
      const some = (await client.call(routes.listUsers, { query })).users
      for (const u of some) users.set(u.name ?? '', u)
      page = some.length
    }
  return [...users.values()]
}

/** So many are asked for at once. */
const PAGE = 100

const show = defineCommand({
  name: 'show',
  summary: 'Shows a user.',
  missing: 'Must specify the name of a user.',
  args: [{ name: 'NAME', doc: 'The user.', completes: 'users' }],
  async run({ client, out, json }, [name]) {
    const u = await client.call(routes.getUser, { rest: name! })
    if (json) {
      out.json(u)
      return
    }
    out.line(`Name: ${u.name}`)
    out.line(`Type: ${u.type}`)
    out.line(`Permissions: [${u.permissions.join(', ')}]`)
    out.line(`Databases: [${(u.databases ?? []).join(', ')}]`)
  },
})

const RIGHTS = {
  type: flag.text('TYPE', 'normal or admin; an admin may do everything.', TYPES),
  permission: flag.list('PERMISSION', `What the user may do: ${PERMISSION_NAMES.join(', ')}.`),
  database: flag.list('DATABASE', 'One that the user may write; * stands for all, and an empty name takes all away.'),
}

/** Throws CommandFailed. */
function rightsOf(f: {
  readonly type: string | undefined
  readonly permission: readonly string[]
  readonly database: readonly string[]
}): Change {
  const type = TYPES.find((t) => t === f.type)
  if (f.type !== undefined && !type) throw new CommandFailed(`${JSON.stringify(f.type)} is neither normal nor admin`)
  const permissions = f.permission.map((name) => {
    const permission = PERMISSION_NAMES.find((p) => p === name)
    if (!permission) throw new CommandFailed(`${JSON.stringify(name)} is none of ${PERMISSION_NAMES.join(', ')}`)
    return permission
  })
  return {
    ...(type ? { type } : {}),
    ...(permissions.length > 0 ? { permissions } : {}),
    ...(f.database.length > 0 ? { databases: f.database.filter((name) => name !== '') } : {}),
  }
}

const PASSWORD_IS_READ =
  'The password is asked for, or is the first line of standard input: others can see the words of a command line.'

/** Throws CommandFailed. */
async function askPassword({ world }: Context, name: string): Promise<string> {
  const password = await world.password(`Password of ${name}: `)
  if (password === '') throw new CommandFailed('there is no password on standard input')
  return password
}

const create = defineCommand({
  name: 'create',
  summary: 'Creates a user.',
  details: [PASSWORD_IS_READ],
  examples: [
    'supercap users create ann -type admin < password',
    'supercap users create telegraf -permission none -database telegraf < password',
  ],
  missing: 'Must specify the name of a user.',
  args: [{ name: 'NAME', doc: 'The new user.' }],
  flags: RIGHTS,
  async run(context, [name], flags) {
    const { client, out, json } = context
    const rights = rightsOf(flags)
    const user = await client.call(routes.createUser, {
      body: { name: name!, password: await askPassword(context, name!), ...rights },
    })
    if (user.name === '') throw new CommandFailed(`there is a user ${JSON.stringify(name)} already`)
    if (json) out.json(user)
  },
})

const change = defineCommand({
  name: 'change',
  summary: 'Changes what a user may do; what is not given stays as it is.',
  missing: 'Must specify the name of a user.',
  args: [{ name: 'NAME', doc: 'The user.', completes: 'users' }],
  flags: RIGHTS,
  async run({ client, out, json }, [name], flags) {
    const user = await client.call(routes.updateUser, { rest: name!, body: rightsOf(flags) })
    if (json) out.json(user)
  },
})

const setPassword = defineCommand({
  name: 'set-password',
  summary: 'Gives a user another password.',
  details: [PASSWORD_IS_READ],
  missing: 'Must specify the name of a user.',
  args: [{ name: 'NAME', doc: 'The user.', completes: 'users' }],
  async run(context, [name]) {
    const { client, out, json } = context
    const user = await client.call(routes.updateUser, {
      rest: name!,
      body: { password: await askPassword(context, name!) },
    })
    if (json) out.json(user)
  },
})

const remove = defineCommand({
  name: 'delete',
  summary: 'Deletes users.',
  missing: 'Must pass at least one user name.',
  args: [{ name: 'PATTERN', many: true, doc: 'Names, or shell patterns of them.', completes: 'users' }],
  async run({ client, out, json }, patterns) {
    const deleted: string[] = []
    for (const pattern of patterns) {
      const users = await found({ client }, [pattern])
      if (users.length === 0) out.hint(`No user matches '${pattern}'.`)
      for (const { name } of users) {
        await client.call(routes.deleteUser, { rest: name! })
        deleted.push(name!)
      }
    }
    if (json) out.json(deleted)
  },
})

export const users = defineGroup({
  name: 'users',
  summary: 'Lists, shows, creates, changes or deletes users.',
  details: ['There are users only with enabled = true under [auth]; without it the server answers Not Found.'],
  commands: [list, show, create, change, setPassword, remove],
})
