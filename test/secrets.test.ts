// Secrets stay secret: a server whose every secret is a word that is easy to find, whose handlers all fail and are told so
// with that word; then nothing that it says, to its log or to anybody who asks, has the word in it.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, test } from 'node:test'
import type { Field, Fields } from '../src/server/config/field.ts'
import { keyOf } from '../src/server/config/field.ts'
import { loadConfig } from '../src/server/config/load-config.ts'
import { renderConfig } from '../src/server/config/render-config.ts'
import type { SectionDecl } from '../src/server/config/section.ts'
import { knownSections } from '../src/server/config/sections/server-sections.ts'
import { InProcessServer } from './in-process-server.ts'

const CANARY = 'canary7f3a'
let made = 0
const canary = (): string => `${CANARY}-${made++}`

/** A receiver that turns everything away and repeats in its answer what it was sent. */
const sink = createServer((request, response) => {
  let body = ''
  request.setEncoding('utf8').on('data', (t: string) => {
    body += t
  })
  request.on('end', () => {
    response.statusCode = 400
    response.end(JSON.stringify({ error: `${request.url} ${JSON.stringify(request.headers)} ${body}` }))
  })
})
let server: InProcessServer
let base = ''
const answers: string[] = []

async function call(method: string, path: string, body?: object): Promise<{ status: number; text: string }> {
  const answer = await server.call(method, path, body)
  answers.push(`${method} ${path}\n${shownOnPurpose(answer.text)}`)
  return answer
}

/** Without what clients get as they gave it: scripts, and the user of Pushover, which is an option of its test. */
function shownOnPurpose(text: string): string {
  return text.replace(/"(?:script|user-key)": ?"(?:[^"\\]|\\.)*"/g, '')
}

/** TOML of a section with all its secrets, and with a password in each of its addresses. */
function sectionText(decl: SectionDecl, base: string, enabled: boolean): string {
  const { lines, tables } = fieldLines(decl.fields, decl.section, base)
  const on = 'enabled' in decl.fields ? [`enabled = ${enabled}`] : []
  return [decl.list ? `[[${decl.section}]]` : `[${decl.section}]`, ...on, ...lines, ...tables].join('\n')
}

function fieldLines(fields: Fields, header: string, base: string): { lines: string[]; tables: string[] } {
  const lines: string[] = []
  const tables: string[] = []
  for (const [name, f] of Object.entries(fields) as [string, Field<never>][]) {
    const key = keyOf(name, f)
    if (f.type === 'table') {
      const inner = fieldLines(f.fields ?? {}, `${header}.${key}`, base)
      if (inner.lines.length > 0) tables.push(`[${header}.${key}]`, ...inner.lines, ...inner.tables)
    } else if (f.secret && f.type === 'map') tables.push(`[${header}.${key}]`, `x = "${canary()}"`)
    else if (f.secret) lines.push(`${key} = "${/url/i.test(name) ? `${base}/${canary()}` : canary()}"`)
    else if (/url$/i.test(name) && f.type === 'string') lines.push(`${key} = "${withPassword(base)}/x"`)
    else if (name === 'headers')
      tables.push(`[${header}.${key}]`, `Authorization = "Bearer ${canary()}"`, `X-Api-Key = "${canary()}"`)
  }
  return { lines, tables }
}

function withPassword(base: string): string {
  return base.replace('://', `://user:${canary()}@`)
}

/** What a section needs to be taken, beyond its secrets and addresses. */
const NEEDED: Readonly<Record<string, string>> = {
  bigpanda: 'app-key = "k"',
  httppost: 'endpoint = "e"',
  kafka: 'id = "k"\nbrokers = ["127.0.0.1:1"]\nsasl-mechanism = "PLAIN"\nsasl-username = "u"',
  mqtt: 'name = "m"\ndefault = true',
  slack: 'workspace = "w"\ndefault = true\nchannel = "c"',
  discord: 'workspace = "w"\ndefault = true',
  smtp: 'host = "127.0.0.1"\nport = 1\nfrom = "a@b.example"\nto = ["c@d.example"]\nusername = "u"',
  snmptrap: 'addr = "127.0.0.1:1"',
  victorops: 'routing-key = "r"',
  alerta: 'environment = "e"',
  telegram: 'chat-id = "1"',
  hipchat: 'room = "r"',
  talk: 'author_name = "a"',
  influxdb: 'name = "i"\ndefault = true\nusername = "u"',
  opsgenie2: 'recovery_action = "notes"',
}
const SERVED = new Set([
  ...Object.keys(NEEDED),
  'pagerduty',
  'pagerduty2',
  'opsgenie',
  'pushover',
  'teams',
  'servicenow',
  'zenoss',
])

function configuration(base: string): string {
  return knownSections
    .filter(({ section }) => !['', 'http', 'storage', 'replay', 'auth'].includes(section))
    .flatMap((decl) => {
      const { lines, tables } = fieldLines(decl.fields, decl.section, base)
      if (lines.length + tables.length === 0) return []
      const isServed = SERVED.has(decl.section)
      const [header, ...rest] = sectionText(decl, base, isServed).split('\n')
      return [
        header,
        NEEDED[decl.section] ?? '',
        ...(decl.section === 'influxdb' ? [`urls = ["${withPassword(base)}"]`, 'startup-timeout = "1ms"'] : []),
        ...rest,
      ]
    })
    .join('\n')
}

before(async () => {
  await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(sink.address() as AddressInfo).port}`
  server = await InProcessServer.start({ http: `shared-secret = "${canary()}"`, more: configuration(base) })
})
after(async () => {
  await server.stop()
  sink.close()
  sink.closeAllConnections()
})

function assertNone(texts: readonly string[], what: string): void {
  for (const text of texts) {
    const at = text.indexOf(CANARY)
    assert.ok(at < 0, `${what}: …${text.slice(Math.max(0, at - 200), at + 60)}`)
  }
}

describe('secrets', () => {
  test('are printed with the configuration only where that is asked for', () => {
    const config = loadConfig({ file: { path: 'c', text: `data_dir = "/x"\n${configuration(base)}` }, environment: {} })
    assertNone([renderConfig(config, 'hide')], 'configuration')
    assert.match(renderConfig(config, 'hide'), /# password is set, and not shown here\./)
    assert.ok(renderConfig(config, 'show').split(CANARY).length > 50)
  })

  test('show in no answer to a failing service test', async () => {
    const { text } = await call('GET', '/service-tests')
    const { services } = JSON.parse(text) as { services: { name: string }[] }
    let failed = 0
    for (const { name } of services) {
      await call('GET', `/service-tests/${name}`)
      const run = await call('POST', `/service-tests/${name}`, name === 'influxdb' ? { cluster: 'i' } : {})
      if (run.text.includes('"success":false')) failed++
    }
    assert.ok(failed >= 15, `${failed} tests failed`)
    assertNone(answers, 'answer')
  })

  test('show in no answer about the configuration', async () => {
    const { text } = await call('GET', '/config')
    const { sections } = JSON.parse(text) as { sections: Record<string, object> }
    for (const name of Object.keys(sections)) await call('GET', `/config/${name}`)
    await call('POST', '/config/slack/w', { set: { token: canary(), url: canary() } })
    await call('POST', '/config/slack/w', { set: { nothing: canary() } })
    assertNone(answers, 'answer')
  })

  test('show in no answer about tasks, handlers and deliveries that fail', async () => {
    const all = [
      '.slack()',
      '.telegram()',
      '.victorOps()',
      '.pagerDuty()',
      '.pagerDuty2()',
      '.opsGenie()',
      '.opsGenie2()',
      '.alerta()',
      '.bigPanda()',
      '.discord()',
      '.hipChat()',
      ".mqtt('t')",
      ".kafka().cluster('k').kafkaTopic('t')",
      ".post().endpoint('e')",
      '.pushover()',
      '.sensu()',
      '.serviceNow()',
      ".snmpTrap('1.1')",
      '.talk()',
      '.teams()',
      '.zenoss()',
      ".email('x@y.example')",
    ]
    const script = `stream|from().measurement('m')|httpPost().endpoint('e')|alert().crit(lambda: TRUE)${all.join('')}`
    const task = { id: 't', type: 'stream', dbrps: [{ db: 'd', rp: 'r' }], script, status: 'enabled' }
    assert.equal((await call('POST', '/tasks', task)).status, 200)
    const bad = `stream|from()|sideload().source('${withPassword('http://127.0.0.1:1')}').order('a').field('x', 0)`
    await call('POST', '/tasks', { ...task, id: 'u', script: bad })
    const asking = `batch|query('SELECT x FROM a.b.c').period(1ms).every(1ms)|httpOut('x')`
    await call('POST', '/tasks', { ...task, id: 'v', type: 'batch', script: asking })
    const written = await server.call('POST', '/write?db=d&rp=r', 'm v=1 1')
    assert.equal(written.status, 204)
    // What a handler's own options say is shown as it was given, but not where it failed.
    for (const [kind, options] of Object.entries({
      alerta: { token: canary(), resource: 'r' },
      hipchat: { token: canary(), room: 'r' },
      post: { url: `${withPassword(base)}/x?token=${canary()}`, headers: { Authorization: `Bearer ${canary()}` } },
    })) {
      const named = { id: kind, kind, options }
      assert.equal((await server.call('POST', '/alerts/topics/named/handlers', named)).status, 200)
    }
    const publishing = `stream|from().measurement('m')|alert().crit(lambda: TRUE).topic('named')`
    assert.equal((await call('POST', '/tasks', { ...task, id: 'w', script: publishing })).status, 200)
    assert.equal((await server.call('POST', '/write?db=d&rp=r', 'm v=1 2')).status, 204)
    await until(() => server.logLines.filter((l) => l.includes('lvl=error')).length > 20)
    for (const id of ['t', 'u', 'v']) await call('GET', `/tasks/${id}`)
    await call('GET', '/alerts/topics')
    const letters = await call('GET', '/alerts/dead-letters')
    assert.match(letters.text, /400/)
    for (const path of ['/tasks', '/alerts/deliveries', '/debug/vars', '/:routes']) await call('GET', path)
    assertNone(answers, 'answer')
  })

  test('show in no line of the log', () => {
    assert.ok(server.logLines.length > 20)
    assertNone(server.logLines, 'log')
  })
})

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve))
}
