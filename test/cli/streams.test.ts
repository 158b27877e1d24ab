// Commands whose answers come bit by bit: logs, watch, backup, and the bar of recordings and replays.
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { CliSession, startCliServer } from './cli-session.ts'
import { type StubAnswer, startStub } from './stub-server.ts'

const folder = mkdtempSync(join(tmpdir(), 'cli-'))
after(() => rmSync(folder, { recursive: true, force: true }))

type Answers = Readonly<Record<string, StubAnswer | readonly StubAnswer[]>>

async function run(answers: Answers, words: readonly string[], terminal = false, environment = {}) {
  const stub = await startStub(answers)
  try {
    const ran = await new CliSession({ url: stub.url, terminal, environment }).run(words)
    return { ...ran, requests: stub.requests }
  } finally {
    await stub.stop()
  }
}

describe('logs and watch', () => {
  const lines = 'ts=1 lvl=info msg=a task=t\nts=2 lvl=error msg="b c" task=t\nts=3 lvl=debug msg=é'
  const LOGS = 'GET /kapacitor/v1preview/logs'

  test('lines come as they are, filters go along', async () => {
    const ran = await run({ [LOGS]: { text: lines } }, ['logs', 'lvl=info+', 'service=http'])
    assert.equal(ran.stdout, `${lines}\n`)
    assert.equal(ran.requests[0]?.query, '?lvl=info%2B&service=http')
    assert.equal(ran.requests[0]?.headers.accept, undefined)
  })

  test('watch asks for the task, JSON for JSON', async () => {
    const ran = await run({ [LOGS]: { text: '{"lvl":"info"}\n' } }, ['watch', 'cpu', 'node=log2', '-json'])
    assert.equal(ran.stdout, '{"lvl":"info"}\n')
    assert.equal(ran.requests[0]?.query, '?node=log2&task=cpu')
    assert.equal(ran.requests[0]?.headers.accept, 'application/json')
  })

  test('levels have colours on a terminal, unless there shall be none', async () => {
    const coloured = await run({ [LOGS]: { text: lines } }, ['logs'], true)
    assert.equal(coloured.stdout.split('\n')[1], '\x1b[31mts=2 lvl=error msg="b c" task=t\x1b[0m')
    const plain = await run({ [LOGS]: { text: lines } }, ['logs'], true, { NO_COLOR: '1' })
    assert.equal(plain.stdout, `${lines}\n`)
  })
})

describe('backup', () => {
  const BACKUP = 'GET /kapacitor/v1/storage/backup'
  const file = join(folder, 'backup.db')

  test('the copy is written', async () => {
    const text = 'x'.repeat(200_000)
    const ran = await run({ [BACKUP]: { text, headers: { 'content-length': '200000' } } }, ['backup', file, '-json'])
    assert.equal(ran.code, 0)
    assert.deepEqual(JSON.parse(ran.stdout), { file, bytes: 200_000 })
    assert.equal(readFileSync(file, 'utf8'), text)
    assert.equal(statSync(file).mode & 0o777, 0o600)
  })

  test('the real server gives one', async () => {
    const server = await startCliServer()
    const to = join(folder, 'real.db')
    try {
      const ran = await new CliSession({ url: server.url, terminal: false }).run(['backup', to, '-json'])
      assert.equal(ran.code, 0)
      assert.equal(JSON.parse(ran.stdout).bytes, statSync(to).size)
      assert.ok(statSync(to).size > 0)
    } finally {
      await server.stop()
    }
  })

  test('a copy that is cut off is an error; the older one stays', async () => {
    const answer = { text: 'half', headers: { 'content-length': '8' }, broken: true }
    const ran = await run({ [BACKUP]: answer }, ['backup', file])
    assert.equal(ran.code, 3)
    assert.match(ran.stderr, /^Error: the backup is not complete: /)
    assert.equal(readFileSync(file, 'utf8').length, 200_000)
    assert.equal(existsSync(`${file}.part`), false)
  })

  test('a file that can not be written is an error', async () => {
    const ran = await run({ [BACKUP]: { text: 'x' } }, ['backup', join(folder, 'none', 'x')])
    assert.equal(ran.code, 3)
    assert.match(ran.stderr, /ENOENT/)
  })
})

describe('recordings and replays', () => {
  const recording = { id: 'r', type: 'batch', size: 0, date: '', error: '', status: 'running', progress: 0 }
  const START = 'POST /kapacitor/v1/recordings/batch'
  const GET = 'GET /kapacitor/v1/recordings/r'
  const words = ['record', 'batch', '-task', 't', '-past', '1h', '-stop', '2030-01-01T00:00:00Z']

  test('a bar shows how far it is, and goes away', async () => {
    const answers = {
      [START]: { status: 201, json: recording },
      [GET]: [
        { status: 202, json: { ...recording, progress: 0.25 } },
        { json: { ...recording, status: 'finished', progress: 1 } },
      ],
    }
    const ran = await run(answers, words, true)
    assert.equal(ran.stdout, 'r\n')
    assert.deepEqual(ran.stderr.split('\r\x1b[K'), [
      '',
      `recording r [${'#'.repeat(10)}${'-'.repeat(30)}]  25% 00:00`,
      `recording r [${'#'.repeat(40)}] 100% 00:01`,
      '',
    ])
    assert.deepEqual(JSON.parse(ran.requests[0]!.body), {
      task: 't',
      start: '2029-12-31T23:00:00.000Z',
      stop: '2030-01-01T00:00:00Z',
    })
    assert.equal((await run(answers, words)).stderr, '')
  })

  test('one that fails gives its ID and its error', async () => {
    const failed = { ...recording, status: 'failed', error: 'no InfluxDB' }
    const ran = await run({ [START]: { status: 201, json: recording }, [GET]: { json: failed } }, words)
    assert.equal(ran.code, 3)
    assert.equal(ran.stdout, 'r\n')
    assert.equal(ran.stderr, 'Error: no InfluxDB\n')
  })

  test('a stream that nothing comes to is explained', async () => {
    const answers = {
      'POST /kapacitor/v1/recordings/stream': { status: 201, json: recording },
      [GET]: [
        ...Array.from({ length: 14 }, () => ({ status: 202, json: recording })),
        { json: { ...recording, status: 'finished' } },
      ],
    }
    const ran = await run(answers, ['record', 'stream', '-task', 't', '-duration', '1s'], true)
    assert.match(ran.stderr, /ends with the first point after its time/)
  })

  test('a replay says what it wants', async () => {
    const replay = { ...recording, id: 'p', status: 'finished' }
    const answers = { 'POST /kapacitor/v1/replays/query': { status: 201, json: replay } }
    const ran = await run(answers, [
      'replay-live',
      'query',
      '-task=t',
      '--query',
      'q',
      '-cluster',
      'c',
      '-real-clock',
      '-rec-time=true',
      '-replay-id',
      'p',
    ])
    assert.equal(ran.stdout, 'p\n')
    assert.deepEqual(JSON.parse(ran.requests[0]!.body), {
      task: 't',
      query: 'q',
      cluster: 'c',
      id: 'p',
      clock: 'real',
      'recording-time': true,
    })
  })
})

describe('the connection', () => {
  const TASKS = { 'GET /kapacitor/v1/tasks': { json: { tasks: [] } } }

  test('credentials come from the URL, a token from a flag or the environment', async () => {
    const stub = await startStub(TASKS)
    try {
      const environment = { KAPACITOR_URL: stub.url.replace('//', '//bob:p%40ss@'), SUPERCAP_TOKEN: '' }
      const session = new CliSession({ url: stub.url, terminal: false, environment })
      await session.run(['list', 'tasks'])
      await session.run(['-token', 'abc', 'list', 'tasks'])
      await session.run(['-url', stub.url, 'list', 'tasks'])
      assert.deepEqual(
        stub.requests.map((r) => r.headers.authorization),
        [`Basic ${Buffer.from('bob:p@ss').toString('base64')}`, 'Bearer abc', undefined],
      )
      assert.equal(stub.requests[0]?.headers['user-agent'], 'KapacitorClient')
    } finally {
      await stub.stop()
    }
  })

  test('answers that are no JSON are told as they are', async () => {
    const ran = await run({ 'GET /kapacitor/v1/tasks': { status: 502, text: 'bad gateway\n' } }, ['list', 'tasks'])
    assert.equal(ran.code, 3)
    assert.equal(ran.stderr, 'Error: invalid response: code 502: body: bad gateway\n')
  })

  test('KAPACITOR_UNSAFE_SSL is a boolean', async () => {
    const ran = await run(TASKS, ['list', 'tasks'], false, { KAPACITOR_UNSAFE_SSL: 'maybe' })
    assert.equal(ran.code, 1)
    assert.equal((await run(TASKS, ['list', 'tasks'], false, { KAPACITOR_UNSAFE_SSL: 'true' })).code, 0)
  })

  test('lists longer than a page are read to their end', async () => {
    const page = (n: number, from: number) => Array.from({ length: n }, (_, i) => ({ id: `t${from + i}`, dbrps: [] }))
    const ran = await run(
      { 'GET /kapacitor/v1/tasks': [{ json: { tasks: page(100, 0) } }, { json: { tasks: page(7, 100) } }] },
      ['list', 'tasks', '-json'],
    )
    assert.equal((JSON.parse(ran.stdout) as unknown[]).length, 107)
    assert.match(ran.requests[1]!.query, /offset=100/)
  })
})
