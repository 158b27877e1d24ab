import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Level } from '../../alert/level.ts'
import { testEvent } from '../../alert/test-event.ts'
import { startTestApp, type TestApp } from './test-app.ts'

let app: TestApp
before(async () => {
  app = await startTestApp()
})
after(() => app.close())

const TOPICS = '/kapacitor/v1/alerts/topics'
const stage = { owe: () => {} }
const collect = (topic: string, id: string, level: Level, taskName = 'task'): void =>
  app.alerting.topics.collect([topic], testEvent({ id, level, taskName }), stage)

type Json = Record<string, unknown>
async function get(path: string, status = 200): Promise<Json> {
  const a = await app.call('GET', TOPICS + path)
  assert.equal(a.status, status, a.text)
  return a.json() as Json
}

const LOG = { id: 'l', kind: 'log', options: { path: '/x', mode: 416 } }

async function define(topic: string, spec: unknown): Promise<Json> {
  const a = await app.call('POST', `${TOPICS}/${topic}/handlers`, JSON.stringify(spec))
  assert.equal(a.status, 200, a.text)
  return a.json() as Json
}

describe('topics', () => {
  test('are listed with what they hold, and the link repeats the request', async () => {
    collect('list-b', 'e', 2)
    collect('list-a', 'e', 1)
    const all = (await get('?pattern=list-*&min-level=i')) as { link: Json; topics: Json[] }
    assert.equal(all.link['href'], `${TOPICS}?pattern=list-*&min-level=i`)
    assert.deepEqual(
      all.topics.map((t) => [t['id'], t['level'], t['collected']]),
      [
        ['list-a', 'INFO', 1],
        ['list-b', 'WARNING', 1],
      ],
    )
    assert.deepEqual((await get('?pattern=list-*&min-level=crit'))['topics'], [])
    assert.equal((await get('?min-level=loud', 400))['error'], "unknown alert level 'LOUD'")
    assert.equal((await get('?pattern=%5B', 400))['error'], 'invalid pattern: syntax error in pattern')
  })

  test('are forgotten with their events, which the next event brings back', async () => {
    collect('del', 'a', 3)
    assert.equal((await app.call('DELETE', `${TOPICS}/del`)).status, 204)
    assert.equal((await get('/del', 404))['error'], 'unknown topic: "del"')
    collect('del', 'b', 1)
    assert.equal((await get('/del'))['level'], 'INFO')
  })
})

describe('events', () => {
  test('with slashes in their ids are found as they are linked', async () => {
    const ids = ['a/b', 'http://x/y', '../z', 'p/events/q', 'p/handlers/h', '100%', 'a?b']
    for (const id of ids) collect('slash', id, 2)
    const { events } = (await get('/slash/events')) as { events: { id: string; link: { href: string } }[] }
    assert.deepEqual(events.map((e) => e.id).sort(), [...ids].sort())
    for (const e of events) {
      const path = /[%?]/.test(e.id) ? `${TOPICS}/slash/events/${encodeURIComponent(e.id)}` : e.link.href
      assert.equal(((await app.call('GET', path)).json() as Json)['id'], e.id)
    }
  })

  test('of topics with slashes are found too', async () => {
    collect('x/y', 'a/b', 2)
    assert.equal((await get('/x/y'))['id'], 'x/y')
    assert.equal((await get('/x/y/events/a/b'))['id'], 'a/b')
    assert.equal(((await get('/x/y/events'))['events'] as Json[]).length, 1)
  })

  test('tell of their task when asked, and whether it is gone', async () => {
    const task = {
      id: 'there',
      dbrps: [{ db: 'd', rp: 'r' }],
      script: 'stream|from()',
      status: 'disabled',
      type: 'stream',
    }
    assert.equal((await app.call('POST', '/kapacitor/v1/tasks', JSON.stringify(task))).status, 200)
    collect('of', 'a', 2, 'there')
    collect('of', 'b', 2, 'gone')
    const states = async (query: string): Promise<unknown[]> =>
      ((await get(`/of/events${query}`))['events'] as { state: Json }[]).map((e) => [
        e.state['task'],
        e.state['task-gone'],
      ])
    assert.deepEqual(await states('?show=task'), [
      ['there', false],
      ['gone', true],
    ])
    assert.deepEqual(await states(''), [
      [undefined, undefined],
      [undefined, undefined],
    ])
  })

  test('can be forgotten one by one', async () => {
    collect('one', 'a/b', 3)
    collect('one', 'c', 1)
    assert.equal((await app.call('DELETE', `${TOPICS}/one/events/a/b`)).status, 204)
    assert.equal((await get('/one'))['level'], 'INFO')
    assert.equal((await get('/one/events/a/b', 404))['error'], 'unknown event "a/b" in topic "one"')
    assert.equal((await app.call('DELETE', `${TOPICS}/one/events/none`)).status, 204)
  })
})

describe('handlers', () => {
  test('are shown as they were given, and wait for their topic', async () => {
    assert.deepEqual(await define('h', LOG), {
      link: { rel: 'self', href: `${TOPICS}/h/handlers/l` },
      ...LOG,
      match: '',
    })
    assert.equal((await get('/h'))['collected'], 0)
    assert.deepEqual((await get('/h/handlers?pattern=l*'))['link'], {
      rel: 'self',
      href: `${TOPICS}/h/handlers?pattern=l*`,
    })
    assert.equal((await get('/h/handlers?pattern=%5B', 400))['error'], 'invalid pattern: syntax error in pattern')
    assert.equal((await get('/h/handlers/none', 404))['error'], 'unknown handler: "none"')
  })

  test('are defined by any POST below their topic', async () => {
    const a = await app.call('POST', `${TOPICS}/any/where`, JSON.stringify(LOG))
    assert.equal((a.json() as Json)['id'], 'l')
    assert.equal(((await get('/any/handlers'))['handlers'] as Json[]).length, 1)
  })

  test('are replaced, patched, renamed and removed', async () => {
    await define('r', LOG)
    const put = await app.call('PUT', `${TOPICS}/r/handlers/l`, '{"id":"m","kind":"log","options":{"path":"/y"}}')
    assert.deepEqual((put.json() as Json)['options'], { path: '/y' })
    const patch = '[{"op":"add","path":"/match","value":"changed()"},{"op":"replace","path":"/id","value":"n"}]'
    const patched = await app.call('PATCH', `${TOPICS}/r/handlers/m`, patch)
    assert.equal((patched.json() as Json)['match'], 'changed()')
    assert.deepEqual(
      ((await get('/r/handlers'))['handlers'] as Json[]).map((h) => h['id']),
      ['n'],
    )
    assert.equal((await app.call('DELETE', `${TOPICS}/r/handlers/n`)).status, 204)
    assert.equal((await app.call('DELETE', `${TOPICS}/r/handlers/n`)).status, 204)
    assert.deepEqual((await get('/r/handlers'))['handlers'], [])
  })

  test('are refused with what is wrong', async () => {
    const refused = async (method: string, path: string, body: string): Promise<[number, unknown]> => {
      const a = await app.call(method, TOPICS + path, body)
      return [a.status, (a.json() as Json)['error']]
    }
    await define('bad', LOG)
    assert.deepEqual(await refused('POST', '/bad/handlers', 'not json'), [
      400,
      "invalid handler json: invalid character 'o' in literal null (expecting 'u')",
    ])
    assert.deepEqual(await refused('POST', '/bad/handlers', JSON.stringify(LOG)), [
      409,
      'failed to create handler: cannot register handler, handler with ID "l" already exists',
    ])
    assert.equal((await refused('PUT', '/bad/handlers/l', '{'))[1], 'failed to unmarshal JSON: unexpected EOF')
    assert.deepEqual(await refused('PUT', '/bad/handlers/none', '{'), [404, 'unknown handler: "none"'])
    assert.equal((await refused('PATCH', '/bad/handlers/l', 'x'))[0], 400)
    const elsewhere = '[{"op":"replace","path":"/topic","value":"other"}]'
    assert.deepEqual(await refused('PATCH', '/bad/handlers/l', elsewhere), [
      400,
      'failed to update handler: cannot change topic in update',
    ])
    assert.deepEqual(await refused('PATCH', '/bad/handlers', '[]'), [404, 'Not Found'])
    assert.deepEqual(await refused('POST', '/a%20b/handlers', JSON.stringify(LOG)), [
      400,
      `invalid handler spec: handler topic must contain only letters, numbers, '-', '.' and '_'. "l"`,
    ])
  })
})
