import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  formatDuration,
  formatGoDuration,
  HOUR,
  MINUTE,
  parseDuration,
  parseGoDuration,
  SECOND,
  WEEK,
} from './duration.ts'
import { MAX_INT64, MIN_INT64, normalizeInt } from './int64.ts'

const any = fc.oneof(
  fc.bigInt({ min: MIN_INT64, max: MAX_INT64 }),
  fc.bigInt({ min: 0n, max: 10_000n }).map((n) => n * BigInt(SECOND)),
  fc.bigInt({ min: -5_000_000n, max: 5_000_000n }),
)

describe('durations', () => {
  it('are read as number-unit pairs', () => {
    for (const [text, want] of [
      ['0s', 0],
      ['1h30m', 90 * MINUTE],
      ['-2w', -2 * WEEK],
      ['1ns', 1],
      ['1u', 1_000],
      ['1µ', 1_000],
      ['15ms', 15_000_000],
      ['1d1d', 48 * HOUR],
      ['9223372036854775807ns', MAX_INT64],
    ] as const)
      assert.equal(parseDuration(text), want, text)
  })

  it('are refused when they are none, or too long for 64 bits', () => {
    for (const bad of [
      '',
      '1',
      's',
      '1.5s',
      '+1s',
      '1 s',
      '1x',
      '-',
      '9223372036854775808ns',
      '99999999999w',
      '1s-1s',
      '1us',
      '1µs',
      '1μ',
    ])
      assert.equal(parseDuration(bad), undefined, bad)
    assert.equal(parseDuration(`${'9'.repeat(100_000)}w`), undefined)
  })

  it('are written with the largest unit that divides them, and read back', () => {
    assert.equal(formatDuration(90 * MINUTE), '90m')
    assert.equal(formatDuration(24 * HOUR), '1d')
    assert.equal(formatDuration(0), '0s')
    assert.equal(formatDuration(1_500_000), '1500u')
    assert.equal(formatDuration(-1), '-1ns')
    fc.assert(
      fc.property(any, (d) => {
        const n = normalizeInt(d)
        if (d !== MIN_INT64) assert.equal(parseDuration(formatDuration(n)), n)
      }),
    )
  })

  it('are written as Go writes them, and read back', () => {
    for (const [ns, text] of [
      [0, '0s'],
      [1, '1ns'],
      [1_100, '1.1µs'],
      [2_200_000, '2.2ms'],
      [3_300_000_000, '3.3s'],
      [4 * MINUTE + 5 * SECOND, '4m5s'],
      [HOUR, '1h0m0s'],
      [5 * HOUR + 6 * MINUTE + 7_001_000_000, '5h6m7.001s'],
      [-90 * SECOND, '-1m30s'],
    ] as const) {
      assert.equal(formatGoDuration(ns), text)
      assert.equal(parseGoDuration(text), ns)
    }
    assert.equal(formatGoDuration(MIN_INT64), '-2562047h47m16.854775808s')
    fc.assert(
      fc.property(any, (d) => assert.equal(parseGoDuration(formatGoDuration(normalizeInt(d))), normalizeInt(d))),
    )
  })

  it('in the form of Go have fractions, signs and a bare zero', () => {
    assert.equal(parseGoDuration('1.5h'), 90 * MINUTE)
    assert.equal(parseGoDuration('.5s'), SECOND / 2)
    assert.equal(parseGoDuration('5.s'), 5 * SECOND)
    assert.equal(parseGoDuration('+1m'), MINUTE)
    assert.equal(parseGoDuration('-0'), 0)
    assert.equal(parseGoDuration('0.3333333333333333333h'), 1_200_000_000_000 - 1)
    for (const bad of [
      '',
      '1',
      's',
      '1d',
      '.s',
      '1s ',
      '--1s',
      '3000000h',
      '9223372036854775808ns',
      '99999999999999999999h',
    ])
      assert.equal(parseGoDuration(bad), undefined, bad)
    assert.equal(parseGoDuration(`0.${'3'.repeat(1_000_000)}s`), 333_333_333)
  })
})
