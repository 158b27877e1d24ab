import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import fc from 'fast-check'
import { plainFields } from './field-values.ts'
import { formatLogTime, goQuote, logTimes } from './log-format.ts'
import { type LogRecord, parseLevel } from './log-record.ts'
import { openLogTarget } from './log-target.ts'
import { Logging } from './logging.ts'
import { MemoryTarget } from './memory-target.ts'
import { RateLimit } from './rate-limit.ts'
import { isSecretKey, redactQuery, redactUrl } from './redact.ts'

const AT = Date.UTC(2024, 1, 3, 4, 5, 6, 7)
const TS = formatLogTime(AT)

function setup(level: 'debug' | 'info' | 'off' = 'debug', format: 'logfmt' | 'json' = 'logfmt') {
  const target = new MemoryTarget()
  const clock = { at: AT }
  const logging = new Logging({ target, level, format, now: () => clock.at })
  return { target, clock, logging, log: logging.logger }
}

describe('lines', () => {
  test('logfmt quotes what has spaces or quotes', () => {
    const { target, log } = setup()
    log
      .with({ service: 'http' })
      .info('listening on', { addr: '127.0.0.1:9092', text: 'say "hi"', n: 3, none: undefined })
    log.error('failed', { err: new Error('no such\nthing'), big: 2n ** 63n, on: true, list: [1, 'a'], gone: null })
    assert.deepEqual(target.lines, [
      `ts=${TS} lvl=info msg="listening on" service=http addr=127.0.0.1:9092 text="say \\"hi\\"" n=3\n`,
      `ts=${TS} lvl=error msg=failed err="no such\\nthing" big=9223372036854775808 on=true list="[1,\\"a\\"]" gone=null\n`,
    ])
  })

  test('JSON keeps numbers and booleans', () => {
    const { target, log } = setup('debug', 'json')
    log
      .with({ task: 't' })
      .warn('slow', { n: 1.5, big: 2n ** 63n, on: false, err: new Error('x'), o: { a: 1n }, nan: Number.NaN })
    assert.equal(
      target.lines[0],
      `{"lvl":"warn","ts":"${TS}","task":"t","n":1.5,"big":9223372036854775808,"on":false,"err":"x","o":{"a":"1"},"nan":"NaN","msg":"slow"}\n`,
    )
  })

  test('the time is local, with milliseconds and the zone', () => {
    const print = (zone: string, at: number): string =>
      spawnSync(
        process.execPath,
        [
          '-e',
          `import('${import.meta.dirname}/log-format.ts').then((m) => process.stdout.write(m.formatLogTime(${at})))`,
        ],
        { env: { TZ: zone }, encoding: 'utf8' },
      ).stdout
    assert.equal(print('UTC', AT), '2024-02-03T04:05:06.007+00:00')
    assert.equal(print('America/Los_Angeles', AT), '2024-02-02T20:05:06.007-08:00')
    assert.equal(print('Asia/Kolkata', AT), '2024-02-03T09:35:06.007+05:30')
  })

  test('times in order are those that are made one by one', () => {
    const time = logTimes()
    for (const at of [AT, AT + 1, AT + 992, AT + 993, AT + 3_600_000, AT, -1]) assert.equal(time(at), formatLogTime(at))
  })

  test("a line's own keys win over its logger's, and nothing takes the place of time, level and message", () => {
    const { target, logging, log } = setup()
    const seen: LogRecord[] = []
    logging.subscribe((r) => seen.push(r))
    log.with({ a: 1, b: 2 }).info('m', { b: 3, c: 4, ts: 'x', lvl: 'y', msg: 'z' })
    assert.deepEqual(target.lines, [`ts=${TS} lvl=info msg=m a=1 b=3 c=4\n`])
    const { ts, level, msg, fields, json } = seen[0]!
    assert.deepEqual(
      { ts, level, msg, fields: JSON.stringify(fields) },
      { ts: TS, level: 'info', msg: 'm', fields: '{"a":1,"b":3,"c":4}' },
    )
    assert.deepEqual(JSON.parse(json), { lvl: 'info', ts: TS, a: 1, b: 3, c: 4, msg: 'm' })
  })

  test('a line is one line that reads back, whatever is logged', () => {
    const outputs = [setup('debug', 'logfmt'), setup('debug', 'json')]
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), fc.string({ unit: 'binary' }), (msg, key, value) => {
        const [text, json] = outputs.map(({ target, log }) => {
          log.info(msg, { [`k${key}`]: value })
          return target.lines.splice(0).join('')
        })
        assert.match(text!, /^[^\p{Cc}]*\n$/u)
        const parsed = JSON.parse(json!) as Record<string, string>
        assert.equal(parsed['msg'], msg)
        assert.equal(parsed[`k${key}`], value)
      }),
    )
  })

  test("quoting is Go's", () => {
    assert.equal(
      goQuote('a "b" \\ \t\n\x00 é \u200b 😀 \u{e0001}'),
      '"a \\"b\\" \\\\ \\t\\n\\x00 é \\u200b 😀 \\U000e0001"',
    )
  })

  test('what cannot be printed is no error', () => {
    const { target, log } = setup()
    const cycle: Record<string, unknown> = {}
    cycle['self'] = cycle
    log.info('m', { cycle, f: () => 1, d: new Date(Number.NaN) })
    assert.match(target.lines[0]!, /cycle=/)
    assert.match(target.lines[0]!, /d="invalid date"/)
  })
})

describe('levels and listeners', () => {
  test('the level can change while it runs', () => {
    const { target, logging, log } = setup('info')
    const inner = log.with({ a: 1 })
    inner.debug('no')
    assert.equal(inner.enabled('debug'), false)
    logging.level = 'debug'
    inner.debug('yes')
    logging.level = 'off'
    inner.error('no')
    assert.deepEqual(target.lines, [`ts=${TS} lvl=debug msg=yes a=1\n`])
    assert.deepEqual(['DEBUG', 'Warn', 'off', 'loud', 'toString'].map(parseLevel), [
      'debug',
      'warn',
      'off',
      undefined,
      undefined,
    ])
  })

  test('listeners see every level until they leave; one that throws is dropped', () => {
    const { target, logging, log } = setup('off')
    const seen: string[] = []
    let bad = 0
    const leave = logging.subscribe((r) => seen.push(`${r.level} ${r.msg} ${r.fields['task']}`))
    logging.subscribe(() => {
      bad++
      throw new Error('listener')
    })
    assert.equal(log.enabled('debug'), true)
    log.with({ task: 't' }).debug('one')
    log.with({ task: 't' }).error('two')
    leave()
    log.error('three')
    assert.deepEqual(seen, ['debug one t', 'error two t'])
    assert.equal(bad, 1)
    assert.deepEqual(target.lines, [])
    assert.equal(log.enabled('error'), false)
  })

  test('repeats are held back and counted', () => {
    const { target, clock, log } = setup()
    const field = /suppressed=(\d+)/
    for (let i = 0; i < 5; i++) log.limited('k', 1000).error('same', { i })
    log.with({ node: 'n' }).limited('k', 1000).error('same')
    log.limited('other', 1000).error('other')
    clock.at += 999
    log.limited('k', 1000).error('same')
    clock.at += 1
    log.limited('k', 1000).with({ x: 1 }).error('same')
    clock.at += 1000
    log.limited('k', 1000).error('same')
    assert.deepEqual(
      target.lines.map((l) => [/msg=(\w+)/.exec(l)![1], field.exec(l)?.[1]]),
      [
        ['same', undefined],
        ['other', undefined],
        ['same', '6'],
        ['same', undefined],
      ],
    )
  })

  test('a clock that goes back silences nothing; the number of keys is bounded', () => {
    const limit = new RateLimit(10)
    assert.equal(limit.take('k', 1000, 5000), 0)
    assert.equal(limit.take('k', 1000, 5001), undefined)
    assert.equal(limit.take('k', 1000, 10), 1)
    for (let i = 0; i < 100; i++) limit.take(`key ${i}`, 1000, 0)
    assert.equal(limit.size, 10)
    assert.equal(limit.take('key 99', 1000, 1), undefined)
  })
})

describe('secrets', () => {
  test('known values are taken out everywhere, secret fields by their name', () => {
    const { target, logging, log } = setup()
    logging.hide('p$.*ssword', 'short', 'p$.*ssword-longer')
    const seen: LogRecord[] = []
    logging.subscribe((r) => seen.push(r))
    log.info('with p$.*ssword-longer in it', {
      url: 'http://x/?t=p$.*ssword',
      err: new Error('bad p$.*ssword'),
      token: 'abc',
      n: 1,
    })
    log.info(`encoded ${encodeURIComponent('p$.*ssword')}`)
    log.info('nested', { headers: { Authorization: 'Bearer x', ok: ['p$.*ssword'] }, 'api-key': '' })
    const all = target.lines.join('') + JSON.stringify(seen)
    assert.doesNotMatch(all, /p\$\.\*ssword|p%24|Bearer|abc/)
    assert.match(
      target.lines[0]!,
      /msg="with \[REDACTED\] in it" url=http:\/\/x\/\?t=\[REDACTED\] err="bad \[REDACTED\]" token=\[REDACTED\] n=1/,
    )
  })

  test('fields keep their identity when nothing is hidden', () => {
    const fields = { a: 1, b: 'text' }
    assert.equal(plainFields(fields), fields)
  })

  test('a line with a secret in it stays JSON, whatever the secret is', () => {
    const { target, logging, log } = setup('debug', 'json')
    logging.hide('say "hi"\\', '123456', 'fields', '":"x"')
    log.with({ port: 123456, fields: 'fields' }).info('say "hi"\\', { n: 1234567, x: 'x' })
    assert.deepEqual(JSON.parse(target.lines[0]!), {
      lvl: 'info',
      ts: TS,
      port: '[REDACTED]',
      fields: '[REDACTED]',
      n: '[REDACTED]',
      x: 'x',
      msg: '[REDACTED]',
    })
    assert.ok(target.lines[0]!.endsWith('}\n'))
  })

  test('secret names, queries and URLs', () => {
    for (const key of [
      'password',
      'Token',
      'api-key',
      'apikey',
      'shared_secret',
      'Authorization',
      'user.password',
      'secrets',
    ]) {
      assert.ok(isSecretKey(key), key)
    }
    for (const key of ['key', 'tokens-used', 'secretary', 'username', 'node']) assert.ok(!isSecretKey(key), key)
    assert.equal(redactQuery('/write?db=a&p=x%20y&u=b&P=z'), '/write?db=a&p=[REDACTED]&u=b&P=z')
    assert.equal(redactQuery('/write?p=a&%70=b'), '/write?p=[REDACTED]&%70=[REDACTED]')
    assert.equal(redactQuery('/write'), '/write')
    assert.equal(redactUrl('http://user:pa@host/x?a=b'), 'http://user:[REDACTED]@host/x?a=b')
    assert.equal(redactUrl('http://host/x?a=b&c=d#e', true), 'http://host/x?a=[REDACTED]&c=[REDACTED]#e')
    assert.equal(redactUrl('not a url'), 'not a url')
  })
})

describe('targets', () => {
  const folder = mkdtempSync(join(tmpdir(), 'log-'))
  after(() => rmSync(folder, { recursive: true, force: true }))

  test('a file is made with its folders, appended to, and opened anew when moved away', () => {
    const file = join(folder, 'a', 'b', 'server.log')
    const first = openLogTarget(file)
    first.write('one\n')
    first.close()
    assert.equal(statSync(file).mode & 0o777, 0o640)
    const second = openLogTarget(file)
    second.write('two\n')
    second.flush()
    assert.equal(readFileSync(file, 'utf8'), 'one\ntwo\n')
    renameSync(file, `${file}.1`)
    second.reopen()
    second.write('three\n')
    second.close()
    assert.equal(readFileSync(`${file}.1`, 'utf8'), 'one\ntwo\n')
    assert.equal(readFileSync(file, 'utf8'), 'three\n')
  })

  test('lines come in order, however many; a target that fails is no error', () => {
    const file = join(folder, 'many.log')
    const target = openLogTarget(file)
    const lines = Array.from({ length: 5000 }, (_, i) => `${i} ${'x'.repeat(i % 100)}\n`)
    for (const line of lines) target.write(line)
    target.close()
    assert.equal(readFileSync(file, 'utf8'), lines.join(''))
    const full = openLogTarget('/dev/full')
    for (const line of lines) full.write(line)
    full.flush()
    full.close()
  })

  test('a file that cannot be is a fault', () => {
    assert.throws(() => openLogTarget(folder), { code: 'log-file' })
  })

  test('what was logged before the process ends is written, to standard error or output', () => {
    for (const [name, stream] of [
      ['STDERR', 'stderr'],
      ['STDOUT', 'stdout'],
    ] as const) {
      const code = `import('${import.meta.dirname}/log-target.ts').then((m) => { const t = m.openLogTarget('${name}'); t.write('last words\\n'); process.exit(3) })`
      const result = spawnSync(process.execPath, ['-e', code], { encoding: 'utf8' })
      assert.equal(result.status, 3)
      assert.equal(result[stream], 'last words\n')
    }
  })
})
