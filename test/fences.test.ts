// What a server's [security] section keeps scripts and topic handlers from: refused when they are defined, and again when
// they run.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, describe, test } from 'node:test'
import { loadConfig } from '../src/server/config/load-config.ts'
import { InProcessServer } from './in-process-server.ts'

const root = realpathSync(mkdtempSync(join(tmpdir(), 'fences-')))
const at = (...names: string[]): string => join(root, ...names)
for (const folder of ['logs', 'bin', 'side', 'out']) mkdirSync(at(folder))
writeFileSync(at('bin/run'), '#!/bin/sh\ncat > "$1"\n', { mode: 0o755 })
writeFileSync(at('out/run'), '#!/bin/sh\n', { mode: 0o755 })
symlinkSync(at('out/run'), at('bin/escape'))
symlinkSync(at('out'), at('logs/way'))
writeFileSync(at('side/a.yml'), 'limit: 7\n')
writeFileSync(at('out/secret.yml'), 'limit: 1\n')

let server: InProcessServer | undefined
afterEach(async () => {
  await server?.stop()
  server = undefined
})
after(() => rmSync(root, { recursive: true, force: true }))

async function start(security: string): Promise<InProcessServer> {
  server = await InProcessServer.start({ http: 'log-enabled = false', more: `[security]\n${security}` })
  return server
}

const fenced = (): Promise<InProcessServer> =>
  start(
    `exec-commands = ["${at('bin')}/*"]\nlog-paths = ["${at('logs')}/**"]\nsideload-paths = ["${at('side')}/**"]\ntemplate-paths = ["${at('side')}/**"]`,
  )

const alertTask = (id: string, handler: string, status = 'disabled'): object => ({
  id,
  type: 'stream',
  dbrps: [{ db: 'd', rp: 'r' }],
  script: `stream|from().measurement('m')|alert().crit(lambda: TRUE)${handler}`,
  status,
})

const sideTask = (id: string, source: string, status = 'disabled'): object => ({
  id,
  type: 'stream',
  dbrps: [{ db: 'd', rp: 'r' }],
  script: `stream|from().measurement('m')|sideload().source('${source}').order('a.yml').field('limit', 0)|httpOut('x')`,
  status,
})

describe('a task', () => {
  test('that runs or writes something outside is refused, enabled or not', async () => {
    const s = await fenced()
    for (const [handler, setting] of [
      [`.exec('${at('out/run')}')`, 'exec-commands'],
      [`.exec('${at('bin/escape')}')`, 'exec-commands'],
      [`.exec('${at('bin')}/../out/run')`, 'exec-commands'],
      [`.exec('./run')`, 'exec-commands'],
      [`.exec('sh', '-c', 'true')`, 'exec-commands'],
      [`.log('${at('out/x.log')}')`, 'log-paths'],
      [`.log('${at('logs')}/../out/x.log')`, 'log-paths'],
      [`.log('${at('logs/way/x.log')}')`, 'log-paths'],
    ] as const) {
      const { status, text } = await s.call('POST', '/tasks', alertTask('t', handler))
      assert.equal(status, 400, handler)
      assert.match(text, new RegExp(`outside of \\[security\\] ${setting}`), handler)
    }
    for (const source of [`file://${at('out')}`, `file://${at('side')}/../out`, 'file:///']) {
      const { status, text } = await s.call('POST', '/tasks', sideTask('t', source))
      assert.equal(status, 400, source)
      assert.match(text, /outside of \[security\] sideload-paths/)
    }
    assert.match((await s.call('GET', '/tasks')).text, /"tasks": \[\]/)
  })

  test('inside runs as ever', async () => {
    const s = await fenced()
    const handlers = `.log('${at('logs/x.log')}').exec('${at('bin/run')}', '${at('out/ran')}')`
    assert.equal((await s.call('POST', '/tasks', alertTask('t', handlers, 'enabled'))).status, 200)
    assert.equal((await s.call('POST', '/tasks', sideTask('u', `file://${at('side')}`, 'enabled'))).status, 200)
    assert.equal((await s.call('POST', '/write?db=d&rp=r', 'm v=1 1')).status, 204)
    assert.match((await s.call('GET', '/tasks/u/x')).text, /7/)
    await s.stop()
    server = undefined
    assert.match(readFileSync(at('logs/x.log'), 'utf8'), /"level":"CRITICAL"/)
    assert.match(readFileSync(at('out/ran'), 'utf8'), /"level":"CRITICAL"/)
  })

  test('is kept from what its folder has come to lead to', async () => {
    const s = await fenced()
    symlinkSync(at('out/secret.yml'), at('side/b.yml'))
    const { text } = await s.call('POST', '/tasks', sideTask('u', `file://${at('side')}`, 'enabled'))
    rmSync(at('side/b.yml'))
    assert.match(text, /b\.yml.* outside of \[security\] sideload-paths/)
  })
})

test('a template is for the tasks that are made from it', async () => {
  const s = await fenced()
  const script = `var dir string stream|from().measurement('m')|alert().crit(lambda: TRUE).log('${root}/' + dir + '/x.log')`
  assert.equal((await s.call('POST', '/templates', { id: 'tmpl', type: 'stream', script })).status, 200)
  for (const [dir, status] of [
    ['logs', 200],
    ['logs/way', 400],
    ['out', 400],
  ] as const) {
    const vars = { dir: { type: 'string', value: dir } }
    const made = await s.call('POST', '/tasks', { id: 't', 'template-id': 'tmpl', dbrps: [{ db: 'd', rp: 'r' }], vars })
    assert.equal(made.status, status, made.text)
    await s.call('DELETE', '/tasks/t')
  }
})

test('a topic handler and the template file of an endpoint outside are refused', async () => {
  const s = await fenced()
  for (const [kind, options, setting] of [
    ['exec', { prog: at('out/run') }, 'exec-commands'],
    ['log', { path: at('logs/way/x') }, 'log-paths'],
  ] as const) {
    const { status, text } = await s.call('POST', '/alerts/topics/t/handlers', { id: 'h', kind, options })
    assert.equal(status, 400)
    assert.match(text, new RegExp(`outside of \\[security\\] ${setting}`))
  }
  const set = { set: { 'alert-template-file': '/etc/passwd' } }
  await s.call('POST', '/config/httppost', { add: { endpoint: 'e', url: 'http://127.0.0.1:1' } })
  const { status, text } = await s.call('POST', '/config/httppost/e', set)
  assert.ok(status >= 400)
  assert.match(text, /outside of \[security\] template-paths/)
})

test('programs may be switched off altogether', async () => {
  const s = await start('exec-enabled = false')
  const { status, text } = await s.call('POST', '/tasks', alertTask('t', `.exec('true')`))
  assert.deepEqual([status, /exec-enabled is false/.test(text)], [400, true])
  const options = { prog: 'true' }
  assert.equal((await s.call('POST', '/alerts/topics/t/handlers', { id: 'h', kind: 'exec', options })).status, 400)
})

test('user-defined functions outside keep the server from starting', async () => {
  const udf = `udf-paths = ["${at('bin')}/*"]\n[udf.functions.f]\nprog = "${at('out/run')}"\ntimeout = "1s"`
  await assert.rejects(start(udf), /\[udf.functions.f\] .* outside of \[security\] udf-paths/)
})

test('patterns that are none are told', () => {
  const text = 'data_dir = "/x"\n[security]\nlog-paths = ["logs/*"]'
  assert.throws(
    () => loadConfig({ file: { path: 'c', text }, environment: {} }),
    /security: log-paths: "logs\/\*" must be an absolute path/,
  )
})
