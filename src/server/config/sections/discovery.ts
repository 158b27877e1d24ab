// Scrapers, what they find their targets with, and the platforms that scripts scale. Known, not served yet. Data only.
import { type Field, field } from '../field.ts'
import { defineList, type ListRule, type Section, type SectionDecl } from '../section.ts'

const SECOND = 1_000_000_000
const MINUTE = 60 * SECOND

const TLS = {
  sslCa: field.string('File of the certificate authority.'),
  sslCert: field.string('File of the certificate shown.'),
  sslKey: field.string('File of its key.'),
  sslServerName: field.string('Name that the certificate must have.'),
  insecureSkipVerify: field.bool('Takes any certificate.'),
}

const interval = (seconds: number): Field<number | bigint> =>
  field.duration('How often targets are looked for.', seconds * SECOND)
const port = (initial: number): Field<number> => field.int('Port of the targets.', initial, { min: 0, max: 65535 })

/** A section of elements told apart by their `id`. Listed defaults are for elements made through the API only. */
function discoverer<const F extends Readonly<Record<string, unknown>>>(
  section: string,
  doc: string,
  fields: F,
  list: Partial<ListRule> = {},
): Section<F, true> {
  return defineList({
    section,
    doc,
    overridable: true,
    unserved: 'warn',
    list: { key: 'id', added: 'defaults', ...list },
    fields: {
      enabled: field.bool('Looks for targets.'),
      id: field.string('Its name.'),
      ...fields,
    } as F,
  })
}

export const scraper = defineList({
  section: 'scraper',
  doc: 'Reads metrics from targets.',
  overridable: true,
  unserved: 'warn',
  list: { key: 'name', added: 'defaults' },
  fields: {
    enabled: field.bool('Reads.'),
    name: field.string('Its name.', '', { required: 'must specify a name for the scraper' }),
    type: field.string('prometheus.', 'prometheus', { oneOf: ['prometheus'] }),
    db: field.string('Database of the points.', '', { required: 'must specify a database' }),
    rp: field.string('Retention policy of the points.', '', { required: 'must specify a retention policy' }),
    scheme: field.string('http or https.', 'http'),
    metricsPath: field.string('Path of the metrics.', '/metrics'),
    params: field.listMap('Query parameters.'),
    scrapeInterval: field.duration('How often.', MINUTE),
    scrapeTimeout: field.duration('How long an answer may take.', 10 * SECOND),
    username: field.string('User.'),
    password: field.secret('Password.'),
    bearerToken: field.secret('Token, in place of user and password.'),
    ...TLS,
    proxyUrl: field.string('Proxy to go through.'),
    discovererId: field.string('The discoverer to take targets from.'),
    discovererService: field.string('Its kind.'),
    blacklist: field.strings('Targets to leave out.'),
  },
})

export const discoverers: readonly SectionDecl[] = [
  discoverer('azure', 'Virtual machines of Azure.', {
    port: port(80),
    subscriptionId: field.string('Subscription.'),
    tenantId: field.string('Tenant.'),
    clientId: field.string('Client.'),
    clientSecret: field.secret("The client's secret."),
    refreshInterval: interval(300),
  }),
  discoverer('consul', 'Services of Consul.', {
    address: field.string('Address of Consul.', '127.0.0.1:8500'),
    token: field.secret('Token.'),
    datacenter: field.string('Datacentre.'),
    tagSeparator: field.string('Joins tags.', ','),
    scheme: field.string('http or https.', 'http'),
    username: field.string('User.'),
    password: field.secret('Password.'),
    services: field.strings('Services to take; all when empty.'),
    ...TLS,
  }),
  discoverer('dns', 'Names in DNS.', {
    recordNames: field.strings('Names to ask for.'),
    refreshInterval: interval(30),
    type: field.string('SRV, A or AAAA.', 'SRV', { oneOf: ['SRV', 'A', 'AAAA'] }),
    port: port(0),
  }),
  discoverer('ec2', 'Machines of EC2, and credentials for its autoscaling groups.', {
    region: field.string('Region.', '', { required: 'must specify region' }),
    accessKey: field.string('Access key.'),
    secretKey: field.secret('Secret key.'),
    profile: field.string('Profile.'),
    refreshInterval: interval(60),
    port: port(80),
  }),
  discoverer('file-discovery', 'Targets in files.', {
    files: field.strings('The files.'),
    refreshInterval: interval(300),
  }),
  discoverer('gce', "Machines of Google's cloud.", {
    project: field.string('Project.'),
    zone: field.string('Zone.'),
    filter: field.string('Filter.'),
    refreshInterval: interval(60),
    port: port(80),
    tagSeparator: field.string('Joins tags.', ','),
  }),
  discoverer('marathon', 'Applications of Marathon.', {
    servers: field.strings('Servers.'),
    refreshInterval: interval(30),
    bearerToken: field.secret('Token.'),
    ...TLS,
  }),
  discoverer('nerve', 'Services of Nerve.', {
    servers: field.strings('Servers.'),
    paths: field.strings('Paths, each from the root.'),
    timeout: field.duration('How long an answer may take.', 10 * SECOND),
  }),
  discoverer('serverset', 'Server sets in ZooKeeper.', {
    servers: field.strings('Servers.'),
    paths: field.strings('Paths, each from the root.'),
    timeout: field.duration('How long an answer may take.', 10 * SECOND),
  }),
  discoverer('static-discovery', 'Targets that stand here.', {
    targets: field.strings('Targets.'),
    labels: field.map('Labels of all of them.'),
  }),
  discoverer('triton', 'Containers of Triton.', {
    account: field.string('Account.'),
    dnsSuffix: field.string('Suffix of names.'),
    endpoint: field.string('Endpoint.'),
    port: port(9163),
    refreshInterval: interval(60),
    version: field.int('Version of the API.', 1),
    ...TLS,
  }),
  discoverer(
    'kubernetes',
    'Kubernetes: targets, and what scripts scale.',
    {
      inCluster: field.bool('Takes everything from the cluster that the server runs in.'),
      apiServers: field.strings('API servers.'),
      token: field.secret('Token.'),
      caPath: field.string('File of the certificate authority.'),
      namespace: field.string('Namespace.'),
      resource: field.string('What targets are: node, pod, service or endpoint.'),
    },
    { table: true, indexOptional: true },
  ),
  discoverer('swarm', 'Docker Swarm: what scripts scale.', {
    servers: field.strings('Servers.', [], { required: 'must specify at least one swarm server' }),
    sslCa: TLS.sslCa,
    sslCert: TLS.sslCert,
    sslKey: TLS.sslKey,
    insecureSkipVerify: TLS.insecureSkipVerify,
  }),
]
