// A silence: for a span of time, notifications that all its matchers take are held back. Its JSON form, and what it takes.
// Knows no store and no clock.
import { Fault } from '../base/fault.ts'
import { compareTime, parseTime, type Time } from '../base/time.ts'
import type { Tags } from '../base/value.ts'
import { compileRegex, validateRegex } from '../lang/lambda/regex.ts'
import { LEVELS, type Level, levelWord, parseLevel } from './level.ts'

/** What silences look at. */
export interface Subject {
  readonly topic: string
  readonly id: string
  readonly level: Level
  readonly task: string
  readonly name: string
  readonly tags: Tags
}

export const MATCHER_PARTS = ['level', 'id', 'task', 'topic', 'name', 'tag'] as const
export const MATCHER_OPERATORS = ['=', '!=', '=~', '!~', '<', '<=', '>', '>='] as const
type Operator = (typeof MATCHER_OPERATORS)[number]

export interface Matcher {
  /** What is compared; `name` is the measurement. */
  readonly on: (typeof MATCHER_PARTS)[number]
  /** The tag's name, when it is a tag. */
  readonly tag?: string | undefined
  /** The last four are for levels only. */
  readonly op: Operator
  readonly value: string
}

export interface Silence {
  readonly id: string
  /** All of them must hold. */
  readonly matchers: readonly Matcher[]
  readonly start: Time
  /** The first moment when it is over. */
  readonly end: Time
  readonly author: string
  readonly comment: string
  readonly created: Time
}

export type SilenceState = 'pending' | 'active' | 'expired'

export function silenceState(s: Silence, now: Time): SilenceState {
  if (compareTime(now, s.end) >= 0) return 'expired'
  return compareTime(now, s.start) >= 0 ? 'active' : 'pending'
}

const ID = /^[-._\p{L}0-9]{1,200}$/u

/** A silence of its JSON form; what is missing is as in `before`. Throws Fault 400 with what is wrong. */
export function readSilence(json: unknown, before: Silence): Silence {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw bad('it must be an object')
  const given = json as Readonly<Record<string, unknown>>
  const text = (name: 'id' | 'author' | 'comment'): string => {
    const value = given[name] ?? before[name]
    if (typeof value !== 'string') throw bad(`${name} must be text`)
    return value
  }
  const time = (name: 'start' | 'end'): Time => {
    const value = given[name]
    if (value === undefined || value === null) return before[name]
    const parsed = typeof value === 'string' ? parseTime(value) : undefined
    if (!parsed) throw bad(`${name} must be a time such as "2030-01-31T08:00:00Z"`)
    return parsed
  }
  const id = text('id')
  if (!ID.test(id)) throw bad(`the id must contain only letters, numbers, '-', '.' and '_': ${JSON.stringify(id)}`)
  const silence: Silence = {
    id,
    matchers: given['matchers'] === undefined ? before.matchers : readMatchers(given['matchers']),
    start: time('start'),
    end: time('end'),
    author: text('author'),
    comment: text('comment'),
    created: before.created,
  }
  if (silence.matchers.length === 0) throw bad('it needs a matcher: what it should silence')
  if (compareTime(silence.start, silence.end) >= 0) throw bad('it needs an end that is later than its start')
  return silence
}

function readMatchers(json: unknown): readonly Matcher[] {
  if (!Array.isArray(json)) throw bad('matchers must be a list')
  return json.map((m: unknown, i) => {
    try {
      return readMatcher(m)
    } catch (e) {
      throw bad(`matcher ${i + 1}: ${(e as Error).message}`)
    }
  })
}

function readMatcher(json: unknown): Matcher {
  if (typeof json !== 'object' || json === null) throw new Error('it must be an object')
  const { on, tag, op = '=', value } = json as Readonly<Record<string, unknown>>
  const part = MATCHER_PARTS.find((p) => p === on)
  if (!part) throw new Error(`"on" must be one of ${MATCHER_PARTS.join(', ')}`)
  const operator = MATCHER_OPERATORS.find((o) => o === op)
  if (!operator) throw new Error(`"op" must be one of ${MATCHER_OPERATORS.join(' ')}`)
  if (typeof value !== 'string') throw new Error('"value" must be text')
  if (part === 'tag' ? typeof tag !== 'string' || tag === '' : tag !== undefined && tag !== null)
    throw new Error(part === 'tag' ? '"tag" must name a tag' : '"tag" is for tags only')
  if (part === 'level') return { on: part, op: levelOperator(operator), value: levelOf(value) }
  if (/[<>]/.test(operator)) throw new Error(`${operator} compares levels only`)
  if (operator.includes('~')) {
    const flaw = validateRegex(value)
    if (flaw !== undefined) throw new Error(`${JSON.stringify(value)} is no regular expression: ${flaw}`)
  }
  return { on: part, op: operator, value, ...(part === 'tag' ? { tag: tag as string } : {}) }
}

function levelOperator(op: Operator): Operator {
  if (op.includes('~')) throw new Error('a level is compared with = != < <= > >=')
  return op
}

function levelOf(text: string): string {
  const level = text === '' ? undefined : parseLevel(text)
  if (level === undefined) throw new Error(`a level is one of ${LEVELS.join(', ')}`)
  return levelWord(level)
}

function bad(reason: string): Fault {
  return new Fault('bad-silence', `invalid silence: ${reason}`, { status: 400 })
}

/** What a silence takes. A tag that is not there counts as an empty one. */
export function subjectTest(matchers: readonly Matcher[]): (s: Subject) => boolean {
  const tests = matchers.map(matcherTest)
  return (s) => tests.every((test) => test(s))
}

function matcherTest({ on, tag, op, value }: Matcher): (s: Subject) => boolean {
  if (on === 'level') {
    const compare = LEVEL_TESTS[op]!
    const level = parseLevel(value)!
    return (s) => compare(s.level, level)
  }
  const textOf = (s: Subject): string => {
    if (on !== 'tag') return s[on]
    return Object.hasOwn(s.tags, tag!) ? s.tags[tag!]! : ''
  }
  if (op === '=') return (s) => textOf(s) === value
  if (op === '!=') return (s) => textOf(s) !== value
  const regex = compileRegex(value)
  return op === '=~' ? (s) => regex.test(textOf(s)) : (s) => !regex.test(textOf(s))
}

const LEVEL_TESTS: Readonly<Partial<Record<Operator, (a: number, b: number) => boolean>>> = {
  '=': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
}
