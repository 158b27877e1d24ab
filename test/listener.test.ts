// The server's own listener over real sockets: limits and who is turned away, the socket in the file system, pages of
// other origins.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, linkSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, describe, test } from 'node:test'
import { InProcessServer } from './in-process-server.ts'
import { ping, rest } from './raw-socket.ts'

const root = mkdtempSync(join(tmpdir(), 'listener-'))
const at = (name: string): string => join(root, name)
let server: InProcessServer | undefined
afterEach(async () => {
  await server?.stop()
  server = undefined
})
after(() => rmSync(root, { recursive: true, force: true }))

async function start(http: string): Promise<InProcessServer> {
  server = await InProcessServer.start({ http })
  return server
}

async function plain(): Promise<Socket> {
  const socket = connect(server!.port, '127.0.0.1')
  await once(socket, 'connect')
  return socket
}

type Counts = Readonly<Record<string, number>>
async function counts(): Promise<Counts> {
  return (JSON.parse((await server!.call('GET', '/debug/vars')).text) as { http: Counts }).http
}

describe('limits', () => {
  test('a request that takes too long is ended', async () => {
    await start('header-timeout = "300ms"\nrequest-timeout = "300ms"')
    const headers = await plain()
    headers.write('GET /kapacitor/v1/ping HTTP/1.1\r\nHost: x\r\n')
    assert.match(await rest(headers), /^HTTP\/1.1 408 .*the request took too long/s)
    assert.match(await rest(await plain()), /^HTTP\/1.1 408 /)
    const body = await plain()
    body.write('POST /write?db=x HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\ncpu ')
    assert.match(await rest(body), /408|^$/)
    assert.equal((await counts()).slow_requests_ended, 3)
  })

  test('a connection that is not used is closed', async () => {
    await start('keep-alive-timeout = "20ms"')
    const socket = await plain()
    socket.write('GET /kapacitor/v1/ping HTTP/1.1\r\nHost: x\r\n\r\n')
    assert.match(await rest(socket), /^HTTP\/1.1 204/)
  })

  test('a connection that is kept for further requests does not hold up the end', async () => {
    const { port } = await start('shutdown-timeout = "1h"')
    const socket = connect(port, '127.0.0.1')
    socket.write('POST /write?db=x HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\ncpu ')
    // The request is under way when another one, that came later, is answered.
    await server!.call('GET', '/ping')
    const stopped = server!.stop()
    server = undefined
    socket.write('v=1 5')
    assert.match(await rest(socket), /^HTTP\/1.1 204/)
    await stopped
  })

  test('connections beyond the limit are closed', async () => {
    await start('max-connection-limit = 1')
    const one = await plain()
    assert.match(await ping(one), /204/)
    assert.equal(await rest(await plain()), '')
    one.write('GET /kapacitor/v1/debug/vars HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    const text = await rest(one)
    assert.match(text, /"connections":1/)
    assert.match(text, /"connections_refused":1/)
  })

  test('headers and bodies beyond the limit are refused', async () => {
    await start('max-header-size = 1024\nmax-body-size = 1024\nmax-pending-body-size = 1500')
    const big = await plain()
    big.write(`GET /kapacitor/v1/ping HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(2_000)}\r\n\r\n`)
    assert.match(await rest(big), /^HTTP\/1.1 431 /)
    const long = await plain()
    long.end(
      `POST /write?db=x HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2000\r\n\r\n${'x'.repeat(2_000)}`,
    )
    assert.match(await rest(long), /^HTTP\/1.1 413 /)
    const held = await plain()
    held.write('POST /write?db=x HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\ncpu ')
    // The next request is read after what came before it on another connection.
    await counts()
    const late = await plain()
    late.write('POST /write?db=x HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n')
    late.end('4\r\ncpu \r\n0\r\n\r\n')
    assert.match(await rest(late), /^HTTP\/1.1 503 .*try again later/s)
    held.destroy()
    const { headers_refused, bodies_refused, malformed_requests } = await counts()
    assert.deepEqual(
      { headers_refused, bodies_refused, malformed_requests },
      {
        headers_refused: 1,
        bodies_refused: 2,
        malformed_requests: 0,
      },
    )
  })
})

describe('a socket in the file system', () => {
  const path = at('api.sock')
  const over = (more = ''): string => `unix-socket-enabled = true\nbind-socket = "${path}"\n${more}`
  const status = (): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const options = { socketPath: path, path: '/kapacitor/v1/ping', agent: false }
      request(options, (r) => resolve(r.resume().statusCode))
        .on('error', reject)
        .end()
    })

  test('takes requests, and is gone with the server', async () => {
    await start(over('unix-socket-permissions = "0600"'))
    assert.equal(statSync(path).mode & 0o777, 0o600)
    assert.equal(await status(), 204)
    const broken = connect(path)
    broken.write('GET /x HTTP/9.9\r\n\r\n')
    assert.match(await rest(broken), /^HTTP\/1.1 400 /)
    await server!.stop()
    server = undefined
    assert.equal(existsSync(path), false)
  })

  test('takes the place of one that was left, but of nothing else', async () => {
    const left = createServer()
    await new Promise<void>((resolve) => left.listen(path, resolve))
    await assert.rejects(start(over()), /another server listens there/)
    // A process that is killed leaves its file behind.
    linkSync(path, at('kept.sock'))
    await new Promise((resolve) => left.close(resolve))
    renameSync(at('kept.sock'), path)
    await start(over(`unix-socket-group = "${process.getgid!()}"`))
    assert.equal(await status(), 204)
    await server!.stop()
    server = undefined
    writeFileSync(path, '')
    await assert.rejects(start(over()), /there is a file that is no socket/)
    rmSync(path)
    await assert.rejects(start(over('unix-socket-group = "no such group"')), /there is no group/)
    await assert.rejects(start(over('unix-socket-permissions = "rw"')), /must be octal/)
  })
})

test('pages of other origins may be refused', async () => {
  const s = await start('allowed-origins = ["https://charts.example"]')
  const ask = (origin: string, method = 'POST'): Promise<Response> =>
    fetch(`http://127.0.0.1:${s.port}/kapacitor/v1/tasks`, {
      method,
      headers: { origin },
      ...(method === 'POST' ? { body: '{}' } : {}),
    })
  assert.equal(
    (await ask('https://charts.example', 'OPTIONS')).headers.get('access-control-allow-origin'),
    'https://charts.example',
  )
  for (const method of ['POST', 'OPTIONS']) {
    const answer = await ask('https://evil.example', method)
    assert.equal(answer.status, 403)
    assert.equal(answer.headers.get('access-control-allow-origin'), null)
    assert.match(await answer.text(), /requests from pages of https:\/\/evil.example are not allowed/)
  }
  assert.equal((await s.call('GET', '/ping')).status, 204)
})
