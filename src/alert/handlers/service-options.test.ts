import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Point } from '../../base/point.ts'
import { seriesOf } from '../../base/series.ts'
import { makeShape } from '../../base/shape.ts'
import { type AlertEvent, fieldsOf } from '../event.ts'
import { RecordedIo } from '../io/recorded-io.ts'
import { eventOf, faultOf, off, on, send, type Values } from './test-services.ts'

const wrong: readonly [string, unknown, Partial<AlertEvent>, RegExp][] = [
  ['slack', { workspace: 'nowhere' }, {}, /unknown slack workspace "nowhere"/],
  ['discord', { workspace: 'nowhere' }, {}, /unknown discord workspace "nowhere"/],
  ['telegram', { 'parse-mode': 'Word' }, {}, /parseMode Word is not valid, please use 'Markdown' or 'HTML'/],
  ['pagerduty', null, { level: 1 }, /AlertLevel 'info' is currently ignored by the PagerDuty service/],
  ['alerta', { resource: '{{ index .Tags "none" }}' }, {}, /Resource cannot be empty, required\./],
  ['alerta', { event: '{{ index .Tags "none" }}' }, {}, /Event cannot be empty, required\./],
  ['sensu', null, { id: 'a:b' }, /invalid name "a:b" for sensu alert/],
]

describe('what a service can not be sent', () => {
  for (const [kind, json, changes, message] of wrong) {
    it(`${kind}: ${message.source}`, async () => {
      const fault = await faultOf(send(kind, json, eventOf({ id: 'plain', ...changes })))
      assert.match(fault.message, message)
      assert.equal(fault.retry, false)
    })
  }

  it('templates that can not be parsed are refused when the handler is defined', () => {
    for (const [kind, json] of [
      ['discord', { 'embed-title': '{{ .Name' }],
      ['pagerduty2', { links: [{ href: '{{ .Name' }] }],
      ['alerta', { attributes: { a: '{{ nope }}' } }],
      ['bigpanda', { host: '{{ .Name' }],
      ['servicenow', { node: '{{ .Name' }],
      ['zenoss', { customField: { a: '{{ .Name' } }],
      ['sensu', { source: '{{ .Name' }],
      ['smtp', { 'to-field': ['{{ .Name'] }],
      ['mqtt', { topic: '{{ .Name' }],
      ['snmptrap', { 'trap-oid': '1.1', 'data-list': [{ oid: '1.2', type: 's', value: '{{ .Name' }] }],
    ] as const)
      assert.throws(() => off.ofSpec(kind, json), /template: /, kind)
  })
})

const bodyOf = (io: RecordedIo): Values => JSON.parse(io.requests[0]!.body) as Values

describe('slack', () => {
  it('takes the token and the names of another workspace', async () => {
    const io = await send('slack', { workspace: 'other', 'icon-emoji': ':x:' }, eventOf({}), { body: '{"ok":true}' })
    assert.equal(io.requests[0]!.headers['Authorization'], 'Bearer xoxb')
    const { channel, username, icon_emoji } = bodyOf(io)
    assert.deepEqual([channel, username, icon_emoji], ['#o', 'o', ':x:'])
  })

  it("hears what the API's answer has against a message", async () => {
    const refused = { body: '{"ok": false, "error": "channel_not_found"}' }
    const final = await faultOf(send('slack', { workspace: 'other' }, eventOf({}), refused))
    assert.deepEqual([final.message, final.retry], ['slack error: channel_not_found', false])
    const busy = { body: '{"ok": false, "error": "ratelimited"}' }
    assert.equal((await faultOf(send('slack', { workspace: 'other' }, eventOf({}), busy))).retry, true)
  })
})

describe('texts that are cut', () => {
  const long = 'é'.repeat(3000)

  it('teams: the summary has 70 bytes and three dots', async () => {
    const { summary, title } = bodyOf(await send('teams', null, eventOf({ id: 'o', level: 3, message: long })))
    assert.equal(title, 'CRITICAL: [o]')
    assert.equal(summary, `CRITICAL: [o] - ${'é'.repeat(27)}...`)
  })

  it('teams: names the topic when there is no id', async () => {
    const { summary, title } = bodyOf(await send('teams', null, eventOf({ id: '', level: 1, message: 'm' })))
    assert.deepEqual([title, summary], ['INFO: [topic]', 'INFO: [topic] - m...'])
  })

  it('servicenow: 100 bytes, 1024 of the key, 4000 of the description', async () => {
    const io = await send('servicenow', { node: long, messagekey: long }, eventOf({ message: long }))
    const [record] = bodyOf(io)['records'] as [Record<string, string>]
    assert.deepEqual(
      [record['node'], record['message_key'], record['description']].map((t) => t!.length),
      [50, 512, 2000],
    )
  })

  it('zenoss: 256 bytes of the summary, 4096 of the message', async () => {
    const io = await send('zenoss', { message: long }, eventOf({ message: long }))
    const [data] = bodyOf(io)['data'] as [Record<string, string>]
    assert.deepEqual([data['summary']!.length, data['message']!.length], [128, 2048])
  })
})

describe('values of any kind', () => {
  it('alerta and sensu keep them, servicenow makes texts of them', async () => {
    const attributes = { t: '{{ .ID }}', n: 3, f: 2.5, b: true, l: ['x'] }
    assert.deepEqual(bodyOf(await send('alerta', { attributes }, eventOf({})))['attributes'], { ...attributes, t: 'o' })
    const sensu = await send('sensu', { metadata: { n: 3, name: 'mine' } }, eventOf({}))
    const [[address, sent]] = sensu.sent as [[string, string]]
    assert.equal(address, 's:1')
    assert.deepEqual(JSON.parse(sent), {
      handlers: ['all'],
      n: 3,
      name: 'o',
      output: 'o is WARNING',
      source: 'Kapacitor',
      status: 1,
    })
    const [record] = bodyOf(await send('servicenow', { additional_info: attributes }, eventOf({})))['records'] as [
      Values,
    ]
    assert.equal(record['additional_info'], '{"b":"true","f":"2.5","l":"x","n":"3","t":"o"}')
  })

  it('zenoss embeds what looks like JSON and is', async () => {
    const customField = { list: '[1, 2]', brace: '{no json', nr: 4, summary: 'mine' }
    const [data] = bodyOf(await send('zenoss', { customField }, eventOf({})))['data'] as [Values]
    assert.deepEqual(
      [data['list'], data['brace'], data['nr'], data['summary']],
      [[1, 2], '{no json', 4, 'o is WARNING'],
    )
  })
})

describe('bigpanda', () => {
  it('lets later members win over earlier ones', async () => {
    const series = seriesOf('d', 'rp', 'oven', { status: 'tag', host: 'tag-host' })
    const point = new Point(series, makeShape(['check', 'n'], ['string', 'int']), ['field', 9007199254740993n], 1, 0)
    const data = { name: 'oven', tags: series.tags, points: [point], isBatch: false }
    const event = eventOf({ tags: series.tags, fields: fieldsOf(point), data, details: '&lt;b&gt; &#34;x&#34;' })
    const io = await send('bigpanda', { attributes: { n: '{{ .Level }}', task: 3 } }, event)
    assert.deepEqual(bodyOf(io), {
      app_key: 'app',
      description: 'o is WARNING',
      check: 'field',
      details: '<b> "x"',
      status: 'tag',
      task: '3',
      timestamp: 1500000000,
      host: '',
      n: 'WARNING',
    })
  })

  it('leaves the default details out', async () => {
    assert.equal('details' in bodyOf(await send('bigpanda', null, eventOf({ details: '{&#34;Name&#34;:1}' }))), false)
  })
})

describe('opsgenie2', () => {
  it('has a priority, responders, and the tags as details', async () => {
    const io = await send('opsgenie2', { 'recipients-list': ['me'] }, eventOf({ id: 'a?>', level: 2 }))
    assert.equal(io.requests[0]!.headers['Authorization'], 'GenieKey k')
    const body = bodyOf(io)
    assert.equal(body['alias'], 'YT8-')
    assert.equal(body['priority'], 'P3')
    assert.deepEqual(body['responders'], [
      { name: 'ops', type: 'team' },
      { type: 'user', username: 'me' },
    ])
    assert.deepEqual(body['details'], {
      'Monitoring Tool': 'Kapacitor',
      Level: 'WARNING',
      brand: 'z',
      room: 'a',
      'Kapacitor Task Name': 'oven',
    })
  })

  it('notes or closes on recovery; an action that is none is not taken', async () => {
    for (const [given, taken] of [
      ['close', 'close'],
      ['', 'notes'],
      ['shout', 'notes'],
    ]) {
      const io = await send('opsgenie2', { recovery_action: given }, eventOf({ level: 0, message: 'm' }))
      assert.equal(io.requests[0]!.url, `http://o2/alerts/bw==/${taken}?identifierType=alias`)
      assert.deepEqual(bodyOf(io), { note: 'm' })
    }
  })
})

describe('pushover', () => {
  it('sends a form with what is set', async () => {
    const io = await send('pushover', { title: 'a b&c', 'url-title': '~*' }, eventOf({ level: 0, message: 'm' }))
    assert.equal(io.requests[0]!.body, 'message=m&priority=-2&title=a+b%26c&token=t&url_title=~%2A&user=u')
  })
})

describe('sensu', () => {
  it('takes anything but ok for a refusal', async () => {
    const { declaration, options } = on.ofSpec('sensu', null)
    const io = new RecordedIo()
    io.answer = 'invalid\n'
    const fault = await faultOf(declaration.send(eventOf({}), options, on.config(declaration), io))
    assert.deepEqual([fault.message, fault.retry], ['sensu socket error: invalid', false])
  })
})

describe('victorops', () => {
  it('says what a 404 means', async () => {
    assert.equal(
      (await faultOf(send('victorops', null, eventOf({}), { status: 404 }))).message,
      'URL or API key not found: 404',
    )
  })
})

describe('talk', () => {
  it('passes over options, whatever they are', () => {
    assert.deepEqual(on.ofSpec('talk', { colour: 'red' }).options, {})
  })
})
