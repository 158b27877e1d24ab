// define-topic-handler: creates a handler of a topic, or replaces the one of that ID.
import { ClientError, type TopicHandler } from '../client.ts'
import { defineCommand } from '../command.ts'
import { readHandlerFile } from '../read-definition.ts'

export const defineTopicHandler = defineCommand({
  name: 'define-topic-handler',
  summary: 'Creates a handler of an alert topic, or replaces the one of that ID.',
  details: ['The file holds topic, id, kind, options and, if not all events are meant, match.'],
  examples: ['supercap define-topic-handler slack.yaml'],
  missing: 'Must provide a path to a handler spec file.',
  args: [{ name: 'FILE', doc: 'The handler, as YAML or JSON.', completes: 'files' }],
  async run({ client, out, json }, [path]) {
    const { topic, ...spec } = readHandlerFile(path!)
    let handler: TopicHandler
    try {
      await client.getHandler(topic, spec.id)
      handler = await client.replaceHandler(topic, spec.id, spec)
    } catch (e) {
      if (!(e instanceof ClientError) || e.status !== 404) throw e
      handler = await client.createHandler(topic, spec)
    }
    if (json) out.json({ topic, ...handler })
  },
})
