// define-template: creates a template, or changes one that is there, and with it its tasks.
import { ClientError, type Template, type TemplateRequest } from '../client.ts'
import { defineCommand, flag } from '../command.ts'
import { readText } from '../read-definition.ts'
import { sendScript } from '../script-failure.ts'

export const defineTemplate = defineCommand({
  name: 'define-template',
  summary: 'Creates a template, or changes the template of that ID.',
  details: ['When a template changes, all tasks that come from it follow, and those that are enabled start anew.'],
  examples: ['supercap define-template generic_alert -tick generic_alert.tick'],
  missing: 'Must provide a template ID.',
  args: [{ name: 'ID', doc: 'The template.', completes: 'templates' }],
  flags: {
    tick: flag.text('FILE', 'The TICKscript.', 'files'),
    type: flag.text('TYPE', 'stream or batch; not needed, since the script tells it.', ['stream', 'batch']),
  },
  async run({ client, out, json }, [id], flags) {
    const source = flags.tick === undefined ? undefined : readText(flags.tick)
    const request: TemplateRequest = {
      ...(source === undefined ? {} : { script: source }),
      ...(flags.type === undefined ? {} : { type: flags.type as 'stream' | 'batch' }),
    }
    const send = async (): Promise<Template> => {
      try {
        return await client.updateTemplate(id!, request)
      } catch (e) {
        if (!(e instanceof ClientError) || e.status !== 404) throw e
        return client.createTemplate({ id: id!, ...request })
      }
    }
    const script = source === undefined ? undefined : { source, name: flags.tick! }
    const template = await sendScript(send, script, { template: true })
    if (json) out.json(template)
  },
})
