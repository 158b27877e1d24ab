import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { parseLambda } from '../parser.ts'
import { BUILTIN_FUNCTIONS, BUILTINS } from './builtins.ts'
import { evaluateConstant } from './evaluate-constant.ts'
import { evaluated, lambdaOf, outcome, pointOf } from './test-lambdas.ts'

const P = pointOf({ v: ['int', 1] })

/** The text of a value, as string() has it. */
const text = (expression: string): string => evaluated(expression, P).replace(/^\w+ /, '')

describe('the list of functions', () => {
  it('names each once and documents it', () => {
    assert.equal(BUILTINS.size, BUILTIN_FUNCTIONS.length)
    for (const f of BUILTIN_FUNCTIONS) {
      assert.match(f.doc, /\.$/, f.name)
      assert.ok(f.signatures.length > 0, f.name)
      assert.ok(
        f.signatures.every((s) => s.args.length <= 4),
        f.name,
      )
      // Times have no literal, so functions of times have no example.
      const timed = f.signatures.every((s) => s.args.includes('time') || s.gives === 'time')
      assert.ok(f.examples.length > 0 || timed, f.name)
      assert.equal(f.needs === 'cell', f.newCell !== undefined, f.name)
    }
  })

  for (const f of BUILTIN_FUNCTIONS) {
    for (const [expression, result] of f.examples) {
      it(`${expression} = ${result}`, () => {
        assert.equal(evaluateConstant(parseLambda(`string(${expression})`).expression).type, 'string')
        assert.equal(
          (evaluateConstant(parseLambda(`string(${expression})`).expression) as { value: unknown }).value,
          result,
        )
      })
    }
  }
})

describe('conversions', () => {
  it('reads booleans', () => {
    for (const s of ['1', 't', 'T', 'TRUE', 'true', 'True']) assert.equal(text(`bool('${s}')`), 'true')
    for (const s of ['0', 'f', 'F', 'FALSE', 'false', 'False']) assert.equal(text(`bool('${s}')`), 'false')
    for (const s of ['', 'yes', 'tRUE', ' 1'])
      assert.match(evaluated(`bool('${s}')`, P), /^error: error calling "bool"/)
    assert.equal(evaluated('bool(2)', P), 'error: error calling "bool": cannot convert 2 to boolean')
    assert.equal(evaluated('bool(0.5)', P), 'error: error calling "bool": cannot convert 0.5 to boolean')
  })

  it('reads integers in decimal only', () => {
    assert.equal(text("int('-017')"), '-17')
    assert.equal(text("int('9223372036854775807')"), '9223372036854775807')
    assert.equal(text("int('+4')"), '4')
    for (const s of ['9223372036854775808', '1.5', ' 3', '0x10', '', '1_0']) {
      assert.match(evaluated(`int('${s}')`, P), /^error: error calling "int"/, s)
    }
    assert.equal(text('int(2.99)'), '2')
    assert.equal(text('int(-2.99)'), '-2')
    assert.equal(text('int(1000000000000000000000.0)'), '-9223372036854775808')
    assert.match(evaluated('int(1s)', P), /available signatures/)
  })

  it('reads floats', () => {
    const values: Readonly<Record<string, string>> = {
      '1e3': '1000',
      '-.5': '-0.5',
      '1.': '1',
      inf: '+Inf',
      '-Infinity': '-Inf',
      NaN: 'NaN',
      '0x1p-2': '0.25',
      '0x1.8p1': '3',
      '1_000': '1000',
      '-1e-400': '-0',
    }
    for (const [s, f] of Object.entries(values)) assert.equal(text(`float('${s}')`), f, s)
    for (const s of ['', 'abc', '1,5', '12 ', '1e400', '0x10', '.', '1e', 'infin', '0b1', '1__0', '_1']) {
      assert.match(evaluated(`float('${s}')`, P), /^error: error calling "float"/, s)
    }
    assert.equal(text('float(9007199254740993)'), '9007199254740992')
  })

  it('prints floats without exponent', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (f) => {
        const l = lambdaOf('string("f")')
        const s = outcome(l, pointOf({ f: ['float', f] })).slice('string '.length)
        assert.ok(!/e/i.test(s), s)
        assert.ok(Object.is(Number(s.replace('Inf', 'Infinity')), f), `${f} ${s}`)
      }),
    )
  })

  it('makes durations', () => {
    assert.equal(text('duration(0.0000000019, 1s)'), '1ns')
    assert.equal(text('duration(-1, 1m)'), '-1m')
    assert.equal(text("duration('-2d', 1s)"), '-2d')
    assert.equal(text("duration('7ns', 1s)"), '7ns')
    for (const s of ['10', 'soon', '', 's']) {
      assert.equal(
        evaluated(`duration('${s}', 1s)`, P),
        `error: error calling "duration": invalid duration string "${s}"`,
      )
    }
    assert.match(evaluated('duration(3)', P), /available signatures/)
    assert.match(evaluated('duration(TRUE, 1s)', P), /available signatures/)
  })
})

describe('strings', () => {
  it('count in bytes', () => {
    const any = fc.string({ unit: 'binary', maxLength: 20 })
    const bytes = (s: string) => Buffer.from(s, 'utf8')
    fc.assert(
      fc.property(any, any, (s, sub) => {
        const p = pointOf({ s: ['string', s], sub: ['string', sub] })
        assert.equal(evaluated('strLength("s")', p), `int ${bytes(s).length}`)
        assert.equal(evaluated('strIndex("s", "sub")', p), `int ${bytes(s).indexOf(bytes(sub))}`)
        assert.equal(evaluated('strLastIndex("s", "sub")', p), `int ${bytes(s).lastIndexOf(bytes(sub))}`)
        assert.equal(evaluated('strContains("s", "sub")', p), `bool ${bytes(s).includes(bytes(sub))}`)
        const order = Math.sign(Buffer.compare(bytes(s), bytes(sub)))
        assert.equal(evaluated('"s" < "sub"', p), `bool ${order < 0}`)
        assert.equal(evaluated('"s" >= "sub"', p), `bool ${order >= 0}`)
      }),
    )
  })

  it('cut at bytes', () => {
    const s = pointOf({ s: ['string', 'aöb😀'] })
    assert.equal(evaluated('strSubstring("s", 1, 3)', s), 'string ö')
    assert.equal(evaluated('strSubstring("s", 0, 8)', s), 'string aöb😀')
    assert.equal(evaluated('strSubstring("s", 8, 8)', s), 'string ')
    // Half a character is one U+FFFD for each of its bytes.
    assert.equal(evaluated('strSubstring("s", 1, 2)', s), 'string \ufffd')
    assert.equal(evaluated('strSubstring("s", 4, 7)', s), 'string \ufffd\ufffd\ufffd')
    assert.match(evaluated('strSubstring("s", 0, 9)', s), /stop index too large for string in strSubstring: 9$/)
    assert.match(evaluated('strSubstring("s", -1, 2)', s), /found negative index for strSubstring: -1$/)
    assert.match(evaluated('strSubstring("s", 2, -5)', s), /found negative index for strSubstring: -5$/)
    assert.match(evaluated('strSubstring("s", 3, 1)', s), /start index 3 is beyond stop index 1/)
  })

  it('find any character', () => {
    assert.equal(text("strIndexAny('äöna', 'nö')"), '2')
    assert.equal(text("strLastIndexAny('äöna', 'ä')"), '0')
    assert.equal(text("strIndexAny('', 'a')"), '-1')
    assert.equal(text("strContainsAny('abc', '')"), 'false')
  })

  it('replace', () => {
    assert.equal(text("strReplace('Banana', '', '-', 3)"), '-B-a-nana')
    assert.equal(text("strReplace('äb', '', '-', -1)"), '-ä-b-')
    assert.equal(text("strReplace('aaaa', 'aa', 'b', -1)"), 'bb')
    assert.equal(text("strReplace('abc', 'x', 'y', -1)"), 'abc')
    assert.equal(text("strReplace('abc', 'a', 'x', 0)"), 'abc')
  })

  it('change case one letter for one', () => {
    assert.equal(text("strToUpper('straße ᾳ ŉ ǰ éΣς')"), 'STRAßE ᾼ ŉ ǰ ÉΣΣ')
    assert.equal(text("strToLower('İ ΑΣ ÀÉ')"), 'i ασ àé')
  })

  it('trim', () => {
    assert.equal(text("strTrim('äöxäö', 'öä')"), 'x')
    assert.equal(text("strTrim('😀a😀', '😀')"), 'a')
    assert.equal(text("strTrim('aaa', 'a')"), '')
    assert.equal(text("strTrimLeft('abc', '')"), 'abc')
    const p = pointOf({ s: ['string', '\u3000\u0085\t x \v\u00a0'], b: ['string', '\ufeffx'] })
    assert.equal(evaluated('strTrimSpace("s")', p), 'string x')
    assert.equal(evaluated('strTrimSpace("b")', p), 'string \ufeffx')
  })
})

describe('mathematics', () => {
  it('has the special values', () => {
    const values: Readonly<Record<string, string>> = {
      'max(1.0, 0.0 / 0.0)': 'NaN',
      'max(0.0 / 0.0, 1.0 / 0.0)': '+Inf',
      'min(0.0 / 0.0, -1.0 / 0.0)': '-Inf',
      'pow(1.0, 0.0 / 0.0)': '1',
      'pow(-1.0, 1.0 / 0.0)': '1',
      'pow(0.0, -1.0)': '+Inf',
      'mod(1.0, 0.0)': 'NaN',
      'mod(-7.5, 2.0)': '-1.5',
      'floor(-0.5)': '-1',
      'ceil(-0.5)': '-0',
      'sqrt(-1.0)': 'NaN',
      'log(0.0)': '-Inf',
      'logb(0.0)': '-Inf',
      'logb(0.75)': '-1',
      'gamma(0.0)': '+Inf',
      'gamma(-1.0)': 'NaN',
      'gamma(172.0)': '+Inf',
      'y0(-1.0)': 'NaN',
      'yn(-1, 0.0)': '+Inf',
      'pow10(309)': '+Inf',
      'pow10(-400)': '0',
      'hypot(1.0 / 0.0, 0.0 / 0.0)': '+Inf',
    }
    for (const [expression, result] of Object.entries(values)) assert.equal(text(expression), result, expression)
  })

  it('takes floats only', () => {
    assert.match(evaluated('max(1, 2)', P), /with args \(1: int,2: int\), available signatures are \[\(float,float\)\]/)
    assert.match(evaluated('jn(2.0, 1.0)', P), /available signatures are \[\(int,float\)\]/)
    assert.match(evaluated('abs()', P), /available signatures/)
    assert.match(evaluated('jn(100000000, 1.0)', P), /order 100000000 is beyond/)
  })
})

describe('presence, choice and chance', () => {
  it('evaluates both branches of if', () => {
    assert.match(evaluated('if(isPresent("m"), "m", -1)', P), /argument "m" is missing/)
    assert.match(evaluated('if(TRUE, 1, 1 / ("v" - 1))', P), /^error: Failed to handle 3 argument: runtime error/)
    assert.match(evaluated('if(TRUE, 1, 2.0)', P), /available signatures/)
    assert.equal(evaluated('if("v" > 0, count(), count() * 10)', P), 'int 1')
  })

  it('knows what is there', () => {
    assert.equal(evaluated('isPresent("v")', P), 'bool true')
    assert.equal(evaluated('isPresent("m")', P), 'bool false')
    assert.match(evaluated('isPresent("time")', P), /available signatures/)
    assert.match(evaluated('isPresent(1s)', P), /available signatures/)
    assert.match(evaluated('isPresent("m" + 1)', P), /left reference value "m" is missing/)
    // The argument is evaluated all the same.
    assert.match(evaluated('isPresent(1 / ("v" - 1))', P), /divide by zero/)
  })

  it('prints sizes', () => {
    const sizes: Readonly<Record<string, string>> = {
      '0': '0 B',
      '9.6': '9 B',
      '999': '999 B',
      '1000': '1.0 kB',
      '1049.0': '1.0 kB',
      '9949': '9.9 kB',
      '9950.0': '10 kB',
      '12500': '12 kB',
      '13500': '14 kB',
      '999999': '1000 kB',
      '82854982': '83 MB',
      '5000000000000.0': '5.0 TB',
      '9223372036854775807': '9.2 EB',
      '-1': '18 EB',
      '-5.0': '18 EB',
      '10000000000000000000.0': '10 EB',
    }
    for (const [n, s] of Object.entries(sizes)) assert.equal(text(`humanBytes(${n})`), s, n)
  })

  it('stays within bounds', () => {
    const l = lambdaOf('rand("n")')
    for (const n of [1, 2, 7, 2 ** 32, 2 ** 40, 9223372036854775807n]) {
      for (let k = 0; k < 50; k++) {
        const r = l.evaluate(pointOf({ n: ['int', n] }), [], P) as number | bigint
        assert.ok(r >= 0 && r < n, `${r} of ${n}`)
      }
    }
    assert.match(outcome(l, pointOf({ n: ['int', 0] })), /wants a number above 0/)
    const big = lambdaOf('rand()')
    assert.ok(Array.from({ length: 20 }, () => big.evaluate(P, [], P)).some((r) => (r as bigint) > 2n ** 53n))
  })
})

describe('times', () => {
  it('are in local time', () => {
    const sec = 1_500_000_000
    const d = new Date(sec * 1000)
    const p = pointOf({ v: ['int', 1] }, {}, sec, 123_456_789)
    const parts = 'unixNano minute hour weekday day month year'.split(' ')
    assert.deepEqual(
      parts.map((f) => evaluated(`${f}("time")`, p)),
      [
        1500000000123456789n,
        d.getMinutes(),
        d.getHours(),
        d.getDay(),
        d.getDate(),
        d.getMonth() + 1,
        d.getFullYear(),
      ].map((n) => `int ${n}`),
    )
    const before = pointOf({ v: ['int', 1] }, {}, -1, 999_999_999)
    assert.equal(evaluated('unixNano("time")', before), 'int -1')
  })

  it('take now from whoever evaluates', () => {
    const l = lambdaOf('unixNano(now()) - unixNano("time")')
    assert.equal(l.evaluate(pointOf({}, {}, 5), [], { sec: 7, ns: 1 }), 2_000_000_001)
  })
})

describe('functions that remember', () => {
  const run = (expression: string, values: readonly number[]): unknown[] => {
    const l = lambdaOf(expression)
    const state = l.newState()
    return values.map((v) => l.evaluate(pointOf({ v: ['float', v] }), state, P))
  }

  it('measure the distance from the mean', () => {
    const got = run('sigma("v")', [4, 4, 6, 5, 20, -3.5]) as number[]
    const want = [0, 0, 1.1547005383792512, 0.2611164839335468, 1.775778654705725, 1.2255129171652133]
    for (const [i, w] of want.entries()) assert.ok(Math.abs(got[i]! - w) < 1e-12, `${got[i]} ${w}`)
  })

  it('measure the spread', () => {
    assert.deepEqual(run('spread("v")', [5, 7.5, 6, -1]), [0, 2.5, 2.5, 8.5])
  })

  it('count', () => {
    assert.deepEqual(run('count() * 10', [0, 0]), [10, 20])
  })
})
