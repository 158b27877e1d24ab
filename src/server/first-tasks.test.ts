import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runFirstTasks } from './first-tasks.ts'

test('the first tasks run without an error, see every point, and have the time of one taken', async () => {
  const tasks = await runFirstTasks()
  assert.ok(tasks.length > 1)
  for (const t of tasks) assert.deepEqual(t, { error: '', given: 64, timed: true })
})
