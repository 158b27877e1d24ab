// Recordings and replays over HTTP against a server of its own, killed and started again over the same data.
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { serverConfig } from './server-config.ts'
import { SpawnedServer } from './spawned-server.ts'

type Json = { readonly [key: string]: unknown }

const folder = mkdtempSync(join(tmpdir(), 'replays-'))
const replayFolder = join(folder, 'replay')
const config = join(folder, 'supercap.conf')
const API = '/kapacitor/v1'
const server = new SpawnedServer(config)
/** What arrived at the sink, by path. */
const arrived = new Map<string, string[]>()
const sink = createServer((request, response) => {
  let body = ''
  request.setEncoding('utf8').on('data', (t: string) => {
    body += t
  })
  request.on('end', () => {
    const path = request.url ?? ''
    arrived.set(path, [...(arrived.get(path) ?? []), body])
    response.end()
  })
})

async function call(method: string, path: string, body?: unknown): Promise<{ status: number; json: Json }> {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const response = await fetch(server.base + path, { method, ...(text === undefined ? {} : { body: text }) })
  const answer = await response.text()
  return { status: response.status, json: answer === '' ? {} : (JSON.parse(answer) as Json) }
}
const get = async (path: string): Promise<Json> => (await call('GET', API + path)).json
async function post(path: string, body: unknown, status: number): Promise<Json> {
  const answer = await call('POST', API + path, body)
  assert.equal(answer.status, status, JSON.stringify(answer.json))
  return answer.json
}
const write = async (lines: string): Promise<void> => {
  assert.equal((await call('POST', `${API}/write?db=d&rp=r&precision=s`, lines)).status, 204)
}
/** Asks until the answer is no 202 any more. */
async function ended(path: string): Promise<Json> {
  for (;;) {
    const { status, json } = await call('GET', API + path)
    if (status !== 202) return json
    await new Promise((resolve) => setImmediate(resolve))
  }
}
const task = (id: string, script: string): Promise<Json> =>
  post('/tasks', { id, type: 'stream', dbrps: [{ db: 'd', rp: 'r' }], script }, 200)
/** Records three points of a measurement. */
async function record(id: string, of: string): Promise<Json> {
  await post('/recordings/stream', { id, task: of, stop: '1970-01-01T00:00:10Z' }, 201)
  await write('m v=1 1\nm v=9 2\nm v=2 9\nm v=1 11')
  return ended(`/recordings/${id}`)
}

before(async () => {
  await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve))
  mkdirSync(replayFolder)
  writeFileSync(join(replayFolder, 'dropped.srpl'), gzipSync('d\nr\nm v=7 1000000000\n'))
  writeFileSync(config, serverConfig(folder, { http: 'log-enabled = false', more: '[logging]\nlevel = "INFO"\n' }))
  await server.boot()
})
after(async () => {
  await server.kill('SIGKILL')
  sink.close()
  rmSync(folder, { recursive: true })
})
const sinkUrl = (path: string): string => `http://127.0.0.1:${(sink.address() as AddressInfo).port}/${path}`

describe('a replay', () => {
  it('answers with its fields in order, also at the paths with a slash and in the singular', async () => {
    await task('fields', "stream|from().measurement('m')|httpOut('x')")
    const begun = await post('/recording/stream', { id: 'fields', task: 'fields', stop: '1970-01-01T00:00:10Z' }, 201)
    assert.deepEqual(Object.keys(begun), ['link', 'id', 'type', 'size', 'date', 'error', 'status', 'progress'])
    await write('m v=1 20')
    await ended('/recordings/fields')
    const body = { id: 'fields', task: 'fields', recording: 'fields', 'recording-time': true }
    const fields = 'link id task recording recording-time clock date error status progress stats'
    assert.equal(Object.keys(await post('/replays/', body, 201)).join(' '), fields)
    assert.equal(Object.keys(await ended('/replays/fields')).join(' '), fields)
  })

  it('runs a recording that was dropped into the folder', async () => {
    const url = sinkUrl('dropped')
    await task('dropped', `stream|from().measurement('m')|httpPost('${url}')`)
    assert.equal((await get('/recordings/dropped'))['status'], 'finished')
    await post('/replays', { id: 'dropped', task: 'dropped', recording: 'dropped', 'recording-time': true }, 201)
    const done = await ended('/replays/dropped')
    assert.deepEqual([done['status'], done['progress'], done['error']], ['finished', 1, ''])
    assert.equal(((done['stats'] as Json)['node-stats'] as Record<string, Json>)['from1']!['collected'], 1)
  })

  it('can keep what it would send, and leave topics alone', async () => {
    const url = sinkUrl('collect')
    await task(
      'collect',
      `stream|from().measurement('m')|alert().id('pump').message('{{ .Level }}').details('').crit(lambda: "v" > 5.0).topic('pumps').post('${url}')|httpPost('${url}')`,
    )
    await post('/alerts/topics/pumps/handlers', { id: 'h', kind: 'post', options: { url } }, 200)
    await record('collect', 'collect')
    const body = { id: 'collect', task: 'collect', recording: 'collect', 'recording-time': true, outputs: 'collect' }
    assert.equal((await post('/replays', body, 201))['outputs'], 'collect')
    const done = await ended('/replays/collect')
    assert.deepEqual([done['status'], done['outputs']], ['finished', 'collect'])
    const { total, items } = done['collected'] as { total: number; items: Json[] }
    assert.equal(total, items.length)
    assert.deepEqual(
      items.map((i) => `${i['node']} ${i['kind']} ${(i['event'] as Json | undefined)?.['message'] ?? ''}`.trim()),
      [
        'alert2 post CRITICAL',
        'alert2 post CRITICAL',
        'http_post3 httpPost',
        'alert2 post OK',
        'alert2 post OK',
        'http_post3 httpPost',
      ],
    )
    assert.equal(arrived.has('/collect'), false)
    const events = (await get('/alerts/topics/pumps/events'))['events'] as unknown[]
    assert.deepEqual(events, [])
    assert.deepEqual(await get('/replays?pattern=collect&fields=outputs'), {
      replays: [{ id: 'collect', link: { rel: 'self', href: '/kapacitor/v1/replays/collect' }, outputs: 'collect' }],
    })
  })

  it('shows the figures of its own copy while it runs, and ends when it is deleted', async () => {
    const url = sinkUrl('running')
    await task('running', `stream|from().measurement('m')|httpPost('${url}')`)
    await task('another', "stream|from()|httpOut('x')")
    await record('running', 'running')
    await post('/replays', { id: 'running', task: 'running', recording: 'running', clock: 'real' }, 201)
    let shown: Json
    do shown = await get('/tasks/running?replay-id=running')
    while (shown['executing'] !== true || !JSON.stringify(shown['stats']).includes('"collected":1'))
    assert.match(String(shown['dot']), /from1 -> http_post2 \[processed="1"\]/)
    assert.equal((await get('/tasks/running'))['executing'], false)
    const refused = async (path: string, message: string): Promise<void> => {
      const { status, json } = await call('GET', API + path)
      assert.deepEqual([status, json['error']], [400, message])
    }
    await refused('/tasks/another?replay-id=running', 'replay running is not for task: another')
    await refused('/tasks/running?replay-id=none', 'no running replay with ID: none')
    const { status, json } = await call('GET', `${API}/replays/running`)
    assert.equal(status, 202)
    assert.ok(Math.abs(Number(json['progress']) - 1 / 3) < 0.05, String(json['progress']))
    assert.equal((await call('DELETE', `${API}/replays/running`)).status, 204)
    assert.equal((await call('GET', `${API}/replays/running`)).status, 404)
    await refused('/tasks/running?replay-id=running', 'no running replay with ID: running')
  })

  it('is refused for what is not there, and under the name of the live run', async () => {
    const refused = async (body: Json, status: number, message: string): Promise<void> => {
      assert.equal((await post('/replays', body, status))['error'], message)
    }
    await refused({ task: 'none', recording: 'fields' }, 404, 'task load: no task exists')
    await refused({ task: 'fields', recording: 'none' }, 404, 'recording not found: no recording exists')
    await refused({ task: 'fields', recording: 'fields', clock: 'slow' }, 400, 'unknown Clock slow')
    await refused({ task: 'fields', recording: 'fields', outputs: 'x' }, 400, 'unknown outputs x')
    await refused(
      { id: 'main', task: 'fields', recording: 'fields' },
      400,
      'replay ID must not be "main", the run of live tasks',
    )
  })
})

describe('kill -9', () => {
  it('loses nothing that was finished, and what ran says that it was cut off', async () => {
    const url = sinkUrl('killed')
    await task('killed', `stream|from().measurement('m')|httpPost('${url}')`)
    const whole = await record('whole', 'killed')
    await post('/replays', { id: 'done', task: 'killed', recording: 'whole', 'recording-time': true }, 201)
    const done = await ended('/replays/done')
    await post('/recordings/stream', { id: 'cut', task: 'killed', stop: '2100-01-01T00:00:00Z' }, 201)
    await post('/replays', { id: 'cut', task: 'killed', recording: 'whole', clock: 'real' }, 201)
    for (let i = 0; i < 20; i++) await write(Array.from({ length: 500 }, (_, k) => `m v=${k} ${i}`).join('\n'))
    await server.kill('SIGKILL')
    assert.equal(existsSync(join(replayFolder, 'cut.srpl')), false)
    await server.boot()
    assert.deepEqual(await get('/recordings/whole'), whole)
    assert.deepEqual(await get('/replays/done'), done)
    const recording = await get('/recordings/cut')
    assert.deepEqual(
      [recording['status'], recording['error'], recording['progress'], recording['size']],
      ['failed', 'unexpected Kapacitor shutdown', 0, 0],
    )
    const replay = await get('/replays/cut')
    assert.deepEqual([replay['status'], replay['error']], ['failed', 'unexpected Kapacitor shutdown'])
    assert.deepEqual(
      readdirSync(replayFolder).filter((f) => f.endsWith('.part')),
      [],
    )
    const before = arrived.get('/killed')!.length
    await post('/replays', { id: 'again', task: 'killed', recording: 'whole', 'recording-time': true }, 201)
    assert.equal((await ended('/replays/again'))['status'], 'finished')
    while (arrived.get('/killed')!.length < before + 3) await new Promise((resolve) => setImmediate(resolve))
    const refusal = await post('/replays', { id: 'bad', task: 'killed', recording: 'cut' }, 201)
    assert.equal(refusal['status'], 'running')
    assert.match(String((await ended('/replays/bad'))['error']), /recording cut has failed: unexpected/)
  })
})
