// show: everything about one task.
import { formatGoDuration } from '../../base/duration.ts'
import { formatFloatPlain } from '../../base/go-number.ts'
import type { Int } from '../../base/int64.ts'
import type { Vars } from '../client.ts'
import { printTable } from '../columns.ts'
import { defineCommand, flag } from '../command.ts'
import { showDbrp } from '../parse-dbrp.ts'
import { sentDate } from '../show-date.ts'

export const show = defineCommand({
  name: 'show',
  summary: 'Shows a task: its state, its script, its vars and its graph with statistics.',
  missing: 'Must specify one task ID.',
  args: [{ name: 'ID', doc: 'The task.', completes: 'tasks' }],
  flags: { replay: flag.text('ID', 'Shows the figures of this replay of the task, while it runs.', 'replays') },
  async run({ client, out, json }, [id], flags) {
    const replay = flags.replay === undefined ? {} : { 'replay-id': flags.replay }
    const t = await client.getTask(id!, { 'dot-view': 'attributes', ...replay })
    if (json) {
      out.json(t)
      return
    }
    out.line(`ID: ${t.id}`)
    out.line(`Error: ${out.style(t.error, 'red')}`)
    out.line(`Template: ${t['template-id']}`)
    out.line(`Type: ${t.type}`)
    out.line(`Status: ${t.status}`)
    out.line(`Executing: ${t.executing}`)
    out.line(`Created: ${sentDate(t.created)}`)
    out.line(`Modified: ${sentDate(t.modified)}`)
    out.line(`LastEnabled: ${sentDate(t['last-enabled'])}`)
    out.line(`Databases Retention Policies: [${t.dbrps.map(showDbrp).join(' ')}]`)
    out.line(`TICKscript:\n${t.script}`)
    if (Object.keys(t.vars ?? {}).length > 0) {
      out.line('Vars:')
      printTable(
        out,
        [
          { header: 'Name', width: 30, value: ([name]) => name },
          { header: 'Type', width: 10, value: ([, v]) => v.type ?? '' },
          { header: 'Value', width: 40, value: ([, v]) => varText(v) },
        ],
        sortedVars(t.vars),
      )
    }
    out.line(`DOT:\n${t.dot}`)
  },
})

type Var = Vars[string]

export function sortedVars(vars: Vars): [string, Var][] {
  return Object.entries(vars).sort(([a], [b]) => (a < b ? -1 : 1))
}

/** A var's value for people. */
export function varText({ type, value }: Var): string {
  switch (type) {
    case 'star':
      return '*'
    case 'list':
      return `[${(value as Var[]).map(varText).join(', ')}]`
    case 'duration':
      return typeof value === 'string' ? value : formatGoDuration(value as Int)
    case 'float':
      return formatFloatPlain(Number(value))
    default:
      return String(value)
  }
}
