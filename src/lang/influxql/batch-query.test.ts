import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseTime, type Time } from '../../base/time.ts'
import { STAR, type TaggedArg } from '../fields.ts'
import { BatchQuery, type BatchQueryOptions } from './batch-query.ts'

const SECOND = 1_000_000_000
const at = (text: string): Time => parseTime(text)!
const tag = (value: string): TaggedArg => ({ type: 'string', value })
const STARS: TaggedArg = { type: 'star', value: STAR }

function query(text: string, o: Partial<BatchQueryOptions> = {}): BatchQuery {
  return new BatchQuery({ text, groupBy: [], alignGroup: false, fill: undefined, ...o })
}

function written(text: string, o: Partial<BatchQueryOptions> = {}, start = '1970-01-01T00:00:00Z'): string {
  return query(text, o).textFor(at(start), at('1970-01-01T00:01:00Z'))
}

const SPAN = "time >= '1970-01-01T00:00:00Z' AND time < '1970-01-01T00:01:00Z'"

describe('the query of a batch node', () => {
  test('gets the span, beside a condition of its own', () => {
    assert.equal(written('SELECT v FROM d.r.m'), `SELECT v FROM d.r.m WHERE ${SPAN}`)
    assert.equal(written('SELECT v FROM d.r.m WHERE a = 1'), `SELECT v FROM d.r.m WHERE a = 1 AND ${SPAN}`)
    const nanos = query('SELECT v FROM d.r.m').textFor(
      at('2017-07-14T02:40:00.123456789Z'),
      at('2017-07-14T02:40:01.5Z'),
    )
    assert.match(nanos, /'2017-07-14T02:40:00\.123456789Z' AND time < '2017-07-14T02:40:01\.5Z'/)
  })

  test('has the dimensions of the node in place of its own', () => {
    const text = 'SELECT mean(v) FROM d.r.m GROUP BY other, time(1s)'
    assert.equal(written(text), `SELECT mean(v) FROM d.r.m WHERE ${SPAN}`)
    const groupBy: TaggedArg[] = [tag('a b'), { type: 'duration', value: 10 * SECOND }, STARS]
    assert.equal(written(text, { groupBy }), `SELECT mean(v) FROM d.r.m WHERE ${SPAN} GROUP BY "a b", time(10s, 0s), *`)
    const time: TaggedArg = { type: 'time', value: { length: 20 * SECOND, offset: -5 * SECOND } }
    assert.match(written(text, { groupBy: [time] }), /GROUP BY time\(20s, -5s\)$/)
  })

  test('lets intervals begin with the span when told to', () => {
    const groupBy: TaggedArg[] = [{ type: 'duration', value: 30 * SECOND }]
    const o = { groupBy, alignGroup: true }
    assert.match(written('SELECT mean(v) FROM d.r.m', o, '1970-01-01T00:00:47Z'), /time\(30s, 17s\)$/)
    assert.match(written('SELECT mean(v) FROM d.r.m', o, '1969-12-31T23:59:55Z'), /time\(30s, -5s\)$/)
    assert.match(written('SELECT mean(v) FROM d.r.m', { ...o, groupBy: [tag('a')] }), /GROUP BY a$/)
  })

  test('fills as the node says, else as its text does', () => {
    const text = 'SELECT sum(v) FROM d.r.m fill(none)'
    const end = (fill: TaggedArg | undefined): string => written(text, { fill }).replace(/^.*Z'/, '')
    assert.equal(end(undefined), ' fill(none)')
    assert.equal(end(tag('null')), '')
    assert.equal(end(tag('previous')), ' fill(previous)')
    assert.equal(end({ type: 'int', value: 0 }), ' fill(0)')
    assert.equal(end({ type: 'int', value: 9007199254740993n }), ' fill(9007199254740993)')
    assert.equal(end({ type: 'float', value: 2.5 }), ' fill(2.5)')
    assert.equal(end({ type: 'float', value: 1e22 }), ' fill(1e+22)')
    assert.equal(end({ type: 'float', value: 0.00002 }), ' fill(2e-05)')
  })

  test('knows whether it is grouped by time, and what it reads', () => {
    assert.equal(query('SELECT v FROM d.r.m', { groupBy: [tag('a')] }).groupedByTime, false)
    assert.equal(query('SELECT v FROM d.r.m', { groupBy: [{ type: 'duration', value: 1 }] }).groupedByTime, true)
    assert.deepEqual(query('SELECT v FROM d.r.m, b, e.f./x/, (SELECT w FROM g.h.i)').dbrps, [
      { db: 'd', rp: 'r' },
      { db: '', rp: '' },
      { db: 'e', rp: 'f' },
      { db: 'g', rp: 'h' },
    ])
  })

  const refused: readonly (readonly [string, Partial<BatchQueryOptions>, string | RegExp])[] = [
    ['SELECT', {}, /^failed to parse InfluxQL query: found EOF, expected/],
    ['', {}, 'query must be a single select statement, got 0 statements'],
    ['SELECT a FROM b; SELECT c FROM d', {}, 'query must be a single select statement, got 2 statements'],
    ['SHOW  DATABASES ;', {}, 'query is not a select statement "SHOW  DATABASES"'],
    ['SELECT a FROM b', { fill: tag('zero') }, 'unexpected fill option zero'],
    [
      'SELECT a FROM b',
      {
        groupBy: [
          { type: 'duration', value: 1 },
          { type: 'time', value: { length: 1, offset: 0 } },
        ],
      },
      'groupBy cannot have more than one time dimension',
    ],
    [
      'SELECT a FROM b',
      { groupBy: [{ type: 'int', value: 1 }] },
      'invalid dimension type:int64, must be string or time.Duration',
    ],
  ]
  for (const [text, o, message] of refused)
    test(`${text} ${JSON.stringify(o)} is refused`, () =>
      assert.throws(() => query(text, o), { name: 'Fault', message, status: 400 }))
})
