import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { TaggedArg } from '../fields.ts'
import type { GivenVar } from '../vars.ts'
import { varsOf } from './evaluate-script.ts'
import { faults, node, type Options, run, text } from './testdata-run.ts'

describe('vars', () => {
  const given = (vars: Record<string, Omit<GivenVar, 'description'>>): Options => ({
    vars: Object.entries(vars).map(([name, v]) => [name, { ...v, description: '' } as GivenVar]),
  })

  test('a value takes the place of the default, and what is computed from it follows', () => {
    const source = 'var n = 2\nvar m = n * 10\nstream|from()|sample(m)'
    assert.deepEqual(node(source, 'sample2', given({ n: { type: 'int', value: 7 } })).params.rate, {
      type: 'int',
      value: 70,
    })
  })

  test('of every type', () => {
    const options = given({
      la: { type: 'lambda', value: '"v" > limit' },
      re: { type: 'regex', value: '^a/b$' },
      li: {
        type: 'list',
        value: [
          { type: 'string', value: 'h', description: '' },
          { type: 'star', value: null, description: '' },
        ],
      },
      st: { type: 'star', value: null },
      d: { type: 'duration', value: 5 },
      extra: { type: 'int', value: 1 },
    })
    const source = `var limit = 3
      var la lambda
      var re = /x/
      var li list
      var st star
      var d = 1s
      stream|from().where(lambda: la AND "h" =~ re).groupBy(li).truncate(d)|groupBy(st)`
    const { params } = node(source, 'from1', options)
    assert.deepEqual((params.where as unknown[]).map(text), ['lambda: lambda: "v" > 3 AND "h" =~ /^a\\/b$/'])
    assert.deepEqual(
      (params.groupBy as TaggedArg[]).map((d) => d.type),
      ['string', 'star'],
    )
    assert.equal(params.truncate, 5)
  })

  test('of another type it is refused', () => {
    const int = given({ f: { type: 'int', value: 1 } })
    assert.deepEqual(faults('var f = 1.5\nstream|from()', int), ['invalid type supplied for f, got int exp float'])
    assert.deepEqual(faults('var f bool\nstream|from()', int), ['invalid type supplied for f, got int exp boolean'])
    assert.deepEqual(faults('var f = stream|from()', int), ['invalid type supplied for f, got int exp invalid type'])
    const bool = given({ f: { type: 'bool', value: true } })
    assert.deepEqual(faults("var f = ['a']\nstream|from()", bool), [
      'invalid type supplied for f, got boolean exp list',
    ])
  })

  test('regexes and lambdas are checked whether they are used or not', () => {
    const validateRegex = (source: string) => (source === 'x' ? 'no regex' : undefined)
    assert.deepEqual(faults('stream|from()', { ...given({ re: { type: 'regex', value: 'x' } }), validateRegex }), [
      'invalid var re: invalid regex pattern: no regex',
    ])
    assert.match(
      faults('stream|from()', given({ la: { type: 'lambda', value: '"a" >' } }))[0] ?? '',
      /^invalid var la: invalid lambda expression: parser: unexpected EOF line 1 char 6 in ""a" >"\. expected: /,
    )
    assert.deepEqual(faults('var la lambda\nstream|from()', given({ la: { type: 'lambda', value: 'nope' } })), [
      'name "nope" is undefined. Names in scope: time,stream,la',
    ])
  })

  test('a template goes on with zeros', () => {
    const source = `var i int  var f float  var b bool  var s string  var d duration  var re regex
      var la lambda  var li list  var st star
      stream|from().where(la).groupBy(li).measurement(s).truncate(d)|groupBy(st)|sample(i)`
    const { vars } = run(source, { mode: 'template' })
    assert.deepEqual(
      [...vars.values()].map((v) => [v.type, v.value]),
      ['int', 'float', 'bool', 'string', 'duration', 'regex', 'lambda', 'list', 'star'].map((t) => [t, undefined]),
    )
    assert.deepEqual(faults('var x = 1', { mode: 'template' }), [])
  })

  test('a tree alone tells of vars, too', () => {
    const source = '// how many\nvar n = 2\nvar m = n * 10\nvar a = nowhere|from()\nvar p = a.b\nvar f float'
    const { program } = run('stream|from()')
    assert.deepEqual([...varsOf(program)], [])
    const tree = run(`${source}\nstream|from()`.replace('nowhere', 'stream').replace('a.b', 'a.truncate'), {
      mode: 'template',
    })
    assert.deepEqual(
      [...varsOf(tree.program)].map(([name, v]) => [
        name,
        v.type,
        v.value && 'value' in v.value ? v.value.value : undefined,
        v.description,
      ]),
      [
        ['n', 'int', 2, 'how many'],
        ['m', 'int', 20, ''],
        ['f', 'float', undefined, ''],
      ],
    )
  })
})
