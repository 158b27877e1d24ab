import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Time } from '../../base/time.ts'
import { parseLambda } from '../parser.ts'
import { compileMatch, type MatchOptions } from './compile-match.ts'
import { contextSignature } from './function.ts'

interface Event extends Time {
  readonly level: number
  readonly task: string
}

const OPTIONS: MatchOptions = {
  functions: [
    {
      name: 'level',
      doc: 'Level.',
      examples: [],
      needs: 'context',
      signatures: [contextSignature([], 'int', (e: Event) => e.level)],
    },
    {
      name: 'taskName',
      doc: 'Task.',
      examples: [],
      needs: 'context',
      signatures: [contextSignature([], 'string', (e: Event) => e.task)],
    },
  ],
  identifiers: { OK: { kind: 'int', value: 0 }, CRITICAL: { kind: 'int', value: 3 } },
}
const match = (text: string) => compileMatch<Event>(parseLambda(text).expression, OPTIONS)
const EVENT: Event = { sec: 1, ns: 0, level: 3, task: 'cpu' }

describe('match expressions', () => {
  it('see tags, functions of the event and names of levels', () => {
    const m = match('level() == CRITICAL AND "room" == \'a\' AND taskName() =~ /^c/')
    assert.equal(m.test({ room: 'a', other: 'x' }, EVENT), true)
    assert.equal(m.test({ room: 'b' }, EVENT), false)
    assert.equal(m.test({ room: 'a' }, { ...EVENT, level: 0 }), false)
    assert.deepEqual(m.references, ['room'])
    assert.equal(match('unixNano("time") == 1000000000').test({}, EVENT), true)
    assert.equal(match('strLength(taskName()) > OK').test({}, EVENT), true)
  })

  it('fail on a tag that is missing', () => {
    assert.throws(() => match('"room" != \'a\'').test({}, EVENT), /"room" is missing/)
    assert.equal(match('isPresent("room")').test({}, EVENT), false)
  })

  it('refuse names that nobody knows', () => {
    assert.throws(() => match('level() == BAD'), { message: 'unknown identifier "BAD"' })
  })
})
