import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { compileTask } from '../flow/compile.ts'
import type { LambdaParam } from '../lang/fields.ts'
import { formatExpression } from '../lang/formatter.ts'
import { scriptEnvironment } from '../server/script-environment.ts'
import { DEADMAN_DEFAULTS, deadman, globalDeadman } from './deadman.ts'
import { NODES } from './registry.ts'
import { play } from './testdata-steps.ts'

const compile = (source: string, options = DEADMAN_DEFAULTS): ReturnType<typeof compileTask> =>
  compileTask({
    ...scriptEnvironment,
    registry: { declarations: NODES, macros: [deadman(options)] },
    extend: globalDeadman(options),
    source,
    type: 'stream',
    mode: 'task',
  })
const paramsOf = (c: ReturnType<typeof compileTask>, node: string): Readonly<Record<string, unknown>> =>
  c.nodes.find((n) => n.name === node)!.params

describe('deadman', () => {
  test('stands for stats, derivative and alert', () => {
    const c = compile("stream|from().measurement('m')|deadman(10.0, 1m)")
    assert.equal(
      c.script.pipeline.dot('t'),
      'digraph t {\nstream0 -> from1;\nfrom1 -> noop3;\nstats2 -> derivative4;\nderivative4 -> alert5;\n}',
    )
    const { interval, align } = paramsOf(c, 'stats2')
    assert.deepEqual([interval, align], [60e9, true])
    const { unit, nonNegative, field } = paramsOf(c, 'derivative4')
    assert.deepEqual([unit, nonNegative, field], [60e9, true, 'emitted'])
  })

  test('id and message come from the options, with name and interval put in once', () => {
    const id = 'NODE_NAME of NODE_NAME in {{ .TaskName }}'
    const message = 'INTERVAL, INTERVAL'
    const alert = paramsOf(compile('stream|from()|deadman(0.0, 90m)', { ...DEADMAN_DEFAULTS, id, message }), 'alert5')
    assert.deepEqual([alert.id, alert.message], ['from1 of NODE_NAME in {{ .TaskName }}', '1h30m0s, INTERVAL'])
  })

  test('further conditions must hold as well, each in its own right', () => {
    const script = 'stream|from()|deadman(1.5, 10s, lambda: "a" OR "b", lambda: hour("time") > 8)'
    const { node } = paramsOf(compile(script), 'alert5').crit as LambdaParam
    assert.equal(formatExpression(node.expression), '"emitted" <= 1.5 AND ("a" OR "b") AND (hour("time") > 8)')
  })

  test('a global one watches the source of every task', () => {
    const c = compile('stream|from()|log()', { ...DEADMAN_DEFAULTS, global: true, threshold: 3, interval: 5e9 })
    assert.equal(
      c.script.pipeline.dot('t'),
      'digraph t {\nstream0 -> from1;\nfrom1 -> log2;\nstats3 -> derivative4;\nderivative4 -> alert5;\n}',
    )
    assert.deepEqual(paramsOf(c, 'stats3').watched, 0)
    assert.equal(paramsOf(c, 'stats3').interval, 5e9)
  })

  test('tells of a silence, and of its end', async () => {
    const script = "stream|from()|deadman(0.0, 10s).stateChangesOnly().log('/dead')"
    const { outcome } = await play(script, ['m v=1 1', 20, 'm v=1 2', 10, 10])
    const texts = outcome.files['/dead']!.split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line).message)
    assert.deepEqual(texts, [
      "nil:from1 for task 'task' is dead: 0.000 points/10s.",
      "nil:from1 for task 'task' is alive: 1.000 points/10s.",
      "nil:from1 for task 'task' is dead: 0.000 points/10s.",
    ])
  })
})
