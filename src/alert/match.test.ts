import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Logger } from '../base/logger.ts'
import type { AlertEvent } from './event.ts'
import { matchOf } from './match.ts'
import { testEvent } from './test-event.ts'

const errors: string[] = []
const logger = {
  limited: () => logger,
  error: (_: string, f: { err: string }) => errors.push(f.err),
} as unknown as Logger
const taken = (text: string, changes: Partial<AlertEvent> = {}): boolean => matchOf(text, logger)(testEvent(changes))

describe('match', () => {
  for (const [text, changes, wanted] of [
    ['changed() == TRUE', { level: 2, previousLevel: 0 }, true],
    ['changed()', { level: 2, previousLevel: 2 }, false],
    ['level() >= WARNING AND "room" == \'a\'', {}, true],
    ['level() == CRITICAL', {}, false],
    ["name() == 'oven' AND taskName() == 'task'", {}, true],
    ['alertDuration() > 1m', { duration: 60_000_000_001 }, true],
    ['alertDuration() > 1m', { duration: 60_000_000_000 }, false],
    ['"room" =~ /^[ab]$/', {}, true],
    ['strLength("room") == 1 OR FALSE', {}, true],
    ['TRUE', {}, true],
  ] as const) {
    it(`${wanted ? 'takes' : 'leaves'} an event by ${text}`, () => assert.equal(taken(text, changes), wanted))
  }

  it('leaves an event without the tag, and says so', () => {
    errors.length = 0
    assert.equal(taken('"gone" == \'a\''), false)
    assert.deepEqual(errors, ['no tag exists for gone'])
  })

  for (const [text, message] of [
    ['level() == LOUD', /unknown identifier "LOUD"/],
    ['level( >', /invalid match expression/],
    ['nope()', /nope/],
    ['1', /invalid match expression/],
  ] as const) {
    it(`refuses ${text}`, () => assert.throws(() => matchOf(text, logger), message))
  }
})
