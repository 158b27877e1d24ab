import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Point } from '../../base/point.ts'
import { makeShape } from '../../base/shape.ts'
import type { Kind } from '../../base/value.ts'
import type { Node } from '../ast.ts'
import { parseLambda } from '../parser.ts'
import { bothOf, compileLambda } from './compile-lambda.ts'
import { MAX_FORMS } from './lambda.ts'
import { evaluated, lambdaOf, outcome, TEST_POINT as P, pointOf } from './test-lambdas.ts'

describe('names', () => {
  it('finds fields, tags and the time', () => {
    assert.equal(evaluated('"host" + "s"', P), 'string aab')
    assert.equal(evaluated('unixNano("time")', P), 'int 1000000005')
    const odd = pointOf({ time: ['int', 3] }, { time: 'noon' }, 2)
    assert.equal(evaluated('unixNano("time")', odd), 'int 2000000000')
  })

  it('refuses a name that is both', () => {
    const p = pointOf({ host: ['string', 'a'], v: ['int', 1] }, { host: 'a' })
    assert.equal(evaluated('"v" > 0 OR "host" == \'a\'', p), 'error: cannot have field and tags with same name "host"')
    assert.equal(evaluated('"v" > 0', p), 'bool true')
  })

  it('tells what is missing', () => {
    assert.equal(evaluated('"m"', P), 'error: missing value: "m" [m]')
    assert.equal(evaluated('"m" > 1', P), 'error: left reference value "m" is missing value [m]')
    assert.equal(evaluated('1 > "m"', P), 'error: right reference value "m" is missing value [m]')
    assert.equal(evaluated('-"m"', P), 'error: missing value: -"m"')
    assert.equal(evaluated('!"m"', P), 'error: reference "m" is missing value [m]')
    assert.match(
      evaluated('abs("m") + "f"', P),
      /^error: Cannot call function "abs" argument "m" is missing, values in scope are \["f"\] \[m\]$/,
    )
    assert.match(evaluated('pow("m", "k")', P), /arguments "m", "k" are missing/)
    assert.match(evaluated('abs(float("m"))', P), /^error: Failed to handle 1 argument: Cannot call function "float"/)
    assert.equal(outcomeOfTest('"m"', P), 'error: reference "m" is missing value')
  })

  it('takes null for an error, also of isPresent', () => {
    assert.equal(evaluated('isPresent("n")', P), 'error: Failed to handle 1 argument: referenced value "n" is nil. [n]')
    assert.equal(evaluated('"n" == 1', P), 'error: referenced value "n" is nil. [n]')
  })

  it('lets names of an overlay stand behind fields and tags', () => {
    const l = lambdaOf('"x" + "i"')
    const overlay = { names: ['x', 'i'], kinds: ['int', 'int'] as const, values: [5, 100] }
    assert.equal(l.evaluate(P, l.newState(), P, overlay), 12)
    assert.equal(l.kind, 'int')
    assert.throws(() => l.evaluate(P, l.newState(), P), /"x" is missing/)
  })
})

function outcomeOfTest(text: string, p: Point): string {
  const l = lambdaOf(text, { want: 'bool' })
  try {
    return `bool ${l.test(p, l.newState(), p)}`
  } catch (e) {
    return `error: ${(e as Error).message}`
  }
}

describe('when errors come', () => {
  it('leaves the other side alone once it is decided', () => {
    assert.equal(evaluated('isPresent("m") AND "m" > 1', P), 'bool false')
    assert.equal(evaluated('!isPresent("m") OR "m" > 1', P), 'bool true')
    assert.equal(evaluated('"c" AND 1 / "zero" == 1', P), 'bool false')
    assert.equal(evaluated('"b" OR "i" > \'x\'', P), 'bool true')
    assert.equal(evaluated('isPresent("m") AND !"m"', P), 'bool false')
  })

  it('looks at types before it evaluates, but not into comparisons', () => {
    // A bare name on the right is looked at, whatever the left says.
    assert.match(evaluated('isPresent("m") AND "m"', P), /^error: right reference value "m" is missing/)
    assert.match(evaluated('"c" AND "i"', P), /^error: mismatched/)
    assert.match(evaluated('"c" AND bool("m")', P), /^error: Cannot call/)
    // A comparison is a bool, so its sides come when it is evaluated: here the left side is.
    assert.match(evaluated('("m" > 1) AND FALSE', P), /^error: left reference value/)
  })

  it('asks types without calling anything', () => {
    const l = lambdaOf('count() + "x"')
    const state = l.newState()
    assert.match(outcome(l, P, state), /^error: right reference/)
    assert.equal(outcome(l, pointOf({ x: ['int', 10] }), state), 'int 11')
    const skipped = lambdaOf('"v" > 5 AND count() % 2 == 0')
    const cells = skipped.newState()
    const seen = [6, 1, 7, 1, 8, 9].map((v) => outcome(skipped, pointOf({ v: ['int', v] }), cells))
    assert.deepEqual(
      seen.map((s) => s === 'bool true'),
      [false, false, true, false, false, true],
    )
  })

  it('wants results that can be used', () => {
    assert.equal(evaluated('"time"', P), 'error: expression returned unexpected type time')
    assert.equal(evaluated('if("b", /a/, /b/)', P), 'error: expression returned unexpected type regex')
    assert.equal(
      outcomeOfTest('"i" + 1', P),
      'error: TypeGuard: expression returned unexpected type int, expected boolean',
    )
    const replicas = lambdaOf('"f"', { want: 'int' })
    assert.match(outcome(replicas, P), /TypeGuard.*float, expected int/)
  })

  it('says which argument of which call', () => {
    assert.equal(
      evaluated('strLength(strSubstring("s", 0, 9))', P),
      'error: Failed to handle 1 argument: error calling "strSubstring": stop index too large for string in strSubstring: 9',
    )
    assert.match(
      evaluated('abs(float("i" / "zero"))', P),
      /^error: Failed to handle 1 argument: Failed to handle 1 argu/,
    )
    assert.equal(
      evaluated('abs("i")', P),
      'error: Cannot call function "abs" with args ("i": int), available signatures are [(float)].',
    )
    assert.equal(evaluated('nofunc("i")', P), 'error: undefined function: "nofunc"')
  })
})

describe('compilation', () => {
  const refused = (text: string): string => {
    try {
      lambdaOf(text, { prefix: 'P: ' })
    } catch (e) {
      return (e as Error).message
    }
    return 'taken'
  }

  it('refuses constants that do not go together', () => {
    assert.match(refused("1 + 's' == 2"), /^P: Failed to handle left node: mismatched type to binary operator/)
    assert.equal(refused('1.5 % 2.0'), 'P: invalid math operator % for type float')
    assert.equal(refused("'a' OR TRUE"), 'P: invalid logical operator OR for type string')
    assert.match(refused('"a" > 1 AND 5'), /^P: mismatched type to binary operator. got boolean AND int/)
    assert.equal(refused("-'a' + 'b'"), 'P: invalid math operator + for type invalid type')
  })

  it('refuses what is no expression', () => {
    assert.equal(
      refused('"x" == *'),
      'P: Failed to handle right node: Given node type is not valid evaluation node: *ast.StarNode',
    )
    assert.match(refused('abs(*)'), /^P: Failed to handle 1 argument: Given node type/)
  })

  it('leaves the rest for the points', () => {
    for (const text of ['"a" > \'s\' OR TRUE', 'nofunc()', 'abs(1)', '"a" % 1.0', '1 / 0', "-'a'"]) {
      assert.equal(refused(text), 'taken', text)
    }
  })
})

describe('state', () => {
  it('is one cell per function and lambda', () => {
    const l = lambdaOf('count() + count()')
    const state = l.newState()
    assert.deepEqual([outcome(l, P, state), outcome(l, P, state)], ['int 3', 'int 7'])
    assert.equal(l.stateful, true)
    assert.equal(lambdaOf('1').stateful, false)
    // What a snapshot keeps is plain, and goes on where it was.
    const copy = JSON.parse(JSON.stringify(state))
    assert.equal(outcome(l, P, copy), 'int 11')
  })

  it('is apart for a lambda within a lambda', () => {
    const inner = parseLambda('count()')
    const outer = parseLambda('"x" + count()')
    const { expression } = outer
    assert.ok(expression.type === 'binary')
    const node = { ...outer, expression: { ...expression, left: inner } }
    const l = compileLambda({ node }, { want: 'value' })
    const state = l.newState()
    assert.equal(state.length, 2)
    assert.deepEqual([outcome(l, P, state), outcome(l, P, state)], ['int 2', 'int 4'])
  })

  it('is shared by lambdas that are joined by AND', () => {
    const both = bothOf({ node: parseLambda('count() > 0 OR FALSE') }, { node: parseLambda('count() % 2 == 0') })
    const l = compileLambda(both, { want: 'bool' })
    assert.equal(l.newState().length, 1)
    assert.equal(l.test(P, l.newState(), P), true)
    assert.equal(both.node.expression.type, 'binary')
  })
})

describe('forms', () => {
  it('chooses anew when a field changes its type', () => {
    const l = lambdaOf('"v" + "v"')
    const kinds: readonly (readonly [Kind, number | string | boolean])[] = [
      ['int', 2],
      ['float', 2.5],
      ['string', 'ab'],
      ['bool', true],
      ['int', 3],
    ]
    assert.deepEqual(
      kinds.map(([k, v]) => outcome(l, pointOf({ v: [k, v] })).slice(0, 12)),
      ['int 4', 'float 5', 'string abab', 'error: inval', 'int 6'],
    )
  })

  it('keeps a bounded number, and is right beyond', () => {
    const l = lambdaOf('"v" * 2 + strLength("host")')
    for (let round = 0; round < 2; round++) {
      for (let k = 0; k < 100; k++) {
        const p = pointOf(
          { [`a${k}`]: ['int', 1], [`b${k % 7}`]: ['float', 1], v: ['int', k] },
          { [`t${k % 5}`]: 'x', host: 'abc' },
        )
        assert.equal(outcome(l, p), `int ${2 * k + 3}`)
        assert.match(outcome(l, pointOf({ [`z${k}`]: ['int', 1] }, { host: 'abc' })), /"v" is missing/)
      }
    }
    const { exact, general } = l.formCounts()
    assert.ok(exact <= MAX_FORMS, `${exact}`)
    assert.ok(general <= 64, `${general}`)
  })

  it('never takes text of the script for code', () => {
    const evil = '\'"]); throw 1; //\u2028`\\'
    const p = pointOf({ [evil]: ['string', evil] }, { 'k"]': evil })
    const at = { pos: 0, end: 0 }
    const same = (name: string): Node => ({
      type: 'binary',
      operator: '==',
      operatorPos: 0,
      left: { type: 'reference', name, ...at },
      right: { type: 'string', value: evil, triple: false, ...at },
      parens: false,
      multiLine: false,
      ...at,
    })
    for (const name of [evil, 'k"]']) {
      const l = compileLambda({ node: { type: 'lambda', expression: same(name), ...at } }, { want: 'value' })
      assert.equal(outcome(l, p), 'bool true')
    }
  })

  it('knows beforehand what always fails', () => {
    const l = lambdaOf('"m" + 1')
    assert.ok(l.bind(makeShape([], []), []).fault)
    assert.equal(lambdaOf('1').bind(makeShape([], []), []).fault, undefined)
  })
})
