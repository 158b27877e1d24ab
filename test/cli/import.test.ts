// Taking over from another server.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { Client } from '../../src/cli/client.ts'
import { type CliServer, CliSession, startCliServer } from './cli-session.ts'
import { startStub } from './stub-server.ts'

process.chdir(import.meta.dirname)

let from: CliServer
let to: CliServer
let source: Client
let session: CliSession

before(async () => {
  ;[from, to] = [await startCliServer(), await startCliServer()]
  source = new Client({ url: from.url })
  session = new CliSession({ url: to.url, terminal: false })
  const dbrps = [{ db: 'telegraf', rp: 'autogen' }]
  const measurement = { type: 'string', value: 'cpu' } as const
  await source.createTemplate({ id: 'generic', script: readFileSync('files/generic.tick', 'utf8') })
  await source.createTask({ id: 'from_template', 'template-id': 'generic', dbrps, vars: { measurement } })
  const script = readFileSync('files/cpu_alert.tick', 'utf8')
  await source.createTask({ id: 'cpu', script, dbrps, status: 'enabled' })
  await source.createTask({ id: 'own_dbrp', script: `dbrp "a"."b"\nstream|from()|log()` })
  await source.createHandler('cpu', { id: 'pub', kind: 'publish', options: { topics: ['all'] }, match: 'changed()' })
  await source.write({ db: 'telegraf', rp: 'autogen' }, 'cpu,host=a usage=95')
})

after(async () => {
  await from.stop()
  await to.stop()
})

test('a dry run changes nothing and tells what would happen', async () => {
  const ran = await session.run(['import', '-dry-run', from.url])
  assert.equal(
    ran.screen,
    `would create template generic
would create task     cpu
would create task     from_template
would create task     own_dbrp
would create handler  cpu/pub
left         topic    all
             CRITICAL there; begins as OK here
left         topic    cpu
             CRITICAL there; begins as OK here
5 would create, 2 left
`,
  )
  assert.deepEqual(await session.client.listTasks(), [])
})

test('everything comes over, tasks disabled; a second time all is the same', async () => {
  const ran = await session.run(['import', from.url])
  assert.equal(ran.code, 0)
  assert.match(ran.screen, /^created {6}task {5}cpu\n {13}enabled there, disabled here$/m)
  const tasks = await session.client.listTasks({ fields: ['status', 'template-id'] })
  assert.deepEqual(
    tasks.map((t) => [t.id, t.status, t['template-id']]),
    [
      ['cpu', 'disabled', undefined],
      ['from_template', 'disabled', 'generic'],
      ['own_dbrp', 'disabled', undefined],
    ],
  )
  const handler = await session.client.getHandler('cpu', 'pub')
  assert.deepEqual([handler.kind, handler.match, handler.options], ['publish', 'changed()', { topics: ['all'] }])
  const again = await session.run(['import', '-enable', '-json', from.url])
  const items = JSON.parse(again.stdout) as { kind: string; id: string; action: string }[]
  assert.deepEqual(new Set(items.map((i) => i.action)), new Set(['same', 'left']))
  assert.equal((await session.client.getTask('cpu')).status, 'enabled')
})

test('what is here and differs is left alone, or changed when asked', async () => {
  await source.updateTask('cpu', { dbrps: [{ db: 'telegraf', rp: 'monthly' }] })
  const left = await session.run(['import', from.url])
  assert.equal(left.code, 3)
  assert.match(
    left.screen,
    /^failed {7}task {5}cpu\n {13}is here already, with other databases and retention policies: -overwrite changes it$/m,
  )
  assert.equal((await session.client.getTask('cpu')).dbrps[0]?.rp, 'autogen')
  const changed = await session.run(['import', '-overwrite', from.url])
  assert.match(changed.screen, /^changed {6}task {5}cpu$/m)
  assert.equal((await session.client.getTask('cpu')).dbrps[0]?.rp, 'monthly')
})

test('what can not be taken over is told with its place, and the rest comes', async () => {
  const link = { rel: 'self', href: '' }
  const task = (id: string, script: string) => ({
    link,
    id,
    script,
    type: 'stream',
    dbrps: [{ db: 'd', rp: 'r' }],
    vars: {},
    dot: '',
    status: 'enabled',
    error: '',
  })
  const stub = await startStub({
    'GET /kapacitor/v1/templates': { json: { templates: [] } },
    'GET /kapacitor/v1/tasks': { json: { tasks: [{ id: 'bad' }, { id: 'good' }] } },
    'GET /kapacitor/v1/tasks/bad': { json: task('bad', 'stream\n    |from()\n    |nosuch()\n') },
    'GET /kapacitor/v1/tasks/good': { json: task('good', 'stream\n    |from()\n    |log()\n') },
    'GET /kapacitor/v1/alerts/topics': { json: { topics: [] } },
  })
  try {
    const ran = await session.run(['import', stub.url])
    assert.equal(ran.code, 3)
    assert.match(
      ran.screen,
      /^failed {7}task {5}bad\n {13}invalid TICKscript: .*"nosuch".*\n(?: {13}.*\n)* {13}3 \| {5}\|nosuch\(\)$/m,
    )
    assert.match(ran.screen, /^created {6}task {5}good$/m)
    assert.match(ran.screen, /^2> Error: 1 of 2 could not be taken over$/m)
  } finally {
    await stub.stop()
  }
})

test('a server is not imported into itself, nor one that is not there', async () => {
  assert.equal((await session.run(['import', to.url])).code, 3)
  const nobody = await session.run(['import', 'http://127.0.0.1:9519'])
  assert.equal(nobody.code, 3)
  assert.match(nobody.stderr, /can't reach http:\/\/127\.0\.0\.1:9519/)
  assert.equal((await session.run(['import', 'x'])).code, 4)
})
