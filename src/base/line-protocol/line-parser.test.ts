import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { Point } from '../point.ts'
import { timeFromUnixNano, unixNano } from '../time.ts'
import { formatErrors, LineParser, type ParseResult } from './line-parser.ts'
import { naiveOf } from './naive-parser.ts'

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

describe('what a line means', () => {
  test('measurement, tags, fields of all kinds, time', () => {
    const [p] = pointsOf('cpu,host=b,dc=a v=1.5,n=-3i,s="two words",ok=t,no=FALSE 1500000000123456789')
    assert.deepEqual(naiveOf(p!), {
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
    assert.deepEqual(naiveOf(p!), {
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
      points.map((p) => naiveOf(p).fields),
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
      assert.equal(naiveOf(pointsOf(`m v=1 ${text}`, precision)[0]!).nanos, nanos, `${precision} ${text}`)
      assert.equal(naiveOf(pointsOf(`m v=1 ${text}\nm v=2 1`, precision)[0]!).nanos, nanos, `${precision} ${text}`)
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
    assert.deepEqual(r.points.map(naiveOf)[0]!.fields, [
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
      assert.deepEqual(series('a\0b', 'x'), ['a\0b', 'x'])
      assert.deepEqual(series('a', 'b\0x'), ['a', 'b\0x'])
    }
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
  test('series with long keys are remembered up to 64 MB', () => {
    const parser = new LineParser()
    const filler = 'x'.repeat(8_000)
    const line = (k: number): string => `m,t=${filler}${k} v=${k} 1`
    const KEYS = 8_600
    for (const round of [1, 2]) {
      for (let k = 0; k < KEYS; k += 100) {
        const lines = Array.from({ length: 100 }, (_, i) => line(k + i)).join('\n')
        const points = pointsOf(lines, 'n', parser)
        assert.equal(points[99]!.series.tag('t'), `${filler}${k + 99}`)
      }
      assert.ok(parser.cached > 8_000 && parser.cached < KEYS, `${parser.cached} after round ${round}`)
    }
  })

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
