import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { AnnotatedCsvDecoder } from './annotated-csv.ts'
import { cuts, decodeParts, type SeenSeries, SeenSink } from './testdata-sink.ts'

function decode(text: string, at: readonly number[] = []): SeenSeries[] {
  const sink = new SeenSink()
  decodeParts(new AnnotatedCsvDecoder(sink), text, at)
  return sink.series
}

/** As InfluxDB 2 answers: two tables of one kind, then another kind. */
const ANSWER = [
  '#datatype,string,long,dateTime:RFC3339,dateTime:RFC3339,dateTime:RFC3339,double,string,string,string',
  '#group,false,false,true,true,false,false,true,true,true',
  '#default,_result,,,,,,,,',
  ',result,table,_start,_stop,_time,_value,_field,_measurement,host',
  ',,0,2020-01-01T00:00:00Z,2020-01-01T01:00:00Z,2020-01-01T00:00:01.000000001Z,1.5,usage,cpu,a',
  ',,0,2020-01-01T00:00:00Z,2020-01-01T01:00:00Z,2020-01-01T00:00:02Z,,usage,cpu,a',
  ',,1,2020-01-01T00:00:00Z,2020-01-01T01:00:00Z,2020-01-01T00:00:01Z,-Inf,usage,cpu,"b, ""quoted"""',
  '',
  '#datatype,string,long,dateTime:RFC3339,string,string,long,boolean,string',
  '#group,false,false,false,true,true,false,false,false',
  '#default,_result,,,,,,,none',
  ',result,table,_time,_measurement,host,count,up,note',
  ',,2,2020-01-01T00:00:01Z,net,a,9007199254740993,true,"two',
  'lines"',
  ',,2,2020-01-01T00:00:02Z,net,a,4,false,',
  '',
].join('\r\n')

const SEC = 1577836801
const EXPECTED = [
  {
    name: 'cpu',
    tags: { host: 'a' },
    partial: false,
    rows: [
      { sec: SEC, ns: 1, fields: { usage: 1.5 } },
      { sec: SEC + 1, ns: 0, fields: { usage: null } },
    ],
  },
  {
    name: 'cpu',
    tags: { host: 'b, "quoted"' },
    partial: false,
    rows: [{ sec: SEC, ns: 0, fields: { usage: -Infinity } }],
  },
  {
    name: 'net',
    tags: { host: 'a' },
    partial: false,
    rows: [
      { sec: SEC, ns: 0, fields: { count: 9007199254740992, up: true, note: 'two\r\nlines' } },
      { sec: SEC + 1, ns: 0, fields: { count: 4, up: false, note: 'none' } },
    ],
  },
]

describe('annotated csv', () => {
  test('becomes series: measurement, tags of the group key, fields by name', () => {
    assert.deepEqual(decode(ANSWER), EXPECTED)
  })

  test('wherever it is cut', () => {
    fc.assert(fc.property(cuts, (at) => assert.deepEqual(decode(ANSWER, at), EXPECTED)))
  })

  test('an empty answer is no series', () => {
    assert.deepEqual(decode(''), [])
    assert.deepEqual(decode('\r\n\r\n'), [])
  })

  test('a field name that is no part of the group key counts for its row', () => {
    const text = [
      '#datatype,string,long,dateTime:RFC3339,double,string',
      '#group,false,false,false,false,false',
      '#default,_result,,,,',
      ',result,table,_time,_value,_field',
      ',,0,1970-01-01T00:00:01Z,1,a',
      ',,0,1970-01-01T00:00:02Z,2,b',
    ].join('\n')
    assert.deepEqual(
      decode(text)[0]!.rows.map((r) => r.fields),
      [{ a: 1 }, { b: 2 }],
    )
  })

  test('an error in place of a table is thrown in its own words', () => {
    const text = '#datatype,string,string\n#group,true,true\n#default,,\n,error,reference\n,Failed to parse query,897\n'
    assert.throws(() => decode(text), { name: 'Fault', code: 'influx-error', message: 'Failed to parse query' })
  })

  test('what can not be read is told', () => {
    const head =
      '#datatype,string,long,dateTime:RFC3339,double\n#group,false,false,false,false\n#default,,,,\n,result,table,_time,v\n'
    for (const row of [
      ',,0,1970-01-01T00:00:01Z',
      ',,0,today,1',
      ',,0,1970-01-01T00:00:01Z,x',
      ',,0,"1970',
      ',,0,"a"b,1',
    ])
      assert.throws(() => decode(head + row), { name: 'Fault', code: 'query-result' }, row)
  })
})
