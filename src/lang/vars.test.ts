import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readFirstJson } from '../base/json-reader.ts'
import { names, run } from './evaluate/testdata-run.ts'
import { declaredVars, type GivenVars, readVars, VarsError, writeVars } from './vars.ts'

const read = (json: string): GivenVars => readVars(readFirstJson(json, { exactNumbers: true }))

function refusal(type: string | undefined, value: string): string {
  const json = type === undefined ? `{"value": ${value}}` : `{"type": "${type}", "value": ${value}}`
  try {
    read(`{"v": ${json}}`)
  } catch (e) {
    assert.ok(e instanceof VarsError)
    return `${e.kind}: ${e.message}`
  }
  return 'taken'
}

describe('reading', () => {
  test('a value of every type', () => {
    const vars = read(`{
      "b": {"type": "bool", "value": true},
      "i": {"type": "int", "value": -40, "description": "how many"},
      "big": {"type": "int", "value": 9223372036854775807},
      "f": {"type": "float", "value": 2},
      "s": {"type": "string", "value": "it's"},
      "re": {"type": "regex", "value": "^a/b$"},
      "la": {"type": "lambda", "value": "\\"a\\">1"},
      "d": {"type": "duration", "value": 90000000000},
      "li": {"type": "list", "value": [{"type": "string", "value": "p"}, {"type": "star", "value": "*"}]},
      "st": {"type": "star"}
    }`)
    assert.deepEqual(vars, {
      b: { type: 'bool', value: true, description: '' },
      i: { type: 'int', value: -40, description: 'how many' },
      big: { type: 'int', value: 9223372036854775807n, description: '' },
      f: { type: 'float', value: 2, description: '' },
      s: { type: 'string', value: "it's", description: '' },
      re: { type: 'regex', value: '^a/b$', description: '' },
      la: { type: 'lambda', value: '"a">1', description: '' },
      d: { type: 'duration', value: 90_000_000_000, description: '' },
      li: {
        type: 'list',
        value: [
          { type: 'string', value: 'p', description: '' },
          { type: 'star', value: null, description: '' },
        ],
        description: '',
      },
      st: { type: 'star', value: null, description: '' },
    })
  })

  test('durations as text', () => {
    const duration = (text: string) => read(`{"d": {"type": "duration", "value": "${text}"}}`).d?.value
    assert.deepEqual(
      ['1h15m', '-10ms', '250u', '1ns', '2w'].map(duration),
      [4_500_000_000_000, -10_000_000, 250_000, 1, 1_209_600_000_000_000],
    )
  })

  test('nothing is no vars', () => {
    assert.deepEqual([readVars(null), readVars(undefined), readVars({})], [{}, {}, {}])
  })

  test('plain numbers are taken, too', () => {
    const vars = readVars({ i: { type: 'int', value: 3 }, big: { type: 'int', value: 9007199254740993n } })
    assert.deepEqual([vars.i?.value, vars.big?.value], [3, 9007199254740993n])
  })

  test('JSON of the wrong form', () => {
    assert.equal(refusal('int', '1.5'), 'json: invalid var v: expected int value')
    assert.equal(refusal('int', '1.0'), 'json: invalid var v: expected int value')
    assert.equal(refusal('int', '"1"'), 'json: invalid var v: expected int value')
    assert.equal(refusal('int', '9223372036854775808'), 'json: invalid var v: expected int value')
    assert.equal(refusal('int', 'null'), 'json: invalid var v: expected int value')
    assert.equal(refusal('float', '"1"'), 'json: invalid var v: expected float value')
    assert.equal(refusal('float', 'null'), 'json: invalid var v: expected float value')
    assert.equal(refusal('duration', '"soon"'), 'json: invalid var v: invalid duration string for var: soon')
    assert.equal(refusal('duration', '"5"'), 'json: invalid var v: invalid duration string for var: 5')
    assert.equal(refusal('duration', '1.5'), 'json: invalid var v: expected int value')
    assert.equal(refusal('list', '"a"'), 'json: invalid var v: expected list of vars')
    assert.equal(refusal('list', '["a"]'), 'json: invalid var v: expected list of vars')
    assert.equal(refusal('list', '[{"value": 1}]'), 'json: invalid var v: expected list type key in object')
    assert.equal(refusal('list', '[{"type": "star"}]'), 'json: invalid var v: expected list value key in object')
    assert.equal(refusal('text', '"a"'), 'json: invalid var v: unknown VarType text')
    for (const json of [
      '[]',
      '{"v": 1}',
      '{"v": {"type": 1}}',
      '{"v": {"type": "int", "value": 1, "description": 1}}',
    ]) {
      assert.throws(
        () => read(json),
        (e) => e instanceof VarsError && e.kind === 'json',
        json,
      )
    }
  })

  test('type and value that do not go together', () => {
    assert.equal(refusal(undefined, '"a"'), 'value: invalid var v: unexpected var type unknown, value is a string')
    assert.equal(refusal('bool', '"yes"'), 'value: invalid var v: unexpected var type bool, value is a string')
    assert.equal(refusal('string', 'true'), 'value: invalid var v: mismatched type and value: bool string')
    assert.equal(refusal('regex', '1'), 'value: invalid var v: mismatched type and value: float64 regex')
    assert.equal(refusal('string', 'null'), 'value: invalid var v: unsupported Var type <nil>.')
    assert.equal(refusal(undefined, '{}'), 'value: invalid var v: unsupported Var type map[string]interface {}.')
    assert.equal(refusal('lambda', '[]'), 'value: invalid var v: unsupported Var type []interface {}.')
  })

  test('any name is a name', () => {
    assert.deepEqual(Object.keys(read('{"__proto__": {"type": "int", "value": 1}}')), ['__proto__'])
  })
})

describe('writing', () => {
  test('by name in byte order', () => {
    const vars = read(`{"b": {"type": "int", "value": 1}, "Ab": {"type": "star"}, "a": {"type": "list", "value": []}}`)
    const written = writeVars(Object.entries(vars))
    assert.deepEqual(Object.keys(written), ['Ab', 'a', 'b'])
    assert.deepEqual(Object.keys(written.b ?? {}), ['type', 'value', 'description'])
    assert.deepEqual(readVars(written), vars)
  })

  test('what a script declares', () => {
    const source = `// one line
      var i = 3
      var f = 2.5
      var b = TRUE
      var s = 'text'
      var d = 90s
      var re = /^a\\/b$/
      var la = lambda: "v">1 AND ("w"<2.0)
      var li = ['one', *]
      var neg = -4
      var more = i * 10
      var src = stream|from()
      var nodes = [src]
      var st = *
      var dim = time(1s)
      var call = foo()
      // required
      var need float
      src|sample(more)`
    const vars = Object.fromEntries(declaredVars(run(source, { mode: 'template' }).vars))
    const string = { type: 'string', value: 'one', description: '' }
    assert.deepEqual(vars, {
      i: { type: 'int', value: 3, description: 'one line' },
      f: { type: 'float', value: 2.5, description: '' },
      b: { type: 'bool', value: true, description: '' },
      s: { type: 'string', value: 'text', description: '' },
      d: { type: 'duration', value: 90_000_000_000, description: '' },
      re: { type: 'regex', value: '^a/b$', description: '' },
      la: { type: 'lambda', value: '"v" > 1 AND ("w" < 2.0)', description: '' },
      li: { type: 'list', value: [string, { type: 'star', value: null, description: '' }], description: '' },
      neg: { type: 'int', value: -4, description: '' },
      more: { type: 'int', value: 30, description: '' },
      st: { type: 'star', value: null, description: '' },
      need: { type: 'float', value: null, description: 'required' },
    })
  })

  test('descriptions', () => {
    const source = `// first
//   second
var a = 1
// upper

// lower
var b = 2
var c = 3 // belongs to d
var d = 4
stream|from()`
    const described = declaredVars(run(source).vars).map(([, v]) => v.description)
    assert.deepEqual(described, ['first\n  second', 'upper\n\n\nlower', '', 'belongs to d'])
  })

  test('a default can be given back', () => {
    const source =
      'var dims = [\'a\', *]\nvar la = lambda: "v" > 1\nvar d = 3s\nstream|from().where(la).groupBy(dims).truncate(d)'
    const vars = declaredVars(run(source).vars)
    const given = Object.entries(readVars(Object.fromEntries(vars)))
    assert.deepEqual(names(source, { vars: given }), ['stream0', 'from1'])
  })
})
