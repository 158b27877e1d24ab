// The slack handler: a message with a colour in a channel of one of several workspaces.

import { DeliveryFault } from '../delivery-fault.ts'
import type { HandlerIo } from '../io/handler-io.ts'
import { type Level, OK, parseLevel, WARNING } from '../level.ts'
import { checkWorkspaces, defaultElement, ENABLED, GLOBAL_CHANGES, TLS, tlsOf } from './config-keys.ts'
import { type ConfigOf, config } from './config-section.ts'
import { defineHandler, type Receipt } from './define-handler.ts'
import { option } from './option.ts'
import { callService, either, jsonBody, mustBeEnabled, refusal, SERVICE_TIMEOUT_MS } from './service-call.ts'
import { testOption } from './service-test.ts'

const workspaceFields = {
  ...ENABLED,
  default: config.bool('The workspace that alerts mean when they name none.', true),
  workspace: config.string('Its name.'),
  url: config.secret('Webhook, or address of the API.', '', { required: 'must specify url' }),
  token: config.secret('Token of the API.'),
  channel: config.string('Channel.'),
  username: config.string('Name of the sender.', 'kapacitor'),
  iconEmoji: config.string('Picture of the sender.'),
  ...GLOBAL_CHANGES,
  ...TLS,
}
type Workspace = ConfigOf<typeof workspaceFields>

interface SlackMessage {
  readonly workspace: string
  readonly channel: string
  readonly message: string
  readonly username: string
  readonly iconEmoji: string
  readonly level: Level
  readonly key?: string | undefined
}

/** Errors of Slack's API that pass by themselves. */
const PASSING = /^(?:ratelimited|rate_limited|internal_error|fatal_error|service_unavailable|request_timeout)$/

export const slackHandler = defineHandler({
  kind: 'slack',
  doc: 'Sends a message to a Slack channel.',
  method: { name: 'slack' },
  options: {
    workspace: option.string('The configured workspace; the default one when not given.'),
    channel: option.string('The channel, `#name`, or a person, `@name`.'),
    username: option.string('The name of the sender.'),
    iconEmoji: option.string('The picture of the sender, such as `:fire:`.'),
  },
  config: {
    section: 'slack',
    list: { key: 'workspace', prefilled: true, single: 'zero', table: true },
    fields: workspaceFields,
    checkAll: checkWorkspaces,
  },
  limits: { timeoutMs: SERVICE_TIMEOUT_MS },
  send: (event, options, workspaces, io) =>
    sendSlack({ ...options, message: event.message, level: event.level, key: event.key }, workspaces, io),
  test: {
    options(workspaces) {
      const w = defaultElement(workspaces)
      return {
        workspace: testOption.string(w?.workspace),
        channel: testOption.string(w?.channel),
        message: testOption.string('test slack message'),
        level: testOption.level(),
        username: testOption.string(w?.username),
        'icon-emoji': testOption.string(w?.iconEmoji),
      }
    },
    send: (o, workspaces, io) =>
      sendSlack({ ...o, iconEmoji: o['icon-emoji'], level: parseLevel(o.level) ?? OK }, workspaces, io),
  },
})

function colorOf(level: Level): string {
  if (level < WARNING) return 'good'
  return level === WARNING ? 'warning' : 'danger'
}

async function sendSlack(m: SlackMessage, workspaces: readonly Workspace[], io: HandlerIo): Promise<Receipt> {
  const w = m.workspace === '' ? defaultElement(workspaces) : workspaces.find((each) => each.workspace === m.workspace)
  if (!w) throw refusal(`unknown slack workspace "${m.workspace}"`)
  mustBeEnabled(w)
  const attachment = { fallback: m.message, color: colorOf(m.level), text: m.message, mrkdwn_in: ['text'] }
  return callService(io, {
    url: w.url,
    headers: w.token === '' ? {} : { Authorization: `Bearer ${w.token}` },
    body: jsonBody({
      attachments: [attachment],
      channel: either(m.channel, w.channel),
      icon_emoji: either(m.iconEmoji, w.iconEmoji),
      text: '',
      username: either(m.username, w.username),
    }),
    ok: [200],
    tls: tlsOf(w),
    key: m.key,
    refused: w.token === '' ? undefined : apiError,
  })
}

/** The API answers 200 also when it refuses. */
function apiError(body: string): DeliveryFault | undefined {
  const code = /"ok"\s*:\s*false/.test(body)
    ? (/"error"\s*:\s*"([^"]*)"/.exec(body)?.[1] ?? 'no reason given')
    : undefined
  if (code === undefined) return undefined
  return new DeliveryFault('slack-error', `slack error: ${code}`, {
    retry: PASSING.test(code),
    holds: PASSING.test(code),
  })
}
