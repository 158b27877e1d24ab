// What is kept of what would have been sent: told apart by kind, without headers, bounded.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Plain } from '../../base/plain.ts'
import type { OwedRecord } from '../../flow/entry.ts'
import { CollectedOutputs } from './collected-outputs.ts'

const owed = (kind: string, payload: Plain): OwedRecord => ({
  run: 'p',
  task: 't',
  node: 'n1',
  seq: 1,
  ordinal: 0,
  kind,
  payload,
})
const items = (c: CollectedOutputs): unknown[] => c.collected.items.map((text) => JSON.parse(text))

describe('collected outputs', () => {
  it('show posts without their headers, lines with where they go, requests as they are', async () => {
    const answered: string[] = []
    const c = new CollectedOutputs((r, answer) => answered.push(`${r.kind} ${answer.status}`))
    await c.commit([
      owed('http-post', {
        url: 'http://x',
        headers: { Authorization: 'Basic c2VjcmV0' },
        body: '{"a":1}',
        timeoutMs: 1,
      }),
      owed('influx-write', { is: 'lines', cluster: 'main', db: 'd', rp: 'r', lines: 'm v=1 1\n', points: 1 }),
      owed('influx-write', { is: 'flush' }),
      owed('topic-state', { topic: 'a', id: 'b' }),
    ])
    const reply = await c.http({ method: 'POST', url: 'http://y', headers: { Cookie: 'x' }, body: 'b', timeoutMs: 5 })
    assert.equal(reply.status, 200)
    assert.deepEqual(items(c), [
      { node: 'n1', kind: 'httpPost', url: 'http://x', body: '{"a":1}' },
      { node: 'n1', kind: 'influxDBOut', cluster: 'main', db: 'd', rp: 'r', lines: 'm v=1 1\n', points: 1 },
      { kind: 'http', method: 'POST', url: 'http://y', body: 'b' },
    ])
    assert.equal(c.collected.total, 3)
    assert.deepEqual(answered, ['http-post 200'])
  })

  it('are counted beyond what is kept', async () => {
    const many = new CollectedOutputs(() => {})
    await many.commit(Array.from({ length: 1_500 }, (_, i) => owed('http-post', { url: 'u', body: String(i) })))
    assert.equal(many.collected.total, 1_500)
    assert.equal(many.collected.items.length, 1_000)
    const large = new CollectedOutputs(() => {})
    await large.commit(Array.from({ length: 10 }, () => owed('http-post', { url: 'u', body: 'x'.repeat(300_000) })))
    assert.equal(large.collected.total, 10)
    assert.equal(large.collected.items.length, 3)
    assert.ok(large.collected.items.join('').length < 1024 * 1024)
  })
})
