// The post handler: an HTTP POST of each event, to an address or to a configured endpoint.

import { faultOfReply } from '../delivery-fault.ts'
import type { AlertEvent } from '../event.ts'
import { templateFlaw, templateOf } from '../template-cache.ts'
import { alertTemplateData } from '../template-data.ts'
import { type ConfigOf, config } from './config-section.ts'
import { defineHandler } from './define-handler.ts'
import { option } from './option.ts'
import { testOption } from './service-test.ts'

const TIMEOUT_MS = 30_000
const MAX_SHOWN = 1_000
/** What a service test posts: an alert without anything. */
const NO_ALERT =
  '{"id":"","message":"","details":"","time":"0001-01-01T00:00:00Z","duration":0,"level":"OK","data":{"series":null},"previousLevel":"OK","recoverable":false}'

const endpointFields = {
  endpoint: config.string('Name that handlers and nodes call it by.', 'example', {
    required: 'must specify endpoint name',
  }),
  url: config.string('Where to post to; a template over the event.', 'http://example.com', {
    required: 'must specify url',
  }),
  headers: config.map('Headers of every request.'),
  basicAuth: config.table(
    'User and password.',
    { username: config.string('The user.'), password: config.secret('The password.') },
    { secret: true },
  ),
  alertTemplate: config.string('Template of the body that alerts are posted as.'),
  alertTemplateFile: config.string('File with that template; an absolute path.'),
  rowTemplate: config.string('Template of the body that rows are posted as.'),
  rowTemplateFile: config.string('File with that template; an absolute path.'),
}
export type PostEndpoint = ConfigOf<typeof endpointFields>

function checkEndpoint(v: Readonly<Record<string, unknown>>): string | undefined {
  for (const kind of ['alert', 'row'] as const) {
    const file = v[`${kind}TemplateFile`]
    if (typeof file !== 'string' || file === '') continue
    if (v[`${kind}Template`] !== '') return `must specify only one of ${kind}-template and ${kind}-template-file`
    if (!file.startsWith('/')) return `must use an absolute path for ${kind}-template-file`
  }
  return undefined
}

export const postHandler = defineHandler({
  kind: 'post',
  doc: 'Posts each event as JSON, or as what a template makes of it, to a URL or a configured endpoint.',
  method: { name: 'post', args: ['url'], min: 0 },
  options: {
    url: option.string('Where to post to; a template over the event.', { script: false }),
    endpoint: option.string('A configured endpoint, which brings its URL, headers, password and template.'),
    headers: option.map('A header of the request; replaces one of the endpoint.', { scriptName: 'header' }),
    captureResponse: option.flag('Whether the log shows what a failing receiver answered.'),
    timeout: option.duration('How long to wait for the answer; 30s when 0.'),
    skipSSLVerification: option.flag('Accepted for compatibility.', { key: 'skip-ssl-verification' }),
  },
  config: {
    section: 'httppost',
    list: { key: 'endpoint', prefilled: true, single: 'defaults' },
    fields: endpointFields,
    check: checkEndpoint,
  },
  limits: { timeoutMs: TIMEOUT_MS },
  scriptCheck: ({ headers }) =>
    Object.keys(headers).some((h) => h.toLowerCase() === 'authenticate')
      ? "invalid post: cannot set 'authenticate' header"
      : undefined,
  check: ({ url, endpoint }, endpoints) => {
    if (url === '' && endpoint === '') return 'Either URL or endpoint must be non-empty'
    const known = endpoints.find((e) => e.endpoint === endpoint)
    if (!known && url === '')
      return `there is no endpoint "${endpoint}": an appropriately formatted url must be specified if an endpoint is not specified`
    return (
      templateFlaw('url', known?.url ?? url) ??
      (known && known.alertTemplate !== '' ? templateFlaw('alert-template', known.alertTemplate) : undefined)
    )
  },
  async send(event, options, endpoints, io) {
    const endpoint = endpoints.find((e) => options.endpoint !== '' && e.endpoint === options.endpoint)
    const owner = endpoint ?? options
    const template = endpoint?.alertTemplate ? templateOf(owner, 'body', endpoint.alertTemplate) : undefined
    const headers: Record<string, string> = {}
    const set = (name: string, value: string): void => {
      for (const known of Object.keys(headers)) if (known.toLowerCase() === name.toLowerCase()) delete headers[known]
      headers[name] = value
    }
    if (!template) headers['Content-Type'] = 'application/json'
    headers['Idempotency-Key'] = event.key
    if (endpoint?.basicAuth.username) headers['Authorization'] = basicAuth(endpoint)
    for (const [name, value] of Object.entries(endpoint?.headers ?? {})) set(name, value)
    for (const [name, value] of Object.entries(options.headers)) set(name, value)
    const reply = await io.http({
      method: 'POST',
      url: render(owner, 'url', endpoint?.url ?? options.url, event),
      headers,
      body: template ? template.render(alertTemplateData(event)) : `${event.json}\n`,
      timeoutMs: options.timeout > 0 ? Number(options.timeout) / 1e6 : TIMEOUT_MS,
    })
    const { sec, ns } = io.now()
    const fault = faultOfReply(
      reply,
      options.captureResponse
        ? reply.body.slice(0, MAX_SHOWN)
        : 'unknown error, use .captureResponse() to capture the HTTP response',
      sec * 1000 + ns / 1e6,
    )
    if (fault) throw fault
    return { answer: `status ${reply.status}` }
  },
  test: {
    options: () => ({
      endpoint: testOption.string('example'),
      url: testOption.string('http://localhost:3000/'),
      headers: testOption.texts({ Auth: 'secret' }),
      timeout: testOption.int(0, 'time.Duration'),
    }),
    // Any answer will do: it is only tested that somebody is there.
    send: (o, _endpoints, io) =>
      io.http({
        method: 'POST',
        url: o.url,
        headers: { 'Content-Type': 'application/json', ...o.headers },
        body: `${NO_ALERT}\n`,
        timeoutMs: o.timeout > 0 ? o.timeout / 1e6 : TIMEOUT_MS,
      }),
  },
})

function basicAuth(endpoint: PostEndpoint): string {
  const { username, password } = endpoint.basicAuth
  return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`
}

function render(owner: object, name: string, text: string, event: AlertEvent): string {
  return text.includes('{{') ? templateOf(owner, name, text).render(alertTemplateData(event)) : text
}
