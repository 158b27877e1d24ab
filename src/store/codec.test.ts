import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { exactJson, json } from './codec.ts'

const name = fc.oneof(fc.string(), fc.constantFrom('$i', '$$i', '$f', '$', '__proto__', 'a'))
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(null, true, '$i', '{"$i":"5"}'),
    fc.string(),
    fc.double(),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(name, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
}))

describe('codecs', () => {
  test('exact JSON keeps every value', () => {
    fc.assert(fc.property(value, (v) => assert.deepStrictEqual(exactJson.decode(exactJson.encode(v)), v)))
  })

  test('plain JSON keeps what JSON can say, and 64-bit integers', () => {
    assert.deepEqual(json.decode(json.encode({ a: 2n ** 63n, $i: 'x', b: [1.5, null] })), {
      a: 2n ** 63n,
      $i: 'x',
      b: [1.5, null],
    })
    assert.deepEqual(json.decode(json.encode({ $i: '7' })), { $i: '7' })
    assert.equal(json.encode({ a: 1, b: 'two' }), '{"a":1,"b":"two"}')
  })

  test('either reads what the other wrote', () => {
    fc.assert(fc.property(value, (v) => assert.deepStrictEqual(json.decode(exactJson.encode(v)), v)))
    assert.deepEqual(exactJson.decode(json.encode({ $f: 'NaN', n: 9n })), { $f: 'NaN', n: 9n })
  })

  test('what has no JSON form is refused', () => {
    assert.throws(() => json.encode(undefined), TypeError)
    assert.throws(() => exactJson.encode(() => 1), TypeError)
  })
})
