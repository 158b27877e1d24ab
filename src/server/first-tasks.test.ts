import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runFirstTasks } from './first-tasks.ts'

test('the first tasks see every point and run without an error', async () => {
  const { errors, collected } = await runFirstTasks()
  assert.deepEqual(errors, [])
  assert.equal(collected, 2 * 32)
})
