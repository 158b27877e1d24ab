import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { keyOf } from './text-key.ts'

const text = fc.string({ unit: fc.constantFrom('\0', '\u0001', '\u0002', 'a', ':', '1', '\u00ff'), maxLength: 3 })
const texts = fc.array(text, { maxLength: 4 })

describe('keys of texts', () => {
  it('are equal for equal lists only', () => {
    fc.assert(
      fc.property(texts, texts, (a, b) => (keyOf(a) === keyOf(b)) === (JSON.stringify(a) === JSON.stringify(b))),
      { numRuns: 5_000 },
    )
  })

  it('tell where texts end that hold separators of other keys', () => {
    assert.notEqual(keyOf(['a\0b']), keyOf(['a', 'b']))
    assert.notEqual(keyOf(['', '\t']), keyOf(['\0\t']))
    assert.notEqual(keyOf([]), keyOf(['']))
  })

  it('hold for texts of any length', () => {
    for (const n of [0, 1, 254, 255, 256, 70_000]) {
      const long = 'x'.repeat(n)
      assert.ok(keyOf([long]).endsWith(long))
      assert.notEqual(keyOf([long, 'y']), keyOf([`${long}y`]))
      assert.notEqual(keyOf([long, '']), keyOf([`${long}\0`]))
    }
  })

  it('have the texts themselves behind the marks', () => assert.equal(keyOf(['cpu']), '\u0003cpu'))
})
