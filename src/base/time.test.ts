import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { MAX_INT64, MIN_INT64, normalizeInt } from './int64.ts'
import {
  addTime,
  compareTime,
  formatTime,
  parseTime,
  roundTime,
  sameTime,
  subTime,
  type Time,
  timeFromMillis,
  timeFromUnixNano,
  timeToMillis,
  truncateTime,
  unixNano,
  ZERO_TIME,
} from './time.ts'

const GIGA = 1_000_000_000n
const exact = (t: Time): bigint => BigInt(t.sec) * GIGA + BigInt(t.ns)
const fromExact = (n: bigint): Time => timeFromUnixNano(normalizeInt(n))
/** Times that 64 bits of nanoseconds hold. */
const nano = fc.oneof(
  fc.bigInt({ min: MIN_INT64, max: MAX_INT64 }),
  fc.bigInt({ min: 1_500_000_000n * GIGA, max: 1_500_000_100n * GIGA }),
  fc.bigInt({ min: -3n * GIGA, max: 3n * GIGA }),
)
const duration = fc.oneof(
  fc.bigInt({ min: 1n, max: 5n * GIGA }),
  fc.constantFrom(1n, 7n, 1_000n, 1_000_000n, GIGA, 60n * GIGA, 3_600n * GIGA, 86_400n * GIGA, 7n * 86_400n * GIGA),
  // Longer than what a safe number of nanoseconds holds.
  fc.constantFrom(365n * 86_400n * GIGA, 3_650n * 86_400n * GIGA, 365n * 86_400n * GIGA + 1n),
)
const SINCE_YEAR_ONE = -exact(ZERO_TIME)

describe('times', () => {
  it('are made from nanoseconds and give them back', () => {
    fc.assert(
      fc.property(nano, (n) => {
        const t = fromExact(n)
        assert.ok(t.ns >= 0 && t.ns < 1e9 && Number.isInteger(t.ns))
        assert.equal(exact(t), n)
        assert.equal(unixNano(t), normalizeInt(n))
      }),
    )
  })

  it('wrap to 64 bits of nanoseconds as Go does when they are further away', () => {
    assert.equal(BigInt(unixNano(ZERO_TIME)), BigInt.asIntN(64, exact(ZERO_TIME)))
  })

  it('add and subtract exactly', () => {
    fc.assert(
      fc.property(nano, fc.bigInt({ min: MIN_INT64, max: MAX_INT64 }), (n, d) => {
        const t = addTime(fromExact(n), normalizeInt(d))
        assert.ok(t.ns >= 0 && t.ns < 1e9)
        assert.equal(exact(t), n + d)
        const back = n + d - n
        assert.equal(subTime(t, fromExact(n)), normalizeInt(back))
      }),
    )
  })

  it('saturate where their distance does not fit into 64 bits', () => {
    const far: Time = { sec: 2 ** 40, ns: 0 }
    assert.equal(subTime(far, ZERO_TIME), MAX_INT64)
    assert.equal(subTime(ZERO_TIME, far), MIN_INT64)
  })

  it('compare by seconds, then nanoseconds', () => {
    fc.assert(
      fc.property(nano, nano, (a, b) => {
        const c = compareTime(fromExact(a), fromExact(b))
        assert.equal(Math.sign(c), a < b ? -1 : a > b ? 1 : 0)
        assert.equal(sameTime(fromExact(a), fromExact(b)), a === b)
      }),
    )
  })

  it('are cut and rounded to multiples counted from year one', () => {
    fc.assert(
      fc.property(nano, duration, (n, d) => {
        const rest = (n + SINCE_YEAR_ONE) % d
        assert.equal(exact(truncateTime(fromExact(n), normalizeInt(d))), n - rest)
        assert.equal(exact(roundTime(fromExact(n), normalizeInt(d))), rest * 2n < d ? n - rest : n - rest + d)
      }),
      { numRuns: 2_000 },
    )
    const t: Time = { sec: 5, ns: 6 }
    assert.equal(truncateTime(t, 0), t)
    assert.equal(roundTime(t, -1), t)
  })

  it('become milliseconds and come back', () => {
    assert.deepEqual(timeFromMillis(-1.5), { sec: -1, ns: 998_500_000 })
    assert.equal(timeToMillis({ sec: 1, ns: 500_000 }), 1000.5)
  })

  it('are written as RFC 3339 and read back', () => {
    fc.assert(
      fc.property(nano, (n) => {
        const t = fromExact(n)
        assert.deepEqual(parseTime(formatTime(t)), t)
      }),
    )
    assert.equal(formatTime({ sec: 0, ns: 0 }), '1970-01-01T00:00:00Z')
    assert.equal(formatTime({ sec: 0, ns: 120_000_000 }), '1970-01-01T00:00:00.12Z')
    assert.equal(formatTime(ZERO_TIME), '0001-01-01T00:00:00Z')
    assert.equal(formatTime({ sec: -1, ns: 1 }), '1969-12-31T23:59:59.000000001Z')
  })

  it('are read with offsets and any number of digits, and refused when there is no such moment', () => {
    assert.deepEqual(parseTime('2020-02-29T23:30:00+01:30'), parseTime('2020-02-29T22:00:00Z'))
    assert.deepEqual(parseTime('1970-01-01T00:00:00.0000000019-00:01'), { sec: 60, ns: 1 })
    for (const bad of [
      '2021-02-29T00:00:00Z',
      '2020-13-01T00:00:00Z',
      '2020-00-01T00:00:00Z',
      '2020-01-00T00:00:00Z',
      '2020-01-01T24:00:00Z',
      '2020-01-01T00:60:00Z',
      '2020-01-01T00:00:60Z',
      '2020-01-01',
      '2020-01-01T00:00:00',
      ' 2020-01-01T00:00:00Z',
    ])
      assert.equal(parseTime(bad), undefined, bad)
  })
})
