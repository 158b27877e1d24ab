// Templates over HTTP, with the real language and a runner that only remembers: what they show, and how their changes
// reach the tasks made from them, all or none.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { MemoryKv } from '../../store/memory-kv.ts'
import { Store } from '../../store/store.ts'
import { type Answer, startTestApp, type TestApp } from './test-app.ts'

const TEMPLATES = '/kapacitor/v1/templates'
const TASKS = '/kapacitor/v1/tasks'
const SCRIPT = "var m = 'cpu'\nstream|from().measurement(m)"

type Json = { readonly [key: string]: unknown }

let app: TestApp
let n = 0
const fresh = (): string => `t${++n}`

const send = (method: string, path: string, body: unknown): Promise<Answer> =>
  app.call(method, path, typeof body === 'string' ? body : JSON.stringify(body))
const get = async (path: string): Promise<Json> => (await app.call('GET', path)).json() as Json
const define = async (script = SCRIPT, id = fresh()): Promise<string> => {
  const a = await send('POST', TEMPLATES, { id, script })
  assert.equal(a.status, 200, a.text)
  return id
}
const task = async (template: string, more: object = {}): Promise<string> => {
  const id = fresh()
  const a = await send('POST', TASKS, { id, 'template-id': template, dbrps: [{ db: 'd', rp: 'r' }], ...more })
  assert.equal(a.status, 200, a.text)
  return id
}
const refuses = async (answer: Promise<Answer>, status: number, message: string): Promise<void> => {
  const a = await answer
  assert.equal((a.json() as Json)['error'], message)
  assert.equal(a.status, status)
}
const sourceOf = (id: string): string | undefined => app.runner.tasks.get(id)?.task.source

before(async () => {
  app = await startTestApp()
})
after(() => app.close())

describe('a template', () => {
  test('is answered whole, its keys in order, its vars by name', async () => {
    const id = await define("// Upper bound\nvar z = 1.5\nvar a star\nvar b = [*, 'x']\nstream|from()")
    const t = await get(`${TEMPLATES}/${id}`)
    assert.equal(Object.keys(t).join(' '), 'link id type script vars dot error created modified')
    assert.deepEqual(t['link'], { rel: 'self', href: `${TEMPLATES}/${id}` })
    assert.deepEqual(t['vars'], {
      a: { type: 'star', value: null, description: '' },
      b: {
        type: 'list',
        value: [
          { type: 'star', value: { typeOf: 'star' }, description: '' },
          { type: 'string', value: 'x', description: '' },
        ],
        description: '',
      },
      z: { type: 'float', value: 1.5, description: 'Upper bound' },
    })
    assert.deepEqual([t['type'], t['error']], ['stream', ''])
    assert.match(String(t['script']), /^\/\/ Upper bound\nvar z = 1\.5\n\n/)
    assert.match(
      String((await get(`${TEMPLATES}/${id}?script-format=raw`))['script']),
      /^\/\/ Upper bound\nvar z = 1\.5\nvar/,
    )
  })

  test('has a random id when it is given none', async () => {
    const a = (await send('POST', TEMPLATES, { script: SCRIPT })).json() as Json
    assert.match(String(a['id']), /^[0-9a-f-]{36}$/)
  })

  test('is refused for what it lacks', async () => {
    const id = await define()
    await refuses(send('POST', TEMPLATES, { id, script: SCRIPT }), 400, `template ${id} already exists`)
    await refuses(
      send('POST', TEMPLATES, { id: 'a b', script: SCRIPT }),
      400,
      `template ID must contain only letters, numbers, '-', '.' and '_'. "a b"`,
    )
    await refuses(send('POST', TEMPLATES, { id: 'x' }), 400, 'invalid task type: invalid')
    await refuses(send('POST', TEMPLATES, { id: 'x', type: 'lake' }), 400, 'invalid JSON')
    await refuses(app.call('GET', `${TEMPLATES}/none`), 404, 'no template exists')
    await refuses(app.call('GET', `${TEMPLATES}/`), 400, 'must specify template id on path')
    await refuses(send('PATCH', `${TEMPLATES}/none`, { script: SCRIPT }), 404, 'template does not exist, cannot update')
    await refuses(
      send('PATCH', `${TEMPLATES}/${id}`, { id: 'a b' }),
      400,
      `template ID must contain only letters, numbers, '-', '.' and '_'. "a b"`,
    )
    const other = await define()
    await refuses(send('PATCH', `${TEMPLATES}/${id}`, { id: other }), 400, 'template already exists')
    assert.equal((await get(`${TEMPLATES}/${id}`))['id'], id)
    const wrongType = await send('PATCH', `${TEMPLATES}/${id}`, { type: 'batch' })
    assert.equal(wrongType.status, 400)
    assert.match(String((wrongType.json() as Json)['error']), /^invalid TICKscript: /)
  })

  test('is listed by id, without its vars unless they are asked for', async () => {
    for (const id of ['list-b', 'list-a', 'list-c']) await define(SCRIPT, id)
    const listed = async (query: string): Promise<Json[]> =>
      (await get(`${TEMPLATES}?pattern=list-*&${query}`))['templates'] as Json[]
    const all = await listed('')
    assert.deepEqual(
      all.map((t) => t['id']),
      ['list-a', 'list-b', 'list-c'],
    )
    assert.equal(Object.keys(all[0]!).join(' '), 'created dot error id link modified script type')
    const [one] = await listed('fields=vars&offset=1&limit=1')
    assert.equal(Object.keys(one!).join(' '), 'id link vars')
    assert.equal(one!['id'], 'list-b')
    assert.deepEqual(await listed('limit=-1'), [])
    await refuses(app.call('GET', `${TEMPLATES}?fields=depth`), 400, 'unsupported field "depth"')
    await refuses(app.call('GET', `${TEMPLATES}?script-format=x`), 400, 'invalid script-format parameter "x"')
  })
})

describe('a task made from one', () => {
  test('has its script, whatever the request says, and its own vars', async () => {
    const id = await define()
    const t = await task(id, {
      script: 'stream|log()',
      vars: { m: { type: 'string', value: 'mem' } },
      status: 'enabled',
    })
    const shown = await get(`${TASKS}/${t}`)
    assert.deepEqual([shown['template-id'], shown['type'], shown['executing']], [id, 'stream', true])
    assert.equal(sourceOf(t), SCRIPT)
    assert.deepEqual(app.runner.tasks.get(t)!.task.vars, { m: { type: 'string', value: 'mem', description: '' } })
  })

  test('needs one that is there', async () => {
    const unknown = 'unknown template none: err: no template exists'
    await refuses(send('POST', TASKS, { id: fresh(), 'template-id': 'none' }), 400, unknown)
    const id = await define()
    const t = await task(id)
    assert.equal((await app.call('DELETE', `${TEMPLATES}/${id}`)).status, 204)
    assert.equal((await app.call('DELETE', `${TEMPLATES}/${id}`)).status, 204)
    await refuses(
      send('PATCH', `${TASKS}/${t}`, { status: 'enabled' }),
      400,
      'unknown template : err: no template exists',
    )
    const other = await define("stream|from().measurement('other')")
    assert.equal((await send('PATCH', `${TASKS}/${t}`, { 'template-id': other, status: 'enabled' })).status, 200)
    assert.equal(sourceOf(t), "stream|from().measurement('other')")
  })
})

describe('a change', () => {
  const CHANGED = "var m = 'disk'\nstream|from().measurement(m)"

  test('reaches all tasks: those that are enabled start anew', async () => {
    const id = await define()
    const on = await task(id, { status: 'enabled' })
    const off = await task(id)
    const apart = await task(await define(), { status: 'enabled' })
    app.runner.calls.length = 0
    assert.equal((await send('PATCH', `${TEMPLATES}/${id}`, { script: CHANGED })).status, 200)
    assert.deepEqual(app.runner.calls, [`stop ${on}`, `start ${on}`])
    assert.equal(sourceOf(on), CHANGED)
    assert.equal(sourceOf(apart), SCRIPT)
    assert.match(String((await get(`${TASKS}/${off}`))['script']), /disk/)
    assert.equal((await get(`${TASKS}/${off}`))['executing'], false)
  })

  test('of the id takes them along', async () => {
    const id = await define()
    const t = await task(id)
    const renamed = fresh()
    assert.equal((await send('PATCH', `${TEMPLATES}/${id}`, { id: renamed })).status, 200)
    await refuses(app.call('GET', `${TEMPLATES}/${id}`), 404, 'no template exists')
    assert.equal((await get(`${TASKS}/${t}`))['template-id'], renamed)
  })

  test('of dbrp statements changes theirs', async () => {
    const id = await define('dbrp "one"."r"\nstream|from()')
    const t = await task(id, { dbrps: [], status: 'enabled' })
    await send('PATCH', `${TEMPLATES}/${id}`, { script: 'dbrp "two"."r"\nstream|from()' })
    assert.deepEqual((await get(`${TASKS}/${t}`))['dbrps'], [{ db: 'two', rp: 'r' }])
    assert.deepEqual(app.runner.tasks.get(t)!.dbrps, [{ db: 'two', rp: 'r' }])
  })

  for (const [what, word] of [
    ['compile', 'nocompile'],
    ['start', 'nostart'],
  ] as const) {
    test(`that a task can not ${what} with changes nothing`, async () => {
      const id = await define()
      const tasks = [await task(id, { status: 'enabled' }), await task(id), await task(id, { status: 'enabled' })]
      const before = await Promise.all([get(`${TEMPLATES}/${id}`), ...tasks.map((t) => get(`${TASKS}/${t}`))])
      const a = await send('PATCH', `${TEMPLATES}/${id}`, { script: `// ${word}\n${CHANGED}` })
      assert.equal(a.status, 500)
      assert.match(String((a.json() as Json)['error']), new RegExp(`^error reloading associated task ${tasks[0]}: `))
      assert.deepEqual(
        await Promise.all([get(`${TEMPLATES}/${id}`), ...tasks.map((t) => get(`${TASKS}/${t}`))]),
        before,
      )
      assert.deepEqual([sourceOf(tasks[0]!), sourceOf(tasks[2]!)], [SCRIPT, SCRIPT])
    })
  }

  test('and tasks that are made at the same time do not miss each other', async () => {
    const id = await define()
    await task(id, { status: 'enabled' })
    const changes = Array.from({ length: 6 }, (_, i) =>
      send('PATCH', `${TEMPLATES}/${id}`, { script: `${SCRIPT}|log()|eval(lambda: ${i}).as('i')` }),
    )
    const made = Array.from({ length: 6 }, () => task(id, { status: 'enabled' }))
    for (const a of await Promise.all(changes)) assert.equal(a.status, 200, a.text)
    const script = (await get(`${TEMPLATES}/${id}?script-format=raw`))['script']
    for (const t of await Promise.all(made)) assert.equal(sourceOf(t), script)
  })
})

test('all of it outlives the server', async () => {
  const kv = new MemoryKv()
  const first = await startTestApp({ store: new Store(kv) })
  const body = (x: unknown): string => JSON.stringify(x)
  await first.call('POST', TEMPLATES, body({ id: 'old', script: SCRIPT }))
  await first.call('POST', TEMPLATES, body({ id: 'gone', script: SCRIPT }))
  await first.call(
    'POST',
    TASKS,
    body({ id: 't', 'template-id': 'old', dbrps: [{ db: 'd', rp: 'r' }], status: 'enabled' }),
  )
  await first.call('PATCH', `${TEMPLATES}/old`, body({ id: 'new', script: `${SCRIPT}|log()` }))
  await first.call('DELETE', `${TEMPLATES}/gone`)
  const want = (await first.call('GET', `${TEMPLATES}?fields=vars&fields=script&fields=modified`)).text
  await first.close()
  const second = await startTestApp({ store: new Store(kv) })
  assert.equal((await second.call('GET', `${TEMPLATES}?fields=vars&fields=script&fields=modified`)).text, want)
  assert.equal(second.runner.tasks.get('t')!.task.source, `${SCRIPT}|log()`)
  assert.equal(((await second.call('GET', `${TASKS}/t`)).json() as Json)['template-id'], 'new')
  await second.close()
})
