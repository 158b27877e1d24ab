import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  addInt,
  compareInt,
  divInt,
  floatToInt,
  type Int,
  intToFloat,
  MAX_INT64,
  MIN_INT64,
  mulInt,
  negInt,
  normalizeInt,
  parseInt64,
  remInt,
  subInt,
  wrapInt,
} from './int64.ts'

const SAFE = 2n ** 53n
/** Small ones, ones about 2^53, and any of 64 bits. */
const big = fc.oneof(
  fc.bigInt({ min: -20n, max: 20n }),
  fc.bigInt({ min: SAFE - 20n, max: SAFE + 20n }),
  fc.bigInt({ min: -SAFE - 20n, max: -SAFE + 20n }),
  fc.bigInt({ min: MIN_INT64, max: MAX_INT64 }),
  fc.constantFrom(MIN_INT64, MAX_INT64),
)

function isNormal(v: Int): boolean {
  return typeof v === 'number'
    ? Number.isSafeInteger(v) && !Object.is(v, -0)
    : !Number.isSafeInteger(Number(v)) || abs(v) >= SAFE
}
const abs = (v: bigint): bigint => (v < 0n ? -v : v)

/** The operation gives what 64 wrapping bits give, in the normal form. */
function agrees(op: (a: Int, b: Int) => Int, exact: (a: bigint, b: bigint) => bigint, divides = false): void {
  fc.assert(
    fc.property(big, big, (a, b) => {
      if (divides && b === 0n) return
      const got = op(normalizeInt(a), normalizeInt(b))
      assert.equal(BigInt(got), BigInt.asIntN(64, exact(a, b)))
      assert.ok(isNormal(got), `${got} is normal`)
    }),
    { numRuns: 2_000 },
  )
}

describe('int64', () => {
  it('adds, subtracts and multiplies exactly, wrapping at 64 bits', () => {
    agrees(addInt, (a, b) => a + b)
    agrees(subInt, (a, b) => a - b)
    agrees(mulInt, (a, b) => a * b)
  })

  it('divides towards zero, the remainder with the sign of the dividend', () => {
    agrees(divInt, (a, b) => a / b, true)
    agrees(remInt, (a, b) => a % b, true)
    assert.equal(divInt(-7, 2), -3)
    assert.equal(remInt(-7, 2), -1)
    assert.equal(divInt(MIN_INT64, -1), MIN_INT64)
    assert.ok(Object.is(divInt(-1, 2), 0))
    assert.ok(Object.is(remInt(-4, 2), 0))
    assert.ok(Object.is(mulInt(-1, 0), 0))
    assert.ok(Object.is(negInt(0), 0))
  })

  it('negates and compares by value, whatever the representation', () => {
    agrees(
      (a) => negInt(a),
      (a) => -a,
    )
    fc.assert(
      fc.property(big, big, (a, b) => {
        assert.equal(Math.sign(compareInt(normalizeInt(a), normalizeInt(b))), a < b ? -1 : a > b ? 1 : 0)
        assert.equal(normalizeInt(a) === normalizeInt(b), a === b)
      }),
    )
  })

  it('wraps any bigint', () => {
    assert.equal(wrapInt(2n ** 63n), MIN_INT64)
    assert.equal(wrapInt(2n ** 64n + 5n), 5)
  })

  it('becomes a float and comes back as Go converts', () => {
    assert.equal(intToFloat(9007199254740993n), 9007199254740992)
    for (const [f, want] of [
      [1.9, 1],
      [-1.9, -1],
      [-0.5, 0],
      [2 ** 53, 9007199254740992n],
      [1e300, MIN_INT64],
      [-1e300, MIN_INT64],
      [2 ** 63, MIN_INT64],
      [-(2 ** 63), MIN_INT64],
      [Number.NaN, MIN_INT64],
      [Number.POSITIVE_INFINITY, MIN_INT64],
    ] as const)
      assert.equal(floatToInt(f), want, `${f}`)
    assert.ok(Object.is(floatToInt(-0), 0))
  })

  it('is read from decimal text within 64 bits only', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }), (n) => {
        const want = n < MIN_INT64 || n > MAX_INT64 ? undefined : normalizeInt(n)
        assert.equal(parseInt64(n.toString()), want)
        if (n >= 0n) assert.equal(parseInt64(`+${n}`), want)
      }),
    )
    for (const bad of ['', '-', '1.0', '1e3', ' 1', '0x1', '1_000', '--1', '9'.repeat(1_000_000)])
      assert.equal(parseInt64(bad), undefined)
    assert.ok(Object.is(parseInt64('-0'), 0))
    assert.equal(parseInt64('000000000000000000000007'), 7)
  })
})
