import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { HandlerSet } from '../handler-set.ts'
import type { HandlerIo } from '../io/handler-io.ts'
import { RecordedIo } from '../io/recorded-io.ts'
import { initialConfig } from './config-section.ts'
import { ALERT_HANDLERS } from './handler-list.ts'
import { eventOf, faultOf, type Values } from './test-services.ts'

/** A set where one handler is configured so. */
function setOf(kind: string, ...elements: readonly Values[]): HandlerSet {
  return new HandlerSet(ALERT_HANDLERS, {
    of(d) {
      if (d.kind !== kind || !d.config) return undefined
      const whole = elements.map((e) => ({ ...initialConfig(d.config!.fields), enabled: true, ...e }))
      return d.config.list ? whole : whole[0]
    },
  })
}

async function sendTo(set: HandlerSet, kind: string, json: unknown, event = eventOf({}), io = new RecordedIo()) {
  const { declaration, options } = set.ofSpec(kind, json)
  const receipt = await declaration.send(event, options, set.config(declaration), io)
  return { sent: io.sent as unknown[][], receipt, io }
}

describe('smtp', () => {
  const set = setOf('smtp', { from: 'a@b.c', to: ['ops@b.c'], toTemplates: ['{{ .Name }}@b.c'], username: 'u' })

  it('sends the message as subject and the details as body', async () => {
    const event = eventOf({ message: 'm', details: '<b>d</b>' })
    const { sent, receipt } = await sendTo(
      set,
      'smtp',
      { to: ['x@y.z'], 'to-field': ['{{ index .Tags "room" }}@y.z'] },
      event,
    )
    assert.deepEqual(sent, [
      [
        { host: 'localhost', port: 25, username: 'u', password: '', skipVerify: false, idleMs: 30_000 },
        { from: 'a@b.c', to: ['x@y.z', 'a@y.z'], subject: 'm', html: '<b>d</b>', key: 'key-1' },
      ],
    ])
    assert.deepEqual(receipt, { answer: 'ok' })
  })

  it('falls back to the recipients of the configuration, templates among them', async () => {
    const { sent } = await sendTo(set, 'smtp', null)
    assert.deepEqual((sent[0]![1] as { to: unknown }).to, ['ops@b.c', 'oven@b.c'])
  })

  it('refuses without recipients, and with none that a template gives', async () => {
    for (const json of [null, { 'to-field': ['{{ index .Tags "none" }}'] }]) {
      const fault = await faultOf(sendTo(setOf('smtp', { from: 'a@b.c' }), 'smtp', json))
      assert.deepEqual([fault.message, fault.retry], ['not sending email, no recipients defined', false])
    }
  })
})

describe('mqtt', () => {
  const brokers = [
    { name: 'one', url: 'tcp://one:1883', default: true },
    { name: 'two', url: 'ssl://two:8883', clientId: 'me', username: 'u', password: 'p', sslCa: '/ca' },
  ]
  const set = setOf('mqtt', ...brokers)

  it('publishes the message to a topic that is a template', async () => {
    const json = { topic: 'alerts/{{ index .Tags "room" }}', qos: 'exactly-one', retained: true, 'broker-name': 'two' }
    const { sent } = await sendTo(set, 'mqtt', json)
    const tls = { ca: '/ca', cert: '', key: '', skipVerify: false }
    assert.deepEqual(sent, [
      [
        { name: 'two', url: 'ssl://two:8883', clientId: 'me', username: 'u', password: 'p', tls },
        { topic: 'alerts/a', payload: 'o is WARNING', qos: 2, retained: true },
      ],
    ])
  })

  it('takes the default broker, and its name for the client id', async () => {
    const { sent } = await sendTo(set, 'mqtt', { topic: 't', qos: 1 })
    const { name, clientId } = sent[0]![0] as Values
    assert.deepEqual([name, clientId], ['one', 'one'])
  })

  it('refuses an unknown broker, an empty topic and a quality that is none', async () => {
    assert.equal(
      (await faultOf(sendTo(set, 'mqtt', { topic: 't', 'broker-name': 'x' }))).message,
      'unknown MQTT broker "x"',
    )
    assert.equal((await faultOf(sendTo(set, 'mqtt', null))).message, 'missing MQTT topic')
    assert.throws(() => set.ofSpec('mqtt', { topic: 't', qos: 3 }), /"qos" must be at-most-once/)
  })
})

describe('snmptrap', () => {
  const set = setOf('snmptrap', { addr: 'h:162', community: 'c', retries: 2 })

  it('sends its variables with their templates filled in', async () => {
    const data = [
      { oid: '1.3.1', type: 's', value: '{{ .ID }} {{ .Level }}' },
      { oid: '.1.3.2', type: 'c', value: '18446744073709551615' },
      { oid: '1.3.3', type: 'i', value: '-5' },
    ]
    const { sent } = await sendTo(set, 'snmptrap', { 'trap-oid': '1.3.6', 'data-list': data })
    const variables = [
      { oid: '1.3.1', type: 's', value: 'o WARNING' },
      { oid: '1.3.2', type: 'c', value: '18446744073709551615' },
      { oid: '1.3.3', type: 'i', value: '-5' },
    ]
    assert.deepEqual(sent, [[{ address: 'h:162', community: 'c', retries: 2, oid: '1.3.6', variables }]])
  })

  for (const [type, value] of [
    ['c', '-1'],
    ['c', '18446744073709551616'],
    ['t', '4294967296'],
    ['i', '2147483648'],
    ['i', 'many'],
  ] as const)
    it(`refuses ${value} as ${type}`, async () => {
      const json = { 'trap-oid': '1.3', 'data-list': [{ oid: '1.4', type, value }] }
      assert.match((await faultOf(sendTo(set, 'snmptrap', json))).message, /is no number for data entry "1\.4"/)
    })

  it('wants an OID and types that it knows', () => {
    assert.throws(() => set.ofSpec('snmptrap', null), /you must supply a trap Oid/)
    const data = [{ oid: 'a', type: 'z', value: '' }]
    assert.throws(
      () => set.ofSpec('snmptrap', { 'trap-oid': '1', 'data-list': data }),
      /unsupported data type "z" for data entry "a"/,
    )
  })
})

describe('kafka', () => {
  const set = setOf('kafka', { id: 'c', brokers: ['h:9092'], batchSize: 2 }, { id: 'off', enabled: false })

  it("sends the event's JSON under its id, in batches", async () => {
    const { declaration, options } = set.ofSpec('kafka', { cluster: 'c', topic: 't' })
    const events = ['a', 'b', 'c'].map((id) => eventOf({ id }))
    const io = new RecordedIo()
    await declaration.sendMany!(events, options, set.config(declaration), io)
    const batches = io.sent as [Values, Values[]][]
    assert.deepEqual(
      batches.map(([, records]) => records.map((r) => r['key'])),
      [['a', 'b'], ['c']],
    )
    const [cluster, [first]] = batches[0]!
    assert.deepEqual(first, { topic: 't', key: 'a', value: events[0]!.json, partitioning: 'crc32' })
    assert.deepEqual([cluster['id'], cluster['mechanism'], cluster['tls']], ['c', '', undefined])
  })

  it('tries the events of a batch one by one when one of them is refused', async () => {
    const { declaration, options } = set.ofSpec('kafka', { cluster: 'c', topic: '' })
    const many = (...ids: string[]) =>
      declaration.sendMany!(
        ids.map((id) => eventOf({ id })),
        options,
        set.config(declaration),
        new RecordedIo(),
      )
    const batch = await faultOf(many('a', 'b'))
    assert.deepEqual([batch.message, batch.retry], ['the topic must not be empty', true])
    assert.equal((await faultOf(many('a'))).retry, false)
  })

  it('sends what a template makes of it, with the partitioning asked for', async () => {
    const json = { cluster: 'c', topic: 't', template: '{{ .ID }}={{ .Level }}', partitionAlgorithm: 'murmur2' }
    const { sent } = await sendTo(set, 'kafka', json)
    assert.deepEqual(sent[0]![1], [{ topic: 't', key: 'o', value: 'o=WARNING', partitioning: 'murmur2' }])
    const spread = await sendTo(set, 'kafka', { cluster: 'c', topic: 't', disablePartitionById: true })
    assert.equal((spread.sent[0]![1] as Values[])[0]!['partitioning'], 'none')
  })

  it('refuses clusters that are unknown or off, and algorithms that are none, when it is defined', () => {
    assert.throws(() => set.ofSpec('kafka', { cluster: 'x', topic: 't' }), /unknown cluster "x"/)
    assert.throws(() => set.ofSpec('kafka', { cluster: 'off', topic: 't' }), /unknown cluster "off"/)
    assert.throws(
      () => set.ofSpec('kafka', { cluster: 'c', partitionAlgorithm: 'md5' }),
      /invalid partition algorithm "md5"/,
    )
  })

  it('fetches a token, and keeps it until shortly before its end', async () => {
    const oauth = {
      id: 'c',
      brokers: ['h:1'],
      saslMechanism: 'OAUTHBEARER',
      saslOauthService: 'custom',
      saslOauthTokenUrl: 'http://tokens',
      saslOauthClientId: 'me',
      saslOauthClientSecret: 's&s',
      saslOauthScopes: ['a', 'b'],
      saslOauthParameters: { audience: 'x' },
    }
    const [element] = setOf('kafka', oauth).config(ALERT_HANDLERS.find((d) => d.kind === 'kafka')!) as [Values]
    const set = new HandlerSet(ALERT_HANDLERS, { of: () => [element] })
    const io = new RecordedIo()
    io.reply = { status: 200, headers: {}, body: '{"access_token":"tok","expires_in":60}' }
    const token = async (): Promise<string> => {
      const { sent } = await sendTo(set, 'kafka', { cluster: 'c', topic: 't' }, eventOf({}), io)
      return (sent.at(-1)![0] as Parameters<HandlerIo['kafka']>[0]).token!()
    }
    assert.deepEqual([await token(), await token()], ['tok', 'tok'])
    assert.deepEqual(
      io.requests.map((r) => [r.url, r.body]),
      [['http://tokens', 'grant_type=client_credentials&client_id=me&client_secret=s%26s&scope=a+b&audience=x']],
    )
    io.now = () => ({ sec: 1500000051, ns: 0 })
    await token()
    assert.equal(io.requests.length, 2)
    io.now = () => ({ sec: 1500000200, ns: 0 })
    io.reply = { status: 401, headers: {}, body: '' }
    assert.match((await faultOf(token())).message, /gave no token: status 401/)
  })

  it('says what a way to sign in lacks', () => {
    const { check } = ALERT_HANDLERS.find((d) => d.kind === 'kafka')!.config!
    const of = (v: Values) => check!({ enabled: true, saslMechanism: 'OAUTHBEARER', saslAccessToken: '', ...v })
    assert.match(of({ saslMechanism: 'GSSAPI' })!, /GSSAPI \(Kerberos\) is not served/)
    assert.match(of({ saslOauthService: '' })!, /needs sasl-access-token or sasl-oauth-service/)
    assert.match(of({ saslOauthService: 'mine' })!, /unsupported sasl-oauth-service "mine"/)
    const oauth = { saslOauthService: 'azuread', saslOauthClientId: 'a', saslOauthClientSecret: 'b' }
    assert.match(of({ ...oauth, saslOauthTenantId: '' })!, /sasl-oauth-tenant-id is required/)
    assert.equal(of({ ...oauth, saslOauthTenantId: 't' }), undefined)
    assert.equal(of({ saslAccessToken: 'x' }), undefined)
  })
})
