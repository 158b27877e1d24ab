import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Logger } from '../base/logger.ts'
import type { NewAlertEvent } from './event.ts'
import { HandlerSet } from './handler-set.ts'
import { ALERT_HANDLERS } from './handlers/handler-list.ts'
import type { Level } from './level.ts'
import { NOTIFY, type Notification, TOPIC_STATE, type TopicStateChange } from './outbox.ts'
import type { Stage } from './sink.ts'
import { testEvent } from './test-event.ts'
import { MAX_OK_EVENTS, Topic } from './topic.ts'
import { type SavedState, Topics } from './topics.ts'

const logger = { error() {} } as unknown as Logger

class TestStage implements Stage {
  readonly owed: [string, unknown][] = []
  owe(kind: string, payload: unknown): void {
    this.owed.push([kind, payload])
  }
  get notifications(): Notification[] {
    return this.owed.filter(([k]) => k === NOTIFY).map(([, n]) => n as Notification)
  }
  get states(): TopicStateChange[] {
    return this.owed.filter(([k]) => k === TOPIC_STATE).map(([, s]) => s as TopicStateChange)
  }
}

function topics(saved: SavedState[] = [], removed: string[] = []): Topics {
  const store = {
    removeTopic: (t: string) => removed.push(t),
    removeEvent: (t: string, id: string) => removed.push(`${t}/${id}`),
  }
  return new Topics({ handlers: new HandlerSet(ALERT_HANDLERS), logger, saved, store })
}

const event = (level: Level, id = 'o', sec = 1): NewAlertEvent =>
  testEvent({ level, id, time: { sec, ns: 0 }, message: `${id} ${level}` })
const log = (path: string) => ({ kind: 'log', params: { $path: path, mode: 0o600 } })
const INLINE = 'main:task:alert2'

describe('Topics', () => {
  it('sets the previous level per topic and owes each handler a notification', () => {
    const t = topics()
    const stage = new TestStage()
    t.open(INLINE, 'task', [log('/a'), log('/b')])
    t.collect(['named'], event(1), stage)
    t.collect(['named', INLINE], event(3), stage)
    assert.deepEqual(
      stage.notifications.map((n) => [n.handler, n.kind, n.options['path'], n.event.level, n.event.previousLevel]),
      [
        [`${INLINE}/#0`, 'log', '/a', 3, 0],
        [`${INLINE}/#1`, 'log', '/b', 3, 0],
      ],
    )
    t.collect([INLINE], event(2), stage)
    assert.equal(stage.notifications.at(-1)?.event.previousLevel, 3)
    assert.deepEqual(t.get('named'), { id: 'named', level: 3, collected: 2 })
  })

  it('stages a state for what is not OK, its removal once, and nothing for what stays OK', () => {
    const t = topics()
    const stage = new TestStage()
    for (const level of [0, 2, 0, 0] as const) t.collect(['x'], event(level), stage)
    assert.deepEqual(
      stage.states.map((s) => s.state?.level),
      [2, undefined],
    )
    assert.equal(t.event('x', 'o')?.level, 0)
  })

  it('keeps the states of a closed topic for the next run, and hides it meanwhile', () => {
    const t = topics()
    t.open(INLINE, 'task', [log('/a')])
    t.collect([INLINE], event(2), new TestStage())
    t.close(INLINE)
    assert.equal(t.get(INLINE), undefined)
    assert.equal(t.state(INLINE, 'o')?.level, 2)
    t.open(INLINE, 'task', [log('/a')])
    assert.deepEqual(t.get(INLINE), { id: INLINE, level: 2, collected: 0 })
  })

  it('brings saved states back: named topics at once, inline ones with their task', () => {
    const state = {
      level: 3,
      message: 'm',
      details: '',
      time: { sec: 1, ns: 0 },
      duration: 5,
      task: 'task',
      name: 'm',
      group: '',
      tags: {},
      recoverable: true,
    } as const
    const t = topics([
      { topic: 'named', id: 'a', state },
      { topic: INLINE, id: 'b', state },
    ])
    assert.deepEqual(t.list('', 0), [{ id: 'named', level: 3, collected: 0 }])
    assert.equal(t.state(INLINE, 'b')?.duration, 5)
    t.open(INLINE, 'task', [])
    assert.equal(t.list('main:*', 0).length, 1)
  })

  it('gives recoveries to what a deleted task leaves, in its own topics and in named ones', () => {
    const t = topics()
    t.attach('named', [{ name: 'h', handler: new HandlerSet(ALERT_HANDLERS).ofSpec('log', { path: '/n' }) }])
    t.open(INLINE, 'task', [log('/a')])
    const stage = new TestStage()
    t.collect([INLINE, 'named'], event(3, 'hot'), stage)
    t.collect([INLINE], event(0, 'cold'), stage)
    t.collect(['named'], { ...event(2, 'other'), taskName: 'another' }, stage)
    t.collect(['named'], { ...event(2, 'silent'), recoverable: false }, stage)
    t.close(INLINE)
    const after = new TestStage()
    assert.equal(t.recoverTask('main', 'task', { sec: 61, ns: 0 }, after), 2)
    assert.deepEqual(
      after.notifications.map(({ handler, event: e }) => [handler, e.id, e.level, e.previousLevel, e.duration, e.tags]),
      [
        ['named/h', 'hot', 0, 3, 60e9, event(3).tags],
        [`${INLINE}/#0`, 'hot', 0, 3, 60e9, event(3).tags],
      ],
    )
    t.deleteTask('main', 'task')
    assert.equal(t.get(INLINE), undefined)
    assert.equal(t.get('named')?.level, 2)
    assert.equal(t.recoverTask('main', 'task', { sec: 61, ns: 0 }, after), 0)
  })

  it('lists by pattern and level', () => {
    const t = topics()
    for (const [id, level] of [
      ['a-1', 1],
      ['a-2', 2],
      ['b-3', 3],
      ['a-0', 0],
    ] as const)
      t.collect([id], event(level), new TestStage())
    assert.deepEqual(
      t.list('', 0).map((x) => x.id),
      ['a-0', 'a-1', 'a-2', 'b-3'],
    )
    assert.deepEqual(
      t.list('a-?', 2).map((x) => x.id),
      ['a-2'],
    )
    assert.throws(() => t.list('[', 0), /syntax error in pattern/)
  })

  it('forgets a deleted topic, yet gives its handlers what comes next', () => {
    const removed: string[] = []
    const t = topics([], removed)
    const handler = new HandlerSet(ALERT_HANDLERS).ofSpec('log', { path: '/x' })
    t.attach('x', [{ name: 'l', handler }])
    t.collect(['x'], event(2), new TestStage())
    t.delete('x')
    assert.equal(t.get('x'), undefined)
    assert.deepEqual(removed, ['x'])
    const stage = new TestStage()
    t.collect(['x'], event(3), stage)
    assert.equal(stage.notifications[0]?.event.previousLevel, 0)
    assert.deepEqual(t.get('x'), { id: 'x', level: 3, collected: 1 })
  })

  it('forgets all inline topics of a deleted task, of no other', () => {
    const t = topics()
    for (const topic of [INLINE, 'main:task:alert3', 'main:task2:alert2']) {
      t.open(topic, 'task', [log('/a')])
      t.collect([topic], event(2), new TestStage())
    }
    t.close('main:task:alert3')
    t.deleteTask('main', 'task')
    assert.deepEqual(
      t.list('', 0).map((x) => x.id),
      ['main:task2:alert2'],
    )
    assert.equal(t.state('main:task:alert3', 'o'), undefined)
  })

  it('publishes to other topics at once, and not in circles for ever', () => {
    const t = topics()
    const handler = new HandlerSet(ALERT_HANDLERS).ofSpec('log', { path: '/x' })
    t.attach('a', [{ name: 'p', handler, publish: ['b'] }])
    t.attach('b', [
      { name: 'p', handler, publish: ['a'] },
      { name: 'l', handler },
    ])
    const stage = new TestStage()
    t.collect(['a'], event(2), stage)
    assert.ok(stage.notifications.length > 0 && stage.notifications.length < 20)
    assert.equal(stage.notifications[0]?.topic, 'b')
  })

  it('hands a handler only what it matches', () => {
    const t = topics()
    const handler = new HandlerSet(ALERT_HANDLERS).ofSpec('log', { path: '/x' })
    t.attach('a', [{ name: 'm', handler, match: (e) => e.level > e.previousLevel }])
    const stage = new TestStage()
    for (const level of [1, 1, 2, 1] as const) t.collect(['a'], event(level), stage)
    assert.deepEqual(
      stage.notifications.map((n) => n.event.level),
      [1, 2],
    )
  })

  it('holds only so many recovered events', () => {
    const topic = new Topic('x')
    const state = { ...event(0), task: 'task' }
    for (let i = 0; i < MAX_OK_EVENTS + 5; i++) topic.set(`e${i}`, state)
    assert.equal(topic.events(0).length, MAX_OK_EVENTS)
    assert.equal(topic.state('e0'), undefined)
    assert.equal(topic.level, 0)
  })
})

describe('HandlerSet', () => {
  const set = new HandlerSet(ALERT_HANDLERS)

  it('reads options in kebab case, in any case, durations as numbers and texts', () => {
    const { options } = set.ofSpec('post', {
      URL: 'http://x',
      'Capture-Response': true,
      timeout: '10s',
      headers: { a: 'b' },
    })
    assert.deepEqual(
      [options['url'], options['captureResponse'], options['timeout']],
      ['http://x', true, 10_000_000_000],
    )
    assert.equal(set.ofSpec('post', { url: 'http://x', timeout: 5 }).options['timeout'], 5)
    assert.equal(set.ofSpec('post', { url: 'http://x', captureResponse: true }).options['captureResponse'], true)
  })

  for (const [json, message] of [
    [{ ulr: 'x' }, /has invalid keys: ulr \(did you mean "url"\?\)/],
    [{ url: 5 }, /"url" must be text/],
    [{ url: 'http://x', timeout: 'soon' }, /must be a duration/],
    ['x', /must be an object/],
    [null, /Either URL or endpoint must be non-empty/],
    [{ endpoint: 'nowhere' }, /there is no endpoint "nowhere"/],
    [{ url: 'http://{{ .ID' }, /template: url:1/],
  ] as const) {
    it(`refuses ${JSON.stringify(json)}`, () => {
      assert.throws(() => set.ofSpec('post', json), message)
    })
  }

  it('names a kind that is close to an unknown one', () => {
    assert.throws(() => set.ofSpec('logg', null), /unsupported action kind "logg", did you mean "log"\?/)
  })
})
