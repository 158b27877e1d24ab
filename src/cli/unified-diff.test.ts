import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { unifiedDiff } from './unified-diff.ts'

const names = { before: 'a', after: 'b' }
const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => `${from + i}\n`).join('')
const body = (before: string, after: string) => unifiedDiff(before, after, names).replace(/^--- a\n\+\+\+ b\n/, '')

test('hunks have three lines around them', () => {
  assert.equal(unifiedDiff('x\n', 'x\n', names), '')
  assert.equal(unifiedDiff('x\n', 'y\n', names), '--- a\n+++ b\n@@ -1 +1 @@\n-x\n+y\n')
  const all = numbers(1, 20)
  assert.equal(body(all, all.replace('10\n', 'ten\n')), '@@ -7,7 +7,7 @@\n 7\n 8\n 9\n-10\n+ten\n 11\n 12\n 13\n')
  assert.equal(
    body(all, all.replace('2\n', '').replace('18\n', '18\nnew\n')),
    '@@ -1,5 +1,4 @@\n 1\n-2\n 3\n 4\n 5\n@@ -16,5 +15,6 @@\n 16\n 17\n 18\n+new\n 19\n 20\n',
  )
})

test('hunks that would touch are one', () => {
  const all = numbers(1, 20)
  const hunks = (a: string, b: string) =>
    body(all, all.replace(`${a}\n`, '').replace(`${b}\n`, '')).match(/^@@/gm)?.length
  assert.equal(hunks('5', '12'), 1)
  assert.equal(hunks('5', '13'), 2)
})

test('empty texts and a missing line feed at the end', () => {
  assert.equal(body('', 'x\n'), '@@ -0,0 +1 @@\n+x\n')
  assert.equal(body('x\n', ''), '@@ -1 +0,0 @@\n-x\n')
  assert.equal(body('x', 'x\n'), '@@ -1 +1 @@\n-x\n\\ No newline at end of file\n+x\n')
})

/** What `patch` would do. */
function patched(before: string, diff: string): string {
  const lines = before.match(/[^\n]*\n|[^\n]+$/g) ?? []
  const out: string[] = []
  let at = 0
  for (const line of diff.replaceAll('\n\\ No newline at end of file\n', '\0').match(/[^\n\0]*[\n\0]/g) ?? []) {
    const m = /^@@ -(\d+)(?:,(\d+))?/.exec(line)
    const text = line.slice(1).replace('\0', '')
    if (m) {
      const start = m[2] === '0' ? Number(m[1]) : Number(m[1]) - 1
      while (at < start) out.push(lines[at++]!)
    } else if (line.startsWith('+')) out.push(text)
    else {
      assert.equal(lines[at], text)
      if (line.startsWith(' ')) out.push(text)
      at++
    }
  }
  return out.join('') + lines.slice(at).join('')
}

test('patching gives the other text', () => {
  const text = fc
    .tuple(fc.array(fc.constantFrom('a', 'b', 'c', '', '@'), { maxLength: 30 }), fc.boolean())
    .map(([lines, end]) => lines.join('\n') + (end ? '\n' : ''))
  fc.assert(
    fc.property(text, text, (a, b) => assert.equal(patched(a, body(a, b)), b)),
    { numRuns: 500 },
  )
})

test('a large comparison ends', () => {
  const [a, b] = [numbers(1, 5_000), numbers(10_000, 15_000)]
  assert.equal(patched(a, body(a, b)), b)
})
