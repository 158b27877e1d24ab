// Signing in as operators and clients do: the first admin is made by the command, users outlive the server's worst end,
// and the client signs in by its address.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { serverConfig } from './server-config.ts'
import { SpawnedServer } from './spawned-server.ts'

const bin = join(import.meta.dirname, '../bin')
const folder = mkdtempSync(join(tmpdir(), 'sign-in-'))
const config = join(folder, 'supercap.conf')
const server = new SpawnedServer(config)

before(() =>
  writeFileSync(
    config,
    serverConfig(folder, { http: 'auth-enabled = true', more: '[auth]\nenabled = true\nbcrypt-cost = 4\n' }),
  ),
)
after(async () => {
  await server.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

function createAdmin(name: string, input: string): { readonly status: number | null; readonly told: string } {
  const { status, stdout, stderr } = spawnSync(join(bin, 'supercapd'), ['create-admin', '-config', config, name], {
    input,
    encoding: 'utf8',
  })
  return { status, told: stdout + stderr }
}

function listTasks(credentials: string): { readonly status: number | null; readonly told: string } {
  const { status, stdout, stderr } = spawnSync(join(bin, 'supercap'), ['list', 'tasks'], {
    env: { ...process.env, KAPACITOR_URL: server.base.replace('://', `://${credentials}`) },
    encoding: 'utf8',
  })
  return { status, told: stdout + stderr }
}

const users = (method: string, path: string, body?: object): Promise<Response> =>
  fetch(`${server.base}/kapacitor/v1/users${path}`, {
    method,
    headers: { authorization: `Basic ${Buffer.from('root:a:pass word').toString('base64')}` },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })

test('the first admin is made while the server is stopped, and the client signs in by its address', async () => {
  assert.deepEqual(createAdmin('root', 'a:pass word\nmore\n'), { status: 0, told: 'root is an admin\n' })
  await server.boot()
  const signedIn = listTasks('root:a%3Apass%20word@')
  assert.equal(signedIn.status, 0)
  assert.match(signedIn.told, /^ID +Type/)
  const wrong = listTasks('root:wrong-password@')
  assert.notEqual(wrong.status, 0)
  assert.match(wrong.told, /authorization failed/)
  assert.doesNotMatch(wrong.told, /wrong-password/)
  assert.match(listTasks('').told, /unable to parse authentication credentials/)
  const late = createAdmin('late', 'x\n')
  assert.equal(late.status, 1)
  assert.match(late.told, /^supercapd: .*in use/)
})

test('a user that was answered for outlives a kill', async () => {
  assert.equal((await users('POST', '', { name: 'kept', password: 'kept', permissions: ['api'] })).status, 200)
  await server.kill('SIGKILL')
  await server.boot()
  assert.equal(listTasks('kept:kept@').status, 0)
  assert.equal((await users('DELETE', '/kept')).status, 204)
  await server.kill('SIGKILL')
  await server.boot()
  assert.match(listTasks('kept:kept@').told, /authorization failed/)
})

test('a lost password is replaced by the command', async () => {
  await server.kill('SIGTERM')
  assert.deepEqual(createAdmin('root', 'another\n'), { status: 0, told: 'root is an admin\n' })
  assert.match(createAdmin('root', '').told, /password is required/)
  await server.boot()
  assert.equal(listTasks('root:another@').status, 0)
  assert.match(listTasks('root:a%3Apass%20word@').told, /authorization failed/)
})
