// The page about the two commands: how they are called, with which flags, and what they end with.
import type { Described, Flags } from '../../src/cli/command.ts'
import { argumentText, flagRows, synopsis } from '../../src/cli/usage-text.ts'
import { code, fenced, pageHead, paragraphs, table } from './markdown.ts'

const INTRO = `\`supercapd\` is the server, \`supercap\` the client. Flags take one dash or two, \`-flag value\` or
\`-flag=value\`. Both take the commands, flags and environment variables of \`kapacitord\` and \`kapacitor\`, so that scripts
which call those go on working: \`alias kapacitor=supercap\`.`

const ENVIRONMENT: readonly (readonly string[])[] = [
  [code('KAPACITOR_URL'), 'The server, when there is no `-url`; else it is `http://localhost:9092`.'],
  [code('KAPACITOR_UNSAFE_SSL'), '`true` takes any certificate, as `-skipVerify` does.'],
  [code('SUPERCAP_TOKEN'), 'A bearer token, when there is no `-token`.'],
  [code('NO_COLOR'), 'No colours on a terminal.'],
]

const EXIT_CODES: readonly (readonly string[])[] = [
  ['0', 'It is done.'],
  ['1', 'No command, or none of that name; also `help` alone.'],
  ['2', 'Arguments are missing, or a flag is not known.'],
  ['3', 'The command failed; `Error: …` on standard error says why.'],
  ['4', 'The address of the server is none.'],
]

const TERMINAL = `On a terminal there are colours, hints, and a bar for recordings and replays; in a pipe there is the result and nothing
else. With \`-json\` every command prints its result as JSON. A script that the server refuses is shown with the lines that
are wrong.`

const COMPLETION = `Completion of commands, flags and IDs: \`source <(supercap completion bash)\`, likewise \`zsh\`, or
\`supercap completion fish | source\`.`

function rows(pairs: readonly (readonly [string, string])[]): string[][] {
  return pairs.map(([name, doc]) => [code(name), doc])
}

function section(program: string, path: readonly Described[]): string {
  const command = path.at(-1)!
  const shown = command.commands?.filter((c) => !c.hidden) ?? []
  const own = paragraphs(
    `${'#'.repeat(path.length + 2)} ${[program, ...path.map((c) => c.name)].join(' ')}`,
    command.commands ? '' : fenced('', synopsis(path, program)),
    command.summary,
    ...(command.details ?? []),
    table(['', ''], rows(command.args.flatMap((a) => (a.doc ? [[argumentText(a), a.doc] as const] : [])))),
    table(['flag', ''], rows(flagRows(command.flags))),
    command.examples ? fenced('sh', command.examples.join('\n')) : '',
  )
  return own + shown.map((c) => section(program, [...path, c])).join('')
}

/** The page; `flags` are those that every command of the client takes. */
export function cliPage(client: readonly Described[], flags: Flags, server: readonly Described[]): string {
  const sections = (program: string, commands: readonly Described[]): string =>
    commands
      .filter((c) => !c.hidden)
      .map((c) => section(program, [c]))
      .join('')
  return (
    paragraphs(
      pageHead('Command line', INTRO),
      '## supercap',
      fenced('', 'supercap [options] COMMAND [arguments]'),
      table(['option', ''], rows(flagRows(flags))),
      table(['environment', ''], ENVIRONMENT),
      table(['ends with', ''], EXIT_CODES),
      TERMINAL,
      COMPLETION,
    ) +
    sections('supercap', client) +
    paragraphs('## supercapd', fenced('', 'supercapd [COMMAND] [flags]'), 'Without a command it runs the server.') +
    sections('supercapd', server)
  ).trimEnd()
}
