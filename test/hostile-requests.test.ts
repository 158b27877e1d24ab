// Requests that mean harm: names that are more than names in JavaScript, paths that lead elsewhere, bodies that grow when
// they are read, patterns that never end. Each is answered, and the server is as well as before.
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { InProcessServer } from './in-process-server.ts'
import { sendRaw } from './property/raw-http.ts'

let server: InProcessServer
before(async () => {
  server = await InProcessServer.start({ http: 'max-body-size = "1MiB"' })
})
after(() => server.stop())

const NAMES = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'valueOf',
  'then',
  '__defineGetter__',
]
const dbrps = [{ db: 'd', rp: 'r' }]

/** Defines a task and gives what its endpoint `x` shows after the lines. */
async function shown(id: string, script: string, lines: string): Promise<string> {
  const { status, text } = await server.call('POST', '/tasks', { id, type: 'stream', dbrps, script, status: 'enabled' })
  assert.equal(status, 200, text)
  const written = await server.call('POST', '/write?db=d&rp=r', lines)
  assert.equal(written.status, 204, written.text)
  const out = await server.call('GET', `/tasks/${id}/x`)
  await server.call('DELETE', `/tasks/${id}`)
  return out.text
}

type Shown = readonly [name: string, tags: [string, string][], columns: string[], row: unknown[]]

function seriesOf(text: string): Shown[] {
  const { series } = JSON.parse(text) as {
    series: { name: string; tags?: Record<string, string>; columns: string[]; values: unknown[][] }[] | null
  }
  return (series ?? []).map((s) => [s.name, Object.entries(s.tags ?? {}), s.columns, s.values[0]!.slice(1)])
}

describe('names that mean something in JavaScript', () => {
  for (const name of NAMES) {
    test(`${name} is a tag, a field, a measurement and a group like any other`, async () => {
      const lines = `${name},host=a ${name}=1,zz=2 1\n${name},host=b ${name}=5,zz=2 2`
      const from = `stream|from().measurement('${name}')`
      const evaluated = `${from}.groupBy('host')|eval(lambda: "${name}" + 1.0).as('${name}').keep()|httpOut('x')`
      assert.deepEqual(seriesOf(await shown('n', evaluated, lines)), [
        [name, [['host', 'a']], ['time', name, 'zz'], [2, 2]],
        [name, [['host', 'b']], ['time', name, 'zz'], [6, 2]],
      ])
      const window = `${from}|default().field('${name}', 0.0).field('w', 7.0)|window().periodCount(2).everyCount(2)`
      const last = `${window}|sum('${name}').as('${name}')|httpOut('x')`
      assert.deepEqual(
        seriesOf(await shown('n', last, lines)).map(([, , columns, row]) => [columns, row]),
        [[['time', name], [6]]],
      )
      const tagged = `m,${name}=t1 v=1 1\nm,${name}=t2 v=2 2`
      const grouped = `stream|from().measurement('m').groupBy('${name}')|where(lambda: "${name}" != 'x')|default().tag('${name}', 'x')|httpOut('x')`
      assert.deepEqual(
        seriesOf(await shown('n', grouped, tagged)).map(([, tags]) => tags),
        [[[name, 't1']], [[name, 't2']]],
      )
      const joined = `var a = stream|from().measurement('m').groupBy('${name}') var b = stream|from().measurement('m').groupBy('${name}') a|join(b).as('${name}', 'b')|httpOut('x')`
      assert.deepEqual(
        seriesOf(await shown('n', joined, tagged)).map(([, tags, columns]) => [tags, columns]),
        ['t1', 't2'].map((t) => [
          [[name, t]],
          ['time', `${name}.v`, 'b.v'].sort((x, y) => (x === 'time' ? -1 : y === 'time' ? 1 : x < y ? -1 : 1)),
        ]),
      )
    })

    test(`${name} is a var, a template's field, and an option like any other`, async () => {
      const vars = `{"${name}": {"type": "float", "value": 3}, "limit": {"type": "float", "value": 4}}`
      const script = `var limit = 1.0 stream|from().measurement('m')|eval(lambda: limit).as('${name}')|httpOut('x')`
      const body = `{"id":"v","type":"stream","dbrps":[{"db":"d","rp":"r"}],"script":${JSON.stringify(script)},"status":"enabled","vars":${vars},"${name}":{"x":1}}`
      const made = await server.call('POST', '/tasks', body)
      if (made.status === 200) {
        assert.equal((JSON.parse(made.text) as { vars: { limit: { value: number } } }).vars.limit.value, 4)
        await server.call('POST', '/write?db=d&rp=r', 'm v=1 1')
        assert.match((await server.call('GET', '/tasks/v/x')).text, new RegExp(`"columns":\\["time","${name}"`))
        await server.call('DELETE', '/tasks/v')
      } else assert.equal(made.status, 400)
      const handler = `{"id":"h","kind":"log","options":{"path":"/dev/null","${name}":{"mode":1}}}`
      const refused = await server.call('POST', '/alerts/topics/t/handlers', handler)
      assert.equal(refused.status, 400, refused.text)
      for (const path of [
        'tasks',
        'templates',
        'recordings',
        'replays',
        'service-tests',
        'config',
        'storage/stores',
        'alerts/topics',
      ])
        assert.ok((await server.call('GET', `/${path}/${name}`)).status < 500, path)
    })
  }

  test('nothing has a property that it had not before', () => {
    assert.deepEqual(Object.keys(Object.prototype), [])
    assert.equal(({} as { mode?: unknown }).mode, undefined)
    assert.equal(({} as { polluted?: unknown }).polluted, undefined)
  })

  test('a patch does not reach what all objects share', async () => {
    const handler = { id: 'h', kind: 'log', options: { path: '/dev/null' } }
    assert.equal((await server.call('POST', '/alerts/topics/p/handlers', handler)).status, 200)
    for (const path of ['/__proto__/polluted', '/constructor/prototype/polluted', '/options/__proto__/polluted']) {
      const patch = [{ op: 'add', path, value: true }]
      assert.equal((await server.call('PATCH', '/alerts/topics/p/handlers/h', patch)).status, 400)
    }
    assert.equal(({} as { polluted?: unknown }).polluted, undefined)
  })
})

describe('paths that lead elsewhere', () => {
  test('reach no file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'victim-'))
    const victim = join(folder, 'x.srpl')
    writeFileSync(victim, 'x')
    const up = `../../../../../..${folder}/x`
    for (const id of [
      up,
      up.replaceAll('/', '%2f'),
      up.replaceAll('/', '%252f'),
      up.replaceAll('.', '%2e'),
      `x%00${up}`,
      '..',
      '%5c..%5cx',
    ]) {
      for (const [method, path] of [
        ['GET', 'recordings'],
        ['DELETE', 'recordings'],
        ['DELETE', 'replays'],
        ['DELETE', 'tasks'],
        ['GET', 'storage/stores'],
        ['POST', 'storage/stores'],
      ] as const) {
        const text = `${method} /kapacitor/v1/${path}/${id} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`
        const answer = await sendRaw(server.port, Buffer.from(text))
        assert.match(answer.text, /^HTTP\/1\.1 (?:[23]0\d|40[0-9]) /, text)
      }
      const recording = { id, task: 'none', stop: '2030-01-01T00:00:00Z' }
      const { status } = await server.call('POST', '/recordings/stream', recording)
      assert.ok(status === 400 || status === 404, id)
    }
    assert.ok(existsSync(victim))
    rmSync(folder, { recursive: true })
  })

  test('do not break lines of the answer', async () => {
    for (const path of [
      '//x%0d%0aSet-Cookie:%20a=b',
      '/%0d%0aSet-Cookie:x/../y',
      '/kapacitor/v1/tasks/%0d%0aX-Bad:1//',
    ]) {
      const answer = await sendRaw(
        server.port,
        Buffer.from(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`),
      )
      assert.doesNotMatch(answer.text, /^(?:set-cookie|x-bad):/im)
    }
    for (const value of ['a\x7fb', 'a\x01b', '\xe9', 'a\tb']) {
      for (const name of ['Origin', 'Request-Id', 'Accept-Encoding', 'Authorization']) {
        const text = `GET /kapacitor/v1/ping HTTP/1.1\r\nHost: x\r\n${name}: ${value}\r\nConnection: close\r\n\r\n`
        assert.match(
          (await sendRaw(server.port, Buffer.from(text, 'latin1'))).text,
          /^HTTP\/1\.1 (?:204|400) /,
          JSON.stringify(text),
        )
      }
    }
  })
})

describe('what grows when it is read', () => {
  test('is refused: a packed body, a patch that doubles, nesting, a pattern that multiplies', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024))
    const unpacked = await fetch(`http://127.0.0.1:${server.port}/write?db=d`, {
      method: 'POST',
      headers: { 'content-encoding': 'gzip' },
      body: bomb,
    })
    assert.equal(unpacked.status, 413)

    const handler = { id: 'h', kind: 'log', options: { path: '/dev/null' } }
    await server.call('POST', '/alerts/topics/g/handlers', handler)
    const doubling = Array.from({ length: 60 }, (_, i) => ({ op: 'copy', from: '/options', path: `/options/x${i}` }))
    const patched = await server.call('PATCH', '/alerts/topics/g/handlers/h', doubling)
    assert.equal(patched.status, 400)
    assert.match(patched.text, /copies too much/)

    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
    assert.equal((await server.call('POST', '/tasks', `{"vars":${deep}}`)).status, 400)
    const nested = `stream|where(lambda: ${'('.repeat(20_000)}TRUE${')'.repeat(20_000)})`
    assert.equal((await server.call('POST', '/tasks', { id: 'n', type: 'stream', dbrps, script: nested })).status, 400)

    const pattern = `stream|from().where(lambda: "a" =~ /(((a{1000}){1000}){1000}){1000}/)`
    assert.equal((await server.call('POST', '/tasks', { id: 'n', type: 'stream', dbrps, script: pattern })).status, 400)
  })

  test('takes its time and no more: patterns on long texts, lists with many parameters', async () => {
    const text = 'a'.repeat(50_000)
    const script = `stream|from().measurement('m')|eval(lambda: "s" =~ /^(a+)+$|(a|aa)*b|(.*a){20}/).as('r')|httpOut('x')`
    assert.match(await shown('slow', script, `m s="${text}!" 1`), /true|false/)
    assert.equal((await server.call('GET', `/tasks?pattern=${encodeURIComponent('*a'.repeat(400))}`)).status, 200)
    assert.equal((await server.call('GET', `/tasks?${'fields=id&'.repeat(5_000)}`)).status, 200)
    assert.equal((await server.call('GET', `/tasks?${'x=&'.repeat(15_000)}`)).status, 200)
  })
})
