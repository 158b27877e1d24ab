import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { type Answer, startTestApp, type TestApp } from './test-app.ts'

let app: TestApp
before(async () => {
  app = await startTestApp()
})
after(() => app.close())

const NOT_FOUND = '{\n    "error": "Not Found",\n    "message": "Not Found"\n}'

async function raw(text: string): Promise<string> {
  const socket = connect(app.port, '127.0.0.1')
  let out = ''
  socket.setEncoding('utf8').on('data', (d) => {
    out += d
  })
  socket.write(text)
  await new Promise((resolve) => socket.on('close', resolve))
  return out
}

describe('every answer', () => {
  test('carries the versions, a fresh id and the type', async () => {
    const seen = new Set<unknown>()
    for (const [method, path] of [
      ['GET', '/kapacitor/v1/ping'],
      ['GET', '/nothing'],
      ['POST', '/write'],
      ['DELETE', '/kapacitor/v1/tasks/none'],
      ['GET', '/kapacitor/v1/tasks'],
    ] as const) {
      const a = await app.call(method, path, undefined, { 'request-id': 'mine' })
      assert.equal(a.headers['x-kapacitor-version'], '1.8.3')
      assert.equal(a.headers['x-supercap-version'], '0.0.0')
      assert.equal(a.headers['content-type'], 'application/json; charset=utf-8')
      seen.add(a.headers['request-id'])
    }
    assert.equal(seen.size, 5)
    assert.ok(!seen.has('mine'))
  })

  test('is packed when the client takes gzip, and says so even when empty', async () => {
    const gzip = { 'accept-encoding': 'deflate, gzip;q=0' }
    const a = await app.call('GET', '/nothing', undefined, gzip)
    assert.equal(a.headers['content-encoding'], 'gzip')
    assert.equal(gunzipSync(a.bytes).toString(), NOT_FOUND)
    assert.equal((await app.call('GET', '/ping', undefined, gzip)).headers['content-encoding'], 'gzip')
    assert.equal(
      (await app.call('GET', '/ping', undefined, { 'accept-encoding': 'br' })).headers['content-encoding'],
      undefined,
    )
  })

  test('names the origin', async () => {
    const a = await app.call('GET', '/kapacitor/v1/tasks', undefined, { origin: 'null' })
    assert.equal(a.headers['access-control-allow-origin'], 'null')
    assert.equal(a.headers['access-control-allow-methods'], 'DELETE, GET, OPTIONS, POST, PATCH')
    const b = await app.call('GET', '/kapacitor/v1/tasks')
    assert.equal(b.headers['access-control-allow-origin'], undefined)
  })
})

describe('methods and paths', () => {
  test('OPTIONS is 200 everywhere, without a body', async () => {
    for (const path of ['/kapacitor/v1/tasks', '/nothing', '*']) {
      const a = await app.call('OPTIONS', path, undefined, { origin: 'http://a.example' })
      assert.deepEqual([a.status, a.text, a.headers['content-type']], [200, '', undefined])
      assert.equal(a.headers['access-control-allow-origin'], 'http://a.example')
    }
  })

  test('what no route serves is Not Found', async () => {
    for (const [method, path] of [
      ['GET', '/'],
      ['GET', '/kapacitor/v1'],
      ['GET', '/kapacitor/v1/'],
      ['GET', '/kapacitor/v2/tasks'],
      ['GET', '/kapacitor/v1/ping/'],
      ['PUT', '/kapacitor/v1/tasks'],
      ['PUT', '/kapacitor/v1/tasks/x'],
      ['DELETE', '/kapacitor/v1/tasks'],
      ['PATCH', '/kapacitor/v1/tasks'],
      ['GET', '/kapacitor/v1/write'],
      ['GET', '/write'],
      ['POST', '/ping'],
      ['GET', '/kapacitor/v1/users'],
      ['GET', '/kapacitor/v1preview/nothing'],
      ['TRACE', '/kapacitor/v1/tasks'],
      ['PROPFIND', '/kapacitor/v1/tasks'],
    ] as const) {
      const a = await app.call(method, path)
      assert.deepEqual([a.status, a.text], [404, NOT_FOUND], `${method} ${path}`)
    }
  })

  test('HEAD is for ping alone', async () => {
    assert.equal((await app.call('HEAD', '/ping')).status, 204)
    assert.equal((await app.call('HEAD', '/kapacitor/v1/ping')).status, 204)
    assert.equal((await app.call('HEAD', '/kapacitor/v1/tasks')).status, 404)
  })

  test('unclean paths are sent to the clean one', async () => {
    for (const [path, to] of [
      ['/kapacitor/v1//tasks', '/kapacitor/v1/tasks'],
      ['//kapacitor/v1/tasks/', '/kapacitor/v1/tasks/'],
      ['/kapacitor/./v1/x/../tasks?a=//b', '/kapacitor/v1/tasks?a=//b'],
      ['/kapacitor/v1/tasks/a%2F%2Fb%20c', '/kapacitor/v1/tasks/a/b%20c'],
      ['/../..', '/'],
    ] as const) {
      const a = await app.call('GET', path)
      assert.deepEqual([a.status, a.headers['location']], [301, to], path)
      assert.match(a.text, /^<a href="\/.*">Moved Permanently<\/a>\.\n\n$/)
    }
    assert.equal((await app.call('POST', '/kapacitor//v1/tasks', '{}')).text, '')
    assert.equal((await app.call('GET', '/kapacitor/v1/tasks?x=a//b/../c')).status, 200)
  })

  test('preview paths and whole addresses are the same as the paths', async () => {
    assert.equal((await app.call('GET', '/kapacitor/v1preview/ping')).status, 204)
    assert.equal((await app.call('GET', 'http://elsewhere.example:1/kapacitor/v1/ping?x')).status, 204)
  })

  test('escapes that are none are a bad request', async () => {
    const a = await app.call('GET', '/kapacitor/v1/tasks/%zz')
    assert.equal(a.status, 400)
    assert.deepEqual(Object.keys(a.json() as object), ['error', 'message'])
  })
})

describe('broken requests', () => {
  test('are answered in JSON and end the connection', async () => {
    for (const [text, status] of [
      ['BREW /pot HTTP/1.1\r\nHost: x\r\n\r\n', 404],
      ['GET /ping HTTP/1.1\r\nbad header\r\n\r\n', 400],
      ['\u0000\u0001\u0002\r\n\r\n', 404],
      [`GET /ping HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(70_000)}\r\n\r\n`, 431],
      ['POST /write HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n', 400],
      ['POST /write HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', 400],
    ] as const) {
      const out = await raw(text)
      assert.match(out, new RegExp(`^HTTP/1.1 ${status} `), text.slice(0, 40))
      assert.ok(out.includes('{\n    "error": '), out)
      assert.match(out, /\r\nX-Kapacitor-Version: \d/)
      assert.ok(!/\bat .*\.ts:/.test(out), 'no stack')
    }
    assert.equal((await app.call('GET', '/ping')).status, 204)
  })
})

describe('the service routes', () => {
  const refuses = async (a: Promise<Answer>, status: number, message: string): Promise<void> => {
    assert.deepEqual([(await a).status, (await a).json()], [status, { error: message, message }])
  }

  test('the level of the log', async () => {
    const path = '/kapacitor/v1/loglevel'
    assert.equal((await app.call('POST', path, '{"level": "DEBUG"} x')).status, 204)
    assert.equal(app.level(), 'DEBUG')
    await refuses(app.call('POST', path, '{"level": "shout"}'), 400, 'invalid log level')
    await refuses(app.call('POST', path, '{}'), 400, 'invalid log level')
    const why = "invalid json: invalid character 'l' looking for beginning of value"
    await refuses(app.call('POST', path, 'level=info'), 400, why)
    await refuses(app.call('POST', path), 400, 'invalid json: EOF')
  })

  test('CREATE DATABASE is taken as done, other queries are not found', async () => {
    const made = '{"results":[{"statement_id":0}]}\n'
    assert.equal((await app.call('POST', '/query', 'q=CREATE+DATABASE+%22telegraf%22')).text, made)
    assert.equal((await app.call('POST', '/query?q=create%20database%20x')).text, made)
    assert.equal((await app.call('GET', '/query?q=CREATE%20DATABASE%20x&db=y')).text, made)
    assert.equal((await app.call('POST', '/query?q=show%20databases')).text, NOT_FOUND)
    assert.equal((await app.call('GET', '/query')).text, NOT_FOUND)
  })

  test('the description names every route', async () => {
    const doc = (await app.call('GET', '/kapacitor/v1/openapi.json')).json() as {
      openapi: string
      paths: Record<string, Record<string, { summary: string; parameters?: { name: string; in: string }[] }>>
    }
    assert.equal(doc.openapi, '3.1.0')
    const routes = (await app.call('GET', '/kapacitor/v1/:routes')).json() as Record<string, string[]>
    for (const [path, methods] of Object.entries(routes)) {
      if (path.endsWith(':routes')) continue
      const shown = Object.entries(doc.paths).filter(([p]) => (path.endsWith('/') ? p.startsWith(path) : p === path))
      for (const m of methods)
        assert.ok(
          shown.some(([, d]) => d[m.toLowerCase()]?.summary),
          `${m} ${path}`,
        )
    }
    const one = doc.paths['/kapacitor/v1/tasks/{id}']?.['get']?.parameters?.map((p) => `${p.in} ${p.name}`)
    assert.deepEqual(one, ['query dot-view', 'query script-format', 'query replay-id', 'path id'])
  })
})
