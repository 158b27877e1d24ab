import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { testEvent } from '../../alert/test-event.ts'
import { startTestApp, type TestApp } from './test-app.ts'

let app: TestApp
before(async () => {
  app = await startTestApp()
})
after(() => app.close())

type Json = Record<string, unknown>
const SILENCES = '/kapacitor/v1/alerts/silences'

async function call(method: string, path: string, status: number, body?: unknown): Promise<Json> {
  const a = await app.call(method, path, body === undefined ? undefined : JSON.stringify(body))
  assert.equal(a.status, status, a.text)
  return a.text === '' ? {} : (a.json() as Json)
}

async function publish(level: 0 | 3): Promise<void> {
  const { publisher, dispatcher, outbox } = app.alerting
  await publisher.publish('t', testEvent({ id: 'e', level }))
  await dispatcher.whenIdle()
  await outbox.flush()
}

test('a silence is defined, seen at work, ended by a change, listed and removed', async () => {
  await call('POST', '/kapacitor/v1/alerts/topics/t/handlers', 200, {
    id: 'p',
    kind: 'post',
    options: { url: 'http://there' },
  })
  const end = '2100-01-01T00:00:00Z'
  const made = await call('POST', SILENCES, 200, { matchers: [{ on: 'id', value: 'e' }], end, comment: 'why' })
  const path = (made['link'] as { href: string }).href
  assert.deepEqual([made['state'], made['end'], made['comment'], made['held-back']], ['active', end, 'why', 0])
  await call('POST', SILENCES, 409, { id: made['id'], matchers: [{ on: 'id', value: 'e' }], end })
  await publish(3)
  assert.equal(app.io.requests.length, 0)
  const seen = await call('GET', path, 200)
  assert.equal(seen['held-back'], 1)
  assert.deepEqual(
    (seen['holding'] as Json[]).map((h) => [h['id'], h['level'], h['state'], h['answer']]),
    [['e', 'CRITICAL', 'held', `silence ${made['id']}`]],
  )
  const active = (await call('GET', `${SILENCES}?state=active`, 200))['silences'] as Json[]
  assert.deepEqual(
    active.map((s) => [s['id'], s['holding']]),
    [[made['id'], 1]],
  )

  const over = { start: '2020-01-01T00:00:00Z', end: new Date().toISOString() }
  const ended = await call('PATCH', path, 200, over)
  assert.equal(ended['comment'], 'why')
  await app.alerting.dispatcher.whenIdle()
  assert.equal(app.io.requests.length, 1)
  assert.equal((await call('GET', path, 200))['state'], 'expired')
  await call('DELETE', path, 204)
  await call('DELETE', path, 204)
  await call('GET', path, 404)
  await call('PATCH', path, 404, {})
})
