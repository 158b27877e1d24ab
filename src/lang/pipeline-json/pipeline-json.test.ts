import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readFirstJson } from '../../base/json-reader.ts'
import { compactJson, type Writable } from '../../base/json-writer.ts'
import { TEST_REGISTRY } from '../evaluate/testdata-declarations.ts'
import { run } from '../evaluate/testdata-run.ts'
import { pipelineJson } from './pipeline-json.ts'
import { PipelineJsonError, scriptOfPipelineJson } from './read-pipeline-json.ts'

interface Shown {
  readonly nodes: readonly Record<string, unknown>[]
  readonly edges: readonly Record<string, unknown>[]
}

/** Through JSON text, as it would travel. */
function jsonOf(source: string, type: 'stream' | 'batch' = 'stream'): Shown {
  return JSON.parse(textOf(source, type)) as Shown
}

function textOf(source: string, type: 'stream' | 'batch' = 'stream'): string {
  return compactJson(pipelineJson(run(source, { type, mode: 'template' }).pipeline, TEST_REGISTRY.udfs) as Writable)
}

function scriptOf(json: unknown): string {
  return scriptOfPipelineJson(readFirstJson(JSON.stringify(json)), TEST_REGISTRY)
}

function comesBack(source: string, lines: readonly string[], type: 'stream' | 'batch' = 'stream'): void {
  const json = jsonOf(source, type)
  const script = scriptOf(json)
  assert.equal(script, lines.map((line) => `${line}\n`).join(''))
  assert.deepEqual(jsonOf(script, type), json)
}

const int = (int64: number) => ({ typeOf: 'number', isint: true, isfloat: false, int64, float64: 0, base: 10 })
const float = (float64: number) => ({ typeOf: 'number', isint: false, isfloat: true, int64: 0, float64, base: 0 })

test('nodes have all that is declared of them, edges their ids', () => {
  assert.deepEqual(
    jsonOf('stream|from().where(lambda: "a" > -1)|window().period(90s).quiet()|percentile(\'x\', 5.0)'),
    {
      nodes: [
        { typeOf: 'stream', id: '0' },
        {
          typeOf: 'from',
          id: '1',
          measurement: '',
          truncate: '0s',
          where: [
            {
              typeOf: 'lambda',
              expression: {
                typeOf: 'binary',
                operator: '>',
                left: { typeOf: 'reference', reference: 'a' },
                right: { typeOf: 'unary', operator: '-', node: int(1) },
              },
            },
          ],
          groupBy: [],
        },
        { typeOf: 'window', id: '2', period: '90s', every: '0s', align: false, periodCount: 0, quiet: true },
        { typeOf: 'percentile', id: '3', field: 'x', p: 5 },
      ],
      edges: [
        { parent: '0', child: '1' },
        { parent: '1', child: '2' },
        { parent: '2', child: '3' },
      ],
    },
  )
})

test('what is set several times, and handlers', () => {
  const [, , alert] = jsonOf(
    "stream|from()|alert().flapping(0.1, 0.5).slack().channel('#a').header('x', 'y').exec('p', '1', '2').slack().all()",
  ).nodes
  assert.deepEqual(alert, {
    typeOf: 'alert',
    id: '2',
    message: '',
    crit: null,
    all: true,
    flapping: [0.1, 0.5],
    slack: [
      { channel: '#a', header: { x: 'y' } },
      { channel: '', header: {} },
    ],
    exec: [{ prog: 'p', args: ['1', '2'] }],
  })
})

test('a value whose type JSON can not show stands as AST', () => {
  const values = (source: string) => jsonOf(source).nodes.at(-1)
  const all = '\'s\', *, 5, 2.0, 2.5, 10s, TRUE, /x/, time(1m, 2s), lambda: "a"'
  assert.deepEqual(values(`stream|from()|groupBy(${all})`)?.['dimensions'], [
    's',
    { typeOf: 'star' },
    5,
    float(2),
    2.5,
    { typeOf: 'duration', duration: '10s' },
    true,
    { typeOf: 'regex', regex: 'x' },
    {
      typeOf: 'func',
      func: 'time',
      functionType: 'global',
      args: [
        { typeOf: 'duration', duration: '1m' },
        { typeOf: 'duration', duration: '2s' },
      ],
    },
    { typeOf: 'lambda', expression: { typeOf: 'reference', reference: 'a' } },
  ])
  assert.deepEqual(values('stream|from()|join(stream).fill(0.0)')?.['fill'], float(0))
  assert.equal(values('stream|from()|join(stream).fill(0)')?.['fill'], 0)
  assert.equal(values("stream|from()|join(stream).fill('null')")?.['fill'], 'null')
  comesBack(`stream|from()|groupBy(${all})`, ['stream', '    |from()', `    |groupBy(${all})`])
})

test('one chain stays one chain', () => {
  comesBack(
    "stream|from().measurement('m').groupBy('a', 'b')|window().period(1m).every(-10s).align()|log().level('INFO')",
    [
      'stream',
      '    |from()',
      "        .measurement('m')",
      "        .groupBy('a', 'b')",
      '    |window()',
      '        .period(1m)',
      '        .every(-10s)',
      '        .align()',
      '    |log()',
    ],
  )
  comesBack("batch|query('q').period(1u)", ['batch', "    |query('q')", '        .period(1u)'], 'batch')
})

test('a node with several children, or one that is an argument, has a var', () => {
  comesBack("var a = stream|from()\na|log()\na|where(lambda: TRUE)|join(a, stream|from()).as('x', 'y', 'z')|log()", [
    'var from1 = stream',
    '    |from()',
    '',
    'from1',
    '    |log()',
    '',
    'var where3 = from1',
    '    |where(lambda: TRUE)',
    '',
    'var from4 = stream',
    '    |from()',
    '',
    'where3',
    '    |join(from1, from4)',
    "        .as('x', 'y', 'z')",
    '    |log()',
  ])
  comesBack('var a = stream|from()\na|union(stream|from(), a)', [
    'var from1 = stream',
    '    |from()',
    '',
    'var from2 = stream',
    '    |from()',
    '',
    'from1',
    '    |union(from2, from1)',
  ])
})

test('what watches a node hangs on it, and no-ops come by themselves', () => {
  const deadman = "stream|from()|deadman(1.0, 10s).slack().channel('#x')"
  const { nodes, edges } = jsonOf(deadman)
  assert.deepEqual(
    nodes.map((n) => `${n['typeOf']}${n['id']}`),
    ['stream0', 'from1', 'noOp3', 'stats2', 'derivative4', 'alert5'],
  )
  assert.deepEqual(edges[2], { parent: '1', child: '2' })
  comesBack(deadman, [
    'stream',
    '    |from()',
    '    |stats(10s)',
    '        .align()',
    "    |derivative('emitted')",
    '        .unit(10s)',
    '    |alert()',
    "        .message('from1 is dead')",
    '        .slack()',
    "        .channel('#x')",
  ])
})

test('UDFs are called by their names', () => {
  assert.deepEqual(jsonOf('stream|from()@myUdf().size(3)').nodes[2], {
    typeOf: 'udf',
    id: '2',
    udf: 'myUdf',
    options: { size: 3 },
  })
  comesBack('stream|from()@myUdf().size(3)|log()', [
    'stream',
    '    |from()',
    '    @myUdf()',
    '        .size(3)',
    '    |log()',
  ])
})

test('what can only be said by a name has a var', () => {
  comesBack(
    'var l = lambda: "a" > 1\nvar m = lambda: l OR l\nstream|from().where(lambda: m AND !l)|default().field(\'x\', 1.0)',
    [
      'var lambda1 = lambda: "a" > 1',
      '',
      'var lambda2 = lambda: lambda1 OR lambda1',
      '',
      'stream',
      '    |from()',
      '        .where(lambda: lambda2 AND !lambda1)',
      '    |default()',
      "        .field('x', 1.0)",
    ],
  )
  const script = scriptOf({
    nodes: [
      { typeOf: 'stream', id: '0' },
      { typeOf: 'from', id: '1' },
      { typeOf: 'groupBy', id: '2', dimensions: ['a', [1, 'b', [2.5, true]]] },
    ],
    edges: [
      { parent: '0', child: '1' },
      { parent: '1', child: '2' },
    ],
  })
  assert.match(script, /^var value1 = 1\n\nvar value2 = 2.5\n\nvar value3 = TRUE\n\nvar list1 = \[value2, value3\]\n/)
  assert.match(script, /\|groupBy\('a', \[value1, 'b', list1\]\)\n$/)
})

test('a source alone', () => {
  comesBack('', ['var stream0 = stream'])
})

test('parents stand first whatever the ids are', () => {
  const nodes = [
    { typeOf: 'log', id: '1' },
    { typeOf: 'from', id: '7' },
    { typeOf: 'stream', id: '9' },
  ]
  const edges = [
    { parent: '7', child: '1' },
    { parent: '9', child: '7' },
  ]
  assert.equal(scriptOf({ nodes, edges }), 'stream\n    |from()\n    |log()\n')
})

test('JSON that is no pipeline is refused with the place', () => {
  const source = { typeOf: 'stream', id: '0' }
  const from = { typeOf: 'from', id: '1' }
  const first = { parent: '0', child: '1' }
  const refused = (json: unknown, message: string): void =>
    assert.throws(
      () => scriptOf(json),
      (e) => {
        assert.ok(e instanceof PipelineJsonError, String(e))
        assert.equal(e.message, message)
        return true
      },
    )
  const wrongFrom = (members: object, message: string): void =>
    refused({ nodes: [source, { ...from, ...members }], edges: [first] }, message)
  refused([], 'the pipeline: must be an object')
  refused({ nodes: [], edges: [], node: 1 }, 'the pipeline: there is no "node". Did you mean "nodes"?')
  refused({ nodes: {}, edges: [] }, 'nodes: must be a list')
  refused({ nodes: [], edges: [] }, 'nodes: there are 0 of stream and batch, there must be one')
  refused({ nodes: [source, from] }, 'edges: must be a list')
  refused({ nodes: [source, from], edges: [] }, 'from1: has no parent')
  refused({ nodes: [source, from], edges: [first, first] }, 'from1: has 2 parents, it can have 1')
  refused({ nodes: [source, source], edges: [] }, 'nodes[1].id: there are two nodes 0')
  refused({ nodes: [source], edges: [first] }, 'edges[0].child: there is no node "1"')
  refused({ nodes: [source, from], edges: [{ parent: '1', child: '1' }] }, 'from1: stands in a circle')
  wrongFrom({ typeOf: 'frm' }, 'nodes[1].typeOf: there is no node "frm". Did you mean "from"?')
  wrongFrom({ id: 1 }, 'nodes[1].id: must be text of digits')
  wrongFrom({ mesurement: 'm' }, 'from1: there is no "mesurement". Did you mean "measurement"?')
  wrongFrom({ measurement: 5 }, 'from1.measurement: must be text')
  wrongFrom({ truncate: '5' }, 'from1.truncate: must be a duration such as "10s"')
  wrongFrom({ groupBy: 'a' }, 'from1.groupBy: must be a list')
  wrongFrom({ quiet: 'yes' }, 'from1.quiet: must be true or false')
  wrongFrom({ where: [{ typeOf: 'lambda' }] }, 'from1.where[0].expression: must be an object with a typeOf')
  wrongFrom({ typeOf: 'udf' }, 'nodes[1].udf: must be text')
  wrongFrom({ typeOf: 'udf', udf: 'myudf' }, 'nodes[1].udf: there is no node "myudf". Did you mean "myUdf"?')
  wrongFrom({ typeOf: 'percentile', field: 'x' }, 'percentile1.p: is missing')
  wrongFrom({ typeOf: 'alert', flapping: [1, 2, 3] }, 'alert1.flapping: too many arguments')
  wrongFrom({ typeOf: 'alert', exec: [{ args: ['a'] }] }, 'alert1.exec[0].prog: is missing')
  wrongFrom(
    { typeOf: 'alert', slack: [{ chanel: 'a' }] },
    'alert1.slack[0]: there is no "chanel". Did you mean "channel"?',
  )
  const named = { typeOf: 'lambda', expression: { typeOf: 'identifier', ident: 'a)|exec(' } }
  wrongFrom({ where: [named] }, 'no script has this tree')
})

const VARS = `var min = -9223372036854775807 - 1
var neg = -5
var inf = 1.0 / 0.0
var nan = 0.0 / 0.0
var zero = -0.0
var back = -90s
var tiny = 1u / 3
var quoted = 'it\\'s'
var awkward = 'a\\'\\'\\'' + '''\\'''
var nested = lambda: "x" > neg OR count() % 2 == 0
var names = ['a', quoted]
`

const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom('min', 'neg', 'inf', 'nan', 'zero', 'back', 'tiny', 'quoted', 'awkward', 'nested', 'names'),
    fc.constantFrom('1', '0644', '2.5', "'s'", "'''t'''", '10m', 'TRUE', '"r"', '"q\\"r"', '(/x\\/y/)', '(*)'),
    fc.tuple(fc.constantFrom('-', '!'), tie('expression')).map(([sign, e]) => `${sign}(${e})`),
    fc
      .tuple(
        tie('expression'),
        fc.constantFrom('+', '-', '*', '/', '%', '==', '!=', '<', 'AND', 'OR'),
        tie('expression'),
      )
      .map(([a, sign, b]) => `(${a}) ${sign} (${b})`),
    fc.array(tie('expression'), { maxLength: 3 }).map((args) => `f(${args.join(', ')})`),
  ),
}))

test('lambdas keep their meaning, whatever vars are in them', () => {
  fc.assert(
    fc.property(expression, (e) => {
      const json = textOf(`${VARS}stream|from().where(lambda: ${e})|where(lambda: ${e})`)
      const script = scriptOfPipelineJson(readFirstJson(json), TEST_REGISTRY)
      assert.equal(textOf(script), json, script)
    }),
    { numRuns: 500 },
  )
})
