import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import {
  decodeKey,
  encodeKey,
  encodeStringPrefix,
  isCut,
  type Key,
  MAX_KEY_BYTES,
  physicalKey,
  prefixBounds,
} from './key.ts'

const part = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('\0', '\u0001', 'a', 'ÿ', '😀') }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
)
const key = fc.array(part, { minLength: 1, maxLength: 4 })

/** The order that the encoding promises, written another way. */
function compareKeys(a: Key, b: Key): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const x = a[i]!
    const y = b[i]!
    if (typeof x === 'number' && typeof y === 'number') {
      if (x !== y) return x < y ? -1 : 1
    } else if (typeof x === 'string' && typeof y === 'string') {
      const order = Buffer.compare(Buffer.from(x), Buffer.from(y))
      if (order !== 0) return order
    } else return typeof x === 'number' ? -1 : 1
  }
  return Math.sign(a.length - b.length)
}

const normal = (k: Key): Key => k.map((p) => (p === 0 ? 0 : p))

describe('keys', () => {
  test('come back as they were', () => {
    fc.assert(fc.property(key, (k) => assert.deepEqual(decodeKey(encodeKey(k)), normal(k))))
  })

  test('the order of the bytes is the order of the tuples', () => {
    fc.assert(
      fc.property(key, key, (a, b) => {
        assert.equal(Math.sign(Buffer.compare(encodeKey(a), encodeKey(b))), compareKeys(a, b))
      }),
      { numRuns: 1000 },
    )
  })

  test('the bounds of a prefix hold its extensions and nothing else', () => {
    fc.assert(
      fc.property(key, key, (prefix, other) => {
        const { from, to } = prefixBounds(encodeKey(prefix))
        const inside = (k: Key): boolean => {
          const bytes = encodeKey(k)
          return Buffer.compare(bytes, from) >= 0 && Buffer.compare(bytes, to) < 0
        }
        assert.ok(inside([...prefix, ...other]))
        const extends_ = other.length >= prefix.length && compareKeys(other.slice(0, prefix.length), prefix) === 0
        assert.equal(inside(other), extends_)
      }),
    )
  })

  test('the bounds of a string prefix hold the strings that start so', () => {
    const text = fc.string({ unit: fc.constantFrom('\0', 'a', 'b', 'é') })
    fc.assert(
      fc.property(text, text, (prefix, other) => {
        const { from, to } = prefixBounds(encodeStringPrefix(prefix))
        const bytes = encodeKey([other])
        assert.equal(Buffer.compare(bytes, from) >= 0 && Buffer.compare(bytes, to) < 0, other.startsWith(prefix))
      }),
    )
  })

  test('a number that has no place in the order is refused', () => {
    assert.throws(() => encodeKey([Number.NaN]), RangeError)
    assert.throws(() => encodeKey(['a', Number.POSITIVE_INFINITY]), RangeError)
  })

  test('a key is cut only when it does not fit, and two cut keys stay two', () => {
    const fits = encodeKey(['x'.repeat(MAX_KEY_BYTES - 3)])
    assert.equal(physicalKey(fits), fits)
    assert.equal(isCut(fits), false)
    const a = physicalKey(encodeKey(['x'.repeat(5000)]))
    const b = physicalKey(encodeKey([`${'x'.repeat(4999)}y`]))
    assert.equal(a.length, MAX_KEY_BYTES)
    assert.ok(isCut(a) && isCut(b))
    assert.notDeepEqual(a, b)
  })
})
