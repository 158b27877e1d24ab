// The discord handler: a message with a coloured box in a channel of one of several workspaces.
import { formatTime } from '../../base/time.ts'
import type { HandlerIo } from '../io/handler-io.ts'
import { CRITICAL, type Level, OK, parseLevel, WARNING } from '../level.ts'
import { checkWorkspaces, defaultElement, ENABLED, GLOBAL_CHANGES, TLS, tlsOf } from './config-keys.ts'
import { type ConfigOf, config } from './config-section.ts'
import { defineHandler, type Receipt } from './define-handler.ts'
import { firstFlaw, OptionTemplates } from './handler-templates.ts'
import { option } from './option.ts'
import { callService, either, jsonBody, mustBeEnabled, refusal, SERVICE_TIMEOUT_MS } from './service-call.ts'
import { testOption } from './service-test.ts'

const LOGO = 'https://influxdata.github.io/branding/img/downloads/influxdata-logo--symbol--pool-alpha.png'

const workspaceFields = {
  ...ENABLED,
  default: config.bool('The workspace that alerts mean when they name none.', true),
  workspace: config.string('Its name.'),
  url: config.string('Webhook of the channel.', '', { required: 'Must specify the Discord channel webhook URL' }),
  timestamp: config.bool('Shows the time of the alert.'),
  username: config.string('Name of the sender.'),
  avatarUrl: config.string('Picture of the sender.'),
  embedTitle: config.string('Title; has no effect, only the option of a handler has.'),
  ...GLOBAL_CHANGES,
  ...TLS,
}
type Workspace = ConfigOf<typeof workspaceFields>

interface DiscordMessage {
  readonly workspace: string
  readonly message: string
  readonly username: string
  readonly avatarUrl: string
  readonly title: string
  readonly level: Level
  /** RFC 3339. */
  readonly time: string
  readonly key?: string | undefined
}

export const discordHandler = defineHandler({
  kind: 'discord',
  doc: 'Sends a message to a Discord channel.',
  method: { name: 'discord' },
  options: {
    workspace: option.string('The configured workspace; the default one when not given.'),
    username: option.string('The name of the sender.'),
    avatarUrl: option.string('Where the picture of the sender is.', { scriptName: 'avatarURL' }),
    embedTitle: option.string('The title; a template.'),
  },
  config: {
    section: 'discord',
    list: { key: 'workspace', prefilled: true, single: 'zero', table: true },
    fields: workspaceFields,
    checkAll: checkWorkspaces,
    globalMeansChanges: true,
  },
  limits: { timeoutMs: SERVICE_TIMEOUT_MS },
  check: ({ embedTitle }) => firstFlaw({ embedTitle }),
  send: async (event, options, workspaces, io) =>
    sendDiscord(
      {
        ...options,
        title: new OptionTemplates(options, event).render('embedTitle', options.embedTitle),
        message: event.message,
        level: event.level,
        time: formatTime(event.time),
        key: event.key,
      },
      workspaces,
      io,
    ),
  test: {
    options: (workspaces) => ({
      workspace: testOption.string(defaultElement(workspaces)?.workspace),
      message: testOption.string('test discord message'),
      level: testOption.level('INFO'),
      username: testOption.string('Kapacitor'),
      'avatar-url': testOption.string(LOGO),
      'embed-title': testOption.string('Kapacitor Alert'),
      'time-val': testOption.time('1970-01-01T00:00:01Z'),
    }),
    send: (o, workspaces, io) =>
      sendDiscord(
        {
          ...o,
          avatarUrl: o['avatar-url'],
          title: o['embed-title'],
          time: o['time-val'],
          level: parseLevel(o.level) ?? OK,
        },
        workspaces,
        io,
      ),
  },
})

function colorOf(level: Level): number {
  if (level === CRITICAL) return 0xf95f53
  return level === WARNING ? 0xf48d38 : 0x7a65f2
}

async function sendDiscord(m: DiscordMessage, workspaces: readonly Workspace[], io: HandlerIo): Promise<Receipt> {
  const w = m.workspace === '' ? defaultElement(workspaces) : workspaces.find((each) => each.workspace === m.workspace)
  if (!w) throw refusal(`unknown discord workspace "${m.workspace}"`)
  mustBeEnabled(w)
  return callService(io, {
    url: w.url,
    body: jsonBody({
      avatar_url: either(m.avatarUrl, w.avatarUrl),
      embeds: [
        { color: colorOf(m.level), title: m.title, description: m.message, timestamp: w.timestamp ? m.time : '' },
      ],
      username: either(m.username, w.username),
    }),
    ok: [204],
    tls: tlsOf(w),
    key: m.key,
  })
}
