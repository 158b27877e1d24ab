// list: what there is of tasks, templates, recordings, replays, topics, topic handlers and service tests.
import type { Client, Recording, Replay, Task, Template, Topic, TopicHandler } from '../client.ts'
import { type Column, printTable } from '../columns.ts'
import { type Completion, defineCommand, defineGroup } from '../command.ts'
import type { Style } from '../output.ts'
import { showDbrp } from '../parse-dbrp.ts'
import { localDate } from '../show-date.ts'
import { showSize } from '../show-size.ts'
import { levelStyle } from './show-topic.ts'

interface Listing<T> {
  readonly name: string
  readonly summary: string
  readonly completes: Completion
  readonly columns: readonly Column<T>[]
  /** In the order of `key` over all patterns; else as they come, pattern by pattern. */
  readonly sorted?: (row: T) => string
  fetch(client: Client, pattern: string): Promise<T[]>
}

function listing<T>(l: Listing<T>) {
  return defineCommand({
    name: l.name,
    summary: l.summary,
    args: [
      { name: 'PATTERN', many: true, optional: true, doc: 'IDs, or shell patterns of them.', completes: l.completes },
    ],
    async run({ client, out, json }, patterns) {
      const rows: T[] = []
      for (const pattern of patterns.length === 0 ? [''] : patterns) rows.push(...(await l.fetch(client, pattern)))
      const { sorted } = l
      if (sorted) rows.sort((a, b) => (sorted(a) < sorted(b) ? -1 : 1))
      if (json) out.json(rows)
      else printTable(out, l.columns, rows)
    },
  })
}

const STATUS_STYLES: Readonly<Record<string, Style>> = {
  enabled: 'green',
  disabled: 'dim',
  running: 'blue',
  finished: 'green',
  failed: 'red',
}
const statusStyle = (status: string | undefined): Style | undefined => STATUS_STYLES[status ?? '']

const tasks = listing<Partial<Task>>({
  name: 'tasks',
  summary: 'Lists tasks.',
  completes: 'tasks',
  sorted: (t) => t.id!,
  columns: [
    { header: 'ID', width: 'fit', value: (t) => t.id! },
    { header: 'Type', width: 10, value: (t) => t.type ?? '' },
    { header: 'Status', width: 10, value: (t) => t.status ?? '', style: (t) => statusStyle(t.status) },
    {
      header: 'Executing',
      width: 10,
      value: (t) => String(t.executing),
      style: (t) => (t.status === 'enabled' && !t.executing ? 'red' : undefined),
    },
    {
      header: 'Databases and Retention Policies',
      width: 'rest',
      value: (t) => `[${(t.dbrps ?? []).map(showDbrp).join(' ')}]`,
    },
  ],
  fetch: (client, pattern) =>
    client.listTasks({
      pattern,
      fields: ['type', 'template-id', 'status', 'executing', 'dbrps', 'error', 'created', 'modified', 'last-enabled'],
    }),
})

const templates = listing<Partial<Template>>({
  name: 'templates',
  summary: 'Lists templates.',
  completes: 'templates',
  sorted: (t) => t.id!,
  columns: [
    { header: 'ID', width: 'fit', value: (t) => t.id ?? '' },
    { header: 'Type', width: 10, value: (t) => t.type ?? '' },
    {
      header: 'Vars',
      width: 40,
      value: (t) =>
        Object.keys(t.vars ?? {})
          .sort()
          .join(','),
    },
  ],
  fetch: (client, pattern) =>
    client.listTemplates({ pattern, fields: ['type', 'vars', 'error', 'created', 'modified'] }),
})

const recordings = listing<Partial<Recording>>({
  name: 'recordings',
  summary: 'Lists recordings, the newest first.',
  completes: 'recordings',
  columns: [
    { header: 'ID', width: 'fit', value: (r) => r.id! },
    { header: 'Type', width: 8, value: (r) => r.type ?? '' },
    { header: 'Status', width: 10, value: (r) => r.status ?? '', style: (r) => statusStyle(r.status) },
    { header: 'Size', width: 10, value: (r) => showSize(r.size ?? 0) },
    { header: 'Date', width: 23, value: (r) => localDate(r.date ?? '') },
  ],
  fetch: (client, pattern) =>
    client.listRecordings({ pattern, fields: ['type', 'size', 'date', 'error', 'status', 'progress'] }),
})

const replays = listing<Partial<Replay>>({
  name: 'replays',
  summary: 'Lists replays, the newest first.',
  completes: 'replays',
  columns: [
    { header: 'ID', width: 'fit', value: (r) => r.id! },
    { header: 'Task', width: 'fit', value: (r) => r.task ?? '' },
    { header: 'Recording', width: 'fit', value: (r) => r.recording ?? '' },
    { header: 'Status', width: 9, value: (r) => r.status ?? '', style: (r) => statusStyle(r.status) },
    { header: 'Clock', width: 8, value: (r) => r.clock ?? '' },
    { header: 'Date', width: 23, value: (r) => localDate(r.date ?? '') },
  ],
  fetch: (client, pattern) =>
    client.listReplays({
      pattern,
      fields: ['task', 'recording', 'recording-time', 'clock', 'date', 'error', 'status', 'progress'],
    }),
})

const topics = listing<Topic>({
  name: 'topics',
  summary: 'Lists alert topics with their levels.',
  completes: 'topics',
  columns: [
    { header: 'ID', width: 'fit', value: (t) => t.id },
    // As wide as the longest level.
    { header: 'Level   ', width: 'fit', value: (t) => t.level, style: (t) => levelStyle(t.level) },
    { header: 'Collected', width: 10, right: true, value: (t) => String(t.collected) },
  ],
  fetch: (client, pattern) => client.listTopics(pattern === '' ? {} : { pattern }),
})

const serviceTests = listing<{ readonly name: string }>({
  name: 'service-tests',
  summary: 'Lists services that can be tested.',
  completes: 'services',
  columns: [{ header: 'Service Name', width: 'rest', value: (s) => s.name }],
  fetch: (client, pattern) => client.listServiceTests(pattern === '' ? undefined : pattern),
})

type Row = TopicHandler & { readonly topic: string }

const topicHandlers = defineCommand({
  name: 'topic-handlers',
  summary: 'Lists the handlers of topics.',
  args: [
    { name: 'TOPIC_PATTERN', optional: true, doc: 'Of which topics; all when not given.', completes: 'topics' },
    { name: 'PATTERN', optional: true, many: true, doc: 'Handler IDs, or shell patterns of them.' },
  ],
  async run({ client, out, json }, [topicPattern = '', ...patterns]) {
    const rows: Row[] = []
    const found = await client.listTopics(topicPattern === '' ? {} : { pattern: topicPattern })
    for (const { id: topic } of found)
      for (const pattern of patterns.length === 0 ? [''] : patterns) {
        const handlers = await client.listHandlers(topic, pattern === '' ? undefined : pattern)
        rows.push(...handlers.map((h) => ({ topic, ...h })))
      }
    if (json) out.json(rows)
    else printTable(out, HANDLER_COLUMNS, rows)
  },
})

const HANDLER_COLUMNS: readonly Column<Row>[] = [
  { header: 'Topic     ', width: 'fit', value: (r) => r.topic },
  { header: 'ID        ', width: 'fit', value: (r) => r.id },
  { header: 'Kind      ', width: 'fit', value: (r) => r.kind },
]

export const list = defineGroup({
  name: 'list',
  summary: 'Lists tasks, templates, recordings, replays, topics, topic handlers or service tests.',
  commands: [tasks, templates, recordings, replays, topics, topicHandlers, serviceTests],
})
