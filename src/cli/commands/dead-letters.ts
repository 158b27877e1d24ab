// dead-letters: notifications that could not be delivered, and what can be done about them.
import { type Client, type QueryOf, type ReplyOf, routes } from '../client.ts'
import { type Column, printTable } from '../columns.ts'
import { CommandFailed, defineCommand, defineGroup, type FlagValues, flag, WrongUsage } from '../command.ts'
import { localDate } from '../show-date.ts'
import { levelStyle } from './show-topic.ts'

type DeadLetter = ReplyOf<typeof routes.listDeadLetters>['dead-letters'][number]
type Filter = Pick<QueryOf<typeof routes.resendDeadLetters>, 'topic' | 'handler' | 'id'>

export const DELIVERY_FILTERS = {
  topic: flag.text('TOPIC', 'Only of this topic.', 'topics'),
  handler: flag.text('HANDLER', "Only of handlers of this ID; a script's own are #0, #1 ... in their topic."),
  event: flag.text('EVENT', 'Only of this event.'),
}

/** The parameters that the flags of DELIVERY_FILTERS say. */
export function filterOf(f: Partial<FlagValues<typeof DELIVERY_FILTERS>>): Filter {
  return {
    ...(f.topic === undefined ? {} : { topic: f.topic }),
    ...(f.handler === undefined ? {} : { handler: f.handler }),
    ...(f.event === undefined ? {} : { id: f.event }),
  }
}

const COLUMNS: readonly Column<DeadLetter>[] = [
  { header: 'ID', width: 'fit', value: (l) => String(l.id) },
  { header: 'Topic', width: 'fit', value: (l) => l.topic },
  { header: 'Handler', width: 'fit', value: (l) => l.handler },
  { header: 'Kind', width: 'fit', value: (l) => l.kind },
  { header: 'Event', width: 'fit', value: (l) => l.event },
  { header: 'Level', width: 9, value: (l) => l.level, style: (l) => levelStyle(l.level) },
  { header: 'Date', width: 23, value: (l) => localDate(l.at) },
  { header: 'Reason', width: 'rest', value: (l) => l.reason },
]

const list = defineCommand({
  name: 'list',
  summary: 'Lists dead letters, the newest first.',
  flags: DELIVERY_FILTERS,
  async run({ client, out, json }, _, flags) {
    const query = { ...filterOf(flags), limit: -1 }
    const letters = (await client.call(routes.listDeadLetters, { query }))['dead-letters']
    if (json) out.json(letters)
    else printTable(out, COLUMNS, letters)
  },
})

const show = defineCommand({
  name: 'show',
  summary: 'Shows a dead letter with what was to be sent.',
  missing: 'Must specify the ID of a dead letter.',
  args: [{ name: 'ID', doc: 'The number of the dead letter.', completes: 'dead-letters' }],
  async run({ client, out, json }, [id]) {
    const letter = await client.call(routes.getDeadLetter, { rest: id! })
    if (json) {
      out.json(letter)
      return
    }
    out.line(`ID: ${letter.id}`)
    out.line(`Topic: ${letter.topic}`)
    out.line(`Handler: ${letter.handler}`)
    out.line(`Kind: ${letter.kind}`)
    out.line(`Event: ${letter.event}`)
    out.line(`Level: ${out.style(letter.level, levelStyle(letter.level))}`)
    out.line(`Date: ${localDate(letter.at)}`)
    out.line(`Attempts: ${letter.attempts}`)
    out.line(`Stands for: ${letter['stands-for']}`)
    out.line(`Key: ${letter.key}`)
    out.line(`Reason: ${letter.reason}`)
    out.line('Alert:')
    out.json(letter.alert)
  },
})

interface Act {
  readonly name: string
  readonly summary: string
  readonly details: readonly string[]
  readonly done: string
  one(client: Client, id: string): Promise<unknown>
  /** Gives how many there were. */
  all(client: Client, query: Filter): Promise<number>
}

/** Does something to the letters that are named, or to those that fit the flags. */
function act(a: Act) {
  return defineCommand({
    name: a.name,
    summary: a.summary,
    details: a.details,
    args: [{ name: 'ID', optional: true, many: true, doc: 'Numbers of dead letters.', completes: 'dead-letters' }],
    flags: { ...DELIVERY_FILTERS, all: flag.switch('All dead letters that there are.') },
    async run({ client, out, json }, ids, { all, ...flags }) {
      const query = filterOf(flags)
      const filtered = Object.keys(query).length > 0
      if (Number(ids.length > 0) + Number(filtered) + Number(all) !== 1)
        throw new WrongUsage('Must pass IDs of dead letters, or what they have in common, or -all.')
      for (const id of ids)
        if (!/^[0-9]+$/.test(id)) throw new CommandFailed(`${JSON.stringify(id)} is no number of a dead letter`)
      for (const id of ids) await a.one(client, id)
      const count = ids.length > 0 ? ids.length : await a.all(client, query)
      if (json) out.json({ [a.done]: count })
      else if (ids.length === 0) out.line(`${a.done[0]!.toUpperCase()}${a.done.slice(1)}: ${count}`)
    },
  })
}

const resend = act({
  name: 'resend',
  summary: 'Sends dead letters again, with the options that their handlers have now.',
  details: ['The receiver sees the key of the first try, so that it can tell what it has already.'],
  done: 'resent',
  one: (client, id) => client.call(routes.resendDeadLetter, { rest: `${id}/resend` }),
  all: async (client, query) => (await client.call(routes.resendDeadLetters, { query })).resent,
})

const clear = act({
  name: 'clear',
  summary: 'Forgets dead letters.',
  details: ['No error when there is none.'],
  done: 'cleared',
  one: (client, id) => client.call(routes.clearDeadLetter, { rest: id }),
  all: async (client, query) => (await client.call(routes.clearDeadLetters, { query })).cleared,
})

export const deadLetters = defineGroup({
  name: 'dead-letters',
  summary: 'Lists, shows, resends or clears notifications that could not be delivered.',
  commands: [list, show, resend, clear],
})
