import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { Fault } from '../../base/fault.ts'
import type { HttpRequest } from '../../flow/world.ts'
import { HttpClient } from './http-client.ts'

let server: Server
let base = ''
const client = new HttpClient('test/1')
const seen: { method: string; url: string; headers: Record<string, unknown>; body: string }[] = []

before(async () => {
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (d) => {
      body += d
    })
    request.on('end', () => {
      const url = request.url ?? ''
      seen.push({ method: request.method ?? '', url, headers: request.headers, body })
      if (url === '/big') response.end('x'.repeat(1024 * 1024))
      else if (url === '/moved') response.writeHead(307, { location: '/there' }).end()
      else if (url === '/circle') response.writeHead(302, { location: '/circle' }).end()
      else if (url === '/bad') response.writeHead(503, { 'retry-after': '7', 'set-cookie': ['a', 'b'] }).end('busy')
      else if (url === '/cut') response.writeHead(200, { 'content-length': '100' }).write('x', () => response.destroy())
      else if (url !== '/silent') response.end('ok')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
after(async () => {
  await client.close()
  server.closeAllConnections()
  server.close()
})

const post = (path: string, more: Partial<HttpRequest> = {}) =>
  client.send({ method: 'POST', url: base + path, headers: {}, body: 'b', timeoutMs: 10_000, ...more })

test('sends what it is told and gives any answer', async () => {
  assert.deepEqual((await post('/x?y=1', { headers: { 'X-Own': 'z' } })).body, 'ok')
  const last = seen.at(-1)!
  assert.deepEqual([last.method, last.url, last.body], ['POST', '/x?y=1', 'b'])
  assert.equal(last.headers['x-own'], 'z')
  assert.equal(last.headers['user-agent'], 'test/1')
  const bad = await post('/bad')
  assert.deepEqual(
    [bad.status, bad.body, bad.headers['retry-after'], bad.headers['set-cookie']],
    [503, 'busy', '7', 'a, b'],
  )
})

test('long answers are cut', async () => {
  assert.equal((await post('/big')).body.length, 64 * 1024)
  assert.equal((await post('/x')).body, 'ok')
})

test('redirects are followed, but not for ever', async () => {
  assert.equal((await post('/moved')).body, 'ok')
  assert.deepEqual([seen.at(-1)?.method, seen.at(-1)?.url, seen.at(-1)?.body], ['POST', '/there', 'b'])
  const circle = await post('/circle').then(
    (r) => r.status,
    (e: Fault) => e.code,
  )
  assert.ok(circle === 302 || circle === 'http-failed', String(circle))
})

test('no answer is worth another try, and says what happened', async () => {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  const fails = async (url: string, timeoutMs: number, text: RegExp): Promise<void> => {
    await assert.rejects(post('', { url, timeoutMs }), (e) => {
      assert.ok(e instanceof Fault && e.retry)
      assert.match(e.message, text)
      return true
    })
  }
  await fails(`http://127.0.0.1:${port}/p?secret=1`, 10_000, /^POST http:\/\/127\.0\.0\.1:\d+\/p: .*ECONNREFUSED/)
  await fails(`${base}/silent`, 30, /no answer within 0.03 s/)
  await fails(`${base}/cut`, 10_000, /^POST /)
})

test('what is no address is not tried again', async () => {
  for (const url of ['', 'nowhere', 'ftp://x/', '{{ .ID }}'])
    await assert.rejects(post('', { url }), (e) => e instanceof Fault && e.code === 'bad-url' && !e.retry)
})

test('user and password of an address are sent, and not told', async () => {
  const withUser = base.replace('://', '://us%20er:pass%40word@')
  const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`
  await post('/x', { url: `${withUser}/x` })
  assert.equal(seen.at(-1)!.headers['authorization'], basic('us er:pass@word'))
  await post('/x', { url: `${withUser}/x`, headers: { Authorization: 'Bearer t' } })
  assert.equal(seen.at(-1)!.headers['authorization'], 'Bearer t')
  await post('/x', { url: `${base.replace('://', '://u:100%@')}/x` })
  assert.equal(seen.at(-1)!.headers['authorization'], basic('u:100%'))
  const told = async (url: string, isPathSecret = false): Promise<string> => {
    const request = { method: 'POST', url, headers: {}, body: '', timeoutMs: 5_000, isPathSecret } as const
    return client.send(request).then(
      () => '',
      (e: Error) => e.message,
    )
  }
  assert.match(await told('http://user:password@127.0.0.1:1/path?token=t'), /^POST http:\/\/127\.0\.0\.1:1\/path: /)
  assert.match(await told('http://127.0.0.1:1/botTOKEN/send', true), /^POST http:\/\/127\.0\.0\.1:1: /)
  assert.equal(await told('ftp://user:password@h/x?y=z'), '"ftp://user:[REDACTED]@h/x?y=[REDACTED]" is no http address')
  assert.equal(await told('TOKEN', true), 'the configured address is no http address')
})
