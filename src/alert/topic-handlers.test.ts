import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Logger } from '../base/logger.ts'
import { HandlerSet } from './handler-set.ts'
import { ALERT_HANDLERS } from './handlers/handler-list.ts'
import { NOTIFY, type Notification } from './outbox.ts'
import { testEvent } from './test-event.ts'
import { type HandlerSpec, TopicHandlers } from './topic-handlers.ts'
import { Topics } from './topics.ts'

const logged: unknown[] = []
const logger = { error: (_: string, f: unknown) => logged.push(f), limited: () => logger } as unknown as Logger

function rig(stored: HandlerSpec[] = []) {
  const kept = new Map(stored.map((s) => [`${s.topic}/${s.id}`, s]))
  const handlers = new HandlerSet(ALERT_HANDLERS)
  const topics = new Topics({ handlers, logger })
  const store = {
    all: () => kept.values(),
    save: (s: HandlerSpec, replaces?: string) => {
      if (replaces !== undefined) kept.delete(`${s.topic}/${replaces}`)
      kept.set(`${s.topic}/${s.id}`, s)
    },
    remove: (topic: string, id: string) => void kept.delete(`${topic}/${id}`),
  }
  const service = new TopicHandlers({ topics, handlers, store, logger, disabled: new Set(['exec']) })
  const notified = (topic: string): string[] => {
    const names: string[] = []
    topics.collect([topic], testEvent(), {
      owe: (kind, n) => {
        if (kind === NOTIFY) names.push((n as unknown as Notification).handler)
      },
    })
    return names
  }
  return { service, topics, kept, notified }
}

const LOG = { id: 'l', kind: 'log', options: { path: '/x' } }

describe('TopicHandlers', () => {
  it('creates, lists, renames, patches and removes', () => {
    const { service, topics, kept, notified } = rig()
    service.create('t', { ...LOG, id: 'b' })
    service.create('t', { ...LOG, id: 'a', match: 'level() == WARNING' })
    assert.deepEqual(
      service.list('t', '').map((s) => s.id),
      ['a', 'b'],
    )
    assert.deepEqual(
      service.list('t', 'a*').map((s) => s.id),
      ['a'],
    )
    assert.deepEqual(topics.get('t'), { id: 't', level: 0, collected: 0 })
    assert.deepEqual(notified('t'), ['t/a', 't/b'])
    service.patch('t', 'a', [
      { op: 'replace', path: '/id', value: 'z' },
      { op: 'replace', path: '/match', value: 'level() == CRITICAL' },
    ])
    assert.deepEqual(
      service.list('t', '').map((s) => s.id),
      ['b', 'z'],
    )
    assert.deepEqual(notified('t'), ['t/b'])
    service.replace('t', 'b', { id: 'b', kind: 'publish', options: { topics: ['u'] } })
    assert.deepEqual(notified('t'), [])
    assert.equal(topics.get('u')?.collected, 1)
    service.remove('t', 'b')
    service.remove('t', 'none')
    assert.deepEqual([...kept.keys()], ['t/z'])
    assert.throws(() => service.get('t', 'b'), { status: 404, message: 'unknown handler: "b"' })
  })

  it('takes up what is stored, and keeps what can not work any more', () => {
    const spec = { topic: 't', id: 'l', kind: 'log', options: { path: '/x' }, match: '' }
    const { service, notified } = rig([spec, { ...spec, id: 'gone', kind: 'pigeon' }])
    assert.equal(service.load(), 1)
    assert.deepEqual(notified('t'), ['t/l'])
    assert.equal(service.get('t', 'gone').kind, 'pigeon')
    assert.equal(logged.length, 1)
    service.retry()
    assert.deepEqual(notified('t'), ['t/l'])
  })

  it('keeps handlers of disabled kinds, but gives them nothing', () => {
    const { service, kept, notified } = rig()
    service.create('t', { id: 'e', kind: 'exec', options: { prog: '/bin/true' } })
    service.create('t', LOG)
    assert.deepEqual([...kept.keys()], ['t/e', 't/l'])
    assert.equal(service.get('t', 'e').kind, 'exec')
    assert.deepEqual(notified('t'), ['t/l'])
  })

  for (const [what, json, status, message] of [
    ['an unknown kind', { id: 'h', kind: 'carrier-pigeon' }, 400, /failed to create handler: unsupported action kind/],
    ['no kind', { id: 'h' }, 400, /handler Kind must not be empty/],
    ['no id', { kind: 'log' }, 400, /handler ID must contain only letters/],
    ['an id with a space', { id: 'a b', kind: 'log' }, 400, /"a b"/],
    ['an unknown option', { id: 'h', kind: 'log', options: { colour: 1 } }, 400, /has invalid keys: colour/],
    ['a relative path', { id: 'h', kind: 'log', options: { path: 'x' } }, 400, /log path must be absolute: x/],
    ['a bad match', { ...LOG, id: 'h', match: 'level( >' }, 400, /invalid match expression/],
    ['a match that is no text', { ...LOG, id: 'h', match: 3 }, 400, /match must be text/],
    ['an id that is taken', LOG, 409, /already exists/],
    ['an aggregate without interval', { id: 'h', kind: 'aggregate', options: { topic: 'x' } }, 400, /must be positive/],
    ['what is no object', [], 400, /must be an object/],
  ] as const) {
    it(`refuses ${what}`, () => {
      const { service } = rig()
      service.create('t', LOG)
      assert.throws(() => service.create('t', json), { status, message })
      assert.equal(service.list('t', '').length, 1)
    })
  }

  it('refuses a patch that moves to another topic, or fails', () => {
    const { service } = rig()
    service.create('t', LOG)
    assert.throws(() => service.patch('t', 'l', [{ op: 'replace', path: '/topic', value: 'u' }]), /cannot change topic/)
    assert.throws(() => service.patch('t', 'l', [{ op: 'remove', path: '/none' }]), /failed to apply patch/)
    assert.throws(() => service.replace('t', 'none', { id: 'none', kind: 3 }), { status: 404 })
  })
})
