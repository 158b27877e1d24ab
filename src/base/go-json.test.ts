import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { jsonString, jsonTags, jsonValue } from './go-json.ts'

test('strings are escaped as Go does', () => {
  assert.equal(jsonString('plain ünï 🌊'), '"plain ünï 🌊"')
  assert.equal(jsonString('a "b" \\ c\n'), '"a \\"b\\" \\\\ c\\n"')
  assert.equal(jsonString('<b> & </b>'), '"\\u003cb\\u003e \\u0026 \\u003c/b\\u003e"')
  assert.equal(jsonString('\u2028\u2029\u0001'), '"\\u2028\\u2029\\u0001"')
  assert.equal(jsonString('a\ud800b'), '"a\ufffdb"')
})

test('a string reads back as itself, well formed', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (s) => {
      assert.equal(JSON.parse(jsonString(s)), s.toWellFormed())
    }),
  )
})

test('values', () => {
  assert.equal(jsonValue('int', 9223372036854775807n), '9223372036854775807')
  assert.equal(jsonValue('int', -3), '-3')
  assert.equal(jsonValue('duration', 90_000_000_000), '90000000000')
  assert.equal(jsonValue('float', 1), '1')
  assert.equal(jsonValue('float', Number.NaN), 'null')
  assert.equal(jsonValue('float', Number.POSITIVE_INFINITY), 'null')
  assert.equal(jsonValue('string', '1'), '"1"')
  assert.equal(jsonValue('bool', true), 'true')
  assert.equal(jsonValue('null', null), 'null')
  assert.equal(jsonTags(['a', 'b'], ['<', '2']), '{"a":"\\u003c","b":"2"}')
})
