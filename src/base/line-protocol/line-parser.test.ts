import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { Point } from '../point.ts'
import { timeFromUnixNano, unixNano } from '../time.ts'
import { formatErrors, LineParser, type ParseResult } from './line-parser.ts'
import { type NaivePoint, parseNaively } from './naive-parser.ts'

const NOW = { sec: 1_700_000_000, ns: 123_456_789 }
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

function read(text: string, precision = 'n', parser = new LineParser()): ParseResult {
  return parser.parse(bytesOf(text), 'db', 'rp', precision, NOW)
}

function pointsOf(text: string, precision = 'n', parser?: LineParser): Point[] {
  const r = read(text, precision, parser)
  assert.ok(r.ok, r.ok ? '' : formatErrors(r.errors))
  return r.points
}

function plain(p: Point): NaivePoint {
  return {
    name: p.series.name,
    tags: p.series.keys.map((k, i) => [k, p.series.vals[i]!] as const),
    fields: p.shape.names.map((n, i) => [n, p.shape.kinds[i]!, p.values[i]!] as const),
    nanos: BigInt(unixNano(p)),
  }
}

function refusal(text: string): string {
  const r = read(text)
  assert.ok(!r.ok, 'the line was read')
  return formatErrors(r.errors)
}

describe('what a line means', () => {
  test('measurement, tags, fields of all kinds, time', () => {
    const [p] = pointsOf('cpu,host=b,dc=a v=1.5,n=-3i,s="two words",ok=t,no=FALSE 1500000000123456789')
    assert.deepEqual(plain(p!), {
      name: 'cpu',
      tags: [
        ['dc', 'a'],
        ['host', 'b'],
      ],
      fields: [
        ['n', 'int', -3],
        ['no', 'bool', false],
        ['ok', 'bool', true],
        ['s', 'string', 'two words'],
        ['v', 'float', 1.5],
      ],
      nanos: 1500000000123456789n,
    })
    assert.equal(p!.series.db, 'db')
    assert.equal(p!.series.rp, 'rp')
  })

  test('escapes', () => {
    const [p] = pointsOf(
      'wind\\,\\ gusts\\ and=calm,wind\\ rose=north\\,east,k\\=1=a\\=b,path=C:\\dir\\x field\\ one=1,two\\,three=2,four\\=five="\\"q\\" \\\\ \\n" 1',
    )
    assert.deepEqual(plain(p!), {
      name: 'wind, gusts and=calm',
      tags: [
        ['k=1', 'a=b'],
        ['path', 'C:\\dir\\x'],
        ['wind rose', 'north,east'],
      ],
      fields: [
        ['field one', 'float', 1],
        ['four=five', 'string', '"q" \\ \\n'],
        ['two,three', 'float', 2],
      ],
      nanos: 1n,
    })
  })

  test('text may hold line breaks; quotes elsewhere are plain', () => {
    const points = pointsOf('note text="first\nsecond",n=1i 1\n"quoted",tag="it\'s" "field"=1 2')
    assert.deepEqual(
      points.map((p) => plain(p).fields),
      [
        [
          ['n', 'int', 1],
          ['text', 'string', 'first\nsecond'],
        ],
        [['"field"', 'float', 1]],
      ],
    )
    assert.deepEqual(points[1]!.series.tags['tag'], '"it\'s"')
  })

  test('blank lines, comments and leading blanks', () => {
    const points = pointsOf('\n# a="remark\nm v=1 1\n\n   # another\n \t m   v=2   2  \nm v=3 3')
    assert.deepEqual(
      points.map((p) => p.values[0]),
      [1, 2, 3],
    )
    assert.deepEqual(pointsOf(''), [])
    assert.deepEqual(pointsOf('\n\n'), [])
  })

  test('integers keep all 64 bits', () => {
    const [p] = pointsOf(
      'm a=9223372036854775807i,b=-9223372036854775808i,c=9007199254740993i,d=-0i,e=9007199254740991i',
    )
    assert.deepEqual(p!.values, [9223372036854775807n, -9223372036854775808n, 9007199254740993n, 0, 9007199254740991])
  })

  test('a field that repeats keeps its last value', () => {
    const [p] = pointsOf('m v=1,w="x",v=2i 1')
    assert.deepEqual(p!.shape.names, ['v', 'w'])
    assert.deepEqual(p!.shape.kinds, ['int', 'string'])
    assert.deepEqual(p!.values, [2, 'x'])
  })

  test('lines of one content in any order of fields share a shape', () => {
    const [a, b] = pointsOf('m x=1,y=2i 1\nm y=2i,x=1 1')
    assert.equal(a!.shape, b!.shape)
    assert.deepEqual(a!.values, b!.values)
  })

  test('kinds may change from line to line', () => {
    const points = pointsOf('m v=1 1\nm v=1i 2\nm v="1" 3\nm v=true 4\nm v=1 5')
    assert.deepEqual(
      points.map((p) => p.shape.kinds[0]),
      ['float', 'int', 'string', 'bool', 'float'],
    )
  })

  test('precisions', () => {
    const cases: [string, string, bigint][] = [
      ['n', '1500000000123456789', 1500000000123456789n],
      ['ns', '-1', -1n],
      ['fortnight', '7', 7n],
      ['u', '1500000000123456', 1500000000123456000n],
      ['ms', '1500000000123', 1500000000123000000n],
      ['ms', '-1', -1000000n],
      ['s', '1500000000', 1500000000000000000n],
      ['s', '9223372036', 9223372036000000000n],
      ['m', '25000000', 1500000000000000000n],
      ['h', '416666', 1499997600000000000n],
      ['n', '9223372036854775806', 9223372036854775806n],
      ['n', '-9223372036854775806', -9223372036854775806n],
      ['n', '00000000000000000000000000000000000000000000001', 1n],
      ['s', '0', 0n],
    ]
    for (const [precision, text, nanos] of cases) {
      assert.equal(plain(pointsOf(`m v=1 ${text}`, precision)[0]!).nanos, nanos, `${precision} ${text}`)
      assert.equal(plain(pointsOf(`m v=1 ${text}\nm v=2 1`, precision)[0]!).nanos, nanos, `${precision} ${text}`)
    }
  })

  test('a missing timestamp is the time of arrival at the precision', () => {
    const at = (precision: string): bigint => BigInt(unixNano(pointsOf('m v=1', precision)[0]!))
    assert.equal(at('n'), 1700000000123456789n)
    assert.equal(at('u'), 1700000000123456000n)
    assert.equal(at('ms'), 1700000000123000000n)
    assert.equal(at('s'), 1700000000000000000n)
    assert.equal(at('m'), 1699999980000000000n)
    assert.equal(at('h'), 1699999200000000000n)
  })

  test('the body may be overwritten afterwards', () => {
    const body = bytesOf('m,t=tag field="a long enough text, longer than any cache keeps it" 1\n')
    const r = new LineParser().parse(body, 'db', 'rp', 'n', NOW)
    body.fill(120)
    assert.ok(r.ok)
    assert.deepEqual(r.points.map(plain)[0]!.fields, [
      ['field', 'string', 'a long enough text, longer than any cache keeps it'],
    ])
  })

  test('a view into a larger buffer is read within its bounds', () => {
    const all = bytesOf('m v=1 1\nm v=2 2\nm v=3 3')
    const r = new LineParser().parse(all.subarray(8, 15), 'db', 'rp', 'n', NOW)
    assert.ok(r.ok)
    assert.deepEqual(
      r.points.map((p) => p.values[0]),
      [2],
    )
  })

  test('databases and retention policies are told apart', () => {
    const parser = new LineParser()
    const series = (db: string, rp: string): unknown => {
      const r = parser.parse(bytesOf('m v=1 1'), db, rp, 'n', NOW)
      assert.ok(r.ok)
      return [r.points[0]!.series.db, r.points[0]!.series.rp]
    }
    for (let k = 0; k < 2; k++) {
      assert.deepEqual(series('a', 'x'), ['a', 'x'])
      assert.deepEqual(series('a', 'y'), ['a', 'y'])
      assert.deepEqual(series('b', 'x'), ['b', 'x'])
    }
  })
})

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
    assert.equal(pointsOf(`m ${'k'.repeat(65_530)}=1`).length, 1)
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
    const long = read(`${'x'.repeat(1_000_000)}\n`.repeat(300))
    assert.ok(!long.ok)
    assert.ok(formatErrors(long.errors).length < 400_000)
    assert.ok(long.errors[0]!.text.endsWith('…'))
    const digits = read(`m v=${'9'.repeat(1_000_000)}i`)
    assert.ok(!digits.ok)
    assert.ok(formatErrors(digits.errors).length < 10_000)
  })
})

/** Random bodies: well-formed more often than not, with every special character in every place. */
const text = (alphabet: string, maxLength = 6): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...alphabet), { minLength: 1, maxLength }).map((a) => a.join(''))
/** Mostly the first, now and then the second. */
const mostly = <T>(usual: fc.Arbitrary<T>, odd: fc.Arbitrary<T>, weight = 60): fc.Arbitrary<T> =>
  fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: odd })
const nameText = mostly(
  fc.constantFrom('m', 'cpu', 'host', 'usage_user', 'value', 'a\\ b', 'k\\=v', 'c\\,d', 'C:\\dir', 'é', '季節', '"q"'),
  text('ab\\ ,="\té#'),
)
const numberText = mostly(
  fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.double({ min: -1e6, max: 1e6, noNaN: true }).map(String),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((n) => `${n}i`),
    fc.integer().map((n) => `${n}i`),
    text('0123456789', 22),
    fc.tuple(text('0123456789', 12), text('0123456789', 22)).map(([a, b]) => `${a}.${b}`),
  ),
  fc.oneof(
    text('0123456789.-+eEiu', 8),
    fc.bigInt({ min: -(2n ** 65n), max: 2n ** 65n }).map((n) => `${n}i`),
  ),
)
const valueText = mostly(
  fc.oneof(
    { weight: 4, arbitrary: numberText },
    { weight: 2, arbitrary: fc.constantFrom('t', 'true', 'True', 'TRUE', 'f', 'false', 'False', 'FALSE') },
    { weight: 3, arbitrary: text('ab\\ ,="\né🌊', 12).map((s) => `"${s.replace(/["\\]/g, '\\$&')}"`) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('""', '"running"', '"a \\x b"', '"say "hi" now"', '.5', '-1.', '1e3', '-0', '-0i'),
    },
  ),
  fc.oneof(
    text('ab\\ ,="\n', 12).map((s) => `"${s}"`),
    fc.constantFrom('tr', 'NaN', '"a"b', '1x'),
  ),
)
const stampText = mostly(
  fc.oneof(
    fc.constantFrom('', '', ' 1', ' 2500000', ' -5', '  7 ', ' '),
    fc.integer({ min: -2_500_000, max: 2_500_000 }).map((n) => ` ${n}`),
  ),
  fc.oneof(
    fc.constantFrom(' 1500000000', ' 1500000000123', ' 1500000000123456', ' 1500000000123456789'),
    fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }).map((n) => ` ${n}`),
    text(' 0123456789-x\t', 22).map((s) => ` ${s}`),
  ),
  10,
)
const lineText = fc
  .tuple(
    nameText,
    fc.array(fc.tuple(nameText, nameText), { maxLength: 3 }),
    mostly(fc.constantFrom(' ', ' ', ' ', '  ', ' \t'), fc.constant('')),
    fc.array(fc.tuple(nameText, valueText), { minLength: 1, maxLength: 4 }),
    stampText,
  )
  .map(([m, tags, gap, fields, stamp]) => {
    const pair = ([k, v]: readonly [string, string]): string => `${k}=${v}`
    return `${[m, ...tags.map(pair)].join(',')}${gap}${fields.map(pair).join(',')}${stamp}`
  })
const otherLine = mostly(fc.constantFrom('', '# remark', '  ', '#', ' m v=1'), fc.constantFrom('m', 'm v="a', '\\'), 10)
const bodyText = fc
  .array(fc.oneof({ weight: 8, arbitrary: lineText }, { weight: 1, arbitrary: otherLine }), { maxLength: 6 })
  .map((lines) => lines.join('\n'))
const mutated = fc
  .tuple(
    bodyText.map(bytesOf),
    fc.array(fc.tuple(fc.nat(), fc.constantFrom(...'\\ ,="\n\t\0#-.0ei', '\xff', '\xc3')), { maxLength: 4 }),
  )
  .map(([body, changes]) => {
    for (const [at, c] of changes) if (body.length > 0) body[at % body.length] = c.charCodeAt(0)
    return body
  })

describe('the parser against the naive one', () => {
  // Parsers that live on, so that learnt lines meet new ones: one that remembers all, one that always forgets.
  const parsers = [new LineParser(), new LineParser({ maxSeries: 3, maxLayouts: 5 })]

  function compare(body: Uint8Array, precision: string): void {
    const naive = parseNaively(body, precision)
    const same = new Map(
      parsers.map((parser) => [parser, parser.parse(body, 'db', 'rp', precision, { sec: 0, ns: 0 })]),
    )
    for (const r of same.values()) {
      if (naive.bad.length > 0) {
        assert.ok(!r.ok, `read although bad: ${JSON.stringify(naive.bad)}`)
        assert.equal(r.errors.length, naive.bad.length)
      } else {
        assert.ok(r.ok, r.ok ? '' : formatErrors(r.errors))
        assert.deepStrictEqual(
          r.points.map(plain),
          naive.points.map((p) => ({ ...p, nanos: p.nanos ?? 0n })),
        )
      }
    }
  }
  const precisions = fc.constantFrom('n', 'u', 'ms', 's', 'm', 'h')

  test('generated bodies', () => {
    fc.assert(
      fc.property(bodyText, precisions, (body, precision) => compare(bytesOf(body), precision)),
      { numRuns: 4_000 },
    )
  })

  test('timestamps of every length', () => {
    const digits = { n: 19, u: 16, ms: 13, s: 10, m: 9, h: 7 }
    for (const [precision, length] of Object.entries(digits)) {
      for (let k = 1; k <= length + 1; k++) {
        for (const d of '129') {
          const stamp = d.repeat(k)
          compare(bytesOf(`m v=1 ${stamp}\nm v=2 ${stamp}\nm v=3 ${stamp}`), precision)
        }
      }
    }
  })

  test('generated bodies with wrong bytes', () => {
    fc.assert(fc.property(mutated, precisions, compare), { numRuns: 4_000 })
  })

  test('random bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), precisions, compare), { numRuns: 2_000 })
    const special = fc.array(fc.constantFrom(...bytesOf('m, =v"\\\n1i#\t')), { maxLength: 40 })
    fc.assert(
      fc.property(special, precisions, (bytes, precision) => compare(Uint8Array.from(bytes), precision)),
      { numRuns: 4_000 },
    )
  })
})

describe('bodies larger than one stretch', () => {
  test('lines that cross the stretches', () => {
    const parser = new LineParser()
    for (const length of [10, 1_000, 131_000, 200_000]) {
      const lines = Array.from(
        { length: Math.ceil(600_000 / length) },
        (_, i) => `m,t=${i % 7} s="${'x'.repeat(length - ((i % 13) % length))}\n",n=${i}i ${i}`,
      )
      const points = pointsOf(lines.join('\n'), 'n', parser)
      assert.deepEqual(
        points.map((p) => p.values[0]),
        lines.map((_, i) => i),
      )
    }
  })

  test('a bad line far inside is found', () => {
    const lines = Array.from({ length: 30_000 }, (_, i) => `m v=${i} ${i}`)
    lines[29_000] = 'm v=x'
    const r = read(lines.join('\n'))
    assert.ok(!r.ok)
    assert.deepEqual(r.errors, [{ line: 29_001, text: 'm v=x', reason: 'invalid boolean' }])
  })
})

describe('bounds', () => {
  test('series beyond the bound are read all the same, and the cache begins anew', () => {
    const parser = new LineParser({ maxSeries: 100 })
    for (let round = 0; round < 5; round++) {
      const lines = Array.from({ length: 250 }, (_, i) => `m,host=h${round}_${i} v=${i} ${i}`)
      const points = pointsOf(lines.join('\n'), 'n', parser)
      assert.deepEqual(
        points.map((p) => p.series.tag('host')),
        lines.map((_, i) => `h${round}_${i}`),
      )
      assert.ok(parser.cached <= 100)
    }
    // 150 misses a round: the first rounds wore it out, so that later keys are learnt.
    pointsOf('m,host=new v=1', 'n', parser)
    assert.ok(parser.cached > 0)
  })

  test('layouts beyond the bound are read all the same', () => {
    const parser = new LineParser({ maxLayouts: 50 })
    for (let round = 0; round < 3; round++) {
      const lines = Array.from({ length: 200 }, (_, i) => `m f${round}_${i}=1,g="x" ${i}`)
      const points = pointsOf(lines.join('\n'), 'n', parser)
      assert.deepEqual(
        points.map((p) => p.shape.names[0]),
        lines.map((_, i) => `f${round}_${i}`),
      )
    }
  })

  test('lines with very many fields and very long names', () => {
    const fields = Array.from({ length: 2_000 }, (_, i) => `f${i}=${i}i`)
    const [p] = pointsOf(`m ${fields.join(',')} 1`)
    assert.equal(p!.values.length, 2_000)
    assert.equal(p!.field('f1999'), 1999)
    const [q] = pointsOf(`m,${'t'.repeat(9_000)}=1 ${'n'.repeat(5_000)}=2 1`)
    assert.equal(q!.values[0], 2)
  })

  test('times survive being taken apart', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n) + 2n, max: 2n ** 63n - 2n }), (n) => {
        const [p] = pointsOf(`m v=1 ${n}`)
        assert.deepEqual({ sec: p!.sec, ns: p!.ns }, timeFromUnixNano(n))
      }),
      { numRuns: 500 },
    )
  })
})
