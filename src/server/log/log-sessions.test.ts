import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { describe, test } from 'node:test'
import type { Fault } from '../../base/fault.ts'
import { logFilter } from './log-filter.ts'
import type { LogRecord } from './log-record.ts'
import { LogSessions, type LogSessionsOptions } from './log-sessions.ts'
import { Logging, type RepeatLimit } from './logging.ts'
import { MemoryTarget } from './memory-target.ts'

const AT = Date.UTC(2024, 1, 3, 4, 5, 6, 7)

function setup(options?: LogSessionsOptions, repeats?: RepeatLimit) {
  const target = new MemoryTarget()
  const clock = { at: AT }
  const logging = new Logging({
    target,
    level: 'error',
    format: 'logfmt',
    now: () => clock.at,
    ...(repeats ? { repeats } : {}),
  })
  return { target, clock, logging, log: logging.logger, sessions: new LogSessions(logging, options) }
}

const pairs = (filter: Readonly<Record<string, string>> = {}): Map<string, string> => new Map(Object.entries(filter))

/** What waits for the reader, without the time. */
function read(session: Readable): string[] {
  const text = String(session.read() ?? '')
  return text.split('\n').flatMap((line) => (line === '' ? [] : [line.replace(/^ts=\S+ /, '').replace(/ id=\S+/, '')]))
}

function record(level: LogRecord['level'], msg: string, fields: LogRecord['fields'] = {}): LogRecord {
  return { ts: '', level, msg, fields, json: '' }
}

describe('filters', () => {
  const all = [
    record('debug', 'a', { task: 't', node: 'log2', n: 3 }),
    record('info', 'b c', { task: 't', ok: true }),
    record('warn', 'a'),
    record('error', 'a', { task: 'u', list: [1, 'x'] }),
  ]
  const taken = (filter: Readonly<Record<string, string>>): number[] => {
    const f = logFilter(pairs(filter))
    return all.flatMap((r, i) => (f.matches(r) ? [i] : []))
  }

  test('all pairs must hold; a field is compared as it is printed', () => {
    assert.deepEqual(taken({}), [0, 1, 2, 3])
    assert.deepEqual(taken({ task: 't' }), [0, 1])
    assert.deepEqual(taken({ task: 't', node: 'log2' }), [0])
    assert.deepEqual(taken({ msg: 'b c' }), [1])
    assert.deepEqual(taken({ n: '3' }), [0])
    assert.deepEqual(taken({ ok: 'true' }), [1])
    assert.deepEqual(taken({ list: '[1,"x"]' }), [3])
    assert.deepEqual(taken({ none: '' }), [])
    assert.deepEqual(taken({ toString: 'x' }), [])
  })

  test('a level is that level; with a plus it and those above, also when the plus came as a space', () => {
    assert.deepEqual(taken({ lvl: 'info' }), [1])
    assert.deepEqual(taken({ lvl: 'info+' }), [1, 2, 3])
    assert.deepEqual(taken({ lvl: 'info ' }), [1, 2, 3])
    assert.deepEqual(taken({ lvl: 'DEBUG+' }), [0, 1, 2, 3])
    assert.deepEqual(taken({ lvl: 'error+', task: 'u' }), [3])
    assert.deepEqual(taken({ lvl: 'warn' }), [2])
  })

  test('what is no level is refused', () => {
    for (const lvl of ['', 'loud', 'off', '+', 'info++'])
      assert.throws(
        () => logFilter(pairs({ lvl })),
        (e: Fault) => e.status === 400,
        lvl,
      )
  })
})

describe('sessions', () => {
  test('get their own first line and then all levels, whatever the log itself writes', () => {
    const { log, sessions, target } = setup()
    log.info('before')
    const session = sessions.open(pairs(), 'logfmt')
    log.with({ service: 'x' }).debug('at hand', { n: 1 })
    log.error('bad')
    assert.deepEqual(read(session), [
      'lvl=info msg="created log session" service=sessions content-type=application/logfmt',
      'lvl=debug msg="at hand" service=x n=1',
      'lvl=error msg=bad',
    ])
    assert.equal(target.lines.length, 1)
  })

  test('as JSON each line is one value', () => {
    const { log, sessions } = setup()
    const session = sessions.open(pairs({ task: 't' }), 'json')
    log.with({ task: 't' }).info('a\nb', { n: 2n ** 60n })
    const [line] = read(session)
    assert.match(line!, /"n":1152921504606846976/)
    assert.deepEqual(JSON.parse(line!).msg, 'a\nb')
  })

  test('lines that nobody wants are not made', () => {
    const { log, sessions } = setup()
    const errors = sessions.open(pairs({ lvl: 'error' }), 'logfmt')
    assert.equal(log.enabled('info'), false)
    const infos = sessions.open(pairs({ lvl: 'info+' }), 'logfmt')
    assert.deepEqual([log.enabled('info'), log.enabled('debug')], [true, false])
    errors.destroy()
    infos.destroy()
  })

  test('end when the reader goes, and all together; then no more begin', async () => {
    const { log, sessions } = setup()
    const gone = sessions.open(pairs(), 'logfmt')
    const stays = sessions.open(pairs({ lvl: 'error' }), 'logfmt')
    gone.destroy()
    await once(gone, 'close')
    assert.equal(sessions.size, 1)
    assert.equal(log.enabled('info'), false)
    log.error('last')
    sessions.close()
    log.error('too late')
    const lines: string[] = []
    for await (const text of stays) lines.push(String(text))
    assert.match(lines.join(''), /^ts=\S+ lvl=error msg=last\n$/)
    assert.equal(sessions.size, 0)
    assert.throws(
      () => sessions.open(pairs(), 'logfmt'),
      (e: Fault) => e.status === 503,
    )
  })

  test('are bounded in number', () => {
    const { sessions } = setup({ maxSessions: 2 })
    const open = [sessions.open(pairs(), 'logfmt'), sessions.open(pairs(), 'logfmt')]
    assert.throws(
      () => sessions.open(pairs(), 'logfmt'),
      (e: Fault) => e.status === 503,
    )
    for (const s of open) s.destroy()
  })

  test('of slow readers take a bounded place, and tell how many lines are missing where they are', () => {
    const maxWaiting = 10_000
    const { log, sessions } = setup({ maxWaiting })
    const session = sessions.open(pairs({ msg: 'm' }), 'logfmt')
    const other = sessions.open(pairs({ msg: 'rare' }), 'logfmt')
    for (let i = 0; i < 5_000; i++) log.info('m', { i })
    assert.ok(session.readableLength < maxWaiting + 200, `${session.readableLength} bytes wait`)
    const lines = read(session)
    log.info('rare')
    log.info('m', { i: 5_000 })
    lines.push(...read(session))
    const came = lines.length - 2
    const left = 5_000 - came
    assert.deepEqual(lines.slice(came - 1), [
      `lvl=info msg=m i=${came - 1}`,
      `lvl=warn msg="${left} lines left out" service=sessions lines=${left}`,
      'lvl=info msg=m i=5000',
    ])
    assert.deepEqual(read(other), ['lvl=info msg=rare'])
    for (const s of [session, other]) s.destroy()
  })

  test('tell what is missing as soon as there is room, also when nothing more comes', async () => {
    const { log, sessions } = setup({ maxWaiting: 1_000 })
    const session = sessions.open(pairs({ msg: 'm' }), 'json')
    for (let i = 0; i < 100; i++) log.info('m', { i })
    sessions.close()
    let text = ''
    for await (const piece of session) text += String(piece)
    const lines = text
      .trimEnd()
      .split('\n')
      .map((l) => JSON.parse(l) as { msg: string; lines?: number })
    assert.equal(lines.at(-1)!.lines, 100 - (lines.length - 1))
    assert.match(lines.at(-1)!.msg, /^\d+ lines left out$/)
  })
})

describe('repeats', () => {
  const repeats = { most: 3, perMs: 10_000 }

  test('of warnings and errors that are equal but for their time are held back and counted', () => {
    const { clock, logging, log, target } = setup(undefined, repeats)
    const seen: LogRecord[] = []
    logging.subscribe((r) => seen.push(r))
    const task = log.with({ task: 't', node: 'n' })
    for (let i = 0; i < 10; i++) {
      clock.at++
      task.error('failed', { err: 'no' })
    }
    task.error('failed', { err: 'another' })
    log.with({ task: 'u', node: 'n' }).error('failed', { err: 'no' })
    assert.equal(target.lines.length, 5)
    clock.at += 10_000
    task.error('failed', { err: 'no' })
    assert.match(target.lines.at(-1)!, /msg=failed task=t node=n err=no suppressed=7\n$/)
    assert.deepEqual(JSON.parse(seen.at(-1)!.json).suppressed, 7)
    assert.equal(logging.counts().suppressed, 7)
    assert.deepEqual(logging.counts(), { debug: 0, info: 0, warn: 0, error: 6, suppressed: 7 })
  })

  test('are told apart whatever their length', () => {
    const { log, target } = setup(undefined, { most: 1, perMs: 10_000 })
    for (const end of ['a', 'b', 'a']) log.error('failed', { err: 'x'.repeat(5_000) + end })
    assert.equal(target.lines.length, 2)
  })

  test('of information are none: each line of a log node counts', () => {
    const { logging, log, target } = setup(undefined, repeats)
    logging.level = 'debug'
    for (let i = 0; i < 10; i++) log.info('point', { v: 1 })
    for (let i = 0; i < 10; i++) log.error('point', { v: i })
    assert.equal(target.lines.length, 20)
  })

  test('lines of a logger with a limit of its own are not limited again', () => {
    const { clock, log, target } = setup(undefined, { most: 1, perMs: 60_000 })
    for (let i = 0; i < 5; i++) {
      log.limited('key', 100).error('slow')
      clock.at += 100
    }
    assert.equal(target.lines.length, 5)
  })

  test('no limit, no repeats', () => {
    const { log, target } = setup(undefined, { most: 0, perMs: 10_000 })
    for (let i = 0; i < 100; i++) log.error('same')
    assert.equal(target.lines.length, 100)
  })
})
