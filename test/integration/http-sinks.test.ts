// Handlers through the server's own HTTP client, against receivers that misbehave.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { DeliveryEvent } from '../../src/alert/delivery-event.ts'
import type { DeliveryFault } from '../../src/alert/delivery-fault.ts'
import { HandlerSet } from '../../src/alert/handler-set.ts'
import { initialConfig } from '../../src/alert/handlers/config-section.ts'
import { ALERT_HANDLERS } from '../../src/alert/handlers/handler-list.ts'
import { type LocalIo, localIo } from '../../src/alert/io/local-io.ts'
import { testEvent } from '../../src/alert/test-event.ts'
import { HttpClient } from '../../src/server/http/http-client.ts'
import { makeCertificate, newFolder } from './outside-program.ts'

describe('http sinks', { timeout: 60_000 }, () => {
  const client = new HttpClient('test')
  const folder = newFolder()
  const certificate = makeCertificate(folder.path)
  const servers: (Server | TcpServer)[] = []
  let io: LocalIo
  let url = ''
  /** What the sink does next. */
  let respond: RequestListener = (_, response) => response.end()
  const bodies: string[] = []

  const listen = (server: Server | TcpServer): Promise<number> => {
    servers.push(server)
    return new Promise((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
    })
  }
  const sink: RequestListener = (request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (chunk: string) => (body += chunk))
    request.on('end', () => {
      bodies.push(body)
      respond(request, response)
    })
  }

  before(async () => {
    io = localIo({ http: (r) => client.send(r), publish: async () => {}, serverUrl: 'http://here/kapacitor/v1' })
    url = `http://127.0.0.1:${await listen(createServer(sink))}`
  })
  after(async () => {
    await io.close()
    await client.close()
    for (const s of servers) {
      if ('closeAllConnections' in s) s.closeAllConnections()
      s.close()
    }
    folder.remove()
  })

  async function send(kind: string, options: unknown, config: Readonly<Record<string, unknown>>): Promise<unknown> {
    const set = new HandlerSet(ALERT_HANDLERS, {
      of: (d) => {
        if (!d.config) return undefined
        const element = { ...initialConfig(d.config.fields), enabled: true, ...config }
        return d.config.list ? [element] : element
      },
    })
    const { declaration, options: ready } = set.ofSpec(kind, options)
    const event = new DeliveryEvent(testEvent({ id: 'plain' }), 't', 'k')
    return declaration.send(event, ready, set.config(declaration), io)
  }

  async function faultOf(work: Promise<unknown>): Promise<DeliveryFault> {
    try {
      await work
    } catch (e) {
      assert.ok('retry' in (e as object), String(e))
      return e as DeliveryFault
    }
    throw new Error('it arrived')
  }

  it('take what they are sent', async () => {
    assert.deepEqual(await send('slack', null, { url }), { answer: 'status 200' })
    assert.match(bodies.at(-1)!, /"fallback":"o is WARNING"/)
  })

  it('429 with Retry-After: another try, when the receiver said', async () => {
    respond = (_, response) => response.writeHead(429, { 'Retry-After': '3' }).end('slow down')
    const fault = await faultOf(send('slack', null, { url }))
    assert.deepEqual([fault.retry, fault.holds, fault.retryAfterMs], [true, true, 3000])
    assert.match(fault.message, /status code 429: slow down/)
  })

  it('500: another try, that holds back nothing', async () => {
    respond = (_, response) => response.writeHead(500).end('oops')
    const fault = await faultOf(send('victorops', null, { url }))
    assert.deepEqual([fault.retry, fault.holds], [true, false])
  })

  it('garbage in place of HTTP: another try', async () => {
    const port = await listen(createTcpServer((socket) => socket.end('this is no HTTP\r\n\r\n')))
    const fault = await faultOf(send('talk', null, { url: `http://127.0.0.1:${port}` }))
    assert.equal(fault.retry, true)
  })

  it('a body of garbage is an answer all the same', async () => {
    respond = (_, response) => response.end(Buffer.from([0xff, 0xfe, 0x00, 0x7b]))
    assert.deepEqual(await send('slack', null, { url, token: 't' }), { answer: 'status 200' })
  })

  it('a connection that ends without an answer: another try', async () => {
    respond = (_, response) => void response.socket!.destroy()
    const fault = await faultOf(send('teams', null, { channelUrl: url }))
    assert.equal(fault.retry, true)
  })

  it('no answer at all: another try, after the time that is given', async () => {
    respond = () => {}
    const fault = await faultOf(send('post', { url, timeout: 200_000_000 }, {}))
    assert.match(fault.message, /no answer within 0\.2 s/)
    assert.equal(fault.retry, true)
  })

  it('an address that is none: for good', async () => {
    assert.equal((await faultOf(send('slack', null, { url: 'nowhere' }))).retry, false)
  })

  it('sensu: silence is worth another try, a refusal is not', async () => {
    const answer = async (text: string | undefined): Promise<string> => {
      const server = createTcpServer((socket) => {
        socket.on('error', () => {})
        if (text === undefined) socket.destroy()
        else socket.on('data', () => socket.end(text))
      })
      return `127.0.0.1:${await listen(server)}`
    }
    assert.deepEqual(await send('sensu', null, { addr: await answer('ok') }), { answer: 'ok' })
    const refused = await faultOf(send('sensu', null, { addr: await answer('invalid') }))
    assert.deepEqual([refused.message, refused.retry], ['sensu socket error: invalid', false])
    assert.equal((await faultOf(send('sensu', null, { addr: await answer(undefined) }))).retry, true)
  })

  it('certificates are looked at as the configuration says', { skip: !certificate }, async () => {
    respond = (_, response) => response.end()
    const files = { cert: readFileSync(certificate!.cert), key: readFileSync(certificate!.key) }
    const port = await listen(createSecureServer({ ...files, requestCert: true, rejectUnauthorized: false }, sink))
    const secured = `https://127.0.0.1:${port}`
    const fault = await faultOf(send('slack', null, { url: secured }))
    assert.match(fault.message, /self-signed certificate/)
    assert.equal(fault.retry, true)
    await send('slack', null, { url: secured, insecureSkipVerify: true })
    await send('slack', null, { url: secured, sslCa: certificate!.cert })
    let shown: unknown
    respond = (request, response) => {
      shown = (
        request.socket as unknown as { getPeerCertificate(): { subject?: { CN?: string } } }
      ).getPeerCertificate()
      response.end()
    }
    const mine = { sslCa: certificate!.cert, sslCert: certificate!.cert, sslKey: certificate!.key }
    await send('slack', null, { url: secured, ...mine })
    assert.equal((shown as { subject: { CN: string } }).subject.CN, 'localhost')
    const missing = await faultOf(send('slack', null, { url: secured, sslCa: '/nowhere/ca.pem' }))
    assert.match(missing.message, /can't read \/nowhere\/ca\.pem/)
  })
})
