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

const ALERTS = '/kapacitor/v1/alerts'
type Json = Record<string, unknown>

async function call(method: string, path: string, status: number, body?: unknown): Promise<Json> {
  const a = await app.call(method, ALERTS + path, body === undefined ? undefined : JSON.stringify(body))
  assert.equal(a.status, status, a.text)
  return a.text === '' ? {} : (a.json() as Json)
}

async function define(topic: string, url = 'http://there'): Promise<void> {
  await call('POST', `/topics/${topic}/handlers`, 200, { id: 'p', kind: 'post', options: { url } })
}

/** Gives an event to a topic and waits until its handlers have tried. */
async function publish(topic: string, id: string, level: Level): Promise<void> {
  const { publisher, dispatcher, outbox } = app.alerting
  await publisher.publish(topic, testEvent({ id, level }))
  await dispatcher.whenIdle()
  await outbox.flush()
}

const answer = (status: number, headers: Record<string, string> = {}): void => {
  app.io.reply = { status, headers, body: '' }
}

async function deliveries(query: string): Promise<unknown[]> {
  return ((await call('GET', `/deliveries?${query}`, 200))['deliveries'] as Json[]).map((d) => [
    d['handler'],
    d['id'],
    d['level'],
    d['state'],
    d['attempts'],
    d['answer'],
  ])
}

describe('deliveries', () => {
  test('have a receipt, newest first, and can be looked for', async () => {
    await define('d')
    answer(204)
    for (const [id, level] of [
      ['a', 1],
      ['b', 3],
      ['a', 2],
    ] as const)
      await publish('d', id, level)
    const all = await deliveries('topic=d')
    assert.deepEqual(all, [
      ['p', 'a', 'WARNING', 'delivered', 1, 'status 204'],
      ['p', 'b', 'CRITICAL', 'delivered', 1, 'status 204'],
      ['p', 'a', 'INFO', 'delivered', 1, 'status 204'],
    ])
    assert.deepEqual(await deliveries('topic=d&id=b'), [all[1]])
    assert.deepEqual(await deliveries('topic=d&limit=1&offset=2'), [all[2]])
    assert.deepEqual(await deliveries('topic=d&handler=q'), [])
    assert.deepEqual(await deliveries('topic=d&state=dead'), [])
    const sent = app.io.requests.map((r) => r.headers['Idempotency-Key'])
    const keys = ((await call('GET', '/deliveries?topic=d', 200))['deliveries'] as Json[]).map((d) => d['key'])
    assert.deepEqual(keys, sent.toReversed())
    assert.match(String((await call('GET', '/deliveries?state=lost', 400))['error']), /unknown state "lost"/)
  })

  test('are shown while they wait, with why and until when', async () => {
    await define('w')
    answer(429, { 'retry-after': '3000' })
    await publish('w', 'a', 3)
    const [waiting] = (await call('GET', '/deliveries?topic=w&state=waiting', 200))['deliveries'] as Json[]
    assert.equal(waiting?.['state'], 'waiting')
    assert.match(String(waiting?.['answer']), /429/)
    const waitMs = Date.parse(String(waiting?.['next-try'])) - Date.parse(String(waiting?.['at']))
    assert.ok(waitMs > 2_900_000 && waitMs < 3_100_000)
    const handlers = (await call('GET', '/deliveries/handlers', 200))['handlers'] as Json[]
    const w = handlers.find((h) => h['topic'] === 'w')
    assert.deepEqual([w?.['waiting'], w?.['retried'], w?.['delivered']], [1, 1, 0])
    assert.ok(Number(w?.['waiting-bytes']) > 100)
  })
})

describe('dead letters', () => {
  test('are listed, looked at, resent to where the handler points now, and cleared', async () => {
    await define('l', 'http://old')
    answer(400)
    for (const id of ['a', 'b', 'c']) await publish('l', id, 3)
    const letters = (await call('GET', '/dead-letters?topic=l', 200))['dead-letters'] as Json[]
    assert.deepEqual(
      letters.map((l) => [l['event'], l['attempts'], l['handler']]),
      [
        ['c', 1, 'p'],
        ['b', 1, 'p'],
        ['a', 1, 'p'],
      ],
    )
    assert.match(String(letters[0]?.['reason']), /unexpected status code 400/)
    const id = letters[2]?.['id']
    const one = await call('GET', `/dead-letters/${id}`, 200)
    assert.equal((one['alert'] as Json)['id'], 'a')
    assert.equal((one['alert'] as Json)['level'], 'CRITICAL')

    answer(200)
    await call('PATCH', '/topics/l/handlers/p', 200, [{ op: 'replace', path: '/options/url', value: 'http://new' }])
    assert.deepEqual(await call('POST', `/dead-letters/${id}/resend`, 200), { resent: 1 })
    await app.alerting.dispatcher.whenIdle()
    const last = app.io.requests.at(-1)
    assert.equal(last?.url, 'http://new')
    assert.equal(last?.headers['Idempotency-Key'], one['key'])
    assert.equal((await deliveries('topic=l&id=a&state=delivered')).length, 1)
    await call('GET', `/dead-letters/${id}`, 404)
    await call('POST', `/dead-letters/${id}/resend`, 404)

    assert.deepEqual(await call('POST', '/dead-letters/resend?topic=l&id=b', 200), { resent: 1 })
    await call('DELETE', `/dead-letters/${letters[0]?.['id']}`, 204)
    assert.deepEqual((await call('GET', '/dead-letters?topic=l', 200))['dead-letters'], [])
    assert.deepEqual(await call('DELETE', '/dead-letters?topic=l', 200), { cleared: 0 })
    await call('GET', '/dead-letters/x', 404)
    await call('POST', '/dead-letters/1/what', 404)
  })
})
