/**
 * Adding escapers to the end of a pipeline, where a template's author may have put one already.
 * Must not know contexts or what escapers do.
 */
import type { CommandNode, PipeNode } from './template-nodes.ts'

/** Functions that authors may end a pipeline with and that do what some of the escapers do. */
export const predefinedEscapers: ReadonlySet<string> = new Set(['html', 'urlquery'])

const equivalents: Readonly<Record<string, string>> = {
  _html_template_attrescaper: 'html',
  _html_template_htmlescaper: 'html',
  _html_template_rcdataescaper: 'html',
  _html_template_urlescaper: 'urlquery',
  _html_template_urlnormalizer: 'urlquery',
}

const plainName = (name: string): string => equivalents[name] ?? name

/** Escapers that change nothing behind those before the colon. */
const redundant: Readonly<Record<string, readonly string[]>> = {
  _html_template_commentescaper: ['_html_template_attrescaper', '_html_template_htmlescaper'],
  _html_template_cssescaper: ['_html_template_attrescaper'],
  _html_template_jsregexpescaper: ['_html_template_attrescaper'],
  _html_template_jsstrescaper: ['_html_template_attrescaper'],
  _html_template_jstmpllitescaper: ['_html_template_attrescaper'],
  _html_template_urlescaper: ['_html_template_urlnormalizer'],
}

const nameOf = (command: CommandNode | undefined): string | undefined => {
  const first = command?.args[0]
  return first?.type === 'identifier' ? first.ident : undefined
}

const call = (ident: string, pos: number): CommandNode => ({
  type: 'command',
  pos,
  args: [{ type: 'identifier', pos, ident }],
})

const append = (commands: CommandNode[], ident: string, pos: number): void => {
  const last = nameOf(commands.at(-1))
  if (last === undefined || redundant[last]?.includes(ident) !== true) commands.push(call(ident, pos))
}

/** The pipeline with escapers behind it; one that its author wrote takes the place of the equivalent. */
export const pipeWithEscapers = (pipe: PipeNode, escapers: readonly string[]): PipeNode => {
  if (escapers.length === 0) return pipe
  const commands = [...pipe.commands]
  const wanted = [...escapers]
  const own = nameOf(commands.at(-1))
  if (own !== undefined && predefinedEscapers.has(own)) {
    const last = commands.at(-1)!
    if (commands.length === 1 && last.args.length > 1) {
      // {{html a b}} becomes {{_eval_args_ a b | html}}, so that the rest goes on as for any pipeline.
      const first = { ...last.args[0]!, type: 'identifier' as const, ident: '_eval_args_' }
      commands[0] = { ...last, args: [first, ...last.args.slice(1)] }
      append(commands, own, pipe.pos)
    }
    const replaced = wanted.map((name) => (plainName(name) === own ? own : name))
    if (replaced.includes(own)) commands.pop()
    wanted.splice(0, wanted.length, ...replaced)
  }
  const present = new Set(commands.map((command) => plainName(nameOf(command) ?? '')))
  for (const name of wanted) if (!present.has(plainName(name))) append(commands, name, pipe.pos)
  return { ...pipe, commands }
}
