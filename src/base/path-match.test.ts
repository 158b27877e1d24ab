import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { BadPattern, PathPattern } from './path-match.ts'

const matches: readonly (readonly [string, string, boolean])[] = [
  ['abc', 'abc', true],
  ['*', 'abc', true],
  ['*c', 'abc', true],
  ['a*', 'a', true],
  ['a*', 'abc', true],
  ['a*', 'ab/c', false],
  ['a*/b', 'abc/b', true],
  ['a*/b', 'a/c/b', false],
  ['a*b*c*d*e*/f', 'axbxcxdxe/f', true],
  ['a*b*c*d*e*/f', 'axbxcxdxexxx/f', true],
  ['a*b*c*d*e*/f', 'axbxcxdxe/xxx/f', false],
  ['a*b*c*d*e*/f', 'axbxcxdxexxx/fff', false],
  ['a*b?c*x', 'abxbbxdbxebxczzx', true],
  ['a*b?c*x', 'abxbbxdbxebxczzy', false],
  ['ab[c]', 'abc', true],
  ['ab[b-d]', 'abc', true],
  ['ab[e-g]', 'abc', false],
  ['ab[^c]', 'abc', false],
  ['ab[^b-d]', 'abc', false],
  ['ab[^e-g]', 'abc', true],
  ['a\\*b', 'a*b', true],
  ['a\\*b', 'ab', false],
  ['a?b', 'a☺b', true],
  ['a[^a]b', 'a☺b', true],
  ['a???b', 'a☺b', false],
  ['[a-ζ]*', 'α', true],
  ['*[a-ζ]', 'A', false],
  ['a?b', 'a/b', false],
  ['a*b', 'a/b', false],
  ['[\\]a]', ']', true],
  ['[\\-]', '-', true],
  ['[x\\-]', '-', true],
  ['[x\\-]', 'z', false],
  ['[\\-x]', 'a', false],
  ['*x', 'xxx', true],
  ['', '', true],
  ['', 'a', false],
  ['[^p]', '/', true],
]

test('patterns match as Go matches them', () => {
  for (const [pattern, name, want] of matches)
    assert.equal(new PathPattern(pattern).matches(name), want, `${pattern} on ${name}`)
})

test('a pattern that is none is refused', () => {
  for (const pattern of ['[]a]', '[-]', '[x-]', '[-x]', '[a-b-c]', '[', '[^', '[^bc', 'a[', '\\', 'a\\', '[a-', '[]'])
    assert.throws(() => new PathPattern(pattern), BadPattern, pattern)
})

test('a star and a question mark match as their regular expressions do', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 12 })
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '/', '*', '?'), maxLength: 8 })
  fc.assert(
    fc.property(pattern, text, (p, name) => {
      const source = p.replaceAll('*', '[^/]*').replaceAll('?', '[^/]')
      assert.equal(new PathPattern(p).matches(name), new RegExp(`^${source}$`).test(name))
    }),
  )
})

test('many stars take no exponential time', () => {
  assert.equal(new PathPattern(`${'*a'.repeat(200)}b`).matches('a'.repeat(5_000)), false)
})
