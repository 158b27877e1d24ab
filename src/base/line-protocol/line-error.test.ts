import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { formatErrors, LineParser, type ParseResult } from './line-parser.ts'

function read(text: string, precision = 'n'): ParseResult {
  return new LineParser().parse(new TextEncoder().encode(text), 'db', 'rp', precision, { sec: 0, ns: 0 })
}

function refusal(text: string): string {
  const r = read(text)
  assert.ok(!r.ok, 'the line was read')
  return formatErrors(r.errors)
}

describe('what is refused', () => {
  const cases: [string, string][] = [
    ['m v= 2', 'missing field value'],
    ['m v=', 'missing field value'],
    ['m v=,w=1', 'missing field value'],
    ['alone', 'missing fields'],
    ['m,t=v', 'missing fields'],
    [',tag=a v=1', 'missing measurement'],
    ['m,=a v=1', 'missing tag key'],
    ['m, v=1', 'missing tag key'],
    ['m,t= v=1', 'missing tag value'],
    ['m,t v=1', 'missing tag value'],
    ['m,t=a,u v=1', 'missing tag value'],
    ['m,t=a=b v=1', 'invalid tag format'],
    ['m,a=1,b=2,a=3 v=1 1', 'duplicate tags'],
    ['m =1', 'missing field key'],
    ['m v=1,=2', 'missing field key'],
    ['bad 2', 'invalid field format'],
    ['m v=1,', 'invalid field format'],
    ['m v=1,w', 'invalid field format'],
    ['m v=1,,w=1', 'invalid field format'],
    ['m v="a"b', 'invalid field format'],
    ['m v="a', 'unbalanced quotes'],
    ['m v=7u 1', 'invalid number'],
    ['m v=-', 'invalid number'],
    ['m v=.', 'invalid number'],
    ['m v=-i', 'invalid number'],
    ['m v=1.5i', 'invalid number'],
    ['m v=1e3i', 'invalid number'],
    ['m v=1i2', 'invalid number'],
    ['m v=1.2.3', 'invalid number'],
    ['m v=1+1', 'invalid number'],
    ['m v=0x10', 'invalid number'],
    ['m v=NaN', 'invalid number'],
    ['m v=-Inf', 'invalid number'],
    ['m v=1e', 'invalid float'],
    ['m v=1e+', 'invalid float'],
    ['m v=1e5e5', 'invalid float'],
    ['m v=1e400', 'invalid float'],
    [`m v=${'9'.repeat(400)}`, 'invalid float'],
    ['m v=Inf', 'invalid boolean'],
    ['m v=+1', 'invalid boolean'],
    ['m v=tru', 'invalid boolean'],
    ['m v=yes', 'invalid boolean'],
    ['m v=tRUE', 'invalid boolean'],
    ['m v=1 soon', 'bad timestamp'],
    ['m v=1 1.5', 'bad timestamp'],
    ['m v=1 +1', 'bad timestamp'],
    ['m v=1 1\r', 'bad timestamp'],
    ['m v=1 1 2', 'point is invalid'],
    ['m v=1 -', 'strconv.ParseInt: parsing "-": invalid syntax'],
    ['m v=1 99999999999999999999', 'strconv.ParseInt: parsing "99999999999999999999": value out of range'],
    ['m v=1 9223372036854775807', 'time outside range -9223372036854775806 - 9223372036854775806'],
    ['m v=1 -9223372036854775807', 'time outside range -9223372036854775806 - 9223372036854775806'],
    [
      'm v=9223372036854775808i 1',
      'unable to parse integer 9223372036854775808: strconv.ParseInt: parsing "9223372036854775808": value out of range',
    ],
    [
      'm v=-9223372036854775809i 1',
      'unable to parse integer -9223372036854775809: strconv.ParseInt: parsing "-9223372036854775809": value out of range',
    ],
  ]
  for (const [line, reason] of cases) {
    test(`${line.slice(0, 40)}: ${reason}`, () => {
      assert.equal(refusal(line), `unable to parse '${line}': ${reason}`)
      // Also behind lines that have been learnt.
      assert.equal(refusal(`m v=1 1\nm,t=a v=1 1\n  ${line}`), `unable to parse '${line}': ${reason}`)
    })
  }

  test('times out of range in coarse precisions', () => {
    const r = read('m v=1 9223372037', 's')
    assert.ok(!r.ok)
    assert.equal(r.errors[0]!.reason, 'time outside range -9223372036854775806 - 9223372036854775806')
  })

  test('keys that are too long', () => {
    const long = 'k'.repeat(65_536)
    assert.match(refusal(`${long} v=1`), /: max key length exceeded: 65536 > 65535$/)
    assert.match(refusal(`m ${long}=1`), /: max key length exceeded: 65541 > 65535$/)
    assert.ok(read(`m ${'k'.repeat(65_530)}=1`).ok)
  })

  test('all bad lines are named, with their numbers', () => {
    const r = read('good v=1 1\nbad 2\n# remark\ngood v="a\nb" 3\nworse,t v=1 4')
    assert.ok(!r.ok)
    assert.deepEqual(r.errors, [
      { line: 2, text: 'bad 2', reason: 'invalid field format' },
      { line: 6, text: 'worse,t v=1 4', reason: 'missing tag value' },
    ])
    assert.equal(
      formatErrors(r.errors),
      "unable to parse 'bad 2': invalid field format\nunable to parse 'worse,t v=1 4': missing tag value",
    )
  })

  test('what is told is bounded', () => {
    const many = read('bad\n'.repeat(50_000))
    assert.ok(!many.ok)
    assert.equal(many.errors.length, 1_000)
    const long = read(`${'x'.repeat(100_000)}\n`.repeat(200))
    assert.ok(!long.ok)
    assert.ok(formatErrors(long.errors).length < 400_000)
    assert.ok(long.errors[0]!.text.endsWith('…'))
    const digits = read(`m v=${'9'.repeat(1_000_000)}i`)
    assert.ok(!digits.ok)
    assert.ok(formatErrors(digits.errors).length < 10_000)
  })
})
