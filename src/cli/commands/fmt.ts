// fmt: scripts in their canonical form, printed, written to their files, or compared with what is there.
import { CommandFailed, type Context, defineCommand, flag, WrongUsage } from '../command.ts'
import { filesArgument, readSources } from '../read-sources.ts'
import { replaceFile } from '../replace-file.ts'
import { unifiedDiff } from '../unified-diff.ts'

/** What is added to the name of the file that is kept. */
const BACKUP = '.orig'

export const fmt = defineCommand({
  name: 'fmt',
  summary: 'Formats TICKscripts.',
  details: [
    'Ends with 3 when a script does not parse, and when -l or -d without -w finds one that is not formatted. Other scripts are formatted all the same.',
  ],
  examples: ['supercap fmt cpu_alert.tick', 'supercap fmt -w -b *.tick', 'supercap fmt -l *.tick'],
  args: [filesArgument('TICKscripts')],
  flags: {
    l: flag.switch('Lists the files that are not formatted, instead of printing the result.'),
    d: flag.switch('Prints what formatting changes, instead of the result.'),
    w: flag.switch('Writes the result to the file; else it is printed.'),
    b: flag.switch(`Keeps what was there before, with ${BACKUP} added to the name.`),
  },
  async run(context, files, { l, d, w, b }) {
    const { out, json } = context
    if (w && (files.length === 0 || files.includes('-'))) throw new WrongUsage('Cannot write source files, none given.')
    const [{ format }, { renderBlock, ScriptError }] = await Promise.all([
      import('../../lang/formatter.ts'),
      import('../../lang/diagnostic.ts'),
    ])
    const results: { readonly file: string; readonly changed: boolean; readonly text?: string }[] = []
    const faults: { readonly message: string; readonly block: string }[] = []
    for (const { name, text } of await readSources(context, files)) {
      let formatted: string
      try {
        formatted = format(text)
      } catch (e) {
        if (!(e instanceof ScriptError)) throw e
        faults.push({ message: e.message, block: e.diagnostics.map((x) => renderBlock(text, x, name)).join('\n\n') })
        continue
      }
      const changed = formatted !== text
      if (w && changed) replaceFile(name, formatted, b ? BACKUP : undefined)
      results.push({ file: name, changed, ...(w ? {} : { text: formatted }) })
      if (json) continue
      if (l && changed) out.line(name)
      if (d && changed) printDiff(out, unifiedDiff(text, formatted, { before: `${name}${BACKUP}`, after: name }))
      if (!l && !d && !w) out.text(formatted)
    }
    if (json) out.json(results)
    const [first] = faults
    if (first) {
      const message = faults.length === 1 ? first.message : `${faults.length} scripts do not parse`
      throw new CommandFailed(message, faults.map((f) => f.block).join('\n\n'))
    }
    const left = w ? 0 : results.filter((r) => r.changed).length
    if ((l || d) && left > 0)
      throw new CommandFailed(left === 1 ? '1 script is not formatted' : `${left} scripts are not formatted`)
  },
})

function printDiff(out: Context['out'], diff: string): void {
  const lines = diff.replace(/\n$/, '').split('\n')
  for (const [i, line] of lines.entries()) {
    const style = i < 2 ? 'bold' : line.startsWith('@') ? 'cyan' : line.startsWith('-') ? 'red' : 'green'
    out.line(out.style(line, /^[ \\]/.test(line) ? undefined : style))
  }
}
