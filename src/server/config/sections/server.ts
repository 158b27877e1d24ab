// The server's own sections: what the process itself is, listens to, stores and writes. Data only.
import { DEADMAN_DEFAULTS } from '../../../nodes/deadman.ts'
import { tlsProblem } from '../../http/tls-settings.ts'
import { type UnixSocketSettings, unixSocketProblem } from '../../http/unix-socket.ts'
import { field } from '../field.ts'
import { defineSection } from '../section.ts'

const MS = 1_000_000
const BIND = /^(\[[^\]]*\]|[^:[\]]*):(.*)$/

/** The host and port of `host:port`; undefined when the text is none. */
export function splitBindAddress(address: string): { host: string; port: number } | undefined {
  const m = BIND.exec(address)
  if (!m || !/^\d+$/.test(m[2]!)) return undefined
  const host = m[1]!.startsWith('[') ? m[1]!.slice(1, -1) : m[1]!
  return { host, port: Number(m[2]) }
}

function checkBindAddress(address: string): string | undefined {
  const parts = splitBindAddress(address)
  if (!parts) return `invalid http bind address ${address}`
  return parts.port > 65535 ? `invalid http bind address port ${parts.port}: out of range` : undefined
}

export const root = defineSection({
  section: '',
  doc: 'What the server is called and where its data lies.',
  fields: {
    hostname: field.string('The name under which other hosts reach this server.', 'localhost'),
    dataDir: field.string(
      'The folder of everything that has no path of its own. Has to be set in a configuration file.',
      '',
      {
        key: 'data_dir',
        aliases: ['data-dir'],
      },
    ),
    skipConfigOverrides: field.bool('Starts without the overrides that were stored through the API.'),
    defaultRetentionPolicy: field.string('The retention policy of written points that name none.'),
  },
  check: (v) => {
    if (v.hostname === '') return 'must configure valid hostname'
    return v.dataDir === '' ? 'must configure valid data dir' : undefined
  },
})

export const alert = defineSection({
  section: 'alert',
  doc: 'Alert topics and the delivery of their events.',
  fields: {
    persistTopics: field.bool('Keeps the levels of topics over restarts.', true),
    topicBufferLength: field.int(
      'Events that wait for one handler in memory, the rest waits on disk; below 1000 it is 5000.',
      5000,
    ),
    handlerRoom: field.size(
      'What may wait for one handler on disk. Beyond it only the newest event of each alert is kept.',
      64 * 1024 ** 2,
      { own: true, min: 64 * 1024 },
    ),
    recoverOnDelete: field.bool('Sends a recovery for every event that is not OK when its task is deleted.', false, {
      own: true,
    }),
  },
})

export const auth = defineSection({
  section: 'auth',
  doc: 'Users of the HTTP API. With [http] auth-enabled everybody has to sign in as one of them.',
  fields: {
    enabled: field.bool('Keeps users, with their passwords and permissions, and serves /kapacitor/v1/users.'),
    cacheExpiration: field.duration(
      'How long the record of a user stays in memory. A change through the API counts at once.',
      600_000_000_000,
    ),
    bcryptCost: field.int('Cost of the hashes of passwords; each step doubles the work.', 10, { max: 31 }),
    maxUsers: field.int('Users that there may be.', 10_000, { own: true, min: 1 }),
    metaAddr: field.string('Address of a meta server that keeps the users.', '', { unserved: 'refuse' }),
    metaUsername: field.string('User at the meta server.'),
    metaPassword: field.secret('Password at the meta server.'),
    metaInternalSharedSecret: field.secret('Secret shared with the meta server.'),
    metaUseTls: field.bool('Talks to the meta server over TLS.'),
    metaCa: field.string('File of the certificate authority of the meta server.'),
    metaCert: field.string('File of the certificate shown to the meta server.'),
    metaKey: field.string('File of the key of that certificate.'),
    metaInsecureSkipVerify: field.bool("Takes any certificate of the meta server's."),
  },
  check: (v) => (v.enabled && v.bcryptCost < 4 ? 'must provide a bcrypt-cost of at least 4' : undefined),
})

interface UnixSocketKeys {
  readonly bindSocket: string
  readonly unixSocketPermissions: string
  readonly unixSocketGroup: string
}

/** What [http] says of the socket in the file system. */
export function unixSocket(v: UnixSocketKeys): UnixSocketSettings {
  return { path: v.bindSocket, permissions: v.unixSocketPermissions, group: v.unixSocketGroup }
}

export const http = defineSection({
  section: 'http',
  doc: 'The HTTP API.',
  fields: {
    bindAddress: field.string(
      'Address and port to listen on; without an address (`:9092`) on all of the machine.',
      '127.0.0.1:9092',
    ),
    authEnabled: field.bool('Asks for a user and password. Without [auth] enabled every name and password is taken.'),
    logEnabled: field.bool('Writes a line to the log for each request.', true),
    writeTracing: field.bool('Writes the written lines to the log.', false, { unserved: 'warn' }),
    pprofEnabled: field.bool(
      'Opens the profiles, but for heap snapshots, /metrics and /debug/vars to everybody, whatever auth-enabled says.',
    ),
    httpsEnabled: field.bool('Speaks HTTPS, and nothing else on its port.'),
    httpsCertificate: field.string(
      'File of the certificate in PEM, with those between it and its authority. Read again when it changes.',
      '/etc/ssl/kapacitor.pem',
    ),
    httpsPrivateKey: field.string("File of the certificate's key; the certificate's own file when empty."),
    shutdownTimeout: field.duration('How long open requests may take when the server stops.', 10_000_000_000),
    sharedSecret: field.secret(
      'Secret that JSON web tokens for this server are signed with; without one none are taken.',
    ),
    maxBodySize: field.size('The largest body that a request may have, unpacked.', 64 * 1024 ** 2, {
      own: true,
      min: 1024,
    }),
    maxPendingBodySize: field.size(
      'The most that all bodies under way may take; beyond, writers are answered 503. 0 is 8 times `max-body-size`.',
      0,
      { own: true },
    ),
    maxHeaderSize: field.size('The most that the headers of a request may have.', 64 * 1024, {
      own: true,
      min: 1024,
      max: 1024 ** 2,
    }),
    maxConnectionLimit: field.int('Connections at once; further ones are closed. 0 is no limit.', 10_000, {
      own: true,
      min: 0,
    }),
    headerTimeout: field.duration(
      'How long a connection may take for the headers of a request. 0 is no limit.',
      30_000_000_000,
      { own: true },
    ),
    requestTimeout: field.duration('How long a request may take to arrive. 0 is no limit.', 300_000_000_000, {
      own: true,
    }),
    allowedOrigins: field.strings(
      "Origins of pages in browsers that may send requests, such as `https://charts.example:3000`; every page's may when empty.",
      [],
      { own: true },
    ),
    unixSocketEnabled: field.bool('Takes requests at a socket in the file system, too, without TLS.', false, {
      own: true,
    }),
    bindSocket: field.string('The path of that socket.', '/var/run/kapacitor.sock', { own: true }),
    unixSocketPermissions: field.string('Its mode, in octal.', '0660', { own: true }),
    unixSocketGroup: field.string("Its group, by name or number; the process's own when empty.", '', { own: true }),
    keepAliveTimeout: field.duration('How long a connection is kept after a request. 0 is no limit.', 120_000_000_000, {
      own: true,
    }),
  },
  check: (v) => (v.unixSocketEnabled ? unixSocketProblem(unixSocket(v)) : undefined) ?? checkBindAddress(v.bindAddress),
})

const VERSIONS = ['tls1.1', 'tls1.2', 'tls1.3', '1.1', '1.2', '1.3']

export const tls = defineSection({
  section: 'tls',
  doc: 'What is accepted of TLS connections.',
  fields: {
    ciphers: field.strings('Ciphers to accept; all that are held for safe when empty.'),
    minVersion: field.string('The oldest version to accept; TLS 1.2 when empty.', '', {
      oneOf: VERSIONS,
      anyCase: true,
    }),
    maxVersion: field.string('The newest version to accept.', '', { oneOf: VERSIONS, anyCase: true }),
  },
  check: tlsProblem,
})

export const configOverride = defineSection({
  section: 'config-override',
  doc: 'Changing the configuration through the API.',
  fields: {
    enabled: field.bool('Serves /kapacitor/v1/config.', true),
  },
})

export const logging = defineSection({
  section: 'logging',
  doc: 'The log.',
  fields: {
    file: field.string('STDERR, STDOUT, or the path of a file that is appended to.', 'STDERR', {
      required: 'must specify a log file',
    }),
    level: field.string(
      'The least level that is written: DEBUG, INFO, WARN, ERROR, or OFF. Anything else is DEBUG.',
      'DEBUG',
    ),
    format: field.string('Lines of logfmt, or of JSON.', 'logfmt', {
      own: true,
      oneOf: ['logfmt', 'json'],
      anyCase: true,
    }),
    repeatLimit: field.int(
      'How often a line of level WARN or ERROR is written in one repeat-window when nothing but its time differs; the next one after it says how many were suppressed. 0 is no limit.',
      10,
      { own: true, min: 0 },
    ),
    repeatWindow: field.duration('See repeat-limit.', 10_000_000_000, { own: true, min: MS }),
  },
})

export const load = defineSection({
  section: 'load',
  doc: 'Tasks, templates and handlers that are loaded from files.',
  fields: {
    enabled: field.bool('Loads them at the start and at SIGHUP.'),
    dir: field.string('The folder with the folders tasks, templates and handlers.', './load'),
  },
  check: (v) => (v.enabled && !v.dir.startsWith('/') ? 'dir must be an absolute path' : undefined),
})

export const replay = defineSection({
  section: 'replay',
  doc: 'Recordings.',
  fields: {
    dir: field.string('The folder of the recordings.', './replay', { required: 'must specify dir' }),
  },
})

export const task = defineSection({
  section: 'task',
  doc: 'Tasks, and what one of them may take.',
  fields: {
    dir: field.string('The folder of tasks of very old servers; nothing is read from it.', './tasks'),
    snapshotInterval: field.duration('How often the state of user-defined functions is saved.', 60_000_000_000),
    groupExpiry: field.duration('Forgets a group from which no point came for so long; 0 keeps it.', 0, { own: true }),
    maxGroups: field.int('Groups that a task may have; beyond, it stops. 0 is no limit.', 0, { own: true, min: 0 }),
    maxHeldPoints: field.int('Points that a task may hold in windows and joins; beyond, it stops. 0 is no limit.', 0, {
      own: true,
      min: 0,
    }),
    maxPending: field.int(
      'Points that a join or union may hold while they wait for a parent that is silent; beyond, the oldest go on without it.',
      1_000_000,
      { own: true, min: 1 },
    ),
    maxHeldBytes: field.size('The same in bytes, estimated. 0 is no limit.', 0, { own: true }),
    logRingBytes: field.size('Written lines that may wait for the slowest task.', 64 * 1024 ** 2, {
      own: true,
      min: 1024 ** 2,
    }),
    workers: field.int(
      'Threads for tasks that need nothing of the main one, such as alerts and writes do; 0 runs all tasks on the main thread.',
      0,
      { own: true, min: 0, max: 16 },
    ),
  },
})

export const storage = defineSection({
  section: 'storage',
  doc: 'What has to outlive the process.',
  fields: {
    boltdb: field.string(
      'Path whose neighbour, the folder `<path>.supercap`, holds the store. A BoltDB file here is left alone.',
      './kapacitor.db',
      {
        required: "must specify storage 'boltdb' path",
      },
    ),
    sync: field.string(
      'What a change survives: `kill-safe` any end of the process, `always` also power loss (slower).',
      'kill-safe',
      { own: true, oneOf: ['kill-safe', 'always'] },
    ),
    maxSize: field.size('Size of the data from which on nothing more is written.', 64 * 1024 ** 3, {
      own: true,
      min: 1024 ** 2,
    }),
  },
})

export const deadman = defineSection({
  section: 'deadman',
  doc: 'Alerts on nodes that points no longer reach: what `deadman()` in scripts and the deadman of every task say.',
  fields: {
    interval: field.duration('The time over which the deadman of every task counts.', DEADMAN_DEFAULTS.interval),
    threshold: field.float('It is critical at so many points or less.', DEADMAN_DEFAULTS.threshold),
    id: field.string('Template of the ID; NODE_NAME stands for the name of the node.', DEADMAN_DEFAULTS.id),
    message: field.string('Template of the message; INTERVAL stands for the interval.', DEADMAN_DEFAULTS.message),
    global: field.bool('Gives the source of every task a deadman.', DEADMAN_DEFAULTS.global),
  },
})

export const fluxtask = defineSection({
  section: 'fluxtask',
  doc: 'Tasks in Flux.',
  unserved: 'warn',
  fields: {
    enabled: field.bool('Runs them.'),
    taskRunInfluxdb: field.string('The InfluxDB that keeps their history; `none` for no history.'),
    taskRunBucket: field.string('Its bucket.', 'kapacitor_fluxtask_logs'),
    taskRunOrg: field.string('Its organisation, by name.'),
    taskRunOrgid: field.string('Its organisation, by ID.'),
    taskRunMeasurement: field.string('Its measurement.', 'runs'),
    secrets: field.secretMap('Secrets for the scripts.'),
    defaultInfluxdb: field.string('The InfluxDB that scripts mean when they name none.'),
  },
})

export const reporting = defineSection({
  section: 'reporting',
  doc: 'Usage reports. This server sends none, whatever stands here.',
  fields: {
    enabled: field.bool('Has no effect.', true),
    url: field.string('Has no effect.'),
  },
})

export const stats = defineSection({
  section: 'stats',
  doc: "The server's statistics as points that tasks can read. Nothing is made that no task reads.",
  fields: {
    enabled: field.bool('Emits them.', true),
    statsInterval: field.duration('How often.', 10_000_000_000, { min: MS }),
    database: field.string('Database of the points.', '_kapacitor'),
    retentionPolicy: field.string('Retention policy of the points.', 'autogen'),
    timingSampleRate: field.float(
      'Has no effect: the way of one point in 61 through the nodes is timed, which costs next to nothing.',
      0.1,
      { min: 0, max: 1 },
    ),
    timingMovavgSize: field.int('Has no effect: the average is that of all that was timed.', 1000),
  },
})

export const udf = defineSection({
  section: 'udf',
  doc: 'User-defined functions.',
  unserved: 'warn',
  isOn: (v) => Object.keys(v.functions).length > 0,
  fields: {
    functions: field.tableMap('Each function under its name.', {
      timeout: field.duration('How long it may be silent.'),
      socket: field.string('Path of the socket it listens on.'),
      prog: field.string('The program to run.'),
      args: field.strings("The program's arguments."),
      env: field.map('Variables added to its environment.'),
    }),
  },
  check: (v) => {
    for (const f of Object.values(v.functions)) {
      if (f.timeout <= 1_000_000) return 'timeout is too small'
      if (f.socket !== '' && f.prog !== '') return 'both socket and process config provided'
      if (f.socket === '' && f.prog === '') return 'must set either prog or socket'
    }
    return undefined
  },
})
