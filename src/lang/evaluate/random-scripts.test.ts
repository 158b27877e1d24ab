import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Json, readFirstJson } from '../../base/json-reader.ts'
import { compactJson, type Writable } from '../../base/json-writer.ts'
import { ScriptError } from '../diagnostic.ts'
import { pipelineJson } from '../pipeline-json/pipeline-json.ts'
import { scriptOfPipelineJson } from '../pipeline-json/read-pipeline-json.ts'
import { anyScript } from '../script-arbitrary.ts'
import type { Pipeline } from './pipeline.ts'
import { TEST_REGISTRY } from './testdata-declarations.ts'
import { run } from './testdata-run.ts'

/** Runs a script; what is wrong with it must be said by a ScriptError. */
function outcome(source: string, mode: 'task' | 'template' = 'task'): Pipeline | readonly string[] {
  try {
    return run(source, { mode }).pipeline
  } catch (e) {
    assert.ok(e instanceof ScriptError, `${source}\n${(e as Error).stack}`)
    assert.ok(e.diagnostics.length > 0 && e.diagnostics.length <= 20)
    for (const { span, message } of e.diagnostics) {
      assert.ok(message.length > 0)
      assert.ok(span.start >= 0 && span.end >= span.start && span.end <= source.length, message)
    }
    return e.diagnostics.map((d) => d.message)
  }
}

test('scripts of the grammar come to a pipeline or to faults', () => {
  fc.assert(
    fc.property(anyScript, fc.constantFrom('task' as const, 'template' as const), (source, mode) => {
      outcome(source, mode)
    }),
    { numRuns: 500 },
  )
})

// Scripts that mostly make sense: names that exist, in places where they fit now and then.
const value = fc.constantFrom(
  '1',
  '2.5',
  "'a'",
  '"a"',
  'TRUE',
  '10s',
  '/x/',
  '*',
  "['a', *]",
  '[n]',
  'lambda: "a" > 1',
  'lambda: n + 1',
  'lambda: l',
  'n',
  's',
  'l',
  'd',
  'x',
  'time(1s)',
  'stream|from()',
  '1 + n',
  '-n',
  '!n',
  "s + 'b'",
  'foo()',
  'n / 0',
  'y',
)
const args = fc.array(value, { maxLength: 3 }).map((list) => list.join(', '))
const method = fc.constantFrom(
  'from',
  'window',
  'where',
  'eval',
  'percentile',
  'sample',
  'groupBy',
  'default',
  'join',
  'union',
  'log',
  'httpOut',
  'influxDBOut',
  'stats',
  'deadman',
  'alert',
  'noOp',
  'Log',
  'nope',
  'period',
  'measurement',
)
const property = fc.constantFrom(
  'measurement',
  'where',
  'groupBy',
  'period',
  'align',
  'as',
  'field',
  'fill',
  'quiet',
  'crit',
  'slack',
  'channel',
  'zenoss',
  'message',
  'exec',
  'all',
  'flapping',
  'unit',
  'nope',
  'window',
)
const link = fc.oneof(
  fc.tuple(method, args).map(([name, a]) => `|${name}(${a})`),
  fc.tuple(property, args).map(([name, a]) => `.${name}(${a})`),
  property.map((name) => `.${name}`),
  args.map((a) => `@myUdf(${a})`),
)
const chain = fc
  .tuple(fc.constantFrom('stream', 'stream|from()', 'x', 'n', 'foo()'), fc.array(link, { maxLength: 6 }))
  .map(([start, links]) => start + links.join(''))
const statement = fc.oneof(
  chain,
  chain.map((c) => `var x = ${c}`),
  fc.tuple(fc.constantFrom('n', 's', 'l', 'd', 'x'), value).map(([name, v]) => `var ${name} = ${v}`),
  fc.constantFrom('var q int', 'var n float', 'dbrp "a"."b"', '// c', 'var z nope'),
)
const script = fc
  .array(statement, { maxLength: 8 })
  .map((list) => ['var n = 2', "var s = 'm'", 'var l = lambda: "v" > n', 'stream|from()', ...list].join('\n'))

/** Through JSON text, as it would travel. */
function travelled(pipeline: Pipeline): Json {
  return readFirstJson(compactJson(pipelineJson(pipeline, TEST_REGISTRY.udfs) as Writable))
}

test('scripts that nearly make sense come to a pipeline or to faults, and a pipeline to a script', () => {
  let pipelines = 0
  fc.assert(
    fc.property(script, (source) => {
      const got = outcome(source)
      if (!('nodes' in got)) return
      pipelines++
      const order = got.order()
      assert.equal(order.length, got.nodes.length)
      assert.equal(new Set(order.map((n) => n.name)).size, order.length)
      assert.equal(order[0], got.nodes[0])
      const json = travelled(got)
      const script = scriptOfPipelineJson(json, TEST_REGISTRY)
      assert.deepEqual(travelled(run(script, { mode: 'template' }).pipeline), json, `${source}\n-----\n${script}`)
      for (const [i, n] of order.entries()) {
        for (const parent of n.parents) assert.ok(order.indexOf(parent) < i, got.dot('t'))
        for (const child of new Set(n.children)) {
          const links = (list: readonly unknown[], one: unknown) => list.filter((x) => x === one).length
          assert.equal(links(n.children, child), links(child.parents, n))
        }
      }
    }),
    { numRuns: 1000 },
  )
  assert.ok(pipelines > 20, `only ${pipelines} scripts were fine`)
})

test('long scripts end in a fault or a pipeline, not in a full stack', () => {
  const many = 5_000
  outcome(`stream|from()${'|log()'.repeat(900)}`)
  outcome(`var x = ${'1 + '.repeat(900)}1\nstream|from()`)
  outcome(`stream|from()${'|log()'.repeat(many)}`)
  outcome(`var x = ${'1 + '.repeat(many)}1\nstream|from()`)
  outcome(`var x = ${'-'.repeat(many)}1\nstream|from()`)
  outcome(`var x = lambda: ${'('.repeat(many)}1${')'.repeat(many)}\nstream|from()`)
  const chain = Array.from({ length: many }, (_, i) => `var l${i + 1} = lambda: !l${i}`).join('\n')
  const [first] = outcome(`var l0 = lambda: TRUE\n${chain}\nstream|from()|where(l${many})`) as readonly string[]
  assert.equal(first, 'the expression is too large: it has more than 1000 levels when its vars are written out')
  const row = (length: number) => Array.from({ length }, (_, i) => `var n${i + 1} = n${i}|log()`).join('\n')
  assert.ok('nodes' in outcome(`var n0 = stream|from()\n${row(998)}`))
  assert.deepEqual(outcome(`var n0 = stream|from()\n${row(many)}`), [
    'line 1000 char 17: more than 1000 nodes in a row',
  ])
})

test('strings that double again and again end', () => {
  const lines = Array.from({ length: 60 }, (_, i) => `var s${i + 1} = s${i} + s${i}`).join('\n')
  const [first] = outcome(`var s0 = 'xxxxxxxx'\n${lines}\nstream|from().measurement(s60)`) as readonly string[]
  assert.match(first ?? '', /too long/)
})
