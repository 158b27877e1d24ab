import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Logger } from '../base/logger.ts'
import type { Tags } from '../base/value.ts'
import type { DigestGroup } from './digest.ts'
import { Dispatcher } from './dispatcher.ts'
import type { AlertEvent } from './event.ts'
import { HandlerPolicies } from './handler-policies.ts'
import { splitPolicy } from './handler-policy.ts'
import { HandlerSet } from './handler-set.ts'
import type { HandlerDeclaration } from './handlers/define-handler.ts'
import type { HandlerIo } from './io/handler-io.ts'
import type { Level } from './level.ts'
import { MemoryOutbox } from './memory-outbox.ts'
import type { OwedNotification } from './outbox.ts'
import { Silences } from './silences.ts'
import { TestClock } from './test-clock.ts'
import { testEvent } from './test-event.ts'

const logger = { limited: () => logger, warn() {}, error() {} } as unknown as Logger
const noStore = { all: () => [], save() {}, remove() {}, counts: () => [], saveCounts() {} }
const HANDLER = 'top/h'

interface Rig {
  readonly clock: TestClock
  readonly outbox: MemoryOutbox
  readonly silences: Silences
  readonly dispatcher: Dispatcher
  readonly sent: AlertEvent[]
  /** What was sent: ids, levels and for how many each stands. */
  readonly story: () => string[]
  policy(options: unknown): void
  give(id: string, level: Level, previousLevel: Level, tags?: Tags): Promise<void>
  pass(sec: number): Promise<void>
}

function rig(options?: unknown, outbox = new MemoryOutbox(), clock = new TestClock({ sec: 0, ns: 0 })): Rig {
  const sent: AlertEvent[] = []
  const declaration: HandlerDeclaration = {
    kind: 'k',
    doc: '',
    options: {},
    limits: { timeoutMs: 1 },
    async send(event) {
      sent.push(event)
      standsFor.push(event.standsFor)
      return {}
    },
  }
  const standsFor: number[] = []
  const silences = new Silences({ store: noStore, clock })
  const policies = new HandlerPolicies()
  const handlers = new HandlerSet([declaration])
  const common = { handlers, io: {} as HandlerIo, outbox, clock, logger, silences, policies, runId: 'run' }
  const dispatcher = new Dispatcher(common)
  let seq = 0
  outbox.commit = async (records) => {
    for (const r of records) {
      const owed = r as unknown as OwedNotification
      dispatcher.deliver(owed, outbox.place(owed, clock.now()))
    }
  }
  const policy = (given: unknown): void => {
    const { policy: read } = splitPolicy(given)
    policies.set(HANDLER, read && { ...read, topic: 'top', kind: 'k', options: {} })
  }
  if (options) policy(options)
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 20; i++) await Promise.resolve()
    await dispatcher.whenIdle()
  }
  return {
    clock,
    outbox,
    silences,
    dispatcher,
    sent,
    story: () => sent.map((e, i) => `${e.id} ${e.level}${standsFor[i] ? ` for ${standsFor[i]}` : ''}`),
    policy,
    async give(id, level, previousLevel, tags = { host: 'a' }) {
      const event = testEvent({ id, level, previousLevel, tags, message: `${id} at ${level}` })
      const payload = { handler: HANDLER, kind: 'k', options: {}, topic: 'top', event }
      const record: OwedNotification = { run: 'main', task: 't', node: 'n', seq: ++seq, ordinal: 0, payload }
      dispatcher.deliver(record, outbox.place(record, clock.now()))
      await settle()
    },
    async pass(sec) {
      clock.pass(sec)
      await settle()
    },
  }
}

const states = (r: Rig): string[] => r.outbox.outcomes.map((o) => `${o.state} ${o.events.map((e) => e.id)}`)
const HOST_A = [{ on: 'tag', tag: 'host', value: 'a' }]
const until = (sec: number): string => new Date(sec * 1000).toISOString()

describe('a silence over a handler', () => {
  it('holds back the newest of each alert, and lets it go at its end', async () => {
    const r = rig()
    r.silences.create({ id: 's', matchers: HOST_A, end: until(60) })
    await r.give('x', 2, 0)
    await r.give('x', 3, 2)
    await r.give('y', 2, 0, { host: 'b' })
    assert.deepEqual(r.story(), ['y 2'])
    assert.deepEqual(
      [...r.dispatcher.waiting()].map((w) => [w.state, w.item.id, w.item.standsFor, w.reason?.by]),
      [['held', 'x', 1, 'silence']],
    )
    assert.equal(r.silences.heldBack('s'), 2)
    await r.pass(59)
    assert.equal(r.sent.length, 1)
    await r.pass(1)
    assert.deepEqual(r.story(), ['y 2', 'x 3 for 1'])
    assert.equal(r.outbox.notifications.size, 0)
    assert.equal(r.clock.set, 0)
  })

  it('never sends what began and ended in it, but the end of what had begun before', async () => {
    const r = rig()
    await r.give('old', 3, 0)
    r.silences.create({ id: 's', matchers: HOST_A, end: until(60) })
    await r.give('old', 0, 3)
    await r.give('new', 2, 0)
    await r.give('new', 0, 2)
    await r.pass(60)
    assert.deepEqual(r.story(), ['old 3', 'old 0'])
    assert.deepEqual(states(r), ['delivered old', 'silenced new', 'silenced new', 'delivered old'])
    assert.equal(r.outbox.outcomes[1]?.answer, 'silence s')
  })

  it('ends when it is removed, and holds what it takes from when it is changed', async () => {
    const r = rig()
    r.silences.create({ id: 's', matchers: HOST_A, end: until(60) })
    await r.give('x', 2, 0)
    r.silences.remove('s')
    await r.pass(0)
    assert.deepEqual(r.story(), ['x 2'])
  })

  it('gives way to a newer event that it does not take, which is all that is sent then', async () => {
    const r = rig()
    r.silences.create({ id: 's', matchers: [{ on: 'level', op: '<', value: 'CRITICAL' }], end: until(60) })
    await r.give('x', 2, 0)
    await r.give('x', 3, 2)
    await r.pass(100)
    assert.deepEqual(r.story(), ['x 3'])
    assert.deepEqual(states(r), ['silenced x', 'delivered x'])
  })

  it('counts on after a restart', async () => {
    const r = rig()
    r.silences.create({ id: 's', matchers: HOST_A, end: until(60) })
    await r.give('x', 2, 0)
    await r.give('x', 3, 2)
    const [[number, payload]] = [...r.outbox.notifications] as [[number, OwedNotification['payload']]]
    const next = rig(undefined, r.outbox)
    const place = { number, size: 1, since: r.clock.time, stands: r.outbox.stands.get(number) }
    const record: OwedNotification = { run: 'main', task: 't', node: 'n', seq: 2, ordinal: 0, payload }
    next.dispatcher.deliver(record, place)
    await next.pass(0)
    assert.deepEqual(next.story(), ['x 3 for 1'])
  })
})

describe('a mute handler', () => {
  it('is told at the end what has not passed by then', async () => {
    // 1970-01-01 was a Thursday.
    const r = rig({ mute: [{ days: ['thursday'], from: '00:00', to: '00:10', location: 'UTC' }] })
    await r.give('x', 3, 0)
    await r.give('y', 2, 0)
    await r.give('y', 0, 2)
    await r.pass(599)
    assert.deepEqual(r.story(), [])
    await r.pass(1)
    assert.deepEqual(r.story(), ['x 3'])
    assert.deepEqual(states(r), ['muted y', 'muted y', 'delivered x'])
    await r.give('z', 2, 0)
    assert.deepEqual(r.story(), ['x 3', 'z 2'])
  })

  it('is told at once when its mute times are taken away', async () => {
    const r = rig({ mute: [{}] })
    await r.give('x', 3, 0)
    r.policy({})
    await r.pass(0)
    assert.deepEqual(r.story(), ['x 3'])
  })
})

describe('a handler that groups', () => {
  const BY_HOST = { 'group-by': ['host'], 'group-wait': '30s', 'group-interval': '5m', 'repeat-interval': '1h' }

  it('gets one digest for all alerts of a group', async () => {
    const r = rig({ ...BY_HOST, digest: '{{ .Level }} {{ .Count }} of {{ index .Tags "host" }}' })
    await r.give('x', 2, 0)
    await r.give('y', 3, 0)
    await r.give('z', 1, 0, { host: 'b' })
    await r.give('x', 3, 2)
    await r.pass(29)
    assert.deepEqual(r.story(), [])
    await r.pass(1)
    assert.deepEqual(
      r.sent.map((e) => [e.id, e.level, e.previousLevel, e.message, e.details, e.data.points.length]),
      [
        ['top:h:host=a', 3, 0, 'CRITICAL 2 of a', 'CRITICAL x at 3\nCRITICAL y at 3\n', 1],
        ['top:h:host=b', 1, 0, 'INFO 1 of b', 'INFO z at 1\n', 1],
      ],
    )
    assert.equal(r.outbox.notifications.size, 0)
  })

  it('hears of what is new at intervals, and of what goes on when it is to be repeated', async () => {
    const r = rig({ ...BY_HOST, 'group-by': [], digest: '{{ .Active }}/{{ .Recovered }}' })
    const told = (): string[] => r.sent.splice(0).map((e) => e.message)
    await r.give('x', 2, 0)
    await r.give('y', 2, 0)
    await r.pass(30)
    assert.deepEqual(told(), ['2/0'])
    await r.give('x', 2, 2)
    await r.pass(299)
    assert.deepEqual(told(), [], 'a repetition is nothing new')
    await r.give('y', 0, 2)
    await r.pass(1)
    assert.deepEqual(told(), ['1/1'])
    await r.pass(3599)
    assert.deepEqual(told(), [])
    await r.pass(1)
    assert.deepEqual(told(), ['1/0'], 'x goes on')
    await r.give('x', 0, 2)
    await r.pass(300)
    assert.deepEqual(told(), ['0/1'])
    await r.pass(10_000)
    assert.deepEqual(told(), [])
    assert.equal(r.clock.set, 0)
  })

  it('hears nothing of what was over before its digest', async () => {
    const r = rig(BY_HOST)
    await r.give('x', 2, 0)
    await r.give('x', 0, 2)
    await r.pass(1000)
    assert.deepEqual(r.story(), [])
    assert.equal(r.outbox.notifications.size, 0)
    assert.deepEqual([...r.dispatcher.waiting()], [])
  })

  it('gets what was gathered when it groups no more', async () => {
    const r = rig(BY_HOST)
    await r.give('x', 2, 0)
    await r.give('y', 3, 0)
    assert.deepEqual(
      [...r.dispatcher.waiting()].map((w) => [w.state, w.item.id, w.due?.sec]),
      [
        ['gathering', 'x', 30],
        ['gathering', 'y', 30],
      ],
    )
    r.policy(undefined)
    await r.pass(0)
    assert.deepEqual(r.story(), ['x 2', 'y 3'])
    await r.pass(1000)
    assert.equal(r.sent.length, 2)
  })

  it('remembers over a restart what it was told', async () => {
    const first = rig(BY_HOST)
    const kept = new Map<string, DigestGroup | undefined>()
    const exchange = first.outbox.exchange.bind(first.outbox)
    first.outbox.exchange = async (x) => {
      await exchange(x)
      if (x.digest) kept.set(x.digest.key, x.digest.group)
    }
    await first.give('x', 3, 0)
    await first.pass(30)
    assert.deepEqual(first.story(), ['top:h:host=a 3'])
    const r = rig(BY_HOST, new MemoryOutbox(), first.clock)
    r.dispatcher.restoreDigests([...kept].map(([key, group]) => [HANDLER, key, group!] as const))
    await r.give('x', 3, 3)
    await r.pass(3599)
    assert.deepEqual(r.story(), [])
    await r.pass(1)
    assert.deepEqual(r.story(), ['top:h:host=a 3'])
    await r.give('x', 0, 3)
    await r.pass(300)
    assert.deepEqual(r.story(), ['top:h:host=a 3', 'top:h:host=a 0'])
    assert.equal(r.sent[1]?.previousLevel, 3)
  })

  it('is not told of what a silence takes, until its end', async () => {
    const r = rig({ ...BY_HOST, 'group-by': [], digest: '{{ range .Events }}{{ .ID }}{{ end }}' })
    const told = (): string[] => r.sent.splice(0).map((e) => e.message)
    await r.give('x', 3, 0)
    await r.give('y', 3, 0, { host: 'b' })
    await r.pass(30)
    assert.deepEqual(told(), ['xy'])
    r.silences.create({ id: 's', matchers: HOST_A, end: until(10_000) })
    await r.pass(3600)
    assert.deepEqual(told(), ['y'], 'the repetition leaves it out')
    await r.give('x', 2, 3)
    await r.pass(1000)
    assert.deepEqual(told(), [])
    await r.pass(3000)
    assert.deepEqual(told(), ['y'])
    await r.pass(3000)
    assert.deepEqual(told(), ['yx'], 'the most urgent first')
  })

  it('keeps what is gathered when the digest can not be committed', async () => {
    const r = rig(BY_HOST)
    const exchange = r.outbox.exchange.bind(r.outbox)
    r.outbox.exchange = () => Promise.reject(new Error('disk full'))
    await r.give('x', 3, 0)
    await r.pass(30)
    r.outbox.exchange = exchange
    await r.give('y', 2, 0)
    assert.deepEqual(r.story(), [])
    await r.pass(10)
    assert.deepEqual(
      r.sent.map((e) => e.details),
      ['CRITICAL x at 3\nWARNING y at 2\n'],
    )
  })
})
