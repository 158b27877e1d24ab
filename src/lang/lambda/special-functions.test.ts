import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { erf, erfc, gamma, j0, j1, jn, logb, pow10, y0, y1, yn } from './special-functions.ts'

/** Relative, but absolute near 0 for what swings through it. */
function near(got: number, want: number, what: string): void {
  assert.ok(Math.abs(got - want) <= 1e-12 * Math.max(Math.abs(want), 0.01), `${what}: ${got}, not ${want}`)
}

describe('gamma', () => {
  it('has values of tables', () => {
    const values: readonly (readonly [number, number])[] = [
      [0.5, Math.sqrt(Math.PI)],
      [1.5, 0.886226925452758],
      [10, 362880],
      [-0.5, -3.544907701811032],
      [-3.3, 0.43851739219876307],
      [30.3, 2.4442850291542555e31],
      [171.5, 9.483367566824793e307],
    ]
    for (const [x, want] of values) assert.ok(Math.abs(gamma(x) / want - 1) < 1e-11, `${x}: ${gamma(x)}`)
    for (let n = 1, f = 1; n < 20; f *= n++) assert.equal(gamma(n), f)
  })

  it('obeys its recurrence', () => {
    for (let x = 0.1; x < 120; x += 0.7) assert.ok(Math.abs(gamma(x + 1) / (x * gamma(x)) - 1) < 1e-12, `${x}`)
  })
})

describe('the error function', () => {
  it('has values of tables', () => {
    near(erf(0.5), 0.5204998778130465, 'erf 0.5')
    near(erf(-1), -0.8427007929497149, 'erf -1')
    near(erf(3), 0.9999779095030014, 'erf 3')
    assert.equal(erf(10), 1)
    assert.ok(Math.abs(erfc(10) / 2.0884875837625446e-45 - 1) < 1e-12)
    assert.ok(Math.abs(erfc(2) / 0.004677734981047265 - 1) < 1e-12)
    near(erfc(-1), 1.842700792949715, 'erfc -1')
    assert.equal(erf(0), 0)
  })

  it('is one together with the rest', () => {
    for (let x = -6; x < 6; x += 0.37) near(erf(x) + erfc(x), 1, `${x}`)
  })
})

describe('Bessel functions', () => {
  it('have values of tables', () => {
    near(j0(10), -0.24593576445134832, 'j0 10')
    near(j1(10), 0.043472746168861424, 'j1 10')
    near(y0(10), 0.05567116728359939, 'y0 10')
    near(y1(10), 0.24901542420695386, 'y1 10')
    near(jn(3, 10), 0.058379379305186836, 'j3 10')
    near(yn(2, 10), -0.005868082442208614, 'y2 10')
    near(y1(1.5), -0.4123086269739113, 'y1 1.5')
    assert.equal(jn(5, 0), 0)
    assert.equal(jn(1_000_000, 5), 0)
    assert.equal(j0(Number.POSITIVE_INFINITY), 0)
  })

  it('obey the relation between both kinds', () => {
    for (const x of [0.01, 0.5, 2, 7, 12.3, 24.9, 25.1, 40, 313]) {
      near(j1(x) * y0(x) - j0(x) * y1(x), 2 / (Math.PI * x), `${x}`)
      for (const n of [1, 2, 5, 9]) {
        const w = jn(n + 1, x) * yn(n, x) - jn(n, x) * yn(n + 1, x)
        assert.ok(Math.abs(w / (2 / (Math.PI * x)) - 1) < 1e-9, `${n} ${x} ${w}`)
      }
    }
  })

  it('turn their sign with that of order and argument', () => {
    assert.equal(jn(-3, 2), -jn(3, 2))
    assert.equal(jn(3, -2), -jn(3, 2))
    assert.equal(jn(-2, -2), jn(2, 2))
    assert.equal(yn(-3, 2), -yn(3, 2))
    assert.ok(Number.isNaN(yn(2, -1)))
  })

  it('end also for large orders', () => {
    assert.ok(Number.isFinite(jn(5_000_000, 4_000_000)))
    assert.equal(yn(5_000_000, 2), Number.NEGATIVE_INFINITY)
  })
})

describe('exponents', () => {
  it('are exact', () => {
    assert.deepEqual([logb(8), logb(7.99), logb(-0.75), logb(5e-324), logb(2 ** 1023)], [3, 2, -1, -1074, 1023])
    assert.equal(logb(Number.NEGATIVE_INFINITY), Number.POSITIVE_INFINITY)
    assert.deepEqual([pow10(3), pow10(-2), pow10(308), pow10(-323)], [1000, 0.01, 1e308, 1e-323])
  })
})
