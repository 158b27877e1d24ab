import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { addTime, type Time } from '../base/time.ts'
import { readSilence, type Silence, type Subject, silenceState, subjectTest } from './silence.ts'
import { type SilenceStore, Silences } from './silences.ts'
import { TestClock } from './test-clock.ts'

const at = (sec: number): Time => ({ sec, ns: 0 })
const BLANK: Silence = {
  id: 's',
  matchers: [],
  start: at(100),
  end: at(0),
  author: '',
  comment: '',
  created: at(100),
}
const SUBJECT: Subject = {
  topic: 'top',
  id: 'cpu:host=a',
  level: 2,
  task: 'cpu_alert',
  name: 'cpu',
  tags: { host: 'a' },
}
const HOUR = { end: '1970-01-01T01:00:00Z' }

function takes(matchers: unknown[], subject: Partial<Subject> = {}): boolean {
  const { matchers: read } = readSilence({ ...HOUR, matchers }, BLANK)
  return subjectTest(read)({ ...SUBJECT, ...subject })
}

function refusal(json: unknown): string {
  try {
    readSilence(json, BLANK)
    return ''
  } catch (e) {
    return (e as Error).message
  }
}

describe('a silence', () => {
  it('takes what all its matchers take', () => {
    assert.ok(takes([{ on: 'id', value: 'cpu:host=a' }]))
    assert.ok(takes([{ on: 'tag', tag: 'host', op: '=~', value: '^a|b$' }]))
    assert.ok(!takes([{ on: 'tag', tag: 'host', op: '!~', value: '^a|b$' }]))
    assert.ok(
      !takes([
        { on: 'id', value: 'cpu:host=a' },
        { on: 'task', op: '!=', value: 'cpu_alert' },
      ]),
    )
    assert.ok(
      takes([
        { on: 'topic', value: 'top' },
        { on: 'name', value: 'cpu' },
      ]),
    )
  })

  it('compares levels by their order', () => {
    const levels = (op: string): number[] =>
      ([0, 1, 2, 3] as const).filter((level) => takes([{ on: 'level', op, value: 'warn' }], { level }))
    assert.deepEqual(levels('='), [2])
    assert.deepEqual(levels('!='), [0, 1, 3])
    assert.deepEqual(levels('<'), [0, 1])
    assert.deepEqual(levels('<='), [0, 1, 2])
    assert.deepEqual(levels('>'), [3])
    assert.deepEqual(levels('>='), [2, 3])
  })

  it('takes a tag that is not there for an empty one, also one that every object has', () => {
    assert.ok(takes([{ on: 'tag', tag: 'rack', value: '' }]))
    assert.ok(takes([{ on: 'tag', tag: 'constructor', value: '' }]))
  })

  it('says what is wrong with it', () => {
    const m = (matcher: unknown): string => refusal({ ...HOUR, matchers: [matcher] })
    assert.match(refusal([]), /it must be an object/)
    assert.match(refusal(HOUR), /needs a matcher/)
    assert.match(refusal({ matchers: [{ on: 'id', value: '' }] }), /needs an end that is later/)
    assert.match(refusal({ ...HOUR, end: 'soon', matchers: [{ on: 'id', value: '' }] }), /end must be a time/)
    assert.match(refusal({ ...HOUR, id: 'a b', matchers: [{ on: 'id', value: '' }] }), /the id must contain only/)
    assert.match(refusal({ ...HOUR, author: 1, matchers: [{ on: 'id', value: '' }] }), /author must be text/)
    assert.match(m({ on: 'host', value: 'a' }), /matcher 1: "on" must be one of level, id/)
    assert.match(m({ on: 'tag', value: 'a' }), /"tag" must name a tag/)
    assert.match(m({ on: 'id', tag: 'x', value: 'a' }), /"tag" is for tags only/)
    assert.match(m({ on: 'id', op: '<', value: 'a' }), /< compares levels only/)
    assert.match(m({ on: 'id', op: '~', value: 'a' }), /"op" must be one of/)
    assert.match(m({ on: 'level', op: '=~', value: 'warn' }), /a level is compared with/)
    assert.match(m({ on: 'level', value: 'loud' }), /a level is one of OK, INFO/)
    assert.match(m({ on: 'id', op: '=~', value: '(' }), /"\(" is no regular expression/)
    assert.match(m({ on: 'id', value: 1 }), /"value" must be text/)
  })

  it('is pending, then active, then expired', () => {
    const s = { ...BLANK, end: at(200) }
    assert.deepEqual(
      [99, 100, 199, 200].map((sec) => silenceState(s, at(sec))),
      ['pending', 'active', 'active', 'expired'],
    )
  })
})

class MemorySilences implements SilenceStore {
  readonly kept = new Map<string, Silence>()
  readonly kinds = new Map<string, number>()
  all = (): Iterable<Silence> => [...this.kept.values()]
  save(s: Silence): void {
    this.kept.set(s.id, s)
  }
  remove(id: string): void {
    this.kept.delete(id)
    this.kinds.delete(id)
  }
  counts = (): Iterable<readonly [string, number]> => [...this.kinds]
  saveCounts(counts: Iterable<readonly [string, number]>): void {
    for (const [id, n] of counts) this.kinds.set(id, n)
  }
}

describe('Silences', () => {
  const ALL = { id: 'all', matchers: [{ on: 'id', op: '=~', value: '.*' }] }

  it('hold from their start to their end, and tell when that changes', () => {
    const clock = new TestClock(at(0))
    const silences = new Silences({ store: new MemorySilences(), clock })
    let changes = 0
    silences.onChange(() => changes++)
    silences.create({ ...ALL, start: '1970-01-01T00:01:00Z', end: '1970-01-01T00:02:00Z' })
    const states: unknown[] = []
    for (const sec of [0, 59, 60, 119, 120]) {
      clock.pass(sec - clock.time.sec)
      silences.look()
      states.push(silences.holding(SUBJECT)?.id)
    }
    assert.deepEqual(states, [undefined, undefined, 'all', 'all', undefined])
    assert.equal(changes, 3)
    assert.equal(silences.nextChange, undefined)
  })

  it('can be lengthened, ended and removed, and come back from the store', () => {
    const clock = new TestClock(at(0))
    const store = new MemorySilences()
    const silences = new Silences({ store, clock })
    silences.create({ ...ALL, end: '1970-01-01T00:01:00Z', author: 'kim' })
    assert.throws(() => silences.create({ ...ALL, end: '1970-01-01T00:01:00Z' }), /there is a silence "all" already/)
    silences.update('all', { end: '1970-01-01T00:05:00Z' })
    assert.throws(() => silences.update('all', { id: 'other' }), /can not be changed/)
    assert.throws(() => silences.update('none', {}), /there is no silence "none"/)
    clock.pass(100)
    const again = new Silences({ store, clock })
    assert.deepEqual([again.holding(SUBJECT)?.author, again.get('all').end], ['kim', at(300)])
    again.remove('all')
    assert.equal(again.holding(SUBJECT), undefined)
    assert.deepEqual([...store.kept], [])
  })

  it('count what they held back, and are forgotten days after their end', () => {
    const clock = new TestClock(at(0))
    const store = new MemorySilences()
    const silences = new Silences({ store, clock })
    silences.create({ ...ALL, end: '1970-01-01T00:01:00Z' })
    silences.count('all')
    silences.count('all')
    clock.pass(1)
    assert.equal(new Silences({ store, clock }).heldBack('all'), 2)
    clock.time = addTime(at(60), 5 * 86_400 * 1e9 - 1)
    assert.equal(new Silences({ store, clock }).list().length, 1)
    clock.time = addTime(at(60), 5 * 86_400 * 1e9)
    assert.equal(new Silences({ store, clock }).list().length, 0)
    assert.deepEqual([...store.kept, ...store.kinds], [])
  })
})
