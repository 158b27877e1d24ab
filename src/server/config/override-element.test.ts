import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { describeElement } from './describe-element.ts'
import type { Values } from './field.ts'
import { loadConfig } from './load-config.ts'
import { type Options, overrideElement } from './override-element.ts'
import { addedElement } from './section.ts'

const config = loadConfig({ environment: {}, file: null })
const decl = (section: string) => config.sections.get(section)!.decl
const base = (section: string): Values => config.sections.get(section)!.elements[0]!
const set = (section: string, options: Options): Values => overrideElement(decl(section), base(section), options)

describe('elements for the API', () => {
  test('secrets are shown as set or not, durations as text, empty lists and tables as null', () => {
    assert.deepEqual(describeElement(decl('smtp'), base('smtp')), {
      options: {
        enabled: false,
        from: '',
        global: false,
        host: 'localhost',
        'idle-timeout': '30s',
        'no-verify': false,
        password: false,
        port: 25,
        'state-changes-only': false,
        to: null,
        'to-templates': null,
        username: '',
      },
      redacted: ['password'],
    })
    assert.deepEqual(describeElement(decl('slack'), set('slack', { url: 'http://x' })).redacted, ['url', 'token'])
    assert.equal(describeElement(decl('slack'), set('slack', { url: 'http://x' })).options['url'], true)
    assert.equal(describeElement(decl('discord'), base('discord')).redacted, null)
    const { options } = describeElement(decl('httppost'), set('httppost', { 'basic-auth': { username: 'u' } }))
    assert.equal(options['basic-auth'], true)
    assert.deepEqual(describeElement(decl('influxdb'), base('influxdb')).options['excluded-subscriptions'], {
      _kapacitor: ['autogen'],
    })
    assert.deepEqual(describeElement(decl('zenoss'), base('zenoss')).options['severity-map'], {
      ok: 'Clear',
      info: 'Info',
      warning: 'Warning',
      critical: 'Critical',
    })
  })

  test('options are converted as the reference does', () => {
    const smtp = set('smtp', {
      port: '26',
      'idle-timeout': '90s',
      to: ['a', 'b'],
      global: true,
      'to-templates': ['{{.}}'],
    })
    assert.deepEqual(
      [smtp['port'], smtp['idleTimeout'], smtp['to'], smtp['global'], smtp['toTemplates'], smtp['host']],
      [26, 90_000_000_000, ['a', 'b'], true, ['{{.}}'], 'localhost'],
    )
    assert.deepEqual(set('httppost', { headers: { A: 'b' } })['headers'], { A: 'b' })
    assert.deepEqual(set('zenoss', { 'severity-map': { ok: 3 } })['severityMap'], {
      ok: 3,
      info: 'Info',
      warning: 'Warning',
      critical: 'Critical',
    })
  })

  test('what cannot be is refused in its words', () => {
    const cases: [string, Options, string][] = [
      ['snmptrap', { colour: 'red', retries: 3, brush: 1 }, 'unknown options [brush colour] in section snmptrap'],
      ['snmptrap', { retries: 'many' }, 'cannot set option retries: cannot convert string "many" into int'],
      ['snmptrap', { retries: [1] }, 'cannot set option retries: cannot convert slice into int'],
      ['snmptrap', { enabled: 'true' }, 'cannot set option enabled: cannot convert string "true" into bool'],
      ['smtp', { host: 3 }, 'cannot set option host: cannot convert float64 into string'],
      ['smtp', { to: 'a' }, 'cannot set option to: cannot convert string "a" into []string'],
      ['smtp', { port: 70000 }, 'cannot set option port: must be at most 65535'],
      ['smtp', { port: '70000' }, 'cannot set option port: must be at most 65535'],
      ['httppost', { endpoint: 'x' }, 'cannot override element key endpoint'],
      ['httppost', { headers: { A: 1 } }, 'cannot set option headers: cannot convert map into map[string]string'],
    ]
    for (const [section, options, message] of cases) {
      assert.throws(() => set(section, options), { code: 'config-override', status: 400, message })
    }
  })

  test('an added element starts from nothing, a discoverer from its defaults', () => {
    const slack = overrideElement(decl('slack'), addedElement(decl('slack')), { workspace: 'w', channel: '#c' }, true)
    assert.deepEqual([slack['workspace'], slack['username'], slack['default']], ['w', '', false])
    const consul = overrideElement(decl('consul'), addedElement(decl('consul')), { id: 'c' }, true)
    assert.deepEqual([consul['id'], consul['address']], ['c', '127.0.0.1:8500'])
  })
})
