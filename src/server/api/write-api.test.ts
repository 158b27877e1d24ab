import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, before, beforeEach, describe, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { Fault } from '../../base/fault.ts'
import { type Answer, startTestApp, type TestApp } from './test-app.ts'

const LIMIT = 1024 * 1024

let app: TestApp
before(async () => {
  app = await startTestApp({ maxBodyBytes: LIMIT, defaultRetentionPolicy: 'standard' })
})
after(() => app.close())
beforeEach(() => {
  app.written.length = 0
  app.intake = () => undefined
})

const write = (body: string | Buffer, query = 'db=d&rp=r', headers: Record<string, string> = {}): Promise<Answer> =>
  app.call('POST', `/kapacitor/v1/write?${query}`, body, headers)
const lines = (n: number): string => Array.from({ length: n }, (_, i) => `m,host=h${i % 7} v=${i} ${i}\n`).join('')
const values = (): unknown[] => app.written.flatMap((w) => w.points.map((p) => p.field('v')))
const refuses = async (a: Promise<Answer>, status: number, message: string): Promise<void> => {
  assert.deepEqual([(await a).status, (await a).json()], [status, { error: message, message }])
  assert.equal(app.written.length, 0)
}

test('204 without a body; db, rp and precision count', async () => {
  const a = await app.call('POST', '/write?db=my%20db&rp=a+b&precision=s&u=x&p=y&consistency=all', 'm v=1 2')
  assert.deepEqual([a.status, a.text], [204, ''])
  const [w] = app.written
  assert.deepEqual([w?.db, w?.rp, w?.points[0]?.sec], ['my db', 'a b', 2])
  await write('m v=1', 'db=d')
  assert.equal(app.written[1]?.rp, 'standard')
  assert.equal(app.written[1]?.points[0]?.series.rp, 'standard')
})

test('bodies of every size come through whole', async () => {
  for (const n of [1, 3, 100, 2_000, 20_000]) {
    app.written.length = 0
    assert.equal((await write(lines(n))).status, 204)
    assert.equal(values().length, n)
    assert.equal(values().at(-1), n - 1)
  }
})

test('chunked bodies', async () => {
  for (const n of [0, 1, 5_000, 25_000]) {
    app.written.length = 0
    assert.equal((await write(lines(n), undefined, { 'transfer-encoding': 'chunked' })).status, 204)
    assert.equal(values().length, n)
  }
})

test('gzip bodies', async () => {
  for (const n of [1, 200, 20_000]) {
    app.written.length = 0
    assert.equal((await write(gzipSync(lines(n)), undefined, { 'content-encoding': 'gzip' })).status, 204)
    assert.equal(values().length, n)
  }
  const text = 'm v=1 1'
  assert.equal((await write(text, undefined, { 'content-encoding': 'GZIP' })).status, 204)
  const bad = await write(text, undefined, { 'content-encoding': 'gzip' })
  assert.equal(bad.status, 400)
  assert.match((bad.json() as { error: string }).error, /^gzip: /)
  const cut = gzipSync(lines(100)).subarray(0, 60)
  assert.equal((await write(cut, undefined, { 'content-encoding': 'gzip' })).status, 400)
})

test('an empty body is taken', async () => {
  assert.equal((await write('')).status, 204)
  assert.equal((await write('# a remark\n\n')).status, 204)
  assert.equal((await write(gzipSync(''), undefined, { 'content-encoding': 'gzip' })).status, 204)
})

test('one bad line refuses the whole request; its text comes before the missing database', async () => {
  const text = "unable to parse 'bad 2': invalid field format\nunable to parse 'worse,t v=1 4': missing tag value"
  await refuses(write('good v=1 1\nbad 2\ngood v=2 3\nworse,t v=1 4'), 400, text)
  await refuses(app.call('POST', '/write', 'oops'), 400, "unable to parse 'oops': missing fields")
  await refuses(app.call('POST', '/write', 'm v=1'), 400, 'database is required')
  await refuses(app.call('POST', '/write'), 400, 'database is required')
})

describe('limits', () => {
  const message = `request body too large: at most ${LIMIT} bytes are taken`

  test('of the body as it is sent', async () => {
    const big = Buffer.alloc(LIMIT + 1, 'x')
    await refuses(write(big), 413, message)
    await refuses(write(big, undefined, { 'transfer-encoding': 'chunked' }), 413, message)
    const whole = Buffer.concat([Buffer.from('m v=1 1\n#'), Buffer.alloc(LIMIT - 9, 'x')])
    assert.equal((await write(whole)).status, 204)
  })

  test('of the body as it is unpacked', async () => {
    for (const size of [2 * LIMIT, 40 * LIMIT])
      await refuses(write(gzipSync(Buffer.alloc(size)), undefined, { 'content-encoding': 'gzip' }), 413, message)
  })

  test('of what is received at once', async () => {
    // Announces five megabytes over five connections and sends nearly all of it: the limit is four.
    const head = `POST /write?db=d HTTP/1.1\r\nHost: x\r\nContent-Length: ${LIMIT}\r\n\r\n`
    const sockets = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const socket = connect(app.port, '127.0.0.1')
        let out = ''
        socket.setEncoding('utf8').on('data', (d) => {
          out += d
        })
        await new Promise((resolve) => socket.write(head + '#'.repeat(LIMIT - 1), resolve))
        return { socket, out: () => out }
      }),
    )
    const refused = (): number => sockets.filter((s) => s.out().startsWith('HTTP/1.1 503 ')).length
    while (refused() === 0) await new Promise((resolve) => setImmediate(resolve))
    assert.equal(refused(), 1)
    for (const s of sockets) s.socket.destroy()
    // What the gone clients held is free again.
    const whole = Buffer.concat([Buffer.from('m v=1 1\n#'), Buffer.alloc(LIMIT - 9, 'x')])
    let status = 0
    while (status !== 204) status = (await write(whole)).status
  })
})

test('a client that goes away in mid-body does no harm', async () => {
  const socket = connect(app.port, '127.0.0.1')
  await new Promise((resolve) =>
    socket.write('POST /write?db=d HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nm v=1', resolve),
  )
  socket.resetAndDestroy()
  assert.equal((await write('m v=2 2')).status, 204)
  assert.deepEqual(values(), [2])
})

test('the answer waits for the engine', async () => {
  let release = (): void => {}
  app.intake = () => new Promise((resolve) => (release = resolve))
  let answered = false
  const answer = write('m v=1 1').then((a) => {
    answered = true
    return a
  })
  while (app.written.length === 0) await new Promise((resolve) => setImmediate(resolve))
  assert.equal((await app.call('GET', '/ping')).status, 204)
  assert.equal(answered, false)
  release()
  assert.equal((await answer).status, 204)
})

test('a full engine says when to come again', async () => {
  app.intake = () => Promise.reject(new Fault('log-full', 'task slow holds it', { status: 503, retry: true }))
  const a = await write('m v=1 1')
  assert.deepEqual([a.status, a.headers['retry-after']], [503, '5'])
  assert.equal((a.json() as { error: string }).error, 'task slow holds it')
})

test('our own faults tell their text and no more', async () => {
  app.intake = () => {
    throw new TypeError('x is undefined')
  }
  const a = await write('m v=1 1')
  assert.deepEqual([a.status, a.json()], [500, { error: 'x is undefined', message: 'x is undefined' }])
})

test('any bytes are answered', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.boolean(), async (bytes, packed) => {
      const a = await write(Buffer.from(bytes), undefined, packed ? { 'content-encoding': 'gzip' } : {})
      assert.ok(a.status === 204 || a.status === 400, `${a.status}`)
    }),
    { numRuns: 150 },
  )
})
