// A server with worker threads, over HTTP: what clients see is what they see without them.
import assert from 'node:assert/strict'
import { request } from 'node:http'
import { after, before, describe, test } from 'node:test'
import { InProcessServer } from './in-process-server.ts'

let server: InProcessServer

const FROM = "stream|from().measurement('m')"
const LATEST = `${FROM}|httpOut('out')`

before(async () => {
  const task = '[task]\nworkers = 2\nmax-groups = 20\nlog-ring-bytes = "1m"\n'
  const stats = '[stats]\nstats-interval = "20ms"\n'
  server = await InProcessServer.start({ more: task + stats })
})
after(() => server.stop())

interface Shown {
  readonly status: string
  readonly executing: boolean
  readonly error: string
  readonly dot: string
  readonly stats: { readonly 'node-stats': Readonly<Record<string, Readonly<Record<string, number>>>> }
}

async function json<T>(method: string, path: string, body?: object): Promise<T> {
  const { status, text } = await server.call(method, path, body)
  assert.equal(status, 200, text)
  return JSON.parse(text) as T
}

const define = (id: string, script: string, rp: string, more: object = {}): Promise<Shown> =>
  json('POST', '/tasks', { id, type: 'stream', dbrps: [{ db: 'db', rp }], script, status: 'enabled', ...more })

const write = async (rp: string, lines: string): Promise<void> => {
  const { status, text } = await server.call('POST', `/write?db=db&rp=${rp}&precision=s`, lines)
  assert.equal(status, 204, text)
}

const shown = (id: string): Promise<Shown> => json('GET', `/tasks/${id}`)

async function out(id: string): Promise<unknown[][]> {
  const { series } = await json<{ series: { values: unknown[][] }[] | null }>('GET', `/tasks/${id}/out`)
  return (series ?? []).flatMap((s) => s.values)
}

/** Reads until it is as expected: for what follows of itself. */
async function eventually<T>(read: () => Promise<T>, holds: (x: T) => boolean): Promise<T> {
  for (;;) {
    const x = await read()
    if (holds(x)) return x
  }
}

const lines = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, i) => `m v=${from + i}i ${from + i}`).join('\n')

describe('a server with two workers', () => {
  test('answers a write when all tasks have run it, each in order', async () => {
    const ids = ['o1', 'o2', 'o3', 'o4', 'o5']
    for (const id of ids) await define(id, `${FROM}|window().periodCount(3).everyCount(1)|httpOut('out')`, 'order')
    const last = (n: number): string => JSON.stringify([n - 3, n - 2, n - 1])
    for (let n = 0; n < 2_000; n += 500) {
      await write('order', lines(n, n + 500))
      for (const id of ids) assert.equal(JSON.stringify((await out(id)).map((row) => row[1])), last(n + 500))
    }
    const many = Array.from({ length: 30 }, (_, i) => write('order', `m,k=${i} v=1i 9000\nm,k=${i} v=2i 9000`))
    await Promise.all(many)
    for (const id of ids) {
      const values = (await out(id)).map((row) => row[2])
      assert.deepEqual(values, [2, 1, 2])
      assert.equal((await shown(id)).stats['node-stats']['from1']!['collected'], 2_060)
    }
  })

  test('shows figures of the moment wherever it shows figures', async () => {
    await define('figures', `${FROM}|where(lambda: "v" > 1)|httpOut('out')`, 'figures')
    await write('figures', 'm v=1i 1\nm v=2i 2\nm v=3i 3')
    const task = await shown('figures')
    assert.equal(task.stats['node-stats']['http_out3']!['collected'], 2)
    assert.match(task.dot, /where2 -> http_out3 \[processed="2"\]/)
    await write('figures', 'm v=4i 4')
    const { tasks } = await json<{ tasks: Shown[] }>('GET', '/tasks?pattern=figures&fields=stats')
    assert.equal(tasks[0]!.stats['node-stats']['http_out3']!['collected'], 3)
    await write('figures', 'm v=5i 5')
    const metrics = await (await fetch(`http://127.0.0.1:${server.port}/metrics`)).text()
    assert.match(metrics, /supercap_node_collected_total\{task="figures",node="http_out3",kind="http_out"\} 4\n/)
    assert.match(metrics, /^supercap_worker_tasks\{thread="worker thread 2"\} \d+$/m)
    await write('figures', 'm v=6i 6')
    const vars = await json<{
      kapacitor: Record<string, { tags: Record<string, string>; values: Record<string, number> }>
    }>('GET', '/debug/vars')
    const of = Object.values(vars.kapacitor).find((s) => s.tags['task'] === 'figures' && s.tags['node'] === 'http_out3')
    assert.equal(of!.values['collected'], 5)
  })

  test('writes its own statistics to tasks on workers, and of them', async () => {
    await define('seen', LATEST, 'seen')
    await write('seen', 'm v=1i 1')
    const own = { dbrps: [{ db: '_kapacitor', rp: 'autogen' }] }
    await define(
      'watching',
      `stream|from().measurement('nodes').where(lambda: "task" == 'seen' AND "node" == 'from1')|httpOut('out')`,
      '',
      own,
    )
    const rows = await eventually(
      () => out('watching'),
      (r) => r.length > 0,
    )
    assert.equal(rows.length, 1)
  })

  test('ends a task alone when it fails', async () => {
    await define('fails', `${FROM}.groupBy('host')|httpOut('out')`, 'fails')
    await define('beside', LATEST, 'fails')
    await write('fails', Array.from({ length: 21 }, (_, i) => `m,host=h${i} v=1i 1`).join('\n'))
    const failed = await shown('fails')
    assert.deepEqual([failed.status, failed.executing], ['enabled', false])
    assert.match(failed.error, /more than 20 groups/)
    await write('fails', 'm v=2i 2')
    assert.deepEqual((await out('beside')).length, 1)
    const again = await json<Shown>('PATCH', '/tasks/fails', { status: 'enabled' })
    assert.deepEqual([again.executing, again.error], [true, ''])
  })

  test('starts, changes, renames, stops and deletes', async () => {
    await define('life', LATEST, 'life')
    await write('life', 'm v=1i 1')
    const off = await json<Shown>('PATCH', '/tasks/life', { status: 'disabled' })
    assert.equal(off.executing, false)
    assert.equal((await server.call('GET', '/tasks/life/out')).status, 404)
    await write('life', 'm v=2i 2')
    await json('PATCH', '/tasks/life', {
      script: `${FROM}|eval(lambda: "v" * 10).as('x')|httpOut('out')`,
      status: 'enabled',
    })
    await write('life', 'm v=3i 3')
    assert.deepEqual(await out('life'), [['1970-01-01T00:00:03Z', 30]])
    await json('PATCH', '/tasks/life', { id: 'other' })
    await write('life', 'm v=4i 4')
    assert.deepEqual(await out('other'), [['1970-01-01T00:00:04Z', 40]])
    assert.equal((await server.call('DELETE', '/tasks/other')).status, 204)
    assert.equal((await server.call('GET', '/tasks/other')).status, 404)
    await write('life', 'm v=5i 5')
  })

  test('refuses what can not start as ever', async () => {
    const script = `${FROM}|httpOut('out')|httpOut('out')`
    const { status, text } = await server.call('POST', '/tasks', {
      id: 'twice',
      type: 'stream',
      dbrps: [{ db: 'db', rp: 'twice' }],
      script,
      status: 'enabled',
    })
    assert.equal(status, 400)
    assert.match(text, /multiple registrations/)
    const task = await shown('twice')
    assert.deepEqual([task.executing, task.status], [false, 'enabled'])
    assert.match(task.error, /multiple registrations/)
  })

  test('gives vars of all types to the worker', async () => {
    const script = `var b = TRUE
var n = 1
var f = 1.5
var d = 5m
var s = ''
var l = lambda: TRUE
var g = ['x']
var r = /a/
stream|from().measurement('m').groupBy(g).where(l)|where(lambda: "s" =~ r)|eval(lambda: n, lambda: f, lambda: string(d), lambda: s, lambda: b).as('n', 'f', 'd', 's', 'b')|httpOut('out')`
    const vars = {
      b: { type: 'bool', value: false },
      n: { type: 'int', value: 'whole' },
      f: { type: 'float', value: 2.5 },
      d: { type: 'duration', value: '7s' },
      s: { type: 'string', value: 'it\'s "so"\n' },
      l: { type: 'lambda', value: '"v" > 1' },
      g: { type: 'list', value: [{ type: 'string', value: 'host' }] },
      r: { type: 'regex', value: '^b/' },
    }
    const body = JSON.stringify({
      id: 'vars',
      type: 'stream',
      dbrps: [{ db: 'db', rp: 'vars' }],
      script,
      status: 'enabled',
      vars,
    })
    const { status, text } = await server.call('POST', '/tasks', body.replace('"whole"', '9007199254740993'))
    assert.equal(status, 200, text)
    await write('vars', 'm,host=h v=1i,s="b/" 1\nm,host=h v=2i,s="b/" 2\nm,host=i v=3i,s="a" 3')
    const answer = (await server.call('GET', '/tasks/vars/out')).text
    assert.deepEqual(JSON.parse(answer.replace('9007199254740993', '"whole"')), {
      series: [
        {
          name: 'm',
          tags: { host: 'h' },
          columns: ['time', 'b', 'd', 'f', 'n', 's'],
          values: [['1970-01-01T00:00:02Z', false, '7s', 2.5, 'whole', 'it\'s "so"\n']],
        },
      ],
    })
  })

  test('brings what a task on the main thread loops back to one on a worker, before the write is answered', async () => {
    await define(
      'back',
      `${FROM}|kapacitorLoopback().database('db').retentionPolicy('there').measurement('looped').tag('via', 'main')`,
      'loop',
    )
    await define('there', "stream|from().measurement('looped')|httpOut('out')", 'there')
    await write('loop', 'm v=9007199254740993i,s="a\nb" 7')
    const { text } = await server.call('GET', '/tasks/there/out')
    assert.match(text, /9007199254740993/)
    assert.match(text, /"a\\nb"/)
    assert.match(text, /"via":"main"/)
  })

  test('lets writers wait when the tasks are behind, and loses nothing', async () => {
    for (const id of ['w1', 'w2', 'w3'])
      await define(id, `${FROM}|eval(lambda: "v" + 1).as('x')|httpOut('out')`, 'wait')
    const body = lines(0, 20_000)
    await Promise.all(Array.from({ length: 12 }, () => write('wait', body)))
    for (const id of ['w1', 'w2', 'w3'])
      assert.equal((await shown(id)).stats['node-stats']['eval2']!['collected'], 240_000)
  })

  test('refuses a body with a bad line as a whole', async () => {
    await define('bad', LATEST, 'bad')
    const { status, text } = await server.call('POST', '/write?db=db&rp=bad&precision=s', 'm v=1i 1\nm v=')
    assert.equal(status, 400, text)
    assert.equal((await shown('bad')).stats['node-stats']['from1']!['collected'], 0)
  })
})

test('everything that was written is run before the server ends', async () => {
  const own = await InProcessServer.start({ more: '[task]\nworkers = 1\n' })
  const call = (path: string, body: string | object) => own.call('POST', path, body)
  await call('/tasks', { id: 't', type: 'stream', dbrps: [{ db: 'db', rp: 'rp' }], script: LATEST, status: 'enabled' })
  const written = new Promise<number>((resolve, reject) => {
    // Kept alive, the connection would hold up the end.
    const to = { port: own.port, method: 'POST', path: '/kapacitor/v1/write?db=db&rp=rp&precision=s', agent: false }
    const req = request(to, (answer) => answer.resume().on('end', () => resolve(answer.statusCode ?? 0)))
    req.on('error', reject).end(lines(0, 50_000))
  })
  await eventually(
    () => own.call('GET', '/debug/vars'),
    ({ text }) => text.includes('"points_received":50000'),
  )
  await own.stop()
  assert.equal(await written, 204)
})
