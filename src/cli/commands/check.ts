// check: what is wrong with scripts, told without a server.
import { checkScript } from '../check-script.ts'
import { CommandFailed, type Context, defineCommand, flag } from '../command.ts'
import { parseDbrp } from '../parse-dbrp.ts'
import { readVarsFile } from '../read-definition.ts'
import { filesArgument, readSources } from '../read-sources.ts'

export const check = defineCommand({
  name: 'check',
  summary: 'Checks TICKscripts without a server and tells everything that is wrong with them.',
  details: ['Ends with 0 when there are no errors, warnings or not, and with 3 when there are some.'],
  examples: ['supercap check cpu_alert.tick', 'supercap check -vars cpu.json generic_alert.tick'],
  args: [filesArgument('TICKscripts')],
  flags: {
    vars: flag.text('FILE', 'Values of the vars, as JSON; without it required vars may be open.', 'files'),
    dbrp: flag.list('DB.RP', 'A database and retention policy that the task may use.'),
    template: flag.switch('The scripts are templates: a var may be without a value, and they may do nothing.'),
  },
  async run(context, files, flags) {
    const { out, json } = context
    const vars = flags.vars === undefined ? undefined : readVarsFile(flags.vars)
    const dbrps = flags.dbrp.map(parseDbrp)
    const { diagnosticJson, renderBlock } = await import('../../lang/diagnostic.ts')
    const found: unknown[] = []
    let errors = 0
    for (const { name, text } of await readSources(context, files)) {
      const diagnostics = await checkScript(text, { vars, dbrps, template: flags.template })
      errors += diagnostics.filter((d) => d.severity === 'error').length
      if (json) found.push({ file: name, diagnostics: diagnostics.map((d) => diagnosticJson(text, d)) })
      else for (const d of diagnostics) out.line(`${shownBlock(renderBlock(text, d, name), d.severity, out)}\n`)
    }
    if (json) out.json(found)
    if (errors > 0) throw new CommandFailed(errors === 1 ? '1 fault' : `${errors} faults`)
  },
})

function shownBlock(block: string, severity: 'error' | 'warning', out: Context['out']): string {
  const style = severity === 'error' ? 'red' : 'yellow'
  return block
    .replace(/^(?:error|warning)\[.*?\]/, (m) => out.style(m, style))
    .replace(/\^+/g, (m) => out.style(m, style))
}
