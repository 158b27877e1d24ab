import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { LambdaNode } from '../ast.ts'
import type { LambdaParam, TaggedArg } from '../fields.ts'
import { faults, names, node, type Options, run, text } from './testdata-run.ts'

describe('chains', () => {
  test('every chain method makes a node; ids count up', () => {
    assert.deepEqual(names("stream|from()|window()|log() stream|from()|groupBy()|httpOut('x')"), [
      'stream0',
      'from1',
      'window2',
      'log3',
      'from4',
      'groupby5',
      'http_out6',
    ])
  })

  test('a var holds a node, and what hangs on it branches', () => {
    const { pipeline } = run('var a = stream|from()\na|log()\na|log()')
    assert.equal(pipeline.dot('t'), 'digraph t {\nstream0 -> from1;\nfrom1 -> log2;\nfrom1 -> log3;\n}')
  })

  test('arguments may be chains', () => {
    const { pipeline } = run("stream|from()|join(stream|from()).as('a', 'b')")
    assert.deepEqual(
      pipeline.nodes.map((n) => [n.name, n.parents.map((p) => p.name)]),
      [
        ['stream0', []],
        ['from1', ['stream0']],
        ['from2', ['stream0']],
        ['join4', ['from1', 'from2']],
      ],
    )
  })

  test('each link takes an id; union puts its receiver last', () => {
    const { pipeline } = run('var a = stream|from()\nvar b = stream|from()\na|union(b)|log()\na|join(b)|log()')
    assert.deepEqual(
      pipeline.nodes.map((n) => n.name),
      ['stream0', 'from1', 'from2', 'union4', 'log5', 'join7', 'log8'],
    )
    assert.deepEqual(
      pipeline.nodes.filter((n) => n.parents.length > 1).map((n) => n.parents.map((p) => p.name)),
      [
        ['from2', 'from1'],
        ['from1', 'from2'],
      ],
    )
    assert.deepEqual(
      pipeline.order().map((n) => n.name),
      ['stream0', 'from2', 'from1', 'join7', 'log8', 'union4', 'log5'],
    )
    const twice = node('var a = stream|from()\na|join(a)', 'join3')
    assert.deepEqual(twice.params.others, [twice.parents[0]])
    assert.equal(twice.parents[0]?.children.length, 2)
  })

  test('the batch source is not drawn', () => {
    const { pipeline } = run("batch|query('select')|log()", { type: 'batch' })
    assert.equal(pipeline.dot('b'), 'digraph b {\nquery1 -> log2;\n}')
  })

  test('stats are a source of their own and put a noOp behind a leaf', () => {
    const { pipeline } = run('stream|from()|deadman(1.0, 10s)|log()')
    assert.equal(
      pipeline.dot('d'),
      'digraph d {\nstream0 -> from1;\nfrom1 -> noop3;\nstats2 -> derivative4;\nderivative4 -> alert5;\nalert5 -> log6;\n}',
    )
    const stats = pipeline.nodes.find((n) => n.name === 'stats2')
    assert.equal(stats?.watched?.name, 'from1')
    assert.deepEqual(stats?.params, { interval: 10_000_000_000, align: true, quiet: false, watched: 1 })
    assert.equal(pipeline.nodes.find((n) => n.name === 'alert5')?.params.message, 'from1 is dead')
    assert.deepEqual(names('var a = stream|from()\na|log()\na|stats(1s)'), ['stream0', 'from1', 'log2', 'stats3'])
    assert.deepEqual(names('stream|stats(1s)'), ['stream0', 'stats1', 'noop2'])
    assert.deepEqual(names('stream|from()|influxDBOut()|deadman(1.0, 1s)').at(-1), 'alert6')
  })

  test('UDFs are called with @ and have properties', () => {
    assert.equal(node('stream|from()@myUdf().size(3)|log()', 'myUdf2').params.size, 3)
  })

  test('edges follow the parent', () => {
    const source = "stream|from()|log()|window()|groupBy()|percentile('x', 50.0)|log() stream|from()|influxDBOut()"
    assert.deepEqual(
      run(source).pipeline.nodes.map((n) => n.edge),
      ['stream', 'stream', 'stream', 'batch', 'batch', 'stream', 'stream', 'stream', undefined],
    )
  })
})

describe('properties', () => {
  test('defaults, values, the last one counts, letters of any case first', () => {
    const { params } = node("stream|From().Measurement('a').measurement('b').truncate(-1s)", 'from1')
    assert.deepEqual(params, { measurement: 'b', truncate: -1_000_000_000, where: [], groupBy: [], quiet: false })
    assert.equal(node('stream|from()|log().quiet()', 'log2').params.quiet, true)
    assert.ok(Object.isFrozen(params))
  })

  test('methods accumulate or replace', () => {
    const { params } = node(
      'stream|from().where(lambda: "a").where(lambda: "b").groupBy(\'x\').groupBy(\'y\', *)',
      'from1',
    )
    assert.deepEqual((params.where as unknown[]).map(text), ['lambda: "a"', 'lambda: "b"'])
    assert.deepEqual(
      (params.groupBy as TaggedArg[]).map((d) => d.type),
      ['string', 'star'],
    )
  })

  test('a list alone spreads, with others it stays', () => {
    const spread = node("var l = ['x', 'y']\nstream|from()|groupBy(l)", 'groupby2')
    assert.deepEqual(spread.params.dimensions, [
      { type: 'string', value: 'x' },
      { type: 'string', value: 'y' },
    ])
    assert.deepEqual(node('stream|from()|groupBy([])', 'groupby2').params.dimensions, [])
    const mixed = node("stream|from()|groupBy(['x'], 'y')", 'groupby2').params.dimensions as TaggedArg[]
    assert.equal(mixed[0]?.type, 'list')
    assert.equal(node("stream|from().measurement(['m'])", 'from1').params.measurement, 'm')
    assert.equal(node('var a = stream|from()\nvar l = [a, a]\na|join(l)', 'join4').parents.length, 3)
  })

  test('time() is a dimension', () => {
    const { params } = node("batch|query('q').groupBy(time(10s, -2s), 'x')", 'query1', { type: 'batch' })
    assert.deepEqual(params.groupBy, [
      { type: 'time', value: { length: 10_000_000_000, offset: -2_000_000_000 } },
      { type: 'string', value: 'x' },
    ])
  })

  test('several types come tagged, also integers past 2^53', () => {
    const source = "stream|from()|default().field('a', 9007199254740993).field('b', 1)"
    assert.deepEqual(faults(source), ['unsupported type int64'])
    assert.deepEqual(node('stream|from()|sample(3)', 'sample2').params.rate, { type: 'int', value: 3 })
  })

  test('properties can be read', () => {
    const source = 'var w = stream|from()|window().period(7s)\nw|log()\nstream|from().truncate(w.period)'
    assert.equal(node(source, 'from4').params.truncate, 7_000_000_000)
    const alert = "var a = stream|from()|alert().message('m').slack().channel('c')\nstream|from()"
    assert.equal(node(`${alert}.measurement(a.channel)`, 'from3').params.measurement, 'c')
    assert.equal(node(`${alert}.measurement(a.message)`, 'from3').params.measurement, 'm')
  })

  test('a handler has its own properties first, then those of its node', () => {
    const source = `stream|from()|alert()
      .slack().channel('x').header('k', 'v').crit(lambda: "a").channel('y')
      .zenoss().message('zenoss')
      .all().message('alert')
      .exec('a', 'b', 'c')
      .exec('d')
      |log()`
    const { params } = node(source, 'alert2')
    assert.deepEqual(params.slack, [{ kind: 'slack', params: { channel: 'y', header: { k: 'v' } } }])
    assert.deepEqual(params.zenoss, [{ kind: 'zenoss', params: { message: 'zenoss' } }])
    assert.deepEqual(params.exec, [
      { kind: 'exec', params: { prog: 'a', args: ['b', 'c'] } },
      { kind: 'exec', params: { prog: 'd', args: [] } },
    ])
    assert.equal(params.message, 'alert')
    assert.equal(text(params.crit), 'lambda: "a"')
    assert.equal(params.all, true)
    assert.equal(node(source, 'log3').parents[0]?.name, 'alert2')
  })
})

describe('lambdas', () => {
  test('names become literals of their values', () => {
    const source = `
      var i = 1  var f = 1.5  var b = TRUE  var s = 'it'  var d = 90s  var re = /a\\/b/  var l = ['x', *]
      stream|from()|eval(lambda: i + f, lambda: b, lambda: "x" + s, lambda: d * i, lambda: "h" =~ re, lambda: f(l))
        .as('1', '2', '3', '4', '5', '6')`
    assert.deepEqual((node(source, 'eval2').params.expressions as unknown[]).map(text), [
      'lambda: 1 + 1.5',
      'lambda: TRUE',
      'lambda: "x" + \'it\'',
      'lambda: 90s * 1',
      'lambda: "h" =~ /a\\/b/',
      "lambda: f(['x', *])",
    ])
  })

  test('a lambda var stays the object it is', () => {
    const source = 'var n = lambda: count()\nstream|from()|where(lambda: n > 1 AND n < 3)|where(n)'
    const wheres = run(source).pipeline.nodes.filter((n) => n.kind === 'where')
    const [outer, plain] = wheres.map((n) => (n.params.lambda as LambdaParam).node)
    const found: LambdaNode[] = []
    JSON.stringify(outer?.expression, (_, v) => {
      if (v?.type === 'lambda') found.push(v)
      return v
    })
    assert.equal(found.length, 2)
    assert.equal(found[0], plain)
    assert.equal(found[1], plain)
  })

  test('the var of a lambda is not changed by its use', () => {
    const source = 'var big = lambda: "v" > 1\nstream|from().where(big).where(lambda: "w")\nstream|from().where(big)'
    assert.deepEqual((node(source, 'from2').params.where as unknown[]).map(text), ['lambda: "v" > 1'])
  })

  test('doubling a lambda again and again ends in a fault', () => {
    const lines = Array.from({ length: 60 }, (_, i) => `var l${i + 1} = lambda: l${i} + l${i}`)
    const [first] = faults(`var l0 = lambda: "x"\n${lines.join('\n')}\nstream|from()|where(l60)`)
    assert.match(first ?? '', /^the expression is too large/)
  })
})

describe('constants', () => {
  test('operations outside of lambdas are computed at once', () => {
    const source = "var n = 2\nvar m = n * 10\nvar s = 'a' + 'b'\nstream|from().measurement(s)|sample(m)"
    assert.equal(node(source, 'from1').params.measurement, 'ab')
    assert.deepEqual(node(source, 'sample2').params.rate, { type: 'int', value: 20 })
  })

  test('unary operators', () => {
    const source = 'var d = 5s\nvar t = !FALSE\nstream|from().truncate(-d)|sample(-(1 + 2))'
    assert.equal(node(source, 'from1').params.truncate, -5_000_000_000)
    assert.deepEqual(node(source, 'sample2').params.rate, { type: 'int', value: -3 })
    assert.deepEqual(faults("var n = -'a'\nvar m = !3\nstream|from()"), [
      "line 1 char 9: invalid arugument to '-' a",
      "line 2 char 9: invalid arugument to '!' 3",
    ])
  })

  test('their faults have no position', () => {
    const cases: readonly (readonly [string, string])[] = [
      [
        '1 + 1.0',
        'mismatched type to binary operator. got int + float. see bool(), int(), float(), string(), duration()',
      ],
      ["'a' - 'b'", 'invalid math operator - for type string'],
      ['1 / 0', 'runtime error: integer divide by zero'],
      ['10s / 0', 'runtime error: integer divide by zero'],
      ['2 * "field"', 'name "field" is undefined. Names in scope: '],
      ['7 + *', 'Failed to handle right node: Given node type is not valid evaluation node: *ast.StarNode'],
      ["'a' + nofunc(1)", 'undefined function: "nofunc"'],
    ]
    for (const [expression, message] of cases) {
      assert.deepEqual(faults(`var n = ${expression}\nstream|from()`), [message], expression)
    }
  })

  test('functions of lambdas can be used in them', () => {
    const source = "stream|from().measurement('n' + string(5)).truncate(duration(2, 1s) + 0s)"
    assert.equal(node(source, 'from1').params.measurement, 'n5')
    assert.equal(node(source, 'from1').params.truncate, 2_000_000_000)
  })
})

describe('statements without effect', () => {
  test('loose values and names are passed over', () => {
    assert.deepEqual(names('3 \'a\' TRUE nothing stream|from() [*] lambda: TRUE "x"'), ['stream0', 'from1'])
  })

  test('a stored call is not made', () => {
    assert.deepEqual(names('var t = foo()\nstream|from()'), ['stream0', 'from1'])
  })

  test('dbrp statements and comments', () => {
    assert.deepEqual(names('// a\ndbrp "a"."b"\nstream|from()\n// end'), ['stream0', 'from1'])
  })
})

describe('warnings', () => {
  const warnings = (source: string, options: Options = {}) =>
    run(source, options).warnings.map((w) => `${w.code} ${source.slice(w.span.start, w.span.end)}`)

  test('values without effect', () => {
    assert.deepEqual(warnings('stream|from().truncate(5m) 30s x'), ['no-effect 30s', 'no-effect x'])
    assert.deepEqual(warnings('var a = 1e5\nstream|from()|sample(a)'), ['no-effect e5'])
    assert.deepEqual(warnings('stream|from()\nvar a = stream|from()\na|log()'), [])
  })

  test('vars that are not used', () => {
    assert.deepEqual(warnings('var a = 1\nvar b = a\nvar c = lambda: b > 1\nstream|from()'), ['unused-var c'])
  })

  test('lambdas that fail on every point', () => {
    assert.deepEqual(warnings('stream|from().where(lambda: "v" / 0 > 1)'), ['lambda-always-fails lambda: "v" / 0 > 1'])
  })

  test('values for vars that are not declared', () => {
    const { warnings } = run('var limit = 1\nstream|from()|sample(limit)', {
      vars: [['limt', { type: 'int', value: 1, description: '' }]],
    })
    assert.deepEqual(
      warnings.map((w) => [w.code, w.help]),
      [['undeclared-var', 'Did you mean "limit"?']],
    )
  })
})

test('something may be added to every task', () => {
  const options: Options = {
    extend: (build, source) => {
      build.call(source, 'deadman', { type: 'float', value: 1 }, { type: 'duration', value: 1 })
    },
  }
  assert.deepEqual(names('stream|from()', options), ['stream0', 'from1', 'stats2', 'derivative3', 'alert4'])
  assert.deepEqual(names('var x = 1', options), ['stream0', 'stats1', 'noop2', 'derivative3', 'alert4'])
})
