import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dbrpsOf, taskTypeOf } from './dbrps.ts'
import { parseOrThrow } from './parser.ts'

test('every dbrp statement counts, in order', () => {
  const program = parseOrThrow('dbrp "b"."x"\nstream|from()\ndbrp "a \\" ü"."ret/pol"')
  assert.deepEqual(dbrpsOf(program), [
    { db: 'b', rp: 'x' },
    { db: 'a " ü', rp: 'ret/pol' },
  ])
  assert.deepEqual(dbrpsOf(parseOrThrow('stream|from()')), [])
})

test('the task type is what chains begin with', () => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ['stream|from()', 'stream'],
    ["batch|query('q')|log()", 'batch'],
    ['var a = stream|from()\na|log()', 'stream'],
    ['var s = stream', 'stream'],
    ["var s = batch\ns|query('x')", 'batch'],
    ['stream', undefined],
    ['var x = 3', undefined],
    ['dbrp "a"."b"', undefined],
    ["var a = batch|query('q')\nstream|from()", undefined],
    ['foo|bar(stream|from())', undefined],
    ['', undefined],
  ]
  for (const [source, type] of cases) assert.equal(taskTypeOf(parseOrThrow(source)), type, source)
})
