// The sections of the alert handlers, known but not served: a handler's own declaration of the same section stands in
// for the one here. Data only, in the reference's order of keys.
import { field, kebab, type Values } from '../field.ts'
import { defineList, defineSection, type ListRule, type SectionDecl } from '../section.ts'

const SECOND = 1_000_000_000

const enabled = field.bool('Uses the handler.')
const GLOBAL = { global: field.bool('Every alert is sent here, unless it names this handler itself.') }
const GLOBAL_CHANGES = {
  ...GLOBAL,
  stateChangesOnly: field.bool('With global: alerts are sent only when their level changes.'),
}
const VERIFY = { insecureSkipVerify: field.bool('Takes any certificate.') }
const TLS = {
  sslCa: field.string('File of the certificate authority.'),
  sslCert: field.string('File of the certificate shown.'),
  sslKey: field.string('File of its key.'),
  ...VERIFY,
}

type Check = (values: Values) => string | undefined
type Checks = { readonly check?: Check; readonly checkAll?: (elements: readonly Values[]) => string | undefined }

function single(
  section: string,
  doc: string,
  fields: Readonly<Record<string, unknown>>,
  checks: Checks = {},
): SectionDecl {
  return { ...defineSection({ section, doc, overridable: true, unserved: 'warn', fields }), ...checks }
}

function list(
  section: string,
  doc: string,
  rule: ListRule,
  fields: Readonly<Record<string, unknown>>,
  checks: Checks = {},
): SectionDecl {
  return { ...defineList({ section, doc, overridable: true, unserved: 'warn', list: rule, fields }), ...checks }
}

/** Of several workspaces each has a name, one is the default, and only that one may be global. */
function checkWorkspaces(elements: readonly Values[]): string | undefined {
  if (elements.length < 2) return undefined
  if (elements.some((e) => e['workspace'] === '')) return 'id must not be empty'
  const defaults = elements.filter((e) => e['default'] === true)
  if (defaults.length === 0) return 'no configuration is marked as the default'
  if (defaults.length > 1) return 'more than one configuration is marked as the default'
  return elements.some((e) => e['global'] === true && e['default'] !== true)
    ? 'only the default configuration may be global'
    : undefined
}

function checkBrokers(elements: readonly Values[]): string | undefined {
  if (elements.length < 2) return undefined
  const defaults = elements.filter((e) => e['default'] === true)
  if (defaults.length > 1) return 'more than one configuration is marked as the default'
  return defaults.length === 0 ? 'no configuration is marked as the default' : undefined
}

const checkTemplates: Check = (v) => {
  for (const [template, file] of [
    ['alertTemplate', 'alertTemplateFile'],
    ['rowTemplate', 'rowTemplateFile'],
  ] as const) {
    const path = String(v[file])
    if (v[template] !== '' && path !== '') return `must specify only one of ${kebab(template)} and ${kebab(file)}`
    if (path !== '' && !path.startsWith('/')) return `must use an absolute path for ${kebab(file)}`
  }
  return undefined
}

const ADDRESS = /^(?:[^<>@\s]+@[^<>@\s]+|[^<>]*<[^<>@\s]+@[^<>@\s]+>)$/

const checkMail: Check = (v) => {
  if (v['enabled'] !== true) return undefined
  if (!ADDRESS.test(String(v['from']))) return `invalid from email address: ${v['from']}`
  const wrong = (v['to'] as readonly string[]).find((to) => !ADDRESS.test(to))
  return wrong === undefined ? undefined : `invalid to email address: ${wrong}`
}

const CHAT: readonly SectionDecl[] = [
  list(
    'discord',
    'Discord.',
    { key: 'workspace', prefilled: true, single: 'zero', table: true },
    {
      enabled,
      default: field.bool('The workspace that alerts mean when they name none.', true),
      workspace: field.string('Its name.'),
      url: field.string('Webhook of the channel.', '', { required: 'Must specify the Discord channel webhook URL' }),
      timestamp: field.bool('Shows the time of the alert.'),
      username: field.string('Name of the sender.'),
      avatarUrl: field.string('Picture of the sender.'),
      embedTitle: field.string('Title.'),
      ...GLOBAL_CHANGES,
      ...TLS,
    },
    { checkAll: checkWorkspaces },
  ),
  single('hipchat', 'HipChat.', {
    enabled,
    url: field.string('Address of the API.', '', { required: 'must specify url' }),
    token: field.secret('Token.'),
    room: field.string('Room.'),
    ...GLOBAL_CHANGES,
  }),
  list(
    'slack',
    'Slack.',
    { key: 'workspace', prefilled: true, single: 'zero', table: true },
    {
      enabled,
      default: field.bool('The workspace that alerts mean when they name none.', true),
      workspace: field.string('Its name.'),
      url: field.secret('Webhook, or address of the API.', '', { required: 'must specify url' }),
      token: field.secret('Token.'),
      channel: field.string('Channel.'),
      username: field.string('Name of the sender.', 'kapacitor'),
      iconEmoji: field.string('Picture of the sender.'),
      ...GLOBAL_CHANGES,
      ...TLS,
    },
    { checkAll: checkWorkspaces },
  ),
  single('talk', 'Talk.', {
    enabled,
    url: field.secret('Webhook.', '', { required: 'must specify url' }),
    authorName: field.string('Name of the sender.', '', { key: 'author_name' }),
  }),
  single('teams', 'Microsoft Teams.', {
    enabled,
    channelUrl: field.string('Webhook of the channel.', '', { required: 'must specify Teams channel webhook URL' }),
    ...GLOBAL_CHANGES,
  }),
  single('telegram', 'Telegram.', {
    enabled,
    url: field.string('Address of the API.', 'https://api.telegram.org/bot', { required: 'must specify url' }),
    token: field.secret('Token.', '', { required: 'must specify token' }),
    chatId: field.string('Chat.'),
    parseMode: field.string('Markdown or HTML.'),
    disableWebPagePreview: field.bool('Shows no previews.'),
    disableNotification: field.bool('Makes no sound.'),
    ...GLOBAL_CHANGES,
  }),
]

const INCIDENTS: readonly SectionDecl[] = [
  single('alerta', 'Alerta.', {
    enabled,
    url: field.string('Address of the API.', '', { required: 'must specify url' }),
    ...VERIFY,
    token: field.secret('Token.'),
    tokenPrefix: field.string('Word before the token; Bearer when empty.'),
    environment: field.string('Environment.'),
    origin: field.string('Origin.'),
    timeout: field.duration('How long an alert stands.'),
  }),
  single('bigpanda', 'BigPanda.', {
    enabled,
    appKey: field.string('Application.', '', { required: 'must specify BigPanda app-key' }),
    token: field.secret('Token.', '', { required: 'must specify BigPanda token' }),
    url: field.string('Address of the API.', 'https://api.bigpanda.io/data/v2/alerts', {
      required: 'must specify the BigPanda webhook URL',
    }),
    autoAttributes: field.string('What is sent along: tags, fields or both.', 'tags,fields'),
    ...GLOBAL_CHANGES,
    ...VERIFY,
  }),
  single('opsgenie', 'Opsgenie, version 1.', {
    enabled,
    apiKey: field.secret('Key.', '', { required: 'api-key cannot be empty' }),
    teams: field.strings('Teams.'),
    recipients: field.strings('Recipients.'),
    url: field.string('Address of the API.', 'https://api.opsgenie.com/v1/json/alert', {
      required: 'url cannot be empty',
    }),
    recoveryUrl: field.string('Address for recoveries.', 'https://api.opsgenie.com/v1/json/alert/note', {
      key: 'recovery_url',
      required: 'recovery_url cannot be empty',
    }),
    ...GLOBAL,
  }),
  single('opsgenie2', 'Opsgenie, version 2.', {
    enabled,
    apiKey: field.secret('Key.', '', { required: 'api-key cannot be empty' }),
    teams: field.strings('Teams.'),
    recipients: field.strings('Recipients.'),
    url: field.string('Address of the API.', 'https://api.opsgenie.com/v2/alerts', { required: 'url cannot be empty' }),
    recoveryAction: field.string('What a recovery does: notes or close.', 'notes', {
      key: 'recovery_action',
      required: 'recovery_action cannot be empty',
    }),
    details: field.bool("Sends the alert's details as the description."),
    ...GLOBAL,
  }),
  single('pagerduty', 'PagerDuty, version 1.', {
    enabled,
    url: field.string('Address of the API.', 'https://events.pagerduty.com/generic/2010-04-15/create_event.json', {
      required: 'url cannot be empty',
    }),
    serviceKey: field.secret('Key.'),
    ...GLOBAL,
  }),
  single('pagerduty2', 'PagerDuty, version 2.', {
    enabled,
    url: field.string('Address of the API.', 'https://events.pagerduty.com/v2/enqueue', {
      required: 'url cannot be empty',
    }),
    routingKey: field.secret('Key.'),
    ...GLOBAL,
  }),
  single('pushover', 'Pushover.', {
    enabled,
    token: field.secret('Token.', '', { required: 'must specify token' }),
    userKey: field.secret('User.', '', { required: 'must specify user key' }),
    url: field.string('Address of the API.', 'https://api.pushover.net/1/messages.json', {
      required: 'must specify url',
    }),
  }),
  single('sensu', 'Sensu.', {
    enabled,
    addr: field.string('Address of the client.', '', { required: 'must specify client address' }),
    source: field.string('Source.', 'Kapacitor'),
    handlers: field.strings('Handlers.'),
  }),
  single('servicenow', 'ServiceNow.', {
    enabled,
    url: field.string('Address of the API.', 'https://instance.service-now.com/api/global/em/jsonv2', {
      required: 'must specify events URL',
    }),
    source: field.string('Source.'),
    username: field.string('User.'),
    password: field.secret('Password.'),
    ...GLOBAL_CHANGES,
  }),
  single('victorops', 'VictorOps.', {
    enabled,
    apiKey: field.secret('Key.'),
    routingKey: field.string('Routing key.'),
    url: field.string('Address of the API.', 'https://alert.victorops.com/integrations/generic/20131114/alert', {
      required: 'url cannot be empty',
    }),
    ...GLOBAL,
    jsonData: field.bool('Sends the data as an object and not as text.'),
  }),
  single('zenoss', 'Zenoss.', {
    enabled,
    url: field.string('Address of the API.', 'https://tenant.zenoss.io:8080/zport/dmd/evconsole_router', {
      required: 'must specify events URL',
    }),
    username: field.string('User.'),
    password: field.secret('Password.'),
    action: field.string('Action.', 'EventsRouter'),
    method: field.string('Method.', 'add_event'),
    type: field.string('Type.', 'rpc'),
    tid: field.int('Transaction.', 1),
    collector: field.string('Collector.', 'Kapacitor'),
    severityMap: field.table('The severity of each level.', {
      ok: field.any('Of OK.', 'Clear', { key: 'OK', overrideKey: 'ok' }),
      info: field.any('Of INFO.', 'Info', { key: 'Info', overrideKey: 'info' }),
      warning: field.any('Of WARNING.', 'Warning', { key: 'Warning', overrideKey: 'warning' }),
      critical: field.any('Of CRITICAL.', 'Critical', { key: 'Critical', overrideKey: 'critical' }),
    }),
    ...GLOBAL_CHANGES,
  }),
]

const MESSAGES: readonly SectionDecl[] = [
  list(
    'httppost',
    'Endpoints that alerts and points are posted to.',
    { key: 'endpoint', prefilled: true, single: 'defaults' },
    {
      endpoint: field.string('Its name.', 'example', { required: 'must specify endpoint name' }),
      url: field.string('Address, a template.', 'http://example.com', { required: 'must specify url' }),
      headers: field.map('Headers to send.'),
      basicAuth: field.table(
        'User and password.',
        { username: field.string('User.'), password: field.secret('Password.') },
        { secret: true },
      ),
      alertTemplate: field.string('Template of the body for alerts.'),
      alertTemplateFile: field.string('File of that template.'),
      rowTemplate: field.string('Template of the body for points.'),
      rowTemplateFile: field.string('File of that template.'),
    },
    { check: checkTemplates },
  ),
  list(
    'kafka',
    'Kafka clusters.',
    { key: 'id', prefilled: true, single: 'defaults' },
    {
      enabled,
      id: field.string('Its name.', 'default', { required: 'id must not be empty' }),
      brokers: field.strings('Brokers.', [], {
        required: 'no brokers specified, must provide at least one broker URL',
      }),
      timeout: field.duration('How long an answer may take.', 10 * SECOND),
      batchSize: field.int('Messages that are sent together.', 100),
      batchTimeout: field.duration('How long a batch waits to fill.', SECOND),
      useSsl: field.bool('Speaks TLS.'),
      ...TLS,
      ...sasl(),
    },
  ),
  list(
    'mqtt',
    'MQTT brokers.',
    { key: 'name', prefilled: true, single: 'defaults' },
    {
      enabled,
      name: field.string('Its name.', 'default', { required: 'must specify a name for the mqtt broker' }),
      default: field.bool('The broker that alerts mean when they name none.'),
      url: field.string('Address: tcp://, ws:// or ssl://.', '', { required: 'must specify a url for mqtt service' }),
      ...TLS,
      clientId: field.string('Name at the broker; its name here when empty.'),
      username: field.string('User.'),
      password: field.secret('Password.'),
    },
    { checkAll: checkBrokers },
  ),
  single(
    'smtp',
    'Mail.',
    {
      enabled,
      host: field.string('Mail server.', 'localhost', { required: 'host cannot be empty' }),
      port: field.int('Its port.', 25, { min: 1, max: 65535 }),
      username: field.string('User.'),
      password: field.secret('Password.'),
      from: field.string('Sender.', '', { required: "must provide a 'from' address" }),
      to: field.strings('Recipients when an alert names none.'),
      toTemplates: field.strings('Templates of recipients.', [], {
        key: 'toTemplates',
        aliases: ['to-templates'],
        overrideKey: 'to-templates',
      }),
      noVerify: field.bool('Takes any certificate.'),
      idleTimeout: field.duration('How long a connection is kept.', 30 * SECOND),
      ...GLOBAL_CHANGES,
    },
    { check: checkMail },
  ),
  single('snmptrap', 'SNMP traps.', {
    enabled,
    addr: field.string('Address and port.', 'localhost:162', { required: 'must specify addr' }),
    community: field.secret('Community.', 'kapacitor'),
    retries: field.int('Repetitions of a failed sending.', 1),
  }),
]

function sasl(): Readonly<Record<string, unknown>> {
  const o = { extraUnderscore: true }
  return {
    saslUsername: field.string('User.', '', o),
    saslPassword: field.secret('Password.', '', o),
    saslExtensions: field.map('Extensions.', {}, { ...o, key: 'sasl_extensions', aliases: ['sasl-extensions'] }),
    saslMechanism: field.string('How to sign in.', '', {
      ...o,
      oneOf: ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512', 'GSSAPI', 'OAUTHBEARER'],
    }),
    saslVersion: field.string('Version of the handshake.', '', o),
    saslGssapiServiceName: field.string('Kerberos service.', '', o),
    saslGssapiAuthType: field.string('Kerberos authentication.', '', o),
    saslGssapiDisablePafxfast: field.bool('Leaves out a pre-authentication.', false, o),
    saslGssapiKerberosConfigPath: field.string('Kerberos configuration.', '', o),
    saslGssapiKeyTabPath: field.string('Kerberos key table.', '', o),
    saslGssapiRealm: field.string('Kerberos realm.', '', o),
    saslOauthService: field.string('Who gives tokens: custom, auth0 or azuread.', '', o),
    saslOauthClientId: field.string('Client.', '', o),
    saslOauthClientSecret: field.secret("The client's secret.", '', o),
    saslOauthTokenUrl: field.string('Where tokens come from.', '', o),
    saslOauthScopes: field.strings('Scopes.', [], o),
    saslOauthParameters: field.map('Parameters.', {}, o),
    saslOauthTokenExpiryMargin: field.duration('How long before its end a token is renewed.', 10 * SECOND, o),
    saslOauthTenantId: field.string('Tenant.', '', o),
    saslAccessToken: field.secret('A token that stays.', '', o),
  }
}

export const handlerSections: readonly SectionDecl[] = [...CHAT, ...INCIDENTS, ...MESSAGES]
