// silences: what keeps notifications back for a while: list, show, create and delete them.
import { MATCHER_OPERATORS, MATCHER_PARTS } from '../../alert/silence.ts'
import { type BodyOf, type ReplyOf, routes } from '../client.ts'
import { type Column, printTable } from '../columns.ts'
import { CommandFailed, defineCommand, defineGroup, flag } from '../command.ts'
import type { Style } from '../output.ts'
import { localDate } from '../show-date.ts'
import { durationMs } from '../time-range.ts'
import { DELIVERY_COLUMNS, type Delivery } from './deliveries.ts'

type Silence = ReplyOf<typeof routes.listSilences>['silences'][number]
type Matcher = BodyOf<typeof routes.createSilence>['matchers'][number]

const STATES: Readonly<Record<Silence['state'], Style>> = { pending: 'yellow', active: 'blue', expired: 'dim' }

function matcherText({ on, tag, op = '=', value }: Matcher): string {
  return `${on}${tag === undefined ? '' : `:${tag}`}${op}${value}`
}

/** `topic=cpu`, `tag:host=~^web`, `level<=WARNING`. Throws CommandFailed. */
export function parseMatcher(text: string): Matcher {
  const m = /^(\w+)(?::(.+?))?(=~|!~|!=|<=|>=|=|<|>)(.*)$/s.exec(text)
  const on = MATCHER_PARTS.find((p) => p === m?.[1])
  const op = MATCHER_OPERATORS.find((o) => o === m?.[3])
  if (!m || !on || !op)
    throw new CommandFailed(
      `${JSON.stringify(text)} is no matcher: write it like topic=cpu, tag:host=~^web or level<=WARNING, with one of ${MATCHER_PARTS.join(' ')}`,
    )
  return { on, op, value: m[4]!, ...(m[2] === undefined ? {} : { tag: m[2] }) }
}

const COLUMNS: readonly Column<Silence>[] = [
  { header: 'ID', width: 'fit', value: (s) => s.id },
  { header: 'State', width: 9, value: (s) => s.state, style: (s) => STATES[s.state] },
  { header: 'Start', width: 23, value: (s) => localDate(s.start) },
  { header: 'End', width: 23, value: (s) => localDate(s.end) },
  { header: 'Held ', width: 'fit', value: (s) => String(s['held-back']) },
  { header: 'Matchers', width: 'fit', value: (s) => s.matchers.map(matcherText).join(' ') },
  { header: 'Author', width: 'fit', value: (s) => s.author },
  { header: 'Comment', width: 'rest', value: (s) => s.comment },
]

const list = defineCommand({
  name: 'list',
  summary: 'Lists silences in the order of their start.',
  flags: { state: flag.text('STATE', 'Only those that are pending, active or expired.', Object.keys(STATES)) },
  async run({ client, out, json }, _, { state }) {
    const query = state === undefined ? {} : { state: state as Silence['state'] }
    const { silences } = await client.call(routes.listSilences, { query })
    if (json) out.json(silences)
    else printTable(out, COLUMNS, silences)
  },
})

const show = defineCommand({
  name: 'show',
  summary: 'Shows a silence with what it holds back now.',
  missing: 'Must specify the ID of a silence.',
  args: [{ name: 'ID', doc: 'The silence.', completes: 'silences' }],
  async run({ client, out, json }, [id]) {
    const s = await client.call(routes.getSilence, { rest: id! })
    if (json) {
      out.json(s)
      return
    }
    out.line(`ID: ${s.id}`)
    out.line(`State: ${out.style(s.state, STATES[s.state])}`)
    out.line(`Matchers: ${s.matchers.map(matcherText).join(' ')}`)
    out.line(`Start: ${localDate(s.start)}`)
    out.line(`End: ${localDate(s.end)}`)
    out.line(`Author: ${s.author}`)
    out.line(`Comment: ${s.comment}`)
    out.line(`Created: ${localDate(s.created)}`)
    out.line(`Held back: ${s['held-back']}`)
    out.line('Holding:')
    printTable(out, DELIVERY_COLUMNS, s.holding as readonly Delivery[])
  },
})

const create = defineCommand({
  name: 'create',
  summary: 'Holds back the notifications that all the matchers take, and prints the ID of the silence.',
  details: [
    `A matcher is a part of the notification (${MATCHER_PARTS.join(', ')}; tag:NAME), one of ${MATCHER_OPERATORS.join(' ')} and a value. The last four compare levels.`,
    'When the silence is over, the newest notification of each alert goes out.',
  ],
  examples: [
    "supercap silences create -match topic=cpu -match 'tag:host=~^web' -duration 2h -comment 'new disks'",
    "supercap silences create -match 'level<=WARNING' -start 2030-01-31T22:00:00Z -end 2030-02-01T06:00:00Z",
  ],
  flags: {
    match: flag.list('MATCHER', 'What the notifications have in common.'),
    start: flag.text('TIME', 'When it begins, as RFC 3339; now when not given.'),
    end: flag.text('TIME', 'When it is over, as RFC 3339.'),
    duration: flag.text('DURATION', 'How long it lasts, in place of -end.'),
    id: flag.text('ID', 'Its ID; a random one when not given.'),
    author: flag.text('NAME', 'Who wants it.'),
    comment: flag.text('TEXT', 'Why.'),
  },
  async run({ client, out, json, world }, _, { match, start, end, duration, ...told }) {
    if ((end === undefined) === (duration === undefined))
      throw new CommandFailed('must set one of end and duration flags.')
    const from = start === undefined ? world.now() : Date.parse(start)
    if (Number.isNaN(from))
      throw new CommandFailed(`${JSON.stringify(start)} is no time: write it like 2006-01-02T15:04:05Z`)
    const body = {
      ...Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined)),
      ...(start === undefined ? {} : { start }),
      end: end ?? new Date(from + durationMs(duration!)).toISOString(),
      matchers: match.map(parseMatcher),
    }
    const silence = await client.call(routes.createSilence, { body })
    if (json) out.json(silence)
    else out.line(silence.id)
  },
})

const remove = defineCommand({
  name: 'delete',
  summary: 'Ends silences at once: what they held back goes out.',
  details: ['No error when there is none.'],
  missing: 'Must pass at least one silence ID.',
  args: [{ name: 'ID', many: true, doc: 'The silences.', completes: 'silences' }],
  async run({ client, out, json }, ids) {
    for (const id of ids) await client.call(routes.deleteSilence, { rest: id })
    if (json) out.json(ids)
  },
})

export const silences = defineGroup({
  name: 'silences',
  summary: 'Lists, shows, creates or deletes silences: they hold notifications back for a while.',
  commands: [list, show, create, remove],
})
