// check, fmt, ast: what can be done with scripts without a server.
import { copyFileSync, writeFileSync } from 'node:fs'
import { messageOf } from '../../base/fault.ts'
import { compactJson, type Writable } from '../../base/json-writer.ts'
import { checkScript } from '../check-script.ts'
import { CommandFailed, type Context, defineCommand, flag, WrongUsage } from '../command.ts'
import { parseDbrp } from '../parse-dbrp.ts'
import { readText, readVarsFile } from '../read-definition.ts'

const FILES = {
  name: 'FILE',
  many: true,
  optional: true,
  doc: 'TICKscripts; standard input when not given, or for a -.',
  completes: 'files',
} as const

interface Source {
  readonly name: string
  readonly text: string
}

async function sources({ world }: Context, files: readonly string[]): Promise<Source[]> {
  const all: Source[] = []
  for (const file of files.length === 0 ? ['-'] : files)
    all.push(file === '-' ? { name: 'stdin', text: await world.stdin() } : { name: file, text: readText(file) })
  return all
}

export const check = defineCommand({
  name: 'check',
  summary: 'Checks TICKscripts without a server and tells everything that is wrong with them.',
  details: ['Ends with 0 when there are no errors, warnings or not, and with 3 when there are some.'],
  examples: ['supercap check cpu_alert.tick', 'supercap check -vars cpu.json generic_alert.tick'],
  args: [FILES],
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
    for (const { name, text } of await sources(context, files)) {
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

/** What is added to the name of the file that is kept. */
const BACKUP = '.orig'

export const fmt = defineCommand({
  name: 'fmt',
  summary: 'Formats TICKscripts.',
  examples: ['supercap fmt cpu_alert.tick', 'supercap fmt -w -b *.tick'],
  args: [FILES],
  flags: {
    w: flag.switch('Writes the result to the file; else it is printed.'),
    b: flag.switch(`Keeps what was there before, with ${BACKUP} added to the name.`),
  },
  async run(context, files, { w, b }) {
    const { out, json } = context
    if (w && (files.length === 0 || files.includes('-')))
      throw new WrongUsage('standard input can not be written to: name a file, or leave -w away')
    const [{ format }, { renderBlock, ScriptError }] = await Promise.all([
      import('../../lang/formatter.ts'),
      import('../../lang/diagnostic.ts'),
    ])
    const results: { file: string; changed: boolean }[] = []
    for (const { name, text } of await sources(context, files)) {
      let formatted: string
      try {
        formatted = format(text)
      } catch (e) {
        if (!(e instanceof ScriptError)) throw e
        throw new CommandFailed(e.message, e.diagnostics.map((d) => renderBlock(text, d, name)).join('\n\n'))
      }
      if (w && formatted !== text) rewrite(name, formatted, b)
      if (json) results.push({ file: name, changed: formatted !== text, ...(w ? {} : { text: formatted }) })
      else if (!w) out.text(formatted)
    }
    if (json) out.json(results)
  },
})

function rewrite(file: string, text: string, keep: boolean): void {
  try {
    if (keep) copyFileSync(file, file + BACKUP)
    writeFileSync(file, text)
  } catch (e) {
    throw new CommandFailed(`can't write ${file}: ${messageOf(e)}`)
  }
}

export const ast = defineCommand({
  name: 'ast',
  summary: 'Prints the tree of a TICKscript as JSON.',
  args: [FILES],
  async run(context, files) {
    const [{ astJson }, { parse }, { renderBlock }] = await Promise.all([
      import('../../lang/ast-json/ast-json.ts'),
      import('../../lang/parser.ts'),
      import('../../lang/diagnostic.ts'),
    ])
    for (const { name, text } of await sources(context, files)) {
      const { program, diagnostics } = parse(text)
      if (diagnostics.length > 0)
        throw new CommandFailed(
          diagnostics[0]!.message,
          diagnostics.map((d) => renderBlock(text, d, name)).join('\n\n'),
        )
      context.out.line(compactJson(astJson(program) as Writable))
    }
  },
})
