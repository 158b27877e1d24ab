import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DeliveryEvent } from '../delivery-event.ts'
import type { DeliveryFault } from '../delivery-fault.ts'
import { HandlerSet } from '../handler-set.ts'
import { RecordedIo } from '../io/recorded-io.ts'
import { testEvent } from '../test-event.ts'
import { scriptSpec } from './define-handler.ts'
import { ALERT_HANDLERS } from './handler-list.ts'

const ENDPOINT = {
  endpoint: 'e',
  url: 'http://e.example/{{ .Level }}',
  headers: { 'X-Case': 'theirs', 'X-Other': 'o' },
  basicAuth: { username: 'user', password: 'secret' },
  alertTemplate:
    '{{ .Message }}|{{ range .Data.Series }}{{ .Name }} {{ index .Tags "room" }}{{ end }}|{{ .PreviousLevel }}',
  alertTemplateFile: '',
  rowTemplate: '',
  rowTemplateFile: '',
}

const set = new HandlerSet(ALERT_HANDLERS, { of: (d) => (d.kind === 'post' ? [ENDPOINT] : undefined) })
const events = [testEvent({ level: 3, previousLevel: 1 }), testEvent({ id: 'p', duration: 5 })].map(
  (e, i) => new DeliveryEvent(e, 't', `key${i}`),
)
const [first, second] = events as [DeliveryEvent, DeliveryEvent]

async function send(kind: string, json: unknown, io: RecordedIo, event = first): Promise<RecordedIo> {
  const { declaration, options } = set.ofSpec(kind, json)
  await declaration.send(event, options, set.config(declaration), io)
  return io
}

async function faultOf(kind: string, json: unknown, io: RecordedIo): Promise<DeliveryFault> {
  try {
    await send(kind, json, io)
  } catch (e) {
    return e as DeliveryFault
  }
  throw new Error('it arrived')
}

describe('post', () => {
  it('sends the event as JSON to a URL that is a template', async () => {
    const io = await send('post', { url: 'http://x/{{ .ID }}', headers: { 'X-A': '{{ .ID }}' } }, new RecordedIo())
    assert.deepEqual(io.requests, [
      {
        method: 'POST',
        url: 'http://x/o',
        headers: { 'Content-Type': 'application/json', 'Idempotency-Key': 'key0', 'X-A': '{{ .ID }}' },
        body: `${first.json}\n`,
        timeoutMs: 30_000,
      },
    ])
  })

  it('takes URL, password, headers and body from an endpoint, and lets its own headers win', async () => {
    const io = await send('post', { endpoint: 'e', headers: { 'x-case': 'mine' }, timeout: '5s' }, new RecordedIo())
    const { url, headers, body, timeoutMs } = io.requests[0]!
    assert.equal(url, 'http://e.example/CRITICAL')
    assert.deepEqual(headers, {
      'Idempotency-Key': 'key0',
      Authorization: 'Basic dXNlcjpzZWNyZXQ=',
      'X-Other': 'o',
      'x-case': 'mine',
    })
    assert.equal(body, 'o is WARNING|oven a|INFO')
    assert.equal(timeoutMs, 5_000)
  })

  for (const [status, retry, holds, after] of [
    [400, false, false, undefined],
    [404, false, false, undefined],
    [408, true, true, undefined],
    [429, true, true, 7_000],
    [500, true, false, undefined],
    [501, false, false, undefined],
    [503, true, true, 7_000],
    [302, false, false, undefined],
  ] as const) {
    it(`${retry ? 'tries' : 'does not try'} again after ${status}`, async () => {
      const io = new RecordedIo()
      io.reply = { status, headers: after ? { 'retry-after': '7' } : {}, body: 'why' }
      const fault = await faultOf('post', { url: 'http://x', 'capture-response': true }, io)
      assert.equal(fault.message, `unexpected status code ${status}: why`)
      assert.deepEqual([fault.retry, fault.holds, fault.retryAfterMs], [retry, holds, after])
    })
  }

  it('shows what was answered only when asked', async () => {
    const io = new RecordedIo()
    io.reply = { status: 400, headers: {}, body: 'secret' }
    const fault = await faultOf('post', { url: 'http://x' }, io)
    assert.equal(
      fault.message,
      'unexpected status code 400: unknown error, use .captureResponse() to capture the HTTP response',
    )
  })

  it('obeys a date in Retry-After', async () => {
    const io = new RecordedIo()
    io.reply = { status: 503, headers: { 'retry-after': 'Fri, 14 Jul 2017 02:41:00 GMT' }, body: '' }
    assert.equal((await faultOf('post', { url: 'http://x' }, io)).retryAfterMs, 60_000)
  })
})

describe('log, tcp and exec', () => {
  it('log appends a line each, many at once', async () => {
    const io = await send('log', { path: '/l', mode: 0o640 }, new RecordedIo())
    const { declaration, options } = set.ofSpec('log', { path: '/m' })
    await declaration.sendMany!(events, options, undefined, io)
    assert.deepEqual(io.sent, [
      ['/l', 0o640, `${first.json}\n`],
      ['/m', 0o600, `${first.json}\n${second.json}\n`],
    ])
  })

  it('tcp ends the event with two newlines', async () => {
    const io = await send('tcp', { address: 'h:1' }, new RecordedIo())
    assert.deepEqual(io.sent, [['h:1', `${first.json}\n\n`]])
  })

  it('exec gives the event on the input, and asks for another try only with code 75', async () => {
    const io = await send('exec', { prog: '/p', args: ['a', 'b'] }, new RecordedIo())
    assert.deepEqual(io.sent, [['/p', ['a', 'b'], `${first.json}\n`]])
    io.result = { code: 3, signal: undefined, output: 'oops\n' }
    const failed = await faultOf('exec', { prog: '/p' }, io)
    assert.deepEqual([failed.message, failed.retry], ['exit status 3: oops', false])
    io.result = { code: 75, signal: undefined, output: '' }
    assert.equal((await faultOf('exec', { prog: '/p' }, io)).retry, true)
    io.result = { code: undefined, signal: 'SIGTERM', output: '' }
    assert.equal((await faultOf('exec', { prog: '/p' }, io)).message, 'signal: SIGTERM')
  })
})

describe('aggregate', () => {
  it('publishes one event that stands for all', async () => {
    const json = { id: 'sum', topic: 's', interval: '1500ms', message: '{{ .Count }} in {{ .Interval }}' }
    const { declaration, options } = set.ofSpec('aggregate', json)
    const io = new RecordedIo()
    await declaration.sendMany!(events, options, undefined, io)
    const [topic, event] = io.published[0]!
    assert.equal(topic, 's')
    assert.deepEqual(
      [event.id, event.message, event.details, event.level, event.duration, event.recoverable],
      ['sum', '2 in 1.5s', 'o is WARNING\no is WARNING', 3, 5, false],
    )
    assert.equal([event.data, ...event.moreData!].length, 2)
    assert.equal(declaration.gatherMs!(options), 1500)
  })
})

describe('every handler', () => {
  it('has a kind and a method of its own', () => {
    const kinds = ALERT_HANDLERS.map((d) => d.kind)
    const methods = ALERT_HANDLERS.flatMap((d) => d.method?.name ?? [])
    assert.equal(new Set(kinds).size, kinds.length)
    assert.equal(new Set(methods).size, methods.length)
  })

  for (const d of ALERT_HANDLERS.filter((x) => x.method)) {
    it(`${d.kind} names only options that it has`, () => {
      const { args = [], rest } = d.method!
      for (const name of [...args, ...(rest ? [rest] : [])])
        assert.ok(d.options[name], `${d.kind} has no option ${name}`)
      assert.equal(scriptSpec(d).kind, d.kind)
    })
  }
})
