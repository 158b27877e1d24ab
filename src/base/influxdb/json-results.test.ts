import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { unixNano } from '../time.ts'
import { JsonResultDecoder } from './json-results.ts'
import type { Cell } from './result-sink.ts'
import { cuts, decodeParts, type SeenSeries, SeenSink } from './testdata-sink.ts'

function decode(text: string, at: readonly number[] = []): SeenSeries[] {
  const sink = new SeenSink()
  decodeParts(new JsonResultDecoder(sink), text, at)
  return sink.series
}

const one = (values: string, more = ''): string =>
  `{"results":[{"statement_id":0,"series":[{"name":"m","columns":["time","v"],"values":[${values}]${more}}]}]}`
const rowsOf = (values: string): unknown => decode(one(values))[0]!.rows.map((r) => [r.sec, r.ns, r.fields['v']])

describe('rows', () => {
  test('keep every digit of nanoseconds, also before 1970', () => {
    assert.deepEqual(rowsOf('[1500000000123456789,1],[-1,2],[-1500000000000000000,3],[0,4],[999999999,5]'), [
      [1500000000, 123456789, 1],
      [-1, 999999999, 2],
      [-1500000000, 0, 3],
      [0, 0, 4],
      [0, 999999999, 5],
    ])
    assert.deepEqual(rowsOf('[9223372036854775806,1],[-9223372036854775806,2]'), [
      [9223372036, 854775806, 1],
      [-9223372037, 145224194, 2],
    ])
  })

  test('take times as texts too', () => {
    assert.deepEqual(rowsOf('["1970-01-01T00:00:01.000000001Z",1],["1970-01-01T01:00:00+01:00",2]'), [
      [1, 1, 1],
      [0, 0, 2],
    ])
    assert.deepEqual(rowsOf('[1e9,1],[1.5e9,2]'), [
      [1, 0, 1],
      [1, 500000000, 2],
    ])
  })

  test('have cells of any kind; integers become floats', () => {
    const values =
      '[1,1],[1,-1.5e3],[1,true],[1,false],[1,null],[1,"x\\u00e4\\n\\"y"],[1,9007199254740993],[1,0.1],[1,"ä"],[1,["a"]]'
    assert.deepEqual(
      decode(one(values))[0]!.rows.map((r) => r.fields['v']),
      [1, -1500, true, false, null, 'xä\n"y', 9007199254740992, 0.1, 'ä', '["a"]'],
    )
  })

  test('without a time have the zero time', () => {
    const [s] = decode('{"results":[{"series":[{"name":"databases","columns":["name"],"values":[["a"],["b"]]}]}]}')
    assert.deepEqual(
      s!.rows.map((r) => [r.sec, r.fields['name']]),
      [
        [-62135596800, 'a'],
        [-62135596800, 'b'],
      ],
    )
  })
})

describe('answers', () => {
  test('in several documents, with members in any order and others that nobody knows', () => {
    const text = ` {"results" : [ { "series":[{"values2":[1,{"a":[]}],"columns":["v","time"],"partial":true,
      "values":[[1,2],[3,4]],"tags":{"a":"b","c":""},"name":"m"}], "messages":[{"level":"warning","text":"x"}],
      "statement_id":0} ] , "took": 1.5e-3 }
      {"results":[{"statement_id":0},{"series":null},{"series":[]}]}\n{"results":null}\n`
    assert.deepEqual(decode(text), [
      {
        name: 'm',
        tags: { a: 'b', c: '' },
        partial: true,
        rows: [
          { sec: 0, ns: 2, fields: { v: 1 } },
          { sec: 0, ns: 4, fields: { v: 3 } },
        ],
      },
    ])
  })

  test('that are errors say so in their own words', () => {
    for (const text of [
      '{"error":"unable to parse"}',
      '{"results":[{"statement_id":0,"error":"unable to parse"}]}',
      `${one('[1,2]')}\n{"results":[{"statement_id":0,"error":"unable to parse"}]}`,
    ]) {
      assert.throws(() => decode(text), {
        name: 'Fault',
        code: 'influx-error',
        message: 'unable to parse',
        retry: true,
      })
    }
  })

  const broken = [
    '',
    '  \n',
    '{"results":[{"series":[{"name":"m"',
    one('[1,2]').slice(0, -1),
    one('[1,2],'),
    one('[1,2] [3,4]'),
    one('[1,2,3]'),
    one('[1]'),
    one('{}'),
    one('[1,nil]'),
    one('[1,+1]'),
    one('[1,01]'),
    one('[1,1.]'),
    one('[1,"a]'),
    one('["today",1]'),
    one('[null,1]'),
    one('[true,1]'),
    one('[1,"\\x"]'),
    '{"results":[{"series":[{"name":"m","values":[[1,2]],"columns":["time","v"]}]}]}',
    '{"results":[{"series":[{"name":7}]}]}',
    '{"results":[{"series":[{"columns":["time",1]}]}]}',
    '{"results":[{"series":[{"tags":{"a":1}}]}]}',
    '{"results":[{"series":[{"name":"m"},]}]}',
    '{"results":[],}',
    '{"results" []}',
    '[]',
    'not json',
    '<html>',
    `{"x":${'['.repeat(10_000)}`,
  ]
  for (const text of broken)
    test(`${text.slice(0, 70)} is not understood`, () => {
      assert.throws(() => decode(text), {
        name: 'Fault',
        code: 'query-result',
        message: /^failed to understand query result/,
      })
    })
})

test('what JSON.parse reads is read, wherever it is cut', () => {
  const text = fc.string({ maxLength: 8, unit: 'grapheme' })
  const nanos = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
  const cell: fc.Arbitrary<Cell> = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer(),
    text,
    fc.boolean(),
    fc.constant(null),
  )
  const series = fc
    .record({
      name: text,
      tags: fc.dictionary(text, text, { maxKeys: 3 }),
      names: fc.uniqueArray(
        text.filter((t) => t !== 'time'),
        { maxLength: 4 },
      ),
      timeAt: fc.nat(4),
      partial: fc.boolean(),
    })
    .chain((s) =>
      fc
        .array(fc.tuple(nanos, fc.array(cell, { minLength: s.names.length, maxLength: s.names.length })), {
          maxLength: 5,
        })
        .map((rows) => ({ ...s, rows })),
    )
  fc.assert(
    fc.property(fc.array(series, { maxLength: 3 }), cuts, fc.constantFrom('', ' ', '\n'), (all, at, blank) => {
      const written = all.map((s) => {
        const place = Math.min(s.timeAt, s.names.length)
        const values = s.rows.map(
          ([t, cells]) =>
            `[${cells
              .map((c) => JSON.stringify(c))
              .toSpliced(place, 0, String(t))
              .join(`${blank},`)}]`,
        )
        const head = `"name":${JSON.stringify(s.name)},${blank}"tags":${JSON.stringify(s.tags)}`
        const columns = JSON.stringify(s.names.toSpliced(place, 0, 'time'))
        return `{${head},"columns":${columns},"values":[${values.join(`,${blank}`)}],"partial":${s.partial}}`
      })
      const seen = decode(`{"results":[{"series":[${written.join(',')}]}]}${blank}`, at)
      assert.deepEqual(
        seen.map((s) => ({ ...s, rows: s.rows.map((r) => [BigInt(unixNano(r)), Object.entries(r.fields)]) })),
        all.map((s) => ({
          name: s.name,
          tags: JSON.parse(JSON.stringify(s.tags)),
          partial: s.partial,
          rows: s.rows.map(([t, cells]) => [
            t,
            Object.entries(Object.fromEntries(s.names.map((n, i) => [n, Object.is(cells[i], -0) ? 0 : cells[i]]))),
          ]),
        })),
      )
    }),
    { numRuns: 300 },
  )
})

test('numbers are read as JSON.parse reads them', () => {
  const digits = fc.stringMatching(/^-?(0|[1-9]\d{0,20})(\.\d{1,20})?([eE][+-]?\d{1,3})?$/)
  fc.assert(
    fc.property(digits, (text) => {
      assert.deepEqual(decode(one(`[1,${text}]`))[0]!.rows[0]!.fields['v'], JSON.parse(text))
    }),
    { numRuns: 2_000 },
  )
})
