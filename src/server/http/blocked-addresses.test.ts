import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, test } from 'node:test'
import type { Fault } from '../../base/fault.ts'
import { BlockedAddresses } from './blocked-addresses.ts'
import { HttpClient } from './http-client.ts'

test('which addresses are blocked', () => {
  const list = new BlockedAddresses('private, 203.0.113.0/24,2001:db8::/32')
  for (const address of [
    '10.1.2.3',
    '127.0.0.1',
    '169.254.169.254',
    '172.31.0.1',
    '192.168.1.1',
    '0.0.0.0',
    '::1',
    '::ffff:10.0.0.1',
    'fd00::1',
    '203.0.113.9',
    '2001:db8::1',
  ])
    assert.ok(list.has(address), address)
  for (const address of ['172.32.0.1', '8.8.8.8', '203.0.114.1', '2001:db9::1', 'localhost', ''])
    assert.ok(!list.has(address), address)
  assert.ok(!new BlockedAddresses('').has('10.0.0.1'))
})

test('what is no CIDR is refused', () => {
  for (const text of ['10.0.0.0', '10.0.0.0/33', '::/129', 'a/8', 'private,x', '10.0.0.0/-1'])
    assert.throws(() => new BlockedAddresses(text), { code: 'bad-cidr' }, text)
})

describe('the client', () => {
  let server: Server
  let port = 0
  const asked: string[] = []

  before(async () => {
    server = createServer((request, response) => {
      asked.push(request.url ?? '')
      if (request.url === '/away') response.writeHead(302, { location: `http://[::1]:${port}/there` }).end()
      else response.end('ok')
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    port = (server.address() as AddressInfo).port
  })
  after(() => void server.close())

  const send = async (client: HttpClient, url: string): Promise<string> => {
    try {
      return (await client.send({ method: 'GET', url, headers: {}, body: '', timeoutMs: 5_000 })).body
    } catch (e) {
      assert.equal((e as Fault).retry, false)
      return (e as Fault).message
    }
  }

  test('sends to what is not blocked', async () => {
    const client = new HttpClient('test', new BlockedAddresses('10.0.0.0/8'))
    assert.equal(await send(client, `http://127.0.0.1:${port}/`), 'ok')
    assert.equal(await send(client, `http://localhost:${port}/`), 'ok')
    await client.close()
  })

  test('sends to no blocked address, given as a number or as a name, nor where a redirect leads', async () => {
    asked.length = 0
    const client = new HttpClient('test', new BlockedAddresses('private'))
    for (const host of ['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '2130706433', '0.0.0.0'])
      assert.match(await send(client, `http://${host}:${port}/`), /nothing may be sent to/, host)
    assert.deepEqual(asked, [])
    await client.close()
    const half = new HttpClient('test', new BlockedAddresses('::1/128'))
    assert.match(await send(half, `http://127.0.0.1:${port}/away`), /nothing may be sent to/)
    assert.deepEqual(asked, ['/away'])
    await half.close()
  })

  test('hands a proxy no request to a blocked address', async () => {
    asked.length = 0
    const before = process.env['http_proxy']
    process.env['http_proxy'] = `http://127.0.0.1:${port}`
    try {
      const client = new HttpClient('test', new BlockedAddresses('203.0.113.0/24'))
      assert.match(await send(client, 'http://203.0.113.7/secret'), /nothing may be sent to/)
      assert.deepEqual(asked, [])
      await client.close()
    } finally {
      if (before === undefined) delete process.env['http_proxy']
      else process.env['http_proxy'] = before
    }
  })
})
