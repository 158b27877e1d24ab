// import: takes over what another server has, and reports what is different here.

import { faultBlocks } from '../check-script.ts'
import { type Client, ClientError, type HandlerRequest, type Task, type Template } from '../client.ts'
import { CommandFailed, defineCommand, flag } from '../command.ts'
import { importedTaskDifferences, importedTemplateDifferences } from '../import-differences.ts'
import type { Output, Style } from '../output.ts'

type Action = 'created' | 'changed' | 'same' | 'failed' | 'would create' | 'would change' | 'left'

interface Item {
  readonly kind: 'template' | 'task' | 'handler' | 'topic'
  readonly id: string
  readonly action: Action
  /** What is not as it was there, or why it failed. */
  readonly notes: readonly string[]
  /** The places in the script. */
  readonly block?: string
}

export const importCommand = defineCommand({
  name: 'import',
  summary: 'Takes over templates, tasks and topic handlers from a running Kapacitor, and reports what differs.',
  details: [
    'Tasks come in disabled, so that no alert is sent twice while both servers run; -enable enables those that are enabled there. Levels of topics begin anew: alerts that are not OK are sent once more.',
  ],
  examples: ['supercap import -dry-run http://kapacitor:9092', 'supercap import -enable http://kapacitor:9092'],
  missing: 'Must provide the URL of a running server.',
  args: [{ name: 'URL', doc: 'Where they come from: http(s)://[user:password@]host:port.' }],
  flags: {
    'dry-run': flag.switch('Only checks and reports.'),
    enable: flag.switch('Enables the tasks that are enabled there.'),
    overwrite: flag.switch(
      'Changes what is here under the same ID, but differs; else that is left alone and reported.',
    ),
  },
  async run(context, [url], flags) {
    const { out, json, client } = context
    const source = context.clientOf(url!)
    if (source.origin === client.origin) throw new CommandFailed(`${url} is the server itself`)
    const o = { source, target: client, dry: flags['dry-run'], overwrite: flags.overwrite, enable: flags.enable }
    const items = [...(await importTemplates(o)), ...(await importTasks(o)), ...(await importHandlers(o))]
    if (json) out.json(items)
    else report(out, items)
    const failed = items.filter((i) => i.action === 'failed').length
    if (failed > 0) throw new CommandFailed(`${failed} of ${items.length} could not be taken over`)
    const waiting = items.filter((i) => i.kind === 'task' && i.notes.includes(WAITING)).length
    if (waiting > 0 && !flags['dry-run'])
      out.hint(`${waiting} tasks are enabled there. With -enable they are enabled here, too.`)
  },
})

const WAITING = 'enabled there, disabled here'

interface Import {
  readonly source: Client
  readonly target: Client
  readonly dry: boolean
  readonly overwrite: boolean
  readonly enable: boolean
}

async function importTemplates(o: Import): Promise<Item[]> {
  const items: Item[] = []
  for (const { id } of await o.source.listTemplates({ fields: ['id'] })) {
    const there = await o.source.getTemplate(id!, { 'script-format': 'raw' })
    const definition = { type: there.type, script: there.script }
    items.push(
      await take('template', there.id, o, there.script, {
        here: () => o.target.getTemplate(there.id),
        differences: (here) => importedTemplateDifferences(there, here),
        create: () => o.target.createTemplate({ id: there.id, ...definition }),
        change: () => o.target.updateTemplate(there.id, definition),
      }),
    )
  }
  return items
}

async function importTasks(o: Import): Promise<Item[]> {
  const items: Item[] = []
  for (const { id } of await o.source.listTasks({ fields: ['id'] })) {
    const there = await o.source.getTask(id!, { 'script-format': 'raw' })
    const template = there['template-id']
    const inScript = /^\s*dbrp\s/m.test(there.script)
    const definition = {
      ...(template ? { 'template-id': template } : { type: there.type, script: there.script }),
      ...(inScript ? {} : { dbrps: there.dbrps }),
      vars: there.vars,
    }
    const item = await take<Task>('task', there.id, o, there.script, {
      here: () => o.target.getTask(there.id),
      differences: (here) => importedTaskDifferences(there, here),
      create: () => o.target.createTask({ id: there.id, ...definition, status: 'disabled' }),
      change: () => o.target.updateTask(there.id, definition),
    })
    items.push(there.status === 'enabled' && item.action !== 'failed' ? await enabled(o, item) : item)
  }
  return items
}

async function enabled(o: Import, item: Item): Promise<Item> {
  if (o.dry) return item
  const here = await o.target.getTask(item.id)
  if (here.status === 'enabled') return item
  if (!o.enable) return { ...item, notes: [...item.notes, WAITING] }
  try {
    await o.target.updateTask(item.id, { status: 'enabled' })
    return item
  } catch (e) {
    return { ...item, action: 'failed', notes: [...item.notes, `does not start: ${(e as Error).message}`] }
  }
}

async function importHandlers(o: Import): Promise<Item[]> {
  const items: Item[] = []
  const levels: Item[] = []
  for (const topic of await o.source.listTopics()) {
    for (const there of await o.source.listHandlers(topic.id)) {
      const { id, kind, options, match } = there
      const spec: HandlerRequest = { id, kind, ...(options ? { options } : {}), ...(match ? { match } : {}) }
      items.push(
        await take('handler', `${topic.id}/${id}`, o, undefined, {
          here: () => o.target.getHandler(topic.id, id),
          differences: (here) =>
            canonical([here.kind, here.options ?? {}, here.match]) === canonical([kind, options ?? {}, match])
              ? []
              : ['another definition'],
          create: () => o.target.createHandler(topic.id, spec),
          change: () => o.target.replaceHandler(topic.id, id, spec),
        }),
      )
    }
    if (topic.level !== 'OK')
      levels.push({ kind: 'topic', id: topic.id, action: 'left', notes: [`${topic.level} there; begins as OK here`] })
  }
  return [...items, ...levels]
}

interface Taking<T> {
  here(): Promise<T>
  /** What of the one here is not as it is there. */
  differences(here: T): readonly string[]
  create(): Promise<T>
  change(): Promise<T>
}

async function take<T extends Task | Template | object>(
  kind: Item['kind'],
  id: string,
  o: Import,
  script: string | undefined,
  t: Taking<T>,
): Promise<Item> {
  const item = (action: Action, notes: readonly string[]): Item => ({ kind, id, action, notes })
  const failed = async (why: string): Promise<Item> => {
    const block = script === undefined ? '' : await faultBlocks(script, id, { template: kind === 'template' })
    return { ...item('failed', [why]), ...(block === '' ? {} : { block }) }
  }
  try {
    const here = await found(t.here)
    const before = here && t.differences(here)
    if (before?.length === 0) return item('same', [])
    if (before && !o.overwrite)
      return item('failed', [`is here already, with ${before.join(', ')}: -overwrite changes it`])
    if (o.dry) {
      const block = script === undefined ? '' : await faultBlocks(script, id, { template: true })
      return block === '' ? item(before ? 'would change' : 'would create', []) : failed('the script can not be used')
    }
    const after = await (before ? t.change() : t.create())
    return item(before ? 'changed' : 'created', t.differences(after))
  } catch (e) {
    if (!(e instanceof ClientError)) throw e
    return failed(e.message)
  }
}

async function found<T>(get: () => Promise<T>): Promise<T | undefined> {
  try {
    return await get()
  } catch (e) {
    if (e instanceof ClientError && e.status === 404) return undefined
    throw e
  }
}

/** The same text for the same value, whatever the order of its keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, v: unknown) =>
    typeof v === 'object' && v !== null && !Array.isArray(v)
      ? Object.fromEntries(Object.entries(v).sort(([a], [b]) => (a < b ? -1 : 1)))
      : typeof v === 'bigint'
        ? String(v)
        : v,
  )
}

const STYLES: Partial<Record<Action, Style>> = { failed: 'red', created: 'green', changed: 'yellow', same: 'dim' }

function report(out: Output, items: readonly Item[]): void {
  for (const { kind, id, action, notes, block } of items) {
    out.line(`${out.style(action.padEnd(13), STYLES[action])}${kind.padEnd(9)}${id}`)
    for (const note of notes) out.line(`             ${note}`)
    if (block) out.line(block.replace(/^/gm, '             '))
  }
  const count = (action: Action): number => items.filter((i) => i.action === action).length
  const counted = [...new Set(items.map((i) => i.action))].map((a) => `${count(a)} ${a}`)
  out.line(counted.length === 0 ? 'nothing there' : counted.join(', '))
}
