import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { COMMANDS } from './command-list.ts'
import { plainWords } from './go-flags.ts'
import { flagsOf } from './main-flags.ts'
import { parseDbrp, showDbrp } from './parse-dbrp.ts'
import { barText, waitingText } from './progress-bar.ts'
import { localDate, sentDate } from './show-date.ts'
import { showSize } from './show-size.ts'
import { durationMs, timeRange } from './time-range.ts'

describe('dbrps', () => {
  test('quotes are optional for each part', () => {
    assert.deepEqual(parseDbrp('a.b'), { db: 'a', rp: 'b' })
    assert.deepEqual(parseDbrp('"a.b"."c d"'), { db: 'a.b', rp: 'c d' })
    assert.deepEqual(parseDbrp('a."b.c"'), { db: 'a', rp: 'b.c' })
    assert.deepEqual(parseDbrp('"a\\"b".c'), { db: 'a"b', rp: 'c' })
  })

  test('what is shown reads back', () => {
    const name = fc.string({ minLength: 1 }).filter((s) => !s.includes('\\'))
    fc.assert(
      fc.property(name, name, (db, rp) => {
        assert.deepEqual(parseDbrp(showDbrp({ db, rp })), { db, rp })
      }),
    )
  })

  test('faults', () => {
    assert.throws(() => parseDbrp(''), { message: 'dbrp cannot be empty' })
    assert.throws(() => parseDbrp('a'), { message: /does not contain a '\.', it must be in the form/ })
    for (const text of ['a.', 'a."b"c', '"a"."b".c'])
      assert.throws(() => parseDbrp(text), { message: /^dbrp must specify/ })
    assert.throws(() => parseDbrp('"a.b'), { message: /closing quote/ })
  })
})

test('sizes', () => {
  const shown = [0, 9, 10, 42, 999, 1000, 1300, 9_940, 12_345, 12_000_000, 1.5e9, 2e18].map(showSize)
  assert.deepEqual(shown, [
    '0 B',
    '9 B',
    '10 B',
    '42 B',
    '999 B',
    '1.0 kB',
    '1.3 kB',
    '9.9 kB',
    '12 kB',
    '12 MB',
    '1.5 GB',
    '2.0 EB',
  ])
})

describe('dates', () => {
  const inZone = (zone: string, f: () => string): string => {
    const before = process.env['TZ']
    process.env['TZ'] = zone
    try {
      return f()
    } finally {
      process.env['TZ'] = before ?? ''
      if (before === undefined) delete process.env['TZ']
    }
  }

  test('local ones are in the zone of the machine', () => {
    const at = '2024-07-03T04:05:06.789Z'
    assert.equal(
      inZone('UTC', () => localDate(at)),
      '03 Jul 24 04:05 UTC',
    )
    assert.equal(
      inZone('America/New_York', () => localDate(at)),
      '03 Jul 24 00:05 EDT',
    )
    assert.equal(
      inZone('Europe/London', () => localDate(at)),
      '03 Jul 24 05:05 BST',
    )
    assert.equal(
      inZone('America/Sao_Paulo', () => localDate(at)),
      '03 Jul 24 01:05 -0300',
    )
  })

  test("the server's are in the zone that it sent", () => {
    const at = '2024-01-03T04:05:06+05:30'
    assert.equal(
      inZone('UTC', () => sentDate(at)),
      '03 Jan 24 04:05 +0530',
    )
    assert.equal(
      inZone('America/New_York', () => sentDate('2024-01-03T04:05:06-05:00')),
      '03 Jan 24 04:05 EST',
    )
    assert.equal(sentDate('0001-01-01T00:00:00Z'), '01 Jan 01 00:00 UTC')
    assert.equal(sentDate('no time'), 'no time')
  })
})

describe('stretches of time', () => {
  const none = { start: undefined, stop: undefined, past: undefined }
  const now = Date.UTC(2024, 0, 2)

  test('past goes back from stop, or from now', () => {
    assert.deepEqual(timeRange({ ...none, past: '1d' }, now), {
      start: '2024-01-01T00:00:00.000Z',
      stop: '2024-01-02T00:00:00.000Z',
    })
    const stop = '2024-01-01T12:00:00+02:00'
    assert.deepEqual(timeRange({ ...none, past: '90m', stop }, now), { start: '2024-01-01T08:30:00.000Z', stop })
    assert.equal(timeRange({ ...none, start: stop }, now).start, stop)
  })

  test('faults', () => {
    assert.throws(() => timeRange(none, now), { message: 'must set one of start or past flags.' })
    assert.throws(() => timeRange({ ...none, start: 'x', past: '1h' }, now), {
      message: 'cannot set both start and past flags.',
    })
    assert.throws(() => timeRange({ ...none, start: 'x' }, now), { message: /is no time/ })
    assert.throws(() => durationMs('1y'), { message: /is no duration/ })
  })
})

test('bars are never longer than the terminal', () => {
  assert.equal(barText('replay x', 0.5, 61, 40), 'replay x [#########--------]  50% 01:01')
  assert.equal(waitingText('replay x', 3661, 80), 'replay x … 1:01:01')
  fc.assert(
    fc.property(
      fc.string(),
      fc.double({ noNaN: true }),
      fc.nat(100_000),
      fc.integer({ min: 1, max: 200 }),
      (label, share, s, width) => {
        assert.ok(barText(label, share, s, width).length < Math.max(width, 1) + (width < 2 ? 1 : 0))
        assert.ok(waitingText(label, s, width).length <= width)
      },
    ),
  )
})

describe("Go's flags", () => {
  const plain = (...words: string[]): string[] => plainWords(words, COMMANDS, flagsOf)

  test('one dash or two, value behind or after an equals sign, before or behind other words', () => {
    const wanted = ['define', 'x', '--tick=a.tick', '--dbrp=a.b']
    assert.deepEqual(plain('define', 'x', '-tick', 'a.tick', '--dbrp=a.b'), wanted)
    assert.deepEqual(plain('define', '-tick=a.tick', 'x', '-dbrp', 'a.b'), [
      'define',
      '--tick=a.tick',
      'x',
      '--dbrp=a.b',
    ])
    assert.deepEqual(plain('-url', '-x', 'list', 'tasks'), ['--url=-x', 'list', 'tasks'])
  })

  test('values may begin with a dash or be empty; switches may be given a value', () => {
    assert.deepEqual(plain('record', 'batch', '-past', '-1h', '-task='), ['record', 'batch', '--past=-1h', '--task='])
    assert.deepEqual(plain('record', 'batch', '-no-wait=false'), ['record', 'batch'])
    assert.deepEqual(plain('record', 'batch', '-no-wait=true', '-no-wait'), [
      'record',
      'batch',
      '--no-wait',
      '--no-wait',
    ])
  })

  test('names of commands are values where values stand', () => {
    assert.deepEqual(plain('define', 'list', '-tick', 'show'), ['define', 'list', '--tick=show'])
    assert.deepEqual(plain('enable', 'list', '-json'), ['enable', 'list', '--json'])
  })

  test('a lone dash and what follows two dashes stay as they are', () => {
    assert.deepEqual(plain('check', '-', '--', '-x', '-tick=1'), ['check', '-', '--', '-x', '-tick=1'])
    assert.deepEqual(plain('define', '-x', '-h'), ['define', '--x', '--help'])
  })
})
