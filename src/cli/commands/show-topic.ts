// show-topic, show-topic-handler: a topic with its events, and a handler of one.
import { printTable } from '../columns.ts'
import { defineCommand } from '../command.ts'
import type { Style } from '../output.ts'
import { localDate } from '../show-date.ts'

const LEVEL_STYLES: Readonly<Record<string, Style>> = { INFO: 'blue', WARNING: 'yellow', CRITICAL: 'red', OK: 'green' }

export function levelStyle(level: string): Style | undefined {
  return LEVEL_STYLES[level]
}

export const showTopic = defineCommand({
  name: 'show-topic',
  summary: 'Shows an alert topic: its level, its handlers and its events.',
  missing: 'Must specify one topic ID.',
  args: [{ name: 'ID', doc: 'The topic.', completes: 'topics' }],
  async run({ client, out, json }, [id]) {
    const topic = await client.getTopic(id!)
    const [handlers, events] = [await client.listHandlers(id!), await client.listEvents(id!)]
    events.sort((a, b) => Date.parse(a.state.time) - Date.parse(b.state.time) || (a.id < b.id ? -1 : 1))
    if (json) {
      out.json({ ...topic, handlers, events })
      return
    }
    out.line(`ID: ${topic.id}`)
    out.line(`Level: ${out.style(topic.level, levelStyle(topic.level))}`)
    out.line(`Collected: ${topic.collected}`)
    out.line(`Handlers: [${handlers.map((h) => h.id).join(', ')}]`)
    out.line('Events:')
    printTable(
      out,
      [
        { header: 'Event', width: 'fit', value: (e) => e.id },
        { header: 'Level', width: 9, value: (e) => e.state.level, style: (e) => levelStyle(e.state.level) },
        { header: 'Message', width: 'fit', value: (e) => e.state.message },
        { header: 'Date', width: 23, value: (e) => localDate(e.state.time) },
      ],
      events,
    )
  },
})

export const showTopicHandler = defineCommand({
  name: 'show-topic-handler',
  summary: 'Shows a handler of a topic.',
  missing: 'Must specify topic ID and handler ID.',
  args: [
    { name: 'TOPIC', doc: 'The topic.', completes: 'topics' },
    { name: 'ID', doc: 'The handler.' },
  ],
  async run({ client, out, json }, [topic, id]) {
    const h = await client.getHandler(topic!, id!)
    if (json) {
      out.json({ topic, ...h })
      return
    }
    out.line(`ID: ${h.id}`)
    out.line(`Topic: ${topic}`)
    out.line(`Kind: ${h.kind}`)
    out.line(`Match: ${h.match}`)
    out.line(`Options: ${JSON.stringify(h.options)}`)
  },
})
