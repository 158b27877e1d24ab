// ast: the tree of a script as JSON, and the script of such a tree.
import { compactJson, type Writable } from '../../base/json-writer.ts'
import { CommandFailed, defineCommand, flag } from '../command.ts'
import { readJsonSource } from '../read-json-source.ts'
import { filesArgument, readSources } from '../read-sources.ts'

export const ast = defineCommand({
  name: 'ast',
  summary: 'Prints the tree of a TICKscript as JSON, on one line, or makes a script of such JSON.',
  details: ['With -json the tree is indented; with -reverse the scripts come in a list.'],
  examples: ['supercap ast cpu_alert.tick', 'supercap ast -layout cpu_alert.tick | supercap ast -reverse'],
  args: [filesArgument('TICKscripts, or JSON with -reverse')],
  flags: {
    layout: flag.switch(
      'Tells comments, parentheses and line breaks, too, so that -reverse gives the formatted script.',
    ),
    reverse: flag.switch('Prints the script of a tree.'),
  },
  async run(context, files, { layout, reverse }) {
    const { out, json } = context
    const sources = await readSources(context, files)
    if (reverse) {
      const { AstJsonError, scriptOfAstJson } = await import('../../lang/ast-json/read-ast-json.ts')
      const { validateRegex } = await import('../../lang/lambda/regex.ts')
      const scripts = sources.map((source) => ({
        file: source.name,
        script: readJsonSource(source, (tree) => scriptOfAstJson(tree, { validateRegex }), AstJsonError),
      }))
      if (json) out.json(scripts)
      else for (const { script } of scripts) out.text(script)
      return
    }
    const [{ astJson }, { parse }, { renderBlock }] = await Promise.all([
      import('../../lang/ast-json/ast-json.ts'),
      import('../../lang/parser.ts'),
      import('../../lang/diagnostic.ts'),
    ])
    for (const { name, text } of sources) {
      const { program, diagnostics } = parse(text)
      const [first] = diagnostics
      if (first) throw new CommandFailed(first.message, diagnostics.map((d) => renderBlock(text, d, name)).join('\n\n'))
      const tree = astJson(program, { layout })
      if (json) out.json(tree)
      else out.line(compactJson(tree as Writable))
    }
  },
})
