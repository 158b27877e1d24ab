// The InfluxDB clusters that tasks query and write, and that send their writes here. Data only.
import { field } from '../field.ts'
import { defineList } from '../section.ts'

const NAME = /^[-._\p{L}0-9]+$/u

export const influxdb = defineList({
  section: 'influxdb',
  doc: 'InfluxDB clusters.',
  overridable: true,
  list: { key: 'name', prefilled: true, single: 'defaults' },
  fields: {
    enabled: field.bool('Uses the cluster.', true),
    name: field.string('Its name, as scripts know it.', 'default'),
    default: field.bool('The cluster that scripts mean when they name none.'),
    urls: field.strings('Its addresses; requests go round.', ['http://localhost:8086']),
    username: field.string('User.'),
    password: field.secret('Password.'),
    token: field.secret('Token, in place of user and password.'),
    httpSharedSecret: field.bool("Signs requests with the API's shared secret."),
    sslCa: field.string('File of the certificate authority.'),
    sslCert: field.string('File of the certificate shown.'),
    sslKey: field.string('File of its key.'),
    insecureSkipVerify: field.bool('Takes any certificate.'),
    timeout: field.duration('How long an answer may take; 0 is for ever.'),
    disableSubscriptions: field.bool('Makes no subscriptions: writes reach this server by other ways.'),
    subscriptionProtocol: field.string('How subscriptions send.', 'http', {
      oneOf: ['http', 'https', 'udp'],
      always: true,
    }),
    subscriptionMode: field.string('Whether subscriptions are named after the cluster or the server.', 'cluster', {
      oneOf: ['cluster', 'server'],
    }),
    subscriptions: field.listMap('Databases to the retention policies to subscribe to; all when empty.'),
    excludedSubscriptions: field.listMap('Databases to the retention policies not to subscribe to.', {
      _kapacitor: ['autogen'],
    }),
    kapacitorHostname: field.string("The host that subscriptions send to; the server's name when empty."),
    httpPort: field.int("The port that subscriptions send to; the API's when 0.", 0, { min: 0, max: 65535 }),
    udpBind: field.string('Address to receive UDP subscriptions on.'),
    udpBuffer: field.int('Packets that may wait.', 1000, { always: true }),
    udpReadBuffer: field.int("Bytes of the system's buffer; 0 leaves it.", 0, { min: 0 }),
    startupTimeout: field.duration('How long the cluster may take to answer when the server starts.', 300_000_000_000, {
      always: true,
    }),
    subscriptionsSyncInterval: field.duration('How often subscriptions are looked after.', 60_000_000_000, {
      always: true,
    }),
    subscriptionPath: field.string('Path that subscriptions send to.'),
    compression: field.string('How writes are packed.', 'gzip', { oneOf: ['gzip', 'none'], always: true }),
  },
  check: (v) => {
    if (!NAME.test(v.name)) return `invalid name "${v.name}"`
    if (v.enabled && v.urls.length === 0) return 'must specify at least one InfluxDB URL'
    if ((v.sslCert === '') !== (v.sslKey === '')) return 'must specify both ssl-cert and ssl-key'
    return undefined
  },
  checkAll: (elements) => {
    const names = new Set<string>()
    for (const { name } of elements) {
      if (names.has(name)) return `duplicate name "${name}" for influxdb configs`
      names.add(name)
    }
    const enabled = elements.filter((e) => e.enabled)
    const defaults = enabled.filter((e) => e.default)
    if (defaults.length > 1)
      return `More than one InfluxDB default was specified: ${defaults.map((e) => e.name).join(' ')}`
    if (enabled.length > 1 && defaults.length === 0) {
      return 'at least one of the enabled InfluxDB clusters must be marked as default.'
    }
    return undefined
  },
})
