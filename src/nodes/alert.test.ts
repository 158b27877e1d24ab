import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ALERT_HANDLERS } from '../alert/handlers/handler-list.ts'
import { evaluateConstant } from '../lang/lambda/evaluate-constant.ts'
import { validateRegex } from '../lang/lambda/regex.ts'
import { NODES } from './registry.ts'
import { runScript, type ScriptEnvironment, type ScriptOutcome, type ScriptRun } from './run-script.ts'

const env: ScriptEnvironment = {
  registry: { declarations: NODES },
  evaluateConstant,
  validateRegex,
  handlers: ALERT_HANDLERS,
}

function run(chain: string, lines: string, o: Partial<ScriptRun> = {}): Promise<ScriptOutcome> {
  return runScript(env, {
    script: `stream|from().measurement('m')${chain}`,
    dbrps: [{ db: 'd', rp: 'rp' }],
    input: [{ db: 'd', rp: 'rp', lines, precision: 's' }],
    ...o,
  })
}

/** What a run's log handler wrote: level and second of each event, and more when asked. */
function logged(outcome: ScriptOutcome, path = '/l', ...more: string[]): string[] {
  const text = outcome.files[path] ?? ''
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const e = JSON.parse(line)
      const second = Date.parse(e.time) / 1000
      return [e.level, second, ...more.map((key) => e[key])].join(' ')
    })
}

describe('alert', () => {
  it('sends what is not OK, and the recovery, with duration and previous level', async () => {
    const o = await run(
      `|alert().info(lambda: "v" > 1).warn(lambda: "v" > 2).crit(lambda: "v" > 3).log('/l')`,
      'm v=0 1\nm v=2 2\nm v=4 3\nm v=3 4\nm v=0 5\nm v=0 6',
    )
    assert.deepEqual(logged(o, '/l', 'duration', 'previousLevel'), [
      'INFO 2 0 OK',
      'CRITICAL 3 1000000000 INFO',
      'WARNING 4 2000000000 CRITICAL',
      'OK 5 3000000000 WARNING',
    ])
    assert.equal(o.error, '')
  })

  it('writes the alert data in the reference order', async () => {
    const o = await run(`|alert().crit(lambda: TRUE).details('<b>').log('/l')`, 'm,t=<x> v=1i,s="a&b" 1')
    assert.equal(
      o.files['/l'],
      '{"id":"m:nil","message":"m:nil is CRITICAL","details":"\\u003cb\\u003e","time":"1970-01-01T00:00:01Z","duration":0,"level":"CRITICAL","data":{"series":[{"name":"m","tags":{"t":"\\u003cx\\u003e"},"columns":["time","s","v"],"values":[["1970-01-01T00:00:01Z","a\\u0026b",1]]}]},"previousLevel":"OK","recoverable":true}\n',
    )
  })

  it('evaluates the current level twice, which stateful functions notice', async () => {
    // count() is asked once while OK; at CRITICAL, when it is false, it is asked again.
    const o = await run(`|alert().crit(lambda: count() % 2 == 1).log('/l')`, 'm v=1 1\nm v=1 2\nm v=1 3')
    assert.deepEqual(logged(o), ['CRITICAL 1', 'CRITICAL 2', 'CRITICAL 3'])
  })

  it('stays at a level until its reset holds', async () => {
    const o = await run(
      `|alert().crit(lambda: "v" > 3).critReset(lambda: "v" < 1).stateChangesOnly().log('/l')`,
      'm v=4 1\nm v=2 2\nm v=0 3\nm v=2 4',
    )
    assert.deepEqual(logged(o), ['CRITICAL 1', 'OK 3'])
  })

  it('takes an expression that fails as false, for a reset as no objection', async () => {
    const o = await run(`|alert().crit(lambda: "v" > 3).critReset(lambda: "gone" < 1).log('/l')`, 'm v=4 1\nm v=2 2')
    assert.deepEqual(logged(o), ['CRITICAL 1', 'OK 2'])
  })

  it('reminds after the interval', async () => {
    const o = await run(
      `|alert().crit(lambda: "v" > 3).stateChangesOnly(2s).log('/l')`,
      Array.from({ length: 6 }, (_, i) => `m v=4 ${i + 1}`).join('\n'),
    )
    assert.deepEqual(logged(o), ['CRITICAL 1', 'CRITICAL 3', 'CRITICAL 5'])
  })

  it('sends and passes on no recoveries when told so, yet begins the duration anew', async () => {
    const o = await run(`|alert().crit(lambda: "v" > 3).noRecoveries().log('/l')|log()`, 'm v=4 1\nm v=0 2\nm v=4 9')
    assert.deepEqual(logged(o, '/l', 'duration', 'recoverable'), ['CRITICAL 1 0 false', 'CRITICAL 9 0 false'])
    assert.equal(o.nodes['alert2']?.length, 2)
  })

  it('counts per group', async () => {
    const o = await run(
      `.groupBy('h')|alert().crit(lambda: count() > 1).message('{{ .Group }} {{ .ID }}').log('/l')`,
      'm,h=a v=1 1\nm,h=b v=1 2\nm,h=b v=1 3',
    )
    assert.deepEqual(logged(o, '/l', 'message'), ['CRITICAL 3 h=b m:h=b'])
  })

  it('takes the highest level of a batch, or the lowest with all()', async () => {
    const lines = 'm v=4 1\nm v=2 2\nm v=0 3\nm v=4 4\nm v=4 5\nm v=4 6'
    const highest = await run(`|window().periodCount(3).everyCount(3)|alert().crit(lambda: "v" > 3).log('/l')`, lines)
    assert.deepEqual(logged(highest), ['CRITICAL 1', 'CRITICAL 4'])
    const lowest = await run(
      `|window().periodCount(3).everyCount(3)|alert().crit(lambda: "v" > 3).all().log('/l')`,
      lines,
    )
    assert.deepEqual(logged(lowest), ['CRITICAL 6'])
  })

  it('inhibits a category whose tags are equal', async () => {
    const o = await run('', '', {
      script: `
        stream|from().measurement('up').groupBy('h')|alert().crit(lambda: "v" == 0).inhibit('disk', 'h').log('/up')
        stream|from().measurement('disk').groupBy('h','p')|alert().warn(lambda: "v" > 1).category('disk').log('/disk')`,
      input: [
        {
          db: 'd',
          rp: 'rp',
          lines: 'up,h=a v=0 1\ndisk,h=a,p=x v=2 2\ndisk,h=b,p=x v=2 2\nup,h=a v=1 3\ndisk,h=a,p=x v=2 4',
          precision: 's',
        },
      ],
    })
    assert.deepEqual(logged(o, '/disk', 'id', 'duration'), [
      'WARNING 2 disk:h=b,p=x 0',
      'WARNING 4 disk:h=a,p=x 2000000000',
    ])
  })

  it('ends the task when a text can not be rendered', async () => {
    const o = await run(`|alert().crit(lambda: TRUE).message('{{ index .Fields 3 }}').log('/l')`, 'm v=4 1')
    assert.match(o.error, /^alert2: template: message:1:/)
  })

  it('keeps its state over a snapshot', async () => {
    const chain = `|alert().crit(lambda: "v" > 3).stateChangesOnly().flapping(0.2, 0.9).log('/l')`
    const two = [
      { db: 'd', rp: 'rp', lines: 'm v=4 1', precision: 's' },
      { db: 'd', rp: 'rp', lines: 'm v=4 2\nm v=0 3', precision: 's' },
    ]
    const whole = await run(chain, '', { input: two, snapshotAt: [1] })
    const rest = await run(chain, '', { input: two.slice(1), restore: whole.snapshots[0]! })
    assert.deepEqual(logged(whole, '/l', 'duration'), ['CRITICAL 1 0', 'OK 3 2000000000'])
    assert.deepEqual(logged(rest, '/l', 'duration'), ['OK 3 2000000000'])
  })

  for (const [what, chain, message] of [
    [
      'a bad template, with its place',
      `|alert().crit(lambda: TRUE).message('{{ .ID ')`,
      /template: message:1: unclosed action/,
    ],
    [
      'an unknown template function',
      `|alert().details('{{ nope . }}')`,
      /template: details:1: function "nope" not defined/,
    ],
    ['html that can not be escaped', `|alert().details('<a href="{{ .ID }}')`, /html\/template/],
    ['a trap of an unknown type', `|alert().snmpTrap('1.1').data('1.2', 'z', 'v')`, /unsupported data type "z"/],
    ['a relative log path', `|alert().log('x.log')`, /log path must be absolute: x.log is not absolute/],
    [
      'a log mode without write',
      `|alert().log('/x').mode(0400)`,
      /invalid file mode -r--------, must be user writable/,
    ],
    ['a post to nowhere', `|alert().post()`, /Either URL or endpoint must be non-empty/],
    [
      'the authenticate header',
      `|alert().post('http://x').header('Authenticate', 'x')`,
      /cannot set 'authenticate' header/,
    ],
    ['thresholds that are no shares', `|alert().flapping(0.5, 25.0)`, /percentages and should be between 0 and 1/],
  ] as const) {
    it(`refuses ${what}`, async () => {
      await assert.rejects(run(chain, 'm v=1 1'), message)
    })
  }

  it('takes every handler method with its properties', () => {
    const names = Object.entries(NODES.find((n) => n.name === 'alert')!.fields)
      .filter(([, f]) => f.is === 'object')
      .map(([name]) => name)
    assert.deepEqual(names.length, 25)
  })
})
