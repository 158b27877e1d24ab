import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { MemoryKv } from '../../store/memory-kv.ts'
import { Store } from '../../store/store.ts'
import { type Answer, startTestApp, type TestApp } from './test-app.ts'

const TASKS = '/kapacitor/v1/tasks'
const SCRIPT = "stream|from().measurement('m')"

type Json = { readonly [key: string]: unknown }

let app: TestApp
let n = 0
const fresh = (): string => `t${++n}`

const post = (body: unknown, path = TASKS): Promise<Answer> =>
  app.call('POST', path, typeof body === 'string' ? body : JSON.stringify(body))
const patch = (id: string, body: unknown): Promise<Answer> => app.call('PATCH', `${TASKS}/${id}`, JSON.stringify(body))
const get = async (path: string): Promise<Json> => (await app.call('GET', path)).json() as Json
const define = async (more: object = {}): Promise<string> => {
  const id = fresh()
  const a = await post({ id, dbrps: [{ db: 'd', rp: 'r' }], script: SCRIPT, ...more })
  assert.equal(a.status, 200, a.text)
  return id
}
const refuses = async (answer: Promise<Answer>, status: number, message: string): Promise<void> => {
  const a = await answer
  assert.equal(a.text, JSON.stringify({ error: message, message }, undefined, 4))
  assert.equal(a.status, status)
}

before(async () => {
  app = await startTestApp()
})
after(() => app.close())

describe('defining', () => {
  test('answers the whole task, its keys in order', async () => {
    const id = await define({ vars: { b: { type: 'int', value: 1 }, a: { type: 'star' } } })
    const task = await get(`${TASKS}/${id}`)
    assert.deepEqual(Object.keys(task), [
      'link',
      'id',
      'template-id',
      'type',
      'dbrps',
      'script',
      'vars',
      'dot',
      'status',
      'executing',
      'error',
      'stats',
      'created',
      'modified',
      'last-enabled',
    ])
    assert.deepEqual(task.link, { rel: 'self', href: `${TASKS}/${id}` })
    assert.equal(task['last-enabled'], '0001-01-01T00:00:00Z')
    assert.deepEqual(Object.keys(task.vars as object), ['a', 'b'])
    assert.equal(task.script, "stream\n    |from()\n        .measurement('m')\n")
    assert.deepEqual(task.stats, {})
  })

  test('gives a random id when there is none, and takes a trailing slash', async () => {
    for (const body of [{}, { id: '' }, { id: null }]) {
      const a = await post({ ...body, dbrps: [{ db: 'd', rp: 'r' }], script: SCRIPT }, `${TASKS}/`)
      assert.match((a.json() as { id: string }).id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-/)
    }
  })

  test('the path may name the task', async () => {
    const id = fresh()
    const body = { dbrps: [{ db: 'd', rp: 'r' }], script: SCRIPT }
    assert.equal((await post({ ...body, id: '' }, `${TASKS}/${id}`)).status, 200)
    await refuses(post(body, `${TASKS}/${id}`), 400, `task ${id} already exists`)
    await refuses(post({ ...body, id: 'x' }, `${TASKS}/${id}`), 400, 'the id in the body is not that of the path')
    await refuses(post(body, `${TASKS}/${id}/out`), 404, 'Not Found')
    const ruled = `task ID must contain only letters, numbers, '-', '.' and '_'. "a b"`
    await refuses(post(body, `${TASKS}/a%20b`), 400, ruled)
  })

  test('ids have at most 1,000 characters', async () => {
    const body = { dbrps: [{ db: 'd', rp: 'r' }], script: SCRIPT }
    const long = '深'.repeat(1_000)
    assert.equal((await post({ ...body, id: long })).status, 200)
    assert.equal((await app.call('GET', `${TASKS}/${encodeURIComponent(long)}`)).status, 200)
    await refuses(post({ ...body, id: `${long}x` }), 400, 'task ID must not be longer than 1000 characters')
    assert.equal((await app.call('DELETE', `${TASKS}/${encodeURIComponent(long)}`)).status, 204)
  })

  test('checks come in order', async () => {
    const used = await define()
    const all = { id: 'no id', script: '', vars: { n: { value: 'x' } } }
    const idRule = `task ID must contain only letters, numbers, '-', '.' and '_'. "no id"`
    await refuses(post({ ...all, type: 'flow' }), 400, 'invalid JSON')
    await refuses(post(all), 400, 'invalid var n: unexpected var type unknown, value is a string')
    await refuses(post({ ...all, vars: {} }), 400, idRule)
    await refuses(post({ id: used }), 400, `task ${used} already exists`)
    await refuses(post({ id: fresh(), 'template-id': 'T' }), 400, 'unknown template T: err: no template exists')
    await refuses(post({ id: fresh() }), 400, 'must provide TICKscript')
    const parse = await post({ id: fresh(), script: 'stream|from(' })
    assert.match(
      (parse.json() as { error: string }).error,
      /^invalid TICKscript: parser: unexpected EOF line 1 char 13/,
    )
    await refuses(post({ id: fresh(), script: 'var a = 1' }), 400, 'invalid task type: invalid')
    await refuses(post({ id: fresh(), script: 'stream|from()\nbatch|query()' }), 400, 'invalid task type: invalid')
    const bad = 'invalid TICKscript: line 1 char 1: nocompile'
    await refuses(post({ id: fresh(), script: 'stream|nocompile()' }), 400, bad)
    await refuses(post({ id: fresh(), script: SCRIPT }), 400, 'must specify dbrp')
    const twice = { script: `dbrp "a"."b"\n${SCRIPT}`, dbrps: [{ db: 'd', rp: 'r' }] }
    await refuses(post(twice), 400, 'cannot specify dbrp in both implicitly and explicitly')
  })

  test('no value is converted to another type', async () => {
    const id = fresh()
    const good = { id, dbrps: [{ db: 'd', rp: 'r' }], script: SCRIPT }
    for (const wrong of [
      { id: 7 },
      { script: ['x'] },
      { status: true },
      { dbrps: { db: 'd' } },
      { dbrps: [{ db: 1 }] },
      { vars: [] },
      { vars: { n: 1 } },
      { vars: { n: { type: 'int', value: '1' } } },
      { vars: { n: { type: 'int', value: 1.5 } } },
      { vars: { n: { type: 'float', value: '1' } } },
      { vars: { n: { type: 'duration', value: 'soon' } } },
      { vars: { n: { type: 'list', value: ['x'] } } },
      { vars: { n: { type: 'string', value: 'x', description: 1 } } },
    ])
      await refuses(post({ ...good, ...wrong }), 400, 'invalid JSON')
    for (const n of [{ type: 'bool', value: 1 }, { type: 'string' }])
      assert.equal((await post({ ...good, vars: { n } })).status, 400)
    await refuses(post(`{"vars": {"n": {"type": "int", "value": 9223372036854775808}}}`), 400, 'invalid JSON')
    await refuses(post(`{"vars": {"n": {"type": "int", "value": 4e1}}}`), 400, 'invalid JSON')
    for (const body of ['', '   ', '[]', '7', '"x"', 'null', '{"id": "x", "script": '])
      await refuses(post(body), 400, 'invalid JSON')
  })

  test('integers keep every digit', async () => {
    const id = fresh()
    const a = await post(
      `{"id": "${id}", "dbrps": [{"db": "d"}], "script": "stream|from()",
        "vars": {"n": {"type": "int", "value": 9007199254740993}, "d": {"type": "duration", "value": "1h30m"}}}`,
    )
    assert.match(a.text, /"value": 9007199254740993,/)
    assert.match(a.text, /"value": 5400000000000,/)
  })

  test('names match in any case, null and unknown members do no harm, the first value counts', async () => {
    const id = fresh()
    const a = await post(`{"ID": "${id}", "Script": "stream|from()", "DBRPS": [{"DB": "d", "RP": "r", "x": 1}],
      "vars": null, "status": null, "owner": {"a": []}, "__proto__": {"script": ""}} {"id": "other"} trailing`)
    assert.equal(a.status, 200, a.text)
    assert.deepEqual((a.json() as Json).dbrps, [{ db: 'd', rp: 'r' }])
  })

  test('the content type is never looked at', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', ';;;', 'application/json; charset=utf-16']) {
      const body = JSON.stringify({ id: fresh(), dbrps: [{ db: 'd' }], script: SCRIPT })
      assert.equal((await app.call('POST', TASKS, body, { 'content-type': type })).status, 200, type)
    }
  })

  test('options of the query do not count', async () => {
    const body = JSON.stringify({ id: fresh(), dbrps: [{ db: 'd' }], script: SCRIPT })
    const a = await app.call('POST', `${TASKS}?script-format=pretty&status=enabled&id=other&u=me&p=secret`, body)
    assert.equal(a.status, 200)
    assert.equal((a.json() as Json).status, 'disabled')
  })

  test('deep and huge bodies are refused without harm', async () => {
    await refuses(post(`{"x": ${'['.repeat(100_000)}`), 400, 'invalid JSON')
    await refuses(post(`{"vars": {"n": {"type": "list", "value": ${'['.repeat(50_000)}`), 400, 'invalid JSON')
    const huge = await post(`{"script": "${'x'.repeat(1024 * 1024)}"}`)
    assert.equal(huge.status, 413)
    assert.deepEqual(Object.keys(huge.json() as object), ['error', 'message'])
  })
})

describe('starting', () => {
  test('an enabled task runs at once', async () => {
    const id = await define({ status: 'enabled' })
    const task = await get(`${TASKS}/${id}`)
    assert.equal(task.executing, true)
    assert.equal(task['last-enabled'], task.created)
    assert.ok(app.runner.tasks.has(id))
  })

  test('one that can not start is stored all the same, and a PATCH tries again', async () => {
    const id = fresh()
    const body = { id, dbrps: [{ db: 'd' }], status: 'enabled', script: `${SCRIPT} // nostart` }
    await refuses(post(body), 400, 'it does not start')
    const task = await get(`${TASKS}/${id}`)
    assert.deepEqual([task.status, task.executing, task.error], ['enabled', false, 'it does not start'])
    await refuses(patch(id, {}), 400, 'it does not start')
    const mended = await patch(id, { script: SCRIPT })
    assert.equal(mended.status, 200)
    const now = mended.json() as Json
    assert.deepEqual([now.status, now.executing, now.error], ['enabled', true, ''])
  })

  test('one that fails while it runs shows why, and others see no difference', async () => {
    const id = await define({ status: 'enabled' })
    const other = await define({ status: 'enabled' })
    app.runner.tasks.delete(id)
    app.service.failed(id, 'eval2: it broke')
    const task = await get(`${TASKS}/${id}`)
    assert.deepEqual([task.status, task.executing, task.error], ['enabled', false, 'eval2: it broke'])
    assert.equal((await get(`${TASKS}/${other}`)).executing, true)
    const again = (await patch(id, { status: 'enabled' })).json() as Json
    assert.deepEqual([again.executing, again.error], [true, ''])
  })
})

describe('changing', () => {
  test('what is missing or empty stays as it is', async () => {
    const id = await define({ vars: { n: { type: 'int', value: 9 } } })
    const old = await get(`${TASKS}/${id}`)
    for (const body of [{}, { dbrps: [], vars: {}, script: '', id: '' }, { dbrps: null, vars: null, status: null }]) {
      const task = (await patch(id, body)).json() as Json
      assert.deepEqual({ ...task, modified: '' }, { ...old, modified: '' })
    }
  })

  test('a running task goes on as it is until it is disabled and enabled', async () => {
    const id = await define({ status: 'enabled' })
    const calls = app.runner.calls.length
    await patch(id, { script: 'stream|from()', dbrps: [{ db: 'e', rp: 's' }], status: 'enabled' })
    assert.equal(app.runner.calls.length, calls)
    await patch(id, { status: 'disabled' })
    await patch(id, { status: 'enabled' })
    assert.deepEqual(app.runner.calls.slice(calls), [`stop ${id}`, `start ${id}`])
    assert.deepEqual(app.runner.tasks.get(id)?.dbrps, [{ db: 'e', rp: 's' }])
  })

  test('group-expiry: shown only where there is one, in force from the next start on', async () => {
    const id = await define({ status: 'enabled' })
    const shown = async (): Promise<unknown> => (await get(`${TASKS}/${id}`))['group-expiry']
    const used = (): unknown => app.runner.tasks.get(id)?.groupExpiry
    const restart = async (): Promise<void> => {
      for (const status of ['disabled', 'enabled']) assert.equal((await patch(id, { status })).status, 200)
    }
    assert.ok(!('group-expiry' in (await get(`${TASKS}/${id}`))))
    for (const [given, ns, text] of [
      ['90m', 5_400e9, '90m'],
      [60_000_000_000, 60e9, '1m'],
      ['0s', 0, '0s'],
      [0, 0, '0s'],
      ['106751d', 9_223_286_400_000_000_000n, '106751d'],
    ] as const) {
      const before = used()
      assert.equal((await patch(id, { 'group-expiry': given })).status, 200)
      assert.deepEqual([await shown(), used()], [text, before])
      await restart()
      assert.deepEqual([await shown(), used()], [text, ns])
    }
    await patch(id, { 'group-expiry': '1h' })
    await patch(id, { script: `${SCRIPT}|log()`, 'group-expiry': null })
    assert.equal(await shown(), '1h')
    const listed = (await get(`${TASKS}?pattern=${id}&fields=group-expiry`)) as { tasks: Json[] }
    assert.equal(listed.tasks[0]!['group-expiry'], '1h')
    await patch(id, { 'group-expiry': '' })
    assert.equal(await shown(), undefined)
    await restart()
    assert.equal(used(), undefined)

    const made = await post({ id: fresh(), dbrps: [{ db: 'd', rp: 'r' }], script: SCRIPT, 'group-expiry': '2h' })
    assert.equal((made.json() as Json)['group-expiry'], '2h')
    const rule = 'invalid group-expiry: must be a duration such as "1h" that is not negative'
    for (const bad of [-1, 1.5, true, {}]) await refuses(patch(id, { 'group-expiry': bad }), 400, rule)
    for (const bad of ['-1h', '1 hour', '9223372036855s']) {
      await refuses(patch(id, { 'group-expiry': bad }), 400, `${rule}, not "${bad}"`)
    }
  })

  test('renames', async () => {
    const id = await define({ status: 'enabled' })
    const to = fresh()
    const task = (await patch(id, { id: to })).json() as Json
    assert.deepEqual([task.id, task.executing], [to, true])
    assert.deepEqual(app.runner.calls.slice(-2), [`stop ${id}`, `start ${to}`])
    await refuses(app.call('GET', `${TASKS}/${id}`), 404, 'no task exists')
    const taken = await define()
    const exists = 'failed to create new task during ID change: object already exists'
    await refuses(patch(to, { id: taken }), 400, exists)
    const ruled = `task ID must contain only letters, numbers, '-', '.' and '_'. "no id"`
    await refuses(patch(to, { id: 'no id' }), 400, ruled)
  })

  test('dbrps in the script', async () => {
    const id = fresh()
    await post({ id, script: `dbrp "a"."b"\n${SCRIPT}` })
    const twice = 'cannot specify dbrp in implicitly and explicitly'
    await refuses(patch(id, { dbrps: [{ db: 'd', rp: 'r' }] }), 400, twice)
    await refuses(patch(id, { script: SCRIPT }), 400, 'must specify dbrp')
    const moved = (await patch(id, { script: SCRIPT, dbrps: [{ db: 'd', rp: 'r' }] })).json() as Json
    assert.deepEqual(moved.dbrps, [{ db: 'd', rp: 'r' }])
    const back = (await patch(id, { script: `dbrp "x"."y"\n${SCRIPT}` })).json() as Json
    assert.deepEqual(back.dbrps, [{ db: 'x', rp: 'y' }])
  })

  test('refusals', async () => {
    await refuses(patch('none', {}), 404, 'task does not exist, cannot update')
    await refuses(app.call('PATCH', `${TASKS}/`, '{}'), 400, 'must specify task id on path')
    await refuses(app.call('PATCH', TASKS, '{}'), 404, 'Not Found')
    const id = await define()
    await refuses(app.call('PATCH', `${TASKS}/${id}`, '{'), 400, 'invalid JSON')
    await refuses(patch(id, { script: 'var a = 1' }), 400, 'invalid task type: invalid')
    await refuses(patch(id, { 'template-id': 'T' }), 400, 'unknown template T: err: no template exists')
  })

  test('changes of one task at the same time come one after the other', async () => {
    const id = await define({ status: 'enabled' })
    const words = ['disabled', 'enabled', 'disabled', 'enabled', 'disabled']
    await Promise.all(words.map((status) => patch(id, { status })))
    const { executing, status } = await get(`${TASKS}/${id}`)
    assert.equal(executing, status === 'enabled')
  })
})

describe('deleting', () => {
  test('is 204 also when there is nothing to delete', async () => {
    const id = await define({ status: 'enabled' })
    for (let i = 0; i < 2; i++) {
      const a = await app.call('DELETE', `${TASKS}/${id}`)
      assert.deepEqual([a.status, a.text], [204, ''])
      assert.equal(a.headers['content-type'], 'application/json; charset=utf-8')
    }
    assert.equal(app.runner.tasks.has(id), false)
    await refuses(app.call('DELETE', `${TASKS}/`), 400, 'must specify task id on path')
    await refuses(app.call('DELETE', TASKS), 404, 'Not Found')
  })
})

describe('reading', () => {
  test('script and dot forms', async () => {
    const id = await define({ status: 'enabled' })
    assert.equal((await get(`${TASKS}/${id}?script-format=raw`)).script, SCRIPT)
    assert.match((await get(`${TASKS}/${id}?dot-view=labels`)).dot as string, /labels/)
    await refuses(app.call('GET', `${TASKS}/${id}?script-format=x`), 400, 'invalid script-format parameter "x"')
    await refuses(app.call('GET', `${TASKS}/${id}?dot-view=%22`), 400, 'invalid dot-view parameter "\\""')
    await refuses(app.call('GET', `${TASKS}/${id}?replay-id=r`), 400, 'no running replay with ID: r')
    await refuses(app.call('GET', `${TASKS}/`), 400, 'must specify task id on path')
    await refuses(app.call('GET', `${TASKS}/none`), 404, 'no task exists')
  })

  test('endpoints of a running task', async () => {
    const id = await define({ status: 'enabled' })
    const a = await app.call('GET', `${TASKS}/${id}/out/put`)
    assert.deepEqual([a.status, a.text], [200, '{"series":null}'])
    await refuses(app.call('GET', `${TASKS}/${id}/other`), 404, 'no task exists')
    await patch(id, { status: 'disabled' })
    await refuses(app.call('GET', `${TASKS}/${id}/out/put`), 404, 'no task exists')
  })

  test('a stored script that no longer compiles', async () => {
    const own = await startTestApp()
    try {
      const body = { id: 'x', dbrps: [{ db: 'd' }], script: SCRIPT }
      await own.call('POST', TASKS, JSON.stringify(body))
      own.runner.compile = () => {
        throw new Error('gone')
      }
      const record = own.service.get('x')!.record
      own.service.failed('x', record.error) // replaces the record, so that nothing is remembered
      const task = (await own.call('GET', `${TASKS}/x`)).json() as Json
      assert.deepEqual([task.dot, task.error], ['', 'gone'])
      const listed = ((await own.call('GET', TASKS)).json() as { tasks: Json[] }).tasks[0]!
      assert.deepEqual([listed.dot, listed.error], [null, ''])
    } finally {
      await own.close()
    }
  })
})

describe('listing', () => {
  let own: TestApp
  const ids = ['B', '_', 'a10', 'a9', 'b', 'ä', '\u{10400}', 'ﬀ']
  const list = async (query: string): Promise<string[]> =>
    ((await own.call('GET', `${TASKS}?${query}`)).json() as { tasks: { id: string }[] }).tasks.map((t) => t.id)

  before(async () => {
    own = await startTestApp()
    for (const id of ids) {
      const a = await own.call('POST', TASKS, JSON.stringify({ id, dbrps: [{ db: 'd' }], script: SCRIPT }))
      assert.equal(a.status, 200, a.text)
    }
  })
  after(() => own.close())

  test('by the bytes of the ids', async () => {
    const sorted = [...ids].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
    assert.deepEqual(await list(''), sorted)
  })

  test('pattern, offset and limit', async () => {
    assert.deepEqual(await list('pattern=a*'), ['a10', 'a9'])
    assert.deepEqual(await list('pattern=a*&offset=1'), ['a9'])
    assert.deepEqual(await list('pattern=a*&limit=1'), ['a10'])
    assert.deepEqual(await list('pattern=['), [])
    assert.deepEqual(await list('offset=100'), [])
    assert.deepEqual(await list('limit=0'), [])
    assert.equal((await list('limit=-1&pattern=a*&offset=3')).length, ids.length)
    const parse = 'strconv.ParseInt: parsing "x": invalid syntax'
    const wrong = (name: string): string => `invalid ${name} parameter "x" must be an integer: ${parse}`
    await refuses(own.call('GET', `${TASKS}?offset=x`), 400, wrong('offset'))
    await refuses(own.call('GET', `${TASKS}?limit=x`), 400, wrong('limit'))
  })

  test('fields', async () => {
    const tasks = ((await own.call('GET', `${TASKS}?pattern=b&fields=type&fields=dbrps`)).json() as { tasks: Json[] })
      .tasks
    assert.deepEqual(Object.keys(tasks[0]!), ['dbrps', 'id', 'link', 'type'])
    const all = ((await own.call('GET', `/kapacitor/v1/task?pattern=b`)).json() as { tasks: Json[] }).tasks[0]!
    assert.deepEqual(
      Object.keys(all).join(' '),
      'created dbrps dot error executing id last-enabled link modified script stats status type vars',
    )
    assert.equal(all.stats, null)
    await refuses(own.call('GET', `${TASKS}?pattern=b&fields=colour`), 400, 'unsupported field "colour"')
    await refuses(own.call('GET', `${TASKS}?pattern=b&fields=toString`), 400, 'unsupported field "toString"')
    assert.deepEqual(await list('pattern=none&fields=colour'), [])
  })
})

test('tasks outlive the server, and enabled ones run again', async () => {
  const kv = new MemoryKv()
  const first = await startTestApp({ store: new Store(kv) })
  const send = (id: string, more: string): Promise<Answer> =>
    first.call('POST', TASKS, `{"id": "${id}", "dbrps": [{"db": "d"}], "script": "stream|from() ${more}}`)
  await send('on', '", "status": "enabled", "vars": {"__proto__": {"type": "int", "value": 9007199254740993}}')
  await send('off', '"')
  assert.equal((await send('bad', '// nostart", "status": "enabled"')).status, 400)
  const shown = (await first.call('GET', `${TASKS}/on`)).text
  await first.close()
  const second = await startTestApp({ store: new Store(kv) })
  try {
    assert.equal((await second.call('GET', `${TASKS}/on`)).text, shown)
    assert.match(shown, /"__proto__": \{\s*"type": "int",\s*"value": 9007199254740993/)
    const list = (await second.call('GET', `${TASKS}?fields=executing&fields=error`)).json() as { tasks: Json[] }
    assert.deepEqual(
      list.tasks.map((t) => [t.id, t.executing, t.error]),
      [
        ['bad', false, 'it does not start'],
        ['off', false, ''],
        ['on', true, ''],
      ],
    )
  } finally {
    await second.close()
  }
})
