// show-template: everything about one template.
import { printTable } from '../columns.ts'
import { defineCommand } from '../command.ts'
import { sentDate } from '../show-date.ts'
import { sortedVars, varText } from './show.ts'

export const showTemplate = defineCommand({
  name: 'show-template',
  summary: 'Shows a template: its script, the vars that its tasks may set, and its graph.',
  missing: 'Must specify one template ID.',
  args: [{ name: 'ID', doc: 'The template.', completes: 'templates' }],
  async run({ client, out, json }, [id]) {
    const t = await client.getTemplate(id!)
    if (json) {
      out.json(t)
      return
    }
    out.line(`ID: ${t.id}`)
    out.line(`Error: ${out.style(t.error, 'red')}`)
    out.line(`Type: ${t.type}`)
    out.line(`Created: ${sentDate(t.created)}`)
    out.line(`Modified: ${sentDate(t.modified)}`)
    out.line(`TICKscript:\n${t.script}`)
    out.line('Vars:')
    printTable(
      out,
      [
        { header: 'Name', width: 30, value: ([name]) => name },
        { header: 'Type', width: 10, value: ([, v]) => v.type ?? '' },
        {
          header: 'Default Value',
          width: 40,
          value: ([, v]) => ((v.value ?? null) === null && v.type !== 'star' ? '<required>' : varText(v)),
        },
        { header: 'Description', width: 40, value: ([, v]) => v.description ?? '' },
      ],
      sortedVars(t.vars ?? {}),
    )
    out.line(`DOT:\n${t.dot}`)
  },
})
