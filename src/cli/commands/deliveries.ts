// deliveries: what became of the notifications of a topic or an event, and how its handlers fare.
import { type ReplyOf, routes } from '../client.ts'
import { type Column, printTable } from '../columns.ts'
import { type Context, defineCommand, flag } from '../command.ts'
import type { Style } from '../output.ts'
import { localDate } from '../show-date.ts'
import { DELIVERY_FILTERS, filterOf } from './dead-letters.ts'
import { levelStyle } from './show-topic.ts'

export type Delivery = ReplyOf<typeof routes.listDeliveries>['deliveries'][number]
type HandlerState = ReplyOf<typeof routes.listDeliveryHandlers>['handlers'][number]

const STATES: Readonly<Record<Delivery['state'], Style>> = {
  waiting: 'yellow',
  held: 'yellow',
  gathering: 'yellow',
  delivered: 'green',
  dead: 'red',
  overtaken: 'dim',
  superseded: 'dim',
  silenced: 'dim',
  muted: 'dim',
  grouped: 'dim',
}

export const DELIVERY_COLUMNS: readonly Column<Delivery>[] = [
  { header: 'Topic', width: 'fit', value: (d) => d.topic },
  { header: 'Handler', width: 'fit', value: (d) => d.handler },
  { header: 'Kind', width: 'fit', value: (d) => d.kind },
  { header: 'Event', width: 'fit', value: (d) => d.id },
  { header: 'Level', width: 9, value: (d) => d.level, style: (d) => levelStyle(d.level) },
  { header: 'State', width: 'fit', value: (d) => d.state, style: (d) => STATES[d.state] },
  { header: 'Date', width: 23, value: (d) => localDate(d.at) },
  { header: 'Attempts ', width: 'fit', value: (d) => String(d.attempts) },
  { header: 'Answer', width: 'rest', value: (d) => d.answer },
]

const HANDLER_COLUMNS: readonly Column<HandlerState>[] = [
  { header: 'Topic', width: 'fit', value: (h) => h.topic },
  { header: 'Handler', width: 'fit', value: (h) => h.handler },
  { header: 'Kind', width: 'fit', value: (h) => h.kind },
  {
    header: 'Waiting',
    width: 10,
    value: (h) => String(h.waiting),
    style: (h) => (h.waiting > 0 ? 'yellow' : undefined),
  },
  { header: 'Delivered', width: 10, value: (h) => String(h.delivered) },
  { header: 'Retried', width: 10, value: (h) => String(h.retried) },
  { header: 'Dead', width: 10, value: (h) => String(h.dead), style: (h) => (h.dead > 0 ? 'red' : undefined) },
  { header: 'Superseded ', width: 'fit', value: (h) => String(h.superseded) },
  { header: 'Silenced', width: 10, value: (h) => String(h.silenced) },
  { header: 'Last Error', width: 'rest', value: (h) => h['last-error'] },
]

export const deliveries = defineCommand({
  name: 'deliveries',
  summary: 'Lists what became of notifications: first what waits, then what is done with, the newest first.',
  examples: [
    'supercap deliveries cpu',
    "supercap deliveries cpu 'cpu:host=a'",
    'supercap deliveries -state dead',
    'supercap deliveries -handlers',
  ],
  args: [
    { name: 'TOPIC', optional: true, doc: 'Only of this topic.', completes: 'topics' },
    { name: 'EVENT', optional: true, doc: 'Only of this event.' },
  ],
  flags: {
    handler: DELIVERY_FILTERS.handler,
    state: flag.text('STATE', `Only in this state: ${Object.keys(STATES).join(', ')}.`, Object.keys(STATES)),
    handlers: flag.switch('Lists the handlers instead, with what waits for them and how it went.'),
  },
  async run(context, [topic, event], { handler, state, handlers }) {
    const filter = filterOf({ topic, handler, event })
    if (handlers) {
      const { id: _, ...query } = filter
      show(context, HANDLER_COLUMNS, (await context.client.call(routes.listDeliveryHandlers, { query })).handlers)
      return
    }
    const query = { ...filter, ...(state === undefined ? {} : { state: state as Delivery['state'] }), limit: -1 }
    show(context, DELIVERY_COLUMNS, (await context.client.call(routes.listDeliveries, { query })).deliveries)
  },
})

function show<T>({ out, json }: Context, columns: readonly Column<T>[], rows: readonly T[]): void {
  if (json) out.json(rows)
  else printTable(out, columns, rows)
}
