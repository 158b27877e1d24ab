import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import type { Fault } from '../../base/fault.ts'
import { findConfigFile, usualPlaces } from './config-file.ts'
import { field } from './field.ts'
import { type Config, type LoadOptions, loadConfig, secretsOf } from './load-config.ts'
import { renderConfig } from './render-config.ts'
import { defineList, defineSection } from './section.ts'

const BASE = 'data_dir = "/d"\n'

function load(text: string, options: Partial<LoadOptions> = {}): Config {
  return loadConfig({ environment: {}, file: { path: 'server.conf', text: BASE + text }, ...options })
}

function problemsOf(text: string, options: Partial<LoadOptions> = {}): string {
  try {
    load(text, options)
  } catch (e) {
    assert.equal((e as Fault).code, 'config-invalid')
    return (e as Fault).message
  }
  return assert.fail('was taken')
}

const elements = (config: Config, section: string) => config.sections.get(section)!.elements

describe('a configuration file', () => {
  test('sets what it names; the rest is the default', () => {
    const { server, warnings } = load(`
hostname = "h"
[http]
  bind-address = ":9092"
  shutdown-timeout = "1m30s"
  max-body-size = "10MiB"
[deadman]
  threshold = 3
[task]
  group-expiry = "7d"
  snapshot-interval = 5000000000
[storage]
  sync = "always"`)
    assert.deepEqual(warnings, [])
    assert.equal(server.root.hostname, 'h')
    assert.equal(server.http.bindAddress, ':9092')
    assert.equal(server.http.shutdownTimeout, 90_000_000_000)
    assert.equal(server.http.maxBodySize, 10 * 1024 * 1024)
    assert.equal(server.http.logEnabled, true)
    assert.equal(server.deadman.threshold, 3)
    assert.equal(server.task.groupExpiry, 7 * 86_400_000_000_000)
    assert.equal(server.task.maxPending, 1_000_000)
    assert.equal(server.task.snapshotInterval, 5_000_000_000)
    assert.equal(server.storage.sync, 'always')
    assert.equal(server.replay.dir, './replay')
    assert.equal(server.storage.boltdb, './kapacitor.db')
  })

  test('unknown keys and sections are warnings with their line and what may have been meant', () => {
    const { warnings } = load(`
colour = 1
[http]
  bind-adress = ":1"
[[htpppost]]
  a = 1
[[httppost]]
  [httppost.basic-auth]
    user-name = "u"`)
    assert.deepEqual(warnings.slice(0, 4), [
      'server.conf line 6: htpppost is unknown and ignored. Did you mean "httppost"?',
      'server.conf line 3: colour is unknown and ignored',
      'server.conf line 5: http.bind-adress is unknown and ignored. Did you mean "bind-address"?',
      'server.conf line 10: httppost.0.basic-auth.user-name is unknown and ignored. Did you mean "username"?',
    ])
  })

  test('wrong types are told with line and key, all at once', () => {
    const problems = problemsOf(`
[http]
  bind-address = 9092
  log-enabled = "yes"
  shutdown-timeout = "10"
[[influxdb]]
  urls = "http://x"
  udp-buffer = 1.5
  subscription-protocol = "tcp"
[smtp]
  to = ["a", 1]
[[alerta]]
[slack]
  channel = ["x"]`)
    assert.deepEqual(problems.split('; '), [
      'server.conf line 4: http.bind-address must be text, not an integer',
      'server.conf line 5: http.log-enabled must be true or false, not text',
      'server.conf line 6: http.shutdown-timeout must be a duration such as "10s", not "10"',
      'server.conf line 8: influxdb.0.urls must be a list of texts, not text',
      'server.conf line 9: influxdb.0.udp-buffer must be an integer, not a fraction',
      'server.conf line 10: influxdb.0.subscription-protocol must be one of http, https, udp, not "tcp"',
      'server.conf line 13: alerta must be a [alerta] section, not a list',
      'server.conf line 15: slack.channel must be text, not a list',
      'server.conf line 12: smtp.to must be a list of texts, not a list',
    ])
  })

  test('what is no TOML is told with its place', () => {
    assert.match(problemsOf('[http]\nbind-address = \n'), /^server\.conf line 3 char \d+: /)
  })

  test('a single element keeps the defaults, several start from nothing but for some keys', () => {
    const one = load('[[influxdb]]\n  name = "a"\n  [influxdb.excluded-subscriptions]\n    db = ["rp"]').server.influxdb
    assert.equal(one.length, 1)
    assert.equal(one[0]!.enabled, true)
    assert.deepEqual(one[0]!.urls, ['http://localhost:8086'])
    assert.deepEqual(one[0]!.excludedSubscriptions, { _kapacitor: ['autogen'], db: ['rp'] })
    assert.equal(one[0]!.subscriptionMode, 'cluster')

    const two = load('[[influxdb]]\n  name = "a"\n[[influxdb]]\n  name = "b"').server.influxdb
    assert.equal(two.length, 2)
    assert.deepEqual(
      [two[0]!.enabled, two[0]!.urls, two[0]!.subscriptionMode, two[0]!.excludedSubscriptions],
      [false, [], '', {}],
    )
    assert.deepEqual([two[1]!.udpBuffer, two[1]!.startupTimeout, two[1]!.compression], [1000, 300_000_000_000, 'gzip'])
    assert.equal(two[1]!.subscriptionsSyncInterval, 60_000_000_000)
    assert.equal(two[1]!.subscriptionProtocol, 'http')
  })

  test('prefilled lists, and sections that may be a table or a list', () => {
    const none = load('')
    assert.equal(elements(none, 'slack')[0]!['username'], 'kapacitor')
    assert.equal(elements(none, 'slack')[0]!['default'], true)
    assert.equal(elements(none, 'httppost')[0]!['endpoint'], 'example')
    assert.equal(elements(none, 'kafka')[0]!['id'], 'default')
    assert.equal(elements(none, 'mqtt')[0]!['name'], 'default')
    assert.deepEqual(elements(none, 'kubernetes'), [])
    for (const header of ['[slack]', '[[slack]]']) {
      const slack = elements(load(`${header}\n  channel = "#c"`), 'slack')
      assert.equal(slack.length, 1)
      assert.deepEqual([slack[0]!['channel'], slack[0]!['username'], slack[0]!['default']], ['#c', '', false])
    }
    assert.equal(elements(load('[kubernetes]\n  in-cluster = true'), 'kubernetes')[0]!['inCluster'], true)
    assert.match(
      problemsOf('[influxdb]\n  name = "a"'),
      /line 2: influxdb must be a list of sections, \[\[influxdb\]\], not a table/,
    )
  })

  test('user-defined functions, tables of tables', () => {
    const { server } = load(
      '[udf.functions.f]\n  prog = "/bin/f"\n  args = ["-x"]\n  timeout = "10s"\n  [udf.functions.f.env]\n    A = "b"',
    )
    assert.deepEqual(server.udf.functions, {
      f: { timeout: 10_000_000_000, socket: '', prog: '/bin/f', args: ['-x'], env: { A: 'b' } },
    })
  })
})

describe('checks', () => {
  const cases: [string, string][] = [
    ['hostname = ""', 'must configure valid hostname'],
    ['data-dir = ""', 'must configure valid data dir'],
    ['[replay]\n dir = ""', 'replay: must specify dir'],
    ['[storage]\n boltdb = ""', "storage: must specify storage 'boltdb' path"],
    ['[http]\n bind-address = "9092"', 'http: invalid http bind address 9092'],
    ['[http]\n bind-address = ":70000"', 'http: invalid http bind address port 70000: out of range'],
    ['[load]\n enabled = true', 'load: dir must be an absolute path'],
    ['[[influxdb]]\n name = "a"\n[[influxdb]]\n name = "a"', 'duplicate name "a" for influxdb configs'],
    [
      ['a', 'b']
        .map((n) => `[[influxdb]]\n name = "${n}"\n urls = ["http://x"]\n enabled = true\n default = true`)
        .join('\n'),
      'More than one InfluxDB default was specified: a b',
    ],
    [
      ['a', 'b'].map((n) => `[[influxdb]]\n name = "${n}"\n urls = ["http://x"]\n enabled = true`).join('\n'),
      'at least one of the enabled InfluxDB clusters must be marked as default.',
    ],
    ['[[influxdb]]\n ssl-cert = "/a"', 'influxdb: must specify both ssl-cert and ssl-key'],
    ['[slack]\n enabled = true', 'slack: must specify url'],
    ['[teams]\n enabled = true', 'teams: must specify Teams channel webhook URL'],
    ['[bigpanda]\n enabled = true\n app-key = "x"', 'bigpanda: must specify BigPanda token'],
    ['[opsgenie2]\n enabled = true', 'opsgenie2: api-key cannot be empty'],
    ['[telegram]\n enabled = true', 'telegram: must specify token'],
    ['[smtp]\n enabled = true', "smtp: must provide a 'from' address"],
    ['[smtp]\n enabled = true\n from = "nobody"', 'smtp: invalid from email address: nobody'],
    ['[[httppost]]\n endpoint = ""', 'httppost: must specify endpoint name'],
    [
      '[[httppost]]\n row-template = "a"\n row-template-file = "/b"',
      'httppost: must specify only one of row-template and row-template-file',
    ],
    ['[[kafka]]\n enabled = true', 'kafka: no brokers specified, must provide at least one broker URL'],
    ['[[mqtt]]\n name = "a"\n[[mqtt]]\n name = "b"', 'mqtt: no configuration is marked as the default'],
    ['[[slack]]\n workspace = "a"\n[[slack]]\n channel = "c"', 'slack: id must not be empty'],
    ['[udf.functions.f]\n timeout = "1s"', 'udf: must set either prog or socket'],
    ['[task]\n log-ring-bytes = "1k"', 'server.conf line 3: task.log-ring-bytes must be at least 1048576'],
    ['[storage]\n sync = "never"', 'server.conf line 3: storage.sync must be one of kill-safe, always, not "never"'],
  ]
  for (const [text, problem] of cases) {
    test(problem, () => {
      const whole = text.startsWith('data-dir') ? text : BASE + text
      assert.throws(() => loadConfig({ environment: {}, file: { path: 'server.conf', text: whole } }), {
        message: problem,
      })
    })
  }

  test('a small length of the buffer of a topic is taken as it is, whatever it comes to', () => {
    for (const length of [-5, 0, 999])
      assert.equal(load(`[alert]\n topic-buffer-length = ${length}`).server.alert.topicBufferLength, length)
  })

  test('what can not be used is no fault of a section that is off', () => {
    const port = 'server.conf line 3: smtp.port must be at least 1'
    const off = load('[smtp]\n port = 0\n enabled = false')
    assert.deepEqual(off.warnings, [`${port}: ignored, as it is not enabled`])
    assert.equal(problemsOf('[smtp]\n port = 0\n enabled = true\n from = "a@b"'), port)
    assert.deepEqual(load('[[kafka]]\n enabled = false\n id = "a"\n sasl-mechanism = "XX"').warnings, [
      'server.conf line 5: kafka.0.sasl-mechanism must be one of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, GSSAPI, OAUTHBEARER, not "XX": ignored, as it is not enabled',
    ])
  })

  test('what is not served yet is told when it is on, and refused when it guards the server', () => {
    const text =
      '[collectd]\n enabled = true\n[smtp]\n enabled = false\n[http]\n write-tracing = true\n[[graphite]]\n enabled = true\n[[graphite]]\n enabled = true'
    assert.deepEqual(load(text).warnings, [
      'http.write-tracing is not served yet: it has no effect',
      '[graphite] is not served yet: it has no effect',
      '[collectd] is not served yet: it has no effect',
    ])
    assert.deepEqual(load('').warnings, [])
    const meta = '[auth]\n enabled = true\n meta-addr = "meta:8091"'
    assert.match(problemsOf(meta), /auth\.meta-addr is not served yet.*does not start/)
    assert.match(
      problemsOf('[auth]\n enabled = true\n bcrypt-cost = 3'),
      /auth: must provide a bcrypt-cost of at least 4/,
    )
  })
})

describe('without a file', () => {
  test('everything is below a folder of the home', () => {
    const { server, file } = loadConfig({ environment: { HOME: '/home/u' }, file: null })
    assert.equal(file, undefined)
    assert.equal(server.root.dataDir, '/home/u/.supercap')
    assert.equal(server.storage.boltdb, '/home/u/.supercap/kapacitor.db')
    assert.equal(server.replay.dir, '/home/u/.supercap/replay')
    assert.equal(server.task.dir, '/home/u/.supercap/tasks')
    assert.equal(server.load.dir, '/home/u/.supercap/load')
    assert.equal(server.http.bindAddress, '127.0.0.1:9092')
  })

  test('without a home it is ./data', () => {
    const { server } = loadConfig({ environment: {}, file: null })
    assert.equal(server.root.dataDir, './data')
    assert.equal(server.storage.boltdb, 'data/kapacitor.db')
  })

  test('printing a configuration merges the file with these defaults', () => {
    const { server } = load('', { environment: { HOME: '/home/u' }, purpose: 'show' })
    assert.equal(server.root.dataDir, '/d')
    assert.equal(server.replay.dir, '/home/u/.supercap/replay')
  })

  test('flags come last', () => {
    const { server } = load('hostname = "file"\n[logging]\n level = "ERROR"', {
      environment: { KAPACITOR_HOSTNAME: 'environment', KAPACITOR_LOGGING_FILE: 'STDOUT' },
      flags: { hostname: 'flag', logLevel: 'debug', logFile: '/tmp/l' },
    })
    assert.deepEqual([server.root.hostname, server.logging.level, server.logging.file], ['flag', 'debug', '/tmp/l'])
  })
})

describe('which file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'config-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  const write = (path: string, text: string): string => {
    const whole = join(folder, path)
    mkdirSync(join(whole, '..'), { recursive: true })
    writeFileSync(whole, text)
    return whole
  }

  test('the flag, then the environment, then the usual places', () => {
    const flag = write('flag.conf', 'hostname = "flag"')
    const named = write('named.conf', 'hostname = "named"')
    const environment = { HOME: folder, KAPACITOR_CONFIG_PATH: named }
    assert.equal(findConfigFile(flag, environment)?.path, flag)
    assert.equal(findConfigFile(undefined, environment)?.path, named)
    assert.equal(findConfigFile('/dev/null', environment), undefined)
    assert.equal(findConfigFile(undefined, { KAPACITOR_CONFIG_PATH: '/dev/null', HOME: folder }), undefined)
    const other = write('.kapacitor/kapacitor.conf', 'hostname = "other"')
    write('.supercap/supercap.conf', '')
    assert.equal(findConfigFile(undefined, { HOME: folder })?.path, other)
    const own = write('.supercap/supercap.conf', 'hostname = "own"')
    assert.equal(findConfigFile(undefined, { HOME: folder })?.path, own)
    assert.throws(() => findConfigFile(join(folder, 'none.conf'), {}), {
      code: 'config-file',
      message: /none\.conf.*no such file/,
    })
    assert.deepEqual(usualPlaces('/h'), [
      '/h/.supercap/supercap.conf',
      '/h/.kapacitor/kapacitor.conf',
      '/etc/supercap/supercap.conf',
      '/etc/kapacitor/kapacitor.conf',
    ])
  })

  test('is read when it is found', () => {
    const path = write('whole.conf', 'hostname = "found"\ndata_dir = "/d"')
    const config = loadConfig({ environment: {}, flags: { config: path } })
    assert.equal(config.file, path)
    assert.equal(config.server.root.hostname, 'found')
  })
})

describe('sections of others', () => {
  test("a handler's declaration stands in for the known one and is served", () => {
    const slack = defineList({
      section: 'slack',
      doc: 'Mine.',
      list: { key: 'workspace', initialElement: 'main' },
      fields: { workspace: field.string('w'), enabled: field.bool('e'), colour: field.string('c', 'red') },
      check: (v) => (v.colour === 'blue' ? 'no blue' : undefined),
    })
    const mine = defineSection({ section: 'mine', doc: 'New.', fields: { size: field.int('s', 3) } })
    const options = { sections: [slack, mine] }
    const config = load('[slack]\n enabled = true\n colour = "green"\n[mine]\n size = 4', options)
    assert.deepEqual(config.warnings, [])
    assert.deepEqual(elements(config, 'slack'), [{ workspace: '', enabled: true, colour: 'green' }])
    assert.deepEqual(elements(config, 'mine'), [{ size: 4 }])
    assert.deepEqual(elements(load('', options), 'slack'), [{ workspace: 'main', enabled: false, colour: 'red' }])
    assert.equal(problemsOf('[slack]\n colour = "blue"', options), 'slack: no blue')
    assert.equal(config.sections.get('slack')!.decl.overridable, true)
  })
})

describe('the whole', () => {
  test('secrets are known, for keeping them out of the log', () => {
    const config = load(`
[http]
 shared-secret = "shared"
[[influxdb]]
 username = "me"
 password = "influx-password"
[[httppost]]
 [httppost.basic-auth]
  username = "user"
  password = "post-password"
[fluxtask]
 [fluxtask.secrets]
  a = "flux-secret"`)
    assert.deepEqual(secretsOf(config).sort(), ['flux-secret', 'influx-password', 'post-password', 'shared'])
  })

  test('what is printed loads to the same', () => {
    const text = `
hostname = "say \\"hi\\" \\u007f"
[http]
  bind-address = ":1"
  shutdown-timeout = "1m0.5s"
[deadman]
  threshold = 0.25
[[influxdb]]
  name = "a"
  [influxdb.subscriptions]
    "a db" = ["x", "y"]
[[httppost]]
  endpoint = "e"
  url = "http://e"
  [httppost.headers]
    "X-A" = "1"
  [httppost.basic-auth]
    username = "u"
[[httppost]]
  endpoint = "f"
  url = "http://f"
[slack]
  channel = "#c"
[zenoss]
  [zenoss.severity-map]
    OK = 3
[udf.functions."f g"]
  prog = "/f"
  timeout = "1s"`
    for (const config of [load(text), loadConfig({ environment: { HOME: '/h' }, file: null })]) {
      const printed = renderConfig(config, 'show')
      const again = loadConfig({ environment: {}, file: { path: 'printed.conf', text: printed } })
      for (const [name, { elements: values }] of config.sections) assert.deepEqual(elements(again, name), values, name)
      assert.ok(
        again.warnings.every((w) => w.includes('not served yet')),
        again.warnings.join('\n'),
      )
    }
  })

  test('every key is documented, and its default is a value of its type', () => {
    const config = loadConfig({ environment: {}, file: null })
    for (const { decl } of config.sections.values()) {
      assert.ok(decl.doc?.endsWith('.'), `[${decl.section}]`)
      for (const [name, f] of Object.entries(decl.fields)) assert.match(f.doc, /\S\.$/, `${decl.section}.${name}`)
    }
    assert.equal(config.sections.size, 22 + 22 + 14)
  })
})
