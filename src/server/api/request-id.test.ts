import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RequestIds } from './request-id.ts'

test('ids are version 1 UUIDs of the present time, and all different', () => {
  const ids = new RequestIds()
  const seen = new Set<string>()
  for (let i = 0; i < 50_000; i++) seen.add(ids.next())
  assert.equal(seen.size, 50_000)
  const one = ids.next()
  assert.match(one, /^[0-9a-f]{8}-[0-9a-f]{4}-1[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  const [low, mid, high] = one.split('-') as [string, string, string]
  const steps = BigInt(`0x${high.slice(1)}${mid}${low}`) - 122_192_928_000_000_000n
  assert.ok(Math.abs(Number(steps / 10_000n) - Date.now()) < 60_000)
})
