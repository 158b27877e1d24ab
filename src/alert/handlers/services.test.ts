import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { Point } from '../../base/point.ts'
import { seriesOf } from '../../base/series.ts'
import { makeShape } from '../../base/shape.ts'
import type { DeliveryEvent } from '../delivery-event.ts'
import { type AlertEvent, fieldsOf } from '../event.ts'
import { RecordedIo } from '../io/recorded-io.ts'
import { LEVELS, type Level } from '../level.ts'
import { CONFIGS, eventOf, faultOf, off, send, type Values } from './test-services.ts'

interface Expected {
  readonly url: string
  readonly body: unknown
}

const rows = (e: AlertEvent): unknown => ({
  series: [
    {
      name: e.name,
      tags: { ...e.tags },
      columns: ['time', 'heat', 'note'],
      values: [['2017-07-14T02:40:00.000000005Z', 6.5, e.fields['note']!.value]],
    },
  ],
})
const bytes = (text: string, n: number): string =>
  Buffer.byteLength(text) <= n ? text : Buffer.from(text).subarray(0, n).toString('utf8')
const pick = <T>(level: Level, ...values: [T, T, T, T]): T => values[level]

/** What each service gets of an event without options, said a second time. */
const EXPECTED: Readonly<Record<string, (e: DeliveryEvent) => Expected>> = {
  alerta: (e) => ({
    url: 'http://a/base/alert?x=1',
    body: {
      correlate: [e.name],
      environment: 'Production',
      event: e.id,
      group: e.group,
      origin: 'here',
      rawData: rows(e),
      resource: e.name,
      service: [e.name],
      severity: pick(e.level, 'ok', 'informational', 'warning', 'critical'),
      tags: [`room=${e.tags['room']}`],
      text: e.message,
      timeout: 86400,
      value: '',
    },
  }),
  discord: (e) => ({
    url: 'http://d',
    body: {
      avatar_url: '',
      embeds: [
        {
          color: pick(e.level, 0x7a65f2, 0x7a65f2, 0xf48d38, 0xf95f53),
          title: '',
          description: e.message,
          timestamp: '2017-07-14T02:40:00.000000005Z',
        },
      ],
      username: 'kap',
    },
  }),
  hipchat: (e) => ({
    url: 'http://h/v2/room/a%20room/notification?auth_token=t%2Fo',
    body: {
      color: pick(e.level, 'green', 'green', 'yellow', 'red'),
      from: 'kapacitor',
      message: e.message,
      notify: true,
    },
  }),
  opsgenie: (e) => ({
    url: e.level === 0 ? 'http://o/note/' : 'http://o/',
    body: {
      alias: e.id,
      apiKey: 'k',
      description: descriptionOf(e),
      details: { Level: e.level === 0 ? 'RECOVERY' : LEVELS[e.level], 'Monitoring Tool': 'Kapacitor' },
      entity: e.id,
      message: e.message,
      monitoring_tool: 'kapacitor',
      note: e.level === 0 ? e.message : '',
      teams: ['ops'],
    },
  }),
  pagerduty2: (e) => ({
    url: 'http://p2',
    body: {
      routing_key: 'k',
      event_action: e.level === 0 ? 'resolve' : 'trigger',
      dedup_key: e.id,
      payload: {
        summary: e.message,
        source: 'unknown',
        severity: pick(e.level, 'info', 'info', 'warning', 'critical'),
        timestamp: '2017-07-14T02:40:00.000000005Z',
        class: e.taskName,
        component: '',
        group: '',
        custom_details: { result: rows(e) },
      },
      images: null,
      links: null,
      client: 'kapacitor',
      client_url: 'http://here:9092/kapacitor/v1',
    },
  }),
  servicenow: (e) => ({
    url: 'http://sn',
    body: {
      records: [
        {
          source: 'src',
          ...(e.id === '' ? {} : { message_key: bytes(e.id, 1024) }),
          severity: pick(e.level, '5', '5', '4', '1'),
          ...(e.message === '' ? {} : { description: bytes(e.message, 4000) }),
        },
      ],
    },
  }),
  slack: (e) => ({
    url: 'http://s',
    body: {
      attachments: [
        {
          fallback: e.message,
          color: pick(e.level, 'good', 'good', 'warning', 'danger'),
          text: e.message,
          mrkdwn_in: ['text'],
        },
      ],
      channel: '#c',
      icon_emoji: '',
      text: '',
      username: '',
    },
  }),
  talk: (e) => ({ url: 'http://t', body: { authorName: 'me', text: e.message, title: e.id } }),
  telegram: (e) => ({ url: 'http://tg/bott/sendMessage', body: { chat_id: '1', text: e.message } }),
  victorops: (e) => ({
    url: 'http://v/alert/a/all%20of%20them',
    body: {
      data: descriptionOf(e),
      entity_id: e.id,
      message_type: e.level === 0 ? 'RECOVERY' : LEVELS[e.level],
      monitoring_tool: 'kapacitor',
      state_message: e.message,
      timestamp: 1500000000,
    },
  }),
  zenoss: (e) => ({
    url: 'http://z',
    body: {
      action: 'EventsRouter',
      method: 'add_event',
      data: [
        {
          summary: bytes(e.message, 256),
          device: '',
          component: '',
          severity: pick(e.level, 'Clear', 'Info', 'Warning', 'Critical'),
          evclasskey: '',
          evclass: '',
          collector: 'Kapacitor',
        },
      ],
      type: 'rpc',
      tid: 1,
    },
  }),
}

/** The result as a JSON text: compared as what it means. */
class JsonText {
  readonly value: unknown
  constructor(value: unknown) {
    this.value = value
  }
}
const descriptionOf = (e: AlertEvent): unknown => new JsonText(rows(e))

function assertSame(actual: unknown, expected: unknown, path: string): void {
  if (expected instanceof JsonText) assert.deepEqual(JSON.parse(String(actual)), expected.value, path)
  else if (Array.isArray(expected) && Array.isArray(actual)) {
    assert.equal(actual.length, expected.length, path)
    for (const [i, x] of expected.entries()) assertSame(actual[i], x, `${path}[${i}]`)
  } else if (typeof expected === 'object' && expected !== null && typeof actual === 'object' && actual !== null) {
    assert.deepEqual(Object.keys(actual).sort(), Object.keys(expected).sort(), path)
    for (const [k, x] of Object.entries(expected)) assertSame((actual as Values)[k], x, `${path}.${k}`)
  } else assert.deepEqual(actual, expected, path)
}

// Braces would be templates; what is cut is tested on its own, since it may end within a character.
const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
const anyEvent = fc
  .record({
    id: text,
    message: text,
    details: fc.string({ unit: 'binary' }),
    level: fc.constantFrom<Level>(0, 1, 2, 3),
    room: text,
    note: fc.string({ unit: 'grapheme' }),
  })
  .map(({ room, note, ...changes }) => {
    const point = new Point(
      seriesOf('d', 'rp', 'oven', { room }),
      makeShape(['heat', 'note'], ['float', 'string']),
      [6.5, note],
      1500000000,
      5,
    )
    const { tags } = point.series
    const data = { name: 'oven', tags, points: [point], isBatch: false }
    return eventOf({ ...changes, tags, fields: fieldsOf(point), data })
  })

describe('services', () => {
  for (const [kind, expected] of Object.entries(EXPECTED)) {
    it(`${kind} sends JSON that says what the event says, whatever is in it`, async () => {
      await fc.assert(
        fc.asyncProperty(anyEvent, async (event) => {
          const { requests } = await send(kind, null, event)
          assert.equal(requests.length, 1)
          const { url, body } = expected(event)
          assert.equal(requests[0]!.url, url)
          assert.equal(requests[0]!.headers['Content-Type'], 'application/json')
          assert.equal(requests[0]!.headers['Idempotency-Key'], 'key-1')
          assertSame(JSON.parse(requests[0]!.body), body, kind)
        }),
        { numRuns: 50 },
      )
    })
  }

  for (const kind of Object.keys(CONFIGS)) {
    it(`${kind} refuses for good while it is off`, async () => {
      const { declaration, options } = off.ofSpec(kind, null)
      const event = eventOf({ id: 'plain' })
      const fault = await faultOf(declaration.send(event, options, off.config(declaration), new RecordedIo()))
      assert.deepEqual([fault.message, fault.retry, fault.holds], ['service is not enabled', false, false])
    })
  }

  for (const kind of Object.keys(CONFIGS).filter((k) => k !== 'sensu')) {
    it(`${kind} tries again when the service is busy, and not when it refuses`, async () => {
      const event = eventOf({ id: 'o', level: 3 })
      const busy = await faultOf(send(kind, null, event, { status: 429, headers: { 'retry-after': '7' } }))
      assert.deepEqual([busy.retry, busy.holds, busy.retryAfterMs], [true, true, 7000])
      const broken = await faultOf(send(kind, null, event, { status: 500, body: 'oops' }))
      assert.deepEqual([broken.retry, broken.holds], [true, false])
      assert.match(broken.message, /unexpected status code 500: oops$/)
      const refused = await faultOf(send(kind, null, event, { status: 400 }))
      assert.deepEqual([refused.retry, refused.holds], [false, false])
    })
  }
})
