import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { formatGoDuration } from '../../base/duration.ts'
import { type Environment, environmentName, environmentPrefix } from './environment.ts'
import type { Field, Values } from './field.ts'
import { type Config, loadConfig } from './load-config.ts'

const load = (environment: Environment, text = ''): Config =>
  loadConfig({ environment, file: { path: 'f', text: `data_dir = "/d"\n${text}` } })
const elements = (config: Config, section: string) => config.sections.get(section)!.elements

describe('environment overrides', () => {
  test('of top-level keys and sections', () => {
    const { server, warnings } = load({
      KAPACITOR_HOSTNAME: 'env',
      KAPACITOR_DATA_DIR: '/e',
      KAPACITOR_DEFAULT_RETENTION_POLICY: 'rp',
      KAPACITOR_HTTP_BIND_ADDRESS: ':1',
      KAPACITOR_LOGGING_LEVEL: '',
      KAPACITOR_CONFIG_OVERRIDE_ENABLED: 'F',
      KAPACITOR_TASK_LOG_RING_BYTES: '2MiB',
    })
    assert.deepEqual(server.root, {
      hostname: 'env',
      dataDir: '/e',
      skipConfigOverrides: false,
      defaultRetentionPolicy: 'rp',
    })
    assert.equal(server.http.bindAddress, ':1')
    assert.equal(server.logging.level, 'DEBUG')
    assert.equal(server.configOverride.enabled, false)
    assert.equal(server.task.logRingBytes, 2 * 1024 * 1024)
    assert.deepEqual(warnings, [])
  })

  test('of elements, and of entries in their lists, that are there', () => {
    const text =
      '[[influxdb]]\n urls = ["http://a", "http://b"]\n[[slack]]\n workspace="a"\n default = true\n[[slack]]\n workspace="b"'
    const config = load(
      {
        KAPACITOR_INFLUXDB_0_USERNAME: 'u',
        KAPACITOR_INFLUXDB_0_URLS_1: 'http://c',
        KAPACITOR_INFLUXDB_0_URLS_2: 'http://d',
        KAPACITOR_INFLUXDB_0_EXCLUDED_SUBSCRIPTIONS__kapacitor_0: 'x',
        KAPACITOR_INFLUXDB_1_USERNAME: 'v',
        KAPACITOR_SLACK_1_CHANNEL: '#c',
      },
      text,
    )
    const [influxdb] = config.server.influxdb
    assert.equal(config.server.influxdb.length, 1)
    assert.equal(influxdb!.username, 'u')
    assert.deepEqual(influxdb!.urls, ['http://a', 'http://c'])
    assert.deepEqual(influxdb!.excludedSubscriptions, { _kapacitor: ['x'] })
    assert.deepEqual(
      elements(config, 'slack').map((e) => e['channel']),
      ['', '#c'],
    )
    assert.deepEqual(
      config.warnings.filter((w) => w.startsWith('environment')),
      [
        'environment variable KAPACITOR_INFLUXDB_0_URLS_2 overrides nothing. Did you mean "KAPACITOR_INFLUXDB_0_URLS_0"?',
        'environment variable KAPACITOR_INFLUXDB_1_USERNAME overrides nothing. Did you mean "KAPACITOR_INFLUXDB_0_USERNAME"?',
      ],
    )
  })

  test('of prefilled elements, without a file', () => {
    const config = loadConfig({
      environment: { KAPACITOR_INFLUXDB_0_NAME: 'n', KAPACITOR_SLACK_0_CHANNEL: '#c' },
      file: null,
    })
    assert.equal(config.server.influxdb[0]!.name, 'n')
    assert.equal(elements(config, 'slack')[0]!['channel'], '#c')
    assert.deepEqual(config.warnings, [])
  })

  test('of maps, whose keys keep their case and may be new', () => {
    const config = load({
      KAPACITOR_HTTPPOST_0_HEADERS_Authorization: 'A',
      'KAPACITOR_HTTPPOST_0_HEADERS_X-Y_z': 'B',
      KAPACITOR_HTTPPOST_0_BASIC_AUTH_USERNAME: 'u',
    })
    assert.deepEqual(elements(config, 'httppost')[0]!['headers'], { Authorization: 'A', 'X-Y_z': 'B' })
    assert.deepEqual(elements(config, 'httppost')[0]!['basicAuth'], { username: 'u', password: '' })
  })

  test('of a single element without its index, and with the further underscore of an inlined group', () => {
    const config = load(
      {
        KAPACITOR_KUBERNETES_NAMESPACE: 'n',
        KAPACITOR_KAFKA_0__SASL_USERNAME: 'a',
        KAPACITOR_KAFKA_0_SASL_VERSION: 'v',
      },
      '[kubernetes]\n in-cluster = true',
    )
    assert.equal(elements(config, 'kubernetes')[0]!['namespace'], 'n')
    assert.equal(elements(config, 'kafka')[0]!['saslUsername'], 'a')
    assert.equal(elements(config, 'kafka')[0]!['saslVersion'], 'v')
  })

  test('a text that is no value is told with its name, a secret without its text', () => {
    const failure = (environment: Environment): string => {
      try {
        load(environment)
      } catch (e) {
        return (e as Error).message
      }
      return assert.fail()
    }
    assert.equal(
      failure({ KAPACITOR_HTTP_LOG_ENABLED: 'yes' }),
      "apply env config: failed to apply KAPACITOR_HTTP_LOG_ENABLED to ENABLED using type bool and value 'yes': is neither true nor false",
    )
    assert.match(failure({ KAPACITOR_SMTP_PORT: '2x' }), /using type int and value '2x'/)
    assert.match(failure({ KAPACITOR_STATS_TIMING_SAMPLE_RATE: '' + ' ' }), /is no number/)
  })

  test('a misspelt key of a section is told; variables of others are left alone', () => {
    const { warnings } = load({
      KAPACITOR_HTTP_BIND_ADRESS: ':1',
      KAPACITOR_URL: 'x',
      KAPACITOR_OPTS: 'x',
      KAPACITOR_CONFIG_PATH: 'x',
      KAPACITOR_UNSAFE_SSL: 'x',
      KAPACITOR_SERVICE_HOST: 'x',
      PATH: 'x',
    })
    assert.deepEqual(warnings, [
      'environment variable KAPACITOR_HTTP_BIND_ADRESS overrides nothing. Did you mean "KAPACITOR_HTTP_BIND_ADDRESS"?',
    ])
  })

  test("integers and truth values are Go's", () => {
    for (const [text, n] of [
      ['0x1F', 31],
      ['017', 15],
      ['0b11', 3],
      ['1_000', 1000],
      ['-0', 0],
      ['0', 0],
    ] as const) {
      assert.equal(
        Math.abs(load({ KAPACITOR_UDP_X: '', KAPACITOR_STATS_TIMING_MOVAVG_SIZE: text }).server.stats.timingMovavgSize),
        n,
      )
    }
    for (const text of ['1', 't', 'T', 'TRUE', 'true', 'True']) {
      assert.equal(load({ KAPACITOR_ALERT_RECOVER_ON_DELETE: text }).server.alert.recoverOnDelete, true)
    }
  })

  test('any key of any section takes the text of any of its values', () => {
    const defaults = loadConfig({ environment: {}, file: null })
    /** Every key that is one value, with the name of its variable and the way to it. */
    const keys: { variable: string; f: Field<never>; section: string; index: number; name: string }[] = []
    for (const { decl, elements: all } of defaults.sections.values()) {
      all.forEach((_, index) => {
        const prefix = environmentPrefix(decl) + (decl.list ? `_${index}` : '')
        for (const [name, f] of Object.entries(decl.fields)) {
          const free = !f.oneOf && !f.unserved && !f.required && decl.unserved !== 'refuse' && name !== 'enabled'
          const checked =
            ['bindAddress', 'dataDir', 'hostname', 'name', 'sslCert', 'sslKey'].includes(name) ||
            /TemplateFile$/.test(name)
          if (['string', 'bool', 'int', 'float', 'duration', 'size'].includes(f.type) && free && !checked) {
            keys.push({ variable: environmentName(prefix, name, f), f, section: decl.section, index, name })
          }
        }
      })
    }
    assert.ok(keys.length > 150, `${keys.length} keys`)
    assert.equal(new Set(keys.map((k) => k.variable)).size, keys.length, 'two keys with one variable')
    fc.assert(
      fc.property(
        fc.constantFrom(...keys),
        fc.string({ minLength: 1 }),
        fc.nat({ max: 65535 }),
        fc.boolean(),
        (key, text, n, truth) => {
          const { f } = key
          const min = f.min ?? 0
          const max = f.max ?? Number.MAX_SAFE_INTEGER
          const number = Math.min(Math.max(n, min), max)
          const [written, value]: [string, unknown] =
            f.type === 'string'
              ? [text, text]
              : f.type === 'bool'
                ? [String(truth), truth]
                : f.type === 'duration'
                  ? [formatGoDuration(number), number]
                  : [String(number), number]
          const config = loadConfig({ environment: { [key.variable]: written }, file: null })
          for (const [name, { elements: all }] of config.sections) {
            all.forEach((values: Values, i) => {
              const before = defaults.sections.get(name)!.elements[i]!
              const changed = name === key.section && i === key.index ? { ...before, [key.name]: value } : before
              assert.deepEqual(values, changed)
            })
          }
        },
      ),
      { numRuns: 300 },
    )
  })
})
