import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { evaluated, lambdaOf, outcome, TEST_POINT as P, pointOf } from './test-lambdas.ts'

describe('operators on every pair of types', () => {
  const sides: readonly (readonly [string, string, string])[] = [
    ['int', '"i"', '"j"'],
    ['float', '"f"', '"g"'],
    ['string', '"s"', '"t"'],
    ['boolean', '"b"', '"c"'],
    ['duration', '"d"', '"e"'],
    ['time', '"time"', '"time"'],
  ]
  const works: Readonly<Record<string, string>> = {
    'int + int': 'int 9',
    'float + float': 'float 9.5',
    'string + string': 'string abb',
    'duration + duration': 'duration 9s',
    'int - int': 'int 5',
    'float - float': 'float 5.5',
    'duration - duration': 'duration 5s',
    'int * int': 'int 14',
    'float * float': 'float 15',
    'int * duration': 'duration 14s',
    'duration * int': 'duration 14s',
    'float * duration': 'duration 15s',
    'duration * float': 'duration 14s',
    'int / int': 'int 3',
    'float / float': 'float 3.75',
    'duration / int': 'duration 3500ms',
    'duration / float': 'duration 3500ms',
    'duration / duration': 'int 3',
    'int % int': 'int 1',
    'boolean AND boolean': 'bool false',
    'boolean OR boolean': 'bool true',
    'boolean == boolean': 'bool false',
    'boolean != boolean': 'bool true',
  }
  const truth: Readonly<Record<string, boolean>> = {
    '==': false,
    '!=': true,
    '<': false,
    '<=': false,
    '>': true,
    '>=': true,
  }
  for (const operator of ['+', '-', '*', '/', '%', '==', '!=', '<', '<=', '>', '>=', 'AND', 'OR', '=~', '!~']) {
    it(operator, () => {
      for (const [l, left] of sides) {
        for (const [r, , right] of sides) {
          const key = `${l} ${operator} ${r}`
          const numbers = /int|float/.test(l) && /int|float/.test(r)
          const same = l === r && (l === 'duration' || l === 'string')
          let expected = works[key]
          if (!expected && operator in truth && (numbers || same)) {
            // 'ab' < 'b', all others are greater on the left.
            const less = l === 'string' ? { '<': true, '<=': true, '>': false, '>=': false }[operator] : undefined
            expected = `bool ${less ?? truth[operator]}`
          }
          const got = evaluated(`${left} ${operator} ${right}`, P)
          if (expected) assert.equal(got, expected, key)
          else
            assert.match(got, /^error: (mismatched type to binary operator|invalid (math|comparison|logical) operator)/)
        }
      }
    })
  }

  it('words the two errors', () => {
    assert.equal(
      evaluated('"i" + "f"', P),
      'error: mismatched type to binary operator. got int + float. see bool(), int(), float(), string(), duration()',
    )
    assert.equal(evaluated('"f" % "g"', P), 'error: invalid math operator % for type float')
    assert.equal(evaluated('"time" == "time"', P), 'error: invalid comparison operator == for type time')
    assert.equal(evaluated('"s" AND "b"', P), 'error: invalid logical operator AND for type string')
    assert.equal(evaluated('"b" < "c"', P), 'error: invalid comparison operator < for type boolean')
    assert.match(evaluated('"s" =~ "t"', P), /got string =~ string/)
  })

  it('matches regexes', () => {
    assert.equal(evaluated('"s" =~ /^a/', P), 'bool true')
    assert.equal(evaluated('"s" !~ /^a/', P), 'bool false')
    assert.equal(evaluated('"s" =~ if("b", /x/, /b$/)', P), 'bool false')
  })
})

describe('arithmetic', () => {
  it('negates', () => {
    assert.equal(evaluated('-"i"', P), 'int -7')
    assert.equal(evaluated('-"f"', P), 'float -7.5')
    assert.equal(evaluated('-"d"', P), 'duration -7s')
    assert.equal(evaluated('!"b"', P), 'bool false')
    assert.equal(evaluated('-"b"', P), 'error: invalid unary operator - for type boolean')
    assert.equal(evaluated('!"i"', P), 'error: TypeGuard: expression returned unexpected type int, expected boolean')
  })

  it('takes division by zero for an error of the point', () => {
    for (const text of ['"i" / "zero"', '"i" % "zero"', '"d" / "zero"', '"d" / ("e" - "e")', '1 / 0']) {
      assert.equal(evaluated(text, P), 'error: runtime error: integer divide by zero', text)
    }
    assert.equal(evaluated('"f" / 0.0', P), 'float +Inf')
    assert.equal(evaluated('"zero" / "i"', P), 'int 0')
  })

  it('cuts durations to whole nanoseconds', () => {
    assert.equal(evaluated('10s * 0.3333333333', P), 'duration 3333333333ns')
    assert.equal(evaluated('"d" / 0.0', P), 'duration -9223372036854775808ns')
    assert.equal(evaluated('-1h / 7m', P), 'int -8')
  })

  it('compares an int with a float as floats', () => {
    const big = pointOf({ i: ['int', 9007199254740993n], f: ['float', 9007199254740992] })
    assert.equal(evaluated('"i" == "f"', big), 'bool true')
    assert.equal(evaluated('"f" >= "i"', big), 'bool true')
    assert.equal(evaluated('"i" == 9007199254740993', big), 'bool true')
    assert.equal(evaluated('"f" == 9007199254740993', big), 'bool true')
  })

  it('knows NaN', () => {
    assert.equal(evaluated('"f" * 0.0 / 0.0 == "f" * 0.0 / 0.0', P), 'bool false')
    assert.equal(evaluated('"f" * 0.0 / 0.0 != 1', P), 'bool true')
  })

  const int64 = fc.oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.bigInt({ min: -(2n ** 53n) - 3n, max: 2n ** 53n + 3n }),
    fc.constantFrom(0n, 1n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n, -(2n ** 53n)),
  )
  const fieldOf = (n: bigint) => (n >= -(2n ** 53n) + 1n && n < 2n ** 53n ? Number(n) : n)

  it('has the integers of 64 bits', () => {
    const operators: Readonly<Record<string, (a: bigint, b: bigint) => bigint | boolean>> = {
      '+': (a, b) => a + b,
      '-': (a, b) => a - b,
      '*': (a, b) => a * b,
      '/': (a, b) => a / b,
      '%': (a, b) => a % b,
      '==': (a, b) => a === b,
      '!=': (a, b) => a !== b,
      '<': (a, b) => a < b,
      '<=': (a, b) => a <= b,
      '>': (a, b) => a > b,
      '>=': (a, b) => a >= b,
    }
    for (const [operator, exact] of Object.entries(operators)) {
      const l = lambdaOf(`"a" ${operator} "b"`)
      const twice = lambdaOf(`("a" ${operator} "b") == ("a" ${operator} "b")`)
      fc.assert(
        fc.property(int64, int64, (a, b) => {
          const p = pointOf({ a: ['int', fieldOf(a)], b: ['int', fieldOf(b)] })
          if (b === 0n && (operator === '/' || operator === '%')) {
            assert.match(outcome(l, p), /divide by zero/)
            return
          }
          const r = exact(a, b)
          assert.equal(outcome(l, p), typeof r === 'bigint' ? `int ${BigInt.asIntN(64, r)}` : `bool ${r}`)
          assert.equal(outcome(twice, p), 'bool true')
        }),
        { numRuns: 150 },
      )
    }
  })
})
