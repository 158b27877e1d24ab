// HTTPS over real sockets: certificates and how they are replaced, versions and ciphers.
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, describe, type TestContext, test } from 'node:test'
import { type ConnectionOptions, type TLSSocket, connect as tlsConnect } from 'node:tls'
import { Fault } from '../src/base/fault.ts'
import { loadConfig } from '../src/server/config/load-config.ts'
import { ServerCertificate } from '../src/server/http/server-certificate.ts'
import { Logging } from '../src/server/log/logging.ts'
import { MemoryTarget } from '../src/server/log/memory-target.ts'
import { InProcessServer } from './in-process-server.ts'
import { ping, rest } from './raw-socket.ts'

const root = mkdtempSync(join(tmpdir(), 'https-'))
const at = (name: string): string => join(root, name)
const live = { cert: at('live.pem'), key: at('live.key') }
let server: InProcessServer | undefined

/** A certificate of one's own for localhost. */
function makeCertificate(name: string, ...more: string[]): { readonly cert: string; readonly key: string } {
  const files = { cert: at(`${name}.pem`), key: at(`${name}.key`) }
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '60']
  execFileSync('openssl', ['req', '-x509', ...kind, ...subject, ...more, '-keyout', files.key, '-out', files.cert], {
    stdio: 'ignore',
  })
  return files
}

function use(files: { readonly cert: string; readonly key: string }): void {
  copyFileSync(files.cert, live.cert)
  copyFileSync(files.key, live.key)
}

async function start(http: string, more = ''): Promise<InProcessServer> {
  server = await InProcessServer.start({ http, more })
  return server
}

const secure = (more = ''): string =>
  `https-enabled = true\nhttps-certificate = "${live.cert}"\nhttps-private-key = "${live.key}"\n${more}`

/** Without it there is nothing to make certificates with. */
const skip = spawnSync('openssl', ['version']).status === 0 ? false : 'openssl is not installed'
let first: ReturnType<typeof makeCertificate>
let second: ReturnType<typeof makeCertificate>
before(() => {
  if (skip) return
  first = makeCertificate('first')
  second = makeCertificate('second')
})
afterEach(async () => {
  await server?.stop()
  server = undefined
})
after(() => rmSync(root, { recursive: true, force: true }))

async function handshake(options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = tlsConnect({
    host: '127.0.0.1',
    port: server!.port,
    ca: [readFileSync(first.cert), readFileSync(second.cert)],
    ...options,
  })
  await once(socket, 'secureConnect')
  return socket
}

const nameOf = (socket: TLSSocket): string => String(socket.getPeerCertificate().subject.CN)

async function plain(): Promise<Socket> {
  const socket = connect(server!.port, '127.0.0.1')
  await once(socket, 'connect')
  return socket
}

describe('HTTPS', { skip }, () => {
  test('answers requests with the certificate from its file, key and certificate apart or in one', async () => {
    use(first)
    const { port } = await start(secure())
    const status = await new Promise((resolve, reject) => {
      const options = {
        port,
        host: 'localhost',
        path: '/kapacitor/v1/ping',
        ca: readFileSync(first.cert),
        agent: false,
      }
      request({ ...options, family: 4 }, (r) => resolve(r.resume().statusCode))
        .on('error', reject)
        .end()
    })
    assert.equal(status, 204)
    assert.ok(server!.logLines.some((l) => l.includes(`listening on https://127.0.0.1:${port}`)))
    await server!.stop()
    writeFileSync(live.cert, readFileSync(second.cert, 'utf8') + readFileSync(second.key, 'utf8'))
    await start(`https-enabled = true\nhttps-certificate = "${live.cert}"`)
    const socket = await handshake()
    assert.equal(nameOf(socket), 'second')
    assert.match(await ping(socket), /^HTTP\/1.1 204/)
    socket.destroy()
  })

  test('shows new connections a replaced certificate; open ones go on', async () => {
    use(first)
    const server = await start(secure())
    const old = await handshake()
    assert.equal(nameOf(old), 'first')
    use(second)
    await server.reload()
    const fresh = await handshake()
    assert.equal(nameOf(fresh), 'second')
    assert.match(await ping(old), /204/)
    assert.match(await ping(fresh), /204/)
    old.destroy()
    fresh.destroy()
  })

  test('keeps the old certificate when the new one is bad, and says why once', async () => {
    use(first)
    const server = await start(secure())
    for (const [cert, key, why] of [
      [second.cert, first.key, /does not go with/],
      [second.key, second.key, /holds no certificate in PEM/],
      [second.cert, second.cert, /holds no private key in PEM/],
      [undefined, second.key, /can't read \[http\] https-certificate/],
    ] as const) {
      rmSync(live.cert, { force: true })
      if (cert) copyFileSync(cert, live.cert)
      copyFileSync(key, live.key)
      const before = server.logLines.length
      await server.reload()
      await server.reload()
      const told = server.logLines.slice(before).filter((l) => l.includes('the old certificate stays in use'))
      assert.equal(told.length, 1)
      assert.match(told[0]!, why)
      const socket = await handshake()
      assert.equal(nameOf(socket), 'first')
      socket.destroy()
    }
  })

  test('needs a certificate to start', async () => {
    rmSync(live.cert, { force: true })
    await assert.rejects(start(secure()), (e) => e instanceof Fault && /can't read .*https-certificate/.test(e.message))
    copyFileSync(second.cert, live.cert)
    copyFileSync(first.key, live.key)
    await assert.rejects(start(secure()), /does not go with/)
  })

  test('takes no plain requests, and counts failed handshakes', async () => {
    use(first)
    const { port } = await start(secure())
    const socket = connect(port, '127.0.0.1')
    socket.write('GET /kapacitor/v1/ping HTTP/1.1\r\nHost: x\r\n\r\n')
    assert.doesNotMatch(await rest(socket), /204/)
    const inside = await handshake()
    inside.write('GET /kapacitor/v1/debug/vars HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    assert.match(await rest(inside), /"handshakes_failed":1/)
  })

  test('ends a handshake that takes too long', async () => {
    use(first)
    await start(secure('header-timeout = "300ms"'))
    const silent = await plain()
    await rest(silent)
    const inside = await handshake()
    inside.write('GET /kapacitor/v1/debug/vars HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    const text = await rest(inside)
    assert.match(text, /"handshakes_failed":1/)
    assert.match(text, /"certificate_seconds_left":5\d{6}/)
  })

  test('takes the versions and ciphers that [tls] names', async () => {
    use(first)
    await start(secure(), '[tls]\nmax-version = "tls1.2"\nciphers = ["TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"]')
    const socket = await handshake()
    assert.equal(socket.getProtocol(), 'TLSv1.2')
    assert.equal(socket.getCipher().name, 'ECDHE-ECDSA-AES256-GCM-SHA384')
    socket.destroy()
    await assert.rejects(handshake({ minVersion: 'TLSv1.3' }), /version|alert/i)
    await assert.rejects(handshake({ ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' }), /handshake failure/i)
    await server!.stop()

    await start(secure(), '[tls]\nmin-version = "1.3"')
    await assert.rejects(handshake({ maxVersion: 'TLSv1.2' }), /version|alert/i)
    await server!.stop()

    await start(secure(), '[tls]\nmin-version = "TLS1.1"')
    const old = await handshake({ minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' })
    assert.equal(old.getProtocol(), 'TLSv1.1')
    old.destroy()
    const newest = await handshake()
    assert.equal(newest.getProtocol(), 'TLSv1.3')
    newest.destroy()
  })

  test('older versions are refused by default', async () => {
    use(first)
    await start(secure())
    const old: ConnectionOptions = { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }
    await assert.rejects(handshake(old), /version|alert/i)
  })
})

test('the files of a certificate are looked at again while a server uses it', { skip }, async (t: TestContext) => {
  t.mock.timers.enable({ apis: ['setInterval'] })
  use(first)
  await start(secure())
  use(second)
  t.mock.timers.tick(10_000)
  const socket = await handshake()
  assert.equal(nameOf(socket), 'second')
  socket.destroy()
})

test('a certificate that ends soon, or has ended, is told of', { skip }, (t: TestContext) => {
  const target = new MemoryTarget()
  const log = new Logging({ target, level: 'debug', format: 'logfmt' }).logger
  const load = (files: ReturnType<typeof makeCertificate>): ServerCertificate =>
    new ServerCertificate({ certificate: files.cert, privateKey: files.key }, {}, log)
  const soon = load(makeCertificate('soon', '-days', '3'))
  assert.ok(target.lines.at(-1)!.includes('the certificate expires soon'))
  assert.ok(Math.abs(soon.secondsLeft - 3 * 86_400) < 600)
  const { validTo } = new X509Certificate(readFileSync(at('soon.pem')))
  t.mock.timers.enable({ apis: ['Date'], now: Date.parse(validTo) + 1000 })
  load({ cert: at('soon.pem'), key: at('soon.key') })
  assert.ok(target.lines.at(-1)!.includes('the certificate has expired'))
})

test('what the [tls] section can not mean is refused', () => {
  const problem = (text: string): string => {
    try {
      loadConfig({ file: { path: 'test.conf', text: `data_dir = "/x"\n[tls]\n${text}` }, environment: {} })
      return ''
    } catch (e) {
      return (e as Error).message
    }
  }
  assert.equal(problem('ciphers = ["TLS_SOMETHING"]'), 'tls: unknown cipher suite: "TLS_SOMETHING"')
  assert.equal(
    problem('min-version = "1.3"\nmax-version = "tls1.2"'),
    'tls: max-version tls1.2 is older than min-version 1.3',
  )
  for (const name of [
    'TLS_RSA_WITH_AES_128_CBC_SHA',
    'TLS_RSA_WITH_AES_128_CBC_SHA256',
    'TLS_RSA_WITH_AES_256_GCM_SHA384',
    'TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA',
    'TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305',
    'TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256',
    'tls_aes_256_gcm_sha384',
    'ECDHE-RSA-AES128-GCM-SHA256',
  ])
    assert.equal(problem(`ciphers = ["${name}"]`), '', name)
})
