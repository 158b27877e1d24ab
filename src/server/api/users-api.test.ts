import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import type { LogFields, Logger } from '../../base/logger.ts'
import type { SubscriptionTokens } from '../auth/subscription-tokens.ts'
import { anybody } from '../auth/user.ts'
import { loadConfig } from '../config/load-config.ts'
import type { ServerValues } from '../config/sections/server-sections.ts'
import { type Answer, silentLogger, startTestApp, type TestApp } from './test-app.ts'

const USERS = '/kapacitor/v1/users'
const TASKS = '/kapacitor/v1/tasks'
const SECRET = 'a shared secret'

function settings(text: string): ServerValues {
  return loadConfig({ environment: {}, file: { path: 't.conf', text: `data_dir = "/d"\n${text}` } }).server
}

const KEPT = '[auth]\nenabled = true\nbcrypt-cost = 4\nmax-users = 12\n'
const ASKED = `${KEPT}[http]\nauth-enabled = true\npprof-enabled = true\nshared-secret = "${SECRET}"\n`

const basic = (name: string, password: string): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
})

function bearer(claims: object): Record<string, string> {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const text = `${part({ alg: 'HS256' })}.${part(claims)}`
  return { authorization: `Bearer ${text}.${createHmac('sha256', SECRET).update(text).digest('base64url')}` }
}

async function refuses(answer: Promise<Answer>, status: number, message: string): Promise<void> {
  const a = await answer
  assert.deepEqual([a.status, a.json()], [status, { error: message, message }])
}

describe('users, where nobody has to sign in', () => {
  let app: TestApp
  before(async () => {
    app = await startTestApp({ auth: settings(KEPT) })
  })
  after(() => app.close())
  const post = (body: unknown): Promise<Answer> => app.call('POST', USERS, JSON.stringify(body))

  test('are made, read, changed and removed', async () => {
    const made = await post({ name: 'ann@x', password: 'pw', permissions: ['write_points', 'api'], more: 1 })
    assert.equal(
      made.text,
      `{
    "link": {
        "rel": "self",
        "href": "/kapacitor/v1/users/ann@x"
    },
    "name": "ann@x",
    "type": "normal",
    "permissions": [
        "api",
        "write_points"
    ]
}`,
    )
    assert.equal(made.status, 200)
    assert.equal((await app.call('GET', `${USERS}/ann@x`)).text, made.text)
    const patch = (body: unknown): Promise<Answer> => app.call('PATCH', `${USERS}/ann@x`, JSON.stringify(body))
    assert.equal((await patch({ permissions: null, password: 'other' })).text, made.text)
    const { permissions } = (await patch({ permissions: ['all'], databases: ['d'] })).json() as { permissions: unknown }
    assert.deepEqual(permissions, ['all'])
    const link = { rel: 'self', href: `${USERS}/ann@x` }
    assert.deepEqual((await app.call('GET', `${USERS}/ann@x`)).json(), {
      link,
      name: 'ann@x',
      type: 'normal',
      permissions: ['all'],
      databases: ['d'],
    })
    // Who becomes an admin has no permissions any more, also when he is none again.
    assert.deepEqual((await patch({ type: 'admin' })).json(), { link, name: 'ann@x', type: 'admin', permissions: [] })
    assert.deepEqual((await patch({ type: 'normal' })).json(), { link, name: 'ann@x', type: 'normal', permissions: [] })
    assert.equal((await app.call('DELETE', `${USERS}/ann@x`)).status, 204)
    assert.equal((await app.call('DELETE', `${USERS}/ann@x`)).status, 204)
    await refuses(app.call('GET', `${USERS}/ann@x`), 404, 'no user exists')
    await refuses(patch({ password: 'x' }), 404, 'no user exists')
  })

  test('that can not be are refused', async () => {
    await refuses(app.call('POST', USERS, '{'), 400, 'invalid JSON')
    await refuses(app.call('POST', USERS), 400, 'invalid JSON')
    await refuses(post({ name: 'x', password: 'p', type: 'root' }), 400, 'invalid JSON')
    await refuses(post({ name: 'x', password: 'p', permissions: ['root'] }), 400, 'invalid JSON')
    await refuses(post({ name: 7, password: 'p' }), 400, 'invalid JSON')
    await refuses(post({ password: 'p' }), 400, 'username is required')
    const rule = "username must contain only letters, numbers, '-', '.', '@' and '_'."
    await refuses(post({ name: 'a b', password: 'p' }), 400, `${rule} "a b"`)
    await refuses(post({ name: '_sub:x', password: 'p' }), 400, `${rule} "_sub:x"`)
    await refuses(post({ name: 'x' }), 400, 'password is required')
    await refuses(post({ name: 'x', password: '' }), 400, 'password is required')
    const long = 'failed to create user: the password has more than 72 bytes'
    await refuses(post({ name: 'x', password: 'ü'.repeat(37) }), 400, long)
    assert.equal((await post({ name: 'x'.repeat(256), password: 'p' })).status, 400)
    for (const method of ['GET', 'PATCH', 'DELETE'])
      await refuses(app.call(method, `${USERS}/`, '{}'), 400, 'must specify username on path')
  })

  test('of a name that there is already stay as they are', async () => {
    await post({ name: 'twice', password: 'p', type: 'admin' })
    const again = await post({ name: 'twice', password: 'q', permissions: ['api'] })
    assert.equal(again.status, 200)
    assert.deepEqual((again.json() as { name: string }).name, '')
    assert.equal(((await app.call('GET', `${USERS}/twice`)).json() as { type: string }).type, 'admin')
    // At the same time, too: one is made, of all others nothing is kept.
    const all = await Promise.all([1, 2, 3].map((n) => post({ name: 'race', password: `p${n}` })))
    assert.deepEqual(all.map((a) => (a.json() as { name: string }).name).sort(), ['', '', 'race'])
    for (const name of ['twice', 'race']) await app.call('DELETE', `${USERS}/${name}`)
  })

  test('are listed in pages, with the fields that are asked for', async () => {
    // Without users no field is looked at.
    assert.deepEqual((await app.call('GET', `${USERS}?fields=nonsense`)).json(), { users: [] })
    for (const name of ['b1', 'a', 'b2', 'ä']) await post({ name, password: 'p' })
    const names = async (query: string): Promise<string[]> =>
      ((await app.call('GET', `${USERS}?${query}`)).json() as { users: { name: string }[] }).users.map((u) => u.name)
    assert.deepEqual(await names(''), ['a', 'b1', 'b2', 'ä'])
    assert.deepEqual(await names('pattern=b*'), ['b1', 'b2'])
    assert.deepEqual(await names('pattern=b*&offset=1'), ['b2'])
    assert.deepEqual(await names('limit=2'), ['a', 'b1'])
    assert.deepEqual(await names('limit=-1&pattern=x'), ['a', 'b1', 'b2', 'ä'])
    assert.equal(
      (await app.call('GET', `${USERS}?fields=type&limit=1`)).text.replaceAll(/\s/g, ''),
      '{"users":[{"link":{"rel":"self","href":"/kapacitor/v1/users/a"},"name":"a","type":"normal"}]}',
    )
    await refuses(app.call('GET', `${USERS}?fields=hash`), 400, 'unsupported field "hash"')
    await refuses(
      app.call('GET', `${USERS}?limit=x`),
      400,
      'invalid limit parameter "x" must be an integer: strconv.ParseInt: parsing "x": invalid syntax',
    )
    assert.doesNotMatch((await app.call('GET', USERS)).text, /hash|\$2b/)
  })

  test('are no more than is configured', async () => {
    for (let n = 0; n < 8; n++) assert.equal((await post({ name: `n${n}`, password: 'p' })).status, 200)
    const why = 'there are 12 users already; [auth] max-users says how many there may be'
    await refuses(post({ name: 'onemore', password: 'p' }), 400, `failed to create user: ${why}`)
    await app.call('DELETE', `${USERS}/n0`)
    assert.equal((await post({ name: 'onemore', password: 'p' })).status, 200)
  })
})

describe('users that have to sign in', () => {
  let app: TestApp
  let tokens: SubscriptionTokens
  const logged: [string, LogFields | undefined][] = []
  const logger: Logger = {
    ...silentLogger,
    info: (msg, fields) => void logged.push([msg, fields]),
    warn: (msg, fields) => void logged.push([msg, fields]),
    with: () => logger,
    limited: () => logger,
  }
  const root = basic('root', 'root:pw')

  before(async () => {
    app = await startTestApp({ auth: settings(ASKED), logger })
    tokens = app.auth!.tokens!
    await app.auth!.users!.makeAdmin('root', 'root:pw', anybody(''))
    for (const [name, permissions] of [
      ['api', ['api']],
      ['config', ['config_api']],
      ['writer', ['write_points']],
      ['all', ['all']],
      ['none', ['none']],
    ] as const)
      await app.call('POST', USERS, JSON.stringify({ name, password: name, permissions }), root)
  })
  after(() => app.close())
  const as = (name: string, method: string, path: string, body?: string): Promise<Answer> =>
    app.call(method, path, body, basic(name, name))

  test('are told what is wrong with their credentials, on one line', async () => {
    const get = (headers: Record<string, string>, query = ''): Promise<Answer> =>
      app.call('GET', `${TASKS}${query}`, undefined, headers)
    const bare = await get({})
    const text = 'unable to parse authentication credentials'
    assert.deepEqual([bare.status, bare.text], [401, `{"error":"${text}","message":"${text}"}`])
    assert.equal(bare.headers['www-authenticate'], undefined)
    assert.equal(bare.headers['content-type'], 'application/json; charset=utf-8')
    await refuses(get(basic('', 'x')), 401, 'username required')
    await refuses(get(basic('root', 'x')), 401, 'authorization failed')
    await refuses(get(basic('nobody', 'x')), 401, 'authorization failed')
    await refuses(get({}, '?u=root&p=x'), 401, 'authorization failed')
    await refuses(get(bearer({ username: 'root' })), 401, 'token expiration required')
    const noUser = 'retrieving user "nobody" from store: no user exists'
    await refuses(get(bearer({ username: 'nobody', exp: 9e9 })), 401, noUser)
    await refuses(get(basic('~subscriber', 'x')), 401, 'invalid subscription token')
    await refuses(get(basic('~subscriber', 'x y')), 401, 'token must be a valid username: "x y"')
    await refuses(get(basic('~subscriber', '')), 401, 'token must be a valid username: ""')
    for (const good of [root, bearer({ username: 'root', exp: 9e9 })]) assert.equal((await get(good)).status, 200)
    assert.equal((await get({}, '?u=root&p=root%3Apw')).status, 200)
    // Answers that repeat the address leave the password out.
    const topics = await app.call('GET', '/kapacitor/v1/alerts/topics?u=root&p=root:pw&pattern=x')
    assert.equal(topics.status, 200)
    assert.match(topics.text, /topics\?u=root\\u0026p=\[REDACTED\]\\u0026pattern=x"/)
  })

  test('are asked for by every route, and by nothing else', async () => {
    for (const [method, path] of [
      ['GET', '/ping'],
      ['HEAD', '/kapacitor/v1/ping'],
      ['POST', '/write?db=d'],
      ['GET', '/kapacitor/v1preview/tasks'],
      ['GET', '/kapacitor/v1/%74asks'],
      ['GET', '/query?q=create%20database%20d'],
    ] as const)
      assert.equal((await app.call(method, path)).status, 401, path)
    assert.equal((await app.call('OPTIONS', TASKS)).status, 200)
    assert.equal((await app.call('GET', '/kapacitor/v1/nothing')).status, 404)
    assert.equal((await app.call('GET', '/kapacitor/v1//tasks')).status, 301)
  })

  test('do what their permissions say', async () => {
    const endpoint = (name: string, privilege: string, path: string): string =>
      `user ${name} does not have "${privilege}" privilege for API endpoint "${path}"`
    await refuses(as('none', 'GET', `${TASKS}?x`), 403, endpoint('none', 'read', TASKS))
    await refuses(as('writer', 'POST', TASKS, '{}'), 403, endpoint('writer', 'write', TASKS))
    await refuses(as('config', 'PATCH', `${TASKS}/a%20b`, '{}'), 403, endpoint('config', 'write', `${TASKS}/a b`))
    await refuses(as('none', 'DELETE', `${TASKS}/x`), 403, endpoint('none', 'delete', `${TASKS}/x`))
    assert.equal((await as('none', 'HEAD', '/ping')).status, 204)
    assert.equal((await as('none', 'GET', '/ping')).status, 403)
    for (const name of ['api', 'config', 'writer', 'all']) assert.equal((await as(name, 'GET', '/ping')).status, 204)
    for (const path of [TASKS, '/kapacitor/v1/:routes']) {
      assert.equal((await as('api', 'GET', path)).status, 200)
      assert.equal((await as('all', 'GET', path)).status, 200)
    }
    // The configuration can't be changed in this app: that is another 403.
    const off = 'config override service is not enabled'
    await refuses(as('config', 'GET', '/kapacitor/v1/config/smtp/'), 403, off)
    await refuses(as('all', 'GET', '/kapacitor/v1/config'), 403, off)
    const path = '/kapacitor/v1/config/smtp/'
    await refuses(as('api', 'GET', path), 403, endpoint('api', 'read', path))
    await refuses(as('api', 'GET', '/kapacitor/v1/%63onfig/smtp/'), 403, endpoint('api', 'read', path))
    // They hold the secrets of the configuration and of the users.
    for (const secret of ['/kapacitor/v1/storage/backup', '/kapacitor/v1/debug/pprof/heap'])
      await refuses(as('all', 'GET', secret), 403, endpoint('all', 'read', secret))
  })

  test('write the databases they are given', async () => {
    const write = (name: string, query: string, body = 'm v=1'): Promise<Answer> =>
      as(name, 'POST', `/kapacitor/v1/write?${query}`, body)
    const refused = (name: string, db: string): string =>
      `"${name}" user is not authorized to write to database "${db}"`
    await refuses(write('writer', 'db=d'), 401, refused('writer', 'd'))
    await refuses(write('all', 'db=d'), 401, refused('all', 'd'))
    assert.equal((await write('api', 'db=d')).status, 403)
    await refuses(write('writer', ''), 400, 'database is required')
    assert.match((await write('writer', 'db=d', 'm v=')).text, /unable to parse/)
    const before = app.written.length
    await app.call('PATCH', `${USERS}/writer`, '{"databases":["d"]}', root)
    assert.equal((await write('writer', 'db=d')).status, 204)
    await refuses(write('writer', 'db=e'), 401, refused('writer', 'e'))
    assert.equal((await app.call('POST', '/write?db=anything', 'm v=1', root)).status, 204)
    assert.deepEqual(
      app.written.slice(before).map((w) => w.db),
      ['d', 'anything'],
    )
    assert.equal((await as('writer', 'POST', '/query?q=create%20database%20d')).status, 200)
  })

  test('of subscriptions write their own database', async () => {
    const token = tokens.issue('cluster', 'd')
    // They are not among the users of which there may be twelve.
    for (let n = 0; n < 12; n++) tokens.issue('cluster', 'd')
    assert.equal((await app.call('POST', USERS, '{"name":"late","password":"p"}', root)).status, 200)
    tokens.keepOnly('cluster', [token])
    assert.match(Buffer.from(token, 'base64url').toString('latin1'), /^cluster;/)
    assert.equal(Buffer.from(token, 'base64url').length, 'cluster;'.length + 64)
    const write = (db: string): Promise<Answer> =>
      app.call('POST', `/write?db=${db}`, 'm v=1', basic('~subscriber', token))
    assert.equal((await write('d')).status, 204)
    assert.equal((await write('e')).status, 401)
    const list = await app.call('GET', TASKS, undefined, basic('~subscriber', token))
    assert.equal(list.status, 403)
    assert.doesNotMatch(list.text, new RegExp(token))
    const users = await app.call('GET', `${USERS}?pattern=_sub:*`, undefined, root)
    assert.doesNotMatch(users.text, new RegExp(token))
    const [sub] = (users.json() as { users: { name: string }[] }).users
    await refuses(
      app.call('PATCH', `${USERS}/${sub!.name}`, '{"type":"admin"}', root),
      400,
      'the token of a subscription can only be deleted',
    )
    // Its name is no way in.
    assert.equal((await app.call('GET', `${TASKS}?u=${sub!.name}&p=x`)).status, 401)
    assert.equal((await app.call('GET', TASKS, undefined, bearer({ username: sub!.name, exp: 9e9 }))).status, 401)
    assert.equal((await app.call('DELETE', `${USERS}/${sub!.name}`, undefined, root)).status, 204)
    await refuses(write('d'), 401, 'invalid subscription token')
  })

  test('neither give nor take what they have not', async () => {
    const less = (other: string): string => `user api may do less than user ${other}, and so not change it`
    const post = (body: object): Promise<Answer> => as('api', 'POST', USERS, JSON.stringify(body))
    await refuses(post({ name: 'new', password: 'p', type: 'admin' }), 403, less('new'))
    await refuses(post({ name: 'new', password: 'p', permissions: ['write_points'] }), 403, less('new'))
    await refuses(as('api', 'PATCH', `${USERS}/api`, '{"type":"admin"}'), 403, less('api'))
    await refuses(as('api', 'PATCH', `${USERS}/root`, '{"password":"mine"}'), 403, less('root'))
    await refuses(as('api', 'DELETE', `${USERS}/all`), 403, less('all'))
    assert.equal((await app.call('GET', TASKS, undefined, root)).status, 200)
    assert.equal((await post({ name: 'peer', password: 'p', permissions: ['api'] })).status, 200)
    assert.equal((await as('api', 'DELETE', `${USERS}/peer`)).status, 204)
  })

  test('are out at once when their password or they themselves are no more', async () => {
    const make = (): Promise<Answer> => app.call('POST', USERS, '{"name":"out","password":"out","type":"admin"}', root)
    await make()
    assert.equal((await as('out', 'GET', TASKS)).status, 200)
    await app.call('PATCH', `${USERS}/out`, '{"password":"new"}', root)
    assert.equal((await as('out', 'GET', TASKS)).status, 401)
    assert.equal((await app.call('GET', TASKS, undefined, basic('out', 'new'))).status, 200)
    await app.call('DELETE', `${USERS}/out`, undefined, root)
    assert.equal((await app.call('GET', TASKS, undefined, basic('out', 'new'))).status, 401)
  })

  test('leave no secrets in the log', async () => {
    logged.length = 0
    await app.call('GET', `${TASKS}?u=who&p=hidden-1`)
    await app.call('GET', TASKS, undefined, { ...basic('who', 'hidden-2'), referer: 'http://x:hidden-3@y/?p=hidden-4' })
    await app.call('GET', TASKS, undefined, bearer({ username: 'who', exp: 1, note: 'hidden-5' }))
    await app.call('GET', TASKS, undefined, basic('~subscriber', 'hidden 6'))
    await app.call('GET', 'http://u:hidden-7@host/kapacitor/v1/tasks')
    await app.call('GET', TASKS, undefined, bearer({ username: 'api', exp: 9e9 }))
    const all = JSON.stringify(logged)
    assert.doesNotMatch(all, /hidden/)
    assert.doesNotMatch(all, /eyJ/)
    const names = logged.filter(([msg]) => msg === 'http request').map(([, f]) => f?.['username'])
    assert.deepEqual(names, ['who', 'who', '-', '~subscriber', '-', 'api'])
    const failed = logged.filter(([msg]) => msg === 'a sign-in failed').map(([, f]) => [f?.['reason'], f?.['username']])
    assert.deepEqual(failed, [
      ['bad-password', 'who'],
      ['bad-password', 'who'],
      ['bad-token', undefined],
      ['bad-subscription-token', undefined],
    ])
  })
})

describe('without users', () => {
  test('every name and password is an admin, and there is nothing to change', async () => {
    const app = await startTestApp({ auth: settings(`[http]\nauth-enabled = true\nshared-secret = "${SECRET}"\n`) })
    after(() => app.close())
    await refuses(app.call('GET', TASKS), 401, 'unable to parse authentication credentials')
    await refuses(app.call('GET', TASKS, undefined, basic('', 'x')), 401, 'username required')
    assert.equal((await app.call('GET', TASKS, undefined, basic('any', 'thing'))).status, 200)
    assert.equal((await app.call('POST', '/write?db=d', 'm v=1', basic('~subscriber', 'x'))).status, 204)
    assert.equal((await app.call('GET', TASKS, undefined, bearer({ username: 'any', exp: 9e9 }))).status, 200)
    const expired = bearer({ username: 'any', exp: 1 })
    await refuses(app.call('GET', TASKS, undefined, expired), 401, 'invalid token: Token is expired')
    for (const method of ['GET', 'POST'])
      assert.equal((await app.call(method, USERS, '{}', basic('any', 'thing'))).status, 404)
  })
})
