// delete: tasks, templates, recordings, replays, topics and topic handlers.
import type { Client } from '../client.ts'
import { type Completion, defineCommand, defineGroup } from '../command.ts'

interface Deletion {
  readonly name: string
  readonly one: string
  readonly summary: string
  readonly completes: Completion
  ids(client: Client, pattern: string): Promise<readonly string[]>
  remove(client: Client, id: string): Promise<void>
}

function deletion(d: Deletion) {
  return defineCommand({
    name: d.name,
    summary: d.summary,
    missing: `Must pass at least one ${d.one} ID.`,
    args: [{ name: 'PATTERN', many: true, doc: 'IDs, or shell patterns of them.', completes: d.completes }],
    async run({ client, out, json }, patterns) {
      const deleted: string[] = []
      for (const pattern of patterns) {
        const ids = await d.ids(client, pattern)
        if (ids.length === 0) out.hint(`No ${d.one} matches '${pattern}'.`)
        for (const id of ids) {
          await d.remove(client, id)
          deleted.push(id)
        }
      }
      if (json) out.json(deleted)
    },
  })
}

const ids = (rows: readonly { readonly id?: string }[]): string[] => rows.map((r) => r.id!)

const tasks = deletion({
  name: 'tasks',
  one: 'task',
  summary: 'Deletes tasks; those that run are stopped.',
  completes: 'tasks',
  ids: async (client, pattern) => ids(await client.listTasks({ pattern, fields: ['id'] })),
  remove: (client, id) => client.deleteTask(id),
})

const templates = deletion({
  name: 'templates',
  one: 'template',
  summary: 'Deletes templates; their tasks go on, but can be changed no more.',
  completes: 'templates',
  ids: async (client, pattern) => ids(await client.listTemplates({ pattern, fields: ['id'] })),
  remove: (client, id) => client.deleteTemplate(id),
})

const recordings = deletion({
  name: 'recordings',
  one: 'recording',
  summary: 'Deletes recordings and their files.',
  completes: 'recordings',
  ids: async (client, pattern) => ids(await client.listRecordings({ pattern, fields: ['id'] })),
  remove: (client, id) => client.deleteRecording(id),
})

const replays = deletion({
  name: 'replays',
  one: 'replay',
  summary: 'Deletes replays.',
  completes: 'replays',
  ids: async (client, pattern) => ids(await client.listReplays({ pattern, fields: ['id'] })),
  remove: (client, id) => client.deleteReplay(id),
})

const topics = deletion({
  name: 'topics',
  one: 'topic',
  summary: 'Forgets the events of topics; their handlers stay.',
  completes: 'topics',
  ids: async (client, pattern) => ids(await client.listTopics({ pattern })),
  remove: (client, id) => client.deleteTopic(id),
})

const topicHandlers = defineCommand({
  name: 'topic-handlers',
  summary: 'Deletes handlers of a topic.',
  missing: 'Must pass a topic ID and at least one handler ID.',
  args: [
    { name: 'TOPIC', doc: 'The topic.', completes: 'topics' },
    { name: 'PATTERN', many: true, doc: 'Handler IDs, or shell patterns of them.' },
  ],
  async run({ client, out, json }, [topic, ...patterns]) {
    const deleted: string[] = []
    for (const pattern of patterns) {
      const found = await client.listHandlers(topic!, pattern)
      if (found.length === 0) out.hint(`No handler of the topic matches '${pattern}'.`)
      for (const { id } of found) {
        await client.deleteHandler(topic!, id)
        deleted.push(id)
      }
    }
    if (json) out.json(deleted)
  },
})

export const deleteCommand = defineGroup({
  name: 'delete',
  summary: 'Deletes tasks, templates, recordings, replays, topics or topic handlers.',
  commands: [tasks, templates, recordings, replays, topics, topicHandlers],
})
