// The client as others get it: by the package's name, from the bundle that npm install makes.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type * as library from '../../src/cli/client.ts'
import { startCliServer } from './cli-session.ts'

test('every route has a name of its own', () => {
  const folder = join(import.meta.dirname, '../../src/server/api/routes')
  const texts = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'))
  const names = texts.flatMap((text) => [...text.matchAll(/^export const (\w+) = define/gm)].map((m) => m[1]))
  assert.equal(new Set(names).size, names.length)
})

test('the package exports a client that works', async () => {
  const name = 'supercap'
  const { Client, ClientError, BadAddress, endpoint, routes } = (await import(name)) as typeof library
  const server = await startCliServer()
  try {
    const client = new Client({ url: server.url })
    const script = "stream|from().measurement('cpu')|httpOut('out')"
    const task = await client.createTask({ id: 'a', script, dbrps: [{ db: 'd', rp: 'r' }], status: 'enabled' })
    assert.equal(task.executing, true)
    await client.write({ db: 'd', rp: 'r' }, 'cpu value=9007199254740993i 1')
    const out = await client.call(
      endpoint<object, undefined, { series: { values: unknown[][] }[] }>('GET', '/kapacitor/v1/tasks/*'),
      { rest: 'a/out' },
    )
    assert.equal(out.series[0]?.values[0]?.[1], 9007199254740993n)
    assert.deepEqual(
      (await client.call(routes.listTasks, { query: { fields: ['status'] } })).tasks[0]?.status,
      'enabled',
    )
    assert.equal(await client.ping(), '1.8.3')
    await assert.rejects(client.getTask('none'), (e) => e instanceof ClientError && e.status === 404)
    assert.ok((await client.listStores()).includes('tasks'))
    await client.rebuildStore('tasks')
    assert.ok('sections' in (await client.readConfig()))
    await client.changeConfig('smtp/', { set: { host: 'mail' } })
    await client.deleteTask('a')
    assert.deepEqual(await client.listTasks(), [])
    assert.throws(() => new Client({ url: 'x' }), BadAddress)
  } finally {
    await server.stop()
  }
})
