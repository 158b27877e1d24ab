// define: creates a task, or changes what is given of one that is there.
import { type Client, ClientError, type Task, type TaskRequest } from '../client.ts'
import { CommandFailed, defineCommand, flag, WrongUsage } from '../command.ts'
import { parseDbrp } from '../parse-dbrp.ts'
import { readTaskFile, readText, readVarsFile } from '../read-definition.ts'
import { sendScript } from '../script-failure.ts'

export const define = defineCommand({
  name: 'define',
  summary: 'Creates a task, or changes the task of that ID.',
  details: [
    'A new task is disabled. Of a task that is there only what is given changes; if it is enabled it is started anew, so that the change counts.',
    'A file given with -file may hold id, template-id, dbrps and vars, as YAML or JSON; it wins over the other flags.',
  ],
  examples: [
    'supercap define cpu_alert -tick cpu_alert.tick -dbrp telegraf.autogen',
    'supercap define mem_alert -template generic_alert -vars mem.json -dbrp telegraf.autogen',
    'supercap define cpu_alert -file cpu_alert.yaml',
  ],
  missing: 'Must provide a task ID.',
  args: [{ name: 'ID', doc: 'The task.', completes: 'tasks' }],
  flags: {
    tick: flag.text('FILE', 'The TICKscript.', 'files'),
    type: flag.text('TYPE', 'stream or batch; not needed, since the script tells it.', ['stream', 'batch']),
    dbrp: flag.list('DB.RP', 'A database and retention policy that the task may use; replaces those it has.'),
    template: flag.text('ID', 'The template that the script comes from.', 'templates'),
    vars: flag.text('FILE', 'Values of the vars, as JSON.', 'files'),
    file: flag.text('FILE', 'The definition, as YAML or JSON.', 'files'),
    'no-reload': flag.switch('Lets the task that runs go on as it is.'),
  },
  async run({ client, out, json }, [id], flags) {
    if (!id) throw new WrongUsage('Must provide a task ID.')
    const source = flags.tick === undefined ? undefined : readText(flags.tick)
    const file = flags.file === undefined ? {} : readTaskFile(flags.file)
    if (file.id !== undefined && file.id !== id)
      throw new CommandFailed(`Task id given on command line does not match id in ${flags.file}`)
    const vars = file.vars ?? (flags.vars === undefined ? undefined : readVarsFile(flags.vars))
    const dbrps = file.dbrps ?? flags.dbrp.map(parseDbrp)
    const templateId = file.templateId ?? flags.template
    const request: TaskRequest = {
      ...(source === undefined ? {} : { script: source }),
      ...(flags.type === undefined ? {} : { type: flags.type as 'stream' | 'batch' }),
      ...(templateId === undefined ? {} : { 'template-id': templateId }),
      ...(dbrps.length === 0 ? {} : { dbrps: [...dbrps] }),
      ...(vars === undefined ? {} : { vars }),
    }
    const before = await found(client, id)
    let task = await sendScript(
      () => (before ? client.updateTask(id, request) : client.createTask({ id, ...request, status: 'disabled' })),
      source === undefined ? undefined : { source, name: flags.tick! },
      { vars, dbrps: dbrps.length > 0 ? dbrps : before?.dbrps?.map((d) => ({ db: d.db ?? '', rp: d.rp ?? '' })) },
    )
    if (before?.status === 'enabled' && !flags['no-reload']) {
      await client.updateTask(id, { status: 'disabled' })
      task = await client.updateTask(id, { status: 'enabled' })
    }
    if (json) out.json(task)
    else if (task.status === 'disabled')
      out.hint(`The task ${id} is disabled. 'supercap enable ${shellWord(id)}' starts it.`)
  },
})

async function found(client: Client, id: string): Promise<Task | undefined> {
  try {
    return await client.getTask(id)
  } catch (e) {
    if (e instanceof ClientError && e.status === 404) return undefined
    throw e
  }
}

function shellWord(text: string): string {
  return /^[\w.-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
