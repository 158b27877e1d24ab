import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { byteOrder } from './byte-order.ts'
import { compactJson, goJson, RawJson } from './json-writer.ts'

test('indents by four spaces without a newline at the end', () => {
  assert.equal(
    goJson({ a: [1, { b: null }], c: {}, d: [], e: undefined }),
    '{\n    "a": [\n        1,\n        {\n            "b": null\n        }\n    ],\n    "c": {},\n    "d": []\n}',
  )
})

test('escapes as Go does', () => {
  assert.equal(
    compactJson('<a href="x">&\u2028\u2029é\u0001\ud800'),
    '"\\u003ca href=\\"x\\"\\u003e\\u0026\\u2028\\u2029é\\u0001\ufffd"',
  )
})

test('integers keep every digit', () => {
  assert.equal(compactJson([9223372036854775807n, -0, 1e21, 1e-7]), '[9223372036854775807,-0,1e+21,1e-7]')
})

test('maps are written in the order of their bytes', () => {
  assert.equal(
    compactJson(
      new Map([
        ['b', 1],
        ['a', 2],
      ]),
    ),
    '{"a":2,"b":1}',
  )
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (a, b) => {
      assert.equal(Math.sign(byteOrder(a, b)), Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))))
    }),
  )
  assert.ok(byteOrder('\uffee', '\u{10000}') < 0)
})

test('raw text is written as it stands', () => {
  assert.equal(compactJson({ a: new RawJson('{"series":null}') }), '{"a":{"series":null}}')
})

test('what is written reads the same', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (v) => {
      assert.equal(JSON.stringify(JSON.parse(goJson(v as never))), JSON.stringify(v))
    }),
  )
})
