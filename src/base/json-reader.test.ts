import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { JsonError, JsonNumber, MAX_JSON_DEPTH, readFirstJson } from './json-reader.ts'

const plain = (v: unknown): unknown =>
  JSON.parse(JSON.stringify(v, (_key, x) => (typeof x === 'bigint' ? Number(x) : x)))

test('reads what JSON.stringify writes', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (v) => {
      const text = JSON.stringify(v)
      assert.deepEqual(plain(readFirstJson(text)), JSON.parse(text))
    }),
  )
})

test('any text is read or refused as JSON.parse does it', () => {
  const unit = fc.constantFrom(...'{}[]",:\\ \n0123456789.eE+-truefalsnuabAF/\u0001é')
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 12 }), (text) => {
      let want: unknown
      try {
        want = JSON.parse(text)
      } catch {
        return // it may hold a first value all the same
      }
      assert.deepEqual(plain(readFirstJson(text)), plain(want))
    }),
    { numRuns: 2_000 },
  )
})

test('only the first value counts', () => {
  assert.deepEqual(plain(readFirstJson(' {"a": 1} {"a": 2} and more')), { a: 1 })
  assert.deepEqual(readFirstJson('[1]]'), [1])
  assert.equal(readFirstJson('"x"y'), 'x')
})

test('refusals name the character and the place', () => {
  const wording: readonly (readonly [string, string])[] = [
    ['', 'EOF'],
    ['  ', 'EOF'],
    ['{', 'unexpected EOF'],
    ['{"a": ', 'unexpected EOF'],
    ['"abc', 'unexpected EOF'],
    ['level=info', "invalid character 'l' looking for beginning of value"],
    ['nonsense', "invalid character 'o' in literal null (expecting 'u')"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a":1 "b":2}', `invalid character '"' after object key:value pair`],
    ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
    ['[1 2]', "invalid character '2' after array element"],
    ['[1,]', "invalid character ']' looking for beginning of value"],
    ['"\\x"', "invalid character 'x' in string escape code"],
    ['"a\nb"', "invalid character '\\n' in string literal"],
    ['-a', "invalid character 'a' in numeric literal"],
    ['1.', 'unexpected EOF'],
    ["'a'", "invalid character '\\'' looking for beginning of value"],
    ['\ufeff{}', "invalid character '\ufeff' looking for beginning of value"],
  ]
  for (const [text, message] of wording) assert.throws(() => readFirstJson(text), { name: 'JsonError', message }, text)
})

test('integers keep every digit, and exact numbers their text', () => {
  assert.equal(readFirstJson('9007199254740993'), 9007199254740993n)
  assert.equal(readFirstJson('-9007199254740991'), -9007199254740991)
  assert.equal(readFirstJson('1e3'), 1000)
  assert.deepEqual(readFirstJson('[42.0]', { exactNumbers: true }), [new JsonNumber('42.0')])
})

test('no key reaches a prototype', () => {
  const o = readFirstJson('{"__proto__": {"polluted": true}, "constructor": 1}') as Record<string, unknown>
  assert.deepEqual(Object.keys(o), ['__proto__', 'constructor'])
  assert.equal(({} as Record<string, unknown>)['polluted'], undefined)
})

test('deep nesting is refused before the stack ends', () => {
  const deep = (n: number): string => '['.repeat(n) + ']'.repeat(n)
  assert.doesNotThrow(() => readFirstJson(deep(MAX_JSON_DEPTH)))
  assert.throws(() => readFirstJson(deep(MAX_JSON_DEPTH + 1)), JsonError)
  assert.throws(() => readFirstJson('{"a":'.repeat(2_000_000)), JsonError)
})

test('lone surrogates become the replacement character', () => {
  assert.equal(readFirstJson('"\\ud800x"'), '\ufffdx')
  assert.equal(readFirstJson('"\\ud83c\\udf0a"'), '🌊')
})
