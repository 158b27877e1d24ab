// Other ways than HTTP by which points come in; some are known, but not served yet. Data only.
import { field } from '../field.ts'
import { defineList, defineSection } from '../section.ts'

const SECOND = 1_000_000_000

export const udp = defineList({
  section: 'udp',
  doc: 'Line protocol in datagrams.',
  list: { key: 'bind-address' },
  fields: {
    enabled: field.bool('Listens.'),
    bindAddress: field.string('Address and port.'),
    readBuffer: field.int("Bytes of the system's buffer; 0 leaves it."),
    buffer: field.int('Packets that may wait.', 1000, { always: true }),
    database: field.string('Database of the points.'),
    retentionPolicy: field.string('Retention policy of the points.'),
  },
})

export const graphite = defineList({
  section: 'graphite',
  doc: 'Graphite lines.',
  unserved: 'warn',
  list: { key: 'bind-address' },
  fields: {
    enabled: field.bool('Listens.'),
    bindAddress: field.string('Address and port.', ':2003', { always: true }),
    database: field.string('Database of the points.', 'graphite', { always: true }),
    retentionPolicy: field.string('Retention policy of the points.'),
    protocol: field.string('tcp or udp.', 'tcp', { oneOf: ['tcp', 'udp'], always: true }),
    batchSize: field.int('Points that are handed on together.', 5000, { always: true }),
    batchPending: field.int('Batches that may wait.', 10, { always: true }),
    batchTimeout: field.duration('How long a batch waits to fill.', SECOND, { always: true }),
    consistencyLevel: field.string('Has no effect.', 'one', { always: true }),
    separator: field.string('Joins parts of a path.', '.', { always: true }),
    templates: field.strings('How paths become measurements, tags and fields.'),
    tags: field.strings('Tags for every point.'),
    udpReadBuffer: field.int("Bytes of the system's buffer; 0 leaves it."),
  },
})

export const collectd = defineSection({
  section: 'collectd',
  doc: "Collectd's binary protocol.",
  unserved: 'warn',
  fields: {
    enabled: field.bool('Listens.'),
    bindAddress: field.string('Address and port.', ':25826'),
    database: field.string('Database of the points.', 'collectd'),
    retentionPolicy: field.string('Retention policy of the points.'),
    batchSize: field.int('Points that are handed on together.', 5000),
    batchPending: field.int('Batches that may wait.', 10),
    batchTimeout: field.duration('How long a batch waits to fill.', 10 * SECOND),
    readBuffer: field.int("Bytes of the system's buffer; 0 leaves it."),
    typesdb: field.string('File of the types.', '/usr/share/collectd/types.db'),
    securityLevel: field.string('none, sign or encrypt.', 'none', { oneOf: ['none', 'sign', 'encrypt'] }),
    authFile: field.string('File of users and passwords.', '/etc/collectd/auth_file'),
    parseMultivaluePlugin: field.string('split or join.', 'split', { oneOf: ['split', 'join'] }),
  },
})

export const opentsdb = defineSection({
  section: 'opentsdb',
  doc: "OpenTSDB's protocols.",
  unserved: 'warn',
  fields: {
    enabled: field.bool('Listens.'),
    bindAddress: field.string('Address and port.', ':4242'),
    database: field.string('Database of the points.', 'opentsdb'),
    retentionPolicy: field.string('Retention policy of the points.'),
    consistencyLevel: field.string('Has no effect.', 'one'),
    tlsEnabled: field.bool('Speaks TLS.'),
    certificate: field.string('File of the certificate.', '/etc/ssl/influxdb.pem'),
    batchSize: field.int('Points that are handed on together.', 1000),
    batchPending: field.int('Batches that may wait.', 5),
    batchTimeout: field.duration('How long a batch waits to fill.', SECOND),
    logPointErrors: field.bool('Writes bad points to the log.', true),
  },
})
