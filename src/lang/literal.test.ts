import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readDuration, readNumber, writeFloat, writeInt, writeReference, writeRegex, writeString } from './literal.ts'
import { parse } from './parser.ts'

test('integers are decimal, or octal behind a zero, up to 2^63-1', () => {
  assert.deepEqual(readNumber('42'), { kind: 'int', value: 42, base: 10 })
  assert.deepEqual(readNumber('0'), { kind: 'int', value: 0, base: 10 })
  assert.deepEqual(readNumber('0644'), { kind: 'int', value: 420, base: 8 })
  assert.deepEqual(readNumber('9007199254740993'), { kind: 'int', value: 9007199254740993n, base: 10 })
  assert.deepEqual(readNumber('9223372036854775807'), { kind: 'int', value: 9223372036854775807n, base: 10 })
  assert.deepEqual(readNumber('0777777777777777777777'), { kind: 'int', value: 9223372036854775807n, base: 8 })
  for (const text of ['9223372036854775808', '09', '08', '01000000000000000000000', '9'.repeat(1000), '٣']) {
    assert.equal(readNumber(text), undefined, text)
  }
})

test('floats have a point', () => {
  for (const [text, value] of [
    ['1.', 1],
    ['.5', 0.5],
    ['00.50', 0.5],
    ['1.50', 1.5],
  ] as const) {
    assert.deepEqual(readNumber(text), { kind: 'float', value, base: 10 })
  }
  assert.equal(readNumber(`${'9'.repeat(400)}.0`), undefined)
})

test('durations are decimal numbers with one unit', () => {
  const seconds = { '1u': 1e-6, '1µ': 1e-6, '1ms': 1e-3, '010s': 10, '1m': 60, '1h': 3600, '1d': 86400, '1w': 604800 }
  for (const [text, value] of Object.entries(seconds)) assert.deepEqual(readDuration(text), { ns: value * 1e9 })
  assert.deepEqual(readDuration('15250w'), { ns: 9223200000000000000n })
  for (const text of ['15251w', '99999999w', `${'9'.repeat(40)}s`]) {
    assert.deepEqual(readDuration(text), { fault: 'overflow' })
  }
  assert.deepEqual(readDuration('٣s'), { fault: 'syntax' })
})

test('floats are written plainly, with a point', () => {
  const cases: [number, string][] = [
    [1, '1.0'],
    [0.5, '0.5'],
    [-0, '-0.0'],
    [1e21, '1000000000000000000000.0'],
    [1.5e21, '1500000000000000000000.0'],
    [1.2345e-7, '0.00000012345'],
    [-3e-10, '-0.0000000003'],
    [0.1 + 0.2, '0.30000000000000004'],
  ]
  for (const [value, text] of cases) assert.equal(writeFloat(value), text)
})

test('any float is written so that it reads back the same', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 }), (value) => {
      assert.deepEqual(readNumber(writeFloat(value)), { kind: 'float', value: value + 0, base: 10 })
    }),
  )
})

test('octal integers keep their base', () => {
  assert.equal(writeInt(420, 8), '0644')
  assert.equal(writeInt(0, 8), '00')
  assert.equal(writeInt(9223372036854775807n, 10), '9223372036854775807')
})

test('what a string style cannot hold is written in the other', () => {
  assert.equal(writeString("it's", false), "'it\\'s'")
  assert.equal(writeString("it's", true), "'''it's'''")
  assert.equal(writeString('dir\\', false), "'''dir\\'''")
  assert.equal(writeString("ends with '", true), "'ends with \\''")
  assert.equal(writeString("a'''b", true), "'a\\'\\'\\'b'")
})

test('any string, reference and regex reads back the same', () => {
  // Neither style holds both a backslash at the end and three quotes; a reference cannot end with a backslash.
  const text = fc.string({ unit: fc.constantFrom("'", '"', '/', '\\', 'a', '\n', 'é') }).map((value) => `${value}.`)
  fc.assert(
    fc.property(text, fc.boolean(), (value, triple) => {
      const script = `${writeString(value, triple)} ${writeReference(value)} f(${writeRegex(value)})`
      const [string, reference, call] = parse(script).program.statements
      assert.equal(string?.type === 'string' && string.value, value)
      assert.equal(reference?.type === 'reference' && reference.name, value)
      const regex = call?.type === 'func' ? call.args[0] : undefined
      assert.equal(regex?.type === 'regex' && regex.source, value)
    }),
  )
})

test('an empty regex does not become a comment', () => {
  assert.equal(writeRegex(''), '/(?:)/')
})
