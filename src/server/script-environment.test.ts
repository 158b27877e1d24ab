// The `[deadman]` section of the configuration, as the scripts of a server see it.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { CompiledTask } from '../flow/compile.ts'
import { loadConfig } from './config/load-config.ts'
import { type ServerScripts, serverScripts } from './script-environment.ts'

const DBRPS = [{ db: 'd', rp: 'r' }]

function scriptsWith(section: string): ServerScripts {
  const file = { path: 'x.conf', text: `hostname = "h"\ndata_dir = "/d"\n[deadman]\n${section}` }
  const config = loadConfig({ environment: {}, file })
  assert.deepEqual(config.warnings, [])
  return serverScripts(config.server.deadman)
}
const paramsOf = (c: CompiledTask, kind: string): Readonly<Record<string, unknown>> =>
  c.nodes.find((n) => n.declaration.name === kind)!.params

describe('[deadman]', () => {
  const all = 'interval = "5s"\nthreshold = 2.5\nid = "NODE_NAME!"\nmessage = "per INTERVAL"\n'

  test("id and message hold for every deadman, interval and threshold are the script's own", () => {
    const task = scriptsWith(all).compile('stream|from()|deadman(1.0, 1m)', 'stream', {}, DBRPS)
    assert.equal(paramsOf(task, 'stats').interval, 60e9)
    const { id, message } = paramsOf(task, 'alert')
    assert.deepEqual([id, message], ['from1!', 'per 1m0s'])
    assert.equal(task.nodes.filter((n) => n.declaration.name === 'alert').length, 1)
  })

  test('global: the source of every task has one', () => {
    for (const [type, source] of [
      ['stream', 'stream|from()|log()'],
      ['batch', "batch|query('select v from a.b.c').period(1m).every(1m)|log()"],
    ] as const) {
      const scripts = scriptsWith(`${all}global = true`)
      const task = scripts.compile(source, type, {}, DBRPS)
      const { interval, watched } = paramsOf(task, 'stats')
      assert.deepEqual([interval, watched], [5e9, 0])
      const { id, message } = paramsOf(task, 'alert')
      assert.deepEqual([id, message], [`${type}0!`, 'per 5s'])
      assert.equal(scripts.dot(task, 't'), scripts.compileTemplate(source, type, 't').dot)
      const without = scriptsWith(all).compile(source, type, {}, DBRPS)
      assert.equal(task.nodes.length, without.nodes.length + 3)
    }
  })

  test('a server without a configuration has none but those of scripts', () => {
    const task = serverScripts(loadConfig({ environment: {}, file: null }).server.deadman).compile(
      'stream|from()|log()',
      'stream',
      {},
      DBRPS,
    )
    assert.equal(task.nodes.length, 3)
  })
})
