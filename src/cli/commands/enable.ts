// enable, disable, reload: start and stop tasks.
import type { Client, Task } from '../client.ts'
import { type Argument, type Context, defineCommand } from '../command.ts'

const args: readonly Argument[] = [
  { name: 'PATTERN', many: true, doc: 'Task IDs, or shell patterns of them.', completes: 'tasks' },
]
const missing = 'Must pass at least one task ID.'

export const enable = defineCommand({
  name: 'enable',
  summary: 'Enables tasks and starts them.',
  examples: ['supercap enable cpu_alert', "supercap enable 'cpu_*' mem_alert"],
  missing,
  args,
  run: (context, patterns) => setStatus(context, patterns, ['enabled']),
})

export const disable = defineCommand({
  name: 'disable',
  summary: 'Disables tasks and stops them.',
  missing,
  args,
  run: (context, patterns) => setStatus(context, patterns, ['disabled']),
})

export const reload = defineCommand({
  name: 'reload',
  summary: 'Disables tasks and enables them again, so that their latest definition runs.',
  details: ['Tasks that were disabled are enabled, too.'],
  missing,
  args,
  run: (context, patterns) => setStatus(context, patterns, ['disabled', 'enabled']),
})

type Status = 'enabled' | 'disabled'

async function setStatus(
  { client, out, json }: Context,
  patterns: readonly string[],
  states: readonly Status[],
): Promise<void> {
  const ids = await matching(client, patterns, (pattern) => out.hint(`No task matches '${pattern}'.`))
  const done = new Map<string, Task>()
  for (const status of states) for (const id of ids) done.set(id, await client.updateTask(id, { status }))
  if (json) out.json([...done.values()].map(({ id, status, executing, error }) => ({ id, status, executing, error })))
}

/** IDs of the tasks that match, each once. */
async function matching(
  client: Client,
  patterns: readonly string[],
  none: (pattern: string) => void,
): Promise<readonly string[]> {
  const ids = new Set<string>()
  for (const pattern of patterns) {
    const found = await client.listTasks({ pattern, fields: ['id'] })
    if (found.length === 0) none(pattern)
    for (const { id } of found) ids.add(id!)
  }
  return [...ids]
}
