import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Fault } from '../base/fault.ts'
import type { HttpEndpoint, HttpReply } from '../flow/world.ts'
import { scriptEnvironment } from '../server/script-environment.ts'
import { Sandbox } from './run-script.ts'
import { givenText } from './testdata-given.ts'

const DBRPS = [{ db: 'd', rp: 'r' }]
const ok = (status: number, body = ''): HttpReply => ({ status, headers: {}, body })

interface Posting {
  readonly box: Sandbox
  /** What the node gave. */
  readonly gave: string[]
  readonly bodies: () => string[]
  readonly stats: () => Readonly<Record<string, unknown>>
  readonly errors: () => string[]
}

function posting(
  node: string,
  http: () => HttpReply | Promise<HttpReply> = () => ok(200),
  endpoints: Readonly<Record<string, HttpEndpoint>> = {},
): Posting {
  const box = new Sandbox(scriptEnvironment, { http, endpoints, start: { sec: 1_000_000, ns: 0 } })
  const gave: string[] = []
  const task = box.start('t', { script: `stream|from()|${node}`, dbrps: DBRPS }, (name, given) => {
    if (name === 'http_post2') gave.push(givenText(given))
  })
  return {
    box,
    gave,
    bodies: () => box.requests.map((r) => r.body),
    stats: () => task.stats()['node-stats'].http_post2!,
    errors: () => box.logs.filter((l) => l.msg === 'node error').map((l) => String(l.fields.err)),
  }
}
const lines = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, i) => `m v=${from + i}i ${from + i}`).join('\n')

describe('httpPost', () => {
  test('posts each point as JSON, and passes it on at once', async () => {
    let answer: (r: HttpReply) => void = () => {}
    const first = new Promise<HttpReply>((resolve) => {
      answer = resolve
    })
    const p = posting("httpPost('http://x/{{ .Name }}').header('A', 'b')", () => first)
    await p.box.write('d', 'r', 'm,h=a v=1i 1\nm,h=a v=2i 2', 's')
    assert.deepEqual(p.gave, ['[] m,h=a v=1i 1', '[] m,h=a v=2i 2'])
    assert.deepEqual(p.box.requests, [
      {
        method: 'POST',
        url: 'http://x/m',
        headers: { 'Content-Type': 'application/json', A: 'b' },
        body: '{"series":[{"name":"m","tags":{"h":"a"},"columns":["time","v"],"values":[["1970-01-01T00:00:01Z",1]]}]}\n',
      },
    ])
    answer(ok(200))
    await p.box.settle()
    assert.equal(p.box.requests.length, 2)
    await p.box.close()
  })

  test('with codeField the data waits for the answer, in order', async () => {
    const status = [200, 404, 204]
    const p = posting("httpPost('http://x').codeField('c')", () => ok(status.shift()!, 'no'))
    await p.box.write('d', 'r', lines(0, 3), 's')
    assert.deepEqual(p.gave, ['[] m c=200i,v=0i 0', '[] m c=404i,v=1i 1', '[] m c=204i,v=2i 2'])
    assert.deepEqual(p.errors(), [
      'POST returned non 2xx status code: 404: unknown error, use .captureResponse() to capture the HTTP response',
    ])
    assert.equal(p.stats().errors, 1)
    await p.box.close()
  })

  test('no answer is a code of 0; it is asked once only', async () => {
    const p = posting("httpPost('http://x').codeField('c').captureResponse()", () => {
      throw new Fault('refused', 'connection refused', { retry: true })
    })
    await p.box.write('d', 'r', lines(0, 1), 's')
    await p.box.advance({ sec: 1_001_000, ns: 0 })
    assert.deepEqual([p.gave, p.errors()], [['[] m c=0i,v=0i 0'], ['failed to POST data: connection refused']])
    assert.equal(p.bodies().length, 1)
    await p.box.close()
  })

  test('captureResponse alone lets the data wait, too, and logs what was answered', async () => {
    const p = posting("httpPost('http://x').captureResponse()", () => ok(500, 'broken'))
    await p.box.write('d', 'r', lines(0, 1), 's')
    assert.deepEqual(p.gave, ['[] m v=0i 0'])
    assert.deepEqual(p.errors(), ['POST returned non 2xx status code: 500: broken'])
    await p.box.close()
  })

  test('a body with more points than may wait goes through, in order', async () => {
    const p = posting("httpPost('http://x').codeField('c')")
    const written = p.box.write('d', 'r', lines(0, 5_000), 's')
    for (let i = 0; i < 200 && p.gave.length < 5_000; i++) await p.box.settle()
    await written
    assert.equal(p.bodies().length, 5_000)
    assert.deepEqual(
      p.gave,
      Array.from({ length: 5_000 }, (_, i) => `[] m c=200i,v=${i}i ${i}`),
    )
    await p.box.close()
  })

  test('what waits when the task ends is sent all the same', async () => {
    const answers: ((r: HttpReply) => void)[] = []
    const p = posting("httpPost('http://x').codeField('c')", () => new Promise((resolve) => void answers.push(resolve)))
    await p.box.write('d', 'r', lines(0, 3), 's')
    const stopped = p.box.engine.stop('t', 'drain')
    await p.box.advance({ sec: 1_000_100, ns: 0 })
    await stopped
    for (let i = 0; i < 3; i++) {
      answers.shift()!(ok(i === 1 ? 500 : 200))
      await p.box.settle()
    }
    assert.equal(p.bodies().length, 3)
    assert.deepEqual(p.gave, [])
    await p.box.close()
  })

  test('a task that ends waits for the answers first', async () => {
    const answers: ((r: HttpReply) => void)[] = []
    const p = posting("httpPost('http://x').codeField('c')", () => new Promise((resolve) => void answers.push(resolve)))
    await p.box.write('d', 'r', lines(0, 2), 's')
    const stopped = p.box.engine.stop('t', 'drain')
    for (let i = 0; i < 2; i++) {
      answers.shift()!(ok(201))
      await p.box.settle()
    }
    await stopped
    assert.deepEqual(p.gave, ['[] m c=201i,v=0i 0', '[] m c=201i,v=1i 1'])
    await p.box.close()
  })

  test('an endpoint brings URL, headers and row template', async () => {
    const endpoint: HttpEndpoint = {
      url: 'http://e/{{ index .Tags "h" }}',
      headers: { Authorization: 'x', 'x-a': '1' },
      rowTemplate: '{{ .Name }} {{ range .Values }}{{ .v }};{{ end }}',
      alertTemplate: '',
    }
    const p = posting("httpPost().endpoint('e').header('X-A', '2')", () => ok(200), { e: endpoint })
    await p.box.write('d', 'r', 'm,h=a v=1i 1', 's')
    assert.deepEqual(p.box.requests, [
      { method: 'POST', url: 'http://e/a', headers: { Authorization: 'x', 'X-A': '2' }, body: 'm 1;' },
    ])
    await p.box.close()
  })

  test('refuses what can not be', () => {
    const refused = (node: string, message: string): void => {
      assert.throws(() => posting(node), { message: new RegExp(message) })
    }
    refused('httpPost()', 'must provide url or endpoint')
    refused("httpPost('a', 'b')", 'httpPost expects 0 or 1 arguments, got 2')
    refused("httpPost().endpoint('a').endpoint('b')", 'httpPost expects 0 or 1 endpoints, got 2')
    refused("httpPost('a').endpoint('b')", 'only one endpoint and url may be specified')
    refused("httpPost('a').header('Authenticate', 'b')", "cannot set 'authenticate' header")
    refused("httpPost().endpoint('nope')", "endpoint 'nope' does not exist")
  })
})
