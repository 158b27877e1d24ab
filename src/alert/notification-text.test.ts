import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { plainToText } from '../base/plain.ts'
import { Point } from '../base/point.ts'
import { seriesOf } from '../base/series.ts'
import { makeShape } from '../base/shape.ts'
import { alertJson } from './alert-json.ts'
import { LazyText } from './lazy-text.ts'
import { notificationFromText, notificationToText, stateFromText, stateToText } from './notification-text.ts'
import type { Notification } from './outbox.ts'
import { testEvent, testPoint } from './test-event.ts'

function notification(event = testEvent()): Notification {
  return { handler: 't/h', kind: 'post', options: { url: 'http://x', timeout: 5n, list: ['a'] }, topic: 't', event }
}

describe('notification text', () => {
  it('writes points and numbers as all plain data is written', () => {
    const shape = makeShape(
      ['a', 'b', 'c', 'd', 'e', 'f', 'g'],
      ['float', 'float', 'int', 'string', 'bool', 'null', 'float'],
    )
    const values = [-0, Number.NaN, 2n ** 62n, '\u2028"', true, null, 1e21]
    const point = new Point(seriesOf('d', 'r', 'm', { $n: 'x' }), shape, values, -1, 5)
    const tags = { $i: 'no number', $n: 'nor this', plain: 'p' }
    const data = { name: 'm', tags, points: [point], isBatch: false }
    const written = notificationToText(notification(testEvent({ data, tags, duration: 2n ** 62n })))
    assert.ok(written.includes(plainToText(point)))
    const { event } = notificationFromText(written)
    assert.equal(plainToText(event.data.points[0]!), plainToText(point))
    assert.deepEqual({ ...event.tags }, tags)
    assert.deepEqual({ ...event.data.tags }, tags)
    assert.equal(event.duration, 2n ** 62n)
  })

  it('brings everything back that a handler can see', () => {
    const n = notification()
    const back = notificationFromText(notificationToText(n))
    assert.equal(notificationToText(back), notificationToText(n))
    assert.deepEqual(back.options, n.options)
    assert.deepEqual({ ...back.event.fields }, { ...n.event.fields })
    assert.equal(alertJson(back.event), alertJson(n.event))
  })

  it('keeps a batch, its own fields and numbers that JSON lacks', () => {
    const tags = { room: 'a' }
    const data = { name: 'oven', tags, points: [testPoint, testPoint], isBatch: true }
    const fields = { x: { kind: 'float' as const, value: Number.NaN }, y: { kind: 'int' as const, value: 2n ** 60n } }
    const n = notification(testEvent({ data, tags, fields, duration: 2n ** 61n, moreData: [data] }))
    const back = notificationFromText(notificationToText(n))
    assert.deepEqual(back.event.fields, fields)
    assert.equal(back.event.duration, 2n ** 61n)
    assert.equal(alertJson(back.event), alertJson(n.event))
  })

  it('keeps tags and texts of any kind', () => {
    const tags = { $p: '$i', __proto__x: '', 'a"b': '\u2028\n' }
    const n = notification(testEvent({ tags, message: '"\\\u0000', group: 'm\nroom=a' }))
    const back = notificationFromText(notificationToText(n))
    assert.deepEqual({ ...back.event.tags }, tags)
    assert.equal(back.event.message, '"\\\u0000')
    assert.equal(back.event.group, 'm\nroom=a')
  })

  it('is not stopped by details that can not be rendered', () => {
    const lazyDetails = new LazyText(() => {
      throw new Error('no')
    })
    const back = notificationFromText(notificationToText(notification(testEvent({ lazyDetails }))))
    assert.equal(back.event.details, '')
  })

  it('brings a state back', () => {
    const state = {
      level: 3,
      message: 'm',
      details: '<b>',
      time: { sec: 5, ns: 7 },
      duration: 2n ** 60n,
      task: 't',
      name: 'n',
      group: 'g',
      tags: { a: 'b' },
      recoverable: false,
    } as const
    assert.deepEqual(stateFromText(stateToText(state)), state)
  })
})
