// Mail through a real SMTP server, which can be told to misbehave.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { after, before, beforeEach, describe, it } from 'node:test'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import type { DeliveryFault } from '../../src/alert/delivery-fault.ts'
import { MailSender } from '../../src/alert/io/mail-sender.ts'
import type { MailServer } from '../../src/alert/io/messaging.ts'
import { freePort, makeCertificate, newFolder } from './outside-program.ts'

interface Received {
  readonly from: string
  readonly to: readonly string[]
  readonly text: string
  readonly user: string | undefined
  readonly secure: boolean
}

const MAIL = {
  from: 'Kap <kap@here.example>',
  to: ['a@x.example', 'b@x.example'],
  subject: 'it is <hot>',
  html: '<b>hö</b>',
}
const TIMEOUT_MS = 5_000

describe('mail', { timeout: 60_000 }, () => {
  const folder = newFolder()
  const certificate = makeCertificate(folder.path)
  const received: Received[] = []
  const signedIn: string[] = []
  const servers: SMTPServer[] = []
  let connections = 0
  let sender = new MailSender()
  /** The answer to the recipient, and to the mail; undefined to take it. */
  let refusal: { readonly at: 'RCPT' | 'DATA'; readonly code: number } | undefined

  const refused = (code: number): Error => Object.assign(new Error('not now'), { responseCode: code })

  function listen(options: SMTPServerOptions): Promise<number> {
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      hideSTARTTLS: true,
      disableReverseLookup: true,
      allowInsecureAuth: true,
      authMethods: ['CRAM-MD5', 'PLAIN', 'LOGIN'],
      onConnect(_session, done) {
        connections++
        done()
      },
      onAuth(auth, _session, done) {
        signedIn.push(auth.method)
        const right =
          auth.username === 'me' &&
          (auth.method === 'CRAM-MD5' ? auth.validatePassword('secret') : auth.password === 'secret')
        if (right) done(null, { user: 'me' })
        else done(Object.assign(new Error('wrong password'), { responseCode: 535 }))
      },
      onRcptTo(address, _session, done) {
        const isRefused = refusal?.at === 'RCPT' && address.address.startsWith('a')
        done(isRefused ? refused(refusal!.code) : null)
      },
      onData(stream, session, done) {
        let text = ''
        stream.setEncoding('utf8')
        stream.on('data', (chunk: string) => (text += chunk))
        stream.on('end', () => {
          if (refusal?.at === 'DATA') return done(refused(refusal.code))
          const { mailFrom, rcptTo } = session.envelope
          received.push({
            from: (mailFrom as { address: string }).address,
            to: rcptTo.map((r) => r.address),
            text,
            user: session.user,
            secure: session.secure,
          })
          done()
        })
      },
      ...options,
    })
    servers.push(server)
    return new Promise((resolve) => {
      const listening = server.listen(0, '127.0.0.1', () => resolve((listening.address() as AddressInfo).port))
    })
  }

  function at(port: number, changes: Partial<MailServer> = {}): MailServer {
    return { host: '127.0.0.1', port, username: '', password: '', skipVerify: false, idleMs: 30_000, ...changes }
  }

  const send = (server: MailServer, key = 'k', timeoutMs = TIMEOUT_MS) =>
    sender.send(server, { ...MAIL, key }, timeoutMs)

  async function faultOf(work: Promise<unknown>): Promise<DeliveryFault> {
    try {
      await work
    } catch (e) {
      return e as DeliveryFault
    }
    throw new Error('it arrived')
  }

  let plain = 0
  before(async () => {
    plain = await listen({})
  })
  beforeEach(async () => {
    await sender.close()
    sender = new MailSender()
    received.length = 0
    signedIn.length = 0
    connections = 0
    refusal = undefined
  })
  after(async () => {
    await sender.close()
    await Promise.all(servers.map((s) => new Promise<void>((resolve) => s.close(() => resolve()))))
    folder.remove()
  })

  it('arrives with its headers and its body, over one connection for several', async () => {
    assert.match(await send(at(plain)), /^250 /)
    await send(at(plain), 'other')
    await send(at(plain))
    const [first, second, third] = received
    assert.deepEqual(
      [first!.from, first!.to, first!.user],
      ['kap@here.example', ['a@x.example', 'b@x.example'], undefined],
    )
    assert.match(first!.text, /^From: Kap <kap@here\.example>\r?$/m)
    assert.match(first!.text, /^To: a@x\.example, b@x\.example\r?$/m)
    assert.match(first!.text, /^Subject: it is <hot>\r?$/m)
    assert.match(first!.text, /^Content-Type: text\/html; charset=utf-8\r?$/m)
    assert.match(first!.text, /<b>h=C3=B6<\/b>/)
    const idOf = (r: Received | undefined) => /^Message-ID: (.*)$/m.exec(r!.text)?.[1]
    assert.equal(idOf(first), idOf(third))
    assert.notEqual(idOf(first), idOf(second))
    assert.equal(connections, 1)
  })

  it('signs in with the method that shows least', async () => {
    const me = { username: 'me', password: 'secret' }
    for (const [methods, taken] of [
      [['PLAIN', 'LOGIN', 'CRAM-MD5'], 'CRAM-MD5'],
      [['LOGIN', 'PLAIN'], 'PLAIN'],
      [['LOGIN'], 'LOGIN'],
    ] as const) {
      signedIn.length = 0
      await send(at(await listen({ authMethods: [...methods] }), me))
      assert.deepEqual([signedIn, received.at(-1)!.user], [[taken], 'me'])
    }
  })

  it('does not sign in where nobody asks for it', async () => {
    const port = await listen({ disabledCommands: ['AUTH', 'STARTTLS'] })
    await send(at(port, { username: 'me', password: 'secret' }))
    assert.equal(received[0]!.user, undefined)
  })

  it('is refused for good with a wrong password', async () => {
    const fault = await faultOf(send(at(plain, { username: 'me', password: 'wrong' })))
    assert.match(fault.message, /wrong password/)
    assert.equal(fault.retry, false)
  })

  it('turns to TLS when the server offers it, and looks at its certificate', { skip: !certificate }, async () => {
    const port = await listen({
      disabledCommands: [],
      hideSTARTTLS: false,
      cert: readFileSync(certificate!.cert),
      key: readFileSync(certificate!.key),
    })
    const fault = await faultOf(send(at(port)))
    assert.match(fault.message, /self-signed certificate/)
    assert.equal(fault.retry, true)
    await send(at(port, { skipVerify: true }))
    assert.deepEqual(
      received.map((r) => r.secure),
      [true],
    )
  })

  for (const [code, retry] of [
    [451, true],
    [550, false],
  ] as const)
    it(`${code} for the mail: ${retry ? 'tries' : 'does not try'} again`, async () => {
      refusal = { at: 'DATA', code }
      const fault = await faultOf(send(at(plain)))
      assert.match(fault.message, /not now/)
      assert.deepEqual([fault.retry, fault.holds], [retry, retry])
      refusal = undefined
      await send(at(plain))
      assert.equal(received.length, 1)
    })

  it('tells which recipients were refused when others were not', async () => {
    refusal = { at: 'RCPT', code: 550 }
    assert.match(await send(at(plain)), /\(refused: a@x\.example\)$/)
    assert.deepEqual(received[0]!.to, ['b@x.example'])
  })

  it('tries again when nobody listens, or nobody answers', async () => {
    const nobody = await faultOf(send(at(await freePort())))
    assert.match(nobody.message, /ECONNREFUSED/)
    assert.equal(nobody.retry, true)
    const silent = await listen({ onData: (stream) => void stream.resume() })
    const fault = await faultOf(send(at(silent), 'k', 300))
    assert.equal(fault.retry, true)
  })

  it('a connection that was idle for long enough is closed', async () => {
    let closed = (): void => {}
    const gone = new Promise<void>((resolve) => (closed = resolve))
    const port = await listen({ onClose: () => closed() })
    await send(at(port, { idleMs: 50 }))
    await gone
    await send(at(port, { idleMs: 50 }))
    assert.equal(received.length, 2)
  })
})
