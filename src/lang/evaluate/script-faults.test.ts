import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ScriptError } from '../diagnostic.ts'
import { faults, helpOf, run } from './testdata-run.ts'

describe('faults', () => {
  const cases: readonly (readonly [source: string, ...messages: string[]])[] = [
    ['var s = streem|from()', 'name "streem" is undefined. Names in scope: time,stream'],
    ['stream|from().where(lambda: "load" > limit)', 'name "limit" is undefined. Names in scope: time,stream'],
    ['var a = b\nvar c = a', 'name "b" is undefined. Names in scope: time,stream'],
    ['var l = lambda: l', 'name "l" is undefined. Names in scope: time,stream'],
    ["batch|query('x')", 'name "batch" is undefined. Names in scope: time,stream'],
    [
      'streem|from(x)',
      'name "x" is undefined. Names in scope: time,stream',
      'name "streem" is undefined. Names in scope: time,stream',
    ],
    ['var depth = 1\nvar depth = 2\nstream|from()', 'attempted to redefine depth, vars are immutable'],
    ['var stream = y', 'attempted to redefine stream, vars are immutable'],
    ['var x = 1\nvar x int', 'attempted to redefine x, vars are immutable'],
    ['stream|form()', 'line 1 char 8: no method or property "form" on *pipeline.StreamNode'],
    ['stream|log()', 'line 1 char 8: no method or property "log" on *pipeline.StreamNode'],
    ['stream|from()|noOp()', 'line 1 char 15: no method or property "noOp" on *pipeline.FromNode'],
    ['stream|from()|log()|from()', 'line 1 char 21: no method or property "from" on *pipeline.LogNode'],
    ['stream|from()|MEAN()', 'line 1 char 15: no method or property "MEAN" on *pipeline.FromNode'],
    ['stream|from().PERIOD(1s)', 'line 1 char 15: no method or property "PERIOD" on *pipeline.FromNode'],
    ['stream|from()@fancy()', 'line 1 char 15: no method or property "fancy" on *pipeline.FromNode'],
    ['stream|from()|influxDBOut()|log()', 'line 1 char 29: no method or property "log" on *pipeline.InfluxDBOutNode'],
    [
      'stream|from().window()',
      `line 1 char 15: no property method "window" on *pipeline.FromNode, but chaining method does exist. Use '|' operator instead: 'node|window(..)'.`,
    ],
    [
      "stream|from()|measurement('m')",
      `line 1 char 15: no chaining method "measurement" on *pipeline.FromNode, but property does exist. Use '.' operator instead: 'node.measurement(..)'.`,
    ],
    [
      'stream|from()|myUdf()',
      `line 1 char 15: no chaining method "myUdf" on *pipeline.FromNode, but dynamic method does exist. Use '@' operator instead: 'node@myUdf(..)'.`,
    ],
    [
      'stream|from().myUdf()',
      `line 1 char 15: no property method "myUdf" on *pipeline.FromNode, but dynamic method does exist. Use '@' operator instead: 'node@myUdf(..)'.`,
    ],
    [
      "stream|from()@measurement('m')",
      `line 1 char 15: no dynamic method "measurement" on *pipeline.FromNode, but property does exist. Use '.' operator instead: 'node.measurement(..)'.`,
    ],
    [
      'stream|from()@log()',
      `line 1 char 15: no dynamic method "log" on *pipeline.FromNode, but chaining method does exist. Use '|' operator instead: 'node|log(..)'.`,
    ],
    ['foo()', 'line 1 char 1: no global function "foo" defined'],
    ['stream|from().measurement(string(5))', 'line 1 char 27: no global function "string" defined'],
    [
      'var x = string(5)\nstream|from().measurement(x)',
      'line 2 char 15: error calling func "measurement" on obj *pipeline.FromNode: reflect.Set: value of type tick.unboundFunc is not assignable to type string',
    ],
    ['var m = stream|from().nope', 'line 1 char 22: object *pipeline.FromNode has no property nope'],
    ['var m = stream|from().where', 'line 1 char 22: object *pipeline.FromNode has no property where'],
    ['var n = 5\nn|log()', 'line 2 char 3: cannot get properties of non pointer value'],
    ["var s = 'a'\ns.measurement('x')", 'line 2 char 3: cannot get properties of non pointer value'],
    ["var l = ['a']\nl|log()", 'line 2 char 3: cannot get properties of non pointer value'],
    ['foo()|log()', 'line 1 char 7: cannot get properties of non pointer value'],
    ['var l = lambda: TRUE\nl|log()', 'line 2 char 3: no method or property "log" on *ast.LambdaNode'],
    ['var n = stream|from()\nn.where(lambda: "a" > n)', 'unsupported literal type *pipeline.FromNode'],
    ['var x number', 'invalid var type "number"'],
    ['var x Int\nstream|from().measurement(x)', 'invalid var type "Int"'],
    ['var x int\nvar y float', 'missing value for var "x".', 'missing value for var "y".'],
    ['var s = stream', 'task does nothing'],
    [
      'stream|from().measurement(5)',
      'line 1 char 15: error calling func "measurement" on obj *pipeline.FromNode: reflect.Set: value of type int64 is not assignable to type string',
    ],
    [
      'stream|from().measurement("cpu")',
      'line 1 char 15: cannot assign *ast.ReferenceNode to type string, did you use double quotes instead of single quotes?',
    ],
    [
      'stream|from()|httpOut("x")',
      'line 1 char 15: cannot assign *ast.ReferenceNode to type string, did you use double quotes instead of single quotes?',
    ],
    [
      'stream|from()|eval(lambda: 1).as("b")',
      'line 1 char 31: cannot assign *ast.ReferenceNode to type string, did you use double quotes instead of single quotes?',
    ],
    [
      "stream|from().where('a > 1')",
      'line 1 char 15: error calling func "where" on obj *pipeline.FromNode: reflect: Call using string as type *ast.LambdaNode',
    ],
    [
      'stream|from()|eval("a")',
      'line 1 char 15: error calling func "eval" on obj *pipeline.FromNode: reflect: cannot use *ast.ReferenceNode as type *ast.LambdaNode in Call',
    ],
    [
      'stream|from()|httpOut(lambda: TRUE)',
      'line 1 char 15: error calling func "httpOut" on obj *pipeline.FromNode: reflect: Call using *ast.LambdaNode as type string',
    ],
    [
      "stream|from()|percentile('x', 90)",
      'line 1 char 15: error calling func "percentile" on obj *pipeline.FromNode: reflect: Call using int64 as type float64',
    ],
    [
      "stream|from()|percentile('x')",
      'line 1 char 15: error calling func "percentile" on obj *pipeline.FromNode: reflect: Call with too few input arguments',
    ],
    [
      "stream|from()|log('x')",
      'line 1 char 15: error calling func "log" on obj *pipeline.FromNode: reflect: Call with too many input arguments',
    ],
    [
      "stream|from()|percentile('x', 101.0)",
      'line 1 char 15: error calling func "percentile" on obj *pipeline.FromNode: must be at most 100, got 101',
    ],
    [
      'stream|from()|window().period(-1s)',
      'line 1 char 24: error calling func "period" on obj *pipeline.WindowNode: must be at least 0s, got -1s',
    ],
    [
      'stream|from()|sample(1.5)',
      'line 1 char 15: error calling func "sample" on obj *pipeline.FromNode: must pass int64 or duration to new sample node',
    ],
    [
      'stream|from()|window().period()',
      'line 1 char 24: too many arguments to set property Period on *pipeline.WindowNode',
    ],
    [
      'stream|from()|window().period(1s, 2s)',
      'line 1 char 24: too many arguments to set property Period on *pipeline.WindowNode',
    ],
    [
      'stream|from()|alert().flapping(2.0, 1.0)',
      'line 1 char 23: error calling func "flapping" on obj *pipeline.AlertNode: low must be below high',
    ],
    [
      'stream|from()|alert().slack().chanel(1)',
      'line 1 char 31: no method or property "chanel" on *pipeline.SlackHandler',
    ],
    [
      "stream|from()|join('a')",
      'line 1 char 15: error calling func "join" on obj *pipeline.FromNode: reflect: cannot use string as type pipeline.Node in Call',
    ],
    [
      'stream|from()|window()|window()',
      'line 1 char 24: error calling func "window" on obj *pipeline.WindowNode: cannot Window batch edge',
    ],
    [
      'stream|from().groupBy(time(1))',
      'line 1 char 23: error calling func "time" on obj <nil>: reflect: Call using int64 as type time.Duration',
    ],
    ["stream|from()|alert().slack().channel('bad')", 'invalid slack: bad channel'],
    [
      'stream|from()|window().period(1s).periodCount(2)|eval(lambda: 1)',
      'cannot specify both period and periodCount',
      'got 0 as names, and 1 expressions.',
    ],
  ]
  for (const [source, ...messages] of cases) test(source, () => assert.deepEqual(faults(source), messages))

  test('what does not depend on a fault is reported, too', () => {
    const source = `var a = stream|form()|log()
a|window().perod(10s)
stream|from().mesurement('x').truncate(10)|log().level(nope)
var b = a.x
stream|from()|percentile(b, 3)`
    assert.deepEqual(faults(source), [
      'line 1 char 16: no method or property "form" on *pipeline.StreamNode',
      'line 3 char 15: no method or property "mesurement" on *pipeline.FromNode',
      'line 3 char 31: error calling func "truncate" on obj *pipeline.FromNode: reflect.Set: value of type int64 is not assignable to type time.Duration',
      'name "nope" is undefined. Names in scope: time,stream,a',
    ])
  })

  test('there is an end to reporting', () => {
    assert.equal(faults('stream|form()\n'.repeat(100)).length, 20)
  })

  test('help', () => {
    assert.deepEqual(helpOf('stream|form()'), ['Did you mean "from"?'])
    assert.deepEqual(helpOf('stream|log()'), ['After stream comes |from().'])
    assert.deepEqual(helpOf('stream|from().mesurement()'), ['Did you mean "measurement"?'])
    assert.deepEqual(helpOf('stream|from().measurement("cpu")'), [
      "Write 'cpu': double quotes name a field or tag of a point.",
    ])
    assert.deepEqual(helpOf('stream|from().truncate(10)'), ['A duration has a unit: 10s.'])
    assert.deepEqual(helpOf("batch|query('x')"), ['This is a stream task: its source is stream.'])
    assert.deepEqual(helpOf('stream|from().where(lambda: usage > 1)'), [
      'Write "usage" in double quotes to name a field or tag of a point.',
    ])
    assert.deepEqual(helpOf('var limit = 1\nstream|from().where(lambda: "x" > limt)'), ['Did you mean "limit"?'])
    assert.deepEqual(helpOf("stream|from()|log('x')"), ['It takes no arguments, not 1.'])
    assert.deepEqual(helpOf("stream|from()|percentile('x', 90)"), ['A float has a point: 90.0.'])
  })

  test('spans point at the argument, messages at the call', () => {
    try {
      run("stream|from()|percentile('x', 90)")
      assert.fail()
    } catch (e) {
      assert.deepEqual((e as ScriptError).diagnostics[0]?.span, { start: 30, end: 32 })
    }
  })

  test('positions count bytes', () => {
    assert.deepEqual(faults("var größe = 'ä' stream|form()"), [
      'line 1 char 27: no method or property "form" on *pipeline.StreamNode',
    ])
  })
})
