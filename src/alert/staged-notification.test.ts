import assert from 'node:assert/strict'
import { it } from 'node:test'
import type { Logger } from '../base/logger.ts'
import { HandlerSet } from './handler-set.ts'
import { ALERT_HANDLERS } from './handlers/handler-list.ts'
import { notificationToText } from './notification-text.ts'
import { NOTIFY } from './outbox.ts'
import { StagedNotification } from './staged-notification.ts'
import { testEvent } from './test-event.ts'
import { Topics } from './topics.ts'

it('is the same before and after it was written down', () => {
  const n = new StagedNotification('t/h', 'log', { path: '/x' }, 't', testEvent({ previousLevel: 1 }))
  const text = n.text
  const { id, level, previousLevel } = n.head
  n.write()
  n.write()
  assert.equal(n.text, text)
  assert.equal(notificationToText(n), text)
  assert.deepEqual(n.head, { id, level, previousLevel })
})

it('is written down when many come at once', async () => {
  const topics = new Topics({ handlers: new HandlerSet(ALERT_HANDLERS), logger: {} as Logger })
  topics.open('t', 'task', [{ kind: 'log', params: { $path: '/x', mode: 0o600 } }])
  const collect = (n: number): StagedNotification[] => {
    const staged: StagedNotification[] = []
    const owe = (kind: string, x: unknown): void => {
      if (kind === NOTIFY) staged.push(x as StagedNotification)
    }
    for (let i = 0; i < n; i++) topics.collect(['t'], testEvent({ id: `e${i}` }), { owe })
    return staged
  }
  const keepsEvent = (n: StagedNotification): boolean => {
    const { event } = n
    return event === n.event
  }
  const many = collect(40)
  assert.deepEqual([keepsEvent(many[0]!), keepsEvent(many[39]!)], [true, false])
  assert.equal(many[39]?.event.id, 'e39')
  await Promise.resolve()
  assert.ok(keepsEvent(collect(1)[0]!), 'the next turn counts anew')
})
