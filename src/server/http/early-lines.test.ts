import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { LineParser } from '../../base/line-protocol/line-parser.ts'
import { EarlyLines } from './early-lines.ts'

const NOW = { sec: 1_700_000_000, ns: 0 }
const plain = (body: Buffer): unknown => shown(new LineParser().parse(body, 'd', 'r', 'ns', NOW))
const shown = (r: ReturnType<LineParser['parse']>): unknown =>
  r.ok ? r.points.map((p) => [p.series.key, p.shape.key, p.values, p.sec, p.ns]) : r.errors

/** Reads the body as it would arrive in chunks of this size. */
function early(body: Buffer, chunk: number): unknown {
  const lines = new EarlyLines(new LineParser(), 'd', 'r', 'ns', NOW)
  for (let end = chunk; end < body.length; end += chunk) lines.grew(body, end)
  return shown(lines.finish(body))
}

const line = fc.constantFrom(
  'm v=1 1\n',
  'm,host=a v=1i,s="two\nlines" 2\n',
  'm v=t\n',
  '# remark\n',
  '\n',
  `m s="${'x'.repeat(500)}" 3\n`,
)

test('reading while the body arrives gives what reading it at once gives', () => {
  fc.assert(
    fc.property(
      fc.array(line, { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 1000, max: 90_000 }),
      (lines, chunk) => {
        const body = Buffer.from(lines.join('').repeat(Math.ceil(300_000 / lines.join('').length)))
        assert.deepEqual(early(body, chunk), plain(body))
      },
    ),
    { numRuns: 30 },
  )
})

test('a bad line late in the body is told with its number in the whole body', () => {
  const body = Buffer.from(`${'m v=1 1\n'.repeat(40_000)}m v= 1\n${'m v=1 1\n'.repeat(40_000)}`)
  assert.deepEqual(early(body, 60_000), plain(body))
  assert.match(JSON.stringify(plain(body)), /"line":40001/)
})
